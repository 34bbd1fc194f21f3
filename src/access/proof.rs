//! Proofs of possession as they come with requests: each is read for its request, measured by a nonce where one is
//! demanded, and used up. What its key may do is for the caller. *Spec*: RFC 9449 §4.3, §8, §9, §11.1.

use std::sync::Arc;

use crate::crypto::digest::sha256;
use crate::crypto::dpop::{self, DpopError, Proof, ProofExpected, read_proof};
use crate::crypto::nonce::NonceMint;
use crate::domain::clock::Clock;
use crate::domain::id::TenantId;
use crate::domain::secret::Secret;
use crate::domain::tenant::Switch;
use crate::domain::token::Algorithm;
use crate::store::{Store, StoreError};

/// What proofs may be signed with, for metadata and challenges.
pub const PROOF_ALGORITHMS: [Algorithm; 3] = dpop::ALGORITHMS;

/// Keeps the names of proofs apart from what else is used once.
const KIND: &str = "dpop";

/// A proof as it came, with the request that it must be for.
#[derive(Clone, Debug)]
pub struct Demonstration {
    /// Where the request knocked: whose nonces count, and where the proof is used up.
    pub tenant: TenantId,
    pub proof: Secret,
    /// As it was sent.
    pub method: String,
    /// The public URL, with the path as it was sent.
    pub url: String,
    /// Whether it must repeat a nonce of ours.
    pub nonces: Switch,
}

/// Why a proof, or a token that needs one, was refused. `Display` is for the log.
#[derive(Debug, thiserror::Error)]
pub enum ProofError {
    #[error("more than one header")]
    Repeated,
    #[error("a token by the scheme DPoP came without one")]
    Missing,
    #[error("{0}")]
    Unreadable(#[from] DpopError),
    #[error("no nonce of ours")]
    NonceWanted,
    #[error("used before")]
    Used,
    /// Of a pushed authorization request (RFC 9449 §10.1).
    #[error("dpop_jkt names another key")]
    OtherThanSaid,
    #[error("the token is bound to another key")]
    WrongKey,
    /// RFC 9449 §7.2: no downgrade.
    #[error("a token that is bound to a key came as a plain one")]
    Bare,
    #[error("the token is bound to no key")]
    Unbound,
    #[error("store: {0}")]
    Failed(#[from] StoreError),
}

/// Reads proofs and uses them up. A clone shares everything.
#[derive(Clone)]
pub struct Proofs {
    pub store: Store,
    pub nonces: Arc<NonceMint>,
    pub clock: Arc<dyn Clock>,
}

impl Proofs {
    /// The nonce that clients of a tenant are to repeat from now on.
    pub fn nonce(&self, tenant: TenantId) -> String {
        self.nonces.issue(tenant, self.clock.now())
    }

    /// The thumbprint of the key that a request for a token proves; the proof is used up.
    ///
    /// *Errors*: it does not hold for the request, or was used before.
    pub async fn prove(&self, shown: &Demonstration) -> Result<String, ProofError> {
        let proof = self.read(shown, None)?;
        self.spend(shown.tenant, &proof).await?;
        Ok(proof.jkt)
    }

    /// Checks the proof beside a token that holds and is bound to `jkt`, and uses it up. Last of all: nobody without the
    /// token and its key makes us write.
    ///
    /// *Errors*: it does not hold for the request and the token, is another key's, or was used before.
    pub(super) async fn prove_beside(
        &self,
        shown: &Demonstration,
        (token, jkt): (&Secret, &str),
    ) -> Result<(), ProofError> {
        let proof = self.read(shown, Some(token))?;
        match proof.jkt == jkt {
            true => self.spend(shown.tenant, &proof).await,
            false => Err(ProofError::WrongKey),
        }
    }

    fn read(&self, shown: &Demonstration, access_token: Option<&Secret>) -> Result<Proof, ProofError> {
        let now = self.clock.now();
        let expected = ProofExpected { method: &shown.method, url: &shown.url, now, access_token };
        let proof = read_proof(shown.proof.expose(), &expected)?;
        let repeats = || proof.nonce.as_deref().is_some_and(|nonce| self.nonces.accepts(shown.tenant, nonce, now));
        if shown.nonces == Switch::On && !repeats() { Err(ProofError::NonceWanted) } else { Ok(proof) }
    }

    /// Notes the proof's name. Names are the client's choice, so that those of two keys are never the same.
    async fn spend(&self, tenant: TenantId, proof: &Proof) -> Result<(), ProofError> {
        let (digest, expires) = (sha256(&format!("{}\n{}", proof.jkt, proof.jti)), proof.forget_at);
        let is_first = self.store.blocking(move |store| store.spend_proof(tenant, KIND, digest, expires)).await?;
        if is_first { Ok(()) } else { Err(ProofError::Used) }
    }
}
