//! The rows that say how an application reaches an outside provider of sign-in.

use diesel::prelude::*;
use diesel::upsert::excluded;

use super::Conn;
use crate::domain::clock::Moment;
use crate::domain::id::{AppId, TenantId};
use crate::domain::secret::Sealed;
use crate::domain::social::SocialProvider;
use crate::store::columns::RowId;
use crate::store::error::StoreError;
use crate::store::maintenance::{SealedPlace, SealedRow};
use crate::store::schema::signin_provider;

/// The sealed settings of one provider.
pub fn find(conn: &mut Conn, app: AppId, provider: SocialProvider) -> Result<Option<Sealed>, StoreError> {
    let row: Option<(Vec<u8>, String)> = signin_provider::table
        .find((RowId(app.uuid()), provider.as_str()))
        .select((signin_provider::sealed, signin_provider::sealed_by))
        .first(conn)
        .optional()?;
    Ok(row.map(|(bytes, by)| Sealed { by, bytes }))
}

/// Sets them, whatever they were.
pub fn set(
    conn: &mut Conn,
    app: AppId,
    provider: SocialProvider,
    sealed: &Sealed,
    now: Moment,
) -> Result<(), StoreError> {
    let values = (
        signin_provider::tenant_id.eq(RowId(app.uuid())),
        signin_provider::provider.eq(provider.as_str()),
        signin_provider::sealed.eq(&sealed.bytes),
        signin_provider::sealed_by.eq(&sealed.by),
        signin_provider::modified.eq(now),
    );
    diesel::insert_into(signin_provider::table)
        .values(values)
        .on_conflict((signin_provider::tenant_id, signin_provider::provider))
        .do_update()
        .set((
            signin_provider::sealed.eq(excluded(signin_provider::sealed)),
            signin_provider::sealed_by.eq(excluded(signin_provider::sealed_by)),
            signin_provider::modified.eq(excluded(signin_provider::modified)),
        ))
        .execute(conn)?;
    Ok(())
}

/// Settings under another master key than `not_by`.
pub fn list_sealed(conn: &mut Conn, tenant: TenantId, not_by: &str, limit: u32) -> Result<Vec<SealedRow>, StoreError> {
    let rows = signin_provider::table
        .filter(signin_provider::tenant_id.eq(RowId(tenant.uuid())))
        .filter(signin_provider::sealed_by.ne(not_by))
        .limit(limit.into())
        .select((signin_provider::provider, signin_provider::sealed, signin_provider::sealed_by))
        .load::<(String, Vec<u8>, String)>(conn)?;
    let place = |(provider, bytes, by)| SealedRow {
        place: SealedPlace::SigninProvider(provider),
        sealed: Sealed { by, bytes },
    };
    Ok(rows.into_iter().map(place).collect())
}

/// Replaces the settings if they are still `old`.
pub fn replace_sealed(
    conn: &mut Conn,
    tenant: TenantId,
    provider: &str,
    old: &Sealed,
    new: &Sealed,
) -> Result<bool, StoreError> {
    let same = signin_provider::table
        .find((RowId(tenant.uuid()), provider))
        .filter(signin_provider::sealed.eq(&old.bytes))
        .filter(signin_provider::sealed_by.eq(&old.by));
    let values = (signin_provider::sealed.eq(&new.bytes), signin_provider::sealed_by.eq(&new.by));
    Ok(diesel::update(same).set(values).execute(conn)? == 1)
}
