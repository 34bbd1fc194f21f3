//! What only PostgreSQL does: entering a tenant, running a write again, replacing lost connections.

use std::thread;
use std::time::{Duration, Instant};

use diesel::connection::{AnsiTransactionManager, CacheSize, SimpleConnection, TransactionManager};
use diesel::r2d2::{ConnectionManager, CustomizeConnection, Error as PoolError, Pool};
use diesel::result::{DatabaseErrorKind as Kind, Error as DieselError};
use diesel::sql_types::Bool;
use diesel::{Connection, PgConnection, RunQueryDsl};

use super::error::{Conflict, StoreError};
use super::options::StoreOptions;
use super::pool::{Pooled, builder, checkout};
use super::side::{LIST_PATIENCE, Posture, Scope};
use crate::domain::database::demands_tls;
use crate::domain::id::TenantId;
use crate::domain::secret::Secret;
use crate::domain::tenant::Switch;

#[path = "../queries/mod.rs"]
pub mod queries;

/// The connection that this side's queries are compiled for.
pub type Conn = PgConnection;

/// It knows what is rare and what is common, and finds the way through a list itself.
pub const PLANS_ALONE: bool = true;

/// Nothing: this server counts the time of a statement itself.
pub const IN_TIME: &str = "";

/// How often a write is tried when the database asks for it to be run again.
const WRITE_ATTEMPTS: u32 = 6;
/// The pause before the second attempt; it doubles from there.
const FIRST_PAUSE: Duration = Duration::from_millis(2);

/// A pool of connections to one server.
pub struct Database {
    pool: Pool<ConnectionManager<PgConnection>>,
}

impl Database {
    /// Opens the pool and its first connections.
    ///
    /// *Errors*: `TlsNotBuilt` before any connection, `Unavailable` when the server does not answer.
    pub fn open(url: &Secret, options: &StoreOptions) -> Result<Self, StoreError> {
        if demands_tls(url.expose()) && !cfg!(feature = "postgres-tls") {
            return Err(StoreError::TlsNotBuilt);
        }
        let pool = builder(options.pool_size, options.checkout_timeout)
            .connection_customizer(Box::new(Prepared(options.prepared_statements)))
            .build(ConnectionManager::new(url.expose()))
            .map_err(|source| StoreError::Unavailable { source: Box::new(source) })?;
        Ok(Self { pool })
    }

    /// Runs a read, inside the tenant when it has one.
    pub fn read<T>(&self, scope: Scope, query: impl Fn(&mut Conn) -> Result<T, StoreError>) -> Result<T, StoreError> {
        self.on_live_connection(|mut conn| match scope {
            Scope::Registry => query(&mut conn),
            Scope::Tenant(tenant) => {
                begin(&mut conn, "BEGIN READ ONLY", tenant)?;
                finish(&mut conn, &query)
            }
            Scope::Listing(tenant) => {
                let patience = LIST_PATIENCE.as_millis();
                begin(&mut conn, &format!("BEGIN READ ONLY; SET LOCAL statement_timeout = {patience}"), tenant)?;
                let began = Instant::now();
                finish(&mut conn, &query).map_err(|cause| told_by_time(cause, began.elapsed()))
            }
        })
    }

    /// Runs a write in one transaction inside the tenant, again if the database asks for it.
    pub fn write<T>(
        &self,
        tenant: TenantId,
        query: impl Fn(&mut Conn) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        run_again(|| {
            // Only BEGIN is repeated on a lost connection: later, nobody knows whether the commit came through.
            let mut conn = self.on_live_connection(|mut conn| {
                begin(&mut conn, "BEGIN", tenant)?;
                Ok(conn)
            })?;
            finish(&mut conn, &query)
        })
    }

    /// Hands out a bare connection, for migrations.
    pub fn bare<T>(&self, task: impl FnOnce(&mut Conn) -> Result<T, StoreError>) -> Result<T, StoreError> {
        task(&mut *checkout(&self.pool)?)
    }

    /// What an operator should know about this connection.
    pub fn posture(&self) -> Result<Posture, StoreError> {
        const BYPASSES: &str = "(SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user)";
        const ENCRYPTED: &str = "coalesce((SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()), false)";
        const REMOTE: &str =
            "coalesce(NOT (inet_client_addr() <<= '127.0.0.0/8' OR inet_client_addr() = '::1'), false)";
        let [bypasses, encrypted, remote] = [BYPASSES, ENCRYPTED, REMOTE].map(diesel::dsl::sql::<Bool>);
        let (bypasses_row_security, encrypted, remote) = self.on_live_connection(|mut conn| {
            Ok(diesel::select((bypasses.clone(), encrypted.clone(), remote.clone())).get_result(&mut conn)?)
        })?;
        Ok(Posture::Server { bypasses_row_security, encrypted, remote })
    }

