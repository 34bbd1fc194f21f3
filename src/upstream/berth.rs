//! How many questions may be under way at once, in all and to one host: a slow host must not stop the others.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

/// The berths of all questions.
pub(super) struct Berths {
    all: usize,
    per_host: usize,
    taken: Mutex<Taken>,
}

#[derive(Default)]
struct Taken {
    all: usize,
    hosts: HashMap<String, usize>,
}

/// One question's place; it is free again when this is dropped.
pub(super) struct Berth {
    berths: Arc<Berths>,
    host: String,
}

impl Berths {
    /// At most `all` at once, and a quarter of them to one host.
    pub(super) fn new(all: usize) -> Self {
        Self { all, per_host: all.div_ceil(4), taken: Mutex::default() }
    }

    /// A berth, unless there is none left: nobody queues for a stranger's server.
    pub(super) fn take(self: &Arc<Self>, host: &str) -> Option<Berth> {
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        let at_host = taken.hosts.get(host).copied().unwrap_or_default();
        if taken.all >= self.all || at_host >= self.per_host {
            return None;
        }
        taken.all = taken.all.saturating_add(1);
        taken.hosts.insert(host.to_owned(), at_host.saturating_add(1));
        Some(Berth { berths: Arc::clone(self), host: host.to_owned() })
    }
}

impl Drop for Berth {
    fn drop(&mut self) {
        let mut taken = self.berths.taken.lock().unwrap_or_else(PoisonError::into_inner);
        taken.all = taken.all.saturating_sub(1);
        if let Some(at_host) = taken.hosts.get_mut(&self.host) {
            *at_host = at_host.saturating_sub(1);
            if *at_host == 0 {
                taken.hosts.remove(&self.host);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_host_takes_a_quarter_of_the_berths_at_most() {
        let berths = Arc::new(Berths::new(8));
        let slow: Vec<_> = (0..3).map(|_| berths.take("slow")).collect();
        assert_eq!(slow.iter().filter(|berth| berth.is_some()).count(), 2);
        let others: Vec<_> = (0..7).map(|number| berths.take(&format!("host {number}"))).collect();
        assert_eq!(others.iter().filter(|berth| berth.is_some()).count(), 6);
        drop(slow);
        assert!(berths.take("slow").is_some());
        drop(others);
        assert!(berths.taken.lock().expect("no panic").hosts.is_empty());
    }
}
