//! What an issuer says under its signature beside tokens: introspections, what it knows of a person, what it revoked.
//! Each kind has a type of its own, so that none passes as a token (RFC 8725 §3.11).

use serde::Serialize;

use super::error::AccessError;
use crate::crypto::jwt::SignedKind;
use crate::directory::Directory;
use crate::domain::place::Place;
use crate::domain::secret::Secret;
use crate::domain::token::Algorithm;

/// What is said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Statement {
    /// RFC 9701 §5.
    Introspection,
    /// OpenID Connect Core §5.3.2.
    UserInfo,
    /// What ends before its time; `docs/api/revocations.md`.
    Revocations,
}

impl Statement {
    fn kind(self) -> SignedKind {
        match self {
            Self::Introspection => SignedKind::Introspection,
            Self::UserInfo => SignedKind::UserInfo,
            Self::Revocations => SignedKind::Revocations,
        }
    }
}

/// Signs statements. A clone shares everything.
#[derive(Clone)]
pub struct Statements {
    pub directory: Directory,
}

impl Statements {
    /// By what the issuer signs where nobody chose; `None` where its own algorithm is one that no reader of its key set
    /// could verify.
    pub async fn algorithm(&self, place: &Place) -> Result<Option<Algorithm>, AccessError> {
        let own = self.directory.keys(place.tenant()).await?.algorithm();
        Ok(own.filter(|algorithm| *algorithm != Algorithm::HS256))
    }

    /// Signs by an algorithm; `None` where the issuer has no key for it.
    pub async fn sign(
        &self,
        place: &Place,
        what: Statement,
        algorithm: Algorithm,
        claims: &impl Serialize,
    ) -> Result<Option<Secret>, AccessError> {
        let ring = self.directory.keys(place.tenant()).await?;
        Ok(ring.signer_for(algorithm).map(|signer| signer.sign_as(what.kind(), claims)).transpose()?)
    }
}
