//! What only SQLite does: the file, the pragmas, one writer beside many readers.
//!
//! A deferred transaction that reads and then writes fails at once with "database is locked" when another writer was
//! faster, whatever the busy timeout. So writes begin IMMEDIATE, on a connection that this process has only one of.

use std::path::Path;
use std::time::Duration;

use diesel::connection::SimpleConnection;
use diesel::r2d2::{ConnectionManager, CustomizeConnection, Error as PoolError, Pool};
use diesel::sql_types::Bool;
use diesel::{RunQueryDsl, SqliteConnection};

use super::error::{Conflict, StoreError};
use super::options::StoreOptions;
use super::pool::{builder, checkout};
use super::side::Scope;
use crate::domain::database::Durability;
use crate::domain::id::TenantId;
use crate::domain::tenant::Switch;

mod deadline;

#[path = "../queries/mod.rs"]
pub mod queries;

pub use deadline::OUT_OF_TIME;

/// The connection that this side's queries are compiled for.
pub type Conn = SqliteConnection;

/// It keeps no statistics of its own accord, takes every tenant for a small one and would read it whole: a list has to
/// say what to begin with.
pub const PLANS_ALONE: bool = false;

/// What every part of a list's statement has to meet that reads row by row: that the list may still go on.
pub const IN_TIME: &str = "list_in_time() AND ";

/// SQLite's words when another process kept its lock for too long.
pub const LOCKED: &str = "database is locked";

/// What the writer is told beside the rest. A large write touches pages all over its indexes: with SQLite's own 2 MiB
/// of memory it would write most of them many times. Up to 256 MiB, taken as they are needed.
const WRITER: &str = "PRAGMA journal_mode = WAL; PRAGMA cache_size = -262144";

/// While many rows are loaded, the log is folded back into the file every gigabyte, not every four megabytes: the same
/// pages change again and again.
const LOADING: &str = "PRAGMA wal_autocheckpoint = 262144";

/// Folds the log back, gives its room back, and returns to SQLite's own pace.
const LOADED: &str = "PRAGMA wal_checkpoint(TRUNCATE); PRAGMA wal_autocheckpoint = 1000";

/// One file: a pool of readers, and a writer in a pool of one, which waits and replaces like any other.
pub struct Database {
    readers: Pool<ConnectionManager<SqliteConnection>>,
    writer: Pool<ConnectionManager<SqliteConnection>>,
}

impl Database {
    /// Opens the file, creating it for its owner alone when it is not there.
    ///
    /// *Errors*: `File` when it cannot be created, `Url` for a path that is not UTF-8, `Unavailable` for the rest.
    pub fn open(path: &Path, options: &StoreOptions) -> Result<Self, StoreError> {
        create(path)?;
        let name = path.to_str().ok_or(StoreError::Url { reason: "names a file whose path is not UTF-8" })?;
        // The writer comes first: it turns on the write-ahead log, which the readers then find.
        let writer = pool(name, 1, Pragmas::new(options, WRITER))?;
        let readers = pool(name, options.pool_size, Pragmas::new(options, "PRAGMA query_only = ON"))?;
        Ok(Self { readers, writer })
    }

    /// Runs a read. Its statements carry the tenant; there is nothing to enter.
    pub fn read<T>(&self, scope: Scope, query: impl Fn(&mut Conn) -> Result<T, StoreError>) -> Result<T, StoreError> {
        let mut conn = checkout(&self.readers)?;
        if let Scope::Listing(_) = scope {
            deadline::begin(&mut conn)?;
        }
        query(&mut conn)
    }

    /// Runs a write in one transaction.
    pub fn write<T>(&self, query: impl Fn(&mut Conn) -> Result<T, StoreError>) -> Result<T, StoreError> {
        checkout(&self.writer)?.immediate_transaction(query)
    }

    /// Prepares the writer for many rows, or ends that.
    pub fn set_loading(&self, loading: Switch) -> Result<(), StoreError> {
        let pragmas = match loading {
            Switch::On => LOADING,
            Switch::Off => LOADED,
        };
        Ok(checkout(&self.writer)?.batch_execute(pragmas)?)
    }

