//! Time as a value: moments are passed in, never asked for in the middle of a rule.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// A point in time.
///
/// *Units*: microseconds since 1970-01-01 UTC, the finest that both databases keep.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Moment(i64);

impl Moment {
    /// The first moment that can be stored.
    pub const EPOCH: Self = Self(0);

    /// From UTC microseconds.
    pub const fn from_micros(micros: i64) -> Self {
        Self(micros)
    }

    /// From UTC milliseconds; saturates at the ends of time.
    pub const fn from_millis(millis: i64) -> Self {
        Self(millis.saturating_mul(1_000))
    }

    /// UTC microseconds, for rows.
    pub const fn micros(self) -> i64 {
        self.0
    }

    /// UTC milliseconds, for Usergrid's bodies.
    pub const fn millis(self) -> i64 {
        self.0.div_euclid(1_000)
    }

    /// UTC seconds, for JWT claims (RFC 7519 §2, `NumericDate`).
    pub const fn seconds(self) -> i64 {
        self.0.div_euclid(1_000_000)
    }

    /// The moment `span` later; saturates.
    pub fn plus(self, span: Duration) -> Self {
        Self(self.0.saturating_add(micros_of(span)))
    }

    /// The moment `span` earlier; saturates.
    pub fn minus(self, span: Duration) -> Self {
        Self(self.0.saturating_sub(micros_of(span)))
    }

    /// How long ago `earlier` was; zero when it lies ahead.
    pub fn since(self, earlier: Self) -> Duration {
        Duration::from_micros(u64::try_from(self.0.saturating_sub(earlier.0)).unwrap_or(0))
    }
}

fn micros_of(span: Duration) -> i64 {
    i64::try_from(span.as_micros()).unwrap_or(i64::MAX)
}

/// Says what time it is. The server has one; tests bring their own.
pub trait Clock: Send + Sync {
    /// The present moment.
    fn now(&self) -> Moment;
}

/// The machine's clock.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "the one place that asks the machine for the time")]
    fn now(&self) -> Moment {
        Moment::EPOCH.plus(SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default())
    }
}
