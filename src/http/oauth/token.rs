//! The token endpoint of every place: reads the request, asks the dispatcher, answers in the caller's voice.
//! *Spec*: RFC 6749 §3.2 and §5; Usergrid's `/management/token` and `/{org}/{app}/token`.

use std::time::Duration;

use actix_web::HttpResponse;
use actix_web::http::{Method, StatusCode};
use serde_json::{Map, Value, json};

use crate::domain::authority::Authority;
use crate::domain::place::Place;
use crate::domain::registered::GrantType;
use crate::grant::{ExchangeParameters, GrantError, GrantRequest, Holder, Issued, ScopeRule, Transport};
use crate::http::error::{Refusal, RequestError, Voice, forbid_keeping};
use crate::http::extract::call::Call;
use crate::http::extract::parameters::{Encoding, Parameters};
use crate::http::middleware::access_log::AccessFields;
use crate::http::usergrid::jsonp::Callback;
use crate::http::usergrid::view;
use crate::telemetry::{GrantLabel, TokenOutcome};

/// `GET|POST /{org}/{app}/token` and `/management/token`.
///
/// *Shape*: `{"access_token":"..","token_type":"Bearer","expires_in":3600,"refresh_token":"..","scope":"api",
/// "user":{..}}`, with `application` or `organization` in place of `user` for clients.
pub async fn exchange(call: Call) -> Result<HttpResponse, Refusal> {
    let parameters = call.parameters()?;
    let callback = callback(&call, parameters)?;
    let voice = voice_of(parameters);
    let outcome = match answer(&call, parameters, voice).await {
        Ok(issued) => Ok(respond(&issued, callback.as_ref())),
        Err(refusal) => Err(refusal.called_back(callback)),
    };
    count(&call, parameters, outcome.as_ref().map_err(Refusal::code).err());
    outcome
}

async fn answer(call: &Call, parameters: &Parameters, voice: Voice) -> Result<Issued, Refusal> {
    let place = call.place().await?;
    // The grant is asked for first: nearly every request has one, and the rest is then not looked at.
    let is_silent = parameters.grant_type.is_none() && matches!(place, Place::Management);
    if is_silent && (call.has_token() || call.is_superuser_by_basic()) {
        return reissue(call, parameters, voice).await;
    }
    if call.request.method() == Method::POST && parameters.encoding == Encoding::Json {
        parameters.require_any().map_err(|cause| call.refuse(&cause))?;
    }
    let mut request = read(call, parameters).map_err(|cause| call.refuse_in(voice, &cause))?;
    request.jkt = call.proved_key(&place).await?;
    call.ready_to_tell(&place, voice, request.client.as_ref()).await?;
    AccessFields::note(&call.request, |fields| fields.grant_type = known_grant(parameters));
    let issued = call.state.dispatcher.exchange(&place, &request).await;
    let issued = issued.map_err(|cause| refuse_query_client(call, parameters, voice, &cause))?;
    AccessFields::note(&call.request, |fields| {
        fields.authority = Some(issued.principal.authority());
        fields.outcome = Some("ok");
    });
    Ok(issued)
}

/// Usergrid: a client pair in the query is refused as on any other route.
fn refuse_query_client(call: &Call, parameters: &Parameters, voice: Voice, cause: &GrantError) -> Refusal {
    let voice = if cause.is_of_client() && parameters.encoding == Encoding::Query { Voice::OAuth } else { voice };
    call.refuse_in(voice, cause)
}

/// A token instead of a grant: its admin gets a new one.
async fn reissue(call: &Call, parameters: &Parameters, voice: Voice) -> Result<Issued, Refusal> {
    if parameters.callback.is_some() {
        call.management_speaks_jsonp()?;
    }
    let session = call.session_by(&Place::Management, parameters).await?;
    let session = session.ok_or_else(|| call.refuse_in(voice, &GrantError::MissingGrantType))?;
    let ttl = ttl(parameters).map_err(|cause| call.refuse_in(voice, &cause))?;
    let token = session.token.as_ref();
    let client_id = token.and_then(|token| token.claims.as_ref()).map(|claims| claims.client_id.as_str());
    let former = (token.and_then(|token| token.session), client_id);
    let issued = call.state.dispatcher.reissue(session.principal, former, ttl).await;
    issued.map_err(|cause| call.refuse_in(voice, &cause))
}

/// The standard's own encoding gets the standard's words; JSON and queries are Usergrid's.
fn voice_of(parameters: &Parameters) -> Voice {
    match parameters.encoding {
        Encoding::Form => Voice::OAuth,
        Encoding::Json | Encoding::Query => Voice::Usergrid,
    }
}

fn callback(call: &Call, parameters: &Parameters) -> Result<Option<Callback>, Refusal> {
    match parameters.callback.as_deref() {
        None => Ok(None),
        Some(name) => Callback::parse(name).map(Some).ok_or_else(|| call.refuse(&RequestError::BadCallback)),
    }
}

