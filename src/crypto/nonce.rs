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
