//! The users of an application: created one by one or in batches, read by any of their names, listed, changed and
//! removed. *Spec*: Usergrid `/users`; `docs/api/users.md`.

use actix_web::HttpResponse;
use actix_web::http::Method;
use serde_json::{Map, Value, json};

use super::answer::{self, List};
use super::application::envelope;
use super::envelope::Envelope;
use super::metadata;
use crate::access::Need;
use crate::access::{AccessError, Session};
use crate::domain::authority::Principal;
use crate::domain::id::{AppId, UserId};
use crate::domain::place::Place;
use crate::domain::query::Collection;
use crate::domain::user::AppUser;
use crate::http::error::{Refusal, RequestError};
use crate::http::extract::call::{Call, Entered};
use crate::http::extract::json::Objects;
use crate::manage::{ManageError, SaidBy, UserMembers};

/// The most entities that one request of the administration creates.
const BATCH_MAX: usize = 1_000;
/// The same for anyone else: each costs a slow hash and may cost a mail.
const STRANGERS_BATCH_MAX: usize = 50;

/// `GET|POST /{org}/{app}/users`
pub async fn collection(call: Call) -> Result<HttpResponse, Refusal> {
    match *call.request.method() {
        Method::POST => create(&call).await,
        _ => list(&call).await,
    }
}

/// `GET|PUT|DELETE /{org}/{app}/users/{user}`
pub async fn entity(call: Call) -> Result<HttpResponse, Refusal> {
    match *call.request.method() {
        Method::PUT => update(&call).await,
        Method::DELETE => remove(&call).await,
        _ => read(&call).await,
    }
}

/// `GET|PUT /{org}/{app}/users/me`: reading oneself needs no permission, changing oneself does.
pub async fn me(call: Call) -> Result<HttpResponse, Refusal> {
    match *call.request.method() {
        Method::PUT => update(&call).await,
        _ => read_me(&call).await,
    }
}

async fn read_me(call: &Call) -> Result<HttpResponse, Refusal> {
    let place = call.place().await?;
    let session = call.session(&place).await?;
    let (app, user) = call.state.guard.self_in(session.as_ref(), &place).map_err(|cause| call.refuse(&cause))?;
    let user = call.state.registry.get_user(app, user).await.map_err(|cause| call.refuse_holder(&cause))?;
    Ok(answer_with(call, &place, "get", &user))
}

async fn list(call: &Call) -> Result<HttpResponse, Refusal> {
    let entered = call.enter().await?;
    let list = List { collection: Collection::Users, above: "", path: "/users", within: None };
    answer::list(call, &entered, list).await
}

async fn create(call: &Call) -> Result<HttpResponse, Refusal> {
    let entered = call.enter().await?;
    let by = said_by(call, &entered).await?;
    let (created, rejected) = match call.objects()? {
        Objects::One(body) => {
            let user = create_one(call, &entered, body, by).await;
            (vec![user.map_err(|cause| call.refuse(&cause))?], Vec::new())
        }
        Objects::Many(bodies) if bodies.len() > batch_max(by) => {
            return Err(call.refuse(&RequestError::BatchTooLong(batch_max(by))));
        }
        Objects::Many(bodies) => create_many(call, &entered, bodies, by).await,
    };
    let entities = created.iter().map(|user| metadata::user(user, "")).collect();
    let mut envelope = about(call, &entered.place, "post").entities(entities);
    if !rejected.is_empty() {
        envelope = envelope.member("rejected", rejected);
    }
    Ok(envelope.into_response(call.state.clock.now()))
}

fn batch_max(by: SaidBy) -> usize {
    match by {
        SaidBy::Administration => BATCH_MAX,
        SaidBy::Anyone => STRANGERS_BATCH_MAX,
    }
}

/// Creates those of a batch that can be, and says of each other one why not: Usergrid dropped them in silence.
async fn create_many(
    call: &Call,
    entered: &Entered,
    bodies: Vec<Option<Map<String, Value>>>,
    by: SaidBy,
) -> (Vec<AppUser>, Vec<Value>) {
    let (mut created, mut rejected) = (Vec::new(), Vec::new());
    for (index, body) in bodies.into_iter().enumerate() {
        let outcome = match body {
            Some(body) => create_one(call, entered, body, by).await,
            None => Err(ManageError::WrongMember { name: "An element of a batch", form: "an object" }),
        };
        match outcome {
            Ok(user) => created.push(user),
            Err(cause) => {
                let refusal = call.refuse(&cause);
                let (error, why) = (refusal.code(), refusal.description());
                rejected.push(json!({ "index": index, "error": error, "error_description": why }));
            }
        }
    }
    (created, rejected)
}

