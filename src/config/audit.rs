//! `[audit]`: how long it is kept what was done.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::error::{Fault, within};

/// The `[audit]` section.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AuditSettings {
    /// *Units*: days.
    pub keep_days: u32,
}

impl AuditSettings {
    /// How long lines are kept.
    pub fn kept(&self) -> Duration {
        Duration::from_secs(u64::from(self.keep_days).saturating_mul(86_400))
    }

    /// Checks the section by itself.
    ///
    /// *Errors*: the first fault, by key.
    pub fn validate(&self) -> Result<(), Fault> {
        within("audit.keep_days", self.keep_days, 1..=36_500)
    }
}
