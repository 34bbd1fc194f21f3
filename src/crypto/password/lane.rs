//! The threads behind the password lane, and who may join its line.

use std::future::Future;
use std::num::NonZero;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use tokio::sync::oneshot;

use super::hash::Hasher;
use super::line::Line;
use super::{LaneError, LaneOptions, OnWait, Wait};
use crate::domain::id::TenantId;

/// Work in the line, whatever its answer is.
trait Job: Send {
    /// Whether its caller still waits.
    fn is_wanted(&self) -> bool;
    /// Does the work and answers.
    fn run(self: Box<Self>, hasher: &Hasher);
    /// Answers without working.
    fn refuse(self: Box<Self>, error: LaneError);
}

struct Errand<Work, Answer> {
    work: Work,
    answer: oneshot::Sender<Result<Answer, LaneError>>,
}

impl<Work, Answer> Job for Errand<Work, Answer>
where
    Work: FnOnce(&Hasher) -> Result<Answer, LaneError> + Send,
    Answer: Send,
{
    fn is_wanted(&self) -> bool {
        !self.answer.is_closed()
    }

    fn run(self: Box<Self>, hasher: &Hasher) {
        // A caller who left needs no answer.
        let _ = self.answer.send((self.work)(hasher));
    }

    fn refuse(self: Box<Self>, error: LaneError) {
        let _ = self.answer.send(Err(error));
    }
}

struct Waiting {
    tenant: TenantId,
    since: Instant,
    job: Box<dyn Job>,
}

struct State {
    line: Line<Waiting>,
    running: u32,
    /// Moving average of how long one hash takes.
    pace: Duration,
    stopped: bool,
}

impl State {
    /// How long a newcomer of `tenant` would wait for one of `threads`: not at all if one is free.
    fn expected_wait(&self, tenant: TenantId, threads: u32) -> Duration {
        let ahead = u32::try_from(self.line.ahead_of(tenant)).unwrap_or(u32::MAX).saturating_add(self.running);
        if ahead < threads { Duration::ZERO } else { self.pace.saturating_mul(ahead) / threads }
    }

    fn started(&mut self) {
        self.running += 1;
    }

    fn finished(&mut self, took: Duration) {
        self.running -= 1;
        self.pace = (self.pace * 7 + took) / 8;
    }
}

struct Shared {
    state: Mutex<State>,
    changed: Condvar,
    hasher: Hasher,
    threads: u32,
    max_wait: Duration,
    queue_per_tenant: usize,
    on_wait: OnWait,
}

/// The owner of the threads: they end when it is dropped.
pub(super) struct Lane(Arc<Shared>);

impl Lane {
    /// Starts the threads.
    pub(super) fn start(options: &LaneOptions, hasher: Hasher, on_wait: OnWait) -> Result<Self, LaneError> {
        let cores = || thread::available_parallelism().map_or(1, NonZero::get);
        let threads = if options.threads == 0 { cores() } else { options.threads };
        let state = State { line: Line::new(), running: 0, pace: hasher.pace(), stopped: false };
        let lane = Self(Arc::new(Shared {
            state: Mutex::new(state),
            changed: Condvar::new(),
            hasher,
            threads: u32::try_from(threads).unwrap_or(u32::MAX),
            max_wait: options.max_wait,
            queue_per_tenant: options.queue_per_tenant,
            on_wait,
        }));
        for number in 1..=threads {
            let shared = Arc::clone(&lane.0);
            let thread = thread::Builder::new().name(format!("password-{number}"));
            thread.spawn(move || shared.serve()).map_err(LaneError::Thread)?;
        }
        Ok(lane)
    }

    /// Takes a place in the line, or says at once that there is none.
    pub(super) fn enqueue<Work, Answer>(
        &self,
        tenant: TenantId,
        work: Work,
    ) -> impl Future<Output = Result<Answer, LaneError>> + Send + use<Work, Answer>
    where
        Work: FnOnce(&Hasher) -> Result<Answer, LaneError> + Send + 'static,
        Answer: Send + 'static,
    {
        let (answer, coming) = oneshot::channel();
        let admitted = self.0.admit(tenant, Box::new(Errand { work, answer }));
        async move {
            admitted?;
            coming.await.unwrap_or(Err(LaneError::Stopped))
        }
    }
}

