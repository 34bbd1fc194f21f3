//! The standards' dialect: tokens, what is told of them and how they end, and what an issuer says of itself.

mod caller;
pub mod device;
pub mod discovery;
mod document;
pub mod introspect;
pub mod jwks;
pub mod par;
pub mod revocations;
pub mod revoke;
mod signed;
pub mod token;
pub mod userinfo;
