//! Signing keys of an issuer and the states that they pass through.

use serde_json::Value;

use super::clock::Moment;
use super::id::TenantId;
use super::secret::Sealed;
use super::token::Algorithm;

/// What a key signs for its issuer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum KeyPurpose {
    /// Access tokens, and whatever else is signed by the same algorithm. One key of an issuer is active.
    #[default]
    Access,
    /// What a client wants signed by another algorithm than that of the access tokens, an ID token above all. One key
    /// of each algorithm is active. No access token is ever signed by it.
    IdToken,
}

impl KeyPurpose {
    /// The word used in rows.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Access => "access",
            Self::IdToken => "id_token",
        }
    }

    /// Reads a row's word.
    pub fn parse(word: &str) -> Option<Self> {
        [Self::Access, Self::IdToken].into_iter().find(|purpose| purpose.as_str() == word)
    }
}

/// What one key of an issuer at a time is active for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum KeySlot {
    Access,
    IdToken(Algorithm),
}

/// Where a key is in its life. Rotation moves each key one step on, so that no verifier meets an unknown key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyState {
    /// In the JWKS, not yet signing.
    Published,
    /// Signs new tokens; see [`KeyPurpose`] for how many there are.
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
    pub purpose: KeyPurpose,
    pub state: KeyState,
    /// The public JWK (RFC 7517); `None` for HS256, whose key has no public half.
    pub public: Option<Value>,
    pub private: Sealed,
    pub created: Moment,
    /// For a retiring key: when its last token is dead and it leaves the JWKS.
    pub gone_at: Option<Moment>,
}

impl SigningKey {
    /// Which other keys it takes the place of, and which take its.
    pub fn slot(&self) -> KeySlot {
        match self.purpose {
            KeyPurpose::Access => KeySlot::Access,
            KeyPurpose::IdToken => KeySlot::IdToken(self.algorithm),
        }
    }

    /// Whether it signs.
    pub fn is_active(&self) -> bool {
        self.state == KeyState::Active
    }
}
