//! `[server]`: where it listens, what it is called from outside, where it keeps its files.

use std::fmt;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use url::Url;

use super::error::{Fault, within};
use super::units::{self, ThreadCount};

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
    pub cors_origins: CorsOrigins,
}

impl ServerSettings {
    /// Checks the section by itself.
    ///
    /// *Errors*: the first fault, by key.
    pub fn validate(&self) -> Result<(), Fault> {
        if self.data_dir.as_os_str().is_empty() {
            return Err(Fault::new("server.data_dir", "must not be empty"));
        }
        within("server.workers", self.workers.0, 0..=1024)?;
        within("server.shutdown_timeout_seconds", self.shutdown_timeout.as_secs(), 0..=300)
    }

    /// The public URL: the configured one, or that of the address `bound`, which differs from `listen` at port 0.
    pub fn base_url_at(&self, bound: SocketAddr) -> BaseUrl {
        self.base_url.clone().unwrap_or_else(|| {
            let url = format!("http://{bound}");
            BaseUrl(url.strip_suffix(":80").unwrap_or(&url).to_owned())
        })
    }
}

/// A public URL in its one canonical spelling, without a trailing slash. Issuers are compared byte for byte, so no
/// other spelling may become one.
///
/// *Spec*: RFC 8414 §2 (`issuer`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BaseUrl(String);

impl BaseUrl {
    /// Reads a URL from outside.
    ///
    /// *Errors*: a sentence for the operator: not http(s), a query, a fragment, credentials, or another spelling.
    pub fn parse(text: &str) -> Result<Self, String> {
        let url = match Url::parse(text) {
            Ok(url) if matches!(url.scheme(), "http" | "https") && url.has_host() => url,
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
        Ok(Self(text.to_owned()))
    }

    /// The text, to which a path that begins with `/` can be appended.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for BaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

fn base_url<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<BaseUrl>, D::Error> {
    let text = String::deserialize(deserializer)?;
    if text.is_empty() {
        return Ok(None);
    }
    BaseUrl::parse(&text).map(Some).map_err(D::Error::custom)
}

fn print_base_url<S: Serializer>(url: &Option<BaseUrl>, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(url.as_ref().map_or("", BaseUrl::as_str))
}

/// Which browser origins may call.
///
/// *Shape*: a list of origins such as `https://portal.example.com`; `["*"]` for any.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Vec<String>", into = "Vec<String>")]
pub enum CorsOrigins {
    Any,
    Only(Vec<String>),
}

impl CorsOrigins {
    /// Whether a page of `origin` may call. Origins are compared as browsers send them, byte for byte.
    pub fn may_call(&self, origin: &str) -> bool {
        match self {
            Self::Any => true,
            Self::Only(origins) => origins.iter().any(|allowed| allowed == origin),
        }
    }
}

impl TryFrom<Vec<String>> for CorsOrigins {
    type Error = String;
    fn try_from(origins: Vec<String>) -> Result<Self, String> {
        if origins.iter().map(String::as_str).eq(["*"]) {
            return Ok(Self::Any);
        }
        for text in &origins {
            let canonical = Url::parse(text).map(|url| url.origin().ascii_serialization());
            if canonical.as_ref() != Ok(text) {
                return Err(format!("{text:?} is not an origin like https://portal.example.com, nor \"*\" alone"));
            }
        }
        Ok(Self::Only(origins))
    }
}

impl From<CorsOrigins> for Vec<String> {
    fn from(origins: CorsOrigins) -> Self {
        match origins {
            CorsOrigins::Any => vec!["*".to_owned()],
            CorsOrigins::Only(origins) => origins,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_base_url_has_one_spelling() {
        for good in ["https://id.example.com", "http://127.0.0.1:8080", "https://example.com/auth"] {
            assert_eq!(BaseUrl::parse(good).map(|url| url.to_string()), Ok(good.to_owned()));
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
            assert_eq!(BaseUrl::parse(bad), Err(problem.to_owned()), "{bad}");
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
            assert_eq!(BaseUrl::parse(url), Ok(derived));
        }
    }

    #[test]
    fn origins_are_any_or_exact() {
        let parse = |list: &[&str]| CorsOrigins::try_from(list.iter().map(|o| (*o).to_owned()).collect::<Vec<_>>());
        assert_eq!(parse(&["*"]), Ok(CorsOrigins::Any));
        let one = parse(&["https://portal.example.com"]).expect("an origin");
        assert!(one.may_call("https://portal.example.com"));
        assert!(!one.may_call("https://portal.example.com.evil.example"));
        assert!(!parse(&[]).expect("no origin").may_call("https://portal.example.com"));
        for bad in ["https://a.example/", "a.example", "null", "*", "data:x"] {
            assert!(parse(&["https://b.example", bad]).is_err(), "{bad}");
        }
    }
}
