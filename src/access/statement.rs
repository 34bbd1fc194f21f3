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
    /// The algorithms that the issuer has keys for, by which whoever reads its key set can verify: never a symmetric
    /// one.
    pub async fn algorithms(&self, place: &Place) -> Result<Vec<Algorithm>, AccessError> {
        let ring = self.directory.keys(place.tenant()).await?;
        Ok(Algorithm::ALL.into_iter().filter(|algorithm| ring.signer_for(*algorithm).is_some()).collect())
    }

    /// Signs by the issuer's own algorithm, or by the one that a client chose; `None` where the issuer has no key for
    /// it that others could verify.
    pub async fn sign(
        &self,
        place: &Place,
        what: Statement,
        chosen: Option<Algorithm>,
        claims: &impl Serialize,
    ) -> Result<Option<Secret>, AccessError> {
        let ring = self.directory.keys(place.tenant()).await?;
        let signer = match chosen.or_else(|| ring.algorithm()) {
            Some(algorithm) => ring.signer_for(algorithm),
            None => None,
        };
        Ok(signer.map(|signer| signer.sign_as(what.kind(), claims)).transpose()?)
    }
}
