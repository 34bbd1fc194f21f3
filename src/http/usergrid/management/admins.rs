//! Accounts of the management plane: made by anyone or by the superuser alone, then their holder's and the superuser's.

use actix_web::HttpResponse;
use actix_web::http::Method;
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::orgs::may_register;
use super::{actor, named_admin, properties, take_object, take_secret, take_text};
use crate::access::Session;
use crate::domain::authority::Principal;
use crate::domain::id::AdminId;
use crate::domain::name::Email;
use crate::domain::place::Place;
use crate::domain::secret::Secret;
use crate::domain::user::{Admin, Ruling, Standing};
use crate::http::error::{Refusal, RequestError};
use crate::http::extract::call::Call;
use crate::http::extract::parameters::ParameterError;
use crate::http::usergrid::envelope::Envelope;
use crate::http::usergrid::view;
use crate::manage::{AdminUpdate, NewAdmin, NewRegistration, Owner, PasswordChange, Proof};

/// `POST /management/users`: *Shape*: `username,name,email,password`, form or JSON.
pub async fn create(call: Call) -> Result<HttpResponse, Refusal> {
    let session = call.session(&Place::Management).await?;
    may_register(&call, session.as_ref())?;
    let mut body = call.object()?;
    let email = take_text(&call, &mut body, "email")?.ok_or_else(|| call.refuse(&RequestError::Missing("email")))?;
    let new = NewAdmin {
        username: take_text(&call, &mut body, "username")?,
        email: Some(email),
        name: take_text(&call, &mut body, "name")?,
        password: Some(take_secret(&call, &mut body, "password")?.unwrap_or_else(|| Secret::new(""))),
        properties: unfolded(&call, body)?,
    };
    let created = call.state.registry.create_admin(new, actor(session.as_ref())).await;
    let data = json!({ "user": view::admin(&created.map_err(|cause| call.refuse(&cause))?) });
    Ok(Envelope::new(call.started).action("create user").data(data).into_response(call.state.clock.now()))
}

/// `GET|PUT /management/users/{user}`, the user by UUID, email, username or `me`.
pub async fn item(call: Call) -> Result<HttpResponse, Refusal> {
    match *call.request.method() {
        Method::PUT => update(&call).await,
        _ => read(&call).await,
    }
}

async fn read(call: &Call) -> Result<HttpResponse, Refusal> {
    let session = call.session(&Place::Management).await?;
    let admin = named_admin(call, session.as_ref()).await?;
    let registry = &call.state.registry;
    let overview = registry.get_admin_overview(admin.id).await.map_err(|cause| call.refuse_holder(&cause))?;
    let is_shallow = call.query("shallow").is_some_and(|shallow| shallow == "true");
    let mut organizations = Map::new();
    for (org, _) in &overview.orgs {
        let shown = if is_shallow {
            view::organization_info(org)
        } else {
            let overview = registry.get_org_overview(org.id).await.map_err(|cause| call.refuse(&cause))?;
            view::organization_data(&overview)
        };
        organizations.insert(org.name.to_string(), shown);
    }
    let mut data = view::admin(&overview.admin);
    data.insert("organizations".to_owned(), Value::Object(organizations));
    // Usergrid: the portal stores this as its token after it created or left an organization.
    if let Some(token) = session.as_ref().and_then(|session| session.token.as_ref()) {
        data.insert("token".to_owned(), json!(token.text.expose()));
    }
    Ok(Envelope::new(call.started).action("get admin user").ok().data(data).into_response(call.state.clock.now()))
}

/// `username`, `name`, `email`, `oldpassword` with `newpassword`; any other member is a property, `""` takes one away.
/// The superuser may also set `activated`, `confirmed` and `disabled`.
async fn update(call: &Call) -> Result<HttpResponse, Refusal> {
    let session = call.session(&Place::Management).await?;
    let admin = named_admin(call, session.as_ref()).await?;
    let mut body = call.object()?;
    let standing = match call.state.guard.superuser(session.as_ref()) {
        Ok(_) => standing(call, &body, &admin)?,
        Err(_) => None,
    };
    let (old, new) = (take_secret(call, &mut body, "oldpassword")?, take_secret(call, &mut body, "newpassword")?);
    let update = AdminUpdate {
        username: take_text(call, &mut body, "username")?,
        name: take_text(call, &mut body, "name")?,
        email: take_text(call, &mut body, "email")?,
        properties: unfolded(call, body)?,
        standing,
    };
    if renames(&update, &admin) && call.state.guard.superuser(session.as_ref()).is_err() {
        call.keeps_admins()?;
    }
    if let Some(new) = new {
        call.keeps_admins()?;
        change_password(call, session.as_ref(), admin.id, old, new).await?;
    }
    let updated = call.state.registry.update_admin(admin, update, actor(session.as_ref())).await;
    updated.map_err(|cause| call.refuse(&cause))?;
    Ok(Envelope::new(call.started).action("update user info").into_response(call.state.clock.now()))
}

