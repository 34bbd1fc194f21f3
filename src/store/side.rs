//! Which database a store stands on, and the two macros that pick its copy of a query.

use std::time::Duration;

use super::{postgres, sqlite};
use crate::domain::id::TenantId;

/// The one database of a store.
pub(super) enum Side {
    Postgres(postgres::Database),
    Sqlite(sqlite::Database),
}

/// How long a list may take whose cost its caller decides.
pub(super) const LIST_PATIENCE: Duration = Duration::from_secs(5);

/// Which rows a read may see.
#[derive(Clone, Copy, Debug)]
pub enum Scope {
    /// Tables that know no tenant.
    Registry,
    /// The rows of one tenant.
    Tenant(TenantId),
    /// The same, for a list whose cost its caller decides: it is given up after [`LIST_PATIENCE`].
    Listing(TenantId),
}

/// What an operator should know about the database connection; the server warns of the dangerous parts at start.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Posture {
    /// SQLite: a file, with no role and no wire.
    Embedded,
    /// PostgreSQL.
    Server {
        /// The role is a superuser or has BYPASSRLS, so that row-level security does not bind it.
        bypasses_row_security: bool,
        /// The connection is under TLS.
        encrypted: bool,
        /// The server sees us come from another machine.
        remote: bool,
    },
}

/// `query!(store, scope, |q, conn| q::table::find(conn, ..))` runs the query of the store's side; `q` names its copy.
macro_rules! query {
    ($store:expr, $scope:expr, |$q:ident, $conn:ident| $body:expr) => {
        match $store.side() {
            $crate::store::side::Side::Postgres(database) => {
                use $crate::store::postgres::queries as $q;
                database.read($scope, |$conn| $body)
            }
            $crate::store::side::Side::Sqlite(database) => {
                use $crate::store::sqlite::queries as $q;
                database.read($scope, |$conn| $body)
            }
        }
    };
}

/// `transact!(store, tenant, |q, conn| ..)` is `query!` for a write: one transaction, which may be run more than once.
macro_rules! transact {
    ($store:expr, $tenant:expr, |$q:ident, $conn:ident| $body:expr) => {
        match $store.side() {
            $crate::store::side::Side::Postgres(database) => {
                use $crate::store::postgres::queries as $q;
                database.write($tenant, |$conn| $body)
            }
            $crate::store::side::Side::Sqlite(database) => {
                use $crate::store::sqlite::queries as $q;
                database.write(|$conn| $body)
            }
        }
    };
}

pub(super) use {query, transact};
