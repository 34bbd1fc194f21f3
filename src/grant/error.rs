//! Why a grant was refused, by cause. Different causes may share one answer on purpose; the wording is the dialect's.

use std::time::Duration;

use super::external::KeySourceError;
use super::request::ClientMethod;
use crate::crypto::jwt::JwtError;
use crate::crypto::keys::KeyError;
use crate::crypto::password::LaneError;
use crate::crypto::vault::VaultError;
use crate::directory::DirectoryError;
use crate::domain::registered::GrantType;
use crate::store::StoreError;

/// A refused or failed token request. `Display` is for the log; it holds no secret.
#[derive(Debug, thiserror::Error)]
pub enum GrantError {
    #[error("no such organization and application")]
    UnknownPlace,
    #[error("grants by URL are switched off here")]
    UrlGrantsOff,
    #[error("no grant_type")]
    MissingGrantType,
    #[error("unsupported grant_type")]
    UnsupportedGrantType,
    #[error("parameter {0} is missing")]
    MissingParameter(&'static str),
    #[error("unknown user")]
    UnknownUser,
    #[error("wrong password")]
    WrongPassword,
    #[error("user not activated")]
    NotActivated,
    #[error("user disabled")]
    Disabled,
    /// Also the answer to a wrong password and an unknown admin then: the password does not count here.
    #[error("admins sign in elsewhere")]
    SignInElsewhere(String),
    #[error("admin not confirmed")]
    NotConfirmed,
    #[error("no client credentials")]
    MissingClient,
    /// The session is bound to a client (RFC 6749 §6).
    #[error("no client credentials beside a refresh token that is bound to a client")]
    MissingClientAtRefresh,
    #[error("unknown client")]
    UnknownClient(ClientMethod),
    #[error("wrong client secret")]
    WrongClientSecret(ClientMethod),
    #[error("client of another tenant")]
    ForeignClient(ClientMethod),
    /// It proved itself, or would have, by another method than the one that it registered.
    #[error("another method of client authentication than the registered one")]
    WrongClientMethod(ClientMethod),
    #[error("client assertion: {0}")]
    WrongAssertion(#[source] JwtError),
    #[error("client assertion used before")]
    UsedAssertion,
    #[error("the keys of the client: {0}")]
    ClientKeys(#[from] KeySourceError),
    #[error("the certificate is another one than the registered one")]
    WrongCertificate,
    #[error("the client is not registered for {0}")]
    UnauthorizedClient(GrantType),
    #[error("signing in by password is switched off here")]
    PasswordGrantOff,
    #[error("refresh token unknown or forged")]
    UnknownRefreshToken,
    #[error("refresh token expired")]
    ExpiredRefreshToken,
    #[error("refresh token ended or revoked")]
    EndedRefreshToken,
    #[error("refresh token used again after its successor: the family was ended")]
    ReusedRefreshToken,
    #[error("refresh token of another client")]
    RefreshTokenOfAnotherClient,
    /// The client registered for proofs, or the session is bound to a key (RFC 9449 §5).
    #[error("no proof of a key where one is demanded")]
    MissingProof,
    #[error("refresh token bound to another key")]
    RefreshTokenOfAnotherKey,
    #[error("authorization code: {0}")]
    Code(CodeFault),
    #[error("a resource is unknown, not the client's or was not granted")]
    UnknownResource,
    #[error("token exchange: {0}")]
    Exchange(ExchangeFault),
    #[error("assertion: {0}")]
    Assertion(AssertionFault),
    #[error("the keys of a trusted issuer: {0}")]
    IssuerKeys(#[source] KeySourceError),
    #[error("device code: {0}")]
    Device(DeviceFault),
    #[error("unknown scope")]
    UnknownScope,
    #[error("scope exceeds the grant")]
    ScopeExceeded,
    #[error("ttl over the maximum of {} ms", .max.as_millis())]
    TtlTooLong { max: Duration },
    #[error("the session behind the token has ended")]
    SessionOver,
    #[error("not an admin's token")]
    NotAnAdmin,
    #[error("a token that was given to a registered client renews nothing")]
    TokenOfClient,
    #[error("the issuer has no active signing key")]
    NoSigningKey,
    #[error("the protocol core refused: {0}")]
    Protocol(&'static str),
    #[error("password lane: {0}")]
    Lane(#[from] LaneError),
    #[error("directory: {0}")]
    Directory(#[from] DirectoryError),
    #[error("store: {0}")]
    Store(#[from] StoreError),
    #[error("key: {0}")]
    Key(#[from] KeyError),
    #[error("vault: {0}")]
    Vault(#[from] VaultError),
}

/// Why an authorization code is not taken. All of them are one answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CodeFault {
    #[error("unknown")]
    Unknown,
    #[error("expired")]
    Expired,
    #[error("used before: what came of it was ended")]
    Reused,
    #[error("of another client")]
    OfAnotherClient,
    #[error("redirect_uri is another, or missing")]
    WrongRedirect,
    #[error("code_verifier is wrong, missing, or answers no challenge")]
    WrongVerifier,
    #[error("bound to a key that was not shown")]
    WrongKey,
    #[error("taken back since: by the end of the session, of the consent, of the account or of the client's rights")]
    Withdrawn,
}

/// Which token of an exchange.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Party {
    Subject,
    Actor,
}

/// Why a token is not exchanged. All but the first are one answer for each token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ExchangeFault {
    #[error("{0} is not supported")]
    TokenType(&'static str),
    #[error("{0:?} token: {1}")]
    Token(Party, TokenFault),
    /// Between the look at the clock and the making of the new one.
    #[error("the tokens have no time left")]
    Expired,
    #[error("the subject names another actor in may_act")]
    MayNotAct,
    #[error("the actor's token was given to another client")]
    ForeignActor,
    #[error("somebody acts for the actor")]
    DelegatedActor,
    #[error("the chain of actors is too long")]
    TooManyActors,
}

/// Why a token of ours does not hold in an exchange.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TokenFault {
    #[error("{0}")]
    Unverified(JwtError),
    #[error("revoked")]
    Revoked,
    #[error("its holder is gone or shut out")]
    HolderGone,
    #[error("bound to a key that was not shown")]
    Bound,
    #[error("lent by somebody above its holder")]
    Lent,
}

/// Why an assertion of another issuer is not taken. All of them are one answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AssertionFault {
    #[error("{0}")]
    Unverified(JwtError),
    #[error("its issuer is not trusted here")]
    UntrustedIssuer,
    #[error("used before")]
    Used,
    #[error("it names nobody by the rule of its issuer")]
    NoSubject,
    #[error("nobody of this name")]
    UnknownUser,
    #[error("the account is shut")]
    AccountShut,
}

/// What became of a device that waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DeviceFault {
    #[error("nobody has answered yet")]
    Pending,
    #[error("asked too soon")]
    TooSoon,
    #[error("expired")]
    Expired,
    #[error("the person said no")]
    Denied,
    #[error("unknown, used, or of another client")]
    Unknown,
    #[error("taken back since: by the end of the session, of the account or of the client's rights")]
    Withdrawn,
    #[error("too many wait already")]
    TooMany,
}

impl GrantError {
    /// Whether the client did not prove itself, for whatever cause: all of them are one answer.
    pub fn is_of_client(&self) -> bool {
        matches!(
            self,
            Self::UnknownClient(_)
                | Self::WrongClientSecret(_)
                | Self::ForeignClient(_)
                | Self::WrongClientMethod(_)
                | Self::WrongAssertion(_)
                | Self::UsedAssertion
                | Self::ClientKeys(_)
                | Self::WrongCertificate
        )
    }
}
