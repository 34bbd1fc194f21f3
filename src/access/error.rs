//! Why a caller was turned away, by cause. The wording is the dialect's matter.

use super::external::ExternalError;
use super::proof::ProofError;
use crate::crypto::jwt::JwtError;
use crate::crypto::keys::KeyError;
use crate::crypto::vault::VaultError;
use crate::directory::DirectoryError;
use crate::domain::revocation::RevocationReason;
use crate::store::StoreError;

/// What a route asked for and the caller lacked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Need {
    Organization,
    Application,
    Admin,
    /// What the role `guest` gives; there is none.
    Guest,
    Permission,
    System,
}

/// A refused or failed check of a caller. `Display` is for the log; it holds no token.
#[derive(Debug, thiserror::Error)]
pub enum AccessError {
    #[error("the bearer value is empty")]
    EmptyBearer,
    #[error("credentials in more than one place")]
    Ambiguous,
    #[error("tokens by URL are switched off here")]
    UrlTokensOff,
    #[error("client secrets by URL are switched off here")]
    UrlSecretsOff,
    #[error("the token is not one of ours: {0}")]
    Unverified(#[source] JwtError),
    #[error("the token is not one that Usergrid signed with a configured salt")]
    UnverifiedLegacy,
    #[error("the token of Usergrid was not moved in")]
    UnknownLegacy,
    #[error("the token has expired")]
    Expired,
    #[error("the token was revoked")]
    Revoked(RevocationReason),
    #[error("the token's tenant is gone")]
    TenantGone,
    #[error("the token's holder is gone")]
    HolderGone,
    #[error("wrong client credentials as parameters")]
    WrongClientParameters,
    #[error("wrong client credentials by Basic")]
    WrongClientBasic,
    #[error("a wrong password of the superuser by Basic")]
    WrongSuperuser,
    #[error("{0:?} access is needed")]
    Forbidden(Need),
    #[error("the token was issued to another client")]
    TokenOfAnotherClient,
    #[error("tokens of this kind cannot be revoked")]
    UnsupportedTokenType,
    #[error("the token's scope lacks {0}")]
    InsufficientScope(&'static str),
    #[error("proof of a key: {0}")]
    Proof(#[from] ProofError),
    #[error(transparent)]
    External(#[from] ExternalError),
    #[error("directory: {0}")]
    Directory(#[from] DirectoryError),
    #[error("store: {0}")]
    Store(#[from] StoreError),
    #[error("key: {0}")]
    Key(#[from] KeyError),
    #[error("vault: {0}")]
    Vault(#[from] VaultError),
}

impl AccessError {
    /// Whether this says of a token that it does not hold, rather than that it could not be looked at.
    pub(super) fn is_of_the_token(&self) -> bool {
        matches!(
            self,
            Self::Unverified(_)
                | Self::UnverifiedLegacy
                | Self::UnknownLegacy
                | Self::Expired
                | Self::Revoked(_)
                | Self::TenantGone
                | Self::HolderGone
        )
    }
}
