//! The integration tests: one binary, which links once. Each module is one subject.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test stops at the first thing that is wrong"
)]

mod access;
mod app;
mod architecture;
mod cli;
mod clients;
mod conformance;
mod docs;
mod durability;
mod housekeeping;
mod isolation;
mod mail;
mod management;
mod moving;
mod refusals;
mod service;
mod shutdown;
mod signin;
mod social;
mod sso;
mod support;
mod token;
mod usergrid;
