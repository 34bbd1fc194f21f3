//! Signing keys of an issuer: made, sealed, opened and published (RFC 7517, RFC 7638). Only public halves leave this
//! room; the key of HS256 never does.

use std::fmt;

use aws_lc_rs::error::Unspecified;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::DecodingKey;
use jsonwebtoken::jwk::{Jwk, ThumbprintHash};
use serde_json::{Value, json};

use super::entropy::{Entropy, random};
use super::jwt::{self, IdHint, JwtError, Signer, Verifier};
use super::pair::{self, KeyPair, KeyPairError};
use super::vault::{Binding, Purpose, Vault, VaultError};
use crate::domain::clock::Moment;
use crate::domain::id::TenantId;
use crate::domain::key::{KeyPurpose, KeyState, SigningKey};
use crate::domain::token::Algorithm;

/// Why a key cannot be made or used. Every variant that concerns a stored key names it.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    #[error("a signing key could not be made")]
    Generate(#[source] KeyPairError),
    #[error("a signing key could not be sealed")]
    Seal(#[source] VaultError),
    #[error("signing key {kid:?} of tenant {tenant} does not open")]
    Sealed { tenant: TenantId, kid: String, source: VaultError },
    #[error("signing key {kid:?} of tenant {tenant} does not parse")]
    Malformed { tenant: TenantId, kid: String, source: KeyPairError },
    /// The public half does not follow from the private half: the row was tampered with.
    #[error("signing key {kid:?} of tenant {tenant} does not match its public half")]
    Mismatch { tenant: TenantId, kid: String },
    #[error("signing key {kid:?} of tenant {tenant} is a second active key")]
    SecondActive { tenant: TenantId, kid: String },
    #[error("a public key cannot be read as a JWK")]
    Jwk(#[source] serde_json::Error),
    #[error("a public key cannot be used")]
    Public(#[source] jsonwebtoken::errors::Error),
    #[error("the claims cannot be written as JSON")]
    Claims(#[source] serde_json::Error),
    #[error("the token could not be signed")]
    Sign(#[source] Unspecified),
}

/// What key to make.
#[derive(Clone, Copy, Debug)]
pub struct NewKey {
    pub tenant: TenantId,
    pub algorithm: Algorithm,
    pub purpose: KeyPurpose,
    pub state: KeyState,
    pub now: Moment,
}

/// Makes a signing key and seals its private half.
///
/// An asymmetric key is named by its RFC 7638 thumbprint, an HS256 key by 128 random bits: a hash of a secret must not
/// be public. *Errors*: `Generate`, `Seal`.
pub fn generate(new: &NewKey, vault: &Vault, entropy: &dyn Entropy) -> Result<SigningKey, KeyError> {
    let NewKey { tenant, algorithm, purpose, state, now } = *new;
    let (private, pair) = pair::generate(algorithm, entropy).map_err(KeyError::Generate)?;
    let public = pair.public();
    let kid = match &public {
        Some(public) => thumbprint(public)?,
        None => URL_SAFE_NO_PAD.encode(random::<16>(entropy)),
    };
    let private = vault.seal(&binding(tenant, &kid), &private, entropy).map_err(KeyError::Seal)?;
    Ok(SigningKey { tenant, kid, algorithm, purpose, state, public, private, created: now, gone_at: None })
}

/// Where the private half of a signing key is sealed to.
pub fn binding(tenant: TenantId, kid: &str) -> Binding<'_> {
    Binding { tenant, purpose: Purpose::SigningKey, row: kid }
}

/// The keys of one issuer, opened and parsed once.
pub struct KeyRing {
    signer: Option<Signer>,
    /// One for each algorithm that some client wants and that is not the signer's.
    others: Vec<Signer>,
    verifiers: Vec<Verifier>,
    jwks: Value,
}

impl KeyRing {
    /// Opens the keys of one tenant. The caller leaves out those that are gone.
    ///
    /// One key that does not open fails the whole ring: a server that goes on without it would refuse valid tokens,
    /// or sign with no key, and call both normal. Each public half is derived from its sealed private half and the
    /// stored copy must equal it, so that whoever can write to the database still cannot plant a key of their own.
    ///
    /// *Errors*: `Sealed`, `Malformed`, `Mismatch`, `SecondActive`, each with tenant and `kid`.
    pub fn open(keys: &[SigningKey], vault: &Vault) -> Result<Self, KeyError> {
        let mut ring =
            Self { signer: None, others: Vec::new(), verifiers: Vec::with_capacity(keys.len()), jwks: Value::Null };
        let mut published = Vec::with_capacity(keys.len());
        for key in keys {
            let (pair, verifier) = open(key, vault)?;
            ring.verifiers.push(verifier);
            published.extend(key.public.as_ref().map(|public| entry(public, key)));
            if key.state == KeyState::Active && !ring.admit(key.purpose, Signer::new(&key.kid, key.algorithm, pair)) {
                return Err(KeyError::SecondActive { tenant: key.tenant, kid: key.kid.clone() });
            }
        }
        ring.jwks = json!({ "keys": published });
        Ok(ring)
    }

    /// Takes up an active key, unless its place is taken.
    fn admit(&mut self, purpose: KeyPurpose, signer: Signer) -> bool {
        match purpose {
            KeyPurpose::Access => self.signer.replace(signer).is_none(),
            KeyPurpose::IdToken => {
                let is_free = self.others.iter().all(|other| other.algorithm() != signer.algorithm());
                self.others.push(signer);
                is_free
            }
        }
    }

    /// The active key for access tokens; `None` for an issuer that cannot sign.
    pub fn signer(&self) -> Option<&Signer> {
        self.signer.as_ref()
    }

    /// The key that signs an ID token by the algorithm that a client chose: the access tokens' where it is of that
    /// algorithm, else one that was made for it. Never a symmetric one, which no client could verify.
    pub fn signer_for(&self, algorithm: Algorithm) -> Option<&Signer> {
        let mut signers = self.signer.iter().chain(&self.others);
        signers.find(|signer| signer.algorithm() == algorithm && algorithm != Algorithm::HS256)
    }

    /// The algorithm of the access tokens.
    pub fn algorithm(&self) -> Option<Algorithm> {
        self.signer().map(Signer::algorithm)
    }

    /// The key that a token names.
    pub fn verifier(&self, kid: &str) -> Option<&Verifier> {
        self.verifiers.iter().find(|verifier| verifier.kid() == kid)
    }

    /// Verifies an ID token of this issuer that came back as a hint; see [`Verifier::verify_id_token`].
    pub fn verify_id_token(&self, token: &str, issuer: &str) -> Result<IdHint, JwtError> {
        let kid = jwt::kid_of_id_token(token)?;
        self.verifier(&kid).ok_or(JwtError::UnknownKey)?.verify_id_token(token, issuer)
    }

    /// The published keys (RFC 7517 §5).
    ///
    /// *Shape*: `{"keys":[{"kty":"EC","crv":"P-256","x":"..","y":"..","kid":"..","alg":"ES256","use":"sig"}]}`
    pub fn jwks(&self) -> &Value {
        &self.jwks
    }
}

impl fmt::Debug for KeyRing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.verifiers.iter().map(Verifier::kid)).finish()
    }
}

fn open(key: &SigningKey, vault: &Vault) -> Result<(KeyPair, Verifier), KeyError> {
    let named = || (key.tenant, key.kid.clone());
    let private = vault.open(&binding(key.tenant, &key.kid), &key.private).map_err(|source| {
        let (tenant, kid) = named();
        KeyError::Sealed { tenant, kid, source }
    })?;
    let pair = KeyPair::parse(key.algorithm, &private).map_err(|source| {
        let (tenant, kid) = named();
        KeyError::Malformed { tenant, kid, source }
    })?;
    let public = pair.public();
    // The name needs no check: the private half opens under its own name alone.
    if public != key.public {
        let (tenant, kid) = named();
        return Err(KeyError::Mismatch { tenant, kid });
    }
    let decoding = match &public {
        Some(public) => DecodingKey::from_jwk(&jwk(public)?).map_err(KeyError::Public)?,
        None => DecodingKey::from_secret(&private),
    };
    Ok((pair, Verifier::new(&key.kid, key.algorithm, key.purpose, decoding)))
}

/// The public half with what a relying party needs to choose it.
fn entry(public: &Value, key: &SigningKey) -> Value {
    let mut entry = public.clone();
    if let Some(members) = entry.as_object_mut() {
        members.insert("kid".to_owned(), key.kid.as_str().into());
        members.insert("alg".to_owned(), key.algorithm.as_str().into());
        members.insert("use".to_owned(), "sig".into());
    }
    entry
}

fn jwk(public: &Value) -> Result<Jwk, KeyError> {
    serde::Deserialize::deserialize(public).map_err(KeyError::Jwk)
}

fn thumbprint(public: &Value) -> Result<String, KeyError> {
    jwk(public)?.thumbprint(ThumbprintHash::SHA256).map_err(KeyError::Public)
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::crypto::entropy::SystemEntropy;
    use crate::crypto::vault::MasterKey;

    const APP: TenantId = TenantId::new(Uuid::from_u128(7));

    fn vault(id: &str) -> Vault {
        Vault::new(vec![MasterKey::generate(id, &SystemEntropy).unwrap()]).unwrap()
    }

    fn key(algorithm: Algorithm, state: KeyState, vault: &Vault) -> SigningKey {
        generate(
            &NewKey { tenant: APP, algorithm, purpose: KeyPurpose::Access, state, now: Moment::EPOCH },
            vault,
            &SystemEntropy,
        )
        .unwrap()
    }

    #[test]
    fn the_thumbprint_is_that_of_rfc_7638() {
        // RFC 7638 §3.1.
        let n = "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjB\
                 ZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8\
                 KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_\
                 xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw";
        let public = json!({"kty": "RSA", "n": n, "e": "AQAB"});
        assert_eq!(thumbprint(&public).unwrap(), "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs");
    }

    #[test]
    fn the_jwks_holds_public_halves_and_no_other_member() {
        let vault = vault("a");
        let expected = [
            (Algorithm::ES256, &["alg", "crv", "kid", "kty", "use", "x", "y"][..]),
            (Algorithm::EdDsa, &["alg", "crv", "kid", "kty", "use", "x"]),
            (Algorithm::RS256, &["alg", "e", "kid", "kty", "n", "use"]),
        ];
        for (algorithm, members) in expected {
            let key = key(algorithm, KeyState::Active, &vault);
            let ring = KeyRing::open(std::slice::from_ref(&key), &vault).unwrap();
            let entry = &ring.jwks()["keys"][0];
            let mut names: Vec<&str> = entry.as_object().unwrap().keys().map(String::as_str).collect();
            names.sort_unstable();
            assert_eq!(names, members);
            assert_eq!(
                (&entry["kid"], &entry["alg"], &entry["use"]),
                (&json!(key.kid), &json!(algorithm), &json!("sig"))
            );
        }
    }

    #[test]
    fn an_hs256_key_is_never_published_and_its_name_is_no_hash_of_it() {
        let vault = vault("a");
        let key = key(Algorithm::HS256, KeyState::Active, &vault);
        let ring = KeyRing::open(std::slice::from_ref(&key), &vault).unwrap();
        assert_eq!(ring.jwks(), &json!({"keys": []}));
        assert!(key.public.is_none());
        assert_eq!(URL_SAFE_NO_PAD.decode(&key.kid).unwrap().len(), 16);
        assert_eq!(ring.algorithm(), Some(Algorithm::HS256));
    }

    #[test]
    fn every_key_verifies_and_the_active_one_signs() {
        let vault = vault("a");
        let keys = [KeyState::Retiring, KeyState::Active, KeyState::Published]
            .map(|state| key(Algorithm::ES256, state, &vault));
        let ring = KeyRing::open(&keys, &vault).unwrap();
        assert!(keys.iter().all(|key| ring.verifier(&key.kid).is_some()));
        assert_eq!(ring.jwks()["keys"].as_array().map(Vec::len), Some(3));
        assert_eq!(ring.signer().map(Signer::kid), Some(keys[1].kid.as_str()));
        let ring = KeyRing::open(&keys[2..], &vault).unwrap();
        assert!(ring.signer().is_none() && ring.algorithm().is_none());
        assert!(ring.verifier(&keys[1].kid).is_none());
    }

    #[test]
    fn two_active_keys_are_an_error() {
        let vault = vault("a");
        let keys = [(); 2].map(|()| key(Algorithm::ES256, KeyState::Active, &vault));
        let error = KeyRing::open(&keys, &vault).unwrap_err();
        assert!(matches!(error, KeyError::SecondActive { kid, .. } if kid == keys[1].kid));
    }

    #[test]
    fn one_key_that_does_not_open_fails_the_ring_and_is_named() {
        let (here, elsewhere) = (vault("a"), vault("b"));
        let keys =
            [key(Algorithm::ES256, KeyState::Active, &here), key(Algorithm::EdDsa, KeyState::Retiring, &elsewhere)];
        let error = KeyRing::open(&keys, &here).unwrap_err();
        assert!(error.to_string().contains(&keys[1].kid) && error.to_string().contains(&APP.to_string()));
        assert!(matches!(error, KeyError::Sealed { source: VaultError::UnknownKey { id }, .. } if id == "b"));
    }

    #[test]
    fn a_row_that_was_tampered_with_is_refused() {
        let vault = vault("a");
        let good = key(Algorithm::ES256, KeyState::Active, &vault);
        let thief = key(Algorithm::ES256, KeyState::Active, &vault);
        let opened = |changed: SigningKey| KeyRing::open(&[changed], &vault).unwrap_err();
        let planted = SigningKey { public: thief.public.clone(), ..good.clone() };
        assert!(matches!(opened(planted), KeyError::Mismatch { .. }));
        let hidden = SigningKey { public: None, ..good.clone() };
        assert!(matches!(opened(hidden), KeyError::Mismatch { .. }));
        let confused = SigningKey { algorithm: Algorithm::HS256, public: None, ..good.clone() };
        assert!(matches!(opened(confused), KeyError::Malformed { .. }));
        let renamed = SigningKey { kid: thief.kid.clone(), ..good.clone() };
        assert!(matches!(opened(renamed), KeyError::Sealed { .. }));
        let swapped = SigningKey { private: thief.private.clone(), ..good.clone() };
        assert!(matches!(opened(swapped), KeyError::Sealed { .. }));
        let moved = SigningKey { tenant: TenantId::MANAGEMENT, ..good };
        assert!(matches!(opened(moved), KeyError::Sealed { .. }));
    }

    #[test]
    fn no_private_half_is_printed() {
        let vault = vault("a");
        let key = key(Algorithm::HS256, KeyState::Active, &vault);
        let ring = KeyRing::open(std::slice::from_ref(&key), &vault).unwrap();
        assert_eq!(format!("{ring:?}"), format!("[{:?}]", key.kid));
        assert_eq!(format!("{:?}", ring.signer().unwrap()), format!("[signer HS256 {}]", key.kid));
        let verifier = format!("{:?}", ring.verifier(&key.kid).unwrap());
        assert!(verifier.contains("[redacted]"), "{verifier}");
    }
}
