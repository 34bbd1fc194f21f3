//! `[directory]`: how fresh and how large the view in memory is.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::error::{Fault, within};
use super::units;

/// The `[directory]` section.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DirectorySettings {
    /// How old the view may be on a node that did not write.
    #[serde(rename = "staleness_ms", with = "units::millis")]
    pub staleness: Duration,
    /// Tenants kept in memory.
    pub max_tenants: u64,
}

/// How many reads of the change log may be missed before the view counts as too old.
const MISSED_READS: u32 = 10;

impl DirectorySettings {
    /// How old the view may be before callers are refused and the server is not ready.
    pub fn patience(&self) -> Duration {
        self.staleness.saturating_mul(MISSED_READS)
    }

    /// Checks the section by itself.
    ///
    /// *Errors*: the first fault, by key.
    pub fn validate(&self) -> Result<(), Fault> {
        within("directory.staleness_ms", self.staleness.as_millis(), 100..=60_000)?;
        within("directory.max_tenants", self.max_tenants, 16..=100_000_000)
    }
}
