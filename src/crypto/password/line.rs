//! A line that is fair between tenants: whoever sends a thousand waits for a thousand, and nobody else does.

use std::collections::VecDeque;

use crate::domain::id::TenantId;

/// Work that waits, a queue a tenant; the tenant at the front is served next and then goes to the back.
///
/// A plain list, searched from the front: the bounded wait keeps it at some dozens of tenants.
pub(super) struct Line<Job>(VecDeque<(TenantId, VecDeque<Job>)>);

impl<Job> Line<Job> {
    pub(super) fn new() -> Self {
        Self(VecDeque::new())
    }

    pub(super) fn push(&mut self, tenant: TenantId, job: Job) {
        match self.0.iter_mut().find(|(of, _)| *of == tenant) {
            Some((_, queue)) => queue.push_back(job),
            None => self.0.push_back((tenant, VecDeque::from([job]))),
        }
    }

    pub(super) fn pop(&mut self) -> Option<Job> {
        let (tenant, mut queue) = self.0.pop_front()?;
        let job = queue.pop_front();
        if !queue.is_empty() {
            self.0.push_back((tenant, queue));
        }
        job
    }

    /// How many of `tenant` wait.
    pub(super) fn waiting(&self, tenant: TenantId) -> usize {
        self.0.iter().find(|(of, _)| *of == tenant).map_or(0, |(_, queue)| queue.len())
    }

    /// How many are served, at most, before a newcomer of `tenant`, if nobody else comes.
    pub(super) fn ahead_of(&self, tenant: TenantId) -> usize {
        let own = self.waiting(tenant);
        let others = self.0.iter().filter(|(of, _)| *of != tenant).map(|(_, queue)| queue.len().min(own + 1));
        own + others.sum::<usize>()
    }

    /// Drops the work that nobody waits for any more.
    pub(super) fn retain(&mut self, mut keep: impl FnMut(&Job) -> bool) {
        for (_, queue) in &mut self.0 {
            queue.retain(&mut keep);
        }
        self.0.retain(|(_, queue)| !queue.is_empty());
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    const A: TenantId = TenantId::new(Uuid::from_u128(1));
    const B: TenantId = TenantId::new(Uuid::from_u128(2));
    const C: TenantId = TenantId::new(Uuid::from_u128(3));

    fn line(jobs: &[(TenantId, &'static str)]) -> Line<&'static str> {
        let mut line = Line::new();
        jobs.iter().for_each(|(tenant, job)| line.push(*tenant, *job));
        line
    }

    fn served(mut line: Line<&'static str>) -> Vec<&'static str> {
        std::iter::from_fn(move || line.pop()).collect()
    }

    #[test]
    fn tenants_take_turns_and_each_is_served_in_its_own_order() {
        let line = line(&[(A, "a1"), (A, "a2"), (A, "a3"), (B, "b1"), (B, "b2"), (C, "c1")]);
        assert_eq!(served(line), ["a1", "b1", "c1", "a2", "b2", "a3"]);
    }

    #[test]
    fn a_newcomer_waits_behind_its_own_and_one_round_of_the_others() {
        let line = line(&[(A, "a1"), (A, "a2"), (A, "a3"), (B, "b1")]);
        assert_eq!([A, B, C].map(|tenant| line.waiting(tenant)), [3, 1, 0]);
        assert_eq!([A, B, C].map(|tenant| line.ahead_of(tenant)), [4, 3, 2]);
    }

    #[test]
    fn what_nobody_wants_leaves_the_line() {
        let mut line = line(&[(A, "a1"), (A, "a2"), (B, "b1"), (C, "c1")]);
        line.retain(|job| *job != "a1" && *job != "b1");
        assert_eq!([A, B, C].map(|tenant| line.waiting(tenant)), [1, 0, 1]);
        assert_eq!(served(line), ["a2", "c1"]);
    }
}
