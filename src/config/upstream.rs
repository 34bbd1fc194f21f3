//! `[upstream]`: the bounds of asking servers of others, such as providers of sign-in.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::error::{Fault, within};
use super::units::millis;
use crate::domain::tenant::Switch;

/// The `[upstream]` section.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UpstreamSettings {
    #[serde(rename = "connect_timeout_ms", with = "millis")]
    pub connect_timeout: Duration,
    /// From the first step to the last byte.
    #[serde(rename = "timeout_ms", with = "millis")]
    pub timeout: Duration,
    /// *Units*: bytes.
    pub response_bytes: usize,
    /// Questions under way at once; a quarter of them may go to one host.
    pub concurrent: usize,
    /// Whether URLs of an application's settings may lead into the own network.
    pub allow_private: Switch,
    /// Whether hosts other than this machine may be asked without TLS.
    pub allow_plain_http: Switch,
}

impl UpstreamSettings {
    /// Checks the section by itself.
    ///
    /// *Errors*: the first fault, by key.
    pub fn validate(&self) -> Result<(), Fault> {
        within("upstream.connect_timeout_ms", self.connect_timeout.as_millis(), 1..=60_000)?;
        within("upstream.timeout_ms", self.timeout.as_millis(), 1..=60_000)?;
        within("upstream.response_bytes", self.response_bytes, 1_024..=10_485_760)?;
        within("upstream.concurrent", self.concurrent, 1..=10_000)
    }
}
