//! What is kept of tokens that another server issued before a move.

use uuid::Uuid;

use super::authority::Authority;
use super::clock::Moment;
use super::id::{AppId, OrgId};

/// A token of another server. Its text is never kept: the UUID inside it is its name, and its digest proves the rest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MovedToken {
    pub id: Uuid,
    pub authority: Authority,
    /// The user, admin, application or organization that it speaks for.
    pub holder: Uuid,
    pub org: Option<OrgId>,
    pub app: Option<AppId>,
    pub issued: Moment,
    pub expires: Moment,
}
