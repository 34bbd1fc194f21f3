//! Verifies tokens of another issuer against the keys that it publishes (RFC 7517, RFC 7519): a closed list of
//! algorithms, each bound to its kind of key, then issuer, audience and times, all of them required (RFC 8725). Where
//! the keys come from is not known here; nothing in a token says where to find one.

use std::borrow::Cow;
use std::collections::HashSet;
use std::fmt;

use jsonwebtoken::DecodingKey;
use jsonwebtoken::jwk::{AlgorithmParameters, EllipticCurve, Jwk, KeyAlgorithm, PublicKeyUse};
use serde::Deserialize;
use serde::de::{Deserializer, Error, IgnoredAny, MapAccess, Visitor};
use serde_json::{Map, Value};

use super::{JwtError, Parts, decode, present, read};
use crate::domain::clock::Moment;
use crate::domain::token::Algorithm;

/// How far the other issuer's clock may be ahead of ours. *Units*: seconds.
const SKEW: i64 = 60;
/// A set with more keys is no issuer's.
const KEYS_MAX: usize = 64;
/// RSA keys below 2048 bits are not trusted (NIST SP 800-131A). *Units*: base64url characters of the modulus.
const RSA_MODULUS_MIN: usize = 341;
const PEM: &str = "-----BEGIN PUBLIC KEY-----";

/// The public keys of another issuer.
#[derive(Debug)]
pub struct ForeignKeys(Vec<ForeignKey>);

struct ForeignKey {
    kid: Option<String>,
    algorithm: Algorithm,
    key: DecodingKey,
}

/// What a token of another issuer must say to be accepted here and now.
#[derive(Clone, Copy, Debug)]
pub struct ForeignExpected<'a> {
    pub algorithms: &'a [Algorithm],
    pub issuer: &'a str,
    pub audience: &'a str,
    pub now: Moment,
}

/// What a verified token says.
#[derive(Clone, Debug)]
pub struct ForeignClaims {
    pub issued: Moment,
    pub expires: Moment,
    /// Every claim, as it came.
    pub all: Map<String, Value>,
}

impl ForeignKeys {
    /// Reads a JWK set, a public key in PEM, or `{"value":"<PEM>"}` as some servers publish it. Keys of other kinds or
    /// uses in a set are passed over.
    ///
    /// `None` where no usable key is left.
    pub fn parse(document: &[u8]) -> Option<Self> {
        #[derive(Deserialize)]
        struct Published {
            keys: Option<Vec<Value>>,
            value: Option<String>,
        }
        let text = std::str::from_utf8(document).ok()?.trim();
        let keys: Vec<ForeignKey> = if text.starts_with(PEM) {
            from_pem(text).into_iter().collect()
        } else {
            match serde_json::from_str(text).ok()? {
                Published { keys: Some(keys), .. } => keys.into_iter().take(KEYS_MAX).filter_map(from_jwk).collect(),
                Published { value: Some(pem), .. } => from_pem(&pem).into_iter().collect(),
                Published { .. } => Vec::new(),
            }
        };
        (!keys.is_empty()).then_some(Self(keys))
    }

    /// Verifies a token and returns its claims.
    ///
    /// *Errors*: the first rule that it breaks; `UnknownKey` where the set may be out of date.
    pub fn verify(&self, token: &str, expected: &ForeignExpected<'_>) -> Result<ForeignClaims, JwtError> {
        let parts = Parts::split(token)?;
        let header = decode(parts.header)?;
        let ForeignHeader { alg, kid, .. } = ForeignHeader::read(&header)?;
        let algorithm = expected.algorithms.iter().find(|known| known.as_str() == alg);
        let algorithm = *algorithm.ok_or(JwtError::WrongAlgorithm)?;
        let candidates = self.candidates(kid.as_deref(), algorithm)?;
        if !candidates.iter().any(|key| key.has_signed(&parts)) {
            return Err(JwtError::BadSignature);
        }
        claims(&decode(parts.claims)?, expected)
    }

    /// The keys that may have signed: the named one, or every one of its kind where names are not used.
    fn candidates(&self, kid: Option<&str>, algorithm: Algorithm) -> Result<Vec<&ForeignKey>, JwtError> {
        let names = |key: &&ForeignKey| match (kid, &key.kid) {
            (Some(asked), Some(known)) => asked == known,
            (None, _) | (_, None) => true,
        };
        let named: Vec<&ForeignKey> = self.0.iter().filter(names).collect();
        if named.is_empty() {
            return Err(JwtError::UnknownKey);
        }
        let fitting: Vec<&ForeignKey> = named.into_iter().filter(|key| key.algorithm == algorithm).collect();
        if fitting.is_empty() { Err(JwtError::WrongAlgorithm) } else { Ok(fitting) }
    }
}

