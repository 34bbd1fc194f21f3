//! The `DPoP` header of a request, and the nonce that its answer gives. *Spec*: RFC 9449 §4, §7.1, §8.

use actix_web::HttpMessage;
use actix_web::http::header::{HeaderName, HeaderValue};

use super::call::Call;
use crate::access::{AccessError, Demonstration, Presented, ProofError};
use crate::domain::place::Place;
use crate::domain::secret::Secret;
use crate::domain::tenant::Switch;
use crate::http::error::{Refusal, Voice};

const DPOP: HeaderName = HeaderName::from_static("dpop");

/// The nonce to be repeated from now on, for the answer's header.
pub struct NextNonce(pub HeaderValue);

impl Call {
    /// The thumbprint of the key that a request for a token proves; `None` without a proof.
    ///
    /// *Errors*: `invalid_dpop_proof`; `use_dpop_nonce`.
    pub async fn proved_key(&self, place: &Place) -> Result<Option<String>, Refusal> {
        let refuse = |cause| self.refuse_in(Voice::OAuth, &cause);
        let Some(shown) = self.demonstration(place).map_err(refuse)? else { return Ok(None) };
        self.state.verifier.proofs.prove(&shown).await.map(Some).map_err(refuse)
    }

    /// A token that came by the scheme `DPoP`, with its proof.
    ///
    /// *Errors*: none came, or two.
    pub fn with_proof(&self, place: &Place, token: &Secret) -> Result<Presented, AccessError> {
        let shown = self.demonstration(place)?.ok_or(ProofError::Missing)?;
        Ok(Presented::Dpop { token: token.clone(), shown: Box::new(shown) })
    }

    fn demonstration(&self, place: &Place) -> Result<Option<Demonstration>, ProofError> {
        let mut values = self.request.headers().get_all(DPOP);
        let Some(value) = values.next() else { return Ok(None) };
        let nonces = self.state.dispatcher.proof_nonces(place);
        if nonces == Switch::On {
            self.give_nonce(place);
        }
        if values.next().is_some() {
            return Err(ProofError::Repeated);
        }
        Ok(Some(Demonstration {
            tenant: place.tenant(),
            // What is no text is no proof, either.
            proof: Secret::new(value.to_str().unwrap_or_default()),
            method: self.request.method().to_string(),
            url: format!("{}{}", self.state.base.as_str(), self.path_as_sent()),
            nonces,
        }))
    }

    fn give_nonce(&self, place: &Place) {
        if let Ok(nonce) = HeaderValue::try_from(self.state.verifier.proofs.nonce(place.tenant())) {
            self.request.extensions_mut().insert(NextNonce(nonce));
        }
    }
}
