//! SHA-256 of secrets with full entropy, which need no slow hash (NIST SP 800-63B §5.1.4.2), and with a key.

use aws_lc_rs::hmac;
use sha2::{Digest as _, Sha256};

use crate::domain::secret::{Digest, Secret};

/// The SHA-256 digest of a text.
pub fn sha256(text: &str) -> Digest {
    Digest(Sha256::digest(text).into())
}

/// The HMAC-SHA-256 of a message under a key, in lower-case hexadecimal digits (RFC 2104), as some providers want a
/// secret to be proved.
pub fn hmac_hex(key: &Secret, message: &Secret) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA256, key.expose().as_bytes());
    let tag = hmac::sign(&key, message.expose().as_bytes());
    tag.as_ref().iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::{hmac_hex, sha256};
    use crate::domain::secret::Secret;

    #[test]
    fn the_mac_is_hmac_sha_256() {
        // RFC 4231 §4.3.
        let mac = hmac_hex(&Secret::new("Jefe"), &Secret::new("what do ya want for nothing?"));
        assert_eq!(mac, "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    }

    #[test]
    fn the_digest_is_sha_256() {
        // FIPS 180-4, the "abc" example.
        let expected = [
            0xba, 0x78, 0x16, 0xbf, 0x8f, 0x01, 0xcf, 0xea, 0x41, 0x41, 0x40, 0xde, 0x5d, 0xae, 0x22, 0x23, 0xb0, 0x03,
            0x61, 0xa3, 0x96, 0x17, 0x7a, 0x9c, 0xb4, 0x10, 0xff, 0x61, 0xf2, 0x00, 0x15, 0xad,
        ];
        assert_eq!(sha256("abc").0, expected);
    }
}
