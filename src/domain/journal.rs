//! What is written down about a write: the change log for other nodes, the audit log for people.

use serde_json::Value;
use uuid::Uuid;

use super::clock::Moment;
use super::id::TenantId;

/// What the directory must forget, on every node.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChangeKind {
    /// An organization or application was created, changed or removed.
    Tenant,
    /// A client's secrets changed.
    ClientSecrets,
    /// An issuer's signing keys changed.
    SigningKeys,
    /// A revocation was added.
    Revocations,
    /// An admin joined or left an organization, or changed.
    Membership,
    /// A registered client or one of its secrets changed.
    RegisteredClients,
}

impl ChangeKind {
    /// The word used in rows.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Tenant => "tenant",
            Self::ClientSecrets => "client_secrets",
            Self::SigningKeys => "signing_keys",
            Self::Revocations => "revocations",
            Self::Membership => "membership",
            Self::RegisteredClients => "registered_clients",
        }
    }

    /// Reads a row's word.
    pub fn parse(word: &str) -> Option<Self> {
        [
            Self::Tenant,
            Self::ClientSecrets,
            Self::SigningKeys,
            Self::Revocations,
            Self::Membership,
            Self::RegisteredClients,
        ]
        .into_iter()
        .find(|kind| kind.as_str() == word)
    }
}

/// One line of the change log. Its id is a UUIDv7, so that no sequence is needed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Change {
    pub id: Uuid,
    pub tenant: TenantId,
    pub kind: ChangeKind,
}

/// One line of the audit log. `detail` never holds a secret.
#[derive(Clone, Debug, PartialEq)]
pub struct AuditEntry {
    pub id: Uuid,
    pub tenant: TenantId,
    pub at: Moment,
    /// `admin:<uuid>`, `app_user:<uuid>`, `org_client:<uuid>`, `operator` for the command line.
    pub actor: String,
    /// A verb phrase: `create application`, `rotate credentials`, `revoke tokens`.
    pub action: String,
    pub detail: Value,
}
