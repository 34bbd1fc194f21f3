//! The rows of the secrets of registered clients.

use diesel::prelude::*;
use uuid::Uuid;

use super::{Conn, digest_of};
use crate::domain::clock::Moment;
use crate::domain::id::{RegisteredId, TenantId};
use crate::domain::registered::RegisteredSecret;
use crate::store::columns::RowId;
use crate::store::error::StoreError;
use crate::store::schema::oauth_client_secret;

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = oauth_client_secret)]
struct Row {
    tenant_id: RowId,
    client_id: RowId,
    id: RowId,
    name: Option<String>,
    digest: Vec<u8>,
    created: Moment,
    expires: Option<Moment>,
}

impl Row {
    fn into_domain(self) -> Result<RegisteredSecret, StoreError> {
        Ok(RegisteredSecret {
            id: self.id.0,
            name: self.name,
            digest: digest_of("oauth_client_secret.digest", &self.digest)?,
            created: self.created,
            expires: self.expires,
        })
    }
}

/// Adds a secret.
pub fn insert(
    conn: &mut Conn,
    tenant: TenantId,
    client: RegisteredId,
    secret: &RegisteredSecret,
) -> Result<(), StoreError> {
    let row = Row {
        tenant_id: RowId(tenant.uuid()),
        client_id: RowId(client.uuid()),
        id: RowId(secret.id),
        name: secret.name.clone(),
        digest: secret.digest.0.to_vec(),
        created: secret.created,
        expires: secret.expires,
    };
    diesel::insert_into(oauth_client_secret::table).values(row).execute(conn)?;
    Ok(())
}

/// The client's secrets, oldest first.
pub fn list(conn: &mut Conn, tenant: TenantId, client: RegisteredId) -> Result<Vec<RegisteredSecret>, StoreError> {
    oauth_client_secret::table
        .filter(oauth_client_secret::tenant_id.eq(RowId(tenant.uuid())))
        .filter(oauth_client_secret::client_id.eq(RowId(client.uuid())))
        .order(oauth_client_secret::id)
        .select(Row::as_select())
        .load(conn)?
        .into_iter()
        .map(Row::into_domain)
        .collect()
}

/// Removes one secret.
pub fn remove(conn: &mut Conn, tenant: TenantId, client: RegisteredId, id: Uuid) -> Result<bool, StoreError> {
    let row = oauth_client_secret::table.find((RowId(tenant.uuid()), RowId(client.uuid()), RowId(id)));
    Ok(diesel::delete(row).execute(conn)? == 1)
}

/// Removes every secret of a client.
pub fn remove_all(conn: &mut Conn, tenant: TenantId, client: RegisteredId) -> Result<(), StoreError> {
    let all = oauth_client_secret::table
        .filter(oauth_client_secret::tenant_id.eq(RowId(tenant.uuid())))
        .filter(oauth_client_secret::client_id.eq(RowId(client.uuid())));
    diesel::delete(all).execute(conn)?;
    Ok(())
}

/// Removes secrets that had expired by `now`.
pub fn purge(conn: &mut Conn, tenant: TenantId, now: Moment, limit: u32) -> Result<usize, StoreError> {
    let all = oauth_client_secret::table.filter(oauth_client_secret::tenant_id.eq(RowId(tenant.uuid())));
    let ended: Vec<RowId> = all
        .filter(oauth_client_secret::expires.le(now))
        .select(oauth_client_secret::id)
        .limit(limit.into())
        .load(conn)?;
    Ok(diesel::delete(all.filter(oauth_client_secret::id.eq_any(ended))).execute(conn)?)
}
