//! What roles, users and groups may do. Every verb answers the complete list that holds from then on (Usergrid).

use actix_web::HttpResponse;
use actix_web::http::Method;
use serde_json::{Value, json};

use super::answer::{self, about};
use crate::domain::permission::{Holder, Permission};
use crate::http::error::{Refusal, RequestError};
use crate::http::extract::call::{Call, Entered};
use crate::manage::ManageError;

const PERMISSION: &str = "permission";

/// `GET|POST|PUT|DELETE /{org}/{app}/roles/{role}/permissions`
pub async fn of_role(call: Call) -> Result<HttpResponse, Refusal> {
    let entered = call.enter().await?;
    let role = answer::role(&call, &entered).await?;
    serve(&call, &entered, Holder::Role(role.id)).await
}

/// `GET|POST|PUT|DELETE /{org}/{app}/users/{user}/permissions`
pub async fn of_user(call: Call) -> Result<HttpResponse, Refusal> {
    let entered = call.enter().await?;
    let user = answer::user(&call, &entered, "user").await?;
    serve(&call, &entered, Holder::User(user.id)).await
}

/// `GET|POST|PUT|DELETE /{org}/{app}/groups/{group}/permissions`
pub async fn of_group(call: Call) -> Result<HttpResponse, Refusal> {
    let entered = call.enter().await?;
    let group = answer::group(&call, &entered).await?;
    serve(&call, &entered, Holder::Group(group.id)).await
}

async fn serve(call: &Call, entered: &Entered, holder: Holder) -> Result<HttpResponse, Refusal> {
    let held = change(call, entered, holder).await?;
    let data: Vec<Value> = held.iter().map(|permission| json!(permission.as_str())).collect();
    let path = format!("/{}s/{}/permissions", holder.kind(), holder.uuid());
    let envelope = about(call, entered, &path).entities(Vec::new()).data(data);
    Ok(envelope.into_response(call.state.clock.now()))
}

async fn change(call: &Call, entered: &Entered, holder: Holder) -> Result<Vec<Permission>, Refusal> {
    let (registry, app, actor) = (&call.state.registry, entered.app.id, entered.actor());
    let held = match *call.request.method() {
        Method::POST | Method::PUT => {
            let body = call.object_or_empty()?;
            let text = body.get(PERMISSION).and_then(Value::as_str);
            let text = text.ok_or_else(|| call.refuse(&RequestError::NoPermissionProperty))?;
            registry.grant_permission(app, holder, text, actor).await
        }
        Method::DELETE => {
            let texts = call.query_all(PERMISSION);
            if texts.is_empty() {
                return Err(call.refuse(&RequestError::NoPermissionParameter));
            }
            registry.withdraw_permissions(app, holder, &texts, actor).await
        }
        _ => registry.list_permissions(app, holder).await,
    };
    held.map_err(|cause: ManageError| call.refuse(&cause))
}
