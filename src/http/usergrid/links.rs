//! Who belongs to what: users and groups of roles, users of groups, whom a user follows. *Spec*: Usergrid answers the
//! entity that the path names last.

use actix_web::HttpResponse;
use actix_web::http::Method;
use serde_json::{Value, json};
use uuid::Uuid;

use super::answer::{self, List, about, list, one};
use super::metadata;
use crate::domain::link::{Link, LinkDirection, LinkKind};
use crate::domain::query::{Collection, Within};
use crate::http::error::Refusal;
use crate::http::extract::call::{Call, Entered};

/// `GET /{org}/{app}/roles/{role}/users`
pub async fn users_of_role(call: Call) -> Result<HttpResponse, Refusal> {
    let entered = call.enter().await?;
    let role = answer::role(&call, &entered).await?.id.uuid();
    below(&call, &entered, ("roles", role), USERS_OF_ROLE).await
}

/// `GET /{org}/{app}/roles/{role}/groups`
pub async fn groups_of_role(call: Call) -> Result<HttpResponse, Refusal> {
    let entered = call.enter().await?;
    let role = answer::role(&call, &entered).await?.id.uuid();
    below(&call, &entered, ("roles", role), GROUPS_OF_ROLE).await
}

/// `GET /{org}/{app}/groups/{group}/users`
pub async fn users_of_group(call: Call) -> Result<HttpResponse, Refusal> {
    let entered = call.enter().await?;
    let group = answer::group(&call, &entered).await?.id.uuid();
    below(&call, &entered, ("groups", group), USERS_OF_GROUP).await
}

/// `GET /{org}/{app}/groups/{group}/roles`
pub async fn roles_of_group(call: Call) -> Result<HttpResponse, Refusal> {
    let entered = call.enter().await?;
    let group = answer::group(&call, &entered).await?.id.uuid();
    below(&call, &entered, ("groups", group), ROLES_OF_GROUP).await
}

/// `GET /{org}/{app}/users/{user}/roles`
pub async fn roles_of_user(call: Call) -> Result<HttpResponse, Refusal> {
    of_user(call, ROLES_OF_USER).await
}

/// `GET /{org}/{app}/users/{user}/groups`
pub async fn groups_of_user(call: Call) -> Result<HttpResponse, Refusal> {
    of_user(call, GROUPS_OF_USER).await
}

/// `GET /{org}/{app}/users/{user}/following`
pub async fn followed_by_user(call: Call) -> Result<HttpResponse, Refusal> {
    of_user(call, FOLLOWING).await
}

/// `GET /{org}/{app}/users/{user}/followers`
pub async fn followers_of_user(call: Call) -> Result<HttpResponse, Refusal> {
    of_user(call, FOLLOWERS).await
}

/// `GET /{org}/{app}/users/{user}/rolenames`
pub async fn role_names_of_user(call: Call) -> Result<HttpResponse, Refusal> {
    let entered = call.enter().await?;
    let user = answer::user(&call, &entered, "user").await?;
    role_names(&call, &entered, (LinkKind::RoleUser, user.id.uuid()), "users").await
}

/// `GET /{org}/{app}/groups/{group}/rolenames`
pub async fn role_names_of_group(call: Call) -> Result<HttpResponse, Refusal> {
    let entered = call.enter().await?;
    let group = answer::group(&call, &entered).await?;
    role_names(&call, &entered, (LinkKind::RoleGroup, group.id.uuid()), "groups").await
}

/// `GET|POST|DELETE /{org}/{app}/roles/{role}/users/{user}`
pub async fn user_of_role(call: Call) -> Result<HttpResponse, Refusal> {
    let entered = call.enter().await?;
    let role = answer::role(&call, &entered).await?;
    let user = answer::user(&call, &entered, "user").await?;
    let path = format!("/roles/{}/users", role.id);
    serve(&call, &entered, Link::role_user(role.id, user.id), Last { path, entity: metadata::user(&user, "") }).await
}

/// `GET|POST|DELETE /{org}/{app}/users/{user}/roles/{role}`
pub async fn role_of_user(call: Call) -> Result<HttpResponse, Refusal> {
    let entered = call.enter().await?;
    let user = answer::user(&call, &entered, "user").await?;
    let role = answer::role(&call, &entered).await?;
    let path = format!("/users/{}/roles", user.id);
    serve(&call, &entered, Link::role_user(role.id, user.id), Last { path, entity: metadata::role(&role, "") }).await
}

/// `GET|POST|DELETE /{org}/{app}/roles/{role}/groups/{group}`
pub async fn group_of_role(call: Call) -> Result<HttpResponse, Refusal> {
    let entered = call.enter().await?;
    let role = answer::role(&call, &entered).await?;
    let group = answer::group(&call, &entered).await?;
    let path = format!("/roles/{}/groups", role.id);
    let last = Last { path, entity: metadata::group(&group, "") };
    serve(&call, &entered, Link::role_group(role.id, group.id), last).await
}

/// `GET|POST|DELETE /{org}/{app}/groups/{group}/roles/{role}`
pub async fn role_of_group(call: Call) -> Result<HttpResponse, Refusal> {
    let entered = call.enter().await?;
    let group = answer::group(&call, &entered).await?;
    let role = answer::role(&call, &entered).await?;
    let path = format!("/groups/{}/roles", group.id);
    serve(&call, &entered, Link::role_group(role.id, group.id), Last { path, entity: metadata::role(&role, "") }).await
}

