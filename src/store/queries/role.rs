//! The rows of an application's roles.

use std::time::Duration;

use diesel::prelude::*;
use serde_json::{Map, Value};
use uuid::Uuid;

use super::{Conn, from_json, term};
use crate::domain::clock::Moment;
use crate::domain::id::{AppId, RoleId};
use crate::domain::query::Collection;
use crate::domain::role::{Role, RoleName, searchable};
use crate::store::columns::RowId;
use crate::store::error::StoreError;
use crate::store::schema::app_role;

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = app_role, primary_key(tenant_id, id), treat_none_as_null = true)]
struct Row {
    tenant_id: RowId,
    id: RowId,
    name: String,
    name_key: String,
    title: Option<String>,
    inactivity: i64,
    properties: Value,
    created: Moment,
    modified: Moment,
}

impl Row {
    fn new(app: AppId, role: &Role) -> Self {
        Self {
            tenant_id: RowId(app.uuid()),
            id: RowId(role.id.uuid()),
            name: role.name.as_str().to_owned(),
            name_key: role.name.key(),
            title: role.title.clone(),
            inactivity: i64::try_from(role.inactivity.as_millis()).unwrap_or(i64::MAX),
            properties: Value::Object(role.properties.clone()),
            created: role.created,
            modified: role.modified,
        }
    }

    fn into_domain(self) -> Result<Role, StoreError> {
        let corrupt = |cause| StoreError::corrupt("app_role", cause);
        Ok(Role {
            id: RoleId::new(self.id.0),
            app: AppId::new(self.tenant_id.0),
            name: RoleName::parse(&self.name).map_err(corrupt)?,
            title: self.title,
            inactivity: Duration::from_millis(u64::try_from(self.inactivity).unwrap_or(0)),
            properties: from_json("app_role", self.properties)?,
            created: self.created,
            modified: self.modified,
        })
    }
}

/// Adds a role, inside its application.
pub fn insert(conn: &mut Conn, app: AppId, role: &Role) -> Result<(), StoreError> {
    diesel::insert_into(app_role::table).values(Row::new(app, role)).execute(conn)?;
    term::insert(conn, app, Collection::Roles, role.id.uuid(), &role.searchable())
}

/// Replaces all that a role is but its id; false when there is no such role.
pub fn save(conn: &mut Conn, app: AppId, role: &Role) -> Result<bool, StoreError> {
    let same = app_role::table.find((RowId(app.uuid()), RowId(role.id.uuid())));
    let found = diesel::update(same).set(Row::new(app, role)).execute(conn)? == 1;
    if found {
        term::replace(conn, app, Collection::Roles, role.id.uuid(), &role.searchable())?;
    }
    Ok(found)
}

/// Removes a role; false when there is no such role. Its links and permissions are other files' matter.
pub fn delete(conn: &mut Conn, app: AppId, id: RoleId) -> Result<bool, StoreError> {
    let same = app_role::table.find((RowId(app.uuid()), RowId(id.uuid())));
    let found = diesel::delete(same).execute(conn)? == 1;
    if found {
        term::remove(conn, app, Collection::Roles, id.uuid())?;
    }
    Ok(found)
}

/// The role of this id.
pub fn find(conn: &mut Conn, app: AppId, id: RoleId) -> Result<Option<Role>, StoreError> {
    let row = app_role::table.find((RowId(app.uuid()), RowId(id.uuid()))).select(Row::as_select());
    row.first(conn).optional()?.map(Row::into_domain).transpose()
}

/// The role of this name, given as its key.
pub fn find_by_name(conn: &mut Conn, app: AppId, key: &str) -> Result<Option<Role>, StoreError> {
    let row = app_role::table
        .filter(app_role::tenant_id.eq(RowId(app.uuid())))
        .filter(app_role::name_key.eq(key))
        .select(Row::as_select());
    row.first(conn).optional()?.map(Row::into_domain).transpose()
}

/// The roles of these ids that there are, in no particular order.
pub fn list(conn: &mut Conn, app: AppId, ids: &[Uuid]) -> Result<Vec<Role>, StoreError> {
    let rows = app_role::table
        .filter(app_role::tenant_id.eq(RowId(app.uuid())))
        .filter(app_role::id.eq_any(ids.iter().map(|id| RowId(*id))))
        .select(Row::as_select());
    rows.load(conn)?.into_iter().map(Row::into_domain).collect()
}

/// The inactivity of those of the roles that have one.
pub fn list_inactivity(conn: &mut Conn, app: AppId, ids: &[Uuid]) -> Result<Vec<(Uuid, Duration)>, StoreError> {
    let rows: Vec<(RowId, i64)> = app_role::table
        .filter(app_role::tenant_id.eq(RowId(app.uuid())))
        .filter(app_role::id.eq_any(ids.iter().map(|id| RowId(*id))))
        .filter(app_role::inactivity.gt(0))
        .select((app_role::id, app_role::inactivity))
        .load(conn)?;
    let span = |millis| Duration::from_millis(u64::try_from(millis).unwrap_or(0));
    Ok(rows.into_iter().map(|(id, millis)| (id.0, span(millis))).collect())
}

/// Writes the terms of every role of the application, for a tenant whose roles have none yet.
pub fn index(conn: &mut Conn, app: AppId) -> Result<(), StoreError> {
    let roles: Vec<(RowId, String, Option<String>, Value)> = app_role::table
        .filter(app_role::tenant_id.eq(RowId(app.uuid())))
        .select((app_role::id, app_role::name, app_role::title, app_role::properties))
        .load(conn)?;
    for (id, name, title, properties) in roles {
        let properties: Map<String, Value> = from_json("app_role", properties)?;
        let entity = searchable(&name, title.as_deref(), &properties);
        term::insert(conn, app, Collection::Roles, id.0, &entity)?;
    }
    Ok(())
}

/// How many roles an application has.
pub fn count(conn: &mut Conn, app: AppId) -> Result<u64, StoreError> {
    let all: i64 = app_role::table.filter(app_role::tenant_id.eq(RowId(app.uuid()))).count().get_result(conn)?;
    Ok(u64::try_from(all).unwrap_or(0))
}
