//! The thread that empties the outbox. Several nodes may run one each: a mail is claimed by a conditional update, and a
//! claim that ended belongs to the next.

use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::Duration;

use super::message::Letterhead;
use super::outbox::open;
use super::smtp::{Refused, Smtp};
use crate::crypto::vault::Vault;
use crate::domain::clock::{Clock, Moment};
use crate::domain::mail::Mail;
use crate::store::{Outcome, Store, StoreError};

/// Mails looked at in one glance.
const GLANCE: u32 = 20;

/// The rhythm of sending.
#[derive(Clone, Debug)]
pub struct SenderPolicy {
    pub from: String,
    pub from_name: String,
    pub reply_to: Option<String>,
    /// The host of the base URL; in every Message-ID.
    pub host: String,
    /// How often to look without being called.
    pub poll: Duration,
    pub retry_first: Duration,
    pub retry_longest: Duration,
    pub give_up: Duration,
    /// How long a claim holds: longer than any conversation with the mail server.
    pub lease: Duration,
}

/// Wakes and stops the sender. A clone rings the same bell.
#[derive(Clone, Default)]
pub struct Bell {
    call: Arc<(Mutex<Call>, Condvar)>,
}

#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum Call {
    #[default]
    Quiet,
    Rung,
    Stopped,
}

impl Bell {
    /// There is something to send.
    pub fn ring(&self) {
        self.set(Call::Rung);
    }

    /// The server ends.
    pub fn stop(&self) {
        self.set(Call::Stopped);
    }

    fn set(&self, next: Call) {
        let (call, changed) = &*self.call;
        let mut call = call.lock().unwrap_or_else(PoisonError::into_inner);
        if *call != Call::Stopped {
            *call = next;
        }
        changed.notify_all();
    }

    /// Waits for a call, `poll` at most; false once stopped.
    fn wait(&self, poll: Duration) -> bool {
        let (call, changed) = &*self.call;
        let call = call.lock().unwrap_or_else(PoisonError::into_inner);
        let waited = changed.wait_timeout_while(call, poll, |call| *call == Call::Quiet);
        let (mut call, _) = waited.unwrap_or_else(PoisonError::into_inner);
        if *call == Call::Rung {
            *call = Call::Quiet;
        }
        *call != Call::Stopped
    }

    fn is_stopped(&self) -> bool {
        *self.call.0.lock().unwrap_or_else(PoisonError::into_inner) == Call::Stopped
    }
}

/// Sends what is due.
pub struct Sender {
    store: Store,
    vault: Arc<Vault>,
    clock: Arc<dyn Clock>,
    smtp: Smtp,
    head: Letterhead,
    policy: SenderPolicy,
    bell: Bell,
}

impl Sender {
    /// A sender over the store, called by `bell`.
    ///
    /// *Errors*: a configured address that no mail server would take, as one line for the operator.
    pub fn new(
        (store, vault, clock): (Store, Arc<Vault>, Arc<dyn Clock>),
        smtp: Smtp,
        policy: SenderPolicy,
        bell: Bell,
    ) -> Result<Self, String> {
        let head = Letterhead::new(&policy.from, &policy.from_name, policy.reply_to.as_deref(), &policy.host)?;
        Ok(Self { store, vault, clock, smtp, head, policy, bell })
    }

    /// Sends until the bell says stop. Blocks: for a thread of its own.
    pub fn run(&self) {
        self.release();
        loop {
            if let Err(cause) = self.round() {
                tracing::warn!(%cause, "the outbox could not be read");
            }
            if !self.bell.wait(self.policy.poll) {
                return;
            }
        }
    }

    /// Mails that were held while there was no mail server go out now, unless they are too old to be wanted.
    fn release(&self) {
        let now = self.clock.now();
        match self.store.release_held_mails(now.minus(self.policy.give_up), now) {
            Ok(0) => {}
            Ok(count) => tracing::info!(count, "held mails are sent now"),
            Err(cause) => tracing::warn!(%cause, "held mails could not be released"),
        }
    }

    /// Sends everything that is due.
    fn round(&self) -> Result<(), StoreError> {
        loop {
            let due = self.store.list_due_mails(self.clock.now(), GLANCE)?;
            let mut is_idle = true;
            for mail in due {
                if self.bell.is_stopped() {
                    return Ok(());
                }
                let until = self.clock.now().plus(self.policy.lease);
                if let Some(claimed) = self.store.claim_mail(&mail, until)? {
                    is_idle = false;
                    self.send(&claimed)?;
                }
            }
            if is_idle {
                return Ok(());
            }
        }
    }

    fn send(&self, mail: &Mail) -> Result<(), StoreError> {
        let outcome = match self.attempt(mail) {
            Ok(()) => Outcome::Sent { at: self.clock.now() },
            Err(Refused::ForGood(error)) => Outcome::Failed { error },
            Err(Refused::ForNow(error)) => self.later(mail, error),
        };
        let (id, kind, attempt) = (mail.id, mail.kind.as_str(), mail.attempts);
        match &outcome {
            Outcome::Sent { .. } => tracing::info!(%id, kind, attempt, "mail sent"),
            Outcome::Later { error, .. } => tracing::warn!(%id, kind, attempt, error, "mail will be tried again"),
            Outcome::Failed { error } => tracing::error!(%id, kind, attempt, error, "mail failed"),
        }
        if !self.store.finish_mail(mail, &outcome)? {
            tracing::warn!(%id, "the claim on a mail ended before it was sent");
        }
        Ok(())
    }

    fn attempt(&self, mail: &Mail) -> Result<(), Refused> {
        // A master key that is missing can come back; the mail waits for it.
        let words = open(&self.vault, mail).map_err(|cause| Refused::ForNow(cause.to_string()))?;
        let words = words.ok_or_else(|| Refused::ForGood("the mail has no body any more".to_owned()))?;
        let message = self.head.message(mail, &words).map_err(Refused::ForGood)?;
        self.smtp.send(&message)
    }

    fn later(&self, mail: &Mail, error: String) -> Outcome {
        let at = self.clock.now().plus(self.pause_after(mail.attempts));
        if at > self.end_of(mail) { Outcome::Failed { error } } else { Outcome::Later { at, error } }
    }

    fn end_of(&self, mail: &Mail) -> Moment {
        mail.created.plus(self.policy.give_up)
    }

    /// Doubles from attempt to attempt up to the longest.
    fn pause_after(&self, attempts: u32) -> Duration {
        let doubled = 1_u32.checked_shl(attempts.saturating_sub(1)).unwrap_or(u32::MAX);
        self.policy.retry_first.saturating_mul(doubled).min(self.policy.retry_longest)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bell_that_rang_before_is_heard_and_one_that_stopped_stays_so() {
        let bell = Bell::default();
        bell.ring();
        assert!(bell.wait(Duration::from_secs(600)), "heard without waiting");
        assert!(bell.wait(Duration::from_millis(1)), "quiet again");
        bell.stop();
        bell.ring();
        assert!(!bell.wait(Duration::from_secs(600)) && bell.is_stopped());
    }
}
