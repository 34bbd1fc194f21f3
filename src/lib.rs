//! Tokengrid: a multi-tenant OAuth 2.0 token and user-management server.

pub mod access;
pub mod cli;
pub mod config;
pub mod crypto;
pub mod directory;
pub mod domain;
pub mod grant;
pub mod http;
pub mod manage;
pub mod server;
pub mod store;
pub mod telemetry;
