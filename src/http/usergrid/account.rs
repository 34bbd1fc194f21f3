//! What a user's account can do beside being an entity: password, pin, rest, and a token for those above it.
//! None of these obeys a permission that an application grants: whoever may set a pin may sign in by it.

use actix_web::HttpResponse;
use serde_json::{Map, Value};
use uuid::Uuid;

use super::users::{about, answer_with, is_over, named, own_id};
use crate::access::{AccessError, Need, Session};
use crate::domain::id::UserId;
use crate::domain::place::Place;
use crate::domain::secret::Secret;
use crate::domain::tenant::Switch;
use crate::domain::user::AppUser;
use crate::grant::{GrantError, Lender};
use crate::http::error::{Refusal, RequestError};
use crate::http::extract::call::Call;
use crate::http::oauth::token;
use crate::manage::{Actor, ManageError, PasswordChange, Proof};

/// `PUT|POST /{org}/{app}/users/{user}/password`: the old password proves by itself, whoever calls; administration of
/// this very application needs none.
pub async fn password(call: Call) -> Result<HttpResponse, Refusal> {
    let place = call.place().await?;
    let session = call.session(&place).await?;
    let Place::App { app, .. } = &place else { return Err(call.unknown_place()) };
    let is_over = is_over(&call, &place, session.as_ref()).await?;
    let mut body = call.object()?;
    let new =
        text(&call, &mut body, "newpassword")?.ok_or_else(|| call.refuse(&RequestError::Missing("newpassword")))?;
    let old = text(&call, &mut body, "oldpassword")?;
    let proof = if is_over { Proof::Authority } else { Proof::Old(old.unwrap_or_else(|| Secret::new(""))) };
    let user = match named(&call, app.id, session.as_ref()).await? {
        Ok(user) => user.id,
        Err(cause) if is_over => return Err(call.refuse(&cause)),
        // An unknown user costs and sounds like a wrong password.
        Err(_) => UserId::NOBODY,
    };
    let spare = session.as_ref().filter(|session| own_id(app.id, Some(session)) == Some(user)).and_then(session_of);
    let change = PasswordChange { proof, new, spare };
    let set = call.state.registry.set_user_password(app.id, user, change, actor(session.as_ref())).await;
    set.map_err(|cause| call.refuse(&cause))?;
    Ok(about(&call, &place, "set user password").into_response(call.state.clock.now()))
}

/// `POST /{org}/{app}/users/{user}/deactivate`: the account rests, and every token of it ends.
pub async fn deactivate(call: Call) -> Result<HttpResponse, Refusal> {
    let (place, session, user) = owned(&call).await?;
    let rests = call.state.registry.deactivate_user(user.app, user.id, actor(session.as_ref())).await;
    let user = rests.map_err(|cause| call.refuse(&cause))?;
    Ok(answer_with(&call, &place, "Deactivate user", &user))
}

/// `GET /{org}/{app}/users/{user}/setpin?pin=`, and `POST` with a form or JSON.
pub async fn set_pin(call: Call) -> Result<HttpResponse, Refusal> {
    let (place, session, user) = owned(&call).await?;
    let parameters = call.parameters()?;
    let in_url = parameters.is_in_query("pin");
    if in_url && place.app_settings().is_some_and(|settings| settings.url_grants == Switch::Off) {
        return Err(call.refuse(&GrantError::UrlGrantsOff));
    }
    let pin = parameters.pin.clone().ok_or_else(|| call.refuse(&RequestError::Missing("pin")))?;
    let set = call.state.registry.set_user_pin(user.app, user.id, pin, actor(session.as_ref())).await;
    set.map_err(|cause| call.refuse(&cause))?;
    Ok(answer_with(&call, &place, "set user pin", &user))
}

/// `GET|POST /{org}/{app}/users/{user}/sendpin`: a new pin, by mail.
pub async fn send_pin(call: Call) -> Result<HttpResponse, Refusal> {
    let (place, session, user) = owned(&call).await?;
    let sent = call.state.registry.mail_user_pin(&user, actor(session.as_ref())).await;
    sent.map_err(|cause| call.refuse(&cause))?;
    Ok(answer_with(&call, &place, "retrieve user pin", &user))
}

/// `GET /{org}/{app}/users/{user}/token?ttl=`: a token of a user, for the administration of the application.
pub async fn lend_token(call: Call) -> Result<HttpResponse, Refusal> {
    let place = call.place().await?;
    let session = call.session(&place).await?;
    let Place::App { app, .. } = &place else { return Err(call.unknown_place()) };
    if own_id(app.id, session.as_ref()).is_some() {
        // Usergrid: the one refusal with another status and nothing in it.
        return Ok(HttpResponse::Forbidden().content_type("application/json").body("{}"));
    }
    let by = call.state.guard.application_admin(session.as_ref(), &place).await;
    let by = by.map_err(|cause| call.refuse(&cause))?;
    let ttl = token::ttl(call.parameters()?).map_err(|cause| call.refuse(&cause))?;
    let user = named(&call, app.id, session.as_ref()).await?.map_err(|cause| call.refuse(&cause))?;
    let token = session.as_ref().and_then(|session| session.token.as_ref());
    let by =
        Lender { principal: by, token: token.map(|token| token.jti), session: token.and_then(|token| token.session) };
    let issued = call.state.dispatcher.impersonate(&place, user.id, by, ttl).await;
    Ok(token::respond(&issued.map_err(|cause| call.refuse(&cause))?, None))
}

/// The user that the path names, for a caller who is that user or administers the application. An unknown user is
/// refused like a foreign one, so that nobody else learns who exists.
pub(super) async fn owned(call: &Call) -> Result<(Place, Option<Session>, AppUser), Refusal> {
    let place = call.place().await?;
    let session = call.session(&place).await?;
    let Place::App { app, .. } = &place else { return Err(call.unknown_place()) };
    let is_over = is_over(call, &place, session.as_ref()).await?;
    let own = own_id(app.id, session.as_ref());
    if !is_over && own.is_none() {
        return Err(call.refuse(&AccessError::Forbidden(Need::Permission)));
    }
    match named(call, app.id, session.as_ref()).await? {
        Ok(user) if is_over || own == Some(user.id) => Ok((place, session, user)),
        Err(cause) if is_over => Err(call.refuse(&cause)),
        _ => Err(call.refuse(&AccessError::Forbidden(Need::Permission))),
    }
}

fn actor(session: Option<&Session>) -> Actor {
    session.map(|session| session.principal).into()
}

/// What the caller's own session goes by in revocations.
fn session_of(session: &Session) -> Option<Uuid> {
    session.token.as_ref().map(|token| token.session.unwrap_or(token.jti))
}

/// Takes a secret out of a body; an empty one is none.
fn text(call: &Call, body: &mut Map<String, Value>, name: &'static str) -> Result<Option<Secret>, Refusal> {
    match body.shift_remove(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(Secret::new(text)).filter(|secret| !secret.expose().is_empty())),
        Some(_) => Err(call.refuse(&ManageError::WrongMember { name, form: "a text" })),
    }
}
