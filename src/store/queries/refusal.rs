//! The rows of refusals.

use diesel::prelude::*;
use serde_json::Value;
use uuid::Uuid;

use super::Conn;
use crate::domain::clock::Moment;
use crate::domain::id::TenantId;
use crate::domain::refusal::KeptRefusal;
use crate::store::columns::RowId;
use crate::store::error::StoreError;
use crate::store::schema::refusal;

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = refusal)]
struct Row {
    tenant_id: RowId,
    id: RowId,
    at: Moment,
    cause: String,
    detail: Value,
    expires: Moment,
}

impl From<Row> for KeptRefusal {
    fn from(row: Row) -> Self {
        Self { trace: row.id.0, at: row.at, cause: row.cause, detail: row.detail, expires: row.expires }
    }
}

/// Rows of one statement: six values each, far below what a statement may bind.
const ROWS_A_STATEMENT: usize = 200;

/// Adds rows.
pub fn insert(conn: &mut Conn, tenant: TenantId, refusals: &[KeptRefusal]) -> Result<(), StoreError> {
    for batch in refusals.chunks(ROWS_A_STATEMENT) {
        let rows: Vec<Row> = batch
            .iter()
            .map(|kept| Row {
                tenant_id: RowId(tenant.uuid()),
                id: RowId(kept.trace),
                at: kept.at,
                cause: kept.cause.clone(),
                detail: kept.detail.clone(),
                expires: kept.expires,
            })
            .collect();
        diesel::insert_into(refusal::table).values(rows).execute(conn)?;
    }
    Ok(())
}

/// One that has not expired.
pub fn find(conn: &mut Conn, tenant: TenantId, id: Uuid, now: Moment) -> Result<Option<KeptRefusal>, StoreError> {
    let row = refusal::table
        .find((RowId(tenant.uuid()), RowId(id)))
        .filter(refusal::expires.gt(now))
        .select(Row::as_select())
        .first(conn)
        .optional()?;
    Ok(row.map(KeptRefusal::from))
}

/// The last ones, newest first: their ids begin with their time.
pub fn list(
    conn: &mut Conn,
    tenant: TenantId,
    cause: Option<&str>,
    now: Moment,
    limit: u32,
) -> Result<Vec<KeptRefusal>, StoreError> {
    let all = refusal::table.filter(refusal::tenant_id.eq(RowId(tenant.uuid()))).filter(refusal::expires.gt(now));
    let mut newest = all.order(refusal::id.desc()).limit(limit.into()).select(Row::as_select()).into_boxed();
    if let Some(cause) = cause {
        newest = newest.filter(refusal::cause.eq(cause));
    }
    let rows: Vec<Row> = newest.load(conn)?;
    Ok(rows.into_iter().map(KeptRefusal::from).collect())
}

/// Removes rows that had expired by `now`.
pub fn purge(conn: &mut Conn, tenant: TenantId, now: Moment, limit: u32) -> Result<usize, StoreError> {
    let all = refusal::table.filter(refusal::tenant_id.eq(RowId(tenant.uuid())));
    let expired: Vec<RowId> = all
        .filter(refusal::expires.le(now))
        .order(refusal::expires)
        .select(refusal::id)
        .limit(limit.into())
        .load(conn)?;
    Ok(diesel::delete(all.filter(refusal::id.eq_any(expired))).execute(conn)?)
}
