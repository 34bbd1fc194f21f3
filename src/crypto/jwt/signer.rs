//! Signs with a key pair that was parsed once; the header of access tokens is written once, too.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Serialize;
use serde_json::json;

use super::TYPE;
use crate::crypto::keys::KeyError;
use crate::crypto::pair::KeyPair;
use crate::domain::secret::Secret;
use crate::domain::token::{AccessClaims, Algorithm};

/// What an issuer signs besides access tokens. Each has a `typ` that no access token has (RFC 8725 §3.11).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SignedKind {
    /// OpenID Connect Core §2.
    IdToken,
    /// OpenID Connect Back-Channel Logout §2.4.
    LogoutToken,
    /// RFC 9701 §5.
    Introspection,
    /// OpenID Connect Core §5.3.2. It has the type of an ID token, and never `exp`: so it passes as none.
    UserInfo,
    /// What an issuer has revoked, for its resource servers.
    Revocations,
}

impl SignedKind {
    /// The `typ` of the header.
    pub const fn typ(self) -> &'static str {
        match self {
            Self::IdToken | Self::UserInfo => "JWT",
            Self::LogoutToken => "logout+jwt",
            Self::Introspection => "token-introspection+jwt",
            Self::Revocations => "revocations+jwt",
        }
    }
}

/// An active key of an issuer.
pub struct Signer {
    kid: String,
    algorithm: Algorithm,
    /// The encoded header and the dot behind it.
    header: String,
    pair: KeyPair,
}

impl Signer {
    pub(in crate::crypto) fn new(kid: &str, algorithm: Algorithm, pair: KeyPair) -> Self {
        let header = header(TYPE, algorithm, kid);
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
        self.write(&self.header, &serde_json::to_vec(claims).map_err(KeyError::Claims)?)
    }

    /// Writes and signs something else than an access token.
    ///
    /// *Errors*: `Claims` and `Sign`, neither of which a caller can cause.
    pub fn sign_as(&self, kind: SignedKind, claims: &impl Serialize) -> Result<Secret, KeyError> {
        let header = header(kind.typ(), self.algorithm, &self.kid);
        self.write(&header, &serde_json::to_vec(claims).map_err(KeyError::Claims)?)
    }

    fn write(&self, header: &str, claims: &[u8]) -> Result<Secret, KeyError> {
        // One exact allocation: text that grows leaves copies of itself behind.
        let mut token = String::with_capacity(
            header.len() + encoded_len(claims.len()) + 1 + encoded_len(self.pair.signature_len()),
        );
        token.push_str(header);
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

/// An encoded header and the dot behind it.
fn header(typ: &str, algorithm: Algorithm, kid: &str) -> String {
    let header = json!({"typ": typ, "alg": algorithm, "kid": kid}).to_string();
    format!("{}.", URL_SAFE_NO_PAD.encode(header))
}

fn encoded_len(bytes: usize) -> usize {
    base64::encoded_len(bytes, false).unwrap_or(0)
}
