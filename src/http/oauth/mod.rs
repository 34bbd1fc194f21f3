//! The standards' dialect: the token endpoint and the key sets.

pub mod device;
pub mod jwks;
pub mod par;
pub mod token;
