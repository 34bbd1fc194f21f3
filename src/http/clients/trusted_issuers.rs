//! The issuers whose word an application takes for a user, for the administration. *Spec*: RFC 7523.

use actix_web::HttpResponse;
use actix_web::http::Method;
use serde_json::{Value, json};

use super::administered;
use crate::domain::id::AppId;
use crate::domain::trusted::TrustedIssuer;
use crate::http::error::Refusal;
use crate::http::extract::call::Call;
use crate::http::usergrid::envelope::Envelope;

/// `GET|POST /management/orgs/{org}/apps/{app}/trusted-issuers`
///
/// *Shape*: `{"issuer":"https://idp.example","jwks_uri":"https://..","subject":{"claim":"sub","is":"username"},
/// "scope":"api","access_token_ttl":600000}`
pub async fn collection(call: Call) -> Result<HttpResponse, Refusal> {
    let (tenant, actor) = administered(&call).await?;
    let (app, registry) = (AppId::new(tenant.uuid()), &call.state.registry);
    let (action, found) = if call.request.method() == Method::POST {
        let created = registry.create_trusted_issuer(app, &call.object()?, actor).await;
        ("trust issuer", created.map(|trusted| vec![trusted]))
    } else {
        ("get trusted issuers", registry.list_trusted_issuers(app).await)
    };
    let found = found.map_err(|cause| call.refuse(&cause))?;
    let entities: Vec<Value> = found.iter().map(shown).collect();
    let envelope = Envelope::new(call.started).action(action).count(entities.len()).entities(entities);
    Ok(envelope.into_response(call.state.clock.now()))
}

/// `GET|PUT|DELETE ../trusted-issuers/{issuer}`: by its UUID.
pub async fn item(call: Call) -> Result<HttpResponse, Refusal> {
    let (tenant, actor) = administered(&call).await?;
    let (app, registry) = (AppId::new(tenant.uuid()), &call.state.registry);
    let id = call.named("issuer")?;
    let (action, found) = match *call.request.method() {
        Method::PUT => {
            let given = call.object()?;
            ("change trusted issuer", registry.update_trusted_issuer(app, &id, &given, actor).await)
        }
        Method::DELETE => ("trust issuer no more", registry.remove_trusted_issuer(app, &id, actor).await),
        _ => ("get trusted issuer", registry.get_trusted_issuer(app, &id).await),
    };
    let trusted = found.map_err(|cause| call.refuse(&cause))?;
    let envelope = Envelope::new(call.started).action(action).entities(vec![shown(&trusted)]);
    Ok(envelope.into_response(call.state.clock.now()))
}

/// An issuer as an entity.
fn shown(trusted: &TrustedIssuer) -> Value {
    let mut entity = json!({ "uuid": trusted.id, "type": "trusted_issuer", "issuer": trusted.issuer });
    if let (Some(members), Value::Object(settings)) = (entity.as_object_mut(), json!(trusted.settings)) {
        members.extend(settings);
        members.insert("created".to_owned(), json!(trusted.created.millis()));
        members.insert("modified".to_owned(), json!(trusted.modified.millis()));
    }
    entity
}
