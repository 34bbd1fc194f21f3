//! Encryption at rest: AES-256-GCM under a master key, bound to the row that keeps the result (NIST SP 800-38D,
//! RFC 5116). Sealed bytes are a random 96-bit nonce, the ciphertext and a 128-bit tag. One master key may seal 2^32
//! times; long before that an operator adds a new one in front and rewraps.

use std::fmt;

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use aws_lc_rs::hkdf::{HKDF_SHA256, Prk, Salt};
use base64::Engine;
use base64::alphabet::{Alphabet, STANDARD, URL_SAFE};
use base64::engine::DecodePaddingMode;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig};
use zeroize::Zeroizing;

use super::entropy::{Entropy, random};
use super::token_text::written;
use crate::domain::id::TenantId;
use crate::domain::secret::{Sealed, Secret};

const KEY_LEN: usize = 32;
const TAG_LEN: usize = 16;
const ID_MAX: usize = 64;
/// Begins every binding; another layout of the sealed bytes takes another label.
const LABEL: &[u8] = b"tokengrid vault 1";

/// Why the vault refused.
#[derive(Debug, thiserror::Error)]
pub enum VaultError {
    #[error("at least one master key is needed")]
    NoKey,
    #[error("two master keys have the id {id:?}")]
    DuplicateKey { id: String },
    #[error(
        "a master key is written as \"id:key\": an id of letters, digits, '.', '_' and '-', then 32 bytes in base64"
    )]
    MalformedKey,
    #[error("sealed by the master key {id:?}, which is not configured")]
    UnknownKey { id: String },
    /// The bytes were changed, cut, sealed by another key of the same id, or moved here from another row.
    #[error("sealed bytes do not belong to this row, or were changed")]
    Refused,
    #[error("the cipher failed")]
    Cipher(#[source] aws_lc_rs::error::Unspecified),
}

/// A master key with the name by which sealed rows remember it.
pub struct MasterKey {
    id: String,
    key: Zeroizing<[u8; KEY_LEN]>,
}

impl MasterKey {
    /// Reads a configured key.
    ///
    /// *Shape*: `2026-11:` and 32 bytes in base64 or base64url, padded or not.
    /// *Errors*: `MalformedKey`; the text is not repeated.
    pub fn parse(line: &Secret) -> Result<Self, VaultError> {
        let (id, text) = line.expose().trim().split_once(':').ok_or(VaultError::MalformedKey)?;
        let bytes = decode(text).filter(|_| is_id(id)).ok_or(VaultError::MalformedKey)?;
        let key = <&[u8; KEY_LEN]>::try_from(bytes.as_slice()).ok().ok_or(VaultError::MalformedKey)?;
        Ok(Self { id: id.to_owned(), key: Zeroizing::new(*key) })
    }

    /// Makes a new key.
    ///
    /// *Errors*: `MalformedKey` for an id that could not be read back.
    pub fn generate(id: &str, entropy: &dyn Entropy) -> Result<Self, VaultError> {
        let key = Zeroizing::new(random(entropy));
        if is_id(id) { Ok(Self { id: id.to_owned(), key }) } else { Err(VaultError::MalformedKey) }
    }

    /// The line that [`MasterKey::parse`] reads.
    pub fn to_line(&self) -> Secret {
        written(&format!("{}:", self.id), self.key.as_slice())
    }
}

impl fmt::Debug for MasterKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "[master key {}]", self.id)
    }
}

fn is_id(id: &str) -> bool {
    let legal = |byte: u8| byte.is_ascii_alphanumeric() || b"._-".contains(&byte);
    (1..=ID_MAX).contains(&id.len()) && id.bytes().all(legal)
}

/// Operators make keys with whatever is at hand, `openssl rand -base64 32` or a base64url tool: both are read.
fn decode(text: &str) -> Option<Zeroizing<Vec<u8>>> {
    let lenient = GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);
    let read = |alphabet: &Alphabet| GeneralPurpose::new(alphabet, lenient).decode(text).ok();
    read(&URL_SAFE).or_else(|| read(&STANDARD)).map(Zeroizing::new)
}

/// What kind of thing is sealed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    ClientSecret,
    SigningKey,
    RefreshFamily,
    SigninProvider,
    Mail,
    /// What a tenant keeps for good and shows to nobody; the row says what for.
    TenantSecret,
    /// What a page for people brings back when its form is sent; never stored.
    Page,
    /// Where a page of a list ended; sealed for the caller to bring back, and never stored.
    Cursor,
}

impl Purpose {
    const fn as_str(self) -> &'static str {
        match self {
            Self::ClientSecret => "client secret",
            Self::SigningKey => "signing key",
            Self::RefreshFamily => "refresh family",
            Self::SigninProvider => "signin provider",
            Self::Mail => "mail",
            Self::TenantSecret => "tenant secret",
            Self::Page => "page",
            Self::Cursor => "cursor",
        }
    }
}

/// Where sealed bytes belong: they open nowhere else, so no row can borrow another's, or another tenant's.
///
/// *Tenancy*: `tenant` is the tenant of the row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Binding<'a> {
    pub tenant: TenantId,
    pub purpose: Purpose,
    /// The row's key within its tenant: a UUID or a `kid`.
    pub row: &'a str,
}

