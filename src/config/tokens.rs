//! `[tokens]`: how long tokens live, and which tokens of another server are still taken.

use std::time::Duration;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize, Serializer};

use super::error::{Fault, within};
use super::units;
use crate::domain::clock::Moment;
use crate::domain::secret::Secret;

/// A secret or two while one replaces the other; each costs a digest a request.
const SALTS_MAX: usize = 8;

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
    /// The token secrets of Usergrid, whose tokens were moved in. Empty: such tokens are refused.
    #[serde(serialize_with = "print_count")]
    pub legacy_salts: Vec<Secret>,
    /// The first day (UTC) on which such tokens are refused, as `YYYY-MM-DD`; empty: their own expiry decides.
    pub legacy_until: String,
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
        within("tokens.refresh_retry_window_seconds", self.refresh_retry_window.as_secs(), 0..=300)?;
        within("tokens.legacy_salts", self.legacy_salts.len(), 0..=SALTS_MAX)?;
        if self.legacy_salts.iter().any(|salt| salt.expose().is_empty()) {
            return Err(Fault::new("tokens.legacy_salts", "an entry is empty"));
        }
        if !self.legacy_until.is_empty() && self.legacy_end().is_none() {
            return Err(Fault::new("tokens.legacy_until", "must be a day like 2027-01-31, or empty"));
        }
        Ok(())
    }

    /// When tokens of another server are refused, whatever they say themselves.
    pub fn legacy_end(&self) -> Option<Moment> {
        let day = NaiveDate::parse_from_str(&self.legacy_until, "%Y-%m-%d").ok()?;
        Some(Moment::from_micros(day.and_hms_opt(0, 0, 0)?.and_utc().timestamp_micros()))
    }
}

fn print_count<S: Serializer>(salts: &[Secret], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(salts.iter().map(|_salt| "[secret]"))
}
