//! The rows of what people allowed clients.

use diesel::prelude::*;
use uuid::Uuid;

use super::Conn;
use crate::domain::browser::Consent;
use crate::domain::clock::Moment;
use crate::domain::id::{RegisteredId, TenantId};
use crate::store::columns::RowId;
use crate::store::error::StoreError;
use crate::store::schema::consent;

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = consent)]
struct Row {
    tenant_id: RowId,
    principal: RowId,
    client_id: RowId,
    scope: String,
    created: Moment,
    modified: Moment,
}

impl Row {
    fn into_domain(self) -> Result<Consent, StoreError> {
        Ok(Consent {
            tenant: TenantId::new(self.tenant_id.0),
            holder: self.principal.0,
            client: RegisteredId::new(self.client_id.0),
            scope: self.scope.parse().map_err(|cause| StoreError::corrupt("consent", cause))?,
            created: self.created,
            modified: self.modified,
        })
    }
}

/// What a person allowed a client.
pub fn find(
    conn: &mut Conn,
    tenant: TenantId,
    holder: Uuid,
    client: RegisteredId,
) -> Result<Option<Consent>, StoreError> {
    let key = (RowId(tenant.uuid()), RowId(holder), RowId(client.uuid()));
    let row: Option<Row> = consent::table.find(key).select(Row::as_select()).first(conn).optional()?;
    row.map(Row::into_domain).transpose()
}

/// All that a person allowed, the last one first.
pub fn list(conn: &mut Conn, tenant: TenantId, holder: Uuid) -> Result<Vec<Consent>, StoreError> {
    consent::table
        .filter(consent::tenant_id.eq(RowId(tenant.uuid())))
        .filter(consent::principal.eq(RowId(holder)))
        .order((consent::modified.desc(), consent::client_id))
        .select(Row::as_select())
        .load(conn)?
        .into_iter()
        .map(Row::into_domain)
        .collect()
}

/// Remembers what is allowed from now on, all of it.
pub fn upsert(conn: &mut Conn, given: &Consent) -> Result<(), StoreError> {
    let row = Row {
        tenant_id: RowId(given.tenant.uuid()),
        principal: RowId(given.holder),
        client_id: RowId(given.client.uuid()),
        scope: given.scope.to_string(),
        created: given.created,
        modified: given.modified,
    };
    diesel::insert_into(consent::table)
        .values(&row)
        .on_conflict((consent::tenant_id, consent::principal, consent::client_id))
        .do_update()
        .set((consent::scope.eq(&row.scope), consent::modified.eq(row.modified)))
        .execute(conn)?;
    Ok(())
}

/// Forgets what a client was allowed; false when it was allowed nothing.
pub fn remove(conn: &mut Conn, tenant: TenantId, holder: Uuid, client: RegisteredId) -> Result<bool, StoreError> {
    let key = (RowId(tenant.uuid()), RowId(holder), RowId(client.uuid()));
    Ok(diesel::delete(consent::table.find(key)).execute(conn)? == 1)
}

/// Forgets all that someone allowed who is gone.
pub fn remove_all_of(conn: &mut Conn, tenant: TenantId, holder: Uuid) -> Result<(), StoreError> {
    let all =
        consent::table.filter(consent::tenant_id.eq(RowId(tenant.uuid()))).filter(consent::principal.eq(RowId(holder)));
    diesel::delete(all).execute(conn)?;
    Ok(())
}
