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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use uuid::Uuid;

    use super::*;
    use crate::crypto::entropy::SystemEntropy;
    use crate::crypto::vault::{MasterKey, Vault};

    const USER: UserId = UserId::new(Uuid::from_u128(1));

    fn key() -> PairwiseKey {
        PairwiseKey::parse(&[7; 32]).unwrap()
    }

    #[test]
    fn the_name_of_a_user_at_a_sector_stays_what_it_is() {
        // Computed by another implementation: relying parties keep it for ever.
        assert_eq!(key().subject("client.example", USER), "X2lLhKgTjtnmUJddNRduRaU7Ra-2EupRg6GTcZlHoPI");
    }

    #[test]
    fn no_two_sectors_users_or_tenants_share_a_name() {
        let name = key().subject("client.example", USER);
        let other_user = UserId::new(Uuid::from_u128(2));
        let others = [
            key().subject("client.example.org", USER),
            key().subject("", USER),
            key().subject("client.example", other_user),
            PairwiseKey::generate(&SystemEntropy).subject("client.example", USER),
        ];
        assert!(others.iter().all(|other| *other != name));
        assert!(!name.contains(&USER.to_string()));
    }

    #[test]
    fn the_key_survives_a_new_master_key() {
        let [old, new] = ["old", "new"].map(|id| MasterKey::generate(id, &SystemEntropy).unwrap());
        let before = Vault::new(vec![MasterKey::parse(&old.to_line()).unwrap()]).unwrap();
        let after = Vault::new(vec![new, old]).unwrap();
        let (key, binding) = (PairwiseKey::generate(&SystemEntropy), PairwiseKey::binding(TenantId::MANAGEMENT));
        let kept = before.seal(&binding, key.bytes(), &SystemEntropy).unwrap();
        let rewrapped = after.seal(&binding, &after.open(&binding, &kept).unwrap(), &SystemEntropy).unwrap();
        let opened = PairwiseKey::parse(&after.open(&binding, &rewrapped).unwrap()).unwrap();
        assert_eq!(opened.subject("a", USER), key.subject("a", USER));
        let elsewhere = PairwiseKey::binding(TenantId::new(Uuid::from_u128(7)));
        assert!(before.open(&elsewhere, &kept).is_err());
    }

    #[test]
    fn a_key_has_32_bytes_and_does_not_print() {
        assert!(PairwiseKey::parse(&[7; 31]).is_none() && PairwiseKey::parse(&[7; 33]).is_none());
        assert_eq!(format!("{:?}", key()), "[pairwise key]");
    }

    proptest! {
        #[test]
        fn different_sectors_give_different_names(one: String, two: String, user: u128) {
            let user = UserId::new(Uuid::from_u128(user));
            prop_assert_eq!(key().subject(&one, user) == key().subject(&two, user), one == two);
        }
    }
}
