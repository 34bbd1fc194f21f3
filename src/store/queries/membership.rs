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

/// Makes an admin a member; false when they are one.
pub fn add(conn: &mut Conn, org: OrgId, admin: AdminId) -> Result<bool, StoreError> {
    let values = (membership::org_id.eq(RowId(org.uuid())), membership::admin_id.eq(RowId(admin.uuid())));
    Ok(diesel::insert_into(membership::table).values(values).on_conflict_do_nothing().execute(conn)? == 1)
}

/// The members of an organization.
pub fn list(conn: &mut Conn, org: OrgId) -> Result<Vec<AdminId>, StoreError> {
    let members = membership::table.filter(membership::org_id.eq(RowId(org.uuid()))).select(membership::admin_id);
    Ok(members.load::<RowId>(conn)?.into_iter().map(|id| AdminId::new(id.0)).collect())
}

/// Ends a membership.
pub fn remove(conn: &mut Conn, org: OrgId, admin: AdminId) -> Result<(), StoreError> {
    diesel::delete(membership::table.find((RowId(org.uuid()), RowId(admin.uuid())))).execute(conn)?;
    Ok(())
}
