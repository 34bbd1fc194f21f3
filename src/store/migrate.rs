//! Bringing the tables to this version. The two sets of migrations are twins; a test compares what they make.

use diesel::backend::Backend;
use diesel::connection::Connection;
use diesel::migration::{Migration, MigrationSource};
use diesel::pg::Pg;
use diesel::sqlite::Sqlite;
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

use super::Store;
use super::error::{BoxedError, StoreError};
use super::side::{Scope, Side, query};
use super::{postgres, sqlite};

const POSTGRES: EmbeddedMigrations = embed_migrations!("migrations/postgres");
const SQLITE: EmbeddedMigrations = embed_migrations!("migrations/sqlite");

impl Store {
    /// Applies what is pending and returns the names of what this call applied. Several nodes may call it at once.
    ///
    /// *Errors*: `Migration`; each migration is a transaction of its own, those before the failed one stay applied.
    pub fn migrate(&self) -> Result<Vec<String>, StoreError> {
        match self.side() {
            Side::Postgres(database) => database
                .bare(|conn| apply::<Pg, _>(conn, &POSTGRES, postgres::queries::migration::complete).map_err(failed)),
            Side::Sqlite(database) => database
                .bare(|conn| apply::<Sqlite, _>(conn, &SQLITE, sqlite::queries::migration::complete).map_err(failed)),
        }
    }

    /// The names of migrations that are not applied yet, oldest first. Changes nothing, so that it works in a role
    /// that may not create tables.
    pub fn pending_migrations(&self) -> Result<Vec<String>, StoreError> {
        let applied = query!(self, Scope::Registry, |q, conn| q::migration::list_applied(conn))?;
        let pending = match self.side() {
            Side::Postgres(_) => pending::<Pg>(&POSTGRES, &applied).map(names),
            Side::Sqlite(_) => pending::<Sqlite>(&SQLITE, &applied).map(names),
        };
        pending.map_err(failed)
    }
}

/// Applies one migration after the other. No lock keeps other nodes away, because not every PostgreSQL has one to
/// offer: a migration is written down in its own transaction, so of two nodes one fails, sees that the work is done,
/// and goes on. `complete` does what SQL alone cannot, in the migration's transaction: both are done or none.
fn apply<DB: Backend, C: MigrationHarness<DB> + Connection<Backend = DB>>(
    conn: &mut C,
    source: &EmbeddedMigrations,
    complete: impl Fn(&mut C, &str) -> Result<(), StoreError>,
) -> Result<Vec<String>, BoxedError> {
    let mut applied = Vec::new();
    let mut known = versions(conn)?;
    while let Some(next) = pending::<DB>(source, &known)?.first() {
        let outcome = conn.transaction::<_, BoxedError, _>(|conn| {
            let version = conn.run_migration(next)?;
            Ok(complete(conn, &version.to_string())?)
        });
        known = versions(conn)?;
        match outcome {
            Ok(()) => applied.push(next.name().to_string()),
            Err(_) if known.contains(&next.name().version().to_string()) => {}
            Err(cause) => return Err(cause),
        }
    }
    Ok(applied)
}

/// The versions that are applied. The first call creates the table that holds them; it asks again when another node
/// was creating it at the same time.
fn versions<DB: Backend, C: MigrationHarness<DB>>(conn: &mut C) -> Result<Vec<String>, BoxedError> {
    let versions = conn.applied_migrations().or_else(|_another_node| conn.applied_migrations())?;
    Ok(versions.iter().map(ToString::to_string).collect())
}

fn pending<DB: Backend>(
    source: &EmbeddedMigrations,
    applied: &[String],
) -> Result<Vec<Box<dyn Migration<DB>>>, BoxedError> {
    let mut pending: Vec<Box<dyn Migration<DB>>> = source.migrations()?;
    pending.retain(|migration| !applied.contains(&migration.name().version().to_string()));
    pending.sort_by_key(|migration| migration.name().to_string());
    Ok(pending)
}

fn failed(source: BoxedError) -> StoreError {
    StoreError::Migration { source }
}

fn names<DB: Backend>(migrations: Vec<Box<dyn Migration<DB>>>) -> Vec<String> {
    migrations.iter().map(|migration| migration.name().to_string()).collect()
}
