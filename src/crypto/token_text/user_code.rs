//! The code that a person types on another device (RFC 8628 §6.1): consonants that are hard to mistake and spell no word.

use std::fmt;

use crate::crypto::digest::sha256;
use crate::crypto::entropy::{Entropy, random};
use crate::domain::secret::Digest;

const ALPHABET: &[u8; 20] = b"BCDFGHJKLMNPQRSTVWXZ";
const LENGTH: usize = 8;
const HALF: usize = 4;

/// A user code: eight of twenty letters, some 34 bits; guesses are limited by whoever asks for one.
#[derive(Clone, PartialEq, Eq)]
pub struct UserCode(String);

impl UserCode {
    /// Makes a code, each letter as likely as any other.
    pub fn generate(entropy: &dyn Entropy) -> Self {
        let mut letters = String::with_capacity(LENGTH);
        while letters.len() < LENGTH {
            let [byte] = random::<1>(entropy);
            // 240 is the last multiple of twenty below 256: the bytes above it would favour some letters.
            let letter = ALPHABET.get(usize::from(byte % 20)).filter(|_| byte < 240);
            letters.extend(letter.map(|letter| char::from(*letter)));
        }
        Self(letters)
    }

    /// Reads what a person typed: in either case, with hyphens and spaces anywhere or nowhere.
    pub fn parse(text: &str) -> Option<Self> {
        let typed = text.chars().filter(|letter| !matches!(letter, '-' | ' '));
        let letters: String = typed.take(LENGTH + 1).map(|letter| letter.to_ascii_uppercase()).collect();
        (letters.len() == LENGTH && letters.bytes().all(|letter| ALPHABET.contains(&letter))).then_some(Self(letters))
    }

    /// What the row keeps: of the letters alone, however they were typed.
    pub fn digest(&self) -> Digest {
        sha256(&self.0)
    }
}

impl fmt::Display for UserCode {
    /// As it is shown: `WDJB-MJHT`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (one, two) = self.0.split_at_checked(HALF).unwrap_or((&self.0, ""));
        write!(f, "{one}-{two}")
    }
}

impl fmt::Debug for UserCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[user code]")
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use proptest::prelude::*;

    use super::*;
    use crate::crypto::compare::same;
    use crate::crypto::entropy::SystemEntropy;

    #[test]
    fn a_code_is_read_however_it_was_typed() {
        let code = UserCode::parse("WDJB-MJHT").unwrap();
        assert_eq!(code.to_string(), "WDJB-MJHT");
        for typed in ["WDJBMJHT", "wdjb-mjht", " wdjb mjht ", "W-D-J-B-M-J-H-T", "Wdjb--Mjht"] {
            assert!(same(&UserCode::parse(typed).unwrap().digest().0, &code.digest().0), "{typed}");
        }
    }

    #[test]
    fn what_is_no_code_is_not_read() {
        for bad in
            ["", "WDJB", "WDJB-MJH", "WDJB-MJHTT", "WDJB-MJHA", "WDJB-MJH1", "WDJB_MJHT", "WDJB\nMJHT", "ẄDJBMJHT"]
        {
            assert!(UserCode::parse(bad).is_none(), "{bad}");
        }
        assert!(UserCode::parse(&"B".repeat(1_000_000)).is_none());
        assert_eq!(format!("{:?}", UserCode::generate(&SystemEntropy)), "[user code]");
    }

    #[test]
    fn every_letter_is_as_likely_as_any_other() {
        let mut counts = HashMap::new();
        for _ in 0..5_000 {
            for letter in UserCode::generate(&SystemEntropy).0.bytes() {
                *counts.entry(letter).or_insert(0_u32) += 1;
            }
        }
        // 2,000 each; six deviations of it are 262.
        assert_eq!(counts.len(), 20);
        assert!(counts.values().all(|count| (1_738..=2_262).contains(count)), "{counts:?}");
    }

    proptest! {
        #[test]
        fn a_code_survives_being_shown(_ in 0..64_u8) {
            let code = UserCode::generate(&SystemEntropy);
            let shown = code.to_string();
            prop_assert_eq!(shown.len(), 9);
            prop_assert_eq!(UserCode::parse(&shown), Some(code));
        }
    }
}
