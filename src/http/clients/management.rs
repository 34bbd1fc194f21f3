//! The clients of a tenant, for its administration.

use actix_web::HttpResponse;
use actix_web::http::Method;
use serde_json::Value;

use super::{administered, view};
use crate::http::error::{Refusal, RequestError};
use crate::http::extract::call::Call;
use crate::http::usergrid::envelope::Envelope;
use crate::manage::ShownClient;

/// `GET|POST /management/orgs/{org}/apps/{app}/clients?limit=&cursor=` and `/management/clients`.
///
/// *Shape*: entities with the names of RFC 7591; the answer to POST has `client_secret`, this once.
pub async fn collection(call: Call) -> Result<HttpResponse, Refusal> {
    let (tenant, actor) = administered(&call).await?;
    let registry = &call.state.registry;
    if call.request.method() == Method::POST {
        let created = registry.create_client(tenant, &call.object()?, actor).await;
        return Ok(answer(&call, "create client", &created.map_err(|cause| call.refuse(&cause))?));
    }
    let cursor = call.query("cursor").filter(|cursor| !cursor.is_empty());
    let found = registry.list_clients(tenant, cursor.as_deref(), limit(&call)?).await;
    let (clients, cursor) = found.map_err(|cause| call.refuse(&cause))?;
    let entities: Vec<Value> = clients.iter().map(view::client).collect();
    let envelope = Envelope::new(call.started).action("get clients").count(entities.len()).cursor(cursor);
    Ok(envelope.entities(entities).into_response(call.state.clock.now()))
}

/// `GET|PUT|DELETE ../clients/{client}`: by `client_id` or UUID. PUT changes what it names.
pub async fn item(call: Call) -> Result<HttpResponse, Refusal> {
    let (tenant, actor) = administered(&call).await?;
    let (registry, named) = (&call.state.registry, call.named("client")?);
    let bare = |client| ShownClient { client, secret: None };
    let (action, done) = match *call.request.method() {
        Method::PUT => ("set client", registry.update_client(tenant, &named, &call.object()?, actor).await),
        Method::DELETE => ("delete client", registry.delete_client(tenant, &named, actor).await.map(bare)),
        _ => ("get client", registry.get_client(tenant, &named).await.map(bare)),
    };
    Ok(answer(&call, action, &done.map_err(|cause| call.refuse(&cause))?))
}

fn answer(call: &Call, action: &'static str, shown: &ShownClient) -> HttpResponse {
    let mut entity = view::client(&shown.client);
    if let (Some(members), Some(new)) = (entity.as_object_mut(), &shown.secret) {
        members.extend(view::new_secret(new));
    }
    let envelope = Envelope::new(call.started).action(action).entities(vec![entity]);
    view::unkept(envelope.into_response(call.state.clock.now()))
}

fn limit(call: &Call) -> Result<Option<u32>, Refusal> {
    let Some(text) = call.query("limit").filter(|text| !text.is_empty()) else { return Ok(None) };
    let limit = text.parse::<u32>().ok().filter(|limit| *limit > 0);
    limit.map(Some).ok_or_else(|| call.refuse(&RequestError::BadLimit))
}
