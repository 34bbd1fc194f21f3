//! Roles of applications. What a role may do and who has it are in `links`.

use uuid::Uuid;

use super::error::StoreError;
use super::journal::Journal;
use super::people::is_impossible_key;
use super::side::{Scope, query, transact};
use super::{Store, ordered};
use crate::domain::id::{AppId, RoleId};
use crate::domain::permission::{Holder, Permission};
use crate::domain::role::Role;

impl Store {
    /// The role of this id.
    pub fn find_role(&self, app: AppId, id: RoleId) -> Result<Option<Role>, StoreError> {
        query!(self, Scope::Tenant(app.into()), |q, conn| q::role::find(conn, app, id))
    }

    /// The role of this name, given as its key.
    pub fn find_role_by_name(&self, app: AppId, key: &str) -> Result<Option<Role>, StoreError> {
        if is_impossible_key(key) {
            return Ok(None);
        }
        query!(self, Scope::Tenant(app.into()), |q, conn| q::role::find_by_name(conn, app, key))
    }

    /// The roles of these ids in the ids' order; missing ones are left out.
    pub fn find_roles_by_ids(&self, app: AppId, ids: &[Uuid]) -> Result<Vec<Role>, StoreError> {
        let found = query!(self, Scope::Tenant(app.into()), |q, conn| q::role::list(conn, app, ids))?;
        Ok(ordered(ids, found, |role| role.id.uuid()))
    }

    /// Adds a role with its first permissions.
    ///
    /// *Errors*: `Conflict::RoleName`.
    pub fn create_role(
        &self,
        app: AppId,
        role: &Role,
        permissions: &[Permission],
        journal: &Journal,
    ) -> Result<(), StoreError> {
        transact!(self, app.into(), |q, conn| {
            q::role::insert(conn, app, role)?;
            q::permission::grant(conn, app, Holder::Role(role.id), permissions, role.created)?;
            q::append(conn, app.into(), journal)
        })
    }

    /// Replaces a role; false when there is none of its id, and then nothing is written.
    ///
    /// *Errors*: `Conflict::RoleName`.
    pub fn save_role(&self, app: AppId, role: &Role, journal: &Journal) -> Result<bool, StoreError> {
        transact!(self, app.into(), |q, conn| {
            let found = q::role::save(conn, app, role)?;
            if found {
                q::append(conn, app.into(), journal)?;
            }
            Ok(found)
        })
    }

    /// Removes a role with its permissions and its links; false when there is none of this id.
    pub fn remove_role(&self, app: AppId, id: RoleId, journal: &Journal) -> Result<bool, StoreError> {
        transact!(self, app.into(), |q, conn| {
            let found = q::role::delete(conn, app, id)?;
            if found {
                q::link::remove_all_of(conn, app, id.uuid())?;
                q::permission::remove_all_of(conn, app, Holder::Role(id))?;
                q::append(conn, app.into(), journal)?;
            }
            Ok(found)
        })
    }
}
