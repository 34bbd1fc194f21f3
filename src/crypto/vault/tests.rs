//! What is sealed, by which key, and where it opens.

use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use proptest::prelude::*;
use uuid::Uuid;

use super::*;
use crate::crypto::entropy::{SeededEntropy, SystemEntropy};

const APP: TenantId = TenantId::new(Uuid::from_u128(7));
const HERE: Binding<'static> = Binding { tenant: APP, purpose: Purpose::ClientSecret, row: "row" };

fn vault(ids: &[&str]) -> Vault {
    let entropy = SeededEntropy::new(1);
    Vault::new(ids.iter().map(|id| MasterKey::generate(id, &entropy).unwrap()).collect()).unwrap()
}

#[test]
fn a_master_key_survives_its_line_and_does_not_print() {
    let line = MasterKey::generate("2026-11", &SeededEntropy::new(1)).unwrap().to_line();
    assert_eq!(line.expose().len(), "2026-11:".len() + 43);
    let again = MasterKey::parse(&line).unwrap();
    assert_eq!(again.to_line().expose(), line.expose());
    assert_eq!(format!("{again:?}"), "[master key 2026-11]");
}

#[test]
fn a_master_key_is_read_from_either_base64_alphabet() {
    let standard = Secret::new("a:+/v7+/v7+/v7+/v7+/v7+/v7+/v7+/v7+/v7+/v7+/s=\n");
    let url_safe = Secret::new("a:-_v7-_v7-_v7-_v7-_v7-_v7-_v7-_v7-_v7-_v7-_s");
    assert_eq!(*MasterKey::parse(&standard).unwrap().key, [0xfb; 32]);
    assert_eq!(*MasterKey::parse(&url_safe).unwrap().key, [0xfb; 32]);
}

#[test]
fn a_malformed_master_key_is_refused_without_repeating_it() {
    let short = format!("a:{}", "A".repeat(42));
    let long = format!("a:{}", "A".repeat(44));
    let nameless = format!(":{}", "A".repeat(43));
    let spaced = format!("a b:{}", "A".repeat(43));
    for bad in ["", "a", "a:", "a:hunter2", &short, &long, &nameless, &spaced] {
        let error = MasterKey::parse(&Secret::new(bad)).unwrap_err();
        assert!(matches!(error, VaultError::MalformedKey), "{bad}");
        assert!(!error.to_string().contains("hunter2"));
    }
    assert!(MasterKey::generate("a:b", &SystemEntropy).is_err());
}

#[test]
fn a_vault_needs_keys_with_different_ids() {
    assert!(matches!(Vault::new(Vec::new()), Err(VaultError::NoKey)));
    let twins = ["a", "a"].map(|id| MasterKey::generate(id, &SystemEntropy).unwrap());
    assert!(matches!(Vault::new(twins.into()), Err(VaultError::DuplicateKey { id }) if id == "a"));
}

#[test]
fn the_first_key_seals_and_every_key_opens() {
    let old = vault(&["old"]);
    let entropy = SeededEntropy::new(1);
    let [old_key, new_key] = ["old", "new"].map(|id| MasterKey::generate(id, &entropy).unwrap());
    let both = Vault::new(vec![new_key, old_key]).unwrap();
    let sealed = old.seal(&HERE, b"plain", &SystemEntropy).unwrap();
    assert_eq!(sealed.by, "old");
    assert_eq!(both.open(&HERE, &sealed).unwrap().as_slice(), b"plain");
    let rewrapped = both.seal(&HERE, b"plain", &SystemEntropy).unwrap();
    assert_eq!((both.current(), rewrapped.by.as_str()), ("new", "new"));
    assert!(matches!(old.open(&HERE, &rewrapped), Err(VaultError::UnknownKey { id }) if id == "new"));
}

#[test]
fn another_key_of_the_same_id_opens_nothing() {
    let sealed = vault(&["a"]).seal(&HERE, b"plain", &SystemEntropy).unwrap();
    let other = Vault::new(vec![MasterKey::generate("a", &SeededEntropy::new(2)).unwrap()]).unwrap();
    assert!(matches!(other.open(&HERE, &sealed), Err(VaultError::Refused)));
}

#[test]
fn the_layout_at_rest_stays_what_it_is() {
    // Sealed by another implementation: rows that exist must open for ever.
    let bytes = URL_SAFE_NO_PAD.decode("AQEBAQEBAQEBAQEBXf9vNHUsMHZoyP46ktpftUBefRO8").unwrap();
    let key = MasterKey::parse(&Secret::new("a:-_v7-_v7-_v7-_v7-_v7-_v7-_v7-_v7-_v7-_v7-_s")).unwrap();
    let opened = Vault::new(vec![key]).unwrap().open(&HERE, &Sealed { by: "a".to_owned(), bytes });
    assert_eq!(opened.unwrap().as_slice(), b"plain");
}

/// What the master key itself would seal for a row.
fn by_master(vault: &Vault, binding: &Binding<'_>, plain: &[u8]) -> Sealed {
    let mut body = plain.to_vec();
    let aad = Aad::from(binding.frame());
    vault.first.key.seal_in_place_append_tag(Nonce::from(&[1; NONCE_LEN]), aad, &mut body).unwrap();
    Sealed { by: vault.current().to_owned(), bytes: [vec![1; NONCE_LEN], body].concat() }
}

