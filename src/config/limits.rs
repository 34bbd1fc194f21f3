//! `[limits]`: how large a request may be.

use serde::{Deserialize, Serialize};

use super::error::{Fault, within};

/// The `[limits]` section. *Units*: bytes.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LimitSettings {
    /// Path and query; more is 414.
    pub uri_bytes: usize,
    /// The header section; more is 431.
    pub header_bytes: usize,
    /// The body; more is 413.
    pub body_bytes: usize,
    /// Clients that one source may register by itself in an hour; more are 429.
    pub registrations_per_source: u32,
}

impl LimitSettings {
    /// Checks the section by itself.
    ///
    /// *Errors*: the first fault, by key.
    pub fn validate(&self) -> Result<(), Fault> {
        within("limits.uri_bytes", self.uri_bytes, 1_024..=65_536)?;
        within("limits.header_bytes", self.header_bytes, 2_048..=65_536)?;
        within("limits.body_bytes", self.body_bytes, 4_096..=16_777_216)?;
        within("limits.registrations_per_source", self.registrations_per_source, 1..=1_000_000)
    }
}
