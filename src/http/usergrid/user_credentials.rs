//! A user's stored credentials: read and put back by the superuser alone, to move an account without its password.
//! *Spec*: Usergrid `/users/{user}/credentials`.

use actix_web::HttpResponse;
use actix_web::http::Method;
use serde_json::{Map, Value};

use super::users::about;
use crate::domain::authority::Principal;
use crate::domain::place::Place;
use crate::http::error::{Refusal, RequestError};
use crate::http::extract::call::Call;
use crate::manage::{Actor, ManageError};

/// `GET|PUT /{org}/{app}/users/{user}/credentials`
pub async fn serve(call: Call) -> Result<HttpResponse, Refusal> {
    let place = call.place().await?;
    let session = call.session(&place).await?;
    let admin = call.state.guard.superuser(session.as_ref()).map_err(|cause| call.refuse(&cause))?;
    let Place::App { app, .. } = &place else { return Err(call.unknown_place()) };
    let registry = &call.state.registry;
    let who = call.named("user")?;
    let found = registry.user_credentials(app.id, &who).await;
    let (user, _) = found.map_err(|cause| call.refuse(&cause))?;
    let is_put = call.request.method() == Method::PUT;
    if is_put {
        let credentials = credentials(&call)?;
        let actor = Actor::Caller(Principal::Admin { admin });
        let set = registry.set_user_credentials(app.id, user.id, &credentials, actor).await;
        set.map_err(|cause| call.refuse(&cause))?;
    }
    let found = registry.user_credentials(app.id, &user.id.to_string()).await;
    let (_, shown) = found.map_err(|cause: ManageError| call.refuse(&cause))?;
    let action = if is_put { "set user credentials" } else { "get user credentials" };
    let shown = shown.map_or(Value::Null, |credentials| credentials.expose());
    Ok(about(&call, &place, action).member("credentials", shown).into_response(call.state.clock.now()))
}

/// The credentials of a body: its own members, or those under `credentials`, as they are shown.
fn credentials(call: &Call) -> Result<Map<String, Value>, Refusal> {
    let mut body = call.object()?;
    match body.remove("credentials") {
        Some(Value::Object(credentials)) => Ok(credentials),
        Some(_) => Err(call.refuse(&RequestError::Missing("credentials"))),
        None => Ok(body),
    }
}
