//! The rows of registered clients.

use diesel::prelude::*;
use serde_json::Value;

use super::{Conn, digest_of, from_json, to_json};
use crate::domain::clock::Moment;
use crate::domain::id::{RegisteredId, TenantId};
use crate::domain::registered::{KeptBy, RegisteredClient};
use crate::store::columns::RowId;
use crate::store::error::StoreError;
use crate::store::schema::{
    authorization_code, consent, device_grant, oauth_client, oauth_client_secret, pushed_request,
};

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = oauth_client)]
struct Row {
    tenant_id: RowId,
    id: RowId,
    name: String,
    metadata: Value,
    kept_by: String,
    disabled: bool,
    registration_digest: Option<Vec<u8>>,
    created: Moment,
    modified: Moment,
}

impl Row {
    fn new(client: &RegisteredClient) -> Result<Self, StoreError> {
        Ok(Self {
            tenant_id: RowId(client.tenant.uuid()),
            id: RowId(client.id.uuid()),
            name: client.name.clone(),
            metadata: to_json(&client.metadata)?,
            kept_by: client.kept_by.as_str().to_owned(),
            disabled: client.disabled,
            registration_digest: client.registration_digest.map(|digest| digest.0.to_vec()),
            created: client.created,
            modified: client.modified,
        })
    }

    fn into_domain(self) -> Result<RegisteredClient, StoreError> {
        let kept_by = KeptBy::parse(&self.kept_by).ok_or_else(|| StoreError::corrupt("oauth_client", "kept_by"))?;
        let digest = self.registration_digest.map(|bytes| digest_of("oauth_client.registration_digest", &bytes));
        Ok(RegisteredClient {
            tenant: TenantId::new(self.tenant_id.0),
            id: RegisteredId::new(self.id.0),
            name: self.name,
            metadata: from_json("oauth_client.metadata", self.metadata)?,
            kept_by,
            disabled: self.disabled,
            registration_digest: digest.transpose()?,
            created: self.created,
            modified: self.modified,
        })
    }
}

/// Adds a client.
pub fn insert(conn: &mut Conn, client: &RegisteredClient) -> Result<(), StoreError> {
    diesel::insert_into(oauth_client::table).values(Row::new(client)?).execute(conn)?;
    Ok(())
}

/// The client of this id, a disabled one too.
pub fn find(conn: &mut Conn, tenant: TenantId, id: RegisteredId) -> Result<Option<RegisteredClient>, StoreError> {
    oauth_client::table
        .find((RowId(tenant.uuid()), RowId(id.uuid())))
        .select(Row::as_select())
        .first(conn)
        .optional()?
        .map(Row::into_domain)
        .transpose()
}

/// Clients behind `after`, in the order of their ids, which is that of their making.
pub fn list(
    conn: &mut Conn,
    tenant: TenantId,
    after: Option<RegisteredId>,
    limit: u32,
) -> Result<Vec<RegisteredClient>, StoreError> {
    let after = after.map(RegisteredId::uuid).unwrap_or_default();
    oauth_client::table
        .filter(oauth_client::tenant_id.eq(RowId(tenant.uuid())))
        .filter(oauth_client::id.gt(RowId(after)))
        .order(oauth_client::id)
        .limit(limit.into())
        .select(Row::as_select())
        .load(conn)?
        .into_iter()
        .map(Row::into_domain)
        .collect()
}

/// Writes a client as changed, unless it changed after `seen`.
pub fn update(conn: &mut Conn, client: &RegisteredClient, seen: Moment) -> Result<bool, StoreError> {
    let row = Row::new(client)?;
    let same = oauth_client::table
        .find((RowId(client.tenant.uuid()), RowId(client.id.uuid())))
        .filter(oauth_client::modified.eq(seen));
    let values = (
        oauth_client::name.eq(row.name),
        oauth_client::metadata.eq(row.metadata),
        oauth_client::disabled.eq(row.disabled),
        oauth_client::registration_digest.eq(row.registration_digest),
        oauth_client::modified.eq(row.modified),
    );
    Ok(diesel::update(same).set(values).execute(conn)? == 1)
}

/// Removes a client with what people allowed it and what waits for it.
pub fn remove(conn: &mut Conn, tenant: TenantId, id: RegisteredId) -> Result<bool, StoreError> {
    /// Every row of a table that names the client.
    macro_rules! remove_from {
        ($table:ident) => {
            let own = $table::table.filter($table::tenant_id.eq(RowId(tenant.uuid())));
            diesel::delete(own.filter($table::client_id.eq(RowId(id.uuid())))).execute(conn)?;
        };
    }
    remove_from!(consent);
    remove_from!(authorization_code);
    remove_from!(pushed_request);
    remove_from!(device_grant);
    remove_from!(oauth_client_secret);
    Ok(diesel::delete(oauth_client::table.find((RowId(tenant.uuid()), RowId(id.uuid())))).execute(conn)? == 1)
}

/// How many clients the tenant has, those of one keeper alone.
pub fn count(conn: &mut Conn, tenant: TenantId, kept_by: KeptBy) -> Result<i64, StoreError> {
    let all = oauth_client::table.filter(oauth_client::tenant_id.eq(RowId(tenant.uuid())));
    Ok(all.filter(oauth_client::kept_by.eq(kept_by.as_str())).count().get_result(conn)?)
}
