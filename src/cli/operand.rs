//! Operands of the command line as values: tenants by name, and `key=value` settings.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use serde_json::{Map, Value};

use crate::domain::name::{NameError, TenantName};
use crate::domain::tenant::{AppSettings, OrgSettings, Switch};
use crate::domain::token::Algorithm;

/// Why an operand was refused. The text is safe to show.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OperandError {
    #[error("expected ORG/APP, such as acme/shop")]
    NotAnApplication,
    #[error("expected ORG or ORG/APP, such as acme or acme/shop")]
    NotATenant,
    #[error("{part}: {source}")]
    Name { part: &'static str, source: NameError },
    #[error("expected a JSON object: {0}")]
    Json(String),
    #[error("expected KEY=VALUE")]
    NotAPair,
    #[error("there is no such setting; it may be one of: {0}")]
    UnknownSetting(&'static str),
    #[error("{key} must be {expected}")]
    BadValue { key: &'static str, expected: &'static str },
}

/// An application by the names of its path.
///
/// *Shape*: `acme/shop`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AppPath {
    pub org: TenantName,
    pub app: TenantName,
}

impl FromStr for AppPath {
    type Err = OperandError;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (org, app) = text.split_once('/').ok_or(OperandError::NotAnApplication)?;
        if app.contains('/') {
            return Err(OperandError::NotAnApplication);
        }
        Ok(Self { org: org_name(org)?, app: app_name(app)? })
    }
}

/// Another name for a tenant of an export.
///
/// *Shape*: `ORG=NEW` or `ORG/APP=NEW`; the old name is as it was, in any letter case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rename {
    pub old: String,
    pub new: TenantName,
}

impl FromStr for Rename {
    type Err = OperandError;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (old, new) = text.rsplit_once('=').ok_or(OperandError::NotAPair)?;
        let new = TenantName::parse(new).map_err(|source| OperandError::Name { part: "new name", source })?;
        Ok(Self { old: old.to_lowercase(), new })
    }
}

impl fmt::Display for AppPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.org, self.app)
    }
}

/// An organization or an application.
///
/// *Shape*: `acme` or `acme/shop`
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TenantPath {
    Org(TenantName),
    App(AppPath),
}

impl fmt::Display for TenantPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Org(org) => write!(f, "{org}"),
            Self::App(path) => write!(f, "{path}"),
        }
    }
}

impl FromStr for TenantPath {
    type Err = OperandError;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text.matches('/').count() {
            0 => org_name(text).map(Self::Org),
            1 => text.parse().map(Self::App),
            _ => Err(OperandError::NotATenant),
        }
    }
}

/// Whose signing keys: an application's, or those of the management place.
///
/// *Shape*: `acme/shop` or `management`, which no organization can be called.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum IssuerPath {
    Management,
    App(AppPath),
}

impl FromStr for IssuerPath {
    type Err = OperandError;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text == "management" { Ok(Self::Management) } else { text.parse().map(Self::App) }
    }
}

fn org_name(text: &str) -> Result<TenantName, OperandError> {
    TenantName::parse(text).map_err(|source| OperandError::Name { part: "organization", source })
}

fn app_name(text: &str) -> Result<TenantName, OperandError> {
    TenantName::parse(text).map_err(|source| OperandError::Name { part: "application", source })
}

/// Free JSON members of an account.
#[derive(Clone, Debug, PartialEq)]
pub struct Properties(pub Map<String, Value>);

/// Reads a JSON object.
pub(super) fn properties(text: &str) -> Result<Properties, OperandError> {
    serde_json::from_str(text).map(Properties).map_err(|cause| OperandError::Json(cause.to_string()))
}

/// One setting of an organization, as `org set` takes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OrgSetting {
    RetrievableSecrets(Switch),
}

impl OrgSetting {
    /// Puts the value in its place.
    pub fn apply(self, settings: &mut OrgSettings) {
        match self {
            Self::RetrievableSecrets(switch) => settings.retrievable_secrets = switch,
        }
    }
}

impl FromStr for OrgSetting {
    type Err = OperandError;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match pair(text)? {
            ("retrievable_secrets", value) => switch("retrievable_secrets", value).map(Self::RetrievableSecrets),
            _ => Err(OperandError::UnknownSetting("retrievable_secrets")),
        }
    }
}

/// One setting of an application, as `app set` takes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AppSetting {
    /// *Units*: milliseconds; 0: the longest there is; `None`: the server's default again.
    AccessTokenTtl(Option<u64>),
    Algorithm(Algorithm),
    UrlGrants(Switch),
    UrlTokens(Switch),
    RequirePushedRequests(Switch),
}

impl AppSetting {
    /// Puts the value in its place.
    pub fn apply(self, settings: &mut AppSettings) {
        match self {
            Self::AccessTokenTtl(ttl) => settings.accesstokenttl = ttl,
            Self::Algorithm(algorithm) => settings.algorithm = algorithm,
            Self::UrlGrants(switch) => settings.url_grants = switch,
            Self::UrlTokens(switch) => settings.url_tokens = switch,
            Self::RequirePushedRequests(switch) => settings.require_pushed_requests = switch == Switch::On,
        }
    }
}

