//! The secrets of a client, for the administration: shown once, listed without their texts.

use actix_web::HttpResponse;
use actix_web::http::Method;
use serde_json::Value;

use super::{administered, view};
use crate::http::error::Refusal;
use crate::http::extract::call::Call;
use crate::http::usergrid::envelope::Envelope;

/// `GET|POST ../clients/{client}/secrets`. *Shape*: `{"name":"..","expires_in":seconds}`, both optional.
pub async fn collection(call: Call) -> Result<HttpResponse, Refusal> {
    let (tenant, actor) = administered(&call).await?;
    let (registry, client) = (&call.state.registry, call.named("client")?);
    let envelope = Envelope::new(call.started);
    let envelope = if call.request.method() == Method::POST {
        let given = call.object_or_empty()?;
        let created = registry.create_secret_of_client(tenant, &client, &given, actor).await;
        let new = created.map_err(|cause| call.refuse(&cause))?;
        let mut entity = view::secret(&new.secret);
        entity.extend(view::new_secret(&new));
        envelope.action("create client secret").entities(vec![Value::Object(entity)])
    } else {
        let secrets = registry.list_secrets_of_client(tenant, &client).await.map_err(|cause| call.refuse(&cause))?;
        let entities: Vec<Value> = secrets.iter().map(|secret| Value::Object(view::secret(secret))).collect();
        envelope.action("get client secrets").count(entities.len()).entities(entities)
    };
    Ok(view::unkept(envelope.into_response(call.state.clock.now())))
}

/// `DELETE ../clients/{client}/secrets/{secret}`: it ends at once.
pub async fn item(call: Call) -> Result<HttpResponse, Refusal> {
    let (tenant, actor) = administered(&call).await?;
    let (client, secret) = (call.named("client")?, call.named("secret")?);
    let deleted = call.state.registry.delete_secret_of_client(tenant, &client, &secret, actor).await;
    deleted.map_err(|cause| call.refuse(&cause))?;
    Ok(Envelope::new(call.started).action("delete client secret").ok().into_response(call.state.clock.now()))
}