impl Binding<'_> {
    /// The associated data: each part behind its length, so that no two bindings share a spelling.
    fn frame(&self) -> Vec<u8> {
        let tenant = self.tenant.uuid();
        let parts: [&[u8]; 4] = [LABEL, tenant.as_bytes(), self.purpose.as_str().as_bytes(), self.row.as_bytes()];
        let mut frame = Vec::new();
        for part in parts {
            frame.extend_from_slice(&u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
            frame.extend_from_slice(part);
        }
        frame
    }
}

/// What a key is derived for (RFC 5869). What it protects lives for minutes: the next master key changes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Derived {
    /// The nonces of proofs of possession.
    DpopNonce,
}

impl Derived {
    const fn label(self) -> &'static [u8] {
        match self {
            Self::DpopNonce => b"tokengrid dpop nonce 1",
        }
    }
}

/// A derived key.
pub type DerivedKey = Zeroizing<[u8; KEY_LEN]>;

struct Door {
    id: String,
    key: LessSafeKey,
    root: Prk,
}

impl Door {
    fn derive(&self, purpose: Derived) -> Result<DerivedKey, VaultError> {
        let mut key = Zeroizing::new([0; KEY_LEN]);
        let label = [purpose.label()];
        self.root.expand(&label, HKDF_SHA256).and_then(|okm| okm.fill(&mut *key)).map_err(VaultError::Cipher)?;
        Ok(key)
    }
}

/// The master keys: the first seals, all open.
pub struct Vault {
    first: Door,
    others: Vec<Door>,
}

impl Vault {
    /// Opens the vault with the configured keys; the first one seals from now on.
    ///
    /// *Errors*: `NoKey`, `DuplicateKey`.
    pub fn new(keys: Vec<MasterKey>) -> Result<Self, VaultError> {
        let mut doors: Vec<Door> = Vec::with_capacity(keys.len());
        for MasterKey { id, key } in keys {
            if doors.iter().any(|door| door.id == id) {
                return Err(VaultError::DuplicateKey { id });
            }
            let root = Salt::new(HKDF_SHA256, LABEL).extract(&*key);
            let key = UnboundKey::new(&AES_256_GCM, &*key).map_err(VaultError::Cipher)?;
            doors.push(Door { id, key: LessSafeKey::new(key), root });
        }
        let mut doors = doors.into_iter();
        let first = doors.next().ok_or(VaultError::NoKey)?;
        Ok(Self { first, others: doors.collect() })
    }

    /// The id of the key that seals.
    pub fn current(&self) -> &str {
        &self.first.id
    }

    /// The key for one purpose, of the master key that seals: every node that has the master key has this one.
    ///
    /// *Errors*: `Cipher`. *Spec*: RFC 5869, with SHA-256.
    pub fn derive(&self, purpose: Derived) -> Result<DerivedKey, VaultError> {
        self.first.derive(purpose)
    }

    /// The keys for one purpose of the master keys that only open, for what other nodes and earlier days made.
    pub fn derive_others(&self, purpose: Derived) -> Result<Vec<DerivedKey>, VaultError> {
        self.others.iter().map(|door| door.derive(purpose)).collect()
    }

    /// Encrypts `plain` for one row.
    pub fn seal(&self, binding: &Binding<'_>, plain: &[u8], entropy: &dyn Entropy) -> Result<Sealed, VaultError> {
        let nonce: [u8; NONCE_LEN] = random(entropy);
        let mut bytes = Zeroizing::new(Vec::with_capacity(NONCE_LEN + plain.len() + TAG_LEN));
        bytes.extend_from_slice(&nonce);
        bytes.extend_from_slice(plain);
        let (_, body) = bytes.split_at_mut(NONCE_LEN);
        let nonce = Nonce::assume_unique_for_key(nonce);
        let tag = self.first.key.seal_in_place_separate_tag(nonce, Aad::from(binding.frame()), body);
        bytes.extend_from_slice(tag.map_err(VaultError::Cipher)?.as_ref());
        Ok(Sealed { by: self.first.id.clone(), bytes: std::mem::take(&mut *bytes) })
    }

    /// Decrypts what was sealed for this very row.
    ///
    /// *Errors*: `UnknownKey` when the master key is not configured: an operator can help. `Refused` for everything
    /// else, without saying why.
    pub fn open(&self, binding: &Binding<'_>, sealed: &Sealed) -> Result<Zeroizing<Vec<u8>>, VaultError> {
        let mut doors = std::iter::once(&self.first).chain(&self.others);
        let door =
            doors.find(|door| door.id == sealed.by).ok_or_else(|| VaultError::UnknownKey { id: sealed.by.clone() })?;
        let (nonce, body) = sealed.bytes.split_first_chunk::<NONCE_LEN>().ok_or(VaultError::Refused)?;
        let mut plain = Zeroizing::new(body.to_vec());
        let opened = door.key.open_in_place(Nonce::from(nonce), Aad::from(binding.frame()), &mut plain);
        let length = opened.ok().ok_or(VaultError::Refused)?.len();
        plain.truncate(length);
        Ok(plain)
    }
}

impl fmt::Debug for Vault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "[vault under {}]", self.current())
    }
}

#[cfg(test)]
mod tests {
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
}
