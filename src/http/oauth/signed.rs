//! Answers under the issuer's signature, by an algorithm that everyone can verify.

use serde_json::Value;

use crate::access::Statement;
use crate::domain::place::Place;
use crate::domain::token::Algorithm;
use crate::grant::PresentedClient;
use crate::http::error::{Refusal, Voice};
use crate::http::extract::call::Call;
use crate::manage::ManageError;

/// The algorithms by which an issuer signs what is not an access token, a key being made for each when it is first wanted.
/// A symmetric one would need a secret that its reader could sign with, too.
pub fn algorithms() -> Vec<Algorithm> {
    Algorithm::ALL.into_iter().filter(|algorithm| *algorithm != Algorithm::HS256).collect()
}

impl Call {
    /// Signs by the algorithm that a client chose, or else by the issuer's own.
    pub async fn signed(
        &self,
        place: &Place,
        what: Statement,
        chosen: Option<Algorithm>,
        claims: &Value,
    ) -> Result<String, Refusal> {
        let statements = &self.state.statements;
        let own = statements.algorithm(place).await.map_err(|cause| self.refuse_in(Voice::OAuth, &cause))?;
        let algorithm = chosen.or(own).unwrap_or_default();
        let tenant = place.tenant();
        let ready = self.state.registry.ensure_id_key(tenant, algorithm).await;
        ready.map_err(|cause| self.refuse_in(Voice::OAuth, &cause))?;
        let signed = statements.sign(place, what, algorithm, claims).await;
        let signed = signed.map_err(|cause| self.refuse_in(Voice::OAuth, &cause))?;
        // Only a rotation in this very moment takes the key away again.
        let signed = signed.ok_or_else(|| self.refuse_in(Voice::OAuth, &ManageError::KeysChanged))?;
        Ok(signed.expose().to_owned())
    }

    /// Makes sure that the issuer can sign the ID tokens of whoever asks for tokens, before anything is used up.
    pub async fn ready_to_tell(
        &self,
        place: &Place,
        voice: Voice,
        client: Option<&PresentedClient>,
    ) -> Result<(), Refusal> {
        let Some(client) = client.and_then(PresentedClient::registered_id) else { return Ok(()) };
        let ready = self.state.registry.ensure_id_key_of(place.tenant(), client).await;
        ready.map_err(|cause| self.refuse_in(voice, &cause))
    }
}
