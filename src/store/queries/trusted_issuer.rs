//! The rows of issuers that an application trusts.

use diesel::prelude::*;
use serde_json::Value;
use uuid::Uuid;

use super::{Conn, from_json, to_json};
use crate::domain::clock::Moment;
use crate::domain::id::TenantId;
use crate::domain::trusted::TrustedIssuer;
use crate::store::columns::RowId;
use crate::store::error::StoreError;
use crate::store::schema::trusted_issuer;

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = trusted_issuer)]
struct Row {
    tenant_id: RowId,
    id: RowId,
    issuer: String,
    settings: Value,
    created: Moment,
    modified: Moment,
}

impl Row {
    fn new(trusted: &TrustedIssuer) -> Result<Self, StoreError> {
        Ok(Self {
            tenant_id: RowId(trusted.tenant.uuid()),
            id: RowId(trusted.id),
            issuer: trusted.issuer.clone(),
            settings: to_json(&trusted.settings)?,
            created: trusted.created,
            modified: trusted.modified,
        })
    }

    fn into_domain(self) -> Result<TrustedIssuer, StoreError> {
        Ok(TrustedIssuer {
            tenant: TenantId::new(self.tenant_id.0),
            id: self.id.0,
            issuer: self.issuer,
            settings: from_json("trusted_issuer.settings", self.settings)?,
            created: self.created,
            modified: self.modified,
        })
    }
}

/// Adds an issuer; false when it is trusted already.
pub fn insert(conn: &mut Conn, trusted: &TrustedIssuer) -> Result<bool, StoreError> {
    let added = diesel::insert_into(trusted_issuer::table).values(Row::new(trusted)?).on_conflict_do_nothing();
    Ok(added.execute(conn)? == 1)
}

/// The issuer of this name.
pub fn find_by_name(conn: &mut Conn, tenant: TenantId, issuer: &str) -> Result<Option<TrustedIssuer>, StoreError> {
    let row: Option<Row> = trusted_issuer::table
        .filter(trusted_issuer::tenant_id.eq(RowId(tenant.uuid())))
        .filter(trusted_issuer::issuer.eq(issuer))
        .select(Row::as_select())
        .first(conn)
        .optional()?;
    row.map(Row::into_domain).transpose()
}

/// The issuer of this id.
pub fn find(conn: &mut Conn, tenant: TenantId, id: Uuid) -> Result<Option<TrustedIssuer>, StoreError> {
    let row: Option<Row> = trusted_issuer::table
        .find((RowId(tenant.uuid()), RowId(id)))
        .select(Row::as_select())
        .first(conn)
        .optional()?;
    row.map(Row::into_domain).transpose()
}

/// Every issuer of a tenant, in the order in which they were added. They are few.
pub fn list(conn: &mut Conn, tenant: TenantId) -> Result<Vec<TrustedIssuer>, StoreError> {
    trusted_issuer::table
        .filter(trusted_issuer::tenant_id.eq(RowId(tenant.uuid())))
        .order(trusted_issuer::id)
        .select(Row::as_select())
        .load(conn)?
        .into_iter()
        .map(Row::into_domain)
        .collect()
}

/// How many a tenant trusts.
pub fn count(conn: &mut Conn, tenant: TenantId) -> Result<i64, StoreError> {
    let all = trusted_issuer::table.filter(trusted_issuer::tenant_id.eq(RowId(tenant.uuid())));
    Ok(all.count().get_result(conn)?)
}

/// Writes the settings as changed, unless they changed after `seen`.
pub fn update(conn: &mut Conn, trusted: &TrustedIssuer, seen: Moment) -> Result<bool, StoreError> {
    let row = Row::new(trusted)?;
    let same = trusted_issuer::table.find((row.tenant_id, row.id)).filter(trusted_issuer::modified.eq(seen));
    let values = (trusted_issuer::settings.eq(row.settings), trusted_issuer::modified.eq(row.modified));
    Ok(diesel::update(same).set(values).execute(conn)? == 1)
}

/// Removes an issuer; false when there is none.
pub fn remove(conn: &mut Conn, tenant: TenantId, id: Uuid) -> Result<bool, StoreError> {
    Ok(diesel::delete(trusted_issuer::table.find((RowId(tenant.uuid()), RowId(id)))).execute(conn)? == 1)
}
