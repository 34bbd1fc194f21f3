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

/// Makes an admin a member who may be one already; whether they were not.
pub fn ensure(conn: &mut Conn, org: OrgId, admin: AdminId) -> Result<bool, StoreError> {
    let values = (membership::org_id.eq(RowId(org.uuid())), membership::admin_id.eq(RowId(admin.uuid())));
    Ok(diesel::insert_into(membership::table).values(values).on_conflict_do_nothing().execute(conn)? == 1)
}
