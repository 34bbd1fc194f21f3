//! Feeds: what was done in an organization and by an admin, in sentences for the portal. Names in them are escaped.

use actix_web::HttpResponse;
use serde_json::{Value, json};

use super::{named_admin, query_limit};
use crate::domain::place::Place;
use crate::domain::user::Admin;
use crate::http::error::Refusal;
use crate::http::extract::call::Call;
use crate::http::usergrid::envelope::Envelope;
use crate::http::usergrid::view::{escape, mail_link, shown_name};
use crate::manage::{Activity, FeedActor};

const LIMIT_MAX: u32 = 200;

/// `GET /management/orgs/{org}/feed?limit=`
pub async fn of_organization(call: Call) -> Result<HttpResponse, Refusal> {
    let session = call.session(&Place::Management).await?;
    let (org, _) = call.organization(session.as_ref()).await?;
    let limit = query_limit(&call, LIMIT_MAX)?;
    let feed = call.state.registry.org_feed(&org, limit).await.map_err(|cause| call.refuse(&cause))?;
    Ok(answer(&call, "get organization feed", &feed))
}

/// `GET /management/users/{user}/feed?limit=`
pub async fn of_admin(call: Call) -> Result<HttpResponse, Refusal> {
    let session = call.session(&Place::Management).await?;
    let admin = named_admin(&call, session.as_ref()).await?;
    let limit = query_limit(&call, LIMIT_MAX)?;
    let feed = call.state.registry.admin_feed(admin.id, limit).await.map_err(|cause| call.refuse(&cause))?;
    Ok(answer(&call, "get admin user feed", &feed))
}

fn answer(call: &Call, action: &'static str, feed: &[Activity]) -> HttpResponse {
    let entities: Vec<Value> = feed.iter().map(entity).collect();
    let envelope = Envelope::new(call.started).action(action).count(entities.len()).entities(entities);
    envelope.into_response(call.state.clock.now())
}

/// *Shape*: `{"uuid","type":"activity","created":ms,"verb","category":"admin","title":"..","content":"..",
/// "actor":{"displayName",..},"object":{"displayName",..}}`; title and content are HTML.
fn entity(activity: &Activity) -> Value {
    let Activity { entry, actor, org, object } = activity;
    let title = format!("{} {}", actor_link(actor), phrase(activity));
    let mut entity = json!({
        "uuid": entry.id,
        "type": "activity",
        "created": entry.at.millis(),
        "modified": entry.at.millis(),
        "verb": entry.action.split(' ').next().unwrap_or_default(),
        "category": "admin",
        "title": title,
        "content": title,
        "actor": actor_entity(actor),
    });
    let object = match (object, org) {
        (Some(admin), _) => person_entity(admin),
        (None, Some(org)) => json!({
            "displayName": org.name, "objectType": "Organization", "entityType": "group", "uuid": org.id,
        }),
        (None, None) => actor_entity(actor),
    };
    if let Some(members) = entity.as_object_mut() {
        members.insert("object".to_owned(), object);
    }
    entity
}

fn actor_link(actor: &FeedActor) -> String {
    match actor {
        FeedActor::Admin(admin) => mail_link(admin),
        FeedActor::Client => "The organization's client".to_owned(),
        FeedActor::Server => "The server".to_owned(),
    }
}

fn actor_entity(actor: &FeedActor) -> Value {
    match actor {
        FeedActor::Admin(admin) => person_entity(admin),
        FeedActor::Client => json!({ "displayName": "The organization's client", "objectType": "client" }),
        FeedActor::Server => json!({ "displayName": "The server", "objectType": "service" }),
    }
}

fn person_entity(admin: &Admin) -> Value {
    let name = escape(shown_name(admin));
    json!({ "displayName": name, "objectType": "person", "entityType": "user", "uuid": admin.id })
}

/// What was done, after the name of who did it. An action without a sentence of its own speaks for itself.
fn phrase(activity: &Activity) -> String {
    let org = activity.org.as_ref().map(|org| org.name.to_string()).unwrap_or_default();
    let name = activity.entry.detail.get("name").and_then(Value::as_str).map(escape).unwrap_or_default();
    let whom = activity.object.as_ref().map_or_else(|| "an admin".to_owned(), |admin| mail_link(admin));
    match activity.entry.action.as_str() {
        "create organization" => format!("created a new organization account named {org}"),
        "update organization" | "set organization" => format!("changed the organization {org}"),
        "create application" => format!("created a new application named {name}"),
        "delete application" => format!("deleted the application {name}"),
        "restore application" => format!("restored the application {name}"),
        "rotate credentials" => format!("generated new client credentials for {org}"),
        "create organization admin" => format!("invited {whom} to the organization {org}"),
        "add organization admin" => format!("added {whom} to the organization {org}"),
        "remove organization admin" => format!("removed {whom} from the organization {org}"),
        "create admin" => "created a new admin account".to_owned(),
        "update admin" => format!("changed the account of {whom}"),
        other => format!("did: {}", escape(other)),
    }
}
