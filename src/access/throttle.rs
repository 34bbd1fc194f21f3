//! How often one source may fail to prove itself at the endpoints that answer about tokens (security rule I-1). In
//! memory and bounded; each node counts for itself.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use crate::domain::clock::Moment;
use crate::domain::id::TenantId;

/// The span that failures are counted over.
const WINDOW: Duration = Duration::from_secs(60);
/// Sources remembered at once; when there are more, all are forgotten rather than any refused unjustly.
const SOURCES: usize = 100_000;

type Counts = HashMap<(TenantId, String), (Moment, u32)>;

/// Counts failures by source, apart for each tenant.
pub struct Failures {
    limit: u32,
    counts: Mutex<Counts>,
}

impl Failures {
    /// *Units*: `limit` is failures a minute.
    pub fn new(limit: u32) -> Self {
        Self { limit, counts: Mutex::new(Counts::new()) }
    }

    /// How long a source that failed too often must wait; `None` for one that may try.
    pub fn wait(&self, tenant: TenantId, source: &str, now: Moment) -> Option<Duration> {
        let counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        let (began, count) = counts.get(&(tenant, source.to_owned()))?;
        let passed = now.since(*began);
        (*count >= self.limit && passed < WINDOW).then(|| WINDOW.saturating_sub(passed))
    }

    /// Counts a failure.
    pub fn count(&self, tenant: TenantId, source: &str, now: Moment) {
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        if counts.len() >= SOURCES {
            counts.retain(|_, (began, _)| now.since(*began) < WINDOW);
            if counts.len() >= SOURCES {
                counts.clear();
            }
        }
        let (began, count) = counts.entry((tenant, source.to_owned())).or_insert((now, 0));
        if now.since(*began) >= WINDOW {
            (*began, *count) = (now, 0);
        }
        *count = count.saturating_add(1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HERE: TenantId = TenantId::MANAGEMENT;

    #[test]
    fn a_source_waits_once_it_failed_too_often_and_no_other_does() {
        let failures = Failures::new(2);
        let now = Moment::from_millis(1_000);
        failures.count(HERE, "a", now);
        assert_eq!(failures.wait(HERE, "a", now), None);
        failures.count(HERE, "a", now);
        assert_eq!(failures.wait(HERE, "a", now), Some(WINDOW));
        assert_eq!(failures.wait(HERE, "b", now), None);
        let there = TenantId::new(uuid::Uuid::from_u128(7));
        assert_eq!(failures.wait(there, "a", now), None, "another tenant counts for itself");
        assert_eq!(failures.wait(HERE, "a", now.plus(WINDOW)), None);
        failures.count(HERE, "a", now.plus(WINDOW));
        assert_eq!(failures.wait(HERE, "a", now.plus(WINDOW)), None, "a minute later it begins anew");
    }

    #[test]
    fn memory_is_bounded() {
        let failures = Failures::new(1);
        for source in 0..=SOURCES {
            failures.count(HERE, &source.to_string(), Moment::EPOCH);
        }
        assert!(failures.counts.lock().unwrap().len() <= SOURCES);
    }
}
