//! The rows of an application's groups.

use diesel::prelude::*;
use serde_json::Value;
use uuid::Uuid;

use super::{Conn, from_json, term};
use crate::domain::clock::Moment;
use crate::domain::group::{Group, GroupPath};
use crate::domain::id::{AppId, GroupId};
use crate::domain::query::Collection;
use crate::store::columns::RowId;
use crate::store::error::StoreError;
use crate::store::schema::app_group;

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = app_group, primary_key(tenant_id, id), treat_none_as_null = true)]
struct Row {
    tenant_id: RowId,
    id: RowId,
    path: String,
    path_key: String,
    name: Option<String>,
    title: Option<String>,
    properties: Value,
    created: Moment,
    modified: Moment,
}

impl Row {
    fn new(app: AppId, group: &Group) -> Self {
        Self {
            tenant_id: RowId(app.uuid()),
            id: RowId(group.id.uuid()),
            path: group.path.as_str().to_owned(),
            path_key: group.path.key(),
            name: group.name.clone(),
            title: group.title.clone(),
            properties: Value::Object(group.properties.clone()),
            created: group.created,
            modified: group.modified,
        }
    }

    fn into_domain(self) -> Result<Group, StoreError> {
        Ok(Group {
            id: GroupId::new(self.id.0),
            app: AppId::new(self.tenant_id.0),
            path: GroupPath::parse(&self.path).map_err(|cause| StoreError::corrupt("app_group", cause))?,
            name: self.name,
            title: self.title,
            properties: from_json("app_group", self.properties)?,
            created: self.created,
            modified: self.modified,
        })
    }
}

/// Adds a group, inside its application.
pub fn insert(conn: &mut Conn, app: AppId, group: &Group) -> Result<(), StoreError> {
    diesel::insert_into(app_group::table).values(Row::new(app, group)).execute(conn)?;
    term::insert(conn, app, Collection::Groups, group.id.uuid(), &group.searchable())
}

/// Replaces all that a group is but its id; false when there is no such group.
pub fn save(conn: &mut Conn, app: AppId, group: &Group) -> Result<bool, StoreError> {
    let same = app_group::table.find((RowId(app.uuid()), RowId(group.id.uuid())));
    let found = diesel::update(same).set(Row::new(app, group)).execute(conn)? == 1;
    if found {
        term::replace(conn, app, Collection::Groups, group.id.uuid(), &group.searchable())?;
    }
    Ok(found)
}

/// Removes a group; false when there is no such group. Its links and permissions are other files' matter.
pub fn delete(conn: &mut Conn, app: AppId, id: GroupId) -> Result<bool, StoreError> {
    let same = app_group::table.find((RowId(app.uuid()), RowId(id.uuid())));
    let found = diesel::delete(same).execute(conn)? == 1;
    if found {
        term::remove(conn, app, Collection::Groups, id.uuid())?;
    }
    Ok(found)
}

/// The group of this id.
pub fn find(conn: &mut Conn, app: AppId, id: GroupId) -> Result<Option<Group>, StoreError> {
    let row = app_group::table.find((RowId(app.uuid()), RowId(id.uuid()))).select(Row::as_select());
    row.first(conn).optional()?.map(Row::into_domain).transpose()
}

/// The group of this path, given as its key.
pub fn find_by_path(conn: &mut Conn, app: AppId, key: &str) -> Result<Option<Group>, StoreError> {
    let row = app_group::table
        .filter(app_group::tenant_id.eq(RowId(app.uuid())))
        .filter(app_group::path_key.eq(key))
        .select(Row::as_select());
    row.first(conn).optional()?.map(Row::into_domain).transpose()
}

/// The groups of these ids that there are, in no particular order.
pub fn list(conn: &mut Conn, app: AppId, ids: &[Uuid]) -> Result<Vec<Group>, StoreError> {
    let rows = app_group::table
        .filter(app_group::tenant_id.eq(RowId(app.uuid())))
        .filter(app_group::id.eq_any(ids.iter().map(|id| RowId(*id))))
        .select(Row::as_select());
    rows.load(conn)?.into_iter().map(Row::into_domain).collect()
}

/// How many groups an application has.
pub fn count(conn: &mut Conn, app: AppId) -> Result<u64, StoreError> {
    let all: i64 = app_group::table.filter(app_group::tenant_id.eq(RowId(app.uuid()))).count().get_result(conn)?;
    Ok(u64::try_from(all).unwrap_or(0))
}
