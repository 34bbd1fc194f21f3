//! Reads the tail of the change log, so that what another process wrote is known here within the staleness bound.

use std::collections::HashMap;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use uuid::Uuid;

use super::{Directory, DirectoryError};
use crate::domain::clock::Moment;
use crate::domain::token::moment_of;
use crate::store::StoreError;

/// How far back each read begins: clocks of nodes differ, and a slow transaction commits an older id.
const OVERLAP: Duration = Duration::from_secs(30);
const BATCH: u32 = 10_000;
/// How soon a failed read is worth another.
const RETRY: Duration = Duration::from_secs(1);

/// How far the change log was read.
pub(super) struct Follower {
    seen: Mutex<HashMap<Uuid, Moment>>,
    fresh_at: AtomicI64,
    /// When the last read failed, so that a crowd of callers does not wait for the same failure one by one.
    failed_at: AtomicI64,
}

impl Follower {
    /// Begins at the present: a new directory holds nothing older.
    pub(super) fn new(now: Moment) -> Self {
        Self {
            seen: Mutex::new(HashMap::new()),
            fresh_at: AtomicI64::new(now.micros()),
            failed_at: AtomicI64::new(i64::MIN),
        }
    }
}

impl Directory {
    /// When the change log was last read to its end.
    pub fn last_followed(&self) -> Moment {
        Moment::from_micros(self.follower.fresh_at.load(Ordering::Relaxed))
    }

    /// Makes sure that what memory says is not older than the patience of this directory, by reading the change log in
    /// place of the thread that should have.
    ///
    /// *Errors*: it could not be read, so that nobody knows what was revoked meanwhile. The caller refuses.
    pub async fn ensure_fresh(&self) -> Result<(), DirectoryError> {
        if self.clock.now().since(self.last_followed()) <= self.patience {
            return Ok(());
        }
        let this = self.clone();
        self.store.blocking(move |_store| Ok(this.catch_up())).await?
    }

    /// Follows once for all who wait: whoever comes after a read, or right after a failed one, does not read again.
    fn catch_up(&self) -> Result<(), DirectoryError> {
        let mut seen = self.follower.seen.lock().unwrap_or_else(PoisonError::into_inner);
        let now = self.clock.now();
        if now.since(self.last_followed()) <= self.patience {
            return Ok(());
        }
        let failed_at = Moment::from_micros(self.follower.failed_at.load(Ordering::Relaxed));
        if now.since(failed_at) < RETRY {
            return Err(StoreError::Busy.into());
        }
        self.read_into(&mut seen).map(|_count| ()).inspect_err(|_cause| {
            self.follower.failed_at.store(self.clock.now().micros(), Ordering::Relaxed);
        })
    }

    /// Reads what is new in the change log and forgets it. Blocking. Answers how many changes were new.
    ///
    /// *Errors*: the database could not be read; the next call tries the same stretch again.
    pub fn follow(&self) -> Result<usize, DirectoryError> {
        self.read_into(&mut self.follower.seen.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn read_into(&self, seen: &mut HashMap<Uuid, Moment>) -> Result<usize, DirectoryError> {
        let now = self.clock.now();
        let from = self.last_followed().minus(OVERLAP);
        let changes = self.store.list_changes(from, BATCH)?;
        let is_cut_off = u32::try_from(changes.len()).is_ok_and(|count| count >= BATCH);
        if is_cut_off {
            // More happened than one read holds: forgetting everything is cheaper than reading it all.
            self.forget_all();
        }
        let unseen: Vec<_> = changes.into_iter().filter(|change| !seen.contains_key(&change.id)).collect();
        self.apply(&unseen);
        for change in &unseen {
            seen.insert(change.id, moment_of(change.id).unwrap_or(now));
        }
        let horizon = from.minus(OVERLAP);
        seen.retain(|_, at| *at >= horizon);
        self.follower.fresh_at.store(now.micros(), Ordering::Relaxed);
        Ok(unseen.len())
    }
}
