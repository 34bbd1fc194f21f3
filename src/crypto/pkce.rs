//! Proof Key for Code Exchange (RFC 7636), by S256 alone: with `plain`, whoever sees the request knows the answer.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::compare;
use super::digest::sha256;
use crate::domain::secret::{Digest, Secret};

/// The one method; for metadata.
pub const METHOD: &str = "S256";
/// *Units*: characters.
const VERIFIER: std::ops::RangeInclusive<usize> = 43..=128;

/// What a client says when it asks for a code: the hash of something that it will show later.
#[derive(Clone, Copy, Debug)]
pub struct Challenge(Digest);

impl Challenge {
    /// Reads a `code_challenge`.
    ///
    /// *Shape*: exactly 43 characters of base64url, which are 32 bytes. *Spec*: RFC 7636 §4.2.
    pub fn parse(text: &str) -> Option<Self> {
        let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
        Some(Self(Digest(bytes.try_into().ok()?)))
    }

    /// A challenge that was kept.
    pub fn of(digest: Digest) -> Self {
        Self(digest)
    }

    /// The form to keep.
    pub fn digest(&self) -> &Digest {
        &self.0
    }

    /// Whether the verifier is the one that was hashed.
    pub fn accepts(&self, verifier: &Verifier) -> bool {
        compare::same(&sha256(verifier.0.expose()).0, &self.0.0)
    }
}

/// What a client shows to get its token: the text behind the challenge.
#[derive(Clone, Debug)]
pub struct Verifier(Secret);

impl Verifier {
    /// Reads a `code_verifier`.
    ///
    /// *Shape*: 43 to 128 letters, digits, `-`, `.`, `_` and `~`. *Spec*: RFC 7636 §4.1.
    pub fn parse(text: &Secret) -> Option<Self> {
        let is_unreserved = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
        let is_one = VERIFIER.contains(&text.expose().len()) && text.expose().bytes().all(is_unreserved);
        is_one.then(|| Self(text.clone()))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
    const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

    fn verifier(text: &str) -> Option<Verifier> {
        Verifier::parse(&Secret::new(text))
    }

    #[test]
    fn the_pair_of_rfc_7636_fits_and_no_other_verifier_does() {
        // RFC 7636, appendix B.
        let challenge = Challenge::parse(CHALLENGE).unwrap();
        assert!(challenge.accepts(&verifier(VERIFIER).unwrap()));
        assert!(!challenge.accepts(&verifier(&VERIFIER.replace('d', "D")).unwrap()));
        assert!(!challenge.accepts(&verifier(&format!("{VERIFIER}A")).unwrap()));
        // The plain method: the challenge shown again.
        assert!(!challenge.accepts(&verifier(CHALLENGE).unwrap()));
        assert!(Challenge::of(*challenge.digest()).accepts(&verifier(VERIFIER).unwrap()));
    }

    #[test]
    fn a_challenge_is_43_characters_of_canonical_base64url() {
        let last = format!("{}N", &CHALLENGE[..42]);
        let (short, long) = (&CHALLENGE[..42], format!("{CHALLENGE}A"));
        let cases = ["", short, &long, &last, &format!("{CHALLENGE}="), &CHALLENGE.replace('-', "+"), "plain"];
        for bad in cases {
            assert!(Challenge::parse(bad).is_none(), "{bad}");
        }
    }

    #[test]
    fn a_verifier_has_43_to_128_unreserved_characters() {
        for length in [43, 128] {
            assert!(verifier(&"a-._~Z09".repeat(16)[..length]).is_some());
        }
        assert!(verifier(&"a".repeat(42)).is_none() && verifier(&"a".repeat(129)).is_none());
        for other in [' ', '+', '/', '=', '%', '\n', '\0', 'é'] {
            assert!(verifier(&format!("{VERIFIER}{other}")).is_none(), "{other:?}");
        }
    }

    proptest! {
        #[test]
        fn a_challenge_accepts_what_it_was_made_of_alone(one in "[A-Za-z0-9._~-]{43,128}", two in "[A-Za-z0-9._~-]{43,128}") {
            let challenge = Challenge::of(sha256(&one));
            prop_assert!(challenge.accepts(&verifier(&one).unwrap()));
            prop_assert_eq!(challenge.accepts(&verifier(&two).unwrap()), one == two);
        }
    }
}
