//! Devices that wait for a person to let them in (RFC 8628).

use std::time::Duration;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::authority::{Authority, Principal};
use super::clock::Moment;
use super::id::{AdminId, RegisteredId, TenantId, UserId};
use super::place::Place;
use super::scope::Scopes;
use super::secret::Digest;
use super::token::SignInEvent;

/// How far a device has come. `Denied` and `Used` are ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeviceState {
    Pending,
    Approved,
    Denied,
    Used,
}

impl DeviceState {
    /// The word used in rows.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Approved => "approved",
            Self::Denied => "denied",
            Self::Used => "used",
        }
    }

    /// Reads a row's word.
    pub fn parse(word: &str) -> Option<Self> {
        [Self::Pending, Self::Approved, Self::Denied, Self::Used].into_iter().find(|state| state.as_str() == word)
    }
}

/// A device that asked to be let in. Both of its codes are kept as digests.
#[derive(Clone, Debug)]
pub struct DeviceGrant {
    pub tenant: TenantId,
    /// Of the device code.
    pub digest: Digest,
    /// Of the code that a person types.
    pub user_code: Digest,
    pub client: RegisteredId,
    pub scopes: Scopes,
    pub details: DeviceDetails,
    pub state: DeviceState,
    /// Who let it in.
    pub holder: Option<(Authority, Uuid)>,
    /// The browser's session in which they did.
    pub session: Option<Uuid>,
    /// How long it has to wait between two questions.
    pub pause: Duration,
    /// When it last asked in time.
    pub polled: Option<Moment>,
    /// What came of it.
    pub family: Option<Uuid>,
    pub created: Moment,
    pub expires: Moment,
}

impl DeviceGrant {
    /// Who let it in, at the place where they did.
    pub fn principal(&self, place: &Place) -> Option<Principal> {
        match (self.holder?, place) {
            ((Authority::AppUser, user), Place::App { org, app }) => {
                Some(Principal::AppUser { org: org.id, app: app.id, user: UserId::new(user) })
            }
            ((Authority::Admin, admin), Place::Management) => Some(Principal::Admin { admin: AdminId::new(admin) }),
            _ => None,
        }
    }
}

/// What else is known of a device.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct DeviceDetails {
    /// How whoever let it in had signed in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub event: Option<SignInEvent>,
    /// When they answered. *Units*: UTC microseconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub answered: Option<i64>,
    /// RFC 8707.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub resources: Vec<String>,
    /// The program on the device, as it names itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub device: Option<String>,
    /// The network from which it asked: shown to the person, who may see that it is not theirs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// The key that it has shown from the beginning (RFC 9449).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub jkt: Option<String>,
}

/// A person's answer to a device.
#[derive(Clone, Debug)]
pub struct DeviceAnswer {
    pub state: DeviceState,
    pub holder: (Authority, Uuid),
    pub session: Uuid,
    pub details: DeviceDetails,
}
