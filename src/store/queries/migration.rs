//! Which migrations were applied, as diesel's own table says.

use diesel::prelude::*;

use super::{Conn, has_migrations};
use crate::store::error::StoreError;

diesel::table! {
    __diesel_schema_migrations (version) {
        version -> Text,
    }
}

/// The versions that were applied; none before the first migration.
pub fn list_applied(conn: &mut Conn) -> Result<Vec<String>, StoreError> {
    if !has_migrations(conn)? {
        return Ok(Vec::new());
    }
    Ok(__diesel_schema_migrations::table.select(__diesel_schema_migrations::version).load(conn)?)
}
