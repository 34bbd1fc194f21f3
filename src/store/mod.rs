//! The rows, and the only room that knows SQL: domain types in, domain types out.
//!
//! `Store` is a thin facade, one file a noun. Each of its methods picks a side, PostgreSQL or SQLite, and calls the
//! query of the same name in `queries/`, which is written once and compiled for both. What truly differs is in
//! `postgres/` and `sqlite/`. No query joins tenants, and every method of a tenant table takes its tenant first.

use std::collections::HashMap;
use std::sync::Arc;

mod admins;
mod apps;
mod browser;
mod codes;
mod columns;
mod devices;
mod error;
mod groups;
mod journal;
mod keys;
mod legacy_token;
mod links;
mod listing;
mod mail;
mod maintenance;
mod migrate;
mod moving;
mod options;
mod overview;
mod passwords;
mod people;
mod pool;
mod postgres;
mod provision;
mod refresh;
mod refusals;
mod registered;
mod revocation;
mod roles;
mod schema;
mod secrets;
mod side;
mod social;
mod sqlite;
mod tenant_secret;
mod tenants;
#[cfg(test)]
mod tests;
mod trusted;
mod users;

pub use crate::domain::database::Durability;
pub use admins::{AdminChange, Leaving};
pub use apps::Restoration;
pub use codes::{Approval, CodeBounds, Ground, PushBounds, Redeemed};
pub use devices::{DeviceBounds, Poll, Waiting};
pub use error::{BoxedError, Conflict, StoreError};
pub use journal::Journal;
pub use keys::KeyChange;
pub use links::{Granted, PermissionChange, TokenUse};
pub use listing::{Listing, Mark, Page};
pub use mail::{MailHorizon, Outcome};
pub use maintenance::{SealedPlace, SealedRow};
pub use moving::{Kinds, Landed, Load};
pub use options::{DatabaseUrl, StoreOptions};
pub use passwords::NewPassword;
pub use provision::Provision;
pub use refresh::Advance;
pub use registered::{NewRegistered, RegisteredChange};
pub use secrets::NewSecret;
pub use side::Posture;
pub use social::{SealedProvider, SocialLink};
pub use trusted::Trust;
pub use users::NewUser;

use side::{Scope, Side, query};
use uuid::Uuid;

/// The database of this server. Cheap to clone; its methods block, see [`Store::point`] and [`Store::blocking`].
#[derive(Clone)]
pub struct Store {
    side: Arc<Side>,
}

impl Store {
    /// Opens the database; the tables are not touched, see [`Store::migrate`].
    ///
    /// *Errors*: `Url`, `File` and `TlsNotBuilt` for what the operator has to change, `Unavailable` for a server that
    /// does not answer.
    pub fn open(options: &StoreOptions) -> Result<Self, StoreError> {
        let side = match &options.url {
            DatabaseUrl::Sqlite(path) => Side::Sqlite(sqlite::Database::open(path, options)?),
            DatabaseUrl::Postgres(url) => Side::Postgres(postgres::Database::open(url, options)?),
        };
        Ok(Self { side: Arc::new(side) })
    }

    /// Asks the database for a sign of life.
    pub fn ping(&self) -> Result<(), StoreError> {
        query!(self, Scope::Registry, |q, conn| q::ping(conn))
    }

    /// What an operator should be warned of.
    pub fn posture(&self) -> Result<Posture, StoreError> {
        match self.side() {
            Side::Postgres(database) => database.posture(),
            Side::Sqlite(_) => Ok(Posture::Embedded),
        }
    }

    /// Runs a point read from asynchronous code: in place on SQLite, where it costs less than the way to another
    /// thread, and on the blocking pool for PostgreSQL.
    pub async fn point<T: Send + 'static>(
        &self,
        task: impl FnOnce(&Self) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        match self.side() {
            Side::Sqlite(_) => task(self),
            Side::Postgres(_) => self.blocking(task).await,
        }
    }

    /// Runs a write or a scan from asynchronous code, on the blocking pool. It runs to its end even if the caller goes.
    ///
    /// *Errors*: those of `task`, and `Stopped` when the runtime shuts down first.
    pub async fn blocking<T: Send + 'static>(
        &self,
        task: impl FnOnce(&Self) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let store = self.clone();
        match tokio::task::spawn_blocking(move || task(&store)).await {
            Ok(done) => done,
            Err(source) => Err(StoreError::Stopped { source }),
        }
    }

    fn side(&self) -> &Side {
        &self.side
    }
}

/// What was found, in the order in which it was asked for.
fn ordered<T>(ids: &[Uuid], found: Vec<T>, id_of: impl Fn(&T) -> Uuid) -> Vec<T> {
    let mut by_id: HashMap<Uuid, T> = found.into_iter().map(|entity| (id_of(&entity), entity)).collect();
    ids.iter().filter_map(|id| by_id.remove(id)).collect()
}