impl FromStr for AppSetting {
    type Err = OperandError;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match pair(text)? {
            ("accesstokenttl", "default") => Ok(Self::AccessTokenTtl(None)),
            ("accesstokenttl", value) => number("accesstokenttl", value).map(Some).map(Self::AccessTokenTtl),
            ("algorithm", value) => Algorithm::parse(value)
                .map(Self::Algorithm)
                .ok_or(OperandError::BadValue { key: "algorithm", expected: "ES256, EdDSA, RS256 or HS256" }),
            ("url_grants", value) => switch("url_grants", value).map(Self::UrlGrants),
            ("url_tokens", value) => switch("url_tokens", value).map(Self::UrlTokens),
            ("require_pushed_requests", value) => {
                switch("require_pushed_requests", value).map(Self::RequirePushedRequests)
            }
            _ => Err(OperandError::UnknownSetting(
                "accesstokenttl, algorithm, url_grants, url_tokens, require_pushed_requests",
            )),
        }
    }
}

/// Reads a span given in whole seconds.
pub(super) fn seconds(text: &str) -> Result<Duration, std::num::ParseIntError> {
    text.parse().map(Duration::from_secs)
}

fn pair(text: &str) -> Result<(&str, &str), OperandError> {
    text.split_once('=').ok_or(OperandError::NotAPair)
}

fn number<N: FromStr>(key: &'static str, value: &str) -> Result<N, OperandError> {
    value.parse().ok().ok_or(OperandError::BadValue { key, expected: "a whole number" })
}

fn switch(key: &'static str, value: &str) -> Result<Switch, OperandError> {
    match value {
        "on" => Ok(Switch::On),
        "off" => Ok(Switch::Off),
        _ => Err(OperandError::BadValue { key, expected: "on or off" }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused<T: FromStr<Err = OperandError> + fmt::Debug>(text: &str) -> String {
        text.parse::<T>().expect_err("a refusal").to_string()
    }

    #[test]
    fn paths_name_organizations_and_applications() {
        let path: AppPath = "Acme/Shop".parse().expect("a path");
        assert_eq!(path.to_string(), "acme/shop");
        assert_eq!("acme/shop".parse(), Ok(TenantPath::App(path.clone())));
        assert_eq!("acme".parse(), Ok(TenantPath::Org(path.org.clone())));
        assert_eq!("acme/shop".parse(), Ok(IssuerPath::App(path)));
        assert_eq!("management".parse(), Ok(IssuerPath::Management));
    }

    #[test]
    fn a_bad_path_says_which_part_is_bad() {
        assert_eq!(refused::<AppPath>("acme"), "expected ORG/APP, such as acme/shop");
        assert_eq!(refused::<AppPath>("acme/shop/x"), "expected ORG/APP, such as acme/shop");
        assert_eq!(refused::<TenantPath>("a/b/c"), "expected ORG or ORG/APP, such as acme or acme/shop");
        assert_eq!(refused::<AppPath>("acme/"), "application: A name must not be empty.");
        assert_eq!(refused::<TenantPath>("management"), "organization: This name is reserved.");
    }

    #[test]
    fn settings_are_read_and_applied() {
        let mut app = AppSettings::default();
        let set = ["accesstokenttl=60000", "algorithm=EdDSA", "url_grants=off", "url_tokens=off"];
        for text in set.into_iter().chain(["require_pushed_requests=on"]) {
            text.parse::<AppSetting>().expect("a setting").apply(&mut app);
        }
        let wanted = AppSettings {
            accesstokenttl: Some(60_000),
            algorithm: Algorithm::EdDsa,
            url_grants: Switch::Off,
            url_tokens: Switch::Off,
            require_pushed_requests: true,
            ..AppSettings::default()
        };
        assert_eq!(app, wanted);
        "accesstokenttl=default".parse::<AppSetting>().expect("a setting").apply(&mut app);
        assert_eq!(app.accesstokenttl, None);

        let mut org = OrgSettings::default();
        "retrievable_secrets=off".parse::<OrgSetting>().expect("a setting").apply(&mut org);
        assert_eq!(org, OrgSettings { retrievable_secrets: Switch::Off, ..OrgSettings::default() });
    }

    #[test]
    fn a_bad_setting_says_what_is_possible() {
        assert_eq!(refused::<AppSetting>("url_grants"), "expected KEY=VALUE");
        assert_eq!(refused::<AppSetting>("url_grants=no"), "url_grants must be on or off");
        assert_eq!(refused::<AppSetting>("accesstokenttl=-1"), "accesstokenttl must be a whole number");
        assert_eq!(refused::<AppSetting>("algorithm=none"), "algorithm must be ES256, EdDSA, RS256 or HS256");
        assert_eq!(
            refused::<OrgSetting>("colour=red"),
            "there is no such setting; it may be one of: retrievable_secrets"
        );
    }
}
