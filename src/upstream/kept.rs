//! One document of a server of others, kept in memory by the rules of HTTP (RFC 9111): fresh as long as its headers say
//! within bounds, asked for again by its tag, and used on when the server is dead. One refresh runs at a time, and no
//! caller can cause more of them than the bounds allow.

use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use tokio::sync::Mutex;
use url::Url;

use super::client::{Question, Reply, Upstream};
use super::error::UpstreamError;
use crate::domain::clock::{Clock, Moment};

/// However short-lived a document calls itself, it is not asked for more often.
const FRESH_MIN: Duration = Duration::from_secs(60);
const FRESH_MAX: Duration = Duration::from_secs(86_400);
/// How long a dead server's document is used on.
const STALE_MAX: Duration = Duration::from_secs(7 * 86_400);
/// The pause after an attempt that failed.
const REST: Duration = Duration::from_secs(10);

/// Which document, and how it is read.
pub struct KeptOptions<T> {
    pub url: Url,
    /// How long it is fresh when its headers do not say.
    pub default_age: Duration,
    /// `None` for a document that cannot be used: the former one stays.
    pub read: fn(&[u8]) -> Option<T>,
}

struct Copy<T> {
    value: Arc<T>,
    etag: Option<String>,
    asked: Moment,
    fresh_until: Moment,
}

impl<T> Clone for Copy<T> {
    fn clone(&self) -> Self {
        Self { value: Arc::clone(&self.value), etag: self.etag.clone(), ..*self }
    }
}

/// A document and the way to it.
pub struct Kept<T> {
    upstream: Upstream,
    clock: Arc<dyn Clock>,
    options: KeptOptions<T>,
    copy: RwLock<Option<Copy<T>>>,
    /// When the last attempt failed. Whoever holds it refreshes.
    gate: Mutex<Option<Moment>>,
}

impl<T> Kept<T> {
    /// Nothing is asked before someone wants the document.
    pub fn new(upstream: Upstream, clock: Arc<dyn Clock>, options: KeptOptions<T>) -> Self {
        Self { upstream, clock, options, copy: RwLock::new(None), gate: Mutex::new(None) }
    }

    /// The document, refreshed when it is due.
    ///
    /// *Errors*: it was never had, or is stale for too long, and cannot be had now.
    pub async fn get(&self) -> Result<Arc<T>, UpstreamError> {
        let now = self.clock.now();
        match self.copy() {
            Some(copy) if now < copy.fresh_until => Ok(copy.value),
            copy => self.refresh(copy).await,
        }
    }

    /// The document once more, freshly asked for if that was not done within the last minute: what a name that the
    /// known document lacks may cause.
    ///
    /// *Errors*: as [`Kept::get`].
    pub async fn get_newer(&self) -> Result<Arc<T>, UpstreamError> {
        match self.copy() {
            Some(copy) if self.clock.now().since(copy.asked) < FRESH_MIN => Ok(copy.value),
            copy => self.refresh(copy).await,
        }
    }

    fn copy(&self) -> Option<Copy<T>> {
        self.copy.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Asks again, unless someone does already or an attempt failed a moment ago.
    async fn refresh(&self, known: Option<Copy<T>>) -> Result<Arc<T>, UpstreamError> {
        let usable = known.as_ref().filter(|copy| self.clock.now() < copy.fresh_until.plus(STALE_MAX));
        let mut failed = match (usable, self.gate.try_lock()) {
            (_, Ok(gate)) => gate,
            // Another caller asks at this moment; a stale document will do meanwhile.
            (Some(copy), Err(_busy)) => return Ok(Arc::clone(&copy.value)),
            (None, Err(_busy)) => self.gate.lock().await,
        };
        let latest = self.copy();
        if let Some(copy) = latest.as_ref().filter(|copy| known.as_ref().is_none_or(|old| old.asked < copy.asked)) {
            return Ok(Arc::clone(&copy.value));
        }
        let now = self.clock.now();
        let stale = usable.map(|copy| Arc::clone(&copy.value));
        if failed.is_some_and(|at| now.since(at) < REST) {
            return stale.ok_or(UpstreamError::Resting);
        }
        match self.ask(known.as_ref(), now).await {
            Ok(copy) => {
                *failed = None;
                let value = Arc::clone(&copy.value);
                *self.copy.write().unwrap_or_else(PoisonError::into_inner) = Some(copy);
                Ok(value)
            }
            Err(cause) => {
                *failed = Some(now);
                tracing::warn!(%cause, host = self.options.url.host_str(), "a document could not be refreshed");
                stale.ok_or(cause)
            }
        }
    }

    async fn ask(&self, known: Option<&Copy<T>>, now: Moment) -> Result<Copy<T>, UpstreamError> {
        let tag = known.and_then(|copy| copy.etag.as_deref());
        let reply = self.upstream.ask(Question::get(self.options.url.clone()).unless(tag)).await?;
        let fresh_until = now.plus(lifetime(&reply, self.options.default_age));
        match (reply.status, known) {
            (304, Some(copy)) => Ok(Copy { asked: now, fresh_until, ..copy.clone() }),
            (200, _) => {
                let value = (self.options.read)(&reply.body).ok_or(UpstreamError::Unusable)?;
                Ok(Copy { value: Arc::new(value), etag: reply.etag, asked: now, fresh_until })
            }
            _ => Err(UpstreamError::Unusable),
        }
    }
}

/// How long an answer is fresh (RFC 9111 §4.2), within our bounds.
fn lifetime(reply: &Reply, default: Duration) -> Duration {
    let directives = reply.cache_control.as_deref().unwrap_or_default();
    let mut said = None;
    for directive in directives.split(',').map(|part| part.trim().to_ascii_lowercase()) {
        match directive.split_once('=') {
            Some(("max-age", seconds)) => said = seconds.trim_matches('"').parse().ok().or(said),
            None if directive == "no-store" || directive == "no-cache" => return FRESH_MIN,
            _ => {}
        }
    }
    let age = Duration::from_secs(reply.age.unwrap_or_default());
    let span = said.map_or(default, |seconds| Duration::from_secs(seconds).saturating_sub(age));
    span.clamp(FRESH_MIN, FRESH_MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn freshness_is_what_the_headers_say_within_bounds() {
        let life = |cache_control: &str, age| {
            let cache_control = Some(cache_control.to_owned());
            let reply = Reply { status: 200, body: Vec::new(), cache_control, age, etag: None };
            lifetime(&reply, Duration::from_secs(3_600)).as_secs()
        };
        assert_eq!(life("public, max-age=600", None), 600);
        assert_eq!(life("max-age=\"600\"", Some(100)), 500);
        assert_eq!(life("Max-Age=1", None), 60);
        assert_eq!(life("max-age=600", Some(9_999)), 60);
        assert_eq!(life("max-age=99999999", None), 86_400);
        assert_eq!(life("max-age=-5", None), 3_600);
        assert_eq!(life("", None), 3_600);
        assert_eq!(life("no-store, max-age=600", None), 60);
    }
}
