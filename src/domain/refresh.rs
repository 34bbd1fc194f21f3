//! A refresh family: one sign-in and the chain of refresh tokens that descend from it.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::authority::Principal;
use super::clock::Moment;
use super::id::TenantId;
use super::secret::Sealed;
use super::token::SignInEvent;

/// One sign-in that may be refreshed. The row holds no token: each generation's text is derived from the sealed key,
/// so that a lost answer can be given again and a dump of the database holds nothing usable.
#[derive(Clone, Debug)]
pub struct RefreshFamily {
    pub tenant: TenantId,
    pub id: Uuid,
    pub principal: Principal,
    /// The client that proved itself at sign-in and must do so again at each use (RFC 6749 §6); `None` when the
    /// application signed its user in by itself.
    pub client_id: Option<String>,
    pub scope: String,
    /// The family's own key, sealed.
    pub key: Sealed,
    /// The generation that may be used next.
    pub head: u32,
    /// The generation whose use made `head`; `None` before the first rotation.
    pub previous: Option<u32>,
    /// When `head` was made.
    pub rotated: Moment,
    /// The moment of sign-in: revocation watermarks compare with this.
    pub created: Moment,
    pub expires: Moment,
    /// Set when the family ended: sign-out, theft, or the end of its principal.
    pub ended: Option<Moment>,
    /// The browser's session from which it descends, if any: it ends with that.
    pub session: Option<Uuid>,
    pub details: FamilyDetails,
}

/// What every token of a family repeats, and what its holder is shown of it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct FamilyDetails {
    /// How its holder signed in; `None` for those from before this was kept.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub event: Option<SignInEvent>,
    /// The thumbprint of the key that its tokens are bound to (RFC 9449 §5).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub jkt: Option<String>,
    /// The resources that were granted (RFC 8707).
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub resources: Vec<String>,
    /// The program that signed in, as it names itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub device: Option<String>,
    /// The address from which it did.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
}