#[test]
fn what_is_sealed_often_is_sealed_by_a_key_of_its_own_place() {
    let vault = vault(&["a"]);
    let keyed = |purpose| {
        let binding = Binding { purpose, ..HERE };
        let sealed = vault.seal(&binding, b"plain", &SystemEntropy).unwrap();
        assert_eq!(vault.open(&binding, &sealed).unwrap().as_slice(), b"plain");
        let frame = binding.frame();
        let opens = |key: &LessSafeKey| open_by(key, &frame, &sealed.bytes).is_some();
        let elsewhere = Binding { row: "another", ..binding }.frame();
        assert!(!opens(&vault.first.place_key(&elsewhere).unwrap()));
        (opens(&vault.first.key), opens(&vault.first.place_key(&frame).unwrap()))
    };
    for purpose in [Purpose::Cursor, Purpose::Mail, Purpose::RefreshFamily] {
        assert_eq!(keyed(purpose), (false, true), "{purpose:?}");
    }
    for purpose in [Purpose::ClientSecret, Purpose::SigningKey, Purpose::SigninProvider] {
        assert_eq!(keyed(purpose), (true, false), "{purpose:?}");
    }
}

#[test]
fn rows_of_before_open_and_cursors_of_before_do_not() {
    let vault = vault(&["a"]);
    let opens = |purpose| {
        let binding = Binding { purpose, ..HERE };
        vault.open(&binding, &by_master(&vault, &binding, b"plain")).is_ok_and(|plain| plain.as_slice() == b"plain")
    };
    assert!(opens(Purpose::Mail) && opens(Purpose::RefreshFamily) && opens(Purpose::ClientSecret));
    assert!(!opens(Purpose::Cursor));
}

#[test]
fn a_key_of_a_place_stays_what_it_is() {
    // HKDF-SHA256 and AES-256-GCM by another implementation: rows that exist must open for ever.
    let bytes = URL_SAFE_NO_PAD.decode("AQEBAQEBAQEBAQEBg7uyfoVip7AY1BnIQpBVf1I4Nqjl").unwrap();
    let key = MasterKey::parse(&Secret::new("a:-_v7-_v7-_v7-_v7-_v7-_v7-_v7-_v7-_v7-_v7-_s")).unwrap();
    let binding = Binding { purpose: Purpose::Mail, ..HERE };
    let opened = Vault::new(vec![key]).unwrap().open(&binding, &Sealed { by: "a".to_owned(), bytes });
    assert_eq!(opened.unwrap().as_slice(), b"plain");
}

#[test]
fn sealing_twice_gives_different_bytes() {
    let vault = vault(&["a"]);
    let [one, two] = [(); 2].map(|()| vault.seal(&HERE, b"plain", &SystemEntropy).unwrap());
    assert_ne!(one.bytes, two.bytes);
    assert!(!one.bytes.windows(5).any(|window| window == b"plain"));
}

#[test]
fn sealed_bytes_open_in_their_own_row_only() {
    let vault = vault(&["a"]);
    let sealed = vault.seal(&HERE, b"plain", &SystemEntropy).unwrap();
    let elsewhere = [
        Binding { tenant: TenantId::MANAGEMENT, ..HERE },
        Binding { purpose: Purpose::SigningKey, ..HERE },
        Binding { purpose: Purpose::RefreshFamily, ..HERE },
        Binding { row: "row2", ..HERE },
        Binding { row: "", ..HERE },
    ];
    for binding in elsewhere {
        assert!(matches!(vault.open(&binding, &sealed), Err(VaultError::Refused)), "{binding:?}");
    }
}

proptest! {
    #[test]
    fn whatever_is_sealed_opens_again(plain: Vec<u8>, row: String) {
        let (vault, binding) = (vault(&["a"]), Binding { row: &row, ..HERE });
        let sealed = vault.seal(&binding, &plain, &SystemEntropy).unwrap();
        prop_assert_eq!(sealed.bytes.len(), 12 + plain.len() + 16);
        let opened = vault.open(&binding, &sealed).unwrap();
        prop_assert_eq!(opened.as_slice(), plain.as_slice());
    }

    #[test]
    fn any_changed_bit_any_cut_and_any_addition_is_refused(
        plain in proptest::collection::vec(any::<u8>(), 0..64), at: prop::sample::Index, bit in 0..8_u8, extra: u8,
    ) {
        let vault = vault(&["a"]);
        let sealed = vault.seal(&HERE, &plain, &SystemEntropy).unwrap();
        let (mut flipped, mut cut, mut longer) = (sealed.clone(), sealed.clone(), sealed.clone());
        let at = at.index(sealed.bytes.len());
        flipped.bytes[at] ^= 1 << bit;
        cut.bytes.truncate(at);
        longer.bytes.push(extra);
        for changed in [flipped, cut, longer] {
            prop_assert!(matches!(vault.open(&HERE, &changed), Err(VaultError::Refused)));
        }
    }
}
