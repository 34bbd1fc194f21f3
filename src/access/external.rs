//! The word of another server on an admin: what the verifier asks when a bearer token is not one of ours. Who is asked,
//! and how, is decided by whoever implements it; nothing here knows a network.

use std::sync::Arc;

use futures_util::future::BoxFuture;

use crate::crypto::jwt::JwtError;
use crate::domain::clock::Moment;
use crate::domain::failure::Failure;
use crate::domain::id::AdminId;
use crate::domain::secret::Secret;

/// An admin for whom another server has spoken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Vouched {
    pub admin: AdminId,
    /// What the other server calls them: an id of its own, never a name that may pass on to another.
    pub known_as: Option<Arc<str>>,
    /// When the token was issued: revocations from after it end it here, too.
    pub issued: Moment,
    pub expires: Moment,
}

/// Why nobody spoke for a token. `Display` is for the log; it holds no token.
#[derive(Debug, thiserror::Error)]
pub enum ExternalError {
    #[error("the outside token does not hold: {0}")]
    Refused(#[source] JwtError),
    #[error("the outside token expired")]
    Expired,
    /// The token holds, and nobody here is meant by it.
    #[error("no admin here is the one of the outside token")]
    NoAdmin,
    #[error("the admin of the outside token is deactivated")]
    Deactivated,
    #[error("the admin of the outside token is disabled")]
    Disabled,
    #[error("the outside server: {cause}")]
    Failed { failure: Failure, cause: String },
}

/// Whoever can speak for admins.
pub trait Voucher: Send + Sync {
    /// Whose token this is.
    ///
    /// *Errors*: every cause of `ExternalError`.
    fn vouch<'a>(&'a self, token: &'a Secret) -> BoxFuture<'a, Result<Vouched, ExternalError>>;
}
