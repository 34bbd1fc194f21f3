//! `[testing]`: what a conformance run needs and nobody else.

use serde::{Deserialize, Serialize};

use crate::domain::tenant::Switch;

/// The `[testing]` section. Its types leave nothing to check.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TestingSettings {
    /// Whether `/testproperties` shows and turns the server's switches, for whoever asks.
    pub properties: Switch,
}
