//! Groups of applications' users. Who belongs to a group is in `links`.

use uuid::Uuid;

use super::error::StoreError;
use super::journal::Journal;
use super::people::is_impossible_key;
use super::side::{Scope, query, transact};
use super::{Store, ordered};
use crate::domain::group::Group;
use crate::domain::id::{AppId, GroupId};
use crate::domain::permission::Holder;

impl Store {
    /// The group of this id.
    pub fn find_group(&self, app: AppId, id: GroupId) -> Result<Option<Group>, StoreError> {
        query!(self, Scope::Tenant(app.into()), |q, conn| q::group::find(conn, app, id))
    }

    /// The group of this path, given as its key.
    pub fn find_group_by_path(&self, app: AppId, key: &str) -> Result<Option<Group>, StoreError> {
        if is_impossible_key(key) {
            return Ok(None);
        }
        query!(self, Scope::Tenant(app.into()), |q, conn| q::group::find_by_path(conn, app, key))
    }

    /// The groups of these ids in the ids' order; missing ones are left out.
    pub fn find_groups_by_ids(&self, app: AppId, ids: &[Uuid]) -> Result<Vec<Group>, StoreError> {
        let found = query!(self, Scope::Tenant(app.into()), |q, conn| q::group::list(conn, app, ids))?;
        Ok(ordered(ids, found, |group| group.id.uuid()))
    }

    /// Adds a group.
    ///
    /// *Errors*: `Conflict::GroupPath`.
    pub fn create_group(&self, app: AppId, group: &Group, journal: &Journal) -> Result<(), StoreError> {
        transact!(self, app.into(), |q, conn| {
            q::group::insert(conn, app, group)?;
            q::append(conn, app.into(), journal)
        })
    }

    /// Replaces a group; false when there is none of its id, and then nothing is written.
    ///
    /// *Errors*: `Conflict::GroupPath`.
    pub fn save_group(&self, app: AppId, group: &Group, journal: &Journal) -> Result<bool, StoreError> {
        transact!(self, app.into(), |q, conn| {
            let found = q::group::save(conn, app, group)?;
            if found {
                q::append(conn, app.into(), journal)?;
            }
            Ok(found)
        })
    }

    /// Removes a group with its permissions and its links; false when there is none of this id.
    pub fn remove_group(&self, app: AppId, id: GroupId, journal: &Journal) -> Result<bool, StoreError> {
        transact!(self, app.into(), |q, conn| {
            let found = q::group::delete(conn, app, id)?;
            if found {
                q::link::remove_all_of(conn, app, id.uuid())?;
                q::permission::remove_all_of(conn, app, Holder::Group(id))?;
                q::append(conn, app.into(), journal)?;
            }
            Ok(found)
        })
    }
}
