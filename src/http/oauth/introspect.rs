//! What a token says, for resource servers that ask. *Spec*: RFC 7662, RFC 9701; security rules I-1 to I-3.

use actix_web::HttpResponse;
use actix_web::http::header::CONTENT_TYPE;
use serde_json::{Map, Value, json};

use super::caller::Caller;
use super::token::no_store_json;
use crate::access::{AccessError, ActiveToken, Statement};
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
    let wants_signed = caller.signed_by.is_some() || call.accepts(SIGNED);
    let signed = if wants_signed { sign(&call, &place, &caller, &said).await } else { Ok(None) };
    match signed.map_err(|cause| call.refuse_in(Voice::OAuth, &cause))? {
        None => Ok(no_store_json(&said, None)),
        Some(signed) => {
            let mut response = HttpResponse::Ok().insert_header((CONTENT_TYPE, SIGNED)).body(signed);
            forbid_keeping(response.headers_mut());
            Ok(response)
        }
    }
}

fn body(found: Option<ActiveToken>) -> Value {
    let mut said = Map::new();
    said.insert("active".to_owned(), json!(found.is_some()));
    if let Some(Value::Object(members)) = found.map(|token| json!(token)) {
        said.extend(members);
    }
    Value::Object(said)
}

/// The answer as a token that says nothing of its own (RFC 9701 §5); `None` where the issuer has no key to sign it.
async fn sign(call: &Call, place: &Place, caller: &Caller, said: &Value) -> Result<Option<String>, AccessError> {
    let state = &call.state;
    let claims = json!({
        "iss": state.base.issuer(place),
        "aud": caller.name,
        "iat": state.clock.now().seconds(),
        "token_introspection": said,
    });
    let signed = state.statements.sign(place, Statement::Introspection, caller.signed_by, &claims).await?;
    Ok(signed.map(|signed| signed.expose().to_owned()))
}