async fn create_one(
    call: &Call,
    entered: &Entered,
    body: Map<String, Value>,
    by: SaidBy,
) -> Result<AppUser, ManageError> {
    let members = UserMembers::read(body, by)?;
    let source = call.source();
    call.state.registry.sign_up(&entered.app, members, entered.actor(), &source).await
}

async fn read(call: &Call) -> Result<HttpResponse, Refusal> {
    let entered = call.enter().await?;
    let user = named(call, entered.app.id, entered.session.as_ref()).await?;
    let user = user.map_err(|cause| call.refuse(&cause))?;
    Ok(answer_with(call, &entered.place, "get", &user))
}

async fn update(call: &Call) -> Result<HttpResponse, Refusal> {
    let entered = call.enter().await?;
    let by = said_by(call, &entered).await?;
    let found = named(call, entered.app.id, entered.session.as_ref()).await?;
    let members = UserMembers::read(call.object()?, by).map_err(|cause| call.refuse(&cause))?;
    let registry = &call.state.registry;
    let done = match found {
        Ok(user) => registry.update_user(user.id, (&entered.app, &members), entered.actor()).await,
        // Usergrid: a name that nobody bears becomes a user's.
        Err(ManageError::UnknownName(name)) => {
            registry.sign_up(&entered.app, members.or_named(&name), entered.actor(), &call.source()).await
        }
        Err(other) => Err(other),
    };
    let user = done.map_err(|cause| call.refuse(&cause))?;
    Ok(answer_with(call, &entered.place, "put", &user))
}

async fn remove(call: &Call) -> Result<HttpResponse, Refusal> {
    let entered = call.enter().await?;
    let user = named(call, entered.app.id, entered.session.as_ref()).await?;
    let user = user.map_err(|cause| call.refuse(&cause))?;
    let removed = call.state.registry.delete_user(&user, entered.actor()).await;
    removed.map_err(|cause| call.refuse(&cause))?;
    Ok(answer_with(call, &entered.place, "delete", &user))
}

/// Whether the states of accounts are the caller's to say.
async fn said_by(call: &Call, entered: &Entered) -> Result<SaidBy, Refusal> {
    let is_over = is_over(call, &entered.place, entered.session.as_ref()).await?;
    Ok(if is_over { SaidBy::Administration } else { SaidBy::Anyone })
}

/// Whether the caller administers the application.
pub(super) async fn is_over(call: &Call, place: &Place, session: Option<&Session>) -> Result<bool, Refusal> {
    match call.state.guard.application_admin(session, place).await {
        Ok(_) => Ok(true),
        Err(AccessError::Forbidden(_)) => Ok(false),
        Err(cause) => Err(call.refuse(&cause)),
    }
}

/// The user that the path names: `me` for the calling user, else by UUID, email or username; `?force=email` and
/// `?force=name` say how to read it.
///
/// *Errors*: the outer one ends the request; the inner one says that there is no such user.
pub(super) async fn named(
    call: &Call,
    app: AppId,
    session: Option<&Session>,
) -> Result<Result<AppUser, ManageError>, Refusal> {
    let registry = &call.state.registry;
    let text = call.named("user")?;
    // The route of `me` has no such segment.
    if text.is_empty() || text.eq_ignore_ascii_case("me") {
        let own = own_id(app, session).ok_or_else(|| call.refuse(&AccessError::Forbidden(Need::Permission)))?;
        return registry.get_user(app, own).await.map(Ok).map_err(|cause| call.refuse_holder(&cause));
    }
    match registry.get_user_named(app, call.identify(&text), &text).await {
        Err(cause @ (ManageError::UnknownName(_) | ManageError::UnknownEntity(_))) => Ok(Err(cause)),
        Err(cause) => Err(call.refuse(&cause)),
        Ok(user) => Ok(Ok(user)),
    }
}

/// The calling user, if they are one of this application.
pub(super) fn own_id(app: AppId, session: Option<&Session>) -> Option<UserId> {
    match session?.principal {
        Principal::AppUser { app: own, user, .. } if own == app => Some(user),
        _ => None,
    }
}

/// The envelope of an answer about users.
pub(super) fn about(call: &Call, place: &Place, action: &'static str) -> Envelope {
    let uri = format!("{}/users", call.state.base.issuer(place));
    envelope(call, place, action).path("/users").uri(uri)
}

/// Answers one user.
pub(super) fn answer_with(call: &Call, place: &Place, action: &'static str, user: &AppUser) -> HttpResponse {
    let envelope = about(call, place, action).entities(vec![metadata::user(user, "")]);
    envelope.into_response(call.state.clock.now())
}
