//! Which migrations were applied, as diesel's own table says, and what some of them need beside SQL.

use diesel::prelude::*;

use super::{Conn, app_user, application, enter, has_migrations, role};
use crate::domain::id::AppId;
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

/// How many applications are read at once.
const BATCH: u32 = 500;

/// Does what the migration of this version leaves to be done, inside its transaction.
///
/// The tables are as this migration made them: later columns are not there yet.
pub fn complete(conn: &mut Conn, version: &str) -> Result<(), StoreError> {
    if version == "0002" {
        // Users who were there before terms were are found by them too, and so are the roles that SQL made.
        let mut after = None;
        loop {
            let apps = application::list_ids(conn, after, BATCH)?;
            let Some(last) = apps.last() else { break };
            after = Some(*last);
            for app in apps {
                enter(conn, app)?;
                app_user::index(conn, AppId::new(app.uuid()))?;
                role::index(conn, AppId::new(app.uuid()))?;
            }
        }
    }
    Ok(())
}
