//! `[registration]`: who may make accounts of the management plane, and what a new one waits for.

use serde::{Deserialize, Serialize};

use crate::domain::tenant::Switch;

/// The `[registration]` section. Its types leave nothing to check.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RegistrationSettings {
    /// Whether anyone may create organizations and admins.
    pub public: Switch,
    /// Whether the owner of a new organization is mailed a link to prove the address. Nothing waits for it.
    pub organizations_must_confirm: Switch,
    /// Whether a new admin waits until the superuser activates them.
    pub approve_admins: Switch,
}
