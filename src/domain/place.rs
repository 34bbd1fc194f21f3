//! Where a request knocks: by name as it came, and resolved as everything after the door uses it.

use std::sync::Arc;

use uuid::Uuid;

use super::client::ClientId;
use super::id::TenantId;
use super::tenant::{AppSettings, Application, Organization};

/// A place as a path names it, not yet known to exist.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PlaceName {
    /// `/management`
    Management,
    /// `/{org}/{app}`; each a name or a UUID.
    App { org: String, app: String },
    /// `/{app uuid}`
    AppById(Uuid),
}

/// A place that exists.
#[derive(Clone, Debug)]
pub enum Place {
    Management,
    App { org: Arc<Organization>, app: Arc<Application> },
}

impl Place {
    /// The tenant whose rows and keys serve this place.
    pub fn tenant(&self) -> TenantId {
        match self {
            Self::Management => TenantId::MANAGEMENT,
            Self::App { app, .. } => app.id.into(),
        }
    }

    /// The client id under which a place itself asks: its own client for an application, a word for the management
    /// plane. Tokens of a sign-in without a client bear it.
    pub fn client_id(&self) -> String {
        match self {
            Self::Management => "management".to_owned(),
            Self::App { app, .. } => ClientId::App(app.id).to_string(),
        }
    }

    /// What the place's application decides for itself.
    pub fn app_settings(&self) -> Option<&AppSettings> {
        match self {
            Self::Management => None,
            Self::App { app, .. } => Some(&app.settings),
        }
    }
}

/// The public base URL of the server, without a trailing slash; every issuer begins with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BaseUrl(Arc<str>);

impl BaseUrl {
    /// Takes a checked URL; a trailing slash is cut.
    pub fn new(url: &str) -> Self {
        Self(Arc::from(url.trim_end_matches('/')))
    }

    /// The URL without a trailing slash.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The issuer of a place (RFC 8414 §2): `{base}/{org}/{app}` or `{base}/management`.
    pub fn issuer(&self, place: &Place) -> String {
        match place {
            Place::Management => format!("{}/management", self.0),
            Place::App { org, app } => format!("{}/{}/{}", self.0, org.name, app.name),
        }
    }
}
