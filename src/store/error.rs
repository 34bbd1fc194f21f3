//! What can go wrong with rows, by cause. Nothing here is worded for a client.

use crate::domain::failure::{DATABASE_RETRY, Failure};
use std::error::Error;
use std::fmt;
use std::path::PathBuf;

use diesel::result::{DatabaseErrorKind as Kind, Error as DieselError};

use super::{postgres, sqlite};

/// A source of no particular type.
pub type BoxedError = Box<dyn Error + Send + Sync>;

/// Why a store method failed. "Not found" is never among the reasons: lookups return `Option`.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// No connection could be made or kept. The caller may try again later.
    #[error("the database cannot be reached")]
    Unavailable { source: BoxedError },
    /// Every connection stayed in use for as long as a caller may wait. The caller may try again later.
    #[error("the database is busy")]
    Busy,
    /// A list took longer than it may, and the database gave up. A narrower query may be answered.
    #[error("the database gave up a list that took too long")]
    TooSlow,
    /// The write would break a uniqueness rule; nothing was written.
    #[error("{0}")]
    Conflict(Conflict),
    /// A row holds what this version never writes.
    #[error("a row cannot be read: {what}")]
    Corrupt { what: String },
    /// The database refused a statement.
    #[error("the database refused a statement")]
    Database { source: DieselError },
    /// Migrations could not be listed or applied.
    #[error("the migrations failed")]
    Migration { source: BoxedError },
    /// The database URL cannot be used.
    #[error("the database URL {reason}")]
    Url { reason: &'static str },
    /// The URL asks for TLS, which this build lacks.
    #[error("the database URL asks for TLS, but this build has none: build with the feature `postgres-tls`")]
    TlsNotBuilt,
    /// The database file cannot be made.
    #[error("the database file {path} cannot be created")]
    File { path: PathBuf, source: std::io::Error },
    /// The blocking task was cancelled or panicked.
    #[error("the database task was stopped")]
    Stopped { source: tokio::task::JoinError },
}

impl StoreError {
    /// What this means to whoever asked.
    pub fn failure(&self) -> Failure {
        match self {
            Self::Unavailable { .. } | Self::Busy | Self::TooSlow | Self::Stopped { .. } => {
                Failure::Passing { retry_after: DATABASE_RETRY }
            }
            Self::Conflict(_)
            | Self::Corrupt { .. }
            | Self::Database { .. }
            | Self::Migration { .. }
            | Self::Url { .. }
            | Self::TlsNotBuilt
            | Self::File { .. } => Failure::Internal,
        }
    }
}

/// Which uniqueness rule a write would break.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Conflict {
    OrganizationName,
    ApplicationName,
    Username,
    Email,
    Membership,
    RoleName,
    GroupPath,
    /// Another rotation of the client's secret came first.
    ClientSecret,
    /// A key of this name exists, or another rotation came first.
    SigningKey,
    /// The token that permitted the write is not there, or is not for this.
    MailToken,
    /// The token that permitted a registration is not there, or has no use left.
    InitialToken,
    /// Any other key, such as an id that was used before.
    Other,
}

impl fmt::Display for Conflict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::OrganizationName => "an organization of this name exists",
            Self::ApplicationName => "an application of this name exists",
            Self::Username => "this username is taken",
            Self::Email => "this email address is taken",
            Self::Membership => "this admin is a member already",
            Self::RoleName => "a role of this name exists",
            Self::GroupPath => "a group of this path exists",
            Self::ClientSecret => "the client secret was changed by someone else",
            Self::SigningKey => "the signing keys were changed by someone else",
            Self::MailToken => "the link was used, or is not for this",
            Self::InitialToken => "the registration is not permitted any more",
            Self::Other => "a row with this key exists",
        })
    }
}

impl StoreError {
    /// A row of `table` that does not parse; `cause` must not quote its contents.
    pub(super) fn corrupt(table: &str, cause: impl fmt::Display) -> Self {
        Self::Corrupt { what: format!("{table}: {cause}") }
    }

    /// Whether the same transaction may succeed when run again.
    pub(super) fn is_transient(&self) -> bool {
        match self {
            Self::Database { source: DieselError::DatabaseError(Kind::SerializationFailure, _) } => true,
            // diesel has no kind for 40P01 and hides the code; where the server speaks another language, the caller
            // sees it.
            Self::Database { source: DieselError::DatabaseError(_, about) } => about.message() == "deadlock detected",
            _ => false,
        }
    }
}

impl From<DieselError> for StoreError {
    fn from(source: DieselError) -> Self {
        match &source {
            DieselError::DatabaseError(Kind::UniqueViolation, about) => Self::Conflict(match about.constraint_name() {
                Some(constraint) => postgres::conflict(constraint),
                None => sqlite::conflict(about.message()),
            }),
            DieselError::DatabaseError(Kind::ClosedConnection | Kind::UnableToSendCommand, _)
            | DieselError::BrokenTransactionManager => Self::Unavailable { source: Box::new(source) },
            DieselError::DatabaseError(_, about) if about.message() == sqlite::LOCKED => Self::Busy,
            DieselError::DatabaseError(_, about) if about.message() == sqlite::OUT_OF_TIME => Self::TooSlow,
            DieselError::DeserializationError(cause) => Self::Corrupt { what: cause.to_string() },
            _ => Self::Database { source },
        }
    }
}
