//! Machine credentials: whose client it is, and the public text of its id.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Serialize, Serializer};
use uuid::Uuid;

use super::clock::Moment;
use super::id::{AppId, OrgId, TenantId};
use super::secret::{Digest, Sealed};

const APP_PREFIX: &str = "YXA6";
const ORG_PREFIX: &str = "b3U6";

/// The client of an application or of an organization. Derived from its owner, it never changes.
///
/// *Shape*: `YXA6` or `b3U6`, then base64url of the owner's 16 bytes; 26 characters.
/// *Spec*: Usergrid `ClientCredentialsInfo`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ClientId {
    App(AppId),
    Org(OrgId),
}

impl ClientId {
    /// Reads a client id from outside; `None` for anything that was never issued in this form.
    pub fn parse(text: &str) -> Option<Self> {
        let (prefix, rest) = text.split_at_checked(4)?;
        let bytes = URL_SAFE_NO_PAD.decode(rest).ok()?;
        let uuid = Uuid::from_slice(&bytes).ok()?;
        match prefix {
            APP_PREFIX => Some(Self::App(AppId::new(uuid))),
            ORG_PREFIX => Some(Self::Org(OrgId::new(uuid))),
            _ => None,
        }
    }

    /// The tenant that owns this client and keeps its secrets.
    pub fn owner(self) -> TenantId {
        match self {
            Self::App(id) => id.into(),
            Self::Org(id) => id.into(),
        }
    }

    /// The four characters that client ids and secrets of this owner begin with.
    pub fn prefix(self) -> &'static str {
        match self {
            Self::App(_) => APP_PREFIX,
            Self::Org(_) => ORG_PREFIX,
        }
    }
}

impl fmt::Display for ClientId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.prefix(), URL_SAFE_NO_PAD.encode(self.owner().uuid().as_bytes()))
    }
}
impl Serialize for ClientId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// One live secret of a client.
#[derive(Clone, Debug)]
pub struct ClientSecret {
    /// UUIDv7; names the row and bounds the sealed copy.
    pub id: Uuid,
    /// SHA-256 of the secret's text.
    pub digest: Digest,
    /// The encrypted copy; `None` where the organization switched retrieval off.
    pub sealed: Option<Sealed>,
    pub created: Moment,
    /// When a replaced secret stops working; `None` for the current one.
    pub expires: Option<Moment>,
}

impl ClientSecret {
    /// Whether the secret may still be used at `now`.
    pub fn is_live(&self, now: Moment) -> bool {
        self.expires.is_none_or(|end| now < end)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn client_ids_survive_a_round_trip_and_foreign_text_does_not_parse() {
        let id = ClientId::App(AppId::new(Uuid::from_u128(0x8ae8a6ea_84a5_11e3_884d_f18e8f6fb3bc)));
        assert_eq!(id.to_string(), "YXA6iuim6oSlEeOITfGOj2-zvA");
        assert_eq!(ClientId::parse("YXA6iuim6oSlEeOITfGOj2-zvA"), Some(id));
        for bad in ["", "YXA", "YXA6", "YXA6iuim6oSlEeOITfGOj2-zv", "YWQ6iuim6oSlEeOITfGOj2-zvA", "ü😀"] {
            assert_eq!(ClientId::parse(bad), None, "{bad}");
        }
    }
}
