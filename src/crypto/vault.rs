//! Encryption at rest: AES-256-GCM under a master key, bound to the row that keeps the result (NIST SP 800-38D,
//! RFC 5116). Sealed bytes are a random 96-bit nonce, the ciphertext and a 128-bit tag.
//!
//! One key may seal 2^32 times. What is sealed with every request or sign-in is sealed by a key of its own place, which
//! HKDF (RFC 5869) derives from the master key; under the master key itself stays what operators do by hand.

use std::fmt;

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, Tag, UnboundKey};
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

#[cfg(test)]
mod tests;

const KEY_LEN: usize = 32;
const TAG_LEN: usize = 16;
const ID_MAX: usize = 64;
/// Begins every binding; another layout of the sealed bytes takes another label.
const LABEL: &[u8] = b"tokengrid vault 1";
/// Keeps keys of places apart from anything else that might ever be derived from a master key.
const DERIVATION: &[u8] = b"tokengrid vault place key 1";

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

/// Which key seals things of a kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Keyed {
    Master,
    /// A key of the binding's own.
    Place,
    /// The same; rows of before, which the master key sealed, open as they did.
    PlaceOnceMaster,
}

impl Purpose {
    const fn keyed(self) -> Keyed {
        match self {
            Self::ClientSecret | Self::SigningKey | Self::SigninProvider | Self::TenantSecret => Keyed::Master,
            Self::RefreshFamily | Self::Mail => Keyed::PlaceOnceMaster,
            Self::Page | Self::Cursor => Keyed::Place,
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

/// What else than sealing a key is derived for. It protects what lives for minutes: the next master key changes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Derived {
    /// The nonces of proofs of possession.
    DpopNonce,
}

impl Derived {
    /// No key of a place is derived by such a word: those begin with a length.
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
    /// What other keys are derived from.
    root: Prk,
}

impl Door {
    fn new(MasterKey { id, key }: MasterKey) -> Result<Self, VaultError> {
        let root = Salt::new(HKDF_SHA256, DERIVATION).extract(&*key);
        let key = UnboundKey::new(&AES_256_GCM, &*key).map_err(VaultError::Cipher)?;
        Ok(Self { id, key: LessSafeKey::new(key), root })
    }

    /// The key of one place: of one tenant, one purpose and one row.
    fn place_key(&self, frame: &[u8]) -> Result<LessSafeKey, VaultError> {
        let info = [frame];
        let derived = self.root.expand(&info, &AES_256_GCM).map_err(VaultError::Cipher)?;
        Ok(LessSafeKey::new(UnboundKey::from(derived)))
    }

    fn derive(&self, purpose: Derived) -> Result<DerivedKey, VaultError> {
        let mut key = Zeroizing::new([0; KEY_LEN]);
        let label = [purpose.label()];
        self.root.expand(&label, HKDF_SHA256).and_then(|okm| okm.fill(&mut *key)).map_err(VaultError::Cipher)?;
        Ok(key)
    }

    fn seal(&self, binding: &Binding<'_>, nonce: Nonce, body: &mut [u8]) -> Result<Tag, VaultError> {
        let frame = binding.frame();
        let aad = Aad::from(frame.as_slice());
        let sealed = match binding.purpose.keyed() {
            Keyed::Master => self.key.seal_in_place_separate_tag(nonce, aad, body),
            Keyed::Place | Keyed::PlaceOnceMaster => {
                self.place_key(&frame)?.seal_in_place_separate_tag(nonce, aad, body)
            }
        };
        sealed.map_err(VaultError::Cipher)
    }

    fn open(&self, binding: &Binding<'_>, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, VaultError> {
        let frame = binding.frame();
        let own = || Ok(open_by(&self.place_key(&frame)?, &frame, sealed));
        let opened = match binding.purpose.keyed() {
            Keyed::Master => open_by(&self.key, &frame, sealed),
            Keyed::Place => own()?,
            Keyed::PlaceOnceMaster => own()?.or_else(|| open_by(&self.key, &frame, sealed)),
        };
        opened.ok_or(VaultError::Refused)
    }
}

fn open_by(key: &LessSafeKey, frame: &[u8], sealed: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    let (nonce, body) = sealed.split_first_chunk::<NONCE_LEN>()?;
    let mut plain = Zeroizing::new(body.to_vec());
    let length = key.open_in_place(Nonce::from(nonce), Aad::from(frame), &mut plain).ok()?.len();
    plain.truncate(length);
    Some(plain)
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
        for key in keys {
            if doors.iter().any(|door| door.id == key.id) {
                return Err(VaultError::DuplicateKey { id: key.id });
            }
            doors.push(Door::new(key)?);
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
        let tag = self.first.seal(binding, Nonce::assume_unique_for_key(nonce), body)?;
        bytes.extend_from_slice(tag.as_ref());
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
        door.open(binding, &sealed.bytes)
    }
}

impl fmt::Debug for Vault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "[vault under {}]", self.current())
    }
}
