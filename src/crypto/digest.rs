//! SHA-256 of secrets with full entropy, which need no slow hash (NIST SP 800-63B §5.1.4.2), and a picture's name.

use sha2::{Digest as _, Sha256};

use crate::domain::secret::Digest;

/// The SHA-256 digest of a text.
pub fn sha256(text: &str) -> Digest {
    Digest(Sha256::digest(text).into())
}

/// The MD5 digest of a text in hexadecimal. Not for anything that must be safe: Gravatar names pictures by it.
pub fn md5_hex(text: &str) -> String {
    md5::Md5::digest(text).iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::{md5_hex, sha256};

    #[test]
    fn a_picture_is_named_by_md5() {
        // RFC 1321, the test suite of appendix A.5.
        assert_eq!(md5_hex("message digest"), "f96b697d7cb7938d525a2f31aaf161d0");
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
