//! The rows of secrets of tenants that never leave the server.

use diesel::prelude::*;

use super::Conn;
use crate::domain::clock::Moment;
use crate::domain::id::TenantId;
use crate::domain::secret::Sealed;
use crate::store::columns::RowId;
use crate::store::error::StoreError;
use crate::store::maintenance::{SealedPlace, SealedRow};
use crate::store::schema::tenant_secret;

/// The secret for a purpose.
pub fn find(conn: &mut Conn, tenant: TenantId, purpose: &str) -> Result<Option<Sealed>, StoreError> {
    let row: Option<(Vec<u8>, String)> = tenant_secret::table
        .find((RowId(tenant.uuid()), purpose))
        .select((tenant_secret::sealed, tenant_secret::sealed_by))
        .first(conn)
        .optional()?;
    Ok(row.map(|(bytes, by)| Sealed { by, bytes }))
}

/// Adds a secret unless there is one; false then.
pub fn insert(
    conn: &mut Conn,
    (tenant, purpose): (TenantId, &str),
    secret: &Sealed,
    now: Moment,
) -> Result<bool, StoreError> {
    let row = (
        tenant_secret::tenant_id.eq(RowId(tenant.uuid())),
        tenant_secret::purpose.eq(purpose),
        tenant_secret::sealed.eq(&secret.bytes),
        tenant_secret::sealed_by.eq(&secret.by),
        tenant_secret::created.eq(now),
    );
    let added = diesel::insert_into(tenant_secret::table)
        .values(row)
        .on_conflict((tenant_secret::tenant_id, tenant_secret::purpose))
        .do_nothing()
        .execute(conn)?;
    Ok(added == 1)
}

/// Secrets under another master key than `not_by`.
pub fn list_sealed(conn: &mut Conn, tenant: TenantId, not_by: &str, limit: u32) -> Result<Vec<SealedRow>, StoreError> {
    let rows: Vec<(String, Vec<u8>, String)> = tenant_secret::table
        .filter(tenant_secret::tenant_id.eq(RowId(tenant.uuid())))
        .filter(tenant_secret::sealed_by.ne(not_by))
        .limit(limit.into())
        .select((tenant_secret::purpose, tenant_secret::sealed, tenant_secret::sealed_by))
        .load(conn)?;
    let place = |(row, bytes, by)| SealedRow { place: SealedPlace::TenantSecret(row), sealed: Sealed { by, bytes } };
    Ok(rows.into_iter().map(place).collect())
}

/// Replaces a secret's sealed form if it is still `old`.
pub fn replace_sealed(
    conn: &mut Conn,
    tenant: TenantId,
    purpose: &str,
    old: &Sealed,
    new: &Sealed,
) -> Result<bool, StoreError> {
    let same = tenant_secret::table
        .find((RowId(tenant.uuid()), purpose))
        .filter(tenant_secret::sealed.eq(&old.bytes))
        .filter(tenant_secret::sealed_by.eq(&old.by));
    let values = (tenant_secret::sealed.eq(&new.bytes), tenant_secret::sealed_by.eq(&new.by));
    Ok(diesel::update(same).set(values).execute(conn)? == 1)
}
