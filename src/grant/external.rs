//! Keys that others publish: what a client's assertion is checked against when it registered a URL. How they are fetched
//! and kept is decided by whoever implements it; nothing here knows a network.

use std::sync::Arc;

use futures_util::future::BoxFuture;

use crate::crypto::jwt::ForeignKeys;

/// How fresh the keys must be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Look {
    /// As HTTP lets them be kept.
    Kept,
    /// Asked for again, within reason: the kept ones lack a key.
    Again,
}

/// Why keys are not to be had. `Display` is for the log; it repeats no URL.
#[derive(Debug, thiserror::Error)]
#[error("not to be had: {0}")]
pub struct KeySourceError(pub String);

/// Whoever can fetch keys.
pub trait KeySource: Send + Sync {
    /// The keys that are published at a URL.
    ///
    /// *Errors*: it cannot be asked, or its answer holds no usable key.
    fn keys<'a>(&'a self, url: &'a str, look: Look) -> BoxFuture<'a, Result<Arc<ForeignKeys>, KeySourceError>>;
}
