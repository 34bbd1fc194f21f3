//! How much an application holds.

use diesel::prelude::*;

use super::Conn;
use crate::domain::id::AppId;
use crate::store::columns::RowId;
use crate::store::error::StoreError;
use crate::store::schema::{app_group, app_role, app_user};

/// How many users, groups and roles the application has, in this order.
pub fn count(conn: &mut Conn, app: AppId) -> Result<[i64; 3], StoreError> {
    let tenant = RowId(app.uuid());
    Ok([
        app_user::table.filter(app_user::tenant_id.eq(tenant)).count().get_result(conn)?,
        app_group::table.filter(app_group::tenant_id.eq(tenant)).count().get_result(conn)?,
        app_role::table.filter(app_role::tenant_id.eq(tenant)).count().get_result(conn)?,
    ])
}
