//! Reads the tail of the change log, so that what another process wrote is known here within the staleness bound.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use uuid::Uuid;

use super::{Directory, DirectoryError};
use crate::domain::clock::Moment;
use crate::domain::token::moment_of;

/// How far back each read begins: clocks of nodes differ, and a slow transaction commits an older id.
const OVERLAP: Duration = Duration::from_secs(30);
const BATCH: u32 = 10_000;

/// The reader of the change log.
pub struct Tail {
    directory: Directory,
    seen: HashMap<Uuid, Moment>,
    fresh_at: Arc<AtomicI64>,
}

/// Tells how fresh the directory is.
#[derive(Clone)]
pub struct Freshness(Arc<AtomicI64>);

impl Freshness {
    /// When the change log was last read to its end.
    pub fn last_read(&self) -> Moment {
        Moment::from_micros(self.0.load(Ordering::Relaxed))
    }
}

impl Tail {
    /// A reader that starts at the present: a fresh directory holds nothing older.
    pub fn new(directory: Directory) -> Self {
        let now = directory.clock.now();
        Self { directory, seen: HashMap::new(), fresh_at: Arc::new(AtomicI64::new(now.micros())) }
    }

    /// A handle for the readiness check.
    pub fn freshness(&self) -> Freshness {
        Freshness(Arc::clone(&self.fresh_at))
    }

    /// Reads what is new and makes the directory forget it. Blocking: call it from a thread of its own.
    ///
    /// *Errors*: the database could not be read; the next call tries the same stretch again.
    pub fn poll(&mut self) -> Result<usize, DirectoryError> {
        let now = self.directory.clock.now();
        let from = Moment::from_micros(self.fresh_at.load(Ordering::Relaxed)).minus(OVERLAP);
        let changes = self.directory.store.list_changes(from, BATCH)?;
        let is_cut_off = u32::try_from(changes.len()).is_ok_and(|count| count >= BATCH);
        if is_cut_off {
            // More happened than one read holds: forgetting everything is cheaper than reading it all.
            self.directory.forget_all();
        }
        let unseen: Vec<_> = changes.into_iter().filter(|change| !self.seen.contains_key(&change.id)).collect();
        self.directory.apply(&unseen);
        for change in &unseen {
            self.seen.insert(change.id, moment_of(change.id).unwrap_or(now));
        }
        let horizon = from.minus(OVERLAP);
        self.seen.retain(|_, at| *at >= horizon);
        self.fresh_at.store(now.micros(), Ordering::Relaxed);
        Ok(unseen.len())
    }
}
