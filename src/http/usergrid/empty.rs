//! Collections that Usergrid keeps and a token server does not. Whoever may read them finds them empty, because its
//! clients ask; writing is refused with 405, because an answer of success would lose what was sent.

use actix_web::HttpResponse;
use actix_web::http::Method;
use serde_json::json;

use super::answer::{self, about};
use crate::http::error::Refusal;
use crate::http::extract::call::{Call, Entered};
use crate::http::service::{method_not_allowed, unknown_route};

/// `GET /{org}/{app}/activities` and the like.
pub async fn collection(call: Call) -> Result<HttpResponse, Refusal> {
    let entered = call.enter().await?;
    Ok(nothing(&call, &entered))
}

/// `GET /{org}/{app}/users/{user}/activities` and the like.
pub async fn below_user(call: Call) -> Result<HttpResponse, Refusal> {
    let entered = call.enter().await?;
    answer::user(&call, &entered, "user").await?;
    Ok(nothing(&call, &entered))
}

/// `GET /{org}/{app}/groups/{group}/activities` and the like.
pub async fn below_group(call: Call) -> Result<HttpResponse, Refusal> {
    let entered = call.enter().await?;
    answer::group(&call, &entered).await?;
    Ok(nothing(&call, &entered))
}

/// `GET /{org}/{app}/{collection}/indexes`: nothing is indexed by hand here.
pub async fn indexes(call: Call) -> Result<HttpResponse, Refusal> {
    let entered = call.enter().await?;
    let envelope = about(&call, &entered, &tail(&call)).entities(Vec::new()).data(json!([]));
    Ok(envelope.into_response(call.state.clock.now()))
}

/// `GET /{org}/{app}/assets/..`: no asset is here, which only who may ask hears (Usergrid).
pub async fn no_asset(call: Call) -> Result<HttpResponse, Refusal> {
    call.enter().await?;
    unknown_route(call).await
}

/// Whatever matches no route of an application. Usergrid: a whole collection is never deleted, known or not.
pub async fn unknown(call: Call) -> Result<HttpResponse, Refusal> {
    let is_collection = tail(&call).split('/').filter(|segment| !segment.is_empty()).count() == 1;
    if call.request.method() == Method::DELETE && is_collection {
        return Ok(method_not_allowed(call, "OPTIONS".to_owned()).await);
    }
    unknown_route(call).await
}

fn nothing(call: &Call, entered: &Entered) -> HttpResponse {
    let envelope = about(call, entered, &tail(call)).entities(Vec::new()).count(0);
    envelope.into_response(call.state.clock.now())
}

/// The path below the application.
fn tail(call: &Call) -> String {
    let segments = call.request.path().split('/').filter(|segment| !segment.is_empty()).skip(2);
    segments.map(|segment| format!("/{segment}")).collect()
}
