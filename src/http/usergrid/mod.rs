//! Usergrid's dialect: envelopes, entities, and the routes of its two planes.

pub mod application;
pub mod credentials;
pub mod envelope;
pub mod jsonp;
pub mod management;
pub mod revoke;
pub mod signin_provider;
pub mod social;
pub mod sso;
pub mod view;
