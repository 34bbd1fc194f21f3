//! Usergrid's dialect: envelopes, entities, and the routes of its two planes.

pub mod application;
pub mod credentials;
pub mod envelope;
pub mod jsonp;
pub mod mail;
pub mod management;
pub mod revoke;
pub mod view;
