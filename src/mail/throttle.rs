//! How often one source may ask for what costs, such as mail. In memory and bounded: it spares what counts for itself.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use crate::domain::clock::Moment;

/// The span that limits are counted over.
pub(super) const WINDOW: Duration = Duration::from_secs(3_600);
/// Sources remembered at once; when there are more, all are forgotten rather than any refused unjustly.
const SOURCES: usize = 100_000;

/// One count a source, which begins anew an hour after it began.
#[derive(Default)]
pub struct Throttle {
    counts: Mutex<HashMap<String, (Moment, u32)>>,
}

impl Throttle {
    /// How long to wait where the source has had its share, without counting.
    pub fn wait(&self, source: &str, limit: u32, now: Moment) -> Option<Duration> {
        let counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        let (began, count) = counts.get(source)?;
        let passed = now.since(*began);
        (*count >= limit && passed < WINDOW).then(|| WINDOW.saturating_sub(passed))
    }

    /// Counts a request.
    ///
    /// *Errors*: how long to wait, when the source has had its share.
    pub fn admit(&self, source: &str, limit: u32, now: Moment) -> Result<(), Duration> {
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        if counts.len() >= SOURCES {
            counts.retain(|_, (began, _)| now.since(*began) < WINDOW);
            if counts.len() >= SOURCES {
                counts.clear();
            }
        }
        let (began, count) = counts.entry(source.to_owned()).or_insert((now, 0));
        if now.since(*began) >= WINDOW {
            (*began, *count) = (now, 0);
        }
        *count = count.saturating_add(1);
        if *count <= limit { Ok(()) } else { Err(WINDOW.saturating_sub(now.since(*began))) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_source_has_its_share_of_an_hour() {
        let throttle = Throttle::default();
        let now = Moment::from_millis(1_000);
        let ask = |source, at| throttle.admit(source, 2, at);
        assert_eq!([ask("a", now), ask("a", now)], [Ok(()); 2]);
        assert_eq!(ask("a", now.plus(Duration::from_secs(600))), Err(Duration::from_secs(3_000)));
        assert_eq!(ask("a", now.plus(WINDOW).minus(Duration::from_micros(1))), Err(Duration::from_micros(1)));
        assert_eq!(ask("b", now), Ok(()), "another source has its own");
        assert_eq!(ask("a", now.plus(WINDOW)), Ok(()), "an hour later it begins anew");
    }

    #[test]
    fn a_look_does_not_count() {
        let throttle = Throttle::default();
        let now = Moment::from_millis(1_000);
        assert_eq!([throttle.wait("a", 1, now), throttle.wait("a", 1, now)], [None; 2]);
        assert_eq!((throttle.admit("a", 1, now), throttle.wait("a", 1, now)), (Ok(()), Some(WINDOW)));
        assert_eq!([throttle.wait("a", 1, now.plus(WINDOW)), throttle.wait("b", 1, now)], [None; 2]);
    }

    #[test]
    fn memory_is_bounded() {
        let throttle = Throttle::default();
        for source in 0..=SOURCES {
            assert_eq!(throttle.admit(&source.to_string(), 1, Moment::EPOCH), Ok(()));
        }
        assert!(throttle.counts.lock().unwrap().len() <= SOURCES);
    }
}
