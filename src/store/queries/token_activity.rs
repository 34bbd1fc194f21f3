//! The rows of how long tokens were left unused.

use std::time::Duration;

use diesel::prelude::*;
use uuid::Uuid;

use super::Conn;
use crate::domain::clock::Moment;
use crate::domain::id::{AppId, TenantId};
use crate::store::columns::RowId;
use crate::store::error::StoreError;
use crate::store::links::TokenUse;
use crate::store::schema::token_activity;

/// When a token was last seen, and its longest pause.
pub fn find(conn: &mut Conn, app: AppId, token: Uuid) -> Result<Option<(Moment, Duration)>, StoreError> {
    let row: Option<(Moment, i64)> = token_activity::table
        .find((RowId(app.uuid()), RowId(token)))
        .select((token_activity::accessed, token_activity::inactive))
        .first(conn)
        .optional()?;
    Ok(row.map(|(accessed, millis)| (accessed, Duration::from_millis(u64::try_from(millis).unwrap_or(0)))))
}

/// Notes a use and the longest pause up to it.
pub fn save(conn: &mut Conn, app: AppId, used: &TokenUse, longest: Duration) -> Result<(), StoreError> {
    let inactive = i64::try_from(longest.as_millis()).unwrap_or(i64::MAX);
    let seen = (token_activity::accessed.eq(used.now), token_activity::inactive.eq(inactive));
    let values = (
        token_activity::tenant_id.eq(RowId(app.uuid())),
        token_activity::token_id.eq(RowId(used.token)),
        token_activity::accessed.eq(used.now),
        token_activity::inactive.eq(inactive),
        token_activity::expires.eq(used.expires),
    );
    diesel::insert_into(token_activity::table)
        .values(values)
        .on_conflict((token_activity::tenant_id, token_activity::token_id))
        .do_update()
        .set(seen)
        .execute(conn)?;
    Ok(())
}

/// Removes the rows of tokens that had expired by `now`.
pub fn purge(conn: &mut Conn, tenant: TenantId, now: Moment, limit: u32) -> Result<usize, StoreError> {
    let expired = token_activity::table
        .filter(token_activity::tenant_id.eq(RowId(tenant.uuid())))
        .filter(token_activity::expires.le(now));
    let some: Vec<RowId> = expired.select(token_activity::token_id).limit(limit.into()).load(conn)?;
    let some = token_activity::table
        .filter(token_activity::tenant_id.eq(RowId(tenant.uuid())))
        .filter(token_activity::token_id.eq_any(some));
    Ok(diesel::delete(some).execute(conn)?)
}
