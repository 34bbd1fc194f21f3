//! Clients that register themselves. *Spec*: RFC 7591 §3, RFC 7592 §2.

use actix_web::HttpResponse;
use actix_web::http::{Method, StatusCode};
use serde_json::{Map, Value, json};

use super::view;
use crate::domain::place::Place;
use crate::domain::secret::Secret;
use crate::http::error::{Refusal, Voice};
use crate::http::extract::call::Call;
use crate::http::extract::credentials::Authorization;
use crate::manage::{ClientFault, ManageError, Registered, Registrant};

/// `POST {issuer}/register`, with an initial access token where the place asks for one.
///
/// *Shape*: the metadata of RFC 7591 §2 in JSON; 201 with what is in force, the secret and the token to keep it by.
pub async fn register(call: Call) -> Result<HttpResponse, Refusal> {
    let place = call.place().await?;
    call.state.registry.registers_clients(&place).map_err(|cause| refuse(&call, &cause))?;
    let (source, token) = (call.source(), bearer(&call));
    let given = given(&call)?;
    let by = Registrant { token, source: &source };
    let registered = call.state.registry.register_client(&place, &given, by).await;
    Ok(answer(&call, &place, StatusCode::CREATED, &registered.map_err(|cause| refuse(&call, &cause))?))
}

/// `GET|PUT|DELETE {issuer}/register/{client}`, with the registration access token.
///
/// *Shape*: PUT takes all metadata anew with the `client_id`; DELETE answers 204.
pub async fn registered(call: Call) -> Result<HttpResponse, Refusal> {
    let place = call.place().await?;
    let (registry, token, client) = (&call.state.registry, bearer(&call), call.named("client")?);
    let done = match *call.request.method() {
        Method::DELETE => {
            let removed = registry.remove_registration(&place, &client, token).await;
            removed.map_err(|cause| refuse(&call, &cause))?;
            return Ok(view::unkept(HttpResponse::NoContent().finish()));
        }
        Method::PUT => {
            // Who asks comes before what they say.
            registry.read_registration(&place, &client, token).await.map_err(|cause| refuse(&call, &cause))?;
            registry.replace_registration(&place, &client, token, &given(&call)?).await
        }
        _ => registry.read_registration(&place, &client, token).await,
    };
    Ok(answer(&call, &place, StatusCode::OK, &done.map_err(|cause| refuse(&call, &cause))?))
}

/// The token comes in the header alone (RFC 6750 §2.1).
fn bearer(call: &Call) -> Option<&Secret> {
    match &call.authorization {
        Authorization::Bearer(token) => Some(token),
        _ => None,
    }
}

fn given(call: &Call) -> Result<Map<String, Value>, Refusal> {
    let no_object = || refuse(call, &ManageError::Client(ClientFault::NoObject));
    if !call.speaks_json() {
        return Err(no_object());
    }
    call.object().map_err(|_no_json| no_object())
}

fn refuse(call: &Call, cause: &ManageError) -> Refusal {
    call.refuse_in(Voice::OAuth, cause)
}

/// *Spec*: RFC 7591 §3.2.1, RFC 7592 §3.
fn answer(call: &Call, place: &Place, status: StatusCode, registered: &Registered) -> HttpResponse {
    let client = &registered.client;
    let mut body = view::registered(client);
    if let Some(new) = &registered.secret {
        body.extend(view::new_secret(new));
        body.shift_remove("client_secret_id");
    }
    let uri = format!("{}/register/{}", call.state.base.issuer(place), client.id.client_id());
    body.insert("registration_client_uri".to_owned(), json!(uri));
    body.insert("registration_access_token".to_owned(), json!(registered.token.expose()));
    view::unkept(HttpResponse::build(status).content_type("application/json").body(Value::Object(body).to_string()))
}
