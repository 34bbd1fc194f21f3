//! What the handlers of an application's entities share: looking up whom a path names, and the envelope of an answer.

use actix_web::HttpResponse;
use actix_web::http::Method;
use serde_json::Value;
use uuid::Uuid;

use super::application::envelope;
use super::envelope::Envelope;
use super::{listing, metadata};
use crate::access::{AccessError, Need};
use crate::domain::authority::Principal;
use crate::domain::group::Group;
use crate::domain::query::{Asked, Collection, Within};
use crate::domain::role::Role;
use crate::domain::user::AppUser;
use crate::http::error::Refusal;
use crate::http::extract::call::{Call, Entered};
use crate::manage::ManageError;

/// The user that a segment of the path names, by UUID, email, username or `me`.
///
/// *Errors*: 404 `entity_not_found` for a UUID that no user has, `service_resource_not_found` for such a name, which
/// clients probe for before they sign somebody up (Usergrid); 401 for `me` from anyone but a user.
pub async fn user(call: &Call, entered: &Entered, segment: &str) -> Result<AppUser, Refusal> {
    let named = call.named(segment)?;
    let registry = &call.state.registry;
    if named.eq_ignore_ascii_case("me") {
        let Some(Principal::AppUser { user, .. }) = entered.caller() else {
            return Err(call.refuse(&AccessError::Forbidden(Need::Permission)));
        };
        return registry.get_user(entered.app.id, user).await.map_err(|cause| call.refuse_holder(&cause));
    }
    let found = registry.get_user_named(entered.app.id, call.identify(&named), &named).await;
    found.map_err(|cause| call.refuse(&cause))
}

/// The group that the path names, by UUID or path.
pub async fn group(call: &Call, entered: &Entered) -> Result<Group, Refusal> {
    let named = call.named("group")?;
    call.state.registry.get_group(entered.app.id, &named).await.map_err(|cause| call.refuse(&cause))
}

/// The role that the path names, by UUID or name.
pub async fn role(call: &Call, entered: &Entered) -> Result<Role, Refusal> {
    let named = call.named("role")?;
    call.state.registry.get_role(entered.app.id, &named).await.map_err(|cause| call.refuse(&cause))
}

/// The envelope of an answer about `path`, below the application.
pub fn about(call: &Call, entered: &Entered, path: &str) -> Envelope {
    let uri = format!("{}{path}", call.state.base.issuer(&entered.place));
    envelope(call, &entered.place, action(call)).path(path.to_owned()).uri(uri)
}

/// Usergrid: the method's name is the action on the application plane.
fn action(call: &Call) -> &'static str {
    match *call.request.method() {
        Method::POST => "post",
        Method::PUT => "put",
        Method::DELETE => "delete",
        _ => "get",
    }
}

/// Answers one entity, read, written or removed.
pub fn one(call: &Call, entered: &Entered, path: &str, entity: Value) -> HttpResponse {
    about(call, entered, path).entities(vec![entity]).into_response(call.state.clock.now())
}

/// A list below another entity, or a whole collection.
pub struct List<'a> {
    pub collection: Collection,
    /// The entity's path, as `/groups/<uuid>`; empty for a whole collection.
    pub above: &'a str,
    /// The list's own path, as `/groups/<uuid>/users`.
    pub path: &'a str,
    pub within: Option<Within>,
}

/// Answers one page of a list, as the query asks for it.
pub async fn list(call: &Call, entered: &Entered, list: List<'_>) -> Result<HttpResponse, Refusal> {
    let asked = listing::read(call, list.collection)?;
    let found = call.state.registry.list_entities(entered.app.id, &asked, list.within).await;
    let found = found.map_err(|cause| call.refuse(&cause))?;
    let entities = entities(call, entered, &asked, found.ids, list.above).await?;
    let count = entities.len();
    let envelope = about(call, entered, list.path).entities(entities).count(count).cursor(found.cursor);
    Ok(envelope.into_response(call.state.clock.now()))
}

async fn entities(
    call: &Call,
    entered: &Entered,
    asked: &Asked,
    ids: Vec<Uuid>,
    above: &str,
) -> Result<Vec<Value>, Refusal> {
    let (registry, app) = (&call.state.registry, entered.app.id);
    let refuse = |cause: ManageError| call.refuse(&cause);
    let whole: Vec<Value> = match asked.collection {
        Collection::Users => {
            let users = registry.list_users_by_ids(app, ids).await.map_err(refuse)?;
            users.iter().map(|user| metadata::user(user, above)).collect()
        }
        Collection::Groups => {
            let groups = registry.list_groups_by_ids(app, ids).await.map_err(refuse)?;
            groups.iter().map(|group| metadata::group(group, above)).collect()
        }
        Collection::Roles => {
            let roles = registry.list_roles_by_ids(app, ids).await.map_err(refuse)?;
            roles.iter().map(|role| metadata::role(role, above)).collect()
        }
    };
    Ok(whole.into_iter().map(|entity| asked.project(entity)).collect())
}
