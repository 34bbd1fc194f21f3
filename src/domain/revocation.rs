//! What makes an unexpired token dead.

use std::time::Duration;

use uuid::Uuid;

use super::clock::Moment;
use super::id::TenantId;

/// Why tokens died; decides what their holder is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RevocationReason {
    Revoked,
    Deactivated,
    Disabled,
    Deleted,
}

impl RevocationReason {
    /// The word used in rows.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Revoked => "revoked",
            Self::Deactivated => "deactivated",
            Self::Disabled => "disabled",
            Self::Deleted => "deleted",
        }
    }

    /// Reads a row's word.
    pub fn parse(word: &str) -> Option<Self> {
        [Self::Revoked, Self::Deactivated, Self::Disabled, Self::Deleted].into_iter().find(|r| r.as_str() == word)
    }
}

/// What a revocation is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RevocationTarget {
    /// Tokens of one user, admin or client, by its UUID, issued up to the watermark.
    Principal(Uuid),
    /// All tokens of the tenant issued up to the watermark.
    Tenant,
    /// One token by its `jti`, or all tokens of one session by their `sid`, the id of its refresh family: whenever
    /// they were issued, since what ended by name begins no more, and a node with a fast clock dates ahead.
    Token(Uuid),
    /// One session by its `sid` that outlives the watermark of its holder: their own, from which they changed their
    /// password. It is spared from watermarks up to this one's, and from no later one.
    Spared(Uuid),
}

/// One revocation. Tokens of a `Principal` or `Tenant` are dead if they were issued at or before `watermark`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Revocation {
    /// The tenant whose keys signed the tokens.
    pub tenant: TenantId,
    pub target: RevocationTarget,
    pub reason: RevocationReason,
    pub watermark: Moment,
    /// When every covered token has expired and the row may go.
    pub expires: Moment,
}

impl Revocation {
    /// Ends what was issued up to `watermark`. `longest` is the longest life that a covered token may have: how long
    /// the revocation must be remembered.
    pub fn revoked(tenant: TenantId, target: RevocationTarget, watermark: Moment, longest: Duration) -> Self {
        Self { tenant, target, reason: RevocationReason::Revoked, watermark, expires: watermark.plus(longest) }
    }
}
