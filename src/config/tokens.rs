//! `[tokens]`: how long tokens live.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::error::{Fault, within};
use super::units;

/// The `[tokens]` section.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TokenSettings {
    /// When neither the request nor the application says otherwise.
    #[serde(rename = "access_ttl_seconds", with = "units::seconds")]
    pub access_ttl: Duration,
    /// What a request or an application may ask for at most.
    #[serde(rename = "access_ttl_max_seconds", with = "units::seconds")]
    pub access_ttl_max: Duration,
    /// From sign-in to the end of the last refresh.
    #[serde(rename = "refresh_ttl_seconds", with = "units::seconds")]
    pub refresh_ttl: Duration,
    /// Within it a repeated use gets the same successor.
    #[serde(rename = "refresh_retry_window_seconds", with = "units::seconds")]
    pub refresh_retry_window: Duration,
}

impl TokenSettings {
    /// Checks the section by itself.
    ///
    /// *Errors*: the first fault, by key.
    pub fn validate(&self) -> Result<(), Fault> {
        within("tokens.access_ttl_seconds", self.access_ttl.as_secs(), 1..=31_536_000)?;
        within("tokens.access_ttl_max_seconds", self.access_ttl_max.as_secs(), 1..=31_536_000)?;
        if self.access_ttl > self.access_ttl_max {
            return Err(Fault::new("tokens.access_ttl_seconds", "must not be above tokens.access_ttl_max_seconds"));
        }
        within("tokens.refresh_ttl_seconds", self.refresh_ttl.as_secs(), 1..=315_360_000)?;
        within("tokens.refresh_retry_window_seconds", self.refresh_retry_window.as_secs(), 0..=300)
    }
}
