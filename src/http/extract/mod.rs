//! What a request says, read into values: its path, its body, its parameters and its credentials.

pub mod body;
pub mod call;
pub mod client;
pub mod credentials;
pub mod intent;
pub mod json;
pub mod parameters;
pub mod path;
mod source;
pub(super) mod urlencoded;
