//! The sessions of a person and what they allowed clients, for them and for those above them. No permission that an
//! application grants reaches these: whoever may end a session may sign its holder out.

use actix_web::HttpResponse;
use actix_web::http::Method;
use serde_json::{Value, json};
use uuid::Uuid;

use super::account::owned;
use super::envelope::Envelope;
use super::users::about;
use crate::access::{AccessError, Need, Session};
use crate::domain::authority::Principal;
use crate::domain::browser::Consent;
use crate::domain::id::TenantId;
use crate::domain::place::Place;
use crate::http::error::{Refusal, RequestError};
use crate::http::extract::call::Call;
use crate::manage::{Actor, ManageError, ShownSession, Which};

/// Whose sessions and consents a route is about.
struct Subject {
    place: Place,
    holder: Uuid,
    session: Option<Session>,
}

impl Subject {
    /// The user that the path names, for themselves and the administration of the application.
    async fn user(call: &Call) -> Result<Self, Refusal> {
        let (place, session, user) = owned(call).await?;
        Ok(Self { place, holder: user.id.uuid(), session })
    }

    /// The admin that the path names, for themselves and the superuser. An unknown one is refused like a foreign one.
    async fn admin(call: &Call) -> Result<Self, Refusal> {
        let session = call.session(&Place::Management).await?;
        let named = call.named("user")?;
        let own = match session.as_ref().map(|session| session.principal) {
            Some(Principal::Admin { admin }) => Some(admin),
            _ => None,
        };
        let found = match own.filter(|_| named.eq_ignore_ascii_case("me")) {
            Some(own) => Some(own),
            None => {
                let found = call.state.registry.find_admin(&named).await;
                found.map_err(|cause| call.refuse(&cause))?.map(|admin| admin.id)
            }
        };
        let is_over = call.state.guard.superuser(session.as_ref()).is_ok();
        let admin = found.filter(|admin| is_over || own == Some(*admin));
        let admin = admin.ok_or_else(|| call.refuse(&AccessError::Forbidden(Need::Permission)))?;
        Ok(Self { place: Place::Management, holder: admin.uuid(), session })
    }

    fn tenant(&self) -> TenantId {
        self.place.tenant()
    }

    fn actor(&self) -> Actor {
        self.session.as_ref().map(|session| session.principal).into()
    }

    /// The `sid` of the caller's own token.
    fn own(&self) -> Option<Uuid> {
        self.session.as_ref().and_then(|session| session.token.as_ref()).and_then(|token| token.session)
    }

    fn envelope(&self, call: &Call, action: &'static str) -> Envelope {
        match self.place {
            Place::App { .. } => about(call, &self.place, action),
            Place::Management => Envelope::new(call.started).action(action),
        }
    }
}

/// `GET|DELETE /{org}/{app}/users/{user}/sessions`
pub async fn all_of_user(call: Call) -> Result<HttpResponse, Refusal> {
    let subject = Subject::user(&call).await?;
    all(&call, &subject).await
}

/// `DELETE /{org}/{app}/users/{user}/sessions/{session}`
pub async fn one_of_user(call: Call) -> Result<HttpResponse, Refusal> {
    let subject = Subject::user(&call).await?;
    one(&call, &subject).await
}

/// `GET|DELETE /management/users/{user}/sessions`
pub async fn all_of_admin(call: Call) -> Result<HttpResponse, Refusal> {
    let subject = Subject::admin(&call).await?;
    all(&call, &subject).await
}

/// `DELETE /management/users/{user}/sessions/{session}`
pub async fn one_of_admin(call: Call) -> Result<HttpResponse, Refusal> {
    let subject = Subject::admin(&call).await?;
    one(&call, &subject).await
}

/// `GET /{org}/{app}/users/{user}/consents`
pub async fn consents_of_user(call: Call) -> Result<HttpResponse, Refusal> {
    let subject = Subject::user(&call).await?;
    consents(&call, &subject).await
}

/// `DELETE /{org}/{app}/users/{user}/consents/{client}`
pub async fn consent_of_user(call: Call) -> Result<HttpResponse, Refusal> {
    let subject = Subject::user(&call).await?;
    consent(&call, &subject).await
}

