//! Proofs of possession (RFC 9449): a small JWT by which a client shows, for one request, that it holds the key its
//! token is bound to. Whether a proof was seen before, and whether its nonce is ours, is decided by the caller.

use std::borrow::Cow;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;
use serde::de::IgnoredAny;
use url::Url;

use super::compare;
use super::digest::sha256;
use super::jwk::{JwkError, PublicKey};
use super::jwt::{Parts, Unrepeated, decode, present, read};
use crate::domain::clock::Moment;
use crate::domain::secret::Secret;
use crate::domain::token::Algorithm;

/// What a proof may be signed with; for metadata (RFC 9449 §5.1).
pub const ALGORITHMS: [Algorithm; 3] = [Algorithm::ES256, Algorithm::EdDsa, Algorithm::RS256];
/// A proof is not accepted for longer than this after it was made. *Units*: seconds.
const AGE_MAX: i64 = 60;
/// How far ahead of ours a client's clock may be. A client whose clock is worse is helped by a nonce and our `Date`;
/// every second more is one more in which a stolen proof could be laid by. *Units*: seconds.
const AHEAD_MAX: i64 = 15;
/// A proof with an RSA key of 4096 bits has about 2,600 characters.
const LENGTH_MAX: usize = 4_096;
const TYPE: &str = "dpop+jwt";
/// *Units*: bytes.
const ID_MAX: usize = 256;
/// *Units*: bytes.
const NONCE_MAX: usize = 256;

/// Why a proof was refused: one cause for each rule of RFC 9449 §4.3. No variant repeats any of its text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DpopError {
    /// Not three parts of canonical base64url with JSON objects, or a member is missing, doubled, too long or of a
    /// wrong type.
    #[error("the proof is malformed")]
    Malformed,
    #[error("the proof is too long")]
    TooLong,
    #[error("the type of the proof is not dpop+jwt")]
    WrongType,
    #[error("the proof demands an extension that is not supported")]
    Critical,
    #[error("the algorithm of the proof is not accepted")]
    WrongAlgorithm,
    /// Also a symmetric key.
    #[error("the key of the proof shows its private half")]
    PrivateKey,
    #[error("the key of the proof is of another kind than its algorithm's")]
    UnfitKey,
    #[error("the proof is not signed by its key")]
    BadSignature,
    #[error("the proof is for another method")]
    WrongMethod,
    #[error("the proof is for another URL")]
    WrongUrl,
    #[error("the proof is too old")]
    TooOld,
    #[error("the proof is from the future")]
    TooNew,
    #[error("the proof names no token")]
    NoToken,
    #[error("the proof is for another token")]
    WrongToken,
}

/// The request that a proof must be for.
#[derive(Clone, Copy, Debug)]
pub struct ProofExpected<'a> {
    /// The method of the request, as it was sent: methods differ by case (RFC 9110 §9.1).
    pub method: &'a str,
    /// The public URL of the request. Query and fragment do not matter.
    pub url: &'a str,
    pub now: Moment,
    /// The token that came with the proof; `None` where none is presented, as at the token endpoint.
    pub access_token: Option<&'a Secret>,
}

/// A proof that holds, if it was not seen before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proof {
    /// The RFC 7638 thumbprint of its key, as `cnf.jkt` has it.
    pub jkt: String,
    /// Its own name, to be accepted once; at most 256 bytes.
    pub jti: String,
    pub issued: Moment,
    /// From when on the proof would be too old, so that its `jti` may be forgotten.
    pub forget_at: Moment,
    /// The nonce that it repeats, for [`NonceMint::accepts`](super::nonce::NonceMint::accepts).
    pub nonce: Option<String>,
}

