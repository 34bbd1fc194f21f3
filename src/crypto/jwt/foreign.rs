//! Verifies tokens of another issuer against the keys that it publishes or has registered (RFC 7517, RFC 7519): a closed
//! list of algorithms, each bound to its kind of key, then issuer, audience and times, and what the kind of token demands
//! (RFC 8725). Where the keys come from is not known here; nothing in a token says where to find one.

use std::borrow::Cow;
use std::collections::HashSet;
use std::fmt;

use jsonwebtoken::DecodingKey;
use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::{Map, Value};

use super::profile::{Audiences, Claim, Profile, Untyped};
use super::{JwtError, Parts, Unrepeated, decode, present, read};
use crate::crypto::jwk::{JwkError, PublicKey};
use crate::domain::clock::Moment;
use crate::domain::token::{Algorithm, Audience};

/// How far the other issuer's clock may be ahead of ours. *Units*: seconds.
const SKEW: i64 = 60;
/// A set with more keys is no issuer's.
const KEYS_MAX: usize = 64;
/// A longer `jti` is no name for a token. *Units*: bytes.
const ID_MAX: usize = 256;
const PEM: &str = "-----BEGIN PUBLIC KEY-----";

/// The public keys of another issuer.
pub struct ForeignKeys(pub(super) Vec<PublicKey>);

/// Why a client's own key set cannot be registered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum JwksError {
    #[error("it is not an object with a list of keys")]
    Malformed,
    #[error("it has no key, or too many")]
    Count,
    /// A symmetric key, or a private half.
    #[error("it shows a secret")]
    Secret,
    #[error("two of its keys have one name")]
    Repeated,
    #[error("none of its keys is of a kind that is accepted")]
    Unfit,
}

/// What a token of another issuer must say to be accepted here and now.
#[derive(Clone, Copy, Debug)]
pub struct ForeignExpected<'a> {
    pub profile: &'a Profile,
    pub algorithms: &'a [Algorithm],
    pub issuer: &'a str,
    /// Whom the token must be about; `None` where the caller decides by the claims.
    pub subject: Option<&'a str>,
    /// Our names: the token is for one of them.
    pub audiences: &'a [&'a str],
    pub now: Moment,
}

/// What a verified token says.
#[derive(Clone, Debug)]
pub struct ForeignClaims {
    /// `sub`; there where the profile demands it.
    pub subject: Option<String>,
    /// `jti`; there where the profile demands it. To be remembered until `expires`.
    pub id: Option<String>,
    /// `iat`; there where the profile demands it.
    pub issued: Option<Moment>,
    pub expires: Moment,
    /// Every claim, as it came.
    pub all: Map<String, Value>,
}

/// What a token of another issuer says of itself before anyone has verified it: hints to find whose keys to ask.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ForeignPeek {
    pub issuer: String,
    pub subject: Option<String>,
}

/// Reads the routing hints of a token of another issuer **without verifying it**.
///
/// *Errors*: `Malformed`.
pub fn peek_foreign(token: &str) -> Result<ForeignPeek, JwtError> {
    #[derive(Deserialize)]
    struct Hints {
        iss: String,
        #[serde(default, deserialize_with = "present")]
        sub: Option<String>,
    }
    let parts = Parts::split(token)?;
    let Hints { iss, sub } = read(&decode(parts.claims)?)?;
    Ok(ForeignPeek { issuer: iss, subject: sub })
}

impl ForeignKeys {
    /// Reads a JWK set, a public key in PEM, or `{"value":"<PEM>"}` as some servers publish it. Keys of other kinds or
    /// uses in a set are passed over, and so is a key that shows its private half.
    ///
    /// `None` where no usable key is left.
    pub fn parse(document: &[u8]) -> Option<Self> {
        #[derive(Deserialize)]
        struct Published {
            keys: Option<Vec<Value>>,
            value: Option<String>,
        }
        let text = std::str::from_utf8(document).ok()?.trim();
        let keys: Vec<PublicKey> = if text.starts_with(PEM) {
            from_pem(text).into_iter().collect()
        } else {
            match serde_json::from_str(text).ok()? {
                Published { keys: Some(keys), .. } => keys.iter().take(KEYS_MAX).filter_map(from_jwk).collect(),
                Published { value: Some(pem), .. } => from_pem(&pem).into_iter().collect(),
                Published { .. } => Vec::new(),
            }
        };
        (!keys.is_empty()).then_some(Self(keys))
    }

