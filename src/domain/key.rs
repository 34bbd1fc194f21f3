//! Signing keys of an issuer and the states that they pass through.

use serde_json::Value;

use super::clock::Moment;
use super::id::TenantId;
use super::secret::Sealed;
use super::token::Algorithm;

/// Where a key is in its life. Rotation moves each key one step on, so that no verifier meets an unknown key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyState {
    /// In the JWKS, not yet signing.
    Published,
    /// Signs new tokens; exactly one an issuer.
    Active,
    /// Signs no more; its tokens still verify until `gone_at`.
    Retiring,
}

impl KeyState {
    /// The word used in rows.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Published => "published",
            Self::Active => "active",
            Self::Retiring => "retiring",
        }
    }

    /// Reads a row's word.
    pub fn parse(word: &str) -> Option<Self> {
        [Self::Published, Self::Active, Self::Retiring].into_iter().find(|state| state.as_str() == word)
    }
}

/// A signing key as it is kept: the public half in clear, the private half sealed.
#[derive(Clone, Debug)]
pub struct SigningKey {
    pub tenant: TenantId,
    /// RFC 7638 thumbprint for asymmetric keys, a random name for HS256. Unique within its tenant.
    pub kid: String,
    pub algorithm: Algorithm,
    pub state: KeyState,
    /// The public JWK (RFC 7517); `None` for HS256, whose key has no public half.
    pub public: Option<Value>,
    pub private: Sealed,
    pub created: Moment,
    /// For a retiring key: when its last token is dead and it leaves the JWKS.
    pub gone_at: Option<Moment>,
}
