//! The tokens that let programs register themselves, for the administration.

use actix_web::HttpResponse;
use actix_web::http::Method;
use serde_json::{Value, json};

use super::{administered, view};
use crate::http::error::Refusal;
use crate::http::extract::call::Call;
use crate::http::usergrid::envelope::Envelope;

/// `GET|POST /management/orgs/{org}/apps/{app}/initial-access-tokens` and `/management/initial-access-tokens`.
///
/// *Shape*: `{"name":"..","uses":1,"expires_in":604800}`, all optional; the answer to POST has `token`, this once.
pub async fn collection(call: Call) -> Result<HttpResponse, Refusal> {
    let (tenant, actor) = administered(&call).await?;
    let registry = &call.state.registry;
    let envelope = Envelope::new(call.started);
    let envelope = if call.request.method() == Method::POST {
        let created = registry.create_initial_token(tenant, &call.object_or_empty()?, actor).await;
        let new = created.map_err(|cause| call.refuse(&cause))?;
        let mut entity = view::initial_token(&new.token);
        entity.insert("token".to_owned(), json!(new.text.expose()));
        envelope.action("create initial access token").entities(vec![Value::Object(entity)])
    } else {
        let tokens = registry.list_initial_tokens(tenant).await.map_err(|cause| call.refuse(&cause))?;
        let entities: Vec<Value> = tokens.iter().map(|token| Value::Object(view::initial_token(token))).collect();
        envelope.action("get initial access tokens").count(entities.len()).entities(entities)
    };
    Ok(view::unkept(envelope.into_response(call.state.clock.now())))
}

/// `DELETE ../initial-access-tokens/{token}`: by its UUID.
pub async fn item(call: Call) -> Result<HttpResponse, Refusal> {
    let (tenant, actor) = administered(&call).await?;
    let deleted = call.state.registry.delete_initial_token(tenant, &call.named("token")?, actor).await;
    deleted.map_err(|cause| call.refuse(&cause))?;
    Ok(Envelope::new(call.started).action("delete initial access token").ok().into_response(call.state.clock.now()))
}
