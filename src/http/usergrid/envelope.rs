//! Usergrid's envelope for answers and for errors: pretty-printed JSON, its members in the order clients have
//! always seen, absent ones left out. *Spec*: Usergrid `ApiResponse`.

use std::borrow::Cow;
use std::collections::BTreeMap;

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use serde::{Serialize, Serializer};
use serde_json::{Map, Value};
use uuid::Uuid;

use crate::domain::client::ClientId;
use crate::domain::clock::Moment;
use crate::domain::id::AppId;
use crate::domain::name::TenantName;
use crate::domain::secret::Secret;
use crate::http::extract::urlencoded::{decode, pairs};

/// Query parameters that are never echoed, in any letter case: a misspelt name bears the same secret. The last ones
/// are not on Usergrid's list, which did not know their grants.
const HIDDEN_PARAMS: [&str; 18] = [
    "client_id",
    "client_secret",
    "password",
    "username",
    "access_token",
    "client_credentials",
    "fb_access_token",
    "fq_access_token",
    "ping_access_token",
    "token",
    "refresh_token",
    "pin",
    "code",
    "subject_token",
    "actor_token",
    "assertion",
    "device_code",
    "user_code",
];

/// A successful answer. Its status is always 200: Usergrid's clients take nothing else for success.
///
/// *Shape*: `{"action":"get","application":"<uuid>","params":{},"path":"/users","uri":"http://..","status":"ok",
/// "entities":[],"data":{},"timestamp":1,"duration":0,"count":0,"organization":"acme","applicationName":"shop"}`
/// *Units*: `timestamp` UTC milliseconds, `duration` milliseconds.
#[derive(Clone, Debug, Serialize)]
pub struct Envelope {
    #[serde(skip_serializing_if = "Option::is_none")]
    action: Option<Cow<'static, str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    application: Option<AppId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    params: Option<BTreeMap<String, Vec<String>>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    path: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    uri: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    entities: Option<Vec<Value>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    data: Option<Value>,
    #[serde(flatten)]
    timing: Timing,
    #[serde(skip_serializing_if = "Option::is_none")]
    cursor: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    count: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    organization: Option<Value>,
    #[serde(rename = "applicationName", skip_serializing_if = "Option::is_none")]
    application_name: Option<TenantName>,
    #[serde(skip_serializing_if = "Option::is_none")]
    credentials: Option<Credentials>,
    #[serde(flatten)]
    extra: Map<String, Value>,
}

impl Envelope {
    /// An empty envelope for a request that began at `started`.
    pub fn new(started: Moment) -> Self {
        Self {
            action: None,
            application: None,
            params: None,
            path: None,
            uri: None,
            status: None,
            entities: None,
            data: None,
            timing: Timing::new(started),
            cursor: None,
            count: None,
            organization: None,
            application_name: None,
            credentials: None,
            extra: Map::new(),
        }
    }

    /// What was done: a method's name on application routes, a phrase on management routes.
    pub fn action(mut self, action: impl Into<Cow<'static, str>>) -> Self {
        self.action = Some(action.into());
        self
    }

    /// The application that answered.
    pub fn application(mut self, id: AppId) -> Self {
        self.application = Some(id);
        self
    }

    /// The query's parameters, without those that bear or name a credential; undecodable ones are left out.
    pub fn params(mut self, query: &str) -> Self {
        let mut params = BTreeMap::<String, Vec<String>>::new();
        for (name, value) in pairs(query.as_bytes()) {
            if let (Ok(name), Ok(value)) = (decode(name), decode(value))
                && !HIDDEN_PARAMS.iter().any(|hidden| hidden.eq_ignore_ascii_case(&name))
            {
                params.entry(name.into_owned()).or_default().push(value.into_owned());
            }
        }
        self.params = Some(params);
        self
    }

    /// The path below the application, as `/users`.
    pub fn path(mut self, path: impl Into<String>) -> Self {
        self.path = Some(path.into());
        self
    }

    /// The full address of what was asked for, without a trailing slash.
    pub fn uri(mut self, uri: impl Into<String>) -> Self {
        self.uri = Some(uri.into());
        self
    }

    /// Adds `"status":"ok"`, which some management routes have.
    pub fn ok(mut self) -> Self {
        self.status = Some("ok");
        self
    }

    /// The entities found or touched; a single one is a list of one.
    pub fn entities(mut self, entities: Vec<Value>) -> Self {
        self.entities = Some(entities);
        self
    }

    /// Any other payload.
    pub fn data(mut self, data: impl Into<Value>) -> Self {
        self.data = Some(data.into());
        self
    }

