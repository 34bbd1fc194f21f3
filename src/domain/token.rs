//! What an access token says.

use std::time::Duration;

use serde::de::{Deserializer, Error};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::authority::{Authority, Principal};
use super::clock::Moment;
use super::id::{AdminId, AppId, OrgId, RegisteredId, UserId};
use super::place::Place;
use super::scope::API;

/// The scope of every token of Usergrid's grants: all that its authority reaches.
pub const DEFAULT_SCOPE: &str = API;

/// The authentication context class of a sign-in by password: the only one that this server has.
pub const ACR_PASSWORD: &str = "1";

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

    /// Whether others may call it so: EdDSA with our one curve is called Ed25519, too (RFC 9864 §2.2).
    pub fn answers_to(self, name: &str) -> bool {
        name == self.as_str() || (self == Self::EdDsa && name == "Ed25519")
    }

    /// Reads the registered name; `None` for anything not on the list.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|algorithm| algorithm.as_str() == name)
    }
}

/// How an access token is presented (RFC 6749 §7.1).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum TokenType {
    /// Whoever has it may use it (RFC 6750).
    #[default]
    Bearer,
    /// With a proof of the key that it is bound to (RFC 9449 §5).
    Dpop,
}

impl TokenType {
    /// The type of a token that is bound to this key, if to any.
    pub fn of(jkt: Option<&str>) -> Self {
        jkt.map_or(Self::Bearer, |_bound| Self::Dpop)
    }

    /// The registered name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Bearer => "Bearer",
            Self::Dpop => "DPoP",
        }
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
    pub aud: Audience,
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
    /// When the person proved who they are, in seconds (RFC 9068 §2.2.1).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub auth_time: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub acr: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub amr: Vec<String>,
    /// The key that whoever uses the token must show (RFC 7800, RFC 9449 §6.1).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cnf: Option<Confirmation>,
    /// Who acts for the subject (RFC 8693 §4.1).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub act: Option<Box<Actor>>,
    /// Who alone may become an actor for the subject (RFC 8693 §4.4).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub may_act: Option<Box<Actor>>,
    /// Who lent the token, where it is not its holder's own: it dies with what it was lent by.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lender: Option<Box<LenderClaim>>,
}

impl AccessClaims {
    /// Whom verified claims are about. Every claim must agree with the issuer, which is `place`: an application's key
    /// speaks for its own users and clients alone.
    pub fn principal(&self, place: &Place) -> Option<Principal> {
        let principal = match (self.authority, place) {
            (Authority::AppUser, Place::App { org, app }) => {
                let user = self.sub.parse::<UserId>().ok()?;
                Principal::AppUser { org: org.id, app: app.id, user }
            }
            (Authority::AppClient, Place::App { org, app }) => match RegisteredId::parse_client_id(&self.sub) {
                Some(client) => Principal::Registered { org: Some(org.id), app: Some(app.id), client },
                None => Principal::AppClient { org: org.id, app: app.id },
            },
            (Authority::AppClient, Place::Management) => {
                let client = RegisteredId::parse_client_id(&self.sub)?;
                Principal::Registered { org: None, app: None, client }
            }
            (Authority::OrgClient, Place::Management) => Principal::OrgClient { org: self.org? },
            (Authority::Admin, Place::Management) => Principal::Admin { admin: self.sub.parse::<AdminId>().ok()? },
            (Authority::AppUser, Place::Management) | (Authority::OrgClient | Authority::Admin, Place::App { .. }) => {
                return None;
            }
        };
        let agrees = principal.subject() == self.sub && principal.org() == self.org && principal.app() == self.app;
        agrees.then_some(principal)
    }

    /// When the token was issued, to the millisecond that watermarks compare. It is in `jti`, and must be the moment
    /// that `iat` states, which the clock has bounded.
    pub fn issued(&self) -> Option<Moment> {
        moment_of(self.jti).filter(|at| at.seconds() == self.iat)
    }
}

/// Whoever uses a token of a user below them, as Usergrid's administration may; a claim of ours.
///
/// *Shape*: `{"sub":"...","authority":"admin","jti":"...","sid":"..."}`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LenderClaim {
    pub sub: String,
    pub authority: Authority,
    /// The token that the lender came with; none for who came with a secret.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub jti: Option<Uuid>,
    /// The session behind that token.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sid: Option<Uuid>,
}

/// Whom a token is for (RFC 7519 §4.1.3).
///
/// *Shape*: one string, or a list with at least one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Audience {
    One(String),
    Many(#[serde(deserialize_with = "some_of")] Vec<String>),
}

/// A list that is not empty: a token for nobody is malformed.
fn some_of<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    let all = Vec::deserialize(deserializer)?;
    if all.is_empty() { Err(D::Error::invalid_length(0, &"at least one")) } else { Ok(all) }
}

impl Audience {
    /// Whether it names this one, letter for letter.
    pub fn contains(&self, one: &str) -> bool {
        self.iter().any(|named| named == one)
    }

    /// All that it names.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        let all = match self {
            Self::One(one) => std::slice::from_ref(one),
            Self::Many(many) => many.as_slice(),
        };
        all.iter().map(String::as_str)
    }
}

/// What a token is bound to.
///
/// *Shape*: `{"jkt":"<base64url SHA-256 thumbprint of the key>"}`
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Confirmation {
    pub jkt: String,
}

/// Who acts for the subject of a token, and for whom they do it in turn.
///
/// *Shape*: `{"sub":"..","client_id":"..","act":{..}}` *Spec*: RFC 8693 §4.1.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Actor {
    pub sub: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_id: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub act: Option<Box<Actor>>,
}

/// How a person proved who they are.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct SignInEvent {
    /// *Units*: UTC seconds.
    pub auth_time: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub acr: Option<String>,
    /// The methods (RFC 8176): `pwd`, `pin` and the like.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub amr: Vec<String>,
}

/// The millisecond that a UUIDv7 carries, as a moment; `None` for any other version.
pub fn moment_of(uuid: Uuid) -> Option<Moment> {
    let stamp = (uuid.get_version_num() == 7).then(|| uuid.get_timestamp()).flatten()?;
    let (seconds, nanos) = stamp.to_unix();
    let millis = i64::try_from(seconds).ok()?.checked_mul(1_000)?.checked_add(i64::from(nanos / 1_000_000))?;
    Some(Moment::from_millis(millis))
}
