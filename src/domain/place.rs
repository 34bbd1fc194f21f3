//! Where a request knocks: by name as it came, and resolved as everything after the door uses it.

use std::sync::Arc;

use uuid::Uuid;

use super::id::TenantId;
use super::tenant::{Application, Organization};

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

    /// The path of the issuer below the base URL: `management` or `{org}/{app}`.
    pub fn path(&self) -> String {
        match self {
            Self::Management => "management".to_owned(),
            Self::App { org, app } => format!("{}/{}", org.name, app.name),
        }
    }
}
