//! The rows of client secrets.

use diesel::prelude::*;
use uuid::Uuid;

use super::Conn;
use crate::domain::client::ClientSecret;
use crate::domain::clock::Moment;
use crate::domain::id::TenantId;
use crate::domain::secret::{Digest, Sealed};
use crate::store::columns::RowId;
use crate::store::error::StoreError;
use crate::store::maintenance::{SealedPlace, SealedRow};
use crate::store::schema::client_secret;

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = client_secret)]
struct Row {
    tenant_id: RowId,
    id: RowId,
    digest: Vec<u8>,
    sealed: Option<Vec<u8>>,
    sealed_by: Option<String>,
    created: Moment,
    expires: Option<Moment>,
}

impl Row {
    fn into_domain(self) -> Result<ClientSecret, StoreError> {
        let digest = <[u8; 32]>::try_from(self.digest.as_slice())
            .map_err(|cause| StoreError::corrupt("client_secret.digest", cause))?;
        let sealed = self.sealed.zip(self.sealed_by).map(|(bytes, by)| Sealed { by, bytes });
        Ok(ClientSecret { id: self.id.0, digest: Digest(digest), sealed, created: self.created, expires: self.expires })
    }
}

/// Adds a secret.
pub fn insert(conn: &mut Conn, tenant: TenantId, secret: &ClientSecret) -> Result<(), StoreError> {
    let sealed = secret.sealed.as_ref();
    let row = Row {
        tenant_id: RowId(tenant.uuid()),
        id: RowId(secret.id),
        digest: secret.digest.0.to_vec(),
        sealed: sealed.map(|sealed| sealed.bytes.clone()),
        sealed_by: sealed.map(|sealed| sealed.by.clone()),
        created: secret.created,
        expires: secret.expires,
    };
    diesel::insert_into(client_secret::table).values(row).execute(conn)?;
    Ok(())
}

/// The tenant's secrets, newest first.
pub fn list(conn: &mut Conn, tenant: TenantId) -> Result<Vec<ClientSecret>, StoreError> {
    client_secret::table
        .filter(client_secret::tenant_id.eq(RowId(tenant.uuid())))
        .order((client_secret::created.desc(), client_secret::id.desc()))
        .select(Row::as_select())
        .load(conn)?
        .into_iter()
        .map(Row::into_domain)
        .collect()
}

/// Bounds the life of every secret there is, and removes those that were over before.
pub fn expire_others(conn: &mut Conn, tenant: TenantId, now: Moment, end: Moment) -> Result<(), StoreError> {
    let all = client_secret::table.filter(client_secret::tenant_id.eq(RowId(tenant.uuid())));
    diesel::delete(all.filter(client_secret::expires.le(now))).execute(conn)?;
    let endless = all.filter(client_secret::expires.is_null().or(client_secret::expires.gt(end)));
    diesel::update(endless).set(client_secret::expires.eq(end)).execute(conn)?;
    Ok(())
}

/// Sealed copies under another master key than `not_by`.
pub fn list_sealed(conn: &mut Conn, tenant: TenantId, not_by: &str, limit: u32) -> Result<Vec<SealedRow>, StoreError> {
    let rows = client_secret::table
        .filter(client_secret::tenant_id.eq(RowId(tenant.uuid())))
        .filter(client_secret::sealed_by.ne(not_by))
        .limit(limit.into())
        .select((
            client_secret::id,
            client_secret::sealed.assume_not_null(),
            client_secret::sealed_by.assume_not_null(),
        ))
        .load::<(RowId, Vec<u8>, String)>(conn)?;
    let place = |(id, bytes, by): (RowId, _, _)| SealedRow {
        place: SealedPlace::ClientSecret(id.0),
        sealed: Sealed { by, bytes },
    };
    Ok(rows.into_iter().map(place).collect())
}

/// Replaces the sealed copy if it is still `old`.
pub fn replace_sealed(
    conn: &mut Conn,
    tenant: TenantId,
    id: Uuid,
    old: &Sealed,
    new: &Sealed,
) -> Result<bool, StoreError> {
    let same = client_secret::table
        .find((RowId(tenant.uuid()), RowId(id)))
        .filter(client_secret::sealed.eq(&old.bytes))
        .filter(client_secret::sealed_by.eq(&old.by));
    let values = (client_secret::sealed.eq(&new.bytes), client_secret::sealed_by.eq(&new.by));
    Ok(diesel::update(same).set(values).execute(conn)? == 1)
}

/// Removes secrets that had expired by `now`.
pub fn purge(conn: &mut Conn, tenant: TenantId, now: Moment, limit: u32) -> Result<usize, StoreError> {
    let all = client_secret::table.filter(client_secret::tenant_id.eq(RowId(tenant.uuid())));
    let ended: Vec<RowId> =
        all.filter(client_secret::expires.le(now)).select(client_secret::id).limit(limit.into()).load(conn)?;
    Ok(diesel::delete(all.filter(client_secret::id.eq_any(ended))).execute(conn)?)
}
