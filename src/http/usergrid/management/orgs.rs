//! Organizations: registered by anyone or by the superuser alone, listed by the superuser, read and changed by those
//! who have access. None is deleted here (Usergrid).

use std::sync::Arc;

use actix_web::HttpResponse;
use actix_web::http::Method;
use serde_json::{Value, json};

use super::{actor, properties, query_limit, take_count, take_object, take_secret, take_text};
use crate::access::Session;
use crate::domain::id::OrgId;
use crate::domain::place::Place;
use crate::domain::secret::Secret;
use crate::domain::switchboard::Toggle;
use crate::domain::tenant::Switch;
use crate::http::error::{Refusal, RequestError};
use crate::http::extract::call::Call;
use crate::http::usergrid::envelope::Envelope;
use crate::http::usergrid::view;
use crate::manage::{ManageError, NewAdmin, NewRegistration, OrgUpdate, Owner};

const LIMIT: u32 = 100;
const LIMIT_MAX: u32 = 1_000;

/// `GET|POST /management/orgs`
pub async fn collection(call: Call) -> Result<HttpResponse, Refusal> {
    match *call.request.method() {
        Method::POST => register(&call).await,
        _ => list(&call).await,
    }
}

/// `GET|PUT|DELETE /management/orgs/{org}`
pub async fn item(call: Call) -> Result<HttpResponse, Refusal> {
    match *call.request.method() {
        Method::PUT => update(&call).await,
        Method::DELETE => {
            let session = call.session(&Place::Management).await?;
            call.organization(session.as_ref()).await?;
            Err(call.refuse(&RequestError::NotImplemented))
        }
        _ => read(&call).await,
    }
}

/// *Shape*: `{"organization","username","name","email","password","properties":{..}}`, JSON or form; any other member is
/// a property of the owner. Answers `data:{"owner":{..},"organization":{..}}`.
async fn register(call: &Call) -> Result<HttpResponse, Refusal> {
    let session = call.session(&Place::Management).await?;
    may_register(call, session.as_ref())?;
    let mut body = call.object()?;
    let name =
        take_text(call, &mut body, "organization")?.ok_or_else(|| call.refuse(&RequestError::MissingOrganization))?;
    let org_properties = take_object(call, &mut body, "properties")?;
    let owner = owner(call, session.as_ref(), body).await?;
    let new = NewRegistration { name, properties: org_properties, owner };
    let created = call.state.registry.register_org(new, actor(session.as_ref())).await;
    let created = created.map_err(|cause| call.refuse(&cause))?;
    let data = json!({ "owner": view::admin(&created.owner), "organization": view::organization_info(&created.org) });
    Ok(Envelope::new(call.started).action("new organization").ok().data(data).into_response(call.state.clock.now()))
}

/// Whether this caller may make accounts of the management plane.
///
/// *Errors*: 400 `Public organization registration is disabled` (Usergrid), or where admins are kept elsewhere; 429 for
/// a network that has caused its share of mail.
pub(super) fn may_register(call: &Call, session: Option<&Session>) -> Result<(), Refusal> {
    if call.state.guard.superuser(session).is_ok() {
        return Ok(());
    }
    call.keeps_admins()?;
    if call.state.registry.switches.get(Toggle::PublicRegistration) == Switch::On {
        let admitted = call.state.registry.admit_registration(&call.source());
        return admitted.map_err(|cause| call.refuse(&cause));
    }
    Err(call.refuse(&RequestError::RegistrationClosed))
}

/// The owner of a new organization. Usergrid: the superuser names an admin who is there already by leaving the password
/// away; from anyone else an absent password is a short one.
async fn owner(
    call: &Call,
    session: Option<&Session>,
    mut body: serde_json::Map<String, Value>,
) -> Result<Owner, Refusal> {
    let [username, name, email] = ["username", "name", "email"].map(|member| take_text(call, &mut body, member));
    let (username, name, email) = (username?, name?, email?);
    let password = take_secret(call, &mut body, "password")?;
    if password.is_none() && call.state.guard.superuser(session).is_ok() {
        for named in [&email, &username].into_iter().flatten() {
            let found = call.state.registry.find_admin(named).await.map_err(|cause| call.refuse(&cause))?;
            if let Some(admin) = found.filter(|admin| admin.person.is_meant_by(named)) {
                return Ok(Owner::Known(admin));
            }
        }
    }
    if email.is_none() {
        return Err(call.refuse(&RequestError::Missing("email")));
    }
    let password = Some(password.unwrap_or_else(|| Secret::new("")));
    Ok(Owner::New(NewAdmin { username, email, name, password, properties: properties(body) }))
}

/// `?limit=&cursor=`; answers `organizations:[..]`, `count`, and a `cursor` while there are more.
async fn list(call: &Call) -> Result<HttpResponse, Refusal> {
    let session = call.session(&Place::Management).await?;
    call.state.guard.superuser(session.as_ref()).map_err(|cause| call.refuse(&cause))?;
    let limit = query_limit(call, LIMIT_MAX)?.unwrap_or(LIMIT);
    let cursor = call.query("cursor").filter(|cursor| !cursor.is_empty());
    let orgs = call.state.registry.list_orgs(cursor.as_deref(), limit).await.map_err(|cause| call.refuse(&cause))?;
    let is_full = u32::try_from(orgs.len()).is_ok_and(|count| count == limit);
    let cursor = orgs.last().filter(|_| is_full).map(|last| last.name.to_string());
    let shown: Vec<Value> = orgs.iter().map(view::organization_info).collect();
    let envelope = Envelope::new(call.started).action("get organizations").count(shown.len()).cursor(cursor);
    Ok(envelope.member("organizations", shown).into_response(call.state.clock.now()))
}

async fn read(call: &Call) -> Result<HttpResponse, Refusal> {
    let session = call.session(&Place::Management).await?;
    let (org, _) = call.organization(session.as_ref()).await?;
    answer(call, org.id, "get organization").await
}

/// `properties` are merged, `""` takes one away; `passwordHistorySize` counts for every admin of the organization,
/// `password_grant` for the users of its applications.
async fn update(call: &Call) -> Result<HttpResponse, Refusal> {
    let session = call.session(&Place::Management).await?;
    let (org, caller) = call.organization(session.as_ref()).await?;
    let mut body = call.object()?;
    let history = take_count(call, &mut body, "passwordHistorySize")?;
    let properties = take_object(call, &mut body, "properties")?;
    let password_grant = take_text(call, &mut body, "password_grant")?.map(|word| switch(call, &word)).transpose()?;
    let org = Arc::unwrap_or_clone(org);
    let update = OrgUpdate { properties, password_history: history, password_grant };
    let changed = call.state.registry.update_org(&org, update, Some(caller).into()).await;
    changed.map_err(|cause| call.refuse(&cause))?;
    answer(call, org.id, "put").await
}

fn switch(call: &Call, word: &str) -> Result<Switch, Refusal> {
    match word {
        "on" => Ok(Switch::On),
        "off" => Ok(Switch::Off),
        _ => Err(call.refuse(&ManageError::WrongMember { name: "password_grant", form: "on or off" })),
    }
}

async fn answer(call: &Call, org: OrgId, action: &'static str) -> Result<HttpResponse, Refusal> {
    let overview = call.state.registry.get_org_overview(org).await.map_err(|cause| call.refuse(&cause))?;
    let envelope = Envelope::new(call.started).action(action).organization(view::organization_data(&overview));
    Ok(envelope.into_response(call.state.clock.now()))
}
