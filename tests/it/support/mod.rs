//! What the tests stand on: the real server over a database of its own, with a clock and seeded chance of the test,
//! and clients that make a test four lines long.

mod chance;
mod client;
mod database;
mod people;
mod raw;
mod server;
mod world;

pub use chance::{SeededEntropy, TestClock};
pub use client::{Answer, Client};
pub use people::Account;
pub use raw::raw;
pub use server::{Options, TestServer};
pub use world::{PASSWORD, Tenant, World, person, world, world_with};
