//! The keys that others publish at URLs of their own, each kept by the rules of HTTP. Clients registered the URLs, so the
//! number of them is bounded, and so is what they can make this server ask.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures_util::future::BoxFuture;

use crate::crypto::jwt::ForeignKeys;
use crate::domain::clock::{Clock, Moment};
use crate::grant::external::{KeySource, KeySourceError, Look};
use crate::upstream::{Kept, KeptOptions, Upstream, UpstreamError};

/// More URLs are not remembered at once; the one that was used least recently goes.
const URLS_MAX: usize = 1_000;
/// How long keys are fresh where their host does not say.
const DEFAULT_AGE: Duration = Duration::from_secs(3_600);

struct Shelved {
    keys: Arc<Kept<ForeignKeys>>,
    used: Moment,
}

/// Fetches and keeps published keys.
pub struct PublishedKeys {
    upstream: Upstream,
    clock: Arc<dyn Clock>,
    by_url: Mutex<HashMap<String, Shelved>>,
}

impl PublishedKeys {
    /// Nothing is asked before someone wants a key.
    pub fn new(upstream: Upstream, clock: Arc<dyn Clock>) -> Self {
        Self { upstream, clock, by_url: Mutex::default() }
    }

    /// The document at a URL, known or not.
    fn document(&self, url: &str) -> Result<Arc<Kept<ForeignKeys>>, UpstreamError> {
        let now = self.clock.now();
        let mut by_url = self.by_url.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = by_url.get_mut(url) {
            known.used = now;
            return Ok(Arc::clone(&known.keys));
        }
        let options =
            KeptOptions { url: self.upstream.check(url)?, default_age: DEFAULT_AGE, read: ForeignKeys::parse };
        let keys = Arc::new(Kept::new(self.upstream.clone(), Arc::clone(&self.clock), options));
        if by_url.len() >= URLS_MAX {
            let oldest = by_url.iter().min_by_key(|(_, known)| known.used).map(|(url, _)| url.clone());
            oldest.and_then(|url| by_url.remove(&url));
        }
        by_url.insert(url.to_owned(), Shelved { keys: Arc::clone(&keys), used: now });
        Ok(keys)
    }

    async fn fetch(&self, url: &str, look: Look) -> Result<Arc<ForeignKeys>, UpstreamError> {
        let document = self.document(url)?;
        match look {
            Look::Kept => document.get().await,
            Look::Again => document.get_newer().await,
        }
    }
}

impl KeySource for PublishedKeys {
    fn keys<'a>(&'a self, url: &'a str, look: Look) -> BoxFuture<'a, Result<Arc<ForeignKeys>, KeySourceError>> {
        Box::pin(async move { self.fetch(url, look).await.map_err(|cause| KeySourceError(cause.to_string())) })
    }
}
