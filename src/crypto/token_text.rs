//! The text of client secrets, tokens and codes, opaque to their holders.
//!
//! A refresh token names its family and generation and proves both with a MAC under the family's key, so that the
//! database needs no token and a lost answer can be written again, letter for letter.

mod opaque;
mod user_code;

use aws_lc_rs::hmac;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use uuid::Uuid;
use zeroize::Zeroizing;

pub use opaque::Opaque;
pub use user_code::UserCode;

use super::compare::same;
use super::entropy::{Entropy, random};
use crate::domain::client::ClientId;
use crate::domain::secret::Secret;

const SECRET_LEN: usize = 32;
const PIN_LEN: usize = 8;
const PASSWORD_LEN: usize = 18;
/// Base64 of `re-`, so that a refresh token is told from a client secret at sight.
const REFRESH_PREFIX: &str = "cmUt";
/// Base64 of `em-`, so that a mail's token is told from any other at sight.
const MAIL_PREFIX: &str = "ZW0t";
const FAMILY_LEN: usize = 16;
const GENERATION_LEN: usize = 4;
const TAG_LEN: usize = 32;
/// Keeps this MAC apart from any other that the same key might ever make. What follows it has a fixed length.
const LABEL: &[u8] = b"tokengrid refresh token 1";

/// Makes a client secret: the prefix of its owner, then 256 random bits.
///
/// *Shape*: `YXA6` or `b3U6`, then 43 characters of base64url.
/// *Spec*: Usergrid `ClientCredentialsInfo`; RFC 6749 §10.10.
pub fn new_client_secret(client: ClientId, entropy: &dyn Entropy) -> Secret {
    let bytes: Zeroizing<[u8; SECRET_LEN]> = Zeroizing::new(random(entropy));
    written(client.prefix(), &*bytes)
}

/// Makes a password for an account whose owner brought none: 144 random bits, 24 characters that paste well.
pub fn new_password(entropy: &dyn Entropy) -> Secret {
    let bytes: Zeroizing<[u8; PASSWORD_LEN]> = Zeroizing::new(random(entropy));
    written("", &*bytes)
}

/// Makes a pin to sign in with: eight digits, each as likely as any other.
pub fn new_pin(entropy: &dyn Entropy) -> Secret {
    let mut digits = String::with_capacity(PIN_LEN);
    while digits.len() < PIN_LEN {
        let [byte] = random::<1>(entropy);
        // 250 is the last multiple of ten below 256: the bytes above it would favour some digits.
        if byte < 250 {
            digits.push(char::from(b'0' + byte % 10));
        }
    }
    Secret::new(digits)
}

/// Makes the token of a mail's link: 256 random bits in a namespace of their own. It is no bearer token.
///
/// *Shape*: `ZW0t`, then 43 characters of base64url. *Spec*: Usergrid's prefix of email tokens.
pub fn new_mail_token(entropy: &dyn Entropy) -> Secret {
    let bytes: Zeroizing<[u8; SECRET_LEN]> = Zeroizing::new(random(entropy));
    written(MAIL_PREFIX, &*bytes)
}

/// What a refresh token says, not yet believed.
#[derive(Clone, Copy, Debug)]
pub struct RefreshParts {
    /// The row to look up.
    pub family: Uuid,
    /// Which link of the chain it claims to be.
    pub generation: u32,
    tag: [u8; TAG_LEN],
}

impl RefreshParts {
    /// Whether the holder of the family's key wrote this token. Until then nothing it says is true.
    pub fn is_authentic(&self, key: &[u8]) -> bool {
        same(tag_of(key, self.family, self.generation).as_ref(), &self.tag)
    }
}

/// Writes the refresh token of one generation of a family; the same parts always give the same text.
///
/// *Shape*: `cmUt`, then 70 characters of base64url.
pub fn render_refresh(key: &[u8], family: Uuid, generation: u32) -> Secret {
    let mut bytes = Zeroizing::new(Vec::with_capacity(FAMILY_LEN + GENERATION_LEN + TAG_LEN));
    bytes.extend_from_slice(family.as_bytes());
    bytes.extend_from_slice(&generation.to_be_bytes());
    bytes.extend_from_slice(tag_of(key, family, generation).as_ref());
    written(REFRESH_PREFIX, &bytes)
}

/// Reads a refresh token from outside; `None` for anything that was never written in this form.
pub fn parse_refresh(text: &str) -> Option<RefreshParts> {
    let bytes = Zeroizing::new(URL_SAFE_NO_PAD.decode(text.strip_prefix(REFRESH_PREFIX)?).ok()?);
    let (family, rest) = bytes.split_first_chunk::<FAMILY_LEN>()?;
    let (generation, tag) = rest.split_first_chunk::<GENERATION_LEN>()?;
    Some(RefreshParts {
        family: Uuid::from_bytes(*family),
        generation: u32::from_be_bytes(*generation),
        tag: tag.try_into().ok()?,
    })
}

