//! The rows of pushed authorization requests.

use diesel::prelude::*;
use serde_json::Value;

use super::Conn;
use crate::domain::clock::Moment;
use crate::domain::code::PushedRequest;
use crate::domain::id::{RegisteredId, TenantId};
use crate::domain::secret::Digest;
use crate::store::codes::PushBounds;
use crate::store::columns::RowId;
use crate::store::error::StoreError;
use crate::store::schema::pushed_request;

/// Whether one more may wait.
pub fn has_room(conn: &mut Conn, new: &PushedRequest, most: &PushBounds) -> Result<bool, StoreError> {
    let waiting = || {
        pushed_request::table
            .filter(pushed_request::tenant_id.eq(RowId(new.tenant.uuid())))
            .filter(pushed_request::expires.gt(new.created))
    };
    let of_client = waiting().filter(pushed_request::client_id.eq(RowId(new.client.uuid())));
    let of_client: i64 = of_client.count().get_result(conn)?;
    let of_tenant: i64 = waiting().count().get_result(conn)?;
    Ok(of_client < most.of_client && of_tenant < most.of_tenant)
}

/// Adds a request.
pub fn insert(conn: &mut Conn, request: &PushedRequest) -> Result<(), StoreError> {
    let row = (
        pushed_request::tenant_id.eq(RowId(request.tenant.uuid())),
        pushed_request::digest.eq(request.digest.0.to_vec()),
        pushed_request::client_id.eq(RowId(request.client.uuid())),
        pushed_request::parameters.eq(&request.parameters),
        pushed_request::created.eq(request.created),
        pushed_request::expires.eq(request.expires),
    );
    diesel::insert_into(pushed_request::table).values(row).execute(conn)?;
    Ok(())
}

/// Takes a request of this client away; `None` unless it was there and alive.
pub fn take(
    conn: &mut Conn,
    tenant: TenantId,
    (client, digest): (RegisteredId, &Digest),
    now: Moment,
) -> Result<Option<Value>, StoreError> {
    let row = || {
        pushed_request::table
            .find((RowId(tenant.uuid()), digest.0.to_vec()))
            .filter(pushed_request::client_id.eq(RowId(client.uuid())))
            .filter(pushed_request::expires.gt(now))
    };
    let found: Option<Value> = row().select(pushed_request::parameters).first(conn).optional()?;
    let Some(parameters) = found else { return Ok(None) };
    // Of two that read the same row one alone removes it.
    Ok((diesel::delete(row()).execute(conn)? == 1).then_some(parameters))
}

/// Removes requests that had expired by `now`.
pub fn purge(conn: &mut Conn, tenant: TenantId, now: Moment, limit: u32) -> Result<usize, StoreError> {
    let of_tenant = pushed_request::tenant_id.eq(RowId(tenant.uuid()));
    let old: Vec<Vec<u8>> = pushed_request::table
        .filter(of_tenant)
        .filter(pushed_request::expires.le(now))
        .select(pushed_request::digest)
        .limit(limit.into())
        .load(conn)?;
    let all = pushed_request::table.filter(of_tenant).filter(pushed_request::digest.eq_any(old));
    Ok(diesel::delete(all).execute(conn)?)
}
