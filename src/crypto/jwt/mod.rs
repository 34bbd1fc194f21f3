//! Signed JWTs (RFC 7519): access tokens of type `at+jwt` (RFC 9068), what else an issuer signs, each kind with a type
//! of its own, and tokens of others. All are read as strictly as ours are written: three parts, canonical base64url, one
//! spelling of the type, claims of exactly their type, the algorithm of the key (RFC 8725). Nothing in a token ever says
//! where to find a key. What a token may do is decided elsewhere.

mod foreign;
mod id_token;
mod object;
mod profile;
mod signer;
mod verifier;

#[cfg(test)]
mod tests;

use std::borrow::Cow;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;
use serde::de::IgnoredAny;
use uuid::Uuid;

pub use foreign::{ForeignClaims, ForeignExpected, ForeignKeys, ForeignPeek, JwksError, peek_foreign};
pub(in crate::crypto) use id_token::kid_of_id_token;
pub use id_token::{IdHint, half_hash};
pub(in crate::crypto) use object::{Unrepeated, present, read};
pub use profile::{Audiences, Claim, Profile, Untyped};
pub use signer::{SignedKind, Signer};
pub use verifier::{Expected, Verifier};

use crate::domain::authority::Authority;
use crate::domain::clock::Moment;
use crate::domain::id::{AppId, OrgId};

/// The media type of an access token in the `typ` header (RFC 9068 §2.1).
const TYPE: &str = "at+jwt";
/// Ours have less than 1,500 characters; what is longer is not read at all.
const LENGTH_MAX: usize = 8_192;
/// How a token of Usergrid for a person begins; behind it is a UUID of its time.
const USERGRID: &str = "YWMt";

/// Why a token was refused. No variant repeats any of its text, which is a stranger's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum JwtError {
    /// Not three parts of canonical base64url with JSON objects, or a member is missing, doubled or of a wrong type.
    #[error("the token is malformed")]
    Malformed,
    #[error("the token is of another type than the one that is wanted here")]
    WrongType,
    /// Also what to say when no verifier has the `kid` of [`peek`].
    #[error("the token was signed by an unknown key")]
    UnknownKey,
    #[error("the token names another algorithm than its key's")]
    WrongAlgorithm,
    /// RFC 7515 §4.1.11: an extension that must be understood and is not.
    #[error("the token demands an extension that is not supported")]
    Critical,
    #[error("the signature does not match")]
    BadSignature,
    #[error("the token is from another issuer")]
    WrongIssuer,
    #[error("the token is about another subject")]
    WrongSubject,
    #[error("the token is for another audience")]
    WrongAudience,
    #[error("the token is not valid yet")]
    NotYetValid,
    #[error("the token expired")]
    Expired,
    /// It would live longer than its kind may.
    #[error("the token expires too far ahead")]
    TooLasting,
    #[error("the token was issued too long ago")]
    TooOld,
}

/// What a token says of itself before anyone has verified it: hints to find the verifier, and nothing more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Peek {
    pub kid: String,
    pub authority: Authority,
    pub org: Option<OrgId>,
    pub app: Option<AppId>,
}

/// Reads the routing hints of a token **without verifying it**.
///
/// *Errors*: `Malformed`, `WrongType`, `Critical`.
pub fn peek(token: &str) -> Result<Peek, JwtError> {
    #[derive(Deserialize)]
    struct Hints {
        authority: Authority,
        org: Option<OrgId>,
        app: Option<AppId>,
    }
    let parts = Parts::split(token)?;
    let header = decode(parts.header)?;
    let kid = Header::read(&header, TYPE)?.kid.into_owned();
    let Hints { authority, org, app } = read(&decode(parts.claims)?)?;
    Ok(Peek { kid, authority, org, app })
}

/// When a token says that it was issued, to be believed only where its own server has just accepted it: the `iat` of a
/// JWT, or the time in the UUID inside a token of Usergrid.
pub fn stated_issue(token: &str) -> Option<Moment> {
    #[derive(Deserialize)]
    struct Issue {
        iat: i64,
    }
    if let Ok(parts) = Parts::split(token) {
        let Issue { iat } = read(&decode(parts.claims).ok()?).ok()?;
        return Some(Moment::from_millis(iat.saturating_mul(1_000)));
    }
    let bytes = URL_SAFE_NO_PAD.decode(token.strip_prefix(USERGRID)?.trim_end_matches('=')).ok()?;
    let (seconds, nanos) = Uuid::from_slice(bytes.get(..16)?).ok()?.get_timestamp()?.to_unix();
    let millis = seconds.saturating_mul(1_000).saturating_add(u64::from(nanos / 1_000_000));
    Some(Moment::from_millis(i64::try_from(millis).ok()?))
}

/// The parts of a compact JWS (RFC 7515 §7.1).
pub(in crate::crypto) struct Parts<'a> {
    pub(in crate::crypto) header: &'a str,
    pub(in crate::crypto) claims: &'a str,
    pub(in crate::crypto) signature: &'a str,
    /// Header and claims with the dot between them: what was signed.
    pub(in crate::crypto) message: &'a str,
}

impl<'a> Parts<'a> {
    pub(in crate::crypto) fn split(token: &'a str) -> Result<Self, JwtError> {
        let (message, signature) = token.rsplit_once('.').ok_or(JwtError::Malformed)?;
        let (header, claims) = message.split_once('.').ok_or(JwtError::Malformed)?;
        // More than three parts are another thing, a JWE (RFC 7516 §7.1) or a riddle.
        if token.len() > LENGTH_MAX || claims.contains('.') {
            return Err(JwtError::Malformed);
        }
        Ok(Self { header, claims, signature, message })
    }
}

/// The header members that matter. `jku`, `jwk`, `x5u`, `x5c` are not among them: keys come from our own rows alone.
#[derive(Deserialize)]
struct Header<'a> {
    #[serde(borrow)]
    alg: Cow<'a, str>,
    #[serde(borrow)]
    kid: Cow<'a, str>,
    #[serde(borrow)]
    typ: Option<Cow<'a, str>>,
    #[serde(default, deserialize_with = "present")]
    crit: Option<IgnoredAny>,
}

impl<'a> Header<'a> {
    /// Reads the header of a token of one type.
    fn read(json: &'a [u8], wanted: &str) -> Result<Self, JwtError> {
        let header: Self = read(json)?;
        match header {
            Header { typ, .. } if typ.as_deref() != Some(wanted) => Err(JwtError::WrongType),
            Header { crit: Some(_), .. } => Err(JwtError::Critical),
            header => Ok(header),
        }
    }
}

pub(in crate::crypto) fn decode(part: &str) -> Result<Vec<u8>, JwtError> {
    URL_SAFE_NO_PAD.decode(part).ok().ok_or(JwtError::Malformed)
}
