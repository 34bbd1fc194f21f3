//! Why requests were refused: an application's refusals for those who administer its organization, the management
//! plane's for the superuser. Whoever was refused knows the trace and nothing more.

use actix_web::HttpResponse;
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::envelope::Envelope;
use super::mail::{administered, superuser};
use crate::domain::id::TenantId;
use crate::domain::refusal::KeptRefusal;
use crate::http::error::{Refusal, RequestError};
use crate::http::extract::call::Call;
use crate::manage::ManageError;

/// `GET /management/orgs/{org}/apps/{app}/refusals?cause=wrong_password&limit=20`: the last refusals, newest first.
pub async fn of_application(call: Call) -> Result<HttpResponse, Refusal> {
    let (app, _) = administered(&call).await?;
    list(&call, app.id.into()).await
}

/// `GET /management/orgs/{org}/apps/{app}/refusals/{trace}`: one refusal, by the `trace_id` of its body.
pub async fn one_of_application(call: Call) -> Result<HttpResponse, Refusal> {
    let (app, _) = administered(&call).await?;
    one(&call, app.id.into()).await
}

/// `GET /management/refusals`
pub async fn of_management(call: Call) -> Result<HttpResponse, Refusal> {
    superuser(&call).await?;
    list(&call, TenantId::MANAGEMENT).await
}

/// `GET /management/refusals/{trace}`
pub async fn one_of_management(call: Call) -> Result<HttpResponse, Refusal> {
    superuser(&call).await?;
    one(&call, TenantId::MANAGEMENT).await
}

async fn list(call: &Call, tenant: TenantId) -> Result<HttpResponse, Refusal> {
    let limit = call.query("limit").map(|text| text.parse::<u32>()).transpose();
    let limit = limit.map_err(|_not_a_number| call.refuse(&RequestError::BadLimit))?;
    let found = call.state.explainer.list(tenant, call.query("cause"), limit).await;
    let shown: Vec<Value> = found.map_err(|cause| call.refuse(&cause))?.into_iter().map(shown).collect();
    let envelope = Envelope::new(call.started).action("get refusals").ok().count(shown.len()).data(shown);
    Ok(envelope.into_response(call.state.clock.now()))
}

async fn one(call: &Call, tenant: TenantId) -> Result<HttpResponse, Refusal> {
    let unknown = || call.refuse(&ManageError::UnknownEntity(call.segment("trace").to_owned()));
    let trace = Uuid::try_parse(call.segment("trace")).map_err(|_not_a_trace| unknown())?;
    let found = call.state.explainer.find(tenant, trace).await.map_err(|cause| call.refuse(&cause))?;
    let found = found.ok_or_else(unknown)?;
    let envelope = Envelope::new(call.started).action("get refusal").ok().data(shown(found));
    Ok(envelope.into_response(call.state.clock.now()))
}

/// A refusal as its administrators see it.
///
/// *Shape*: `{"trace_id":"..","at":ms,"rule":"wrong_password","what":"..","spec":"..","fix":"..","inputs":{..}}`, with
/// `because` where a rule has several cases, and `counted` in place of `inputs` for those that were too many.
fn shown(kept: KeptRefusal) -> Value {
    let mut data = Map::new();
    data.insert("trace_id".to_owned(), json!(kept.trace));
    data.insert("at".to_owned(), json!(kept.at.millis()));
    data.insert("rule".to_owned(), json!(kept.cause));
    if let Value::Object(detail) = kept.detail {
        data.extend(detail);
    }
    Value::Object(data)
}
