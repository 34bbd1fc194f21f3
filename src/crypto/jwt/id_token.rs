//! ID tokens of our own (OpenID Connect Core §2): the half hashes inside, and one that comes back as a hint of who was
//! signed in. A hint opens nothing; it may have expired, and no access token passes as one.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;
use sha2::{Digest as _, Sha256, Sha512};

use super::{Header, JwtError, Parts, SignedKind, Verifier, decode, present, read};
use crate::domain::clock::Moment;
use crate::domain::secret::Secret;
use crate::domain::token::{Algorithm, Audience};

/// `at_hash` or `c_hash`: the left half of the hash of a token or code, by the hash of the ID token's algorithm.
///
/// *Shape*: base64url; 22 characters, or 43 for EdDSA, where Ed25519 stands for SHA-512.
/// *Spec*: OpenID Connect Core §3.1.3.6, §3.3.2.11.
pub fn half_hash(algorithm: Algorithm, text: &Secret) -> String {
    let text = text.expose().as_bytes();
    let encode = |hash: &[u8]| URL_SAFE_NO_PAD.encode(hash.get(..hash.len() / 2).unwrap_or_default());
    match algorithm {
        Algorithm::ES256 | Algorithm::RS256 | Algorithm::HS256 => encode(&Sha256::digest(text)),
        Algorithm::EdDsa => encode(&Sha512::digest(text)),
    }
}

/// What an ID token says of the session that it was made for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IdHint {
    pub sub: String,
    /// The clients that it was made for.
    pub aud: Audience,
    pub azp: Option<String>,
    pub sid: Option<String>,
    pub issued: Moment,
    pub expires: Moment,
}

/// The name of the key that an ID token says it was signed by.
pub(in crate::crypto) fn kid_of_id_token(token: &str) -> Result<String, JwtError> {
    let header = decode(Parts::split(token)?.header)?;
    Ok(Header::read(&header, SignedKind::IdToken.typ())?.kid.into_owned())
}

impl Verifier {
    /// Verifies an ID token that this issuer signed, as a hint: that it has expired does not matter.
    ///
    /// *Errors*: the first rule that it breaks. *Spec*: OpenID Connect Core §3.1.2.1 `id_token_hint`; RP-Initiated
    /// Logout §2.
    pub fn verify_id_token(&self, token: &str, issuer: &str) -> Result<IdHint, JwtError> {
        #[derive(Deserialize)]
        struct Claims {
            iss: String,
            sub: String,
            aud: Audience,
            exp: i64,
            iat: i64,
            #[serde(default, deserialize_with = "present")]
            azp: Option<String>,
            #[serde(default, deserialize_with = "present")]
            sid: Option<String>,
        }
        let parts = Parts::split(token)?;
        self.check_header(&parts, SignedKind::IdToken.typ())?;
        self.check_signature(&parts)?;
        let Claims { iss, sub, aud, exp, iat, azp, sid } = read(&decode(parts.claims)?)?;
        if iss != issuer {
            return Err(JwtError::WrongIssuer);
        }
        if sub.is_empty() {
            return Err(JwtError::Malformed);
        }
        let moment = |seconds: i64| Moment::from_millis(seconds.saturating_mul(1_000));
        Ok(IdHint { sub, aud, azp, sid, issued: moment(iat), expires: moment(exp) })
    }
}