    /// Runs `attempt` until it does not meet a lost connection; a restart of the server may have left the pool full of
    /// them. Each one met is dropped, so that the number of attempts is bounded by the size of the pool.
    fn on_live_connection<T>(&self, attempt: impl Fn(Pooled<Conn>) -> Result<T, StoreError>) -> Result<T, StoreError> {
        for _ in 0..self.pool.max_size() {
            match attempt(checkout(&self.pool)?) {
                Err(StoreError::Unavailable { .. }) => {}
                done => return done,
            }
        }
        attempt(checkout(&self.pool)?)
    }
}

/// Whether the table of applied migrations is there.
pub fn has_migrations(conn: &mut Conn) -> Result<bool, StoreError> {
    let there = diesel::dsl::sql::<Bool>("to_regclass('__diesel_schema_migrations') IS NOT NULL");
    Ok(diesel::select(there).get_result(conn)?)
}

/// Sets the tenant for the rest of the transaction. Writes that span tenants enter each in turn.
pub fn enter(conn: &mut Conn, tenant: TenantId) -> Result<(), StoreError> {
    Ok(conn.batch_execute(&set_tenant(tenant))?)
}

/// A UUID's text holds hexadecimal digits and hyphens alone, so it is safe inside a literal.
fn set_tenant(tenant: TenantId) -> String {
    format!("SET LOCAL tokengrid.tenant = '{tenant}'")
}

/// Begins and enters the tenant in a single round trip.
fn begin(conn: &mut Conn, begin: &str, tenant: TenantId) -> Result<(), StoreError> {
    let sql = format!("{begin}; {}", set_tenant(tenant));
    Ok(AnsiTransactionManager::begin_transaction_sql(conn, &sql)?)
}

fn finish<T>(conn: &mut Conn, query: impl Fn(&mut Conn) -> Result<T, StoreError>) -> Result<T, StoreError> {
    match query(conn) {
        Ok(value) => {
            AnsiTransactionManager::commit_transaction(conn)?;
            Ok(value)
        }
        Err(cause) => {
            // A failed rollback marks the connection, and the pool drops it; the first cause is the one to report.
            let _ = AnsiTransactionManager::rollback_transaction(conn);
            Err(cause)
        }
    }
}

/// Repeats a transaction that the database undid for the sake of another (40001, 40P01). Bounded, so that the last
/// refusal reaches the caller.
fn run_again<T>(transaction: impl Fn() -> Result<T, StoreError>) -> Result<T, StoreError> {
    let mut pause = FIRST_PAUSE;
    for _ in 1..WRITE_ATTEMPTS {
        match transaction() {
            Err(refused) if refused.is_transient() => {}
            done => return done,
        }
        thread::sleep(pause);
        pause = pause.saturating_mul(2);
    }
    transaction()
}

/// Tells a statement that took too long from others that failed, by its time. diesel hides the code, 57014, and what the
/// server says depends on its language.
fn told_by_time(cause: StoreError, took: Duration) -> StoreError {
    match cause {
        StoreError::Database { source: DieselError::DatabaseError(Kind::Unknown, _) } if took >= LIST_PATIENCE => {
            StoreError::TooSlow
        }
        other => other,
    }
}

/// Names the rule behind a unique index.
pub fn conflict(constraint: &str) -> Conflict {
    match constraint {
        "organization_name" => Conflict::OrganizationName,
        "application_name" => Conflict::ApplicationName,
        "app_user_username" | "admin_username" => Conflict::Username,
        "app_user_email" | "admin_email" => Conflict::Email,
        "membership_pkey" => Conflict::Membership,
        "app_role_name" => Conflict::RoleName,
        "app_group_path" => Conflict::GroupPath,
        "client_secret_current" => Conflict::ClientSecret,
        "signing_key_pkey" | "signing_key_active" | "signing_key_active_id_token" => Conflict::SigningKey,
        _ => Conflict::Other,
    }
}

/// Applies the switch to each new connection.
#[derive(Debug)]
struct Prepared(Switch);

impl CustomizeConnection<PgConnection, PoolError> for Prepared {
    fn on_acquire(&self, conn: &mut PgConnection) -> Result<(), PoolError> {
        if self.0 == Switch::Off {
            conn.set_prepared_statement_cache_size(CacheSize::Disabled);
        }
        Ok(())
    }
}