/// `GET /management/users/{user}/consents`
pub async fn consents_of_admin(call: Call) -> Result<HttpResponse, Refusal> {
    let subject = Subject::admin(&call).await?;
    consents(&call, &subject).await
}

/// `DELETE /management/users/{user}/consents/{client}`
pub async fn consent_of_admin(call: Call) -> Result<HttpResponse, Refusal> {
    let subject = Subject::admin(&call).await?;
    consent(&call, &subject).await
}

async fn all(call: &Call, subject: &Subject) -> Result<HttpResponse, Refusal> {
    let registry = &call.state.registry;
    let is_delete = call.request.method() == Method::DELETE;
    if is_delete {
        let which = match call.query("except").as_deref() {
            None => Which::All,
            Some("current") => Which::AllButCurrent,
            Some(_) => return Err(call.refuse(&RequestError::BadExcept)),
        };
        let ended =
            registry.end_sessions(subject.tenant(), (subject.holder, subject.own()), which, subject.actor()).await;
        ended.map_err(|cause| call.refuse(&cause))?;
        return Ok(subject.envelope(call, "end sessions").into_response(call.state.clock.now()));
    }
    let found = registry.list_sessions(subject.tenant(), subject.holder, subject.own()).await;
    let shown: Vec<Value> = found.map_err(|cause| call.refuse(&cause))?.iter().map(shown_session).collect();
    let envelope = subject.envelope(call, "get sessions").count(shown.len()).entities(shown);
    Ok(envelope.into_response(call.state.clock.now()))
}

async fn one(call: &Call, subject: &Subject) -> Result<HttpResponse, Refusal> {
    let named = call.named("session")?;
    let id = Uuid::try_parse(&named);
    let id = id.map_err(|_not_an_id| call.refuse(&ManageError::UnknownSession(named)))?;
    let whose = (subject.holder, subject.own());
    let ended = call.state.registry.end_sessions(subject.tenant(), whose, Which::One(id), subject.actor()).await;
    ended.map_err(|cause| call.refuse(&cause))?;
    Ok(subject.envelope(call, "end session").into_response(call.state.clock.now()))
}

async fn consents(call: &Call, subject: &Subject) -> Result<HttpResponse, Refusal> {
    let registry = &call.state.registry;
    let found = registry.list_consents(subject.tenant(), subject.holder).await;
    let mut shown = Vec::new();
    for consent in found.map_err(|cause| call.refuse(&cause))? {
        let client = registry.client_metadata(subject.tenant(), consent.client).await;
        let name = client.map_err(|cause| call.refuse(&cause))?.map(|(name, _)| name);
        shown.push(shown_consent(&consent, name.as_deref()));
    }
    let envelope = subject.envelope(call, "get consents").count(shown.len()).entities(shown);
    Ok(envelope.into_response(call.state.clock.now()))
}

async fn consent(call: &Call, subject: &Subject) -> Result<HttpResponse, Refusal> {
    let client = call.named("client")?;
    let whose = (subject.holder, client.as_str());
    let revoked = call.state.registry.revoke_consent(subject.tenant(), whose, subject.actor()).await;
    revoked.map_err(|cause| call.refuse(&cause))?;
    Ok(subject.envelope(call, "revoke consent").into_response(call.state.clock.now()))
}

/// *Units*: moments are UTC milliseconds.
fn shown_session(session: &ShownSession) -> Value {
    let mut shown = json!({
        "uuid": session.id,
        "type": "session",
        "kind": session.kind,
        "clients": session.clients,
        "created": session.created.millis(),
        "last_used": session.seen.millis(),
        "expires": session.expires.millis(),
        "current": session.is_current,
    });
    if let Some(members) = shown.as_object_mut() {
        for (name, text) in [("device", &session.device), ("source", &session.source)] {
            if let Some(text) = text {
                members.insert(name.to_owned(), json!(text));
            }
        }
    }
    shown
}

/// *Units*: moments are UTC milliseconds.
fn shown_consent(consent: &Consent, name: Option<&str>) -> Value {
    json!({
        "type": "consent",
        "client_id": consent.client.client_id(),
        "client_name": name,
        "scope": consent.scope,
        "created": consent.created.millis(),
        "modified": consent.modified.millis(),
    })
}
