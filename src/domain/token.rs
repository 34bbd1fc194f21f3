//! What an access token says.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::authority::Authority;
use super::clock::Moment;
use super::id::{AppId, OrgId};

/// The scope of every token so far: all that its authority reaches.
pub const DEFAULT_SCOPE: &str = "api";

/// What "never expires" (`accesstokenttl: 0`) comes to: a hundred years, which every JSON number holds.
pub const LONGEST_TOKEN: Duration = Duration::from_secs(100 * 365 * 86_400);

/// The closed list of signing algorithms. A key has one and never serves another (RFC 8725 §3.1).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Algorithm {
    #[default]
    ES256,
    #[serde(rename = "EdDSA")]
    EdDsa,
    RS256,
    HS256,
}

impl Algorithm {
    /// Every algorithm there is.
    pub const ALL: [Self; 4] = [Self::ES256, Self::EdDsa, Self::RS256, Self::HS256];

    /// The registered name (RFC 7518 §3.1, RFC 8037).
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::ES256 => "ES256",
            Self::EdDsa => "EdDSA",
            Self::RS256 => "RS256",
            Self::HS256 => "HS256",
        }
    }

    /// Reads the registered name; `None` for anything not on the list.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|algorithm| algorithm.as_str() == name)
    }
}

/// The claims of an access token.
///
/// *Shape*: `{"iss":"http://127.0.0.1:8080/acme/shop","sub":"...","aud":"...","exp":1,"iat":0,"jti":"...",
/// "client_id":"YXA6...","scope":"api","authority":"app_user","org":"...","app":"..."}`
/// *Units*: `exp` and `iat` are UTC seconds. *Spec*: RFC 9068 §2.2.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccessClaims {
    pub iss: String,
    pub sub: String,
    pub aud: String,
    pub exp: i64,
    pub iat: i64,
    /// A UUIDv7: the millisecond of issue is in it, which is what revocation compares.
    pub jti: Uuid,
    pub client_id: String,
    pub scope: String,
    pub authority: Authority,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub org: Option<OrgId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub app: Option<AppId>,
    /// The refresh family the token descends from, if any: ending one ends the other.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sid: Option<Uuid>,
    /// Who lent the token, where it is not its holder's own: it dies with what it was lent by.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub act: Option<LenderClaim>,
}

/// Who acts with a token of another.
///
/// *Shape*: `{"sub":"...","authority":"admin","jti":"...","sid":"..."}`. *Spec*: RFC 8693 §4.1.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LenderClaim {
    pub sub: String,
    pub authority: Authority,
    /// The token that the lender came with; none for who came with a secret.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub jti: Option<Uuid>,
    /// The session behind that token.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sid: Option<Uuid>,
}

/// The millisecond that a UUIDv7 carries, as a moment; `None` for any other version.
pub fn moment_of(uuid: Uuid) -> Option<Moment> {
    let stamp = (uuid.get_version_num() == 7).then(|| uuid.get_timestamp()).flatten()?;
    let (seconds, nanos) = stamp.to_unix();
    let millis = i64::try_from(seconds).ok()?.checked_mul(1_000)?.checked_add(i64::from(nanos / 1_000_000))?;
    Some(Moment::from_millis(millis))
}
