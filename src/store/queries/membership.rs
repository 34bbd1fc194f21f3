//! The rows that say which admin belongs to which organization.

use diesel::prelude::*;

use super::Conn;
use crate::domain::id::{AdminId, OrgId};
use crate::store::columns::RowId;
use crate::store::error::StoreError;
use crate::store::schema::membership;

/// Makes an admin a member.
pub fn insert(conn: &mut Conn, org: OrgId, admin: AdminId) -> Result<(), StoreError> {
    let values = (membership::org_id.eq(RowId(org.uuid())), membership::admin_id.eq(RowId(admin.uuid())));
    diesel::insert_into(membership::table).values(values).execute(conn)?;
    Ok(())
}

/// Whether the admin is a member.
pub fn exists(conn: &mut Conn, org: OrgId, admin: AdminId) -> Result<bool, StoreError> {
    let row = membership::table.find((RowId(org.uuid()), RowId(admin.uuid())));
    Ok(diesel::select(diesel::dsl::exists(row)).get_result(conn)?)
}
