//! Who holds a token and what it may reach.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::client::ClientId;
use super::id::{AdminId, AppId, OrgId, RegisteredId, TenantId, UserId};

/// The four authority levels. A guest is the absence of one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Authority {
    AppUser,
    AppClient,
    OrgClient,
    Admin,
}

impl Authority {
    /// Every level, lowest first.
    pub const ALL: [Self; 4] = [Self::AppUser, Self::AppClient, Self::OrgClient, Self::Admin];

    /// The word used in tokens, rows and logs.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::AppUser => "app_user",
            Self::AppClient => "app_client",
            Self::OrgClient => "org_client",
            Self::Admin => "admin",
        }
    }
}

impl fmt::Display for Authority {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A word that names no authority level.
#[derive(Debug, thiserror::Error)]
#[error("not an authority level")]
pub struct UnknownAuthority;

impl FromStr for Authority {
    type Err = UnknownAuthority;
    fn from_str(word: &str) -> Result<Self, Self::Err> {
        Self::ALL.into_iter().find(|level| level.as_str() == word).ok_or(UnknownAuthority)
    }
}

/// Who holds an authority, always with the tenant it lives in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Principal {
    AppUser {
        org: OrgId,
        app: AppId,
        user: UserId,
    },
    AppClient {
        org: OrgId,
        app: AppId,
    },
    OrgClient {
        org: OrgId,
    },
    Admin {
        admin: AdminId,
    },
    /// A registered client that asks for itself: of an application, or of the management plane. It stands at the level of
    /// an application's client and reaches only what its scopes name.
    Registered {
        org: Option<OrgId>,
        app: Option<AppId>,
        client: RegisteredId,
    },
}

impl Principal {
    /// The level this principal holds.
    pub fn authority(&self) -> Authority {
        match self {
            Self::AppUser { .. } => Authority::AppUser,
            Self::AppClient { .. } | Self::Registered { .. } => Authority::AppClient,
            Self::OrgClient { .. } => Authority::OrgClient,
            Self::Admin { .. } => Authority::Admin,
        }
    }

    /// The tenant whose keys sign this principal's tokens, wherever it knocked.
    ///
    /// An application vouches for its own users and client only; whatever reaches beyond one application is signed
    /// by the management plane, so that an application's key can never make an organization's token.
    pub fn issuing_tenant(&self) -> TenantId {
        match self {
            Self::AppUser { app, .. } | Self::AppClient { app, .. } | Self::Registered { app: Some(app), .. } => {
                (*app).into()
            }
            Self::OrgClient { .. } | Self::Admin { .. } | Self::Registered { app: None, .. } => TenantId::MANAGEMENT,
        }
    }

    /// The UUID of the user, admin, application or organization behind it.
    pub fn uuid(&self) -> Uuid {
        match self {
            Self::AppUser { user, .. } => user.uuid(),
            Self::AppClient { app, .. } => app.uuid(),
            Self::OrgClient { org } => org.uuid(),
            Self::Admin { admin } => admin.uuid(),
            Self::Registered { client, .. } => client.uuid(),
        }
    }

    /// The organization it lives in; none for an admin, who may belong to several.
    pub fn org(&self) -> Option<OrgId> {
        match self {
            Self::AppUser { org, .. } | Self::AppClient { org, .. } | Self::OrgClient { org } => Some(*org),
            Self::Registered { org, .. } => *org,
            Self::Admin { .. } => None,
        }
    }

    /// The application it lives in.
    pub fn app(&self) -> Option<AppId> {
        match self {
            Self::AppUser { app, .. } | Self::AppClient { app, .. } => Some(*app),
            Self::Registered { app, .. } => *app,
            Self::OrgClient { .. } | Self::Admin { .. } => None,
        }
    }

    /// The `sub` claim: a UUID for people, a client id for clients, so that the two id spaces never meet
    /// (RFC 9700 §4.15).
    pub fn subject(&self) -> String {
        match self {
            Self::AppUser { .. } | Self::Admin { .. } => self.uuid().to_string(),
            Self::AppClient { app, .. } => ClientId::App(*app).to_string(),
            Self::OrgClient { org } => ClientId::Org(*org).to_string(),
            Self::Registered { client, .. } => client.client_id(),
        }
    }
}

/// As the audit log names it: `app_user:<uuid>`.
impl fmt::Display for Principal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.authority(), self.uuid())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_principal_prints_as_the_audit_log_names_it() {
        let id = |last| Uuid::from_u128(last);
        let (org, app, user) = (OrgId::new(id(1)), AppId::new(id(2)), UserId::new(id(3)));
        let shown = [
            Principal::AppUser { org, app, user },
            Principal::AppClient { org, app },
            Principal::OrgClient { org },
            Principal::Admin { admin: AdminId::new(id(4)) },
        ];
        assert_eq!(
            shown.map(|principal| principal.to_string()),
            [
                "app_user:00000000-0000-0000-0000-000000000003",
                "app_client:00000000-0000-0000-0000-000000000002",
                "org_client:00000000-0000-0000-0000-000000000001",
                "admin:00000000-0000-0000-0000-000000000004",
            ]
        );
    }
}