/// Verifies a proof for a request.
///
/// *Errors*: the first rule that it breaks. *Spec*: RFC 9449 §4.3; 60 seconds of age, 15 of clocks that differ.
pub fn read_proof(proof: &str, expected: &ProofExpected<'_>) -> Result<Proof, DpopError> {
    if proof.len() > LENGTH_MAX {
        return Err(DpopError::TooLong);
    }
    let parts = Parts::split(proof).ok().ok_or(DpopError::Malformed)?;
    let key = signer(&parts)?;
    if !key.has_signed(&parts) {
        return Err(DpopError::BadSignature);
    }
    let json = decode(parts.claims).ok().ok_or(DpopError::Malformed)?;
    let claims: Claims<'_> = read(&json).ok().ok_or(DpopError::Malformed)?;
    let is_within = |text: &str, most| (1..=most).contains(&text.len());
    if !is_within(&claims.jti, ID_MAX) || claims.nonce.as_deref().is_some_and(|nonce| !is_within(nonce, NONCE_MAX)) {
        return Err(DpopError::Malformed);
    }
    check_request(&claims, expected)?;
    check_time(claims.iat, expected.now)?;
    check_token(claims.ath.as_deref(), expected.access_token)?;
    let moment = |seconds: i64| Moment::from_millis(seconds.saturating_mul(1_000));
    Ok(Proof {
        jkt: key.thumbprint().ok_or(DpopError::UnfitKey)?,
        jti: claims.jti.into_owned(),
        issued: moment(claims.iat),
        forget_at: moment(claims.iat.saturating_add(AGE_MAX + 1)),
        nonce: claims.nonce.map(Cow::into_owned),
    })
}

#[derive(Deserialize)]
struct Header<'a> {
    #[serde(borrow)]
    typ: Option<Cow<'a, str>>,
    #[serde(borrow)]
    alg: Cow<'a, str>,
    jwk: Unrepeated,
    #[serde(default, deserialize_with = "present")]
    crit: Option<IgnoredAny>,
}

#[derive(Deserialize)]
struct Claims<'a> {
    #[serde(borrow)]
    jti: Cow<'a, str>,
    #[serde(borrow)]
    htm: Cow<'a, str>,
    #[serde(borrow)]
    htu: Cow<'a, str>,
    iat: i64,
    #[serde(borrow, default, deserialize_with = "present")]
    ath: Option<Cow<'a, str>>,
    #[serde(borrow, default, deserialize_with = "present")]
    nonce: Option<Cow<'a, str>>,
}

/// The key in the header, if the header is one of a proof and the key is of its algorithm's kind.
fn signer(parts: &Parts<'_>) -> Result<PublicKey, DpopError> {
    let json = decode(parts.header).ok().ok_or(DpopError::Malformed)?;
    let header: Header<'_> = read(&json).ok().ok_or(DpopError::Malformed)?;
    if header.typ.as_deref() != Some(TYPE) {
        return Err(DpopError::WrongType);
    }
    if header.crit.is_some() {
        return Err(DpopError::Critical);
    }
    let algorithm = ALGORITHMS.into_iter().find(|known| known.answers_to(&header.alg));
    let algorithm = algorithm.ok_or(DpopError::WrongAlgorithm)?;
    let Unrepeated(members) = header.jwk;
    match PublicKey::read(&members) {
        Ok(key) if key.algorithm == algorithm => Ok(key),
        Ok(_) | Err(JwkError::Unfit) => Err(DpopError::UnfitKey),
        Err(JwkError::Secret) => Err(DpopError::PrivateKey),
    }
}

fn check_request(claims: &Claims<'_>, expected: &ProofExpected<'_>) -> Result<(), DpopError> {
    if claims.htm != expected.method {
        return Err(DpopError::WrongMethod);
    }
    match (target(&claims.htu), target(expected.url)) {
        (Some(said), Some(asked)) if said == asked => Ok(()),
        _ => Err(DpopError::WrongUrl),
    }
}

/// A URL without query and fragment, its scheme and host in lower case, its port only where it is not the scheme's own.
/// `None` where characters stand that a URL cannot have, and that its readers drop or turn into others.
fn target(text: &str) -> Option<Url> {
    let is_plain = text.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\');
    let mut url = Url::parse(text).ok().filter(|_| is_plain)?;
    url.set_query(None);
    url.set_fragment(None);
    Some(url)
}

fn check_time(iat: i64, now: Moment) -> Result<(), DpopError> {
    let now = now.seconds();
    if iat < now.saturating_sub(AGE_MAX) {
        return Err(DpopError::TooOld);
    }
    if iat > now.saturating_add(AHEAD_MAX) { Err(DpopError::TooNew) } else { Ok(()) }
}

fn check_token(ath: Option<&str>, token: Option<&Secret>) -> Result<(), DpopError> {
    let Some(token) = token else { return Ok(()) };
    let expected = URL_SAFE_NO_PAD.encode(sha256(token.expose()).0);
    let said = ath.ok_or(DpopError::NoToken)?;
    if compare::same(said.as_bytes(), expected.as_bytes()) { Ok(()) } else { Err(DpopError::WrongToken) }
}

#[cfg(test)]
mod tests;
