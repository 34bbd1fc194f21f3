//! `[sso]`: another server that speaks for admins.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::error::{Fault, within};
use super::units::seconds;
use crate::domain::tenant::Switch;
use crate::domain::token::Algorithm;

/// Who speaks for admins.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SsoKind {
    Off,
    /// Signed tokens of an identity provider.
    Jwt,
    /// A central Tokengrid or Usergrid.
    Central,
}

/// The `[sso]` section.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SsoSettings {
    pub mode: SsoKind,
    pub url: String,
    pub sign_in_url: String,
    pub issuer: String,
    pub audience: String,
    pub algorithms: Vec<Algorithm>,
    pub email_claim: String,
    pub username_claim: String,
    pub provision: Switch,
    #[serde(rename = "cache_seconds", with = "seconds")]
    pub cache: Duration,
    #[serde(rename = "keys_fresh_seconds", with = "seconds")]
    pub keys_fresh: Duration,
}

impl SsoSettings {
    /// Checks the section by itself; nothing of it matters while it is off.
    ///
    /// *Errors*: the first fault, by key.
    pub fn validate(&self) -> Result<(), Fault> {
        if self.mode == SsoKind::Off {
            return Ok(());
        }
        if self.url.is_empty() {
            return Err(Fault::new("sso.url", "must be set where sso.mode is not off"));
        }
        within("sso.cache_seconds", self.cache.as_secs(), 1..=3_600)?;
        within("sso.keys_fresh_seconds", self.keys_fresh.as_secs(), 60..=86_400)?;
        if self.mode == SsoKind::Central {
            return Ok(());
        }
        // Without them a token for any other service of the provider would open this one.
        for (key, value) in [("sso.issuer", &self.issuer), ("sso.audience", &self.audience)] {
            if value.is_empty() {
                return Err(Fault::new(key, "must be set where sso.mode is jwt"));
            }
        }
        let is_public = |algorithm: &Algorithm| matches!(algorithm, Algorithm::RS256 | Algorithm::ES256);
        if self.algorithms.is_empty() || !self.algorithms.iter().all(is_public) {
            return Err(Fault::new("sso.algorithms", "must be RS256, ES256 or both"));
        }
        if self.provision == Switch::On {
            return Err(Fault::new("sso.provision", "is for sso.mode central alone"));
        }
        Ok(())
    }

    /// Where admins sign in instead; `None` where they do so here.
    pub fn elsewhere(&self) -> Option<&str> {
        match self.mode {
            SsoKind::Off => None,
            SsoKind::Jwt | SsoKind::Central if self.sign_in_url.is_empty() => Some(&self.url),
            SsoKind::Jwt | SsoKind::Central => Some(&self.sign_in_url),
        }
    }

    /// The page on which admins sign in elsewhere; none for a provider that is known by its keys alone.
    pub fn sign_in_page(&self) -> Option<&str> {
        match self.mode {
            SsoKind::Jwt if self.sign_in_url.is_empty() => None,
            SsoKind::Off | SsoKind::Jwt | SsoKind::Central => self.elsewhere(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problem(change: fn(&mut SsoSettings)) -> String {
        let mut settings = SsoSettings {
            mode: SsoKind::Jwt,
            url: "https://id.example.test/keys".to_owned(),
            sign_in_url: String::new(),
            issuer: "https://id.example.test".to_owned(),
            audience: "tokengrid".to_owned(),
            algorithms: vec![Algorithm::RS256],
            email_claim: "email".to_owned(),
            username_claim: "user_name".to_owned(),
            provision: Switch::Off,
            cache: Duration::from_secs(60),
            keys_fresh: Duration::from_secs(3_600),
        };
        change(&mut settings);
        settings.validate().err().map(|fault| fault.to_string()).unwrap_or_default()
    }

    #[test]
    fn a_provider_of_tokens_is_named_with_its_issuer_and_audience() {
        assert_eq!(problem(|_| {}), "");
        assert_eq!(problem(|s| s.url.clear()), "sso.url: must be set where sso.mode is not off");
        assert_eq!(problem(|s| s.issuer.clear()), "sso.issuer: must be set where sso.mode is jwt");
        assert_eq!(problem(|s| s.audience.clear()), "sso.audience: must be set where sso.mode is jwt");
        assert_eq!(
            problem(|s| s.algorithms = vec![Algorithm::RS256, Algorithm::HS256]),
            "sso.algorithms: must be RS256, ES256 or both"
        );
        assert_eq!(problem(|s| s.provision = Switch::On), "sso.provision: is for sso.mode central alone");
        assert_eq!(problem(|s| (s.mode, s.provision) = (SsoKind::Central, Switch::On)), "");
        assert_eq!(problem(|s| (s.mode, s.url) = (SsoKind::Off, String::new())), "");
    }
}
