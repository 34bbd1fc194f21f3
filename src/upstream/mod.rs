//! Asking servers of others over HTTP: providers of sign-in, hosts of keys, a central server. Every answer is bounded in
//! time and size, no redirect is followed, and the network that this server stands in cannot be reached by it unless the
//! operator allows that. What an answer means is not known here; secrets in questions are never logged.

mod address;
mod berth;
mod client;
mod error;
mod kept;

pub use client::{Question, Reach, Reply, Upstream, UpstreamPolicy};
pub use error::UpstreamError;
pub use kept::{Kept, KeptOptions};
