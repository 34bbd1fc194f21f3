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
mod docs;
mod housekeeping;
mod isolation;
mod management;
mod support;
mod token;
