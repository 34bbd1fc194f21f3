//! Pure words and rules: who exists, who may hold what, how things are named.
//! No I/O, no clock of its own, no randomness, no knowledge of any other room.

pub mod authority;
pub mod client;
pub mod clock;
pub mod database;
pub mod failure;
pub mod group;
pub mod id;
pub mod journal;
pub mod key;
pub mod legacy;
pub mod link;
pub mod mail;
pub mod name;
pub mod password;
pub mod permission;
pub mod place;
pub mod query;
pub mod refresh;
pub mod refusal;
pub mod registered;
pub mod revocation;
pub mod role;
pub mod scope;
pub mod secret;
pub mod social;
pub mod superuser;
pub mod switchboard;
pub mod tenant;
pub mod term;
pub mod token;
pub mod user;
