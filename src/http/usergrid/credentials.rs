//! Client credentials: read and rotated by those who administer their owner. Usergrid's portal shows the secret.

use actix_web::HttpResponse;
use actix_web::http::Method;
use std::time::Duration;

use super::application::envelope;
use super::envelope::Envelope;
use crate::domain::authority::Principal;
use crate::domain::client::ClientId;
use crate::domain::place::{Place, PlaceName};
use crate::http::error::Refusal;
use crate::http::extract::call::Call;
use crate::manage::{Actor, Credentials};

/// `GET|POST /{org}/{app}/credentials`: POST makes a new secret, and the old one stops working.
pub async fn of_application(call: Call) -> Result<HttpResponse, Refusal> {
    let place = call.place().await?;
    let session = call.session(&place).await?;
    let caller = call.state.guard.application_admin(session.as_ref(), &place).await;
    let caller = caller.map_err(|cause| call.refuse(&cause))?;
    let Place::App { app, .. } = &place else { return Err(call.unknown_place()) };
    let credentials = read_or_rotate(&call, ClientId::App(app.id), caller).await?;
    let action = if is_rotation(&call) { "generate application keys" } else { "get application keys" };
    Ok(answer(&call, envelope(&call, &place, action).ok(), credentials))
}

/// `GET|POST /management/orgs/{org}/apps/{app}/credentials`: the same by way of the organization.
pub async fn of_application_in_organization(call: Call) -> Result<HttpResponse, Refusal> {
    let session = call.session(&Place::Management).await?;
    let (org, caller) = call.organization(session.as_ref()).await?;
    let name = PlaceName::App { org: org.id.to_string(), app: call.segment("app").to_owned() };
    let place = call.state.registry.place(&name).await.map_err(|cause| call.refuse(&cause))?;
    let Some(Place::App { app, .. }) = place else { return Err(call.unknown_place()) };
    let credentials = read_or_rotate(&call, ClientId::App(app.id), caller).await?;
    let action = if is_rotation(&call) {
        "generate application client credentials"
    } else {
        "get application client credentials"
    };
    Ok(answer(&call, Envelope::new(call.started).action(action), credentials))
}

/// `GET|POST /management/orgs/{org}/credentials`.
pub async fn of_organization(call: Call) -> Result<HttpResponse, Refusal> {
    let session = call.session(&Place::Management).await?;
    let (org, caller) = call.organization(session.as_ref()).await?;
    let credentials = read_or_rotate(&call, ClientId::Org(org.id), caller).await?;
    let action = if is_rotation(&call) {
        "generate organization client credentials"
    } else {
        "get organization client credentials"
    };
    Ok(answer(&call, Envelope::new(call.started).action(action), credentials))
}

fn is_rotation(call: &Call) -> bool {
    call.request.method() == Method::POST
}

async fn read_or_rotate(call: &Call, client: ClientId, caller: Principal) -> Result<Credentials, Refusal> {
    let registry = &call.state.registry;
    let done = if is_rotation(call) {
        registry.rotate_credentials(client, Duration::ZERO, Actor::Caller(caller)).await
    } else {
        registry.credentials(client).await
    };
    done.map_err(|cause| call.refuse(&cause))
}

fn answer(call: &Call, envelope: Envelope, credentials: Credentials) -> HttpResponse {
    let envelope = envelope.credentials(credentials.client_id, credentials.client_secret);
    envelope.into_response(call.state.clock.now())
}