impl Drop for Lane {
    /// Lets the running hashes finish on their own; joining them would block whoever drops the lane.
    fn drop(&mut self) {
        let abandoned = {
            let mut state = self.0.state();
            state.stopped = true;
            std::mem::replace(&mut state.line, Line::new())
        };
        self.0.changed.notify_all();
        drop(abandoned);
    }
}

impl Shared {
    /// No code panics while it holds the lock; if some did, the state would still be whole.
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn admit(&self, tenant: TenantId, job: Box<dyn Job>) -> Result<(), LaneError> {
        let mut state = self.state();
        if self.is_full(&state, tenant) {
            // Before anyone is refused, those who gave up make room.
            state.line.retain(|waiting| waiting.job.is_wanted());
            if self.is_full(&state, tenant) {
                return Err(self.turn_away(&state, tenant));
            }
        }
        state.line.push(tenant, Waiting { tenant, since: Instant::now(), job });
        drop(state);
        self.changed.notify_one();
        Ok(())
    }

    fn is_full(&self, state: &State, tenant: TenantId) -> bool {
        state.line.waiting(tenant) >= self.queue_per_tenant || state.expected_wait(tenant, self.threads) > self.max_wait
    }

    fn turn_away(&self, state: &State, tenant: TenantId) -> LaneError {
        (self.on_wait)(Wait::TurnedAway);
        LaneError::Busy { retry_after: state.expected_wait(tenant, self.threads).max(state.pace) }
    }

    /// The life of one thread.
    fn serve(&self) {
        while let Some(job) = self.next() {
            let start = Instant::now();
            job.run(&self.hasher);
            self.state().finished(start.elapsed());
        }
    }

    /// Waits for the next job that is still wanted and in time; `None` when the lane is over.
    fn next(&self) -> Option<Box<dyn Job>> {
        let mut state = self.state();
        while !state.stopped {
            match state.line.pop() {
                Some(left) if !left.job.is_wanted() => {}
                Some(late) if late.since.elapsed() > self.max_wait => {
                    let busy = self.turn_away(&state, late.tenant);
                    late.job.refuse(busy);
                }
                Some(waiting) => {
                    state.started();
                    (self.on_wait)(Wait::Served(waiting.since.elapsed()));
                    return Some(waiting.job);
                }
                None => state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner),
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    const A: TenantId = TenantId::new(Uuid::from_u128(1));
    const B: TenantId = TenantId::new(Uuid::from_u128(2));

    fn state(running: u32, waiting: &[TenantId]) -> State {
        struct Nothing;
        impl Job for Nothing {
            fn is_wanted(&self) -> bool {
                true
            }
            fn run(self: Box<Self>, _: &Hasher) {}
            fn refuse(self: Box<Self>, _: LaneError) {}
        }
        let mut line = Line::new();
        waiting
            .iter()
            .for_each(|&tenant| line.push(tenant, Waiting { tenant, since: Instant::now(), job: Box::new(Nothing) }));
        State { line, running, pace: Duration::from_millis(80), stopped: false }
    }

    #[test]
    fn the_expected_wait_counts_who_is_ahead_and_who_is_served() {
        let millis = |state: &State, tenant| state.expected_wait(tenant, 2).as_millis();
        assert_eq!(millis(&state(0, &[]), A), 0);
        assert_eq!(millis(&state(1, &[]), A), 0);
        assert_eq!(millis(&state(2, &[]), A), 80);
        let crowded = state(2, &[A, A, A, A]);
        assert_eq!((millis(&crowded, A), millis(&crowded, B)), (240, 120));
    }

    #[test]
    fn the_pace_follows_what_hashes_take() {
        let mut state = state(0, &[]);
        state.started();
        state.finished(Duration::from_millis(160));
        assert_eq!((state.running, state.pace), (0, Duration::from_millis(90)));
    }
}
