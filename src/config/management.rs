//! `[management]`: what an application decides in its own settings, decided for the management place.

use serde::{Deserialize, Serialize};

use crate::domain::tenant::{ClientRegistration, Switch};
use crate::domain::token::Algorithm;

/// The `[management]` section. Its types leave nothing to check.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ManagementSettings {
    /// Whether a grant may arrive by GET or in the query, and answer as JSONP.
    pub url_grants: Switch,
    /// Whether a token may arrive as `?access_token=`.
    pub url_tokens: Switch,
    /// Whether an admin must have confirmed the email address before signing in.
    pub admins_must_confirm: Switch,
    /// What new management signing keys are made for.
    pub algorithm: Algorithm,
    /// Who may register clients with the management issuer by themselves (RFC 7591).
    pub registration_of_clients: ClientRegistration,
}
