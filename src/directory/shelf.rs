//! One bounded map of the directory, with the guarantee that a value read before a change is never kept after it.

use std::hash::Hash;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use moka::sync::Cache;

/// A bounded cache whose `forget` wins against a load that was under way.
pub(super) struct Shelf<K, V> {
    cache: Cache<K, V>,
    /// How often anything was forgotten; a load that began under another count is not kept.
    forgotten: AtomicU64,
    /// Makes "count and insert" and "count and remove" one step each. Held for no I/O.
    gate: Mutex<()>,
    hits: AtomicU64,
    misses: AtomicU64,
}

impl<K, V> Shelf<K, V>
where
    K: Hash + Eq + Send + Sync + 'static,
    V: Clone + Send + Sync + 'static,
{
    pub(super) fn new(capacity: u64) -> Self {
        Self {
            cache: Cache::new(capacity),
            forgotten: AtomicU64::new(0),
            gate: Mutex::new(()),
            hits: AtomicU64::new(0),
            misses: AtomicU64::new(0),
        }
    }

    pub(super) fn get(&self, key: &K) -> Option<V> {
        let found = self.cache.get(key);
        let count = if found.is_some() { &self.hits } else { &self.misses };
        count.fetch_add(1, Ordering::Relaxed);
        found
    }

    /// How many look-ups were answered from memory, and how many were not.
    pub(super) fn counts(&self) -> (u64, u64) {
        (self.hits.load(Ordering::Relaxed), self.misses.load(Ordering::Relaxed))
    }

    /// Loads a value and keeps it, unless something was forgotten meanwhile: then it is only returned.
    pub(super) fn fill<E>(&self, key: K, load: impl FnOnce() -> Result<Option<V>, E>) -> Result<Option<V>, E> {
        let before = self.forgotten.load(Ordering::Acquire);
        let value = load()?;
        if let Some(value) = &value {
            let _gate = self.gate.lock().unwrap_or_else(PoisonError::into_inner);
            if self.forgotten.load(Ordering::Acquire) == before {
                self.cache.insert(key, value.clone());
            }
        }
        Ok(value)
    }

    /// Keeps a value that cannot become wrong, only useless.
    pub(super) fn keep(&self, key: K, value: V) {
        self.cache.insert(key, value);
    }

    pub(super) fn forget(&self, key: &K) {
        let _gate = self.gate.lock().unwrap_or_else(PoisonError::into_inner);
        self.forgotten.fetch_add(1, Ordering::AcqRel);
        self.cache.invalidate(key);
    }

    pub(super) fn forget_all(&self) {
        let _gate = self.gate.lock().unwrap_or_else(PoisonError::into_inner);
        self.forgotten.fetch_add(1, Ordering::AcqRel);
        self.cache.invalidate_all();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_load_that_a_change_overtook_is_not_kept() {
        let shelf: Shelf<u8, &str> = Shelf::new(10);
        let answer = shelf.fill(1, || {
            shelf.forget(&1);
            Ok::<_, ()>(Some("old"))
        });
        assert_eq!(answer, Ok(Some("old")));
        assert_eq!(shelf.get(&1), None);
        assert_eq!(shelf.fill(1, || Ok::<_, ()>(Some("new"))), Ok(Some("new")));
        assert_eq!(shelf.get(&1), Some("new"));
    }

    #[test]
    fn absence_is_not_remembered() {
        let shelf: Shelf<u8, &str> = Shelf::new(10);
        assert_eq!(shelf.fill(1, || Ok::<_, ()>(None)), Ok(None));
        assert_eq!(shelf.fill(1, || Ok::<_, ()>(Some("born"))), Ok(Some("born")));
    }
}
