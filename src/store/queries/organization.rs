//! The rows of organizations.

use diesel::prelude::*;
use serde_json::Value;
use uuid::Uuid;

use super::{Conn, from_json, to_json};
use crate::domain::clock::Moment;
use crate::domain::id::{AdminId, OrgId, TenantId};
use crate::domain::name::TenantName;
use crate::domain::tenant::{OrgSettings, Organization};
use crate::store::columns::RowId;
use crate::store::error::StoreError;
use crate::store::schema::{membership, organization};

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = organization)]
struct Row {
    id: RowId,
    name_key: String,
    properties: Value,
    settings: Value,
    created: Moment,
    modified: Moment,
}

impl Row {
    fn into_domain(self) -> Result<Organization, StoreError> {
        Ok(Organization {
            id: OrgId::new(self.id.0),
            name: TenantName::parse(&self.name_key).map_err(|cause| StoreError::corrupt("organization", cause))?,
            properties: from_json("organization", self.properties)?,
            settings: from_json("organization", self.settings)?,
            created: self.created,
            modified: self.modified,
        })
    }
}

/// Adds an organization.
pub fn insert(conn: &mut Conn, org: &Organization) -> Result<(), StoreError> {
    let row = Row {
        id: RowId(org.id.uuid()),
        name_key: org.name.as_str().to_owned(),
        properties: Value::Object(org.properties.clone()),
        settings: to_json(&org.settings)?,
        created: org.created,
        modified: org.modified,
    };
    diesel::insert_into(organization::table).values(row).execute(conn)?;
    Ok(())
}

/// The organization of this id, unless it was deleted.
pub fn find(conn: &mut Conn, id: OrgId) -> Result<Option<Organization>, StoreError> {
    organization::table
        .filter(organization::id.eq(RowId(id.uuid())))
        .filter(organization::deleted_at.is_null())
        .select(Row::as_select())
        .first(conn)
        .optional()?
        .map(Row::into_domain)
        .transpose()
}

/// The organization of this name, unless it was deleted.
pub fn find_by_name(conn: &mut Conn, name: &TenantName) -> Result<Option<Organization>, StoreError> {
    organization::table
        .filter(organization::name_key.eq(name.as_str()))
        .filter(organization::deleted_at.is_null())
        .select(Row::as_select())
        .first(conn)
        .optional()?
        .map(Row::into_domain)
        .transpose()
}

/// Organizations behind a name, by name, without deleted ones.
pub fn list(conn: &mut Conn, after: Option<&TenantName>, limit: u32) -> Result<Vec<Organization>, StoreError> {
    organization::table
        .filter(organization::name_key.gt(after.map_or("", TenantName::as_str)))
        .filter(organization::deleted_at.is_null())
        .order(organization::name_key)
        .limit(limit.into())
        .select(Row::as_select())
        .load(conn)?
        .into_iter()
        .map(Row::into_domain)
        .collect()
}

/// The organizations of an admin, by name, without deleted ones.
pub fn list_of(conn: &mut Conn, admin: AdminId) -> Result<Vec<Organization>, StoreError> {
    organization::table
        .inner_join(membership::table.on(membership::org_id.eq(organization::id)))
        .filter(membership::admin_id.eq(RowId(admin.uuid())))
        .filter(organization::deleted_at.is_null())
        .order(organization::name_key)
        .select(Row::as_select())
        .load(conn)?
        .into_iter()
        .map(Row::into_domain)
        .collect()
}

/// The ids behind `after`, in order, with those of deleted ones.
pub fn list_ids(conn: &mut Conn, after: Option<TenantId>, limit: u32) -> Result<Vec<TenantId>, StoreError> {
    let ids = organization::table
        .filter(organization::id.gt(RowId(after.map_or(Uuid::nil(), TenantId::uuid))))
        .order(organization::id)
        .limit(limit.into())
        .select(organization::id)
        .load::<RowId>(conn)?;
    Ok(ids.into_iter().map(|id| TenantId::new(id.0)).collect())
}

/// Replaces the settings of an organization that is not deleted.
pub fn set_settings(conn: &mut Conn, id: OrgId, settings: &OrgSettings, now: Moment) -> Result<bool, StoreError> {
    let live =
        organization::table.filter(organization::id.eq(RowId(id.uuid()))).filter(organization::deleted_at.is_null());
    let values = (organization::settings.eq(to_json(settings)?), organization::modified.eq(now));
    Ok(diesel::update(live).set(values).execute(conn)? == 1)
}

/// Replaces the properties and settings of an organization that is not deleted.
pub fn replace(conn: &mut Conn, org: &Organization) -> Result<bool, StoreError> {
    let live = organization::table
        .filter(organization::id.eq(RowId(org.id.uuid())))
        .filter(organization::deleted_at.is_null());
    let values = (
        organization::properties.eq(Value::Object(org.properties.clone())),
        organization::settings.eq(to_json(&org.settings)?),
        organization::modified.eq(org.modified),
    );
    Ok(diesel::update(live).set(values).execute(conn)? == 1)
}

/// Marks an organization as changed, which makes others who change it wait.
pub fn touch(conn: &mut Conn, id: OrgId, now: Moment) -> Result<(), StoreError> {
    let row = organization::table.filter(organization::id.eq(RowId(id.uuid())));
    diesel::update(row).set(organization::modified.eq(now)).execute(conn)?;
    Ok(())
}
