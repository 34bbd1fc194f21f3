//! Opening an authorization request: the client and its address are proved first, and only then is anything told to it.
//! *Spec*: RFC 6749 §4.1.1, §4.1.2.1; RFC 9126 §4.

use std::sync::Arc;

use super::address::Address;
use super::check::{Measure, check};
use super::error::{AuthorizeError, AuthorizeRefusal};
use super::parameters::AuthorizeParameters;
use super::redirect::Redirect;
use super::request::{AuthorizationRequest, SignedIn, Step};
use crate::crypto::token_text::Opaque;
use crate::directory::KnownRegistered;
use crate::domain::id::RegisteredId;
use crate::domain::place::Place;
use crate::domain::redirect;
use crate::domain::registered::{GrantType, RegisteredClient};
use crate::domain::scope::Scopes;
use crate::domain::secret::Secret;
use crate::grant::dispatch::Dispatcher;
use crate::grant::error::GrantError;
use crate::grant::subject;
use crate::grant::workbench::Workbench;

/// A request that may be answered, with whose it is.
#[derive(Clone, Debug)]
pub struct Opened {
    pub request: AuthorizationRequest,
    pub client: Arc<KnownRegistered>,
}

impl Dispatcher {
    /// Opens what a browser brought to the authorization endpoint. A pushed request is spent by it.
    ///
    /// *Errors*: `Page` while client and address are not proved, which is never followed by a redirect; `Redirect` with
    /// what the client is told. *Tenancy*: clients of the place alone.
    pub async fn open(&self, place: &Place, said: &AuthorizeParameters) -> Result<Opened, AuthorizeRefusal> {
        let this = self.workbench();
        let client = named(this, place, said.get("client_id"), said.repeated()).await?;
        let request = match said.get("request_uri").filter(|uri| uri.starts_with(Opaque::PushedRequest.prefix())) {
            Some(uri) => take_pushed(this, place, client.client(), uri).await?,
            None => read(this, place, client.client(), said).await?,
        };
        Ok(Opened { request, client })
    }

    /// What has to happen before the request is answered. `allowed` is what the person allowed the client before.
    ///
    /// *Errors*: what has to be told to the client by [`Dispatcher::decline`], such as `login_required`.
    pub async fn next(
        &self,
        place: &Place,
        request: &AuthorizationRequest,
        seen: Option<&SignedIn>,
        allowed: Option<&Scopes>,
    ) -> Result<Step, AuthorizeError> {
        let client = live(self.workbench(), place, request.client).await?;
        let is_hinted = match (seen, &request.hint) {
            (Some(seen), Some(hint)) => {
                subject::of(self.workbench(), place.tenant(), seen.principal, Some(client.client())).await? == *hint
            }
            _ => true,
        };
        let is_allowed =
            client.client().metadata.first_party || allowed.is_some_and(|allowed| request.scopes.is_within(allowed));
        request.next(seen, is_hinted, is_allowed)
    }

    /// Tells the client that there is no code, and why.
    pub fn decline(&self, place: &Place, request: &AuthorizationRequest, cause: AuthorizeError) -> Redirect {
        Address::of(request, &self.base().issuer(place)).refuse(cause)
    }
}

/// The client that a request names.
///
/// *Errors*: those that are for the person alone.
async fn named(
    this: &Workbench,
    place: &Place,
    client_id: Option<&str>,
    repeated: Option<&'static str>,
) -> Result<Arc<KnownRegistered>, AuthorizeError> {
    if repeated == Some("client_id") {
        return Err(AuthorizeError::TwoAddresses);
    }
    let id = RegisteredId::parse_client_id(client_id.ok_or(AuthorizeError::MissingClient)?);
    live(this, place, id.ok_or(AuthorizeError::UnknownClient)?).await
}

/// A client of the place that may act.
pub(super) async fn live(
    this: &Workbench,
    place: &Place,
    id: RegisteredId,
) -> Result<Arc<KnownRegistered>, AuthorizeError> {
    this.directory.ensure_fresh().await.map_err(GrantError::from)?;
    let known = this.directory.registered(place.tenant(), id).await.map_err(GrantError::from)?;
    known.ok_or(AuthorizeError::UnknownClient)
}

/// Reads a request that came as parameters.
async fn read(
    this: &Workbench,
    place: &Place,
    client: &RegisteredClient,
    said: &AuthorizeParameters,
) -> Result<AuthorizationRequest, AuthorizeRefusal> {
    let issuer = this.base.issuer(place);
    let address = Address::prove(client, said, &issuer)?;
    let must_push = client.metadata.require_pushed_authorization_requests || this.asks_for_pushing(place);
    if must_push && said.repeated().is_none() {
        return Err(AuthorizeRefusal::Redirect(address.refuse(AuthorizeError::NotPushed)));
    }
    let ring = this.directory.keys(place.tenant()).await.map_err(GrantError::from)?;
    let now = this.clock.now().seconds();
    let measure = Measure { client, redirect_uri: address.uri, issuer: &issuer, ring: &ring, now };
    check(said, &measure).map_err(|cause| AuthorizeRefusal::Redirect(address.refuse(cause)))
}

/// Takes a pushed request, once. One of another client, an unknown and an expired one are the same.
async fn take_pushed(
    this: &Workbench,
    place: &Place,
    client: &RegisteredClient,
    uri: &str,
) -> Result<AuthorizationRequest, AuthorizeRefusal> {
    let digest = Opaque::PushedRequest.digest(&Secret::new(uri)).ok_or(AuthorizeError::UnknownPushedRequest)?;
    let (tenant, id, now) = (place.tenant(), client.id, this.clock.now());
    let taken = this.store.blocking(move |store| store.take_pushed_request(tenant, id, &digest, now)).await;
    let kept = taken.map_err(GrantError::from)?.ok_or(AuthorizeError::UnknownPushedRequest)?;
    let request: AuthorizationRequest =
        serde_json::from_value(kept).map_err(|_old| AuthorizeError::UnknownPushedRequest)?;
    still_permitted(&request, client)?;
    Ok(AuthorizationRequest { opened: now.seconds(), ..request })
}

/// Whether the registration still permits a request that was checked before.
pub(super) fn still_permitted(request: &AuthorizationRequest, client: &RegisteredClient) -> Result<(), AuthorizeError> {
    let metadata = &client.metadata;
    let is_own = |uri: &String| redirect::is_same(uri, &request.redirect_uri);
    if !metadata.redirect_uris.iter().any(is_own) {
        return Err(AuthorizeError::UnregisteredRedirect);
    }
    if !metadata.allows(GrantType::AuthorizationCode) {
        return Err(AuthorizeError::UnauthorizedClient);
    }
    if !request.scopes.is_within(&metadata.scope) {
        return Err(AuthorizeError::UnknownScope);
    }
    if request.challenge.is_none() && !metadata.may_skip_challenge() {
        return Err(AuthorizeError::Missing("code_challenge"));
    }
    Ok(())
}
