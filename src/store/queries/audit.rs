//! The rows of the audit log.

use diesel::prelude::*;
use serde_json::Value;

use super::Conn;
use crate::domain::clock::Moment;
use crate::domain::id::TenantId;
use crate::domain::journal::AuditEntry;
use crate::store::columns::RowId;
use crate::store::error::StoreError;
use crate::store::schema::audit;

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = audit)]
struct Row {
    tenant_id: RowId,
    id: RowId,
    at: Moment,
    actor: String,
    action: String,
    detail: Value,
}

impl From<Row> for AuditEntry {
    fn from(row: Row) -> Self {
        Self {
            id: row.id.0,
            tenant: TenantId::new(row.tenant_id.0),
            at: row.at,
            actor: row.actor,
            action: row.action,
            detail: row.detail,
        }
    }
}

/// Adds a line; the transaction has entered its tenant.
pub fn insert(conn: &mut Conn, entry: &AuditEntry) -> Result<(), StoreError> {
    let row = Row {
        tenant_id: RowId(entry.tenant.uuid()),
        id: RowId(entry.id),
        at: entry.at,
        actor: entry.actor.clone(),
        action: entry.action.clone(),
        detail: entry.detail.clone(),
    };
    diesel::insert_into(audit::table).values(row).execute(conn)?;
    Ok(())
}

/// The tenant's last lines, newest first.
pub fn list(conn: &mut Conn, tenant: TenantId, limit: u32) -> Result<Vec<AuditEntry>, StoreError> {
    let rows = audit::table
        .filter(audit::tenant_id.eq(RowId(tenant.uuid())))
        .order(audit::id.desc())
        .limit(limit.into())
        .select(Row::as_select())
        .load(conn)?;
    Ok(rows.into_iter().map(AuditEntry::from).collect())
}

/// The last lines of one actor, newest first.
pub fn list_of(conn: &mut Conn, tenant: TenantId, actor: &str, limit: u32) -> Result<Vec<AuditEntry>, StoreError> {
    let rows = audit::table
        .filter(audit::tenant_id.eq(RowId(tenant.uuid())))
        .filter(audit::actor.eq(actor))
        .order(audit::id.desc())
        .limit(limit.into())
        .select(Row::as_select())
        .load(conn)?;
    Ok(rows.into_iter().map(AuditEntry::from).collect())
}

/// Removes the oldest lines from before a moment.
pub fn purge(conn: &mut Conn, tenant: TenantId, before: Moment, limit: u32) -> Result<usize, StoreError> {
    let all = audit::table.filter(audit::tenant_id.eq(RowId(tenant.uuid())));
    let old: Vec<RowId> =
        all.filter(audit::at.lt(before)).order(audit::id).select(audit::id).limit(limit.into()).load(conn)?;
    Ok(diesel::delete(all.filter(audit::id.eq_any(old))).execute(conn)?)
}
