//! Pushed authorization requests: a client sends its request ahead of the browser and gets a reference that holds once.
//! *Spec*: RFC 9126.

use std::time::Duration;

use super::address::Address;
use super::check::{Measure, check};
use super::error::AuthorizeError;
use super::parameters::AuthorizeParameters;
use crate::crypto::token_text::Opaque;
use crate::domain::code::PushedRequest;
use crate::domain::place::Place;
use crate::domain::registered::RegisteredClient;
use crate::domain::secret::Secret;
use crate::grant::dispatch::Dispatcher;
use crate::grant::error::GrantError;
use crate::grant::request::{ClientMethod, PresentedClient};
use crate::store::PushBounds;

/// How long a reference holds.
const LIFE: Duration = Duration::from_secs(60);
/// How many may wait to be used.
const BOUNDS: PushBounds = PushBounds { of_client: 10_000, of_tenant: 50_000 };

/// A reference to a request that was pushed.
#[derive(Clone, Debug)]
pub struct Pushed {
    pub request_uri: Secret,
    pub expires_in: Duration,
}

/// Why a request was not taken: the client, or what it asks.
#[derive(Debug, thiserror::Error)]
pub enum PushError {
    #[error(transparent)]
    Client(#[from] GrantError),
    #[error(transparent)]
    Request(#[from] AuthorizeError),
}

impl Dispatcher {
    /// Takes a request ahead of the browser, checked as if the browser had brought it.
    ///
    /// *Errors*: the client as at the token endpoint, then the request. *Tenancy*: clients of the place alone.
    pub async fn push(
        &self,
        place: &Place,
        presented: Option<&PresentedClient>,
        said: &AuthorizeParameters,
    ) -> Result<Pushed, PushError> {
        // What asks for nothing is told so at once, whoever says it.
        if said.get("response_type").is_none() && said.repeated().is_none() {
            return Err(AuthorizeError::Missing("response_type").into());
        }
        let presented = presented.ok_or(GrantError::MissingClient)?;
        let admitted = self.authenticate(place, presented).await?;
        // The clients that tenants are born with have no redirect URIs, and so nothing to ask for.
        let client = admitted.registered().ok_or(AuthorizeError::UnauthorizedClient)?;
        let parameters = self.read_pushed(place, client, said).await?;
        let this = self.workbench();
        let request_uri = Opaque::PushedRequest.make(&*this.entropy);
        let digest = Opaque::PushedRequest.digest(&request_uri);
        let now = this.clock.now();
        let row = PushedRequest {
            tenant: place.tenant(),
            digest: digest.ok_or(GrantError::Protocol("a reference cannot be read"))?,
            client: client.id,
            parameters,
            created: now,
            expires: now.plus(LIFE),
        };
        let kept = this.store.blocking(move |store| store.insert_pushed_request(&row, &BOUNDS)).await;
        match kept.map_err(GrantError::from)? {
            true => Ok(Pushed { request_uri, expires_in: LIFE }),
            false => Err(AuthorizeError::TooManyRequests.into()),
        }
    }

    async fn read_pushed(
        &self,
        place: &Place,
        client: &RegisteredClient,
        said: &AuthorizeParameters,
    ) -> Result<serde_json::Value, PushError> {
        let this = self.workbench();
        if said.get("client_id").is_some_and(|named| named != client.id.client_id()) {
            return Err(GrantError::UnknownClient(ClientMethod::Parameters).into());
        }
        // A reference inside of what is referred to leads nowhere (RFC 9126 §2.1).
        if said.get("request_uri").is_some() {
            return Err(AuthorizeError::Malformed("request_uri").into());
        }
        let issuer = this.base.issuer(place);
        let address = Address::prove(client, said, &issuer)?;
        let ring = this.directory.keys(place.tenant()).await.map_err(GrantError::from)?;
        let now = this.clock.now().seconds();
        let request = check(said, &Measure { client, redirect_uri: address.uri, issuer: &issuer, ring: &ring, now })?;
        serde_json::to_value(&request).map_err(|_unwritable| GrantError::Protocol("a request cannot be kept").into())
    }
}
