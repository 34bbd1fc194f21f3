//! Nonces that a client must repeat in its proof (RFC 9449 §8): made and recognized without a row, by every node that has
//! the master key. A nonce is no secret and not used up; it only shows that a proof was not made long before.

use aws_lc_rs::hmac;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::compare;
use super::vault::{Derived, Vault, VaultError};
use crate::domain::clock::Moment;
use crate::domain::id::TenantId;

/// How long one nonce is given out; it is accepted for as long again. *Units*: seconds.
const WINDOW: i64 = 120;
/// *Units*: bytes.
const LENGTH: usize = 16;

/// Makes the nonces of every issuer.
///
/// *Tenancy*: a nonce of one tenant is none of another's.
pub struct NonceMint {
    first: hmac::Key,
    /// Of the other master keys: a node that was restarted with a new one in front knows what the others give out.
    others: Vec<hmac::Key>,
}

impl NonceMint {
    /// Makes the mint of all nodes that have the vault's keys.
    ///
    /// *Errors*: `Cipher`.
    pub fn new(vault: &Vault) -> Result<Self, VaultError> {
        let key = |derived: &[u8]| hmac::Key::new(hmac::HMAC_SHA256, derived);
        let others = vault.derive_others(Derived::DpopNonce)?;
        let others = others.iter().map(|derived| key(&**derived)).collect();
        Ok(Self { first: key(&*vault.derive(Derived::DpopNonce)?), others })
    }

    /// The nonce that clients of a tenant's issuer use from now on, the same for two minutes.
    ///
    /// *Shape*: 22 characters of base64url.
    pub fn issue(&self, tenant: TenantId, now: Moment) -> String {
        nonce(&self.first, tenant, window(now))
    }

    /// Whether a nonce was issued to the tenant's clients in this window or the one before, so that each lives for two
    /// minutes at least and four at most.
    pub fn accepts(&self, tenant: TenantId, presented: &str, now: Moment) -> bool {
        let window = window(now);
        let keys = std::iter::once(&self.first).chain(&self.others);
        keys.flat_map(|key| [window, window.saturating_sub(1)].map(|window| nonce(key, tenant, window)))
            .fold(false, |found, nonce| compare::same(nonce.as_bytes(), presented.as_bytes()) | found)
    }
}

fn window(now: Moment) -> i64 {
    now.seconds().div_euclid(WINDOW)
}

fn nonce(key: &hmac::Key, tenant: TenantId, window: i64) -> String {
    let mut mac = hmac::Context::with_key(key);
    mac.update(tenant.uuid().as_bytes());
    mac.update(&window.to_be_bytes());
    let tag = mac.sign();
    URL_SAFE_NO_PAD.encode(tag.as_ref().get(..LENGTH).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use uuid::Uuid;

    use super::*;
    use crate::crypto::entropy::SeededEntropy;
    use crate::crypto::vault::MasterKey;
    use crate::domain::secret::Secret;

    const SHOP: TenantId = TenantId::new(Uuid::from_u128(7));
    const NOW: i64 = 1_790_000_000;

    fn at(seconds: i64) -> Moment {
        Moment::from_millis(seconds.saturating_mul(1_000))
    }

    fn mint(keys: &[&str]) -> NonceMint {
        let keys = keys.iter().map(|line| MasterKey::parse(&Secret::new(*line)).unwrap());
        NonceMint::new(&Vault::new(keys.collect()).unwrap()).unwrap()
    }

    const OLD: &str = "a:-_v7-_v7-_v7-_v7-_v7-_v7-_v7-_v7-_v7-_v7-_s";
    const NEW: &str = "b:AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE";

    #[test]
    fn two_nodes_with_one_master_key_agree() {
        let nonce = mint(&[OLD]).issue(SHOP, at(NOW));
        // Computed by another implementation: HKDF and HMAC with SHA-256, 16 bytes.
        assert_eq!(nonce, "8-Ni4bMTtkjTZY9MKw4qXQ");
        assert!(mint(&[OLD]).accepts(SHOP, &nonce, at(NOW)));
    }

    #[test]
    fn a_nonce_is_accepted_in_its_window_and_the_next() {
        let (mint, begin) = (mint(&[OLD]), NOW.div_euclid(120) * 120);
        let nonce = mint.issue(SHOP, at(begin));
        assert_eq!(nonce, mint.issue(SHOP, at(begin + 119)));
        assert_ne!(nonce, mint.issue(SHOP, at(begin + 120)));
        let accepted = |seconds| mint.accepts(SHOP, &nonce, at(begin + seconds));
        assert_eq!([-1, 0, 239, 240, 1_000_000].map(accepted), [false, true, true, false, false]);
        assert!(!mint.issue(SHOP, at(i64::MIN)).is_empty() && !mint.issue(SHOP, at(i64::MAX)).is_empty());
    }

    #[test]
    fn a_nonce_of_another_tenant_or_master_key_is_refused() {
        let mint = mint(&[OLD]);
        let others = [mint.issue(TenantId::MANAGEMENT, at(NOW)), super::tests::mint(&[NEW]).issue(SHOP, at(NOW))];
        for other in others.iter().map(String::as_str).chain(["", "8-Ni4bMTtkjTZY9MKw4qX", "8-Ni4bMTtkjTZY9MKw4qXQ="]) {
            assert!(!mint.accepts(SHOP, other, at(NOW)), "{other}");
        }
    }

    #[test]
    fn a_new_master_key_refuses_no_nonce_of_the_old_one() {
        let (before, after) = (mint(&[OLD]), mint(&[NEW, OLD]));
        assert!(after.accepts(SHOP, &before.issue(SHOP, at(NOW)), at(NOW)));
        assert_ne!(after.issue(SHOP, at(NOW)), before.issue(SHOP, at(NOW)));
        assert!(after.accepts(SHOP, &after.issue(SHOP, at(NOW)), at(NOW)));
        // A node that has not yet been restarted has the new key behind the old one.
        assert!(mint(&[OLD, NEW]).accepts(SHOP, &after.issue(SHOP, at(NOW)), at(NOW)));
    }

    proptest! {
        #[test]
        fn no_text_is_a_nonce_by_chance(text: String, seconds: i64) {
            let vault = Vault::new(vec![MasterKey::generate("a", &SeededEntropy::new(1)).unwrap()]).unwrap();
            prop_assert!(!NonceMint::new(&vault).unwrap().accepts(SHOP, &text, at(seconds)));
        }
    }
}
