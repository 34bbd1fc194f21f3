//! The rows of what roles, users and groups may do.

use diesel::prelude::*;
use uuid::Uuid;

use super::Conn;
use crate::domain::clock::Moment;
use crate::domain::id::AppId;
use crate::domain::permission::{Holder, Permission};
use crate::store::columns::RowId;
use crate::store::error::StoreError;
use crate::store::schema::granted_permission;

/// Adds permissions; those that are there stay as they are.
pub fn grant(
    conn: &mut Conn,
    app: AppId,
    holder: Holder,
    permissions: &[Permission],
    now: Moment,
) -> Result<(), StoreError> {
    let rows: Vec<_> = permissions
        .iter()
        .map(|permission| {
            (
                granted_permission::tenant_id.eq(RowId(app.uuid())),
                granted_permission::holder_kind.eq(holder.kind()),
                granted_permission::holder_id.eq(RowId(holder.uuid())),
                granted_permission::permission.eq(permission.as_str()),
                granted_permission::created.eq(now),
            )
        })
        .collect();
    for row in rows {
        diesel::insert_into(granted_permission::table).values(row).on_conflict_do_nothing().execute(conn)?;
    }
    Ok(())
}

/// Removes permissions, given as they were granted; unknown ones are passed over.
pub fn withdraw(conn: &mut Conn, app: AppId, holder: Holder, texts: &[String]) -> Result<(), StoreError> {
    let some = granted_permission::table
        .filter(granted_permission::tenant_id.eq(RowId(app.uuid())))
        .filter(granted_permission::holder_kind.eq(holder.kind()))
        .filter(granted_permission::holder_id.eq(RowId(holder.uuid())))
        .filter(granted_permission::permission.eq_any(texts));
    diesel::delete(some).execute(conn)?;
    Ok(())
}

/// What the holder was granted, in the order of the grants.
pub fn list(conn: &mut Conn, app: AppId, holder: Holder) -> Result<Vec<Permission>, StoreError> {
    let texts: Vec<String> = granted_permission::table
        .filter(granted_permission::tenant_id.eq(RowId(app.uuid())))
        .filter(granted_permission::holder_kind.eq(holder.kind()))
        .filter(granted_permission::holder_id.eq(RowId(holder.uuid())))
        .order((granted_permission::created, granted_permission::permission))
        .select(granted_permission::permission)
        .load(conn)?;
    texts.iter().map(|text| parse(text)).collect()
}

/// What holders of one kind were granted, each permission beside its holder's id.
pub fn list_of(
    conn: &mut Conn,
    app: AppId,
    kind: &'static str,
    holders: &[Uuid],
) -> Result<Vec<(Uuid, Permission)>, StoreError> {
    let rows: Vec<(RowId, String)> = granted_permission::table
        .filter(granted_permission::tenant_id.eq(RowId(app.uuid())))
        .filter(granted_permission::holder_kind.eq(kind))
        .filter(granted_permission::holder_id.eq_any(holders.iter().map(|id| RowId(*id))))
        .select((granted_permission::holder_id, granted_permission::permission))
        .load(conn)?;
    rows.into_iter().map(|(holder, text)| Ok((holder.0, parse(&text)?))).collect()
}

/// Removes all that the holder was granted, because it is to go.
pub fn remove_all_of(conn: &mut Conn, app: AppId, holder: Holder) -> Result<(), StoreError> {
    let all = granted_permission::table
        .filter(granted_permission::tenant_id.eq(RowId(app.uuid())))
        .filter(granted_permission::holder_kind.eq(holder.kind()))
        .filter(granted_permission::holder_id.eq(RowId(holder.uuid())));
    diesel::delete(all).execute(conn)?;
    Ok(())
}

fn parse(text: &str) -> Result<Permission, StoreError> {
    Permission::parse(text).map_err(|cause| StoreError::corrupt("granted_permission", cause))
}
