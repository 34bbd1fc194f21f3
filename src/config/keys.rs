//! `[keys]`: the rhythm of signing key rotation.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::error::{Fault, within};
use super::units;

/// The `[keys]` section.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KeySettings {
    /// How long a new key is in the key set before it signs.
    #[serde(rename = "publish_seconds", with = "units::seconds")]
    pub publish: Duration,
    /// How long clients may cache a key set.
    #[serde(rename = "jwks_max_age_seconds", with = "units::seconds")]
    pub jwks_max_age: Duration,
}

impl KeySettings {
    /// Checks the section by itself.
    ///
    /// *Errors*: the first fault, by key; also a key that would sign before every cached key set has it.
    pub fn validate(&self) -> Result<(), Fault> {
        within("keys.publish_seconds", self.publish.as_secs(), 0..=2_592_000)?;
        within("keys.jwks_max_age_seconds", self.jwks_max_age.as_secs(), 0..=86_400)?;
        if self.publish < self.jwks_max_age {
            return Err(Fault::new("keys.publish_seconds", "must not be below keys.jwks_max_age_seconds"));
        }
        Ok(())
    }
}
