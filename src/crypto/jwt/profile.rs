//! What each kind of token of another issuer must look like (RFC 8725 §3.11, §3.12): its types, its claims, and how long
//! it may live. A token of one kind is none of another.

use std::time::Duration;

/// Whether a token without a `typ` is accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Untyped {
    Accepted,
    Refused,
}

/// Whether a claim must be there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Claim {
    Demanded,
    Optional,
}

/// Whom else a token may be for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Audiences {
    /// Others, too.
    Among,
    /// Nobody: whoever else received it could use it here.
    Sole,
}

/// A kind of token of another issuer.
#[derive(Clone, Copy, Debug)]
pub struct Profile {
    /// The accepted `typ`s, compared without case.
    pub types: &'static [&'static str],
    pub untyped: Untyped,
    pub audiences: Audiences,
    /// `sub`: some text that is not blank.
    pub subject: Claim,
    /// `iat`.
    pub issued: Claim,
    /// `jti`: at most 256 bytes.
    pub id: Claim,
    /// How far ahead `exp` may lie, besides the minute that clocks may differ; `None` for any time.
    pub life_max: Option<Duration>,
    /// How long ago `iat` may lie; `None` for any time.
    pub age_max: Option<Duration>,
}

impl Profile {
    /// A token with which an admin signs in by the identity provider of the house.
    pub const SIGN_ON: Self = Self {
        types: &["JWT", "at+jwt", "application/at+jwt"],
        untyped: Untyped::Accepted,
        audiences: Audiences::Among,
        subject: Claim::Optional,
        issued: Claim::Demanded,
        id: Claim::Optional,
        life_max: None,
        age_max: None,
    };

    /// A client's proof of itself, made for one use (RFC 7523 §3).
    pub const CLIENT_ASSERTION: Self = Self {
        types: &["JWT", "client-authentication+jwt"],
        untyped: Untyped::Accepted,
        audiences: Audiences::Sole,
        subject: Claim::Demanded,
        issued: Claim::Optional,
        id: Claim::Demanded,
        life_max: Some(Duration::from_secs(300)),
        age_max: Some(Duration::from_secs(300)),
    };

    /// Another issuer's word for a user, exchanged for a token, once (RFC 7523 §2.1, §3).
    pub const GRANT_ASSERTION: Self =
        Self { types: &["JWT", "authorization-grant+jwt"], audiences: Audiences::Among, ..Self::CLIENT_ASSERTION };
}
