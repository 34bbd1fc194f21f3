//! The command line, as an operator meets it: the real program in a process of its own.

mod config;
mod credentials;
mod demo;
mod master_keys;
mod revoke;
mod signing_keys;
mod tenants;