/// The properties of a body: those under `properties`, and beside them.
fn unfolded(call: &Call, mut body: Map<String, Value>) -> Result<Map<String, Value>, Refusal> {
    let mut merged = take_object(call, &mut body, "properties")?;
    merged.extend(properties(body));
    Ok(merged)
}

/// Whether an admin would be found by another name: where they are kept elsewhere, names tell who they are.
fn renames(update: &AdminUpdate, admin: &Admin) -> bool {
    let person = &admin.person;
    let differs = |said: &Option<String>, now: Option<&str>| said.as_deref().is_some_and(|said| Some(said) != now);
    differs(&update.username, Some(person.username.as_str()))
        || differs(&update.email, person.email.as_ref().map(Email::as_str))
}

fn standing(call: &Call, body: &Map<String, Value>, admin: &Admin) -> Result<Option<Standing>, Refusal> {
    let said = |name: &'static str| match body.get(name) {
        None => Ok(None),
        Some(Value::Bool(said)) => Ok(Some(*said)),
        Some(_) => Err(call.refuse(&ParameterError::WrongType(name))),
    };
    let before = admin.person.standing();
    let said = Ruling { activated: said("activated")?, confirmed: said("confirmed")?, disabled: said("disabled")? };
    let after = before.after(said, call.state.clock.now());
    Ok(Some(after).filter(|after| *after != before))
}

/// `PUT|POST /management/users/{user}/password`: the old password proves who asks; the superuser needs none.
///
/// Whoever names an account that does not exist hears what a wrong old password hears, and waits as long for it.
pub async fn password(call: Call) -> Result<HttpResponse, Refusal> {
    call.keeps_admins()?;
    let session = call.session(&Place::Management).await?;
    let mut body = call.object()?;
    let old = take_secret(&call, &mut body, "oldpassword")?;
    let new = take_secret(&call, &mut body, "newpassword")?;
    let new = new.ok_or_else(|| call.refuse(&RequestError::Missing("newpassword")))?;
    let is_superuser = call.state.guard.superuser(session.as_ref()).is_ok();
    let admin = match own_id(&call, session.as_ref())? {
        Some(own) => own,
        None if is_superuser => named_admin(&call, session.as_ref()).await?.id,
        None => {
            let named = call.named("user")?;
            let found = call.state.registry.find_admin(&named).await.map_err(|cause| call.refuse(&cause))?;
            // What the configuration keeps is nobody's to find here.
            let found = found.map(|admin| admin.id).filter(|id| *id != AdminId::SUPERUSER);
            found.unwrap_or(AdminId::new(Uuid::nil()))
        }
    };
    change_password(&call, session.as_ref(), admin, old, new).await?;
    Ok(Envelope::new(call.started).action("set user password").into_response(call.state.clock.now()))
}

fn own_id(call: &Call, session: Option<&Session>) -> Result<Option<AdminId>, Refusal> {
    let is_me = call.named("user")?.eq_ignore_ascii_case("me");
    Ok(session.filter(|_| is_me).and_then(|session| match session.principal {
        Principal::Admin { admin } => Some(admin),
        _ => None,
    }))
}

async fn change_password(
    call: &Call,
    session: Option<&Session>,
    admin: AdminId,
    old: Option<Secret>,
    new: Secret,
) -> Result<(), Refusal> {
    let is_superuser = call.state.guard.superuser(session).is_ok();
    let proof = match old {
        None if is_superuser => Proof::Authority,
        old => Proof::Old(old.unwrap_or_else(|| Secret::new(""))),
    };
    let own = session.filter(|session| session.principal == Principal::Admin { admin });
    let spare = own.and_then(|session| session.token.as_ref()).and_then(|token| token.session);
    let change = PasswordChange { proof, new, spare };
    let changed = call.state.registry.set_admin_password(admin, change, actor(session)).await;
    changed.map_err(|cause| call.refuse(&cause))
}

/// `GET|POST /management/users/{user}/organizations`
pub async fn organizations(call: Call) -> Result<HttpResponse, Refusal> {
    let session = call.session(&Place::Management).await?;
    let admin = named_admin(&call, session.as_ref()).await?;
    let registry = &call.state.registry;
    if call.request.method() == Method::POST {
        let mut body = call.object()?;
        let name = take_text(&call, &mut body, "organization")?
            .ok_or_else(|| call.refuse(&RequestError::MissingOrganization))?;
        let new = NewRegistration { name, properties: Map::new(), owner: Owner::Known(admin) };
        let created = registry.register_org(new, actor(session.as_ref())).await.map_err(|cause| call.refuse(&cause))?;
        let envelope = Envelope::new(call.started).action("new organization for user");
        return Ok(envelope.data(view::organization_info(&created.org)).into_response(call.state.clock.now()));
    }
    let overview = registry.get_admin_overview(admin.id).await.map_err(|cause| call.refuse_holder(&cause))?;
    let data: Map<String, Value> = overview.orgs.iter().map(|(org, _)| (org.name.to_string(), json!(org.id))).collect();
    Ok(Envelope::new(call.started).action("get user management").data(data).into_response(call.state.clock.now()))
}
