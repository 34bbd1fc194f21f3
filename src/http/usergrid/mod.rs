//! Usergrid's dialect: envelopes, entities, and the routes of its two planes.

pub mod account;
mod answer;
pub mod application;
mod batch;
pub mod credentials;
pub mod empty;
pub mod envelope;
pub mod groups;
pub mod jsonp;
pub mod links;
pub mod listing;
pub mod mail;
pub mod management;
mod metadata;
pub mod permissions;
pub mod refusals;
pub mod revoke;
pub mod roles;
pub mod sessions;
pub mod signin_provider;
pub mod social;
pub mod sso;
pub mod user_credentials;
pub mod users;
pub mod view;