    /// Reads the key set that a client registers, more strictly than one that is fetched: whoever sent it can mend it.
    ///
    /// *Shape*: `{"keys":[..]}` (RFC 7517 §5, RFC 7591 §2). Keys of other kinds or uses are passed over.
    pub fn parse_registered(jwks: &Value) -> Result<Self, JwksError> {
        let keys = jwks.get("keys").and_then(Value::as_array).ok_or(JwksError::Malformed)?;
        if keys.is_empty() || keys.len() > KEYS_MAX {
            return Err(JwksError::Count);
        }
        let (mut names, mut found) = (HashSet::new(), Vec::new());
        for key in keys {
            let members = key.as_object().ok_or(JwksError::Malformed)?;
            if members.get("kid").is_some_and(|kid| !names.insert(kid)) {
                return Err(JwksError::Repeated);
            }
            match PublicKey::read(members) {
                Ok(key) => found.push(key),
                Err(JwkError::Secret) => return Err(JwksError::Secret),
                Err(JwkError::Unfit) => {}
            }
        }
        if found.is_empty() { Err(JwksError::Unfit) } else { Ok(Self(found)) }
    }

    /// Verifies a token and returns its claims.
    ///
    /// *Errors*: the first rule that it breaks; `UnknownKey` where the set may be out of date.
    pub fn verify(&self, token: &str, expected: &ForeignExpected<'_>) -> Result<ForeignClaims, JwtError> {
        let parts = Parts::split(token)?;
        let header = decode(parts.header)?;
        let ForeignHeader { alg, kid, .. } = ForeignHeader::read(&header, expected.profile)?;
        let algorithm = expected.algorithms.iter().find(|known| known.answers_to(&alg));
        let algorithm = *algorithm.ok_or(JwtError::WrongAlgorithm)?;
        let candidates = self.candidates(kid.as_deref(), algorithm)?;
        if !candidates.iter().any(|key| key.has_signed(&parts)) {
            return Err(JwtError::BadSignature);
        }
        claims(&decode(parts.claims)?, expected)
    }

    /// The keys that may have signed: the named one, or every one of its kind where names are not used.
    fn candidates(&self, kid: Option<&str>, algorithm: Algorithm) -> Result<Vec<&PublicKey>, JwtError> {
        let names = |key: &&PublicKey| match (kid, &key.kid) {
            (Some(asked), Some(known)) => asked == known,
            (None, _) | (_, None) => true,
        };
        let named: Vec<&PublicKey> = self.0.iter().filter(names).collect();
        if named.is_empty() {
            return Err(JwtError::UnknownKey);
        }
        let fitting: Vec<&PublicKey> = named.into_iter().filter(|key| key.algorithm == algorithm).collect();
        if fitting.is_empty() { Err(JwtError::WrongAlgorithm) } else { Ok(fitting) }
    }
}

impl fmt::Debug for ForeignKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.0.iter().map(|key| (key.algorithm, &key.kid))).finish()
    }
}

fn from_jwk(value: &Value) -> Option<PublicKey> {
    PublicKey::read(value.as_object()?).ok()
}

fn from_pem(pem: &str) -> Option<PublicKey> {
    let rsa = DecodingKey::from_rsa_pem(pem.as_bytes()).map(|key| (Algorithm::RS256, key));
    let found = rsa.or_else(|_| DecodingKey::from_ec_pem(pem.as_bytes()).map(|key| (Algorithm::ES256, key)));
    found.ok().map(|(algorithm, key)| PublicKey::bare(algorithm, key))
}

