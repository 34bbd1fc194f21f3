//! Passwords: bcrypt, and the lane in which it runs. A hash takes a tenth of a second of a core, so that it has threads
//! of its own, takes turns between tenants, and refuses early what it could not answer in time (ASVS 15.2.2).
//! A password is never cut: bcrypt reads 72 bytes, and what is longer is refused.

mod hash;
mod lane;
mod legacy;
mod line;

#[cfg(test)]
mod tests;

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use bcrypt::BcryptError;

pub use hash::hash_blocking;
pub use legacy::{Legacy, LegacyError};

use super::entropy::Entropy;
use crate::domain::failure::{DATABASE_RETRY, Failure};
use crate::domain::id::TenantId;
use crate::domain::secret::Secret;
use hash::Hasher;
use lane::Lane;

/// Why the lane gave no answer.
#[derive(Debug, thiserror::Error)]
pub enum LaneError {
    /// Too many wait already. *Units*: `retry_after` is when the present line will have been served.
    #[error("too many passwords are waiting to be checked")]
    Busy { retry_after: Duration },
    #[error("A password must have at most 72 bytes.")]
    TooLong,
    #[error("A password must not contain a NUL character.")]
    NulByte,
    /// The lane was dropped while the work waited.
    #[error("the password lane has stopped")]
    Stopped,
    #[error("bcrypt cost {0} is outside of 4 to 15")]
    Cost(u32),
    #[error("bcrypt failed")]
    Hash(#[source] BcryptError),
    #[error("a thread of the password lane could not be started")]
    Thread(#[source] std::io::Error),
}

impl LaneError {
    /// What this means to whoever asked.
    pub fn failure(&self) -> Failure {
        match self {
            Self::Busy { retry_after } => Failure::Passing { retry_after: *retry_after },
            Self::Stopped => Failure::Passing { retry_after: DATABASE_RETRY },
            Self::TooLong | Self::NulByte => Failure::Refused,
            Self::Cost(_) | Self::Hash(_) | Self::Thread(_) => Failure::Internal,
        }
    }
}

/// What a password was found to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The right one. `rehash` says that the stored hash is cheaper than new ones are, or another server's.
    Match {
        rehash: bool,
    },
    Mismatch,
}

/// What became of a place in the line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wait {
    /// A thread took the password up after this long.
    Served(Duration),
    /// The wait would have been, or has become, too long.
    TurnedAway,
}

/// Told of the end of every wait, for the metrics. Runs on the caller's or the lane's thread and must not block.
pub type OnWait = Arc<dyn Fn(Wait) + Send + Sync>;

/// How the lane works.
#[derive(Clone, Copy, Debug)]
pub struct LaneOptions {
    /// How many hashes are computed at once; `0` means one a core.
    pub threads: usize,
    /// The bcrypt cost of new hashes, 4 to 15.
    pub cost: u32,
    /// Who would wait longer is refused at once.
    pub max_wait: Duration,
    /// How many of one tenant may wait.
    pub queue_per_tenant: usize,
}

/// The lane in which passwords are hashed and verified. Clones share it; its threads end with the last clone.
#[derive(Clone)]
pub struct PasswordLane(Arc<Lane>);

impl PasswordLane {
    /// Starts the threads. Computes one hash, which unknown users are measured against.
    ///
    /// *Errors*: `Cost`, `Thread`.
    pub fn start(options: &LaneOptions, entropy: Arc<dyn Entropy>, on_wait: OnWait) -> Result<Self, LaneError> {
        let hasher = Hasher::new(options.cost, entropy)?;
        Lane::start(options, hasher, on_wait).map(Arc::new).map(Self)
    }

    /// Checks a password against a stored hash. The work joins the line when this is called, not when the future is
    /// first polled; dropping the future takes it out again.
    ///
    /// No hash, a hash that cannot be read, and a password that bcrypt cannot take are a `Mismatch` at the cost of any
    /// other, so that the time of the answer tells nothing.
    ///
    /// *Errors*: `Busy`, `Stopped`. *Tenancy*: tenants take turns; each waits behind its own line alone.
    pub fn verify(
        &self,
        tenant: TenantId,
        password: Secret,
        stored: Option<Secret>,
    ) -> impl Future<Output = Result<Verdict, LaneError>> + Send + use<> {
        self.0.enqueue(tenant, move |hasher| Ok(hasher.verify(tenant, &password, stored.as_ref())))
    }

    /// Hashes a new password, in the same line as [`PasswordLane::verify`].
    ///
    /// *Errors*: `TooLong` and `NulByte` concern the password, `Busy` and `Stopped` the lane.
    pub fn hash(
        &self,
        tenant: TenantId,
        password: Secret,
    ) -> impl Future<Output = Result<Secret, LaneError>> + Send + use<> {
        self.0.enqueue(tenant, move |hasher| hasher.hash(&password))
    }
}
