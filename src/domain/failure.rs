//! What a failure below means to whoever asked: the one thing that a dialect needs to know of it.

use std::time::Duration;

/// How soon a database that cannot be reached is worth another try.
pub const DATABASE_RETRY: Duration = Duration::from_secs(2);

/// The outward sense of a failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Failure {
    /// The same request may succeed after a while.
    Passing { retry_after: Duration },
    /// The request asked for what cannot be; the error's own sentence may be shown.
    Refused,
    /// Ours to mend; nothing of it is shown.
    Internal,
}