    /// Where the next page begins; none after the last one.
    pub fn cursor(mut self, cursor: Option<String>) -> Self {
        self.cursor = cursor;
        self
    }

    /// How many entities this page has.
    pub fn count(mut self, count: usize) -> Self {
        self.count = Some(count);
        self
    }

    /// The organization: its name on application routes, an object on management routes.
    pub fn organization(mut self, organization: impl Into<Value>) -> Self {
        self.organization = Some(organization.into());
        self
    }

    /// The application's name.
    pub fn application_name(mut self, name: TenantName) -> Self {
        self.application_name = Some(name);
        self
    }

    /// A client's id and, where it can be read back, its secret.
    pub fn credentials(mut self, client_id: ClientId, client_secret: Option<Secret>) -> Self {
        self.credentials = Some(Credentials { client_id, client_secret });
        self
    }

    /// A member of its own, behind all others; never one of those above.
    pub fn member(mut self, name: impl Into<String>, value: impl Into<Value>) -> Self {
        self.extra.insert(name.into(), value.into());
        self
    }

    /// Closes the envelope.
    pub fn into_response(mut self, now: Moment) -> HttpResponse {
        self.timing.stop(now);
        respond(StatusCode::OK, &self)
    }
}

/// A refusal in Usergrid's words.
///
/// *Shape*: `{"error":"unauthorized","timestamp":1,"duration":0,"error_description":"..","trace_id":".."}`, with
/// `error_id` in place of `trace_id` where the server failed.
#[derive(Clone, Debug, Serialize)]
pub struct ErrorEnvelope {
    error: &'static str,
    #[serde(flatten)]
    timing: Timing,
    error_description: Cow<'static, str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    trace_id: Option<Uuid>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error_id: Option<Uuid>,
    #[serde(skip_serializing_if = "Option::is_none")]
    exception: Option<&'static str>,
}

impl ErrorEnvelope {
    /// A refusal of a request that began at `started`. The description is for the caller: a sentence, no cause.
    pub fn new(error: &'static str, description: impl Into<Cow<'static, str>>, started: Moment) -> Self {
        let timing = Timing::new(started);
        Self { error, timing, error_description: description.into(), trace_id: None, error_id: None, exception: None }
    }

    /// What the log and the tenant's administration know this refusal by.
    pub fn trace_id(mut self, id: Uuid) -> Self {
        self.trace_id = Some(id);
        self
    }

    /// What the log knows this failure by.
    pub fn error_id(mut self, id: Uuid) -> Self {
        self.error_id = Some(id);
        self
    }

    /// Usergrid: the name of a Java class; some clients show it.
    pub fn exception(mut self, name: &'static str) -> Self {
        self.exception = Some(name);
        self
    }

    /// Closes the envelope.
    pub fn into_response(mut self, status: StatusCode, now: Moment) -> HttpResponse {
        self.timing.stop(now);
        respond(status, &self)
    }

    /// Closes the envelope as text, to be put into another body.
    pub fn into_json(mut self, now: Moment) -> String {
        self.timing.stop(now);
        serde_json::to_string(&self).unwrap_or_default()
    }
}

#[derive(Clone, Debug, Serialize)]
struct Timing {
    #[serde(rename = "timestamp", serialize_with = "as_millis")]
    started: Moment,
    duration: u64,
}

impl Timing {
    fn new(started: Moment) -> Self {
        Self { started, duration: 0 }
    }

    fn stop(&mut self, now: Moment) {
        self.duration = u64::try_from(now.since(self.started).as_millis()).unwrap_or(u64::MAX);
    }
}

fn as_millis<S: Serializer>(moment: &Moment, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_i64(moment.millis())
}

#[derive(Clone, Debug, Serialize)]
struct Credentials {
    client_id: ClientId,
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "revealed")]
    client_secret: Option<Secret>,
}

/// The one place where a secret is meant to be seen: by its owner, who asked for it.
fn revealed<S: Serializer>(secret: &Option<Secret>, serializer: S) -> Result<S::Ok, S::Error> {
    secret.as_ref().map(Secret::expose).serialize(serializer)
}

/// The media type is sent without a charset: Usergrid's own tests compare it for equality.
fn respond(status: StatusCode, body: &impl Serialize) -> HttpResponse {
    match serde_json::to_vec_pretty(body) {
        Ok(json) => HttpResponse::build(status).content_type("application/json").body(json),
        Err(error) => {
            tracing::error!(%error, "an envelope could not be written as JSON");
            HttpResponse::InternalServerError().finish()
        }
    }
}

#[cfg(test)]
mod tests;
