//! Who asks about a token: a client with its proof, or someone who bears a token of the administration. Failures are
//! counted by source, so that nobody tries secrets here. *Spec*: RFC 7662 §2.1, RFC 7009 §2.1; security rule I-1.

use crate::access::{AccessError, Asker, Presented};
use crate::domain::authority::Principal;
use crate::domain::place::Place;
use crate::domain::secret::Secret;
use crate::domain::token::Algorithm;
use crate::grant::{GrantError, PresentedClient};
use crate::http::error::{Refusal, RequestError, Voice};
use crate::http::extract::call::Call;
use crate::http::extract::credentials::Authorization;
use crate::http::extract::parameters::Encoding;

/// A caller of the introspection endpoint.
pub struct Caller {
    /// Whom a signed answer is for.
    pub name: String,
    pub asker: Asker,
    /// What its registration wants answers signed by.
    pub signed_by: Option<Algorithm>,
}

impl Call {
    /// The token that a form is about.
    ///
    /// *Errors*: no form, or one that names no token.
    pub fn asked_token(&self) -> Result<Secret, Refusal> {
        let parameters = self.parameters()?;
        let is_form = parameters.encoding == Encoding::Form;
        if !is_form || parameters.is_in_query("token") {
            return Err(self.refuse_in(Voice::OAuth, &RequestError::FormOnly));
        }
        let missing = || self.refuse_in(Voice::OAuth, &GrantError::MissingParameter("token"));
        parameters.token.clone().ok_or_else(missing)
    }

    /// Who asks about a token.
    ///
    /// *Errors*: no credentials, or such as do not hold; 429 for a source that failed too often.
    pub async fn asker(&self, place: &Place) -> Result<Caller, Refusal> {
        self.unless_failing(place)?;
        let asked = match &self.authorization {
            Authorization::Bearer(token) => self.bearer(place, Presented::Bearer(token.clone())).await,
            Authorization::Dpop(token) => match self.with_proof(place, token) {
                Ok(presented) => self.bearer(place, presented).await,
                Err(cause) => Err(self.refuse_in(Voice::OAuth, &cause)),
            },
            _ => self.confidential(place).await,
        };
        self.counted(place, asked)
    }

    /// The client that gives up a token of its own, by id; a public one needs no proof but the token.
    ///
    /// *Errors*: as [`Call::asker`].
    pub async fn owner(&self, place: &Place) -> Result<String, Refusal> {
        self.unless_failing(place)?;
        let owner = match self.presented_client() {
            Ok(client) => {
                let identified = self.state.dispatcher.identify(place, &client).await;
                identified.map_err(|cause| self.refuse_in(Voice::OAuth, &cause))
            }
            Err(refusal) => Err(refusal),
        };
        self.counted(place, owner)
    }

    async fn confidential(&self, place: &Place) -> Result<Caller, Refusal> {
        let client = self.presented_client()?;
        let refuse = |cause: GrantError| self.refuse_in(Voice::OAuth, &cause);
        let admitted = self.state.dispatcher.authenticate(place, &client).await.map_err(refuse)?;
        let name = admitted.client_id();
        let Some(registered) = admitted.registered() else {
            let asker = match place {
                Place::App { .. } => Asker::Administration,
                // Clients of all tenants knock here, and none is over another.
                Place::Management => Asker::Client { id: name.clone(), resources: Vec::new() },
            };
            return Ok(Caller { name, asker, signed_by: None });
        };
        let metadata = &registered.metadata;
        // A public client has proved nothing.
        if metadata.is_public() {
            return Err(refuse(GrantError::WrongClientSecret(client.method)));
        }
        let asker = Asker::Client { id: name.clone(), resources: metadata.resources.clone() };
        Ok(Caller { name, asker, signed_by: metadata.introspection_signed_response_alg })
    }

    async fn bearer(&self, place: &Place, presented: Presented) -> Result<Caller, Refusal> {
        let refuse = |cause| self.refuse_in(Voice::OAuth, &cause);
        let session = self.state.verifier.verify(&presented).await.map_err(refuse)?;
        session.reaches_planes().map_err(refuse)?;
        let over: Result<Principal, AccessError> = match place {
            Place::App { .. } => self.state.guard.application_admin(Some(&session), place).await,
            Place::Management => self.state.guard.superuser(Some(&session)).map(|admin| Principal::Admin { admin }),
        };
        let asker = match over {
            Ok(_) => Asker::Administration,
            Err(AccessError::Forbidden(_)) => Asker::Nobody,
            Err(cause) => return Err(refuse(cause)),
        };
        Ok(Caller { name: session.principal.subject(), asker, signed_by: None })
    }

    fn presented_client(&self) -> Result<PresentedClient, Refusal> {
        self.client()?.ok_or_else(|| self.refuse_in(Voice::OAuth, &GrantError::MissingClient))
    }

    fn unless_failing(&self, place: &Place) -> Result<(), Refusal> {
        match self.state.failures.wait(place.tenant(), &self.source(), self.state.clock.now()) {
            None => Ok(()),
            Some(wait) => Err(self.refuse_in(Voice::OAuth, &RequestError::TooManyFailures(wait))),
        }
    }

    /// Counts a refusal of whom nobody could be sure of.
    fn counted<T>(&self, place: &Place, outcome: Result<T, Refusal>) -> Result<T, Refusal> {
        if outcome.as_ref().is_err_and(|refusal| refusal.is_unauthorized()) {
            self.state.failures.count(place.tenant(), &self.source(), self.state.clock.now());
        }
        outcome
    }
}
