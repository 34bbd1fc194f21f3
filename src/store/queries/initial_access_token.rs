//! The rows of the tokens with which clients may be registered.

use diesel::prelude::*;
use uuid::Uuid;

use super::{Conn, digest_of};
use crate::domain::clock::Moment;
use crate::domain::id::TenantId;
use crate::domain::registered::InitialToken;
use crate::domain::secret::Digest;
use crate::store::columns::RowId;
use crate::store::error::StoreError;
use crate::store::schema::initial_access_token;

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = initial_access_token)]
struct Row {
    tenant_id: RowId,
    id: RowId,
    name: Option<String>,
    digest: Vec<u8>,
    uses_left: Option<i64>,
    created: Moment,
    expires: Option<Moment>,
}

impl Row {
    fn into_domain(self) -> Result<InitialToken, StoreError> {
        let uses_left = self.uses_left.map(u32::try_from).transpose();
        Ok(InitialToken {
            id: self.id.0,
            name: self.name,
            digest: digest_of("initial_access_token.digest", &self.digest)?,
            uses_left: uses_left.map_err(|cause| StoreError::corrupt("initial_access_token", cause))?,
            created: self.created,
            expires: self.expires,
        })
    }
}

/// Adds a token.
pub fn insert(conn: &mut Conn, tenant: TenantId, token: &InitialToken) -> Result<(), StoreError> {
    let row = Row {
        tenant_id: RowId(tenant.uuid()),
        id: RowId(token.id),
        name: token.name.clone(),
        digest: token.digest.0.to_vec(),
        uses_left: token.uses_left.map(i64::from),
        created: token.created,
        expires: token.expires,
    };
    diesel::insert_into(initial_access_token::table).values(row).execute(conn)?;
    Ok(())
}

/// The tenant's tokens, oldest first.
pub fn list(conn: &mut Conn, tenant: TenantId, limit: u32) -> Result<Vec<InitialToken>, StoreError> {
    initial_access_token::table
        .filter(initial_access_token::tenant_id.eq(RowId(tenant.uuid())))
        .order(initial_access_token::id)
        .limit(limit.into())
        .select(Row::as_select())
        .load(conn)?
        .into_iter()
        .map(Row::into_domain)
        .collect()
}

/// Uses a token once; false unless it was there, alive, and had a use left.
pub fn spend(conn: &mut Conn, tenant: TenantId, digest: &Digest, now: Moment) -> Result<bool, StoreError> {
    use initial_access_token::{expires, uses_left};
    let row = initial_access_token::table
        .filter(initial_access_token::tenant_id.eq(RowId(tenant.uuid())))
        .filter(initial_access_token::digest.eq(digest.0.to_vec()))
        .filter(expires.is_null().or(expires.gt(now)))
        .filter(uses_left.is_null().or(uses_left.gt(0)));
    // Null stays null: no bound is no bound.
    Ok(diesel::update(row).set(uses_left.eq(uses_left - 1)).execute(conn)? == 1)
}

/// Whether a token is there, alive, and has a use left.
pub fn is_live(conn: &mut Conn, tenant: TenantId, digest: &Digest, now: Moment) -> Result<bool, StoreError> {
    use initial_access_token::{expires, uses_left};
    let row = initial_access_token::table
        .filter(initial_access_token::tenant_id.eq(RowId(tenant.uuid())))
        .filter(initial_access_token::digest.eq(digest.0.to_vec()))
        .filter(expires.is_null().or(expires.gt(now)))
        .filter(uses_left.is_null().or(uses_left.gt(0)));
    Ok(diesel::select(diesel::dsl::exists(row)).get_result(conn)?)
}

/// Removes one token.
pub fn remove(conn: &mut Conn, tenant: TenantId, id: Uuid) -> Result<bool, StoreError> {
    let row = initial_access_token::table.find((RowId(tenant.uuid()), RowId(id)));
    Ok(diesel::delete(row).execute(conn)? == 1)
}

/// Removes tokens that had expired by `now`, and those without a use left.
pub fn purge(conn: &mut Conn, tenant: TenantId, now: Moment, limit: u32) -> Result<usize, StoreError> {
    use initial_access_token::{expires, uses_left};
    let all = initial_access_token::table.filter(initial_access_token::tenant_id.eq(RowId(tenant.uuid())));
    let ended: Vec<RowId> = all
        .filter(expires.le(now).or(uses_left.le(0)))
        .select(initial_access_token::id)
        .limit(limit.into())
        .load(conn)?;
    Ok(diesel::delete(all.filter(initial_access_token::id.eq_any(ended))).execute(conn)?)
}
