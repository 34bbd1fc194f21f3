//! A refresh family: one sign-in and the chain of refresh tokens that descend from it.

use uuid::Uuid;

use super::authority::Principal;
use super::clock::Moment;
use super::id::TenantId;
use super::secret::Sealed;

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
}
