//! What the tests stand on: the real server over a database of its own, with a clock and seeded chance of the test,
//! and clients that make a test four lines long.

mod authority;
mod browser;
mod chance;
mod client;
mod database;
mod host;
mod mailbox;
mod people;
mod program;
mod raw;
mod server;
mod smtp;
mod world;

pub use authority::Authority;
pub use browser::{Browser, Page};
pub use chance::{SeededEntropy, TestClock};
pub use client::{Answer, Client};
pub use database::Database;
pub use host::{Host, Says};
pub use mailbox::Letter;
pub use people::Account;
pub use program::{PATIENCE, Program, Serving, eventually, mode, pasted};
pub use raw::raw;
pub use server::{MASTER_KEY, TestServer};
pub use smtp::{Mood, SmtpServer, Way};
pub use world::{PASSWORD, SUPERUSER, Tenant, World, person, superuser_on, world, world_with};
