//! Signs access tokens with a key pair that was parsed once; the header is written once, too.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::json;

use super::TYPE;
use crate::crypto::keys::KeyError;
use crate::crypto::pair::KeyPair;
use crate::domain::secret::Secret;
use crate::domain::token::{AccessClaims, Algorithm};

/// The active key of an issuer.
pub struct Signer {
    kid: String,
    algorithm: Algorithm,
    /// The encoded header and the dot behind it.
    header: String,
    pair: KeyPair,
}

impl Signer {
    pub(in crate::crypto) fn new(kid: &str, algorithm: Algorithm, pair: KeyPair) -> Self {
        let header = json!({"typ": TYPE, "alg": algorithm, "kid": kid}).to_string();
        let header = format!("{}.", URL_SAFE_NO_PAD.encode(header));
        Self { kid: kid.to_owned(), algorithm, header, pair }
    }

    /// The name of the key.
    pub fn kid(&self) -> &str {
        &self.kid
    }

    /// What the key signs with.
    pub fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// Writes and signs an access token.
    ///
    /// *Errors*: `Claims` and `Sign`, neither of which a caller can cause.
    pub fn sign(&self, claims: &AccessClaims) -> Result<Secret, KeyError> {
        let claims = serde_json::to_vec(claims).map_err(KeyError::Claims)?;
        // One exact allocation: text that grows leaves copies of itself behind.
        let mut token = String::with_capacity(
            self.header.len() + encoded_len(claims.len()) + 1 + encoded_len(self.pair.signature_len()),
        );
        token.push_str(&self.header);
        URL_SAFE_NO_PAD.encode_string(claims, &mut token);
        let signature = self.pair.sign(token.as_bytes()).map_err(KeyError::Sign)?;
        token.push('.');
        URL_SAFE_NO_PAD.encode_string(signature, &mut token);
        Ok(Secret::new(token))
    }
}

impl fmt::Debug for Signer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "[signer {} {}]", self.algorithm.as_str(), self.kid)
    }
}

fn encoded_len(bytes: usize) -> usize {
    base64::encoded_len(bytes, false).unwrap_or(0)
}
