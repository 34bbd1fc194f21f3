//! The rows of applications.

use diesel::prelude::*;
use serde_json::Value;
use uuid::Uuid;

use super::{Conn, from_json, to_json};
use crate::domain::clock::Moment;
use crate::domain::id::{AppId, OrgId, TenantId};
use crate::domain::name::TenantName;
use crate::domain::tenant::{AppSettings, Application};
use crate::store::columns::RowId;
use crate::store::error::StoreError;
use crate::store::schema::application;

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = application)]
struct Row {
    org_id: RowId,
    id: RowId,
    name_key: String,
    properties: Value,
    settings: Value,
    created: Moment,
    modified: Moment,
}

impl Row {
    fn into_domain(self) -> Result<Application, StoreError> {
        Ok(Application {
            id: AppId::new(self.id.0),
            org: OrgId::new(self.org_id.0),
            name: TenantName::parse(&self.name_key).map_err(|cause| StoreError::corrupt("application", cause))?,
            properties: from_json("application", self.properties)?,
            settings: from_json("application", self.settings)?,
            created: self.created,
            modified: self.modified,
        })
    }
}

/// Adds an application.
pub fn insert(conn: &mut Conn, app: &Application) -> Result<(), StoreError> {
    let row = Row {
        org_id: RowId(app.org.uuid()),
        id: RowId(app.id.uuid()),
        name_key: app.name.as_str().to_owned(),
        properties: Value::Object(app.properties.clone()),
        settings: to_json(&app.settings)?,
        created: app.created,
        modified: app.modified,
    };
    diesel::insert_into(application::table).values(row).execute(conn)?;
    Ok(())
}

/// The application of this id, unless it was deleted.
pub fn find(conn: &mut Conn, id: AppId) -> Result<Option<Application>, StoreError> {
    application::table
        .filter(application::id.eq(RowId(id.uuid())))
        .filter(application::deleted_at.is_null())
        .select(Row::as_select())
        .first(conn)
        .optional()?
        .map(Row::into_domain)
        .transpose()
}

/// The application of this name in its organization, unless it was deleted.
pub fn find_by_name(conn: &mut Conn, org: OrgId, name: &TenantName) -> Result<Option<Application>, StoreError> {
    application::table
        .filter(application::org_id.eq(RowId(org.uuid())))
        .filter(application::name_key.eq(name.as_str()))
        .filter(application::deleted_at.is_null())
        .select(Row::as_select())
        .first(conn)
        .optional()?
        .map(Row::into_domain)
        .transpose()
}

/// The applications of an organization, by name, without deleted ones.
pub fn list(conn: &mut Conn, org: OrgId) -> Result<Vec<Application>, StoreError> {
    application::table
        .filter(application::org_id.eq(RowId(org.uuid())))
        .filter(application::deleted_at.is_null())
        .order(application::name_key)
        .select(Row::as_select())
        .load(conn)?
        .into_iter()
        .map(Row::into_domain)
        .collect()
}

/// The ids behind `after`, in order, with those of deleted ones.
pub fn list_ids(conn: &mut Conn, after: Option<TenantId>, limit: u32) -> Result<Vec<TenantId>, StoreError> {
    let ids = application::table
        .filter(application::id.gt(RowId(after.map_or(Uuid::nil(), TenantId::uuid))))
        .order(application::id)
        .limit(limit.into())
        .select(application::id)
        .load::<RowId>(conn)?;
    Ok(ids.into_iter().map(|id| TenantId::new(id.0)).collect())
}

/// Replaces the settings of an application that is not deleted.
pub fn set_settings(conn: &mut Conn, id: AppId, settings: &AppSettings, now: Moment) -> Result<bool, StoreError> {
    let live =
        application::table.filter(application::id.eq(RowId(id.uuid()))).filter(application::deleted_at.is_null());
    let values = (application::settings.eq(to_json(settings)?), application::modified.eq(now));
    Ok(diesel::update(live).set(values).execute(conn)? == 1)
}

/// The deleted application of this id in its organization.
pub fn find_deleted(conn: &mut Conn, org: OrgId, id: AppId) -> Result<Option<Application>, StoreError> {
    application::table
        .find((RowId(org.uuid()), RowId(id.uuid())))
        .filter(application::deleted_at.is_not_null())
        .select(Row::as_select())
        .first(conn)
        .optional()?
        .map(Row::into_domain)
        .transpose()
}

/// Whether a deleted application of this name is kept.
pub fn is_name_buried(conn: &mut Conn, org: OrgId, name: &TenantName) -> Result<bool, StoreError> {
    let buried = application::table
        .filter(application::org_id.eq(RowId(org.uuid())))
        .filter(application::name_key.eq(name.as_str()))
        .filter(application::deleted_at.is_not_null());
    Ok(diesel::select(diesel::dsl::exists(buried)).get_result(conn)?)
}

/// Deletes an application, or brings a deleted one back; false when it is so already.
pub fn set_deleted(
    conn: &mut Conn,
    app: &Application,
    deleted: Option<Moment>,
    now: Moment,
) -> Result<bool, StoreError> {
    let row = application::table.find((RowId(app.org.uuid()), RowId(app.id.uuid())));
    let values = (application::deleted_at.eq(deleted), application::modified.eq(now));
    let touched = match deleted {
        Some(_) => diesel::update(row.filter(application::deleted_at.is_null())).set(values).execute(conn)?,
        None => diesel::update(row.filter(application::deleted_at.is_not_null())).set(values).execute(conn)?,
    };
    Ok(touched == 1)
}

/// Sets settings and properties of an application that is not deleted, if it is still as seen.
pub fn update(conn: &mut Conn, app: &Application, seen: Moment) -> Result<bool, StoreError> {
    let same = application::table
        .filter(application::id.eq(RowId(app.id.uuid())))
        .filter(application::deleted_at.is_null())
        .filter(application::modified.eq(seen));
    let values = (
        application::settings.eq(to_json(&app.settings)?),
        application::properties.eq(Value::Object(app.properties.clone())),
        application::modified.eq(app.modified),
    );
    Ok(diesel::update(same).set(values).execute(conn)? == 1)
}
