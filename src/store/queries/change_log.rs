//! The rows of the change log, in the order of their UUIDv7 ids.

use diesel::prelude::*;
use uuid::Uuid;

use super::Conn;
use crate::domain::clock::Moment;
use crate::domain::id::TenantId;
use crate::domain::journal::{Change, ChangeKind};
use crate::store::columns::RowId;
use crate::store::error::StoreError;
use crate::store::schema::change_log;

/// Adds a line.
pub fn insert(conn: &mut Conn, change: &Change) -> Result<(), StoreError> {
    let values = (
        change_log::id.eq(RowId(change.id)),
        change_log::tenant_id.eq(RowId(change.tenant.uuid())),
        change_log::kind.eq(change.kind.as_str()),
    );
    diesel::insert_into(change_log::table).values(values).execute(conn)?;
    Ok(())
}

/// The lines from the millisecond of `from` on, oldest first.
pub fn list(conn: &mut Conn, from: Moment, limit: u32) -> Result<Vec<Change>, StoreError> {
    change_log::table
        .filter(change_log::id.ge(first_id_of(from)))
        .order(change_log::id)
        .limit(limit.into())
        .select((change_log::id, change_log::tenant_id, change_log::kind))
        .load::<(RowId, RowId, String)>(conn)?
        .into_iter()
        .map(|(id, tenant, kind)| {
            let kind = ChangeKind::parse(&kind).ok_or_else(|| StoreError::corrupt("change_log", "unknown kind"))?;
            Ok(Change { id: id.0, tenant: TenantId::new(tenant.0), kind })
        })
        .collect()
}

/// Removes the oldest lines from before the millisecond of `before`.
pub fn purge(conn: &mut Conn, before: Moment, limit: u32) -> Result<usize, StoreError> {
    let old: Vec<RowId> = change_log::table
        .filter(change_log::id.lt(first_id_of(before)))
        .order(change_log::id)
        .select(change_log::id)
        .limit(limit.into())
        .load(conn)?;
    Ok(diesel::delete(change_log::table.filter(change_log::id.eq_any(old))).execute(conn)?)
}

/// The least id that a UUIDv7 of this millisecond can have (RFC 9562 §5.7: the first 48 bits count milliseconds).
fn first_id_of(moment: Moment) -> RowId {
    RowId(Uuid::from_u128(u128::try_from(moment.millis()).unwrap_or(0) << 80))
}
