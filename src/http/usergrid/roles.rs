//! The roles of an application. *Spec*: Usergrid `/roles`.

use actix_web::HttpResponse;
use actix_web::http::Method;

use super::answer::{self, List, about, list, one};
use super::batch;
use super::metadata;
use crate::domain::query::Collection;
use crate::http::error::Refusal;
use crate::http::extract::call::Call;

/// `GET|POST /{org}/{app}/roles`: the roles, and new ones: an object or an array of them.
pub async fn collection(call: Call) -> Result<HttpResponse, Refusal> {
    let entered = call.enter().await?;
    if call.request.method() != Method::POST {
        let whole = List { collection: Collection::Roles, above: "", path: "/roles", within: None };
        return list(&call, &entered, whole).await;
    }
    let (app, actor) = (entered.app.id, entered.actor());
    let registry = &call.state.registry;
    let create = |body| async move { registry.create_role(app, &body, actor).await };
    let roles = batch::create(&call, create).await?;
    let entities = roles.iter().map(|role| metadata::role(role, "")).collect();
    Ok(about(&call, &entered, "/roles").entities(entities).into_response(call.state.clock.now()))
}

/// `GET|PUT|DELETE /{org}/{app}/roles/{role}`
pub async fn single(call: Call) -> Result<HttpResponse, Refusal> {
    let entered = call.enter().await?;
    let role = answer::role(&call, &entered).await?;
    let (registry, actor) = (&call.state.registry, entered.actor());
    let role = match *call.request.method() {
        Method::PUT => {
            let body = call.object()?;
            registry.update_role(role, &body, actor).await.map_err(|cause| call.refuse(&cause))?
        }
        Method::DELETE => {
            registry.remove_role(&role, actor).await.map_err(|cause| call.refuse(&cause))?;
            role
        }
        _ => role,
    };
    Ok(one(&call, &entered, "/roles", metadata::role(&role, "")))
}
