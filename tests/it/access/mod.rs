//! The other side of a token: who gets through where, which tokens hold, how they end, and how keys are replaced.

mod forged;
mod headers;
mod id_keys;
mod keys;
mod levels;
pub mod mint;
mod nodes;
mod pending_keys;
mod presenting;
mod revocation;
mod routes;
mod scope;
mod states;
mod url_secrets;
