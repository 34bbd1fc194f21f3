//! `[server]`: where it listens, what it is called from outside, where it keeps its files.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use url::Url;

use super::error::{Fault, within};
use super::units::{self, ThreadCount};
use crate::domain::place::BaseUrl;

/// The `[server]` section.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ServerSettings {
    #[serde(deserialize_with = "units::address")]
    pub listen: SocketAddr,
    /// `None` when left empty: see [`ServerSettings::base_url_at`].
    #[serde(deserialize_with = "base_url", serialize_with = "print_base_url")]
    pub base_url: Option<BaseUrl>,
    pub data_dir: PathBuf,
    pub workers: ThreadCount,
    #[serde(rename = "shutdown_timeout_seconds", with = "units::seconds")]
    pub shutdown_timeout: Duration,
    /// `*` alone for any; otherwise exact origins.
    pub cors_origins: Vec<String>,
    /// Who may frame the page for forgotten passwords.
    pub frame_origins: Vec<String>,
    /// Set by the proxy in front, which must overwrite or extend what callers send.
    pub client_address_header: String,
}

impl ServerSettings {
    /// Checks the section by itself.
    ///
    /// *Errors*: the first fault, by key.
    pub fn validate(&self) -> Result<(), Fault> {
        if self.data_dir.as_os_str().is_empty() {
            return Err(Fault::new("server.data_dir", "must not be empty"));
        }
        check_origins(&self.cors_origins)?;
        if self.frame_origins.iter().any(|origin| origin == "*") {
            return Err(Fault::new("server.frame_origins", "must name each origin"));
        }
        check_each("server.frame_origins", &self.frame_origins)?;
        let is_token = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
        if !self.client_address_header.bytes().all(is_token) {
            return Err(Fault::new("server.client_address_header", "must be the name of a header"));
        }
        within("server.workers", self.workers.0, 0..=1024)?;
        within("server.shutdown_timeout_seconds", self.shutdown_timeout.as_secs(), 0..=300)
    }

    /// The public URL: the configured one, or that of the address `bound`, which differs from `listen` at port 0.
    pub fn base_url_at(&self, bound: SocketAddr) -> BaseUrl {
        self.base_url.clone().unwrap_or_else(|| {
            let url = format!("http://{bound}");
            BaseUrl::new(url.strip_suffix(":80").unwrap_or(&url))
        })
    }
}

/// Reads a public URL in its one canonical spelling. Issuers are compared byte for byte, so no other spelling may
/// become one. *Spec*: RFC 8414 §2 (`issuer`).
fn parse_base_url(text: &str) -> Result<BaseUrl, String> {
    let url = match Url::parse(text) {
        Ok(url) if matches!(url.scheme(), "http" | "https") => url,
        _ => return Err("must be a URL like https://id.example.com".to_owned()),
    };
    if url.query().is_some() || url.fragment().is_some() {
        return Err("must have no query and no fragment".to_owned());
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err("must hold no username and no password".to_owned());
    }
    let canonical = url.as_str().trim_end_matches('/');
    if canonical != text {
        return Err(format!("must be written {canonical}"));
    }
    Ok(BaseUrl::new(text))
}

fn base_url<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<BaseUrl>, D::Error> {
    let text = String::deserialize(deserializer)?;
    if text.is_empty() {
        return Ok(None);
    }
    parse_base_url(&text).map(Some).map_err(D::Error::custom)
}

fn print_base_url<S: Serializer>(url: &Option<BaseUrl>, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(url.as_ref().map_or("", BaseUrl::as_str))
}

/// Any origin by `*` alone, or each in the one spelling that browsers send.
fn check_origins(origins: &[String]) -> Result<(), Fault> {
    if origins == ["*"] {
        return Ok(());
    }
    check_each("server.cors_origins", origins)
}

fn check_each(key: &'static str, origins: &[String]) -> Result<(), Fault> {
    let is_origin = |text: &&String| Url::parse(text).is_ok_and(|url| url.origin().ascii_serialization() == **text);
    match origins.iter().find(|text| !is_origin(text)) {
        None => Ok(()),
        Some(text) => {
            let problem = format!("{text:?} is not an origin like https://portal.example.com, nor \"*\" alone");
            Err(Fault::new(key, problem))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_base_url_has_one_spelling() {
        for good in ["https://id.example.com", "http://127.0.0.1:8080", "https://example.com/auth"] {
            assert_eq!(parse_base_url(good), Ok(BaseUrl::new(good)));
        }
        for (bad, problem) in [
            ("https://id.example.com/", "must be written https://id.example.com"),
            ("https://ID.example.com:443", "must be written https://id.example.com"),
            ("ftp://id.example.com", "must be a URL like https://id.example.com"),
            ("id.example.com", "must be a URL like https://id.example.com"),
            ("https://id.example.com?a=b", "must have no query and no fragment"),
            ("https://id.example.com#a", "must have no query and no fragment"),
            ("https://me:pw@id.example.com", "must hold no username and no password"),
        ] {
            assert_eq!(parse_base_url(bad), Err(problem.to_owned()), "{bad}");
        }
    }

    #[test]
    fn the_default_base_url_is_canonical_too() {
        let settings = crate::config::load(None, [], &Default::default()).expect("the defaults").server;
        for (bound, url) in [
            ("127.0.0.1:8080", "http://127.0.0.1:8080"),
            ("127.0.0.1:80", "http://127.0.0.1"),
            ("[::1]:80", "http://[::1]"),
        ] {
            let derived = settings.base_url_at(bound.parse().expect("an address"));
            assert_eq!(derived.as_str(), url);
            assert_eq!(parse_base_url(url), Ok(derived));
        }
    }

    #[test]
    fn origins_are_any_or_exact() {
        let check = |list: &[&str]| check_origins(&list.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>());
        for good in [&["*"][..], &[], &["https://portal.example.com", "http://localhost:3000"]] {
            assert_eq!(check(good), Ok(()));
        }
        for bad in ["https://a.example/", "https://A.example", "a.example", "null", "*", "data:x"] {
            assert!(check(&["https://b.example", bad]).is_err(), "{bad}");
        }
    }
}
