//! Why a server of others gave no usable answer. No text repeats a URL, which may bear a secret in its query.

use std::time::Duration;

use crate::domain::failure::Failure;

/// How soon another try is worth it.
const RETRY: Duration = Duration::from_secs(5);

/// A question that got no answer. `Display` is for the log.
#[derive(Debug, thiserror::Error)]
pub enum UpstreamError {
    #[error("the URL cannot be asked: {0}")]
    Url(&'static str),
    /// The host is, or resolves to, an address that only the own network knows.
    #[error("the host's address is not public")]
    ForbiddenAddress,
    #[error("too many questions are under way")]
    Busy,
    #[error("no answer came in time")]
    TimedOut,
    #[error("the answer redirects elsewhere")]
    Redirected,
    #[error("the answer has more than {limit} bytes")]
    TooLarge { limit: usize },
    #[error("the answer cannot be used")]
    Unusable,
    /// A failed attempt is so young that no other is made yet.
    #[error("the last attempt failed a moment ago")]
    Resting,
    #[error("no connection, or it broke")]
    Broken(#[source] reqwest::Error),
    #[error("the system's certificates cannot be used")]
    Certificates(#[source] rustls::Error),
}

impl UpstreamError {
    /// What this means to whoever asked.
    pub fn failure(&self) -> Failure {
        Failure::Passing { retry_after: RETRY }
    }
}
