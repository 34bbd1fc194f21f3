//! Cryptography: chance, digests, the vault for what is kept encrypted, signing keys, access tokens, passwords and the
//! text of secrets. The only room with bcrypt, jsonwebtoken, rand, aws-lc-rs, sha2 and subtle; it knows no storage and
//! no HTTP. Time and chance are passed in.

pub mod compare;
pub mod digest;
pub mod entropy;
pub mod jwt;
pub mod keys;
pub mod legacy_token;
pub mod mac;
mod pair;
pub mod password;
pub mod token_text;
pub mod vault;