/// `GET|POST|DELETE /{org}/{app}/groups/{group}/users/{user}`
pub async fn user_of_group(call: Call) -> Result<HttpResponse, Refusal> {
    let entered = call.enter().await?;
    let group = answer::group(&call, &entered).await?;
    let user = answer::user(&call, &entered, "user").await?;
    let path = format!("/groups/{}/users", group.id);
    serve(&call, &entered, Link::group_user(group.id, user.id), Last { path, entity: metadata::user(&user, "") }).await
}

/// `GET|POST|DELETE /{org}/{app}/users/{user}/groups/{group}`
pub async fn group_of_user(call: Call) -> Result<HttpResponse, Refusal> {
    let entered = call.enter().await?;
    let user = answer::user(&call, &entered, "user").await?;
    let group = answer::group(&call, &entered).await?;
    let path = format!("/users/{}/groups", user.id);
    let last = Last { path, entity: metadata::group(&group, "") };
    serve(&call, &entered, Link::group_user(group.id, user.id), last).await
}

/// `GET|POST|DELETE /{org}/{app}/users/{user}/following/users/{followed}`
pub async fn followed(call: Call) -> Result<HttpResponse, Refusal> {
    let entered = call.enter().await?;
    let user = answer::user(&call, &entered, "user").await?;
    let followed = answer::user(&call, &entered, "followed").await?;
    let path = format!("/users/{}/following", user.id);
    let last = Last { path, entity: metadata::user(&followed, "") };
    serve(&call, &entered, Link::following(user.id, followed.id), last).await
}

/// What is listed below an entity: the last word of the path, the entities of the list, and the links that lead there.
#[derive(Clone, Copy)]
struct Listed {
    word: &'static str,
    collection: Collection,
    kind: LinkKind,
    direction: LinkDirection,
}

const USERS_OF_ROLE: Listed = outgoing("users", Collection::Users, LinkKind::RoleUser);
const GROUPS_OF_ROLE: Listed = outgoing("groups", Collection::Groups, LinkKind::RoleGroup);
const USERS_OF_GROUP: Listed = outgoing("users", Collection::Users, LinkKind::GroupUser);
const FOLLOWING: Listed = outgoing("following", Collection::Users, LinkKind::Following);
const ROLES_OF_GROUP: Listed = incoming("roles", Collection::Roles, LinkKind::RoleGroup);
const ROLES_OF_USER: Listed = incoming("roles", Collection::Roles, LinkKind::RoleUser);
const GROUPS_OF_USER: Listed = incoming("groups", Collection::Groups, LinkKind::GroupUser);
const FOLLOWERS: Listed = incoming("followers", Collection::Users, LinkKind::Following);

const fn outgoing(word: &'static str, collection: Collection, kind: LinkKind) -> Listed {
    Listed { word, collection, kind, direction: LinkDirection::Outgoing }
}

const fn incoming(word: &'static str, collection: Collection, kind: LinkKind) -> Listed {
    Listed { word, collection, kind, direction: LinkDirection::Incoming }
}

async fn of_user(call: Call, listed: Listed) -> Result<HttpResponse, Refusal> {
    let entered = call.enter().await?;
    let user = answer::user(&call, &entered, "user").await?.id.uuid();
    below(&call, &entered, ("users", user), listed).await
}

async fn below(
    call: &Call,
    entered: &Entered,
    (collection, end): (&str, Uuid),
    listed: Listed,
) -> Result<HttpResponse, Refusal> {
    let holder = format!("/{collection}/{end}");
    let path = format!("{holder}/{}", listed.word);
    // Where the one link of each is served: a follower has none below the followed.
    let above = match listed.word {
        "following" => path.clone(),
        "followers" => String::new(),
        _ => holder,
    };
    let within = Some(Within { kind: listed.kind, end, direction: listed.direction });
    list(call, entered, List { collection: listed.collection, above: &above, path: &path, within }).await
}

async fn role_names(
    call: &Call,
    entered: &Entered,
    (kind, holder): (LinkKind, Uuid),
    collection: &str,
) -> Result<HttpResponse, Refusal> {
    let names = call.state.registry.list_role_names(entered.app.id, kind, holder).await;
    let names = names.map_err(|cause| call.refuse(&cause))?;
    let envelope = about(call, entered, &format!("/{collection}/{holder}/rolenames"));
    Ok(envelope.entities(Vec::new()).data(json!(names)).into_response(call.state.clock.now()))
}

/// The entity that a path names last, and the path that it stands below.
struct Last {
    path: String,
    entity: Value,
}

async fn serve(call: &Call, entered: &Entered, link: Link, last: Last) -> Result<HttpResponse, Refusal> {
    let (registry, app) = (&call.state.registry, entered.app.id);
    let done = match *call.request.method() {
        Method::POST | Method::PUT => registry.link(app, link, entered.actor()).await,
        Method::DELETE => registry.unlink(app, link, entered.actor()).await,
        _ => registry.expect_link(app, link).await,
    };
    done.map_err(|cause| call.refuse(&cause))?;
    Ok(one(call, entered, &last.path, last.entity))
}
