//! Chance as a value: random bytes are passed in like time, so that a test can seed them.

use rand::Rng;
use uuid::{Builder, Uuid};

use crate::domain::clock::Moment;

/// A source of bytes that nobody can guess.
pub trait Entropy: Send + Sync {
    /// Fills `bytes` from the source.
    fn fill(&self, bytes: &mut [u8]);
}

/// The machine's chance: a generator per thread, seeded and reseeded by the operating system.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemEntropy;

impl Entropy for SystemEntropy {
    #[expect(clippy::disallowed_methods, reason = "the one place that asks the machine for chance")]
    fn fill(&self, bytes: &mut [u8]) {
        rand::rng().fill_bytes(bytes);
    }
}

/// `N` fresh random bytes.
pub(super) fn random<const N: usize>(entropy: &dyn Entropy) -> [u8; N] {
    let mut bytes = [0; N];
    entropy.fill(&mut bytes);
    bytes
}

/// A UUID that carries the millisecond of `now` and 74 random bits.
///
/// *Spec*: RFC 9562 §5.7.
pub fn uuid_v7(now: Moment, entropy: &dyn Entropy) -> Uuid {
    let millis = u64::try_from(now.millis()).unwrap_or(0);
    Builder::from_unix_timestamp_millis(millis, &random(entropy)).into_uuid()
}

/// A UUID of 122 random bits.
///
/// *Spec*: RFC 9562 §5.4.
pub fn uuid_v4(entropy: &dyn Entropy) -> Uuid {
    Builder::from_random_bytes(random(entropy)).into_uuid()
}

/// Chance that repeats itself, for tests.
#[cfg(test)]
pub(crate) struct SeededEntropy(std::sync::Mutex<rand::rngs::StdRng>);

#[cfg(test)]
impl SeededEntropy {
    /// The same seed gives the same bytes in the same order.
    pub(crate) fn new(seed: u64) -> Self {
        Self(std::sync::Mutex::new(rand::SeedableRng::seed_from_u64(seed)))
    }
}

#[cfg(test)]
impl Entropy for SeededEntropy {
    fn fill(&self, bytes: &mut [u8]) {
        self.0.lock().unwrap().fill_bytes(bytes);
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;
    use crate::domain::token::moment_of;

    #[test]
    fn a_uuid_v7_carries_its_millisecond() {
        let now = Moment::from_micros(1_790_000_000_123_999);
        let uuid = uuid_v7(now, &SystemEntropy);
        assert_eq!(uuid.get_version_num(), 7);
        assert_eq!(moment_of(uuid), Some(Moment::from_millis(1_790_000_000_123)));
        assert_eq!(moment_of(uuid_v7(Moment::from_micros(-1), &SystemEntropy)), Some(Moment::EPOCH));
    }

    #[test]
    fn the_system_never_repeats_itself() {
        let drawn: HashSet<Uuid> = (0..10_000).map(|_| uuid_v4(&SystemEntropy)).collect();
        assert_eq!(drawn.len(), 10_000);
        assert!(drawn.iter().all(|uuid| uuid.get_version_num() == 4));
    }

    #[test]
    fn a_seed_repeats_itself() {
        assert_eq!(uuid_v4(&SeededEntropy::new(7)), uuid_v4(&SeededEntropy::new(7)));
        assert_ne!(uuid_v4(&SeededEntropy::new(7)), uuid_v4(&SeededEntropy::new(8)));
    }
}
