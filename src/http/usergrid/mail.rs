//! The outbox and the words of mails: an application's for those who administer its organization, the management
//! plane's for the superuser.

use std::sync::Arc;

use actix_web::HttpResponse;
use actix_web::http::Method;
use serde_json::{Map, Value, json};

use super::envelope::Envelope;
use crate::domain::authority::Principal;
use crate::domain::id::TenantId;
use crate::domain::mail::{Mail, MailTemplate};
use crate::domain::place::{Place, PlaceName};
use crate::domain::tenant::Application;
use crate::http::error::{Refusal, RequestError};
use crate::http::extract::call::Call;
use crate::manage::{Actor, NewTemplate, ShownTemplate};

/// `GET /management/orgs/{org}/apps/{app}/mail`: the application's outbox, newest first, without bodies.
pub async fn of_application(call: Call) -> Result<HttpResponse, Refusal> {
    let (app, _) = administered(&call).await?;
    list(&call, app.id.into()).await
}

/// `GET /management/orgs/{org}/apps/{app}/mail/{mail}`: one mail; with its words while there is no mail server.
pub async fn read_of_application(call: Call) -> Result<HttpResponse, Refusal> {
    let (app, caller) = administered(&call).await?;
    read(&call, app.id.into(), caller).await
}

/// `GET /system/mail`: the outbox of the management plane.
pub async fn of_management(call: Call) -> Result<HttpResponse, Refusal> {
    superuser(&call).await?;
    list(&call, TenantId::MANAGEMENT).await
}

/// `GET /system/mail/{mail}`
pub async fn read_of_management(call: Call) -> Result<HttpResponse, Refusal> {
    let caller = superuser(&call).await?;
    read(&call, TenantId::MANAGEMENT, caller).await
}

/// `GET|PUT|DELETE /management/orgs/{org}/apps/{app}/mail/templates/{name}`: the application's own words.
pub async fn template(call: Call) -> Result<HttpResponse, Refusal> {
    let (app, caller) = administered(&call).await?;
    let (registry, name, tenant) = (&call.state.registry, call.segment("name"), TenantId::from(app.id));
    let (action, done) = match *call.request.method() {
        Method::PUT => {
            let new = asked(&call)?;
            ("set mail template", registry.set_mail_template(tenant, (name, new), Actor::Caller(caller)).await)
        }
        Method::DELETE => {
            let removed = registry.remove_mail_template(tenant, name, Actor::Caller(caller)).await;
            ("remove mail template", removed)
        }
        _ => ("get mail template", Ok(())),
    };
    done.map_err(|cause| call.refuse(&cause))?;
    let found = registry.get_mail_template(tenant, name).await.map_err(|cause| call.refuse(&cause))?;
    let envelope = Envelope::new(call.started).action(action).ok().data(shown_template(&found));
    Ok(envelope.into_response(call.state.clock.now()))
}

/// The application of a path below its organization, and the caller, who has access to both.
pub(super) async fn administered(call: &Call) -> Result<(Arc<Application>, Principal), Refusal> {
    let session = call.session(&Place::Management).await?;
    let (org, caller) = call.organization(session.as_ref()).await?;
    let name = PlaceName::App { org: org.id.to_string(), app: call.segment("app").to_owned() };
    let place = call.state.registry.place(&name).await.map_err(|cause| call.refuse(&cause))?;
    let Some(Place::App { app, .. }) = place else { return Err(call.unknown_place()) };
    Ok((app, caller))
}

/// The caller, who is the superuser.
pub(super) async fn superuser(call: &Call) -> Result<Principal, Refusal> {
    let session = call.session(&Place::Management).await?;
    let admin = call.state.guard.superuser(session.as_ref()).map_err(|cause| call.refuse(&cause))?;
    Ok(Principal::Admin { admin })
}

async fn list(call: &Call, tenant: TenantId) -> Result<HttpResponse, Refusal> {
    let limit = call.query("limit").and_then(|text| text.parse().ok());
    let mails = call.state.registry.list_mails(tenant, limit).await.map_err(|cause| call.refuse(&cause))?;
    let shown: Vec<Value> = mails.iter().map(|mail| Value::Object(shown(mail))).collect();
    let envelope = Envelope::new(call.started).action("get mail").ok().count(shown.len()).data(shown);
    Ok(envelope.into_response(call.state.clock.now()))
}

async fn read(call: &Call, tenant: TenantId, caller: Principal) -> Result<HttpResponse, Refusal> {
    let found = call.state.registry.read_mail(tenant, call.segment("mail"), Actor::Caller(caller)).await;
    let (mail, words) = found.map_err(|cause| call.refuse(&cause))?;
    let mut data = shown(&mail);
    if let Some(words) = words {
        data.insert("subject".to_owned(), json!(words.subject));
        data.insert("text".to_owned(), json!(words.text));
        data.insert("html".to_owned(), json!(words.html));
    }
    let envelope = Envelope::new(call.started).action("get mail").ok().data(data);
    Ok(envelope.into_response(call.state.clock.now()))
}

/// A mail as its administrators see it.
///
/// *Shape*: `{"uuid":"..","template":"password_reset","recipient":"..","state":"held","attempts":0,"created":ms}`
fn shown(mail: &Mail) -> Map<String, Value> {
    let mut data = Map::new();
    let mut set = |name: &str, value: Value| data.insert(name.to_owned(), value);
    set("uuid", json!(mail.id));
    set("template", json!(mail.kind.as_str()));
    set("recipient", json!(mail.recipient));
    set("state", json!(mail.state.as_str()));
    set("attempts", json!(mail.attempts));
    set("created", json!(mail.created.millis()));
    if let Some(sent) = mail.sent {
        set("sent", json!(sent.millis()));
    }
    if let Some(error) = &mail.last_error {
        set("error", json!(error));
    }
    data
}

fn asked(call: &Call) -> Result<NewTemplate, Refusal> {
    let object = call.object()?;
    let text = |name: &'static str| match object.get(name) {
        Some(Value::String(text)) => Ok(text.clone()),
        _ => Err(call.refuse(&RequestError::Missing(name))),
    };
    let html = match object.get("html") {
        None | Some(Value::Null) => None,
        Some(_) => Some(text("html")?),
    };
    Ok(NewTemplate { subject: text("subject")?, text: text("text")?, html })
}

fn shown_template(found: &ShownTemplate) -> Value {
    let own = |MailTemplate { subject, text, html, modified, .. }: &MailTemplate| json!({ "subject": subject, "text": text, "html": html, "modified": modified.millis() });
    json!({
        "name": found.kind.as_str(),
        "own": found.own.as_ref().map(own),
        "default": found.default,
        "placeholders": found.placeholders,
    })
}
