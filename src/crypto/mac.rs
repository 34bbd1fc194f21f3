//! Proof of a secret by a keyed hash (RFC 2104).

use aws_lc_rs::hmac;

use crate::domain::secret::Secret;

/// The HMAC-SHA-256 of a message under a key, in lower-case hexadecimal digits, as some providers want a secret to be
/// proved.
pub fn hmac_hex(key: &Secret, message: &Secret) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA256, key.expose().as_bytes());
    let tag = hmac::sign(&key, message.expose().as_bytes());
    tag.as_ref().iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_mac_is_hmac_sha_256() {
        // RFC 4231 §4.3.
        let mac = hmac_hex(&Secret::new("Jefe"), &Secret::new("what do ya want for nothing?"));
        assert_eq!(mac, "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    }
}