fn tag_of(key: &[u8], family: Uuid, generation: u32) -> hmac::Tag {
    let mut mac = hmac::Context::with_key(&hmac::Key::new(hmac::HMAC_SHA256, key));
    mac.update(LABEL);
    mac.update(family.as_bytes());
    mac.update(&generation.to_be_bytes());
    mac.sign()
}

/// Prefix and base64url in one exact allocation, so that no copy of the secret is left behind.
pub(super) fn written(prefix: &str, bytes: &[u8]) -> Secret {
    let mut text = String::with_capacity(prefix.len() + base64::encoded_len(bytes.len(), false).unwrap_or(0));
    text.push_str(prefix);
    URL_SAFE_NO_PAD.encode_string(bytes, &mut text);
    Secret::new(text)
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use proptest::prelude::*;

    use super::*;
    use crate::crypto::entropy::{SeededEntropy, SystemEntropy};
    use crate::domain::id::{AppId, OrgId};

    const KEY: &[u8] = &[7; 32];

    #[test]
    fn a_client_secret_has_its_owners_prefix_and_256_bits() {
        let app = new_client_secret(ClientId::App(AppId::new(Uuid::nil())), &SystemEntropy);
        let org = new_client_secret(ClientId::Org(OrgId::new(Uuid::nil())), &SystemEntropy);
        assert_eq!((&app.expose()[..4], app.expose().len()), ("YXA6", 47));
        assert_eq!((&org.expose()[..4], org.expose().len()), ("b3U6", 47));
        assert_eq!(URL_SAFE_NO_PAD.decode(&app.expose()[4..]).unwrap().len(), 32);
    }

    #[test]
    fn client_secrets_never_repeat_and_follow_the_entropy_given() {
        let client = ClientId::App(AppId::new(Uuid::nil()));
        let fresh: HashSet<String> =
            (0..1_000).map(|_| new_client_secret(client, &SystemEntropy).expose().to_owned()).collect();
        assert_eq!(fresh.len(), 1_000);
        let [one, two] = [3, 3].map(|seed| new_client_secret(client, &SeededEntropy::new(seed)));
        assert_eq!(one.expose(), two.expose());
    }

    #[test]
    fn a_refresh_token_is_text_of_a_fixed_shape() {
        let family = Uuid::from_u128(0x0190_0000_0000_7000_8000_0000_0000_0001);
        let token = render_refresh(KEY, family, 3);
        // Computed by another implementation: HMAC-SHA256 over the label, 16 bytes of family and 4 of generation.
        assert_eq!(token.expose(), "cmUtAZAAAAAAcACAAAAAAAAAAQAAAAO9zmyDfnF_u0vZz3CgW26mB1bfbmYRshIiRtinTBtyfA");
    }

    #[test]
    fn a_refresh_token_of_another_key_family_or_generation_is_not_authentic() {
        let family = Uuid::from_u128(1);
        let parts = parse_refresh(render_refresh(KEY, family, 3).expose()).unwrap();
        assert!(parts.is_authentic(KEY));
        assert!(!parts.is_authentic(&[8; 32]));
        assert!(!parts.is_authentic(&[]));
        assert!(!RefreshParts { family: Uuid::from_u128(2), ..parts }.is_authentic(KEY));
        assert!(!RefreshParts { generation: 4, ..parts }.is_authentic(KEY));
    }

    #[test]
    fn foreign_text_does_not_parse() {
        let good = render_refresh(KEY, Uuid::from_u128(1), 3);
        let good = good.expose();
        let cases = [
            String::new(),
            "cmUt".into(),
            good[4..].to_owned(),
            format!("YXA6{}", &good[4..]),
            format!("{good}="),
            format!("{good}=="),
            format!("{good}A"),
            format!("{good}AAAA"),
            format!(" {good}"),
            format!("{good}\n"),
            good.to_uppercase(),
            good.replacen("cmUt", "cmU\u{0}", 1),
            "ü😀".into(),
        ];
        for bad in cases {
            assert!(parse_refresh(&bad).is_none(), "{bad}");
        }
        assert!((0..good.len()).all(|end| parse_refresh(&good[..end]).is_none()));
    }

    proptest! {
        #[test]
        fn a_refresh_token_survives_a_round_trip(key: [u8; 32], family: u128, generation: u32) {
            let family = Uuid::from_u128(family);
            let parts = parse_refresh(render_refresh(&key, family, generation).expose()).unwrap();
            prop_assert_eq!((parts.family, parts.generation), (family, generation));
            prop_assert!(parts.is_authentic(&key));
        }

        #[test]
        fn any_other_character_anywhere_is_refused(family: u128, at in 0..74_usize, other in "[A-Za-z0-9_=+/ -]") {
            let mut text = render_refresh(KEY, Uuid::from_u128(family), 0).expose().to_owned();
            prop_assume!(text[at..=at] != other);
            text.replace_range(at..=at, &other);
            prop_assert!(!parse_refresh(&text).is_some_and(|parts| parts.is_authentic(KEY)));
        }

        #[test]
        fn no_text_makes_the_parser_panic(text: String) {
            prop_assert!(!parse_refresh(&text).is_some_and(|parts| parts.is_authentic(KEY)));
        }
    }
}