impl ForeignKey {
    fn has_signed(&self, parts: &Parts<'_>) -> bool {
        let algorithm = match self.algorithm {
            Algorithm::RS256 => jsonwebtoken::Algorithm::RS256,
            Algorithm::ES256 => jsonwebtoken::Algorithm::ES256,
            // A public document holds no key of these that we would trust.
            Algorithm::EdDsa | Algorithm::HS256 => return false,
        };
        jsonwebtoken::crypto::verify(parts.signature, parts.message.as_bytes(), &self.key, algorithm).unwrap_or(false)
    }
}

impl fmt::Debug for ForeignKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "[key {} {:?}]", self.algorithm.as_str(), self.kid)
    }
}

fn from_jwk(value: Value) -> Option<ForeignKey> {
    let jwk: Jwk = serde_json::from_value(value).ok()?;
    if jwk.common.public_key_use.as_ref().is_some_and(|purpose| *purpose != PublicKeyUse::Signature) {
        return None;
    }
    let algorithm = match &jwk.algorithm {
        AlgorithmParameters::RSA(rsa) if rsa.n.len() >= RSA_MODULUS_MIN => Algorithm::RS256,
        AlgorithmParameters::EllipticCurve(ec) if ec.curve == EllipticCurve::P256 => Algorithm::ES256,
        _ => return None,
    };
    let is_for_it = matches!(
        (jwk.common.key_algorithm, algorithm),
        (None, _) | (Some(KeyAlgorithm::RS256), Algorithm::RS256) | (Some(KeyAlgorithm::ES256), Algorithm::ES256)
    );
    let key = DecodingKey::from_jwk(&jwk).ok().filter(|_| is_for_it)?;
    Some(ForeignKey { kid: jwk.common.key_id, algorithm, key })
}

fn from_pem(pem: &str) -> Option<ForeignKey> {
    let rsa = DecodingKey::from_rsa_pem(pem.as_bytes()).map(|key| (Algorithm::RS256, key));
    let found = rsa.or_else(|_| DecodingKey::from_ec_pem(pem.as_bytes()).map(|key| (Algorithm::ES256, key)));
    found.ok().map(|(algorithm, key)| ForeignKey { kid: None, algorithm, key })
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
    fn read(json: &'a [u8]) -> Result<Self, JwtError> {
        let header: Self = read(json)?;
        let known = ["JWT", "at+jwt", "application/at+jwt"];
        if header.crit.is_some() {
            return Err(JwtError::Critical);
        }
        match header.typ.as_deref() {
            Some(typ) if !known.iter().any(|known| known.eq_ignore_ascii_case(typ)) => Err(JwtError::WrongType),
            _ => Ok(header),
        }
    }
}

#[derive(Deserialize)]
struct Registered {
    iss: String,
    aud: Audience,
    exp: i64,
    iat: i64,
    #[serde(default, deserialize_with = "present")]
    nbf: Option<i64>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Audience {
    One(String),
    Many(Vec<String>),
}

fn claims(json: &[u8], expected: &ForeignExpected<'_>) -> Result<ForeignClaims, JwtError> {
    let Registered { iss, aud, exp, iat, nbf } = read(json)?;
    if iss != expected.issuer {
        return Err(JwtError::WrongIssuer);
    }
    let is_for_us = match aud {
        Audience::One(one) => one == expected.audience,
        Audience::Many(many) => many.iter().any(|one| one == expected.audience),
    };
    if !is_for_us {
        return Err(JwtError::WrongAudience);
    }
    let now = expected.now.seconds();
    let horizon = now.saturating_add(SKEW);
    if iat > horizon || nbf.is_some_and(|nbf| nbf > horizon) {
        return Err(JwtError::NotYetValid);
    }
    if exp <= now {
        return Err(JwtError::Expired);
    }
    let Unrepeated(all) = read(json)?;
    let moment = |seconds: i64| Moment::from_millis(seconds.saturating_mul(1_000));
    Ok(ForeignClaims { issued: moment(iat), expires: moment(exp), all })
}

/// An object in which no member stands twice: two readers could each believe another one.
struct Unrepeated(Map<String, Value>);

impl<'de> Deserialize<'de> for Unrepeated {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Members;
        impl<'de> Visitor<'de> for Members {
            type Value = Unrepeated;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Unrepeated, A::Error> {
                let (mut seen, mut all) = (HashSet::new(), Map::new());
                while let Some((name, value)) = map.next_entry::<String, Value>()? {
                    if !seen.insert(name.clone()) {
                        return Err(A::Error::custom("a member stands twice"));
                    }
                    all.insert(name, value);
                }
                Ok(Unrepeated(all))
            }
        }
        deserializer.deserialize_map(Members)
    }
}
