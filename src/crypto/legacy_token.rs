//! Access tokens that Usergrid issued: read, and their digest checked. Nothing here makes one.
//!
//! *Shape*: `YWMt`, then base64url of 16 bytes of UUID, 8 of expiry in milliseconds, 20 of SHA-1; 63 characters.
//! *Spec*: Usergrid hashes `ac`, the UUID's text, the server's salt and the expiry in decimal. Its other kinds of token
//! (mail, refresh, offline) begin otherwise and are never read.

use aws_lc_rs::digest::{SHA1_FOR_LEGACY_USE_ONLY, digest};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use uuid::Uuid;

use super::compare;
use crate::domain::clock::Moment;
use crate::domain::secret::Secret;

const PREFIX: &str = "YWMt";
const LENGTH: usize = 63;

/// A token as it was presented. What it says holds only if [`LegacyToken::is_signed_with`] says so.
#[derive(Clone, Debug)]
pub struct LegacyToken {
    pub id: Uuid,
    pub expires: Moment,
    millis: i64,
    digest: [u8; 20],
}

impl LegacyToken {
    /// Whether a bearer value is of this kind at all.
    pub fn is_one(text: &str) -> bool {
        text.starts_with(PREFIX)
    }

    /// Reads a token without judging it; `None` for a text of another shape. One token has one spelling.
    pub fn parse(text: &str) -> Option<Self> {
        let encoded = text.strip_prefix(PREFIX).filter(|_| text.len() == LENGTH)?;
        let bytes = URL_SAFE_NO_PAD.decode(encoded).ok()?;
        let (id, rest) = bytes.split_first_chunk::<16>()?;
        let (millis, rest) = rest.split_first_chunk::<8>()?;
        let digest = <[u8; 20]>::try_from(rest).ok()?;
        let millis = i64::from_be_bytes(*millis);
        Some(Self { id: Uuid::from_bytes(*id), expires: Moment::from_millis(millis), millis, digest })
    }

    /// Whether one of the salts made the digest; each is tried, in constant time.
    pub fn is_signed_with(&self, salts: &[Secret]) -> bool {
        salts.iter().fold(false, |found, salt| {
            let signed = format!("ac{}{}{}", self.id, salt.expose(), self.millis);
            let expected = digest(&SHA1_FOR_LEGACY_USE_ONLY, signed.as_bytes());
            compare::same(expected.as_ref(), &self.digest) | found
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TOKEN: &str = "YWMtiuim6oSlEeOITfGOj2-zvAAAAUPmSbxOMqyPOprNBDty-JnezkEceK_8dLU";
    const SALT: &str = "super secret token value";

    fn salts(texts: &[&str]) -> Vec<Secret> {
        texts.iter().map(|text| Secret::new(*text)).collect()
    }

    #[test]
    fn a_token_of_usergrid_is_read_and_its_digest_holds_under_its_salt_alone() {
        let token = LegacyToken::parse(TOKEN).expect("Usergrid's own vector");
        assert_eq!(token.id, Uuid::from_u128(0x8ae8a6ea_84a5_11e3_884d_f18e8f6fb3bc));
        assert_eq!(token.expires, Moment::from_millis(1_391_138_028_622));
        assert!(token.is_signed_with(&salts(&[SALT])));
        assert!(token.is_signed_with(&salts(&["another", SALT, "third"])));
        assert!(!token.is_signed_with(&salts(&["super secret token valuE", "", "another"])));
        assert!(!token.is_signed_with(&[]));
    }

    #[test]
    fn every_changed_character_breaks_it_and_other_shapes_are_not_read() {
        for place in 4..TOKEN.len() {
            let mut text = TOKEN.as_bytes().to_vec();
            text[place] = if text[place] == b'A' { b'B' } else { b'A' };
            let text = String::from_utf8(text).expect("ASCII");
            let holds = LegacyToken::parse(&text).is_some_and(|token| token.is_signed_with(&salts(&[SALT])));
            assert!(!holds, "{text}");
        }
        let mail = "ZW0tiuim6oSlEeOITfGOj2-zvLKvvS1ai4jNotq316l-baI8KbiA";
        let long = format!("{TOKEN}A");
        for text in ["", "YWMt", mail, &TOKEN[..62], &long, "YWMt😀😀😀😀😀😀😀😀😀😀😀😀😀😀aaa"]
        {
            assert!(LegacyToken::parse(text).is_none(), "{text}");
        }
    }
}
