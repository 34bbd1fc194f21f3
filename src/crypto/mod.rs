//! Cryptography: chance, digests, the vault for what is kept encrypted, signing keys, signed tokens, proofs, passwords and
//! the text of secrets. The only room with bcrypt, jsonwebtoken, rand, aws-lc-rs, sha2 and subtle; it knows no storage and
//! no HTTP. Time and chance are passed in.

pub mod compare;
pub mod digest;
pub mod dpop;
pub mod entropy;
mod jwk;
pub mod jwt;
pub mod keys;
pub mod legacy_token;
pub mod mac;
pub mod nonce;
mod pair;
pub mod pairwise;
pub mod password;
pub mod pkce;
pub mod token_text;
pub mod vault;
