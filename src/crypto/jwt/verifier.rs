//! Verifies access tokens: form, type, key and algorithm first, then the signature, and only then what the claims say
//! (ASVS 9.1.1). The signature itself is checked by `jsonwebtoken`, which is told the algorithm and never asked for it;
//! its own claim checks are not used, because they ask the machine for the time and take a wrongly typed claim for an
//! absent one.

use jsonwebtoken::DecodingKey;
use serde::Deserialize;

use super::{Header, JwtError, Parts, TYPE, decode, present, read};
use crate::domain::clock::Moment;
use crate::domain::key::KeyPurpose;
use crate::domain::token::{AccessClaims, Algorithm};

/// How far ahead of ours the clock of another node may be. *Units*: seconds.
const SKEW: i64 = 60;

/// What a token must say to be accepted here and now.
#[derive(Clone, Copy, Debug)]
pub struct Expected<'a> {
    pub issuer: &'a str,
    pub audience: &'a str,
    pub now: Moment,
}

/// One key of an issuer, ready to verify.
#[derive(Debug)]
pub struct Verifier {
    kid: String,
    algorithm: Algorithm,
    purpose: KeyPurpose,
    key: DecodingKey,
}

impl Verifier {
    pub(in crate::crypto) fn new(kid: &str, algorithm: Algorithm, purpose: KeyPurpose, key: DecodingKey) -> Self {
        Self { kid: kid.to_owned(), algorithm, purpose, key }
    }

    /// The name of the key.
    pub fn kid(&self) -> &str {
        &self.kid
    }

    /// Verifies a token and returns its claims. Revocation is not known here.
    ///
    /// A token is dead from the very second of `exp` on; `iat` and `nbf` may lie up to 60 seconds ahead. A key that was
    /// made for ID tokens alone is unknown here.
    ///
    /// *Errors*: the first rule that it breaks. *Spec*: RFC 9068 §4.
    pub fn verify(&self, token: &str, expected: &Expected<'_>) -> Result<AccessClaims, JwtError> {
        let parts = Parts::split(token)?;
        self.check_header(&parts, TYPE)?;
        if self.purpose != KeyPurpose::Access {
            return Err(JwtError::UnknownKey);
        }
        self.check_signature(&parts)?;
        let json = decode(parts.claims)?;
        let claims: AccessClaims = read(&json)?;
        check_claims(&claims, expected)?;
        check_time(&claims, read(&json)?, expected.now)?;
        Ok(claims)
    }

    pub(super) fn check_header(&self, parts: &Parts<'_>, typ: &str) -> Result<(), JwtError> {
        let json = decode(parts.header)?;
        let header = Header::read(&json, typ)?;
        if header.kid != self.kid {
            return Err(JwtError::UnknownKey);
        }
        if header.alg != self.algorithm.as_str() {
            return Err(JwtError::WrongAlgorithm);
        }
        Ok(())
    }

    pub(super) fn check_signature(&self, parts: &Parts<'_>) -> Result<(), JwtError> {
        let algorithm = match self.algorithm {
            Algorithm::ES256 => jsonwebtoken::Algorithm::ES256,
            Algorithm::EdDsa => jsonwebtoken::Algorithm::EdDSA,
            Algorithm::RS256 => jsonwebtoken::Algorithm::RS256,
            Algorithm::HS256 => jsonwebtoken::Algorithm::HS256,
        };
        match jsonwebtoken::crypto::verify(parts.signature, parts.message.as_bytes(), &self.key, algorithm) {
            Ok(true) => Ok(()),
            Ok(false) | Err(_) => Err(JwtError::BadSignature),
        }
    }
}

fn check_claims(claims: &AccessClaims, expected: &Expected<'_>) -> Result<(), JwtError> {
    if claims.iss != expected.issuer {
        return Err(JwtError::WrongIssuer);
    }
    if !claims.aud.contains(expected.audience) {
        return Err(JwtError::WrongAudience);
    }
    Ok(())
}

/// A claim that our own signer never writes but that binds whoever reads it (RFC 7519 §4.1.5).
#[derive(Deserialize)]
struct NotBefore {
    #[serde(default, deserialize_with = "present")]
    nbf: Option<i64>,
}

fn check_time(claims: &AccessClaims, NotBefore { nbf }: NotBefore, now: Moment) -> Result<(), JwtError> {
    let now = now.seconds();
    let horizon = now + SKEW;
    if claims.iat > horizon || nbf.is_some_and(|nbf| nbf > horizon) {
        return Err(JwtError::NotYetValid);
    }
    if claims.exp <= now {
        return Err(JwtError::Expired);
    }
    Ok(())
}
