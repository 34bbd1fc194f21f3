//! Public keys that others bring, as JWKs (RFC 7517, RFC 7518 §6, RFC 8037): a closed list of kinds, each with one
//! algorithm. A key that shows its private half is nobody's secret any more, and a symmetric key in a public document
//! never was one: neither is accepted.

use std::ops::RangeInclusive;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::DecodingKey;
use jsonwebtoken::jwk::{Jwk, ThumbprintHash};
use serde_json::{Map, Value, json};

use super::jwt::Parts;
use crate::domain::token::Algorithm;

/// The members that hold a secret (RFC 7518 §6.2.2, §6.3.2, §6.4.1).
const SECRETS: [&str; 8] = ["d", "p", "q", "dp", "dq", "qi", "oth", "k"];
/// What an elliptic curve of 256 bits writes for one coordinate. *Units*: bytes.
const POINT: usize = 32;
/// RSA keys below 2048 bits are not trusted (NIST SP 800-131A), above 8192 only a burden. *Units*: bytes.
const MODULUS: RangeInclusive<usize> = 256..=1_024;
/// *Units*: bytes.
const EXPONENT: RangeInclusive<usize> = 1..=8;

/// Why a JWK is no key for us.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum JwkError {
    /// It is symmetric, or has a private member.
    #[error("the key shows a secret")]
    Secret,
    /// Of another kind, curve, size, use or algorithm, or not written as its kind is.
    #[error("the key is of no kind that is accepted")]
    Unfit,
}

/// A public key with the one algorithm that it serves.
pub(super) struct PublicKey {
    pub(super) kid: Option<String>,
    pub(super) algorithm: Algorithm,
    /// The members that its thumbprint is over.
    public: Value,
    key: DecodingKey,
}

impl PublicKey {
    /// A key that came in another form than a JWK.
    pub(super) fn bare(algorithm: Algorithm, key: DecodingKey) -> Self {
        Self { kid: None, algorithm, public: Value::Null, key }
    }

    /// Reads a JWK.
    pub(super) fn read(members: &Map<String, Value>) -> Result<Self, JwkError> {
        let text = |name: &str| members.get(name).and_then(Value::as_str);
        if text("kty") == Some("oct") || SECRETS.iter().any(|name| members.contains_key(*name)) {
            return Err(JwkError::Secret);
        }
        let point = |name: &str| text(name).filter(|text| is_point(text)).ok_or(JwkError::Unfit);
        let number = |name: &str, lengths| text(name).filter(|text| is_number(text, lengths)).ok_or(JwkError::Unfit);
        let (algorithm, public) = match (text("kty"), text("crv")) {
            (Some("EC"), Some("P-256")) => {
                (Algorithm::ES256, json!({"kty": "EC", "crv": "P-256", "x": point("x")?, "y": point("y")?}))
            }
            (Some("OKP"), Some("Ed25519")) => {
                (Algorithm::EdDsa, json!({"kty": "OKP", "crv": "Ed25519", "x": point("x")?}))
            }
            (Some("RSA"), None) => {
                (Algorithm::RS256, json!({"kty": "RSA", "n": number("n", MODULUS)?, "e": number("e", EXPONENT)?}))
            }
            _ => return Err(JwkError::Unfit),
        };
        let is_for_signing = members.get("use").is_none_or(|value| value == "sig");
        let is_its = |value: &Value| value.as_str().is_some_and(|name| algorithm.answers_to(name));
        if !is_for_signing || !members.get("alg").is_none_or(is_its) {
            return Err(JwkError::Unfit);
        }
        let key = jwk(&public).and_then(|jwk| DecodingKey::from_jwk(&jwk).ok()).ok_or(JwkError::Unfit)?;
        Ok(Self { kid: text("kid").map(str::to_owned), algorithm, public, key })
    }

    /// The key's name for itself (RFC 7638); `None` for a key that came in another form than a JWK.
    pub(super) fn thumbprint(&self) -> Option<String> {
        jwk(&self.public)?.thumbprint(ThumbprintHash::SHA256).ok()
    }

    /// Whether the key's owner signed, by the key's algorithm.
    pub(super) fn has_signed(&self, parts: &Parts<'_>) -> bool {
        let algorithm = match self.algorithm {
            Algorithm::RS256 => jsonwebtoken::Algorithm::RS256,
            Algorithm::ES256 => jsonwebtoken::Algorithm::ES256,
            Algorithm::EdDsa => jsonwebtoken::Algorithm::EdDSA,
            // Whoever can read a public document could have signed.
            Algorithm::HS256 => return false,
        };
        jsonwebtoken::crypto::verify(parts.signature, parts.message.as_bytes(), &self.key, algorithm).unwrap_or(false)
    }
}

fn jwk(public: &Value) -> Option<Jwk> {
    serde::Deserialize::deserialize(public).ok()
}

/// Whether a text is canonical base64url of a coordinate: another spelling would give one key two thumbprints.
fn is_point(text: &str) -> bool {
    URL_SAFE_NO_PAD.decode(text).is_ok_and(|bytes| bytes.len() == POINT)
}

/// Whether a text is canonical base64url of a number without leading zeros (RFC 7518 §2).
fn is_number(text: &str, lengths: RangeInclusive<usize>) -> bool {
    let fits = |bytes: Vec<u8>| lengths.contains(&bytes.len()) && bytes.first() != Some(&0);
    URL_SAFE_NO_PAD.decode(text).is_ok_and(fits)
}