#[derive(Deserialize)]
struct ForeignHeader<'a> {
    #[serde(borrow)]
    alg: Cow<'a, str>,
    #[serde(borrow)]
    kid: Option<Cow<'a, str>>,
    #[serde(borrow)]
    typ: Option<Cow<'a, str>>,
    #[serde(default, deserialize_with = "present")]
    crit: Option<IgnoredAny>,
}

impl<'a> ForeignHeader<'a> {
    /// Other types are tokens for another end, as a logout is (RFC 8725 §3.11).
    fn read(json: &'a [u8], profile: &Profile) -> Result<Self, JwtError> {
        let header: Self = read(json)?;
        if header.crit.is_some() {
            return Err(JwtError::Critical);
        }
        let fits = match header.typ.as_deref() {
            Some(typ) => profile.types.iter().any(|known| known.eq_ignore_ascii_case(typ)),
            None => profile.untyped == Untyped::Accepted,
        };
        if fits { Ok(header) } else { Err(JwtError::WrongType) }
    }
}

#[derive(Deserialize)]
struct Registered {
    iss: String,
    aud: Audience,
    exp: i64,
    #[serde(default, deserialize_with = "present")]
    iat: Option<i64>,
    #[serde(default, deserialize_with = "present")]
    nbf: Option<i64>,
}

fn claims(json: &[u8], expected: &ForeignExpected<'_>) -> Result<ForeignClaims, JwtError> {
    let registered: Registered = read(json)?;
    let Unrepeated(all) = read(json)?;
    let profile = expected.profile;
    let named = |name: &str, demand| named(&all, name, demand);
    let (subject, id) = (named("sub", profile.subject)?, named("jti", profile.id)?);
    if id.as_ref().is_some_and(|id| id.len() > ID_MAX)
        || (registered.iat.is_none() && profile.issued == Claim::Demanded)
    {
        return Err(JwtError::Malformed);
    }
    if registered.iss != expected.issuer {
        return Err(JwtError::WrongIssuer);
    }
    if expected.subject.is_some() && subject.as_deref() != expected.subject {
        return Err(JwtError::WrongSubject);
    }
    let is_ours = |one: &str| expected.audiences.contains(&one);
    let is_for_us = match profile.audiences {
        Audiences::Among => registered.aud.iter().any(is_ours),
        Audiences::Sole => registered.aud.iter().count() == 1 && registered.aud.iter().all(is_ours),
    };
    if !is_for_us {
        return Err(JwtError::WrongAudience);
    }
    check_times(&registered, expected)?;
    let moment = |seconds: i64| Moment::from_millis(seconds.saturating_mul(1_000));
    Ok(ForeignClaims { subject, id, issued: registered.iat.map(moment), expires: moment(registered.exp), all })
}

/// A claim that names something. One that need not be there is not judged.
fn named(all: &Map<String, Value>, name: &str, demand: Claim) -> Result<Option<String>, JwtError> {
    let text = all.get(name).and_then(Value::as_str).filter(|text| !text.trim().is_empty()).map(str::to_owned);
    if text.is_none() && demand == Claim::Demanded { Err(JwtError::Malformed) } else { Ok(text) }
}

fn check_times(claims: &Registered, expected: &ForeignExpected<'_>) -> Result<(), JwtError> {
    let now = expected.now.seconds();
    let horizon = now.saturating_add(SKEW);
    if [claims.iat, claims.nbf].into_iter().flatten().any(|early| early > horizon) {
        return Err(JwtError::NotYetValid);
    }
    if claims.exp <= now {
        return Err(JwtError::Expired);
    }
    let seconds = |span: std::time::Duration| i64::try_from(span.as_secs()).unwrap_or(i64::MAX);
    if expected.profile.life_max.is_some_and(|most| claims.exp > horizon.saturating_add(seconds(most))) {
        return Err(JwtError::TooLasting);
    }
    let oldest = expected.profile.age_max.map(|most| now.saturating_sub(SKEW).saturating_sub(seconds(most)));
    match (claims.iat, oldest) {
        (Some(iat), Some(oldest)) if iat < oldest => Err(JwtError::TooOld),
        _ => Ok(()),
    }
}
