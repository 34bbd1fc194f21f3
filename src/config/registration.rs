//! `[registration]`: who may make accounts of the management plane, and what a new one waits for.

use serde::{Deserialize, Serialize};

use crate::domain::tenant::Switch;

/// The `[registration]` section. Its types leave nothing to check.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RegistrationSettings {
    /// Whether anyone may create organizations and admins.
    pub public: Switch,
    /// Whether a new organization is told to confirm its address.
    pub organizations_must_confirm: Switch,
    /// Whether a new admin waits until the superuser activates them.
    pub approve_admins: Switch,
    /// Whether a new organization waits until the superuser activates it.
    pub approve_organizations: Switch,
}
