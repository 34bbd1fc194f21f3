//! The admins of an organization: listed, invited, added and removed by those who have access to it.

use actix_web::HttpResponse;
use actix_web::http::Method;
use serde_json::{Map, Value, json};

use super::{candidate, properties, take_secret, take_text};
use crate::domain::place::Place;
use crate::http::error::{Refusal, RequestError};
use crate::http::extract::call::Call;
use crate::http::usergrid::envelope::Envelope;
use crate::http::usergrid::view;
use crate::manage::{Joined, NewAdmin};

/// `GET|POST /management/orgs/{org}/users`
pub async fn collection(call: Call) -> Result<HttpResponse, Refusal> {
    match *call.request.method() {
        Method::POST => invite(&call).await,
        _ => list(&call).await,
    }
}

async fn list(call: &Call) -> Result<HttpResponse, Refusal> {
    let session = call.session(&Place::Management).await?;
    let (org, _) = call.organization(session.as_ref()).await?;
    let members = call.state.registry.list_members(&org).await.map_err(|cause| call.refuse(&cause))?;
    let data: Vec<Value> = members.iter().map(|member| Value::Object(view::admin(member))).collect();
    let envelope = Envelope::new(call.started).action("get organization users").data(data);
    Ok(envelope.into_response(call.state.clock.now()))
}

/// *Shape*: `{"email","username","name","password"}`; only the email must be there, and an empty password is none: the
/// admin sets one by the link that is mailed to them. A known email is added as it is. Where admins are kept elsewhere, the
/// superuser alone names a password.
async fn invite(call: &Call) -> Result<HttpResponse, Refusal> {
    let session = call.session(&Place::Management).await?;
    let (org, caller) = call.organization(session.as_ref()).await?;
    let mut body = call.object()?;
    let email = take_text(call, &mut body, "email")?.ok_or_else(|| call.refuse(&RequestError::Missing("email")))?;
    let new = NewAdmin {
        username: take_text(call, &mut body, "username")?,
        email: Some(email.clone()),
        name: take_text(call, &mut body, "name")?,
        password: take_secret(call, &mut body, "password")?,
        properties: properties(body),
    };
    if new.password.is_some() && call.state.guard.superuser(session.as_ref()).is_err() {
        call.keeps_admins()?;
    }
    let joined = call.state.registry.invite_member(&org, new, Some(caller).into()).await;
    let joined = joined.map_err(|cause| call.refuse(&cause))?;
    Ok(answer(call, "create user", seen(&joined, &email)))
}

/// `PUT|DELETE /management/orgs/{org}/users/{user}` and `/management/users/{user}/organizations/{org}`
pub async fn member(call: Call) -> Result<HttpResponse, Refusal> {
    let session = call.session(&Place::Management).await?;
    let (org, caller) = call.organization(session.as_ref()).await?;
    let admin = candidate(&call, caller).await?;
    let registry = &call.state.registry;
    if call.request.method() == Method::DELETE {
        let removed = registry.remove_member(&org, &admin, Some(caller).into()).await;
        removed.map_err(|cause| call.refuse(&cause))?;
        return Ok(answer(&call, "remove user from organization", view::admin(&admin)));
    }
    let joined = registry.add_member(&org, admin, Some(caller).into()).await.map_err(|cause| call.refuse(&cause))?;
    let is_superuser = call.state.guard.superuser(session.as_ref()).is_ok();
    let shown = if is_superuser { view::admin(&joined.admin) } else { seen(&joined, &call.named("user")?) };
    Ok(answer(&call, "add user to organization", shown))
}

/// What whoever adds an admin gets to see: all of an account that they made or that was theirs to see before; of a
/// stranger nothing but their username, and the email by which they were named.
fn seen(joined: &Joined, named: &str) -> Map<String, Value> {
    let mut shown = view::admin(&joined.admin);
    if !joined.is_new && !joined.was_member {
        let has_named_it = named.contains('@') && joined.admin.person.is_meant_by(named);
        shown.retain(|member, _| match member.as_str() {
            "uuid" | "username" => true,
            "email" => has_named_it,
            _ => false,
        });
    }
    shown
}

fn answer(call: &Call, action: &'static str, admin: Map<String, Value>) -> HttpResponse {
    let data = json!({ "user": admin });
    Envelope::new(call.started).action(action).data(data).into_response(call.state.clock.now())
}
