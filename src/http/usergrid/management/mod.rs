//! The management plane, one file a noun. *Spec*: Usergrid `/management/orgs` and `/management/users`.

pub mod admins;
pub mod apps;
pub mod feeds;
pub mod me;
pub mod org_config;
pub mod org_users;
pub mod orgs;
pub mod system;

use actix_web::http::Method;
use serde_json::{Map, Value};

use crate::access::{AccessError, Need, Session};
use crate::domain::authority::Principal;
use crate::domain::id::AdminId;
use crate::domain::secret::Secret;
use crate::domain::user::Admin;
use crate::http::error::{Refusal, RequestError};
use crate::http::extract::call::Call;
use crate::http::extract::parameters::ParameterError;
use crate::manage::{Actor, ManageError};

/// Members of a body that never become properties: what the server says of an account itself, and what is said to it.
const NO_PROPERTIES: [&str; 28] = [
    "access_token",
    "activated",
    "adminUser",
    "applicationId",
    "callback",
    "client_id",
    "client_secret",
    "confirmed",
    "created",
    "disabled",
    "displayEmailAddress",
    "email",
    "grant_type",
    "htmldisplayEmailAddress",
    "invite",
    "metadata",
    "modified",
    "name",
    "newpassword",
    "oldpassword",
    "organizations",
    "password",
    "passwordChanged",
    "pin",
    "token",
    "type",
    "username",
    "uuid",
];

/// What is left of a body as properties of an admin.
fn properties(mut body: Map<String, Value>) -> Map<String, Value> {
    body.retain(|name, _| !NO_PROPERTIES.contains(&name.as_str()));
    body
}

/// Takes a text out of a body; an empty one counts as not sent.
fn take_text(call: &Call, body: &mut Map<String, Value>, name: &'static str) -> Result<Option<String>, Refusal> {
    match body.remove(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text).filter(|text| !text.is_empty())),
        Some(_) => Err(call.refuse(&ParameterError::WrongType(name))),
    }
}

/// As [`take_text`], for a text that nobody may see.
fn take_secret(call: &Call, body: &mut Map<String, Value>, name: &'static str) -> Result<Option<Secret>, Refusal> {
    Ok(take_text(call, body, name)?.map(Secret::new))
}

/// Takes an object out of a body; none is an empty one.
fn take_object(call: &Call, body: &mut Map<String, Value>, name: &'static str) -> Result<Map<String, Value>, Refusal> {
    match body.remove(name) {
        None | Some(Value::Null) => Ok(Map::new()),
        Some(Value::Object(object)) => Ok(object),
        Some(_) => Err(call.refuse(&ParameterError::WrongType(name))),
    }
}

/// Takes a count out of a body, as a number or as its digits.
fn take_count(call: &Call, body: &mut Map<String, Value>, name: &'static str) -> Result<Option<u32>, Refusal> {
    let read = match body.remove(name) {
        None | Some(Value::Null) => return Ok(None),
        Some(Value::Number(number)) => number.as_u64().and_then(|number| u32::try_from(number).ok()),
        Some(Value::String(text)) => text.parse().ok(),
        Some(_) => None,
    };
    read.map(Some).ok_or_else(|| call.refuse(&RequestError::BadNumber(name)))
}

/// A number of the query, at most `most`.
fn query_limit(call: &Call, most: u32) -> Result<Option<u32>, Refusal> {
    let Some(text) = call.query("limit").filter(|text| !text.is_empty()) else { return Ok(None) };
    let limit = text.parse::<u32>().ok().filter(|limit| *limit > 0);
    limit.map(|limit| Some(limit.min(most))).ok_or_else(|| call.refuse(&RequestError::BadNumber("limit")))
}

/// Who calls, for the audit log.
fn actor(session: Option<&Session>) -> Actor {
    session.map(|session| session.principal).into()
}

/// The admin whom the path names: for themselves, and for the superuser. To anyone else an unknown name sounds like a
/// foreign one, so that nobody learns who exists.
///
/// *Errors*: 401 `No admin user access authorized`; 400 `Could not find user` for the superuser alone.
async fn named_admin(call: &Call, session: Option<&Session>) -> Result<Admin, Refusal> {
    let own = call.state.guard.admin_self(session).map_err(|cause| call.refuse(&cause))?;
    let named = call.named("user")?;
    let is_me = named.eq_ignore_ascii_case("me");
    let text = if is_me { own.to_string() } else { named.clone() };
    let found = call.state.registry.find_admin(&text).await.map_err(|cause| call.refuse(&cause))?;
    match found {
        Some(admin) if admin.id == own || own == AdminId::SUPERUSER => Ok(admin),
        None if is_me => Err(call.refuse(&AccessError::HolderGone)),
        None if own == AdminId::SUPERUSER => Err(call.refuse(&ManageError::UnknownUser(named))),
        _ => Err(call.refuse(&AccessError::Forbidden(Need::Admin))),
    }
}

/// The admin whom the path of an organization names; `me` is the calling one. Who joins is named by an email of their
/// own; who leaves by any of their names.
///
/// *Errors*: 404 for a name that nobody has, asked by whoever administers the organization.
async fn candidate(call: &Call, caller: Principal) -> Result<Admin, Refusal> {
    let named = call.named("user")?;
    let text = match caller {
        Principal::Admin { admin } if named.eq_ignore_ascii_case("me") => admin.to_string(),
        _ => named,
    };
    let found = match *call.request.method() {
        Method::DELETE => call.state.registry.get_candidate(&text).await,
        _ => call.state.registry.get_newcomer(&text).await,
    };
    found.map_err(|cause| call.refuse(&cause))
}
