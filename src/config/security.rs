//! `[security]`: the master keys that encrypt secrets at rest. Their shape alone is checked here.

use std::collections::HashSet;

use base64::Engine;
use base64::alphabet::{STANDARD, URL_SAFE};
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use serde::{Deserialize, Serialize, Serializer};

use super::error::Fault;
use crate::domain::secret::Secret;

const KEY: &str = "security.master_keys";
const KEY_BYTES: usize = 32;

/// The `[security]` section.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SecuritySettings {
    /// Each `ID:KEY`; the first encrypts, all decrypt. Empty: the key file in the data folder.
    #[serde(serialize_with = "print_ids")]
    pub master_keys: Vec<Secret>,
}

impl SecuritySettings {
    /// Checks the section by itself.
    ///
    /// *Errors*: a key of another shape, or an id given twice; the text names the entry, never its content.
    pub fn validate(&self) -> Result<(), Fault> {
        let mut ids = HashSet::new();
        for (place, line) in (1..).zip(&self.master_keys) {
            let Some(id) = id_of(line.expose()) else {
                let shape = "must look like ID:KEY with a KEY of 32 bytes in base64 or base64url";
                return Err(Fault::new(KEY, format!("entry {place} {shape}")));
            };
            if !ids.insert(id) {
                return Err(Fault::new(KEY, format!("entry {place} repeats the id of an earlier one")));
            }
        }
        Ok(())
    }
}

/// The id of a well-formed line.
fn id_of(line: &str) -> Option<&str> {
    let (id, key) = line.split_once(':')?;
    let named = (1..=64).contains(&id.len()) && id.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b));
    // Operators make keys with whatever is at hand: both alphabets, padded or not.
    let lenient = GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);
    let keyed = [STANDARD, URL_SAFE]
        .iter()
        .any(|alphabet| GeneralPurpose::new(alphabet, lenient).decode(key).is_ok_and(|bytes| bytes.len() == KEY_BYTES));
    (named && keyed).then_some(id)
}

fn print_ids<S: Serializer>(lines: &[Secret], serializer: S) -> Result<S::Ok, S::Error> {
    let printed = |line: &Secret| id_of(line.expose()).map_or("[secret]".to_owned(), |id| format!("{id}:[secret]"));
    serializer.collect_seq(lines.iter().map(printed))
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8";

    fn checked(lines: &[String]) -> Result<(), String> {
        let master_keys = lines.iter().cloned().map(Secret::from).collect();
        SecuritySettings { master_keys }.validate().map_err(|fault| fault.to_string())
    }

    #[test]
    fn master_keys_have_an_id_and_32_bytes() {
        assert_eq!(checked(&[]), Ok(()));
        assert_eq!(checked(&[format!("2026-01:{GOOD}"), format!("2025:{GOOD}")]), Ok(()));
        let (plain, padded) = (format!("a:{}8", "-".repeat(42)), format!("b:{}8=", "+".repeat(42)));
        assert_eq!(checked(&[plain, padded]), Ok(()));
        for bad in [GOOD.to_owned(), format!(":{GOOD}"), format!("a b:{GOOD}"), "a:AAEC".to_owned()] {
            let refusal = checked(&[format!("a:{GOOD}"), bad.clone()]).expect_err("another shape");
            assert!(refusal.starts_with("security.master_keys: entry 2 must look like"), "{refusal}");
            assert!(!refusal.contains(&bad));
        }
    }

    #[test]
    fn master_key_ids_are_unique() {
        let twice = checked(&[format!("a:{GOOD}"), format!("a:{GOOD}")]);
        assert_eq!(twice, Err("security.master_keys: entry 2 repeats the id of an earlier one".to_owned()));
    }
}
