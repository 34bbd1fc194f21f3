//! The groups of an application. *Spec*: Usergrid `/groups`.

use actix_web::HttpResponse;
use actix_web::http::Method;

use super::answer::{self, List, about, list, one};
use super::batch;
use super::metadata;
use crate::domain::query::Collection;
use crate::http::error::Refusal;
use crate::http::extract::call::Call;

/// `GET|POST /{org}/{app}/groups`: the groups, and new ones: an object or an array of them.
pub async fn collection(call: Call) -> Result<HttpResponse, Refusal> {
    let entered = call.enter().await?;
    if call.request.method() != Method::POST {
        let whole = List { collection: Collection::Groups, above: "", path: "/groups", within: None };
        return list(&call, &entered, whole).await;
    }
    let (app, actor) = (entered.app.id, entered.actor());
    let registry = &call.state.registry;
    let create = |body| async move { registry.create_group(app, &body, actor).await };
    let groups = batch::create(&call, create).await?;
    let entities = groups.iter().map(|group| metadata::group(group, "")).collect();
    Ok(about(&call, &entered, "/groups").entities(entities).into_response(call.state.clock.now()))
}

/// `GET|PUT|DELETE /{org}/{app}/groups/{group}`
pub async fn single(call: Call) -> Result<HttpResponse, Refusal> {
    let entered = call.enter().await?;
    let group = answer::group(&call, &entered).await?;
    let (registry, actor) = (&call.state.registry, entered.actor());
    let group = match *call.request.method() {
        Method::PUT => {
            let body = call.object()?;
            registry.update_group(group, &body, actor).await.map_err(|cause| call.refuse(&cause))?
        }
        Method::DELETE => {
            registry.remove_group(&group, actor).await.map_err(|cause| call.refuse(&cause))?;
            group
        }
        _ => group,
    };
    Ok(one(&call, &entered, "/groups", metadata::group(&group, "")))
}
