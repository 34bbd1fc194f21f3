//! What a token says, for resource servers that ask. *Spec*: RFC 7662, RFC 9701; security rules I-1 to I-3.

use actix_web::HttpResponse;
use actix_web::http::header::CONTENT_TYPE;
use serde_json::{Map, Value, json};

use super::caller::Caller;
use super::token::no_store_json;
use crate::access::{ActiveToken, Statement};
use crate::domain::place::Place;
use crate::http::error::{Refusal, Voice, forbid_keeping};
use crate::http::extract::call::Call;

const SIGNED: &str = "application/token-introspection+jwt";

/// `POST /{org}/{app}/introspect` and `/management/introspect`.
///
/// *Shape*: `{"active":true,"scope":"api","client_id":"..",..}`, or `{"active":false}` and nothing else.
pub async fn introspect(call: Call) -> Result<HttpResponse, Refusal> {
    let place = call.place().await?;
    let token = call.asked_token()?;
    let caller = call.asker(&place).await?;
    let found = call.state.introspector.look(&place, &token, &caller.asker).await;
    let said = found.map_err(|cause| call.refuse_in(Voice::OAuth, &cause)).map(body)?;
    if caller.signed_by.is_none() && !call.accepts(SIGNED) {
        return Ok(no_store_json(&said, None));
    }
    let signed = sign(&call, &place, &caller, &said).await?;
    let mut response = HttpResponse::Ok().insert_header((CONTENT_TYPE, SIGNED)).body(signed);
    forbid_keeping(response.headers_mut());
    Ok(response)
}

fn body(found: Option<ActiveToken>) -> Value {
    let mut said = Map::new();
    said.insert("active".to_owned(), json!(found.is_some()));
    if let Some(Value::Object(members)) = found.map(|token| json!(token)) {
        said.extend(members);
    }
    Value::Object(said)
}

/// The answer as a token that says nothing of its own (RFC 9701 §5).
async fn sign(call: &Call, place: &Place, caller: &Caller, said: &Value) -> Result<String, Refusal> {
    let claims = json!({
        "iss": call.state.base.issuer(place),
        "aud": caller.name,
        "iat": call.state.clock.now().seconds(),
        "token_introspection": said,
    });
    call.signed(place, Statement::Introspection, caller.signed_by, &claims).await
}
