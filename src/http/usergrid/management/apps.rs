//! The applications of an organization: listed, made, deleted and brought back by those who have access to it.

use actix_web::HttpResponse;
use actix_web::http::Method;
use serde_json::{Map, Value, json};

use super::take_text;
use crate::domain::place::Place;
use crate::domain::tenant::{Application, Organization};
use crate::http::error::{Refusal, RequestError};
use crate::http::extract::call::Call;
use crate::http::usergrid::envelope::Envelope;
use crate::http::usergrid::view;

/// `GET|POST /management/orgs/{org}/apps`
pub async fn collection(call: Call) -> Result<HttpResponse, Refusal> {
    match *call.request.method() {
        Method::POST => create(&call).await,
        _ => list(&call).await,
    }
}

/// `GET|PUT|DELETE /management/orgs/{org}/apps/{app}`
pub async fn item(call: Call) -> Result<HttpResponse, Refusal> {
    match *call.request.method() {
        Method::DELETE => delete(&call).await,
        Method::PUT => restore(&call).await,
        _ => read(&call).await,
    }
}

async fn list(call: &Call) -> Result<HttpResponse, Refusal> {
    let session = call.session(&Place::Management).await?;
    let (org, _) = call.organization(session.as_ref()).await?;
    let apps = call.state.registry.list_apps(&org).await.map_err(|cause| call.refuse(&cause))?;
    let envelope = Envelope::new(call.started).action("get organization application").ok();
    Ok(envelope.data(view::applications(&org, &apps)).into_response(call.state.clock.now()))
}

/// *Shape*: `{"name":".."}`, JSON or form; answers `data:{"org/app":"uuid"}`.
async fn create(call: &Call) -> Result<HttpResponse, Refusal> {
    let session = call.session(&Place::Management).await?;
    let (org, caller) = call.organization(session.as_ref()).await?;
    let mut body = call.object()?;
    let name = take_text(call, &mut body, "name")?.ok_or_else(|| call.refuse(&RequestError::Missing("name")))?;
    let created = call.state.registry.create_app(&org, &name, Some(caller).into()).await;
    let (app, _credentials) = created.map_err(|cause| call.refuse(&cause))?;
    let data = view::applications(&org, std::slice::from_ref(&app));
    let envelope = Envelope::new(call.started).action("new application for organization").data(data);
    Ok(envelope.entities(vec![entity(call, &org, &app).await?]).into_response(call.state.clock.now()))
}

async fn read(call: &Call) -> Result<HttpResponse, Refusal> {
    let session = call.session(&Place::Management).await?;
    let (org, _) = call.organization(session.as_ref()).await?;
    let app = call.state.registry.get_app(&org, call.segment("app")).await.map_err(|cause| call.refuse(&cause))?;
    Ok(answer(call, "get", entity(call, &org, &app).await?))
}

/// Only whoever says the same name or id twice means it: in the path and as `confirm_application_identifier`.
async fn delete(call: &Call) -> Result<HttpResponse, Refusal> {
    let session = call.session(&Place::Management).await?;
    let (org, caller) = call.organization(session.as_ref()).await?;
    let named = call.segment("app");
    match call.query("confirm_application_identifier") {
        None => return Err(call.refuse(&RequestError::Missing("confirm_application_identifier"))),
        Some(confirmed) if confirmed != named => return Err(call.refuse(&RequestError::Unconfirmed)),
        Some(_) => {}
    }
    let registry = &call.state.registry;
    let app = registry.get_app(&org, named).await.map_err(|cause| call.refuse(&cause))?;
    let gone = entity(call, &org, &app).await?;
    registry.delete_app(&org, app, Some(caller).into()).await.map_err(|cause| call.refuse(&cause))?;
    Ok(answer(call, "delete", gone))
}

/// Any body is passed over (Usergrid).
async fn restore(call: &Call) -> Result<HttpResponse, Refusal> {
    let session = call.session(&Place::Management).await?;
    let (org, caller) = call.organization(session.as_ref()).await?;
    let back = call.state.registry.restore_app(&org, call.segment("app"), Some(caller).into()).await;
    let back = back.map_err(|cause| call.refuse(&cause))?;
    Ok(answer(call, "restore", entity(call, &org, &back).await?))
}

/// `GET /management/orgs/{org}/apps/{app}/_size`, `../collections/_size` and `../{collection}/_size`: how many entities
/// there are. *Shape*: `metadata:{"aggregation":{"size":{"application":3}}}`, or by collection.
pub async fn size(call: Call) -> Result<HttpResponse, Refusal> {
    let session = call.session(&Place::Management).await?;
    let (org, _) = call.organization(session.as_ref()).await?;
    let registry = &call.state.registry;
    let app = registry.get_app(&org, call.segment("app")).await.map_err(|cause| call.refuse(&cause))?;
    let counts = registry.count_collections(app.id).await.map_err(|cause| call.refuse(&cause))?;
    let by_name = [("users", counts.users), ("groups", counts.groups), ("roles", counts.roles)];
    let size: Map<String, Value> = match call.segment("collection") {
        "" => {
            let all: u64 = by_name.iter().map(|(_, count)| count).sum();
            Map::from_iter([("application".to_owned(), json!(all))])
        }
        "collections" => by_name.iter().map(|(name, count)| ((*name).to_owned(), json!(count))).collect(),
        one => {
            let count = by_name.iter().find(|(name, _)| *name == one).map_or(0, |(_, count)| *count);
            Map::from_iter([(one.to_owned(), json!(count))])
        }
    };
    let envelope = Envelope::new(call.started).action("get").application(app.id);
    let metadata = json!({ "aggregation": { "size": size } });
    Ok(envelope.member("metadata", metadata).into_response(call.state.clock.now()))
}

async fn entity(call: &Call, org: &Organization, app: &Application) -> Result<Value, Refusal> {
    let counts = call.state.registry.count_collections(app.id).await.map_err(|cause| call.refuse(&cause))?;
    Ok(view::application_with_collections(org, app, &counts))
}

fn answer(call: &Call, action: &'static str, entity: Value) -> HttpResponse {
    Envelope::new(call.started).action(action).entities(vec![entity]).into_response(call.state.clock.now())
}
