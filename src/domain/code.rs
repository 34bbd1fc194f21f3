//! Authorization codes and pushed requests as rows: what was agreed, and never the text itself.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;

use super::authority::{Authority, Principal};
use super::clock::Moment;
use super::id::{AdminId, RegisteredId, TenantId, UserId};
use super::place::Place;
use super::scope::Scopes;
use super::secret::Digest;
use super::token::SignInEvent;

/// A code that a person let a client have (RFC 6749 §4.1.2).
#[derive(Clone, Debug)]
pub struct AuthorizationCode {
    pub tenant: TenantId,
    pub digest: Digest,
    pub client: RegisteredId,
    /// A user's or an admin's.
    pub authority: Authority,
    /// The user or the admin.
    pub holder: Uuid,
    /// The browser's session in which it was approved.
    pub session: Option<Uuid>,
    pub redirect_uri: String,
    pub scopes: Scopes,
    pub details: CodeDetails,
    pub created: Moment,
    pub expires: Moment,
    pub used: Option<Moment>,
    /// What its first use began; a second use ends it.
    pub family: Option<Uuid>,
}

impl AuthorizationCode {
    /// Who let the client have it, at the place where they did.
    pub fn principal(&self, place: &Place) -> Option<Principal> {
        match (self.authority, place) {
            (Authority::AppUser, Place::App { org, app }) => {
                Some(Principal::AppUser { org: org.id, app: app.id, user: UserId::new(self.holder) })
            }
            (Authority::Admin, Place::Management) => Some(Principal::Admin { admin: AdminId::new(self.holder) }),
            _ => None,
        }
    }
}

/// What else was agreed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct CodeDetails {
    pub event: SignInEvent,
    /// RFC 7636, by S256.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub challenge: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub nonce: Option<String>,
    /// RFC 8707.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub resources: Vec<String>,
    /// RFC 9449 §10.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub jkt: Option<String>,
    /// Whether the request named its redirect URI.
    pub redirect_named: bool,
}

/// An authorization request that a client sent ahead of the browser (RFC 9126).
#[derive(Clone, Debug)]
pub struct PushedRequest {
    pub tenant: TenantId,
    pub digest: Digest,
    pub client: RegisteredId,
    pub parameters: Value,
    pub created: Moment,
    pub expires: Moment,
}
