//! `[explain]`: whether refusals are kept for the administration of their tenant, how many, and how long.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::error::{Fault, within};
use crate::domain::tenant::Switch;

/// The `[explain]` section.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExplainSettings {
    pub enabled: Switch,
    /// *Units*: hours.
    pub keep_hours: u32,
    /// Refusals of one tenant that a node keeps within a minute.
    pub per_minute: u32,
}

impl ExplainSettings {
    /// How long a refusal is kept.
    pub fn kept(&self) -> Duration {
        Duration::from_secs(u64::from(self.keep_hours).saturating_mul(3_600))
    }

    /// Checks the section by itself.
    ///
    /// *Errors*: the first fault, by key.
    pub fn validate(&self) -> Result<(), Fault> {
        within("explain.keep_hours", self.keep_hours, 1..=720)?;
        within("explain.per_minute", self.per_minute, 1..=600)
    }
}
