//! The private half of a signing key, parsed once: makes signatures and knows its public half.
//! The algorithm is the key's own; nothing outside chooses it (RFC 8725 §3.1).

use std::fmt;

use aws_lc_rs::encoding::AsDer;
use aws_lc_rs::error::{KeyRejected, Unspecified};
use aws_lc_rs::hmac;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair as _, RSA_PKCS1_SHA256, RsaKeyPair,
    RsaPublicKeyComponents,
};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use zeroize::Zeroizing;

use super::entropy::{Entropy, random};
use crate::domain::token::Algorithm;

const HMAC_KEY_LEN: usize = 32;
const POINT_LEN: usize = 32;

/// Why there is no key pair.
#[derive(Debug, thiserror::Error)]
pub enum KeyPairError {
    #[error("the cipher library made no key")]
    Generate(#[from] Unspecified),
    #[error("the bytes are not a private key of this algorithm")]
    Rejected(#[from] KeyRejected),
    #[error("an HS256 key has exactly 32 bytes")]
    HmacLength,
}

/// A parsed private key.
pub(super) enum KeyPair {
    Es256(EcdsaKeyPair),
    EdDsa(Ed25519KeyPair),
    Rs256(RsaKeyPair),
    Hs256(Box<hmac::Key>),
}

/// Makes a private key: PKCS#8 version 1, or 32 bare bytes for HS256.
///
/// The cipher library draws asymmetric keys from its own generator and takes no other; only HS256 follows `entropy`.
pub(super) fn generate(
    algorithm: Algorithm,
    entropy: &dyn Entropy,
) -> Result<(Zeroizing<Vec<u8>>, KeyPair), KeyPairError> {
    let random_source = SystemRandom::new();
    let private = match algorithm {
        Algorithm::ES256 => {
            EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &random_source)?.as_ref().to_vec()
        }
        Algorithm::EdDsa => Ed25519KeyPair::generate_pkcs8v1(&random_source)?.as_ref().to_vec(),
        Algorithm::RS256 => RsaKeyPair::generate(KeySize::Rsa2048)?.as_der()?.as_ref().to_vec(),
        Algorithm::HS256 => Zeroizing::new(random::<HMAC_KEY_LEN>(entropy)).to_vec(),
    };
    let private = Zeroizing::new(private);
    let pair = KeyPair::parse(algorithm, &private)?;
    Ok((private, pair))
}

impl KeyPair {
    /// Reads what [`generate`] made.
    pub(super) fn parse(algorithm: Algorithm, private: &[u8]) -> Result<Self, KeyPairError> {
        Ok(match algorithm {
            Algorithm::ES256 => Self::Es256(EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, private)?),
            Algorithm::EdDsa => Self::EdDsa(Ed25519KeyPair::from_pkcs8(private)?),
            Algorithm::RS256 => Self::Rs256(RsaKeyPair::from_pkcs8(private)?),
            Algorithm::HS256 if private.len() == HMAC_KEY_LEN => {
                Self::Hs256(Box::new(hmac::Key::new(hmac::HMAC_SHA256, private)))
            }
            Algorithm::HS256 => return Err(KeyPairError::HmacLength),
        })
    }

    /// The public half as a JWK with the members that RFC 7638 §3.2 hashes and no other; `None` for HS256, whose
    /// key is a secret and is never exported.
    pub(super) fn public(&self) -> Option<Value> {
        match self {
            Self::Es256(pair) => {
                // SEC 1 §2.3.3: 0x04, then both coordinates.
                let (x, y) = pair.public_key().as_ref().get(1..)?.split_at_checked(POINT_LEN)?;
                Some(json!({"kty": "EC", "crv": "P-256", "x": encode(x), "y": encode(y)}))
            }
            Self::EdDsa(pair) => Some(json!({"kty": "OKP", "crv": "Ed25519", "x": encode(pair.public_key())})),
            Self::Rs256(pair) => {
                let parts = RsaPublicKeyComponents::<Vec<u8>>::from(pair.public_key());
                Some(json!({"kty": "RSA", "n": encode(&parts.n), "e": encode(&parts.e)}))
            }
            Self::Hs256(_) => None,
        }
    }

    /// Signs a message; ECDSA signatures are two numbers of fixed length (RFC 7518 §3.4).
    pub(super) fn sign(&self, message: &[u8]) -> Result<Vec<u8>, Unspecified> {
        Ok(match self {
            Self::Es256(pair) => pair.sign(&SystemRandom::new(), message)?.as_ref().to_vec(),
            Self::EdDsa(pair) => pair.try_sign(message)?.as_ref().to_vec(),
            Self::Rs256(pair) => {
                let mut signature = vec![0; pair.public_modulus_len()];
                pair.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), message, &mut signature)?;
                signature
            }
            Self::Hs256(key) => hmac::sign(key, message).as_ref().to_vec(),
        })
    }

    /// How many bytes a signature has.
    pub(super) fn signature_len(&self) -> usize {
        match self {
            Self::Es256(_) | Self::EdDsa(_) => 64,
            Self::Rs256(pair) => pair.public_modulus_len(),
            Self::Hs256(_) => 32,
        }
    }
}

impl fmt::Debug for KeyPair {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[key pair]")
    }
}

fn encode(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}
