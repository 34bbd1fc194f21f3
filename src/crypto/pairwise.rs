//! Pairwise subjects (OpenID Connect Core §8.1): a user has another name at each sector, and no two sectors can tell
//! that theirs are of one person. The names must never change, so the key is one of the tenant's own, made once and kept
//! sealed; it is not derived from a master key, which is replaced from time to time.

use aws_lc_rs::hmac;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use zeroize::Zeroizing;

use super::entropy::{Entropy, random};
use super::vault::{Binding, Purpose};
use crate::domain::id::{TenantId, UserId};

/// *Units*: bytes.
const KEY_LEN: usize = 32;
/// Keeps these names apart from whatever else the key might ever make. What follows it begins with a fixed length.
const LABEL: &[u8] = b"tokengrid pairwise subject 1";

/// Under which name the key is kept.
pub const ROW: &str = "pairwise";

/// A tenant's key for the names of its users.
pub struct PairwiseKey(Zeroizing<[u8; KEY_LEN]>);

impl PairwiseKey {
    /// Makes a key: once for a tenant, for ever.
    pub fn generate(entropy: &dyn Entropy) -> Self {
        Self(Zeroizing::new(random(entropy)))
    }

    /// Reads what the vault opened; `None` for bytes of another length.
    pub fn parse(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(|bytes| Self(Zeroizing::new(bytes)))
    }

    /// The bytes to seal.
    pub fn bytes(&self) -> &[u8] {
        &*self.0
    }

    /// Where the key of a tenant is sealed to.
    pub fn binding(tenant: TenantId) -> Binding<'static> {
        Binding { tenant, purpose: Purpose::TenantSecret, row: ROW }
    }

    /// The name of a user at a sector, which is the host of the client's redirect URIs or of its sector identifier.
    ///
    /// *Shape*: 43 characters of base64url; the same for ever.
    pub fn subject(&self, sector: &str, user: UserId) -> String {
        let mut mac = hmac::Context::with_key(&hmac::Key::new(hmac::HMAC_SHA256, self.bytes()));
        mac.update(LABEL);
        mac.update(user.uuid().as_bytes());
        mac.update(sector.as_bytes());
        URL_SAFE_NO_PAD.encode(mac.sign())
    }
}

impl std::fmt::Debug for PairwiseKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("[pairwise key]")
    }
}