    /// Hands out the writer without a transaction, for migrations.
    pub fn bare<T>(&self, task: impl FnOnce(&mut Conn) -> Result<T, StoreError>) -> Result<T, StoreError> {
        task(&mut *checkout(&self.writer)?)
    }
}

/// Whether the table of applied migrations is there.
pub fn has_migrations(conn: &mut Conn) -> Result<bool, StoreError> {
    let there =
        diesel::dsl::sql::<Bool>("EXISTS (SELECT 1 FROM sqlite_master WHERE name = '__diesel_schema_migrations')");
    Ok(diesel::select(there).get_result(conn)?)
}

/// Nothing to enter: every statement carries its tenant. PostgreSQL's twin sets it for row-level security.
pub fn enter(_conn: &mut Conn, _tenant: TenantId) -> Result<(), StoreError> {
    Ok(())
}

/// Names the rule behind a unique index. SQLite tells its columns, not its name.
pub fn conflict(message: &str) -> Conflict {
    match message.strip_prefix("UNIQUE constraint failed: ") {
        Some("organization.name_key") => Conflict::OrganizationName,
        Some("application.org_id, application.name_key") => Conflict::ApplicationName,
        Some("app_user.tenant_id, app_user.username_key" | "admin.username_key") => Conflict::Username,
        Some("app_user.tenant_id, app_user.email_key" | "admin.email_key") => Conflict::Email,
        Some("membership.org_id, membership.admin_id") => Conflict::Membership,
        Some("app_role.tenant_id, app_role.name_key") => Conflict::RoleName,
        Some("app_group.tenant_id, app_group.path_key") => Conflict::GroupPath,
        Some("client_secret.tenant_id") => Conflict::ClientSecret,
        Some(
            "signing_key.tenant_id"
            | "signing_key.tenant_id, signing_key.kid"
            | "signing_key.tenant_id, signing_key.algorithm",
        ) => Conflict::SigningKey,
        _ => Conflict::Other,
    }
}

/// Creates a missing file before SQLite would, because SQLite would let others read it.
/// The log files beside it take over its mode.
fn create(path: &Path) -> Result<(), StoreError> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(path) {
        Ok(_) => Ok(()),
        Err(cause) if cause.kind() == std::io::ErrorKind::AlreadyExists => Ok(()),
        Err(source) => Err(StoreError::File { path: path.to_owned(), source }),
    }
}

fn pool(name: &str, size: u32, pragmas: Pragmas) -> Result<Pool<ConnectionManager<SqliteConnection>>, StoreError> {
    builder(size, pragmas.patience)
        // A connection to a file does not age, and a new one has to read the schema and prepare everything again.
        .idle_timeout(None)
        .max_lifetime(None)
        .connection_customizer(Box::new(pragmas))
        .build(ConnectionManager::new(name))
        .map_err(|source| StoreError::Unavailable { source: Box::new(source) })
}

/// What each new connection is told.
#[derive(Clone, Copy, Debug)]
struct Pragmas {
    patience: Duration,
    synchronous: &'static str,
    role: &'static str,
}

impl Pragmas {
    fn new(options: &StoreOptions, role: &'static str) -> Self {
        let synchronous = match options.durability {
            Durability::Full => "FULL",
            Durability::Normal => "NORMAL",
        };
        Self { patience: options.checkout_timeout, synchronous, role }
    }
}

impl CustomizeConnection<SqliteConnection, PoolError> for Pragmas {
    fn on_acquire(&self, conn: &mut SqliteConnection) -> Result<(), PoolError> {
        let Self { patience, synchronous, role } = self;
        let patience = patience.as_millis();
        conn.batch_execute(&format!(
            "PRAGMA busy_timeout = {patience}; PRAGMA foreign_keys = ON; PRAGMA synchronous = {synchronous}; {role};"
        ))?;
        deadline::teach(conn)?;
        Ok(())
    }
}