fn read(call: &Call, parameters: &Parameters) -> Result<GrantRequest, RequestError> {
    let in_url = [
        "grant_type",
        "username",
        "email",
        "password",
        "pin",
        "client_secret",
        "client_assertion",
        "refresh_token",
        "code",
        "code_verifier",
        "subject_token",
        "actor_token",
        "assertion",
        "device_code",
    ]
    .iter()
    .any(|name| parameters.is_in_query(name));
    let is_url = in_url || call.request.method() == Method::GET || parameters.callback.is_some();
    Ok(GrantRequest {
        transport: if is_url { Transport::Url } else { Transport::Body },
        scope_rule: match voice_of(parameters) {
            Voice::OAuth => ScopeRule::Strict,
            Voice::Usergrid => ScopeRule::Lenient,
        },
        grant_type: parameters.grant_type.clone(),
        username: parameters.username.clone().or_else(|| parameters.email.clone()),
        password: parameters.password.clone(),
        pin: parameters.pin.clone(),
        client: call.client_among(parameters)?,
        refresh_token: parameters.refresh_token.clone(),
        code: parameters.code.clone(),
        code_verifier: parameters.code_verifier.clone(),
        redirect_uri: parameters.redirect_uri.clone(),
        resources: parameters.resources.clone(),
        jkt: None,
        origin: call.origin(),
        exchange: exchange_of(parameters),
        assertion: parameters.assertion.clone(),
        device_code: parameters.device_code.clone(),
        scope: parameters.scope.clone(),
        ttl: ttl(parameters)?,
    })
}

fn exchange_of(parameters: &Parameters) -> ExchangeParameters {
    ExchangeParameters {
        subject_token: parameters.subject_token.clone(),
        subject_token_type: parameters.subject_token_type.clone(),
        actor_token: parameters.actor_token.clone(),
        actor_token_type: parameters.actor_token_type.clone(),
        requested_token_type: parameters.requested_token_type.clone(),
        audiences: parameters.audiences.clone(),
    }
}

/// The life that a request asks for. Digits alone: Rust's parser would take `+5` too.
pub fn ttl(parameters: &Parameters) -> Result<Option<Duration>, RequestError> {
    match parameters.ttl.as_deref() {
        None => Ok(None),
        Some(text) if !text.bytes().all(|byte| byte.is_ascii_digit()) => Err(RequestError::BadTtl),
        Some(text) => text.parse().map(|millis| Some(Duration::from_millis(millis))).or(Err(RequestError::BadTtl)),
    }
}

/// The answer to a successful exchange (RFC 6749 §5.1), with what Usergrid's clients read beside it.
pub fn respond(issued: &Issued, callback: Option<&Callback>) -> HttpResponse {
    no_store_json(&Value::Object(body(issued)), callback)
}

/// A body that holds a token: compact, and never to be kept by anyone on the way.
pub fn no_store_json(body: &Value, callback: Option<&Callback>) -> HttpResponse {
    let json = body.to_string();
    let mut response = match callback {
        Some(callback) => callback.respond(StatusCode::OK, &json),
        None => HttpResponse::Ok().content_type("application/json").body(json),
    };
    forbid_keeping(response.headers_mut());
    response
}

fn body(issued: &Issued) -> Map<String, Value> {
    let mut body = Map::new();
    body.insert("access_token".to_owned(), json!(issued.access_token.expose()));
    body.insert("token_type".to_owned(), json!(issued.token_type.as_str()));
    body.insert("expires_in".to_owned(), json!(issued.expires_in.as_secs()));
    if let Some(refresh_token) = &issued.refresh_token {
        body.insert("refresh_token".to_owned(), json!(refresh_token.expose()));
    }
    if let Some(id_token) = &issued.id_token {
        body.insert("id_token".to_owned(), json!(id_token.expose()));
    }
    if let Some(kind) = issued.issued_token_type {
        body.insert("issued_token_type".to_owned(), json!(kind));
    }
    body.insert("scope".to_owned(), json!(issued.scope));
    match &issued.holder {
        Holder::AppUser(user) => {
            body.insert("user".to_owned(), view::user(user));
        }
        Holder::AppClient(app) => {
            body.insert("application".to_owned(), json!(app.id));
        }
        Holder::OrgClient(overview) => {
            body.insert("organization".to_owned(), view::organization_data(overview));
        }
        Holder::Admin(overview) => {
            body.extend(view::password_changed(&overview.admin));
            body.insert("user".to_owned(), view::admin_with_organizations(overview));
        }
        Holder::Registered => {}
    }
    body
}

fn known_grant(parameters: &Parameters) -> Option<&'static str> {
    GrantType::ALL
        .map(GrantType::as_str)
        .into_iter()
        .chain(["pin"])
        .find(|known| parameters.grant_type.as_deref() == Some(*known))
}

fn count(call: &Call, parameters: &Parameters, refused: Option<&'static str>) {
    let grant = GrantLabel::of(parameters.grant_type.as_deref().unwrap_or_default());
    let mut authority: Option<Authority> = None;
    AccessFields::note(&call.request, |fields| authority = fields.authority);
    let outcome = refused.map_or(TokenOutcome::Issued, TokenOutcome::of);
    call.state.metrics.count_token_request(grant, authority, outcome);
}
