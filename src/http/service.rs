//! Whether the server lives and whether it can serve. No credentials, no secrets, no tenant.

use actix_web::http::Method;
use actix_web::http::header::{ALLOW, HeaderValue, LOCATION};
use actix_web::web::{Data, block};
use actix_web::{HttpResponse, ResponseError};
use serde_json::json;

use super::error::{Refusal, RequestError};
use super::extract::call::Call;
use super::state::State;

/// `GET /`: Usergrid sends visitors to the status.
pub async fn root() -> HttpResponse {
    HttpResponse::TemporaryRedirect().insert_header((LOCATION, "/status")).finish()
}

/// `GET /status` and `/lb-status`.
///
/// *Shape*: `{"status":{"product":"Tokengrid","version":"0.1.0","started":ms,"uptime":ms}}`
pub async fn status(state: Data<State>) -> HttpResponse {
    let uptime = u64::try_from(state.clock.now().since(state.started).as_millis()).unwrap_or(u64::MAX);
    HttpResponse::Ok().content_type("application/json").body(
        json!({
            "status": {
                "product": "Tokengrid",
                "version": env!("CARGO_PKG_VERSION"),
                "started": state.started.millis(),
                "uptime": uptime,
            }
        })
        .to_string(),
    )
}

/// `GET /health/live`: the process answers.
pub async fn live() -> HttpResponse {
    HttpResponse::Ok().content_type("application/json").body(r#"{"status":"live"}"#)
}

/// `GET /health/ready`: the database answers and the directory is fresh; else 503. The cause is for the log.
pub async fn ready(state: Data<State>) -> HttpResponse {
    let check = state.is_ready.clone();
    let found = block(move || check()).await.unwrap_or_else(|_| Err("the check was cancelled".to_owned()));
    match found {
        Ok(()) => HttpResponse::Ok().content_type("application/json").body(r#"{"status":"ready"}"#),
        Err(cause) => {
            tracing::warn!(cause, "not ready");
            HttpResponse::ServiceUnavailable()
                .content_type("application/json")
                .insert_header(("Retry-After", "2"))
                .body(r#"{"status":"not ready"}"#)
        }
    }
}

/// Whatever matches no route.
pub async fn unknown_route(call: Call) -> Result<HttpResponse, Refusal> {
    Err(call.refuse(&RequestError::UnknownRoute))
}

/// A route that does not serve this method, with the ones that it serves (RFC 9110 §15.5.6).
pub async fn method_not_allowed(call: Call, allowed: String) -> HttpResponse {
    // Usergrid has its own word for it where all users would go.
    let is_users = call.request.match_pattern().is_some_and(|pattern| pattern == "/{org}/{app}/{users:users?}");
    let refusal = match *call.request.method() {
        Method::DELETE if is_users => call.refuse(&RequestError::WholeCollection),
        _ => call.refuse(&RequestError::MethodNotAllowed),
    };
    let mut response = refusal.error_response();
    if let Ok(allowed) = HeaderValue::try_from(allowed) {
        response.headers_mut().insert(ALLOW, allowed);
    }
    response
}
