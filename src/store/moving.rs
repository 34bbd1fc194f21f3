//! Moving many rows in at once. What is here already stays as it is; the answers say what was new.

use std::collections::HashSet;

use uuid::Uuid;

use super::Store;
use super::error::StoreError;
use super::journal::Journal;
use super::side::{Scope, Side, query, transact};
use crate::domain::clock::Moment;
use crate::domain::group::Group;
use crate::domain::id::{AdminId, AppId, OrgId, TenantId, UserId};
use crate::domain::link::Link;
use crate::domain::permission::{Holder, Permission};
use crate::domain::role::Role;
use crate::domain::secret::Secret;
use crate::domain::tenant::Switch;
use crate::domain::term::Term;
use crate::domain::user::{AppUser, WithPassword};

/// What is moved into one application in one transaction.
#[derive(Clone, Debug, Default)]
pub struct Load {
    /// Users of the application.
    pub users: Vec<WithPassword<AppUser>>,
    /// What each of the users is found by, in their order.
    pub terms: Vec<Vec<Term>>,
    pub roles: Vec<Role>,
    pub groups: Vec<Group>,
    /// What users, roles and groups may do; passed over where there is no such holder.
    pub permissions: Vec<(Holder, Permission)>,
    /// Passed over where an end is missing.
    pub links: Vec<Link>,
    /// Passwords of users who have none.
    pub hashes: Vec<(UserId, Secret)>,
    /// Hashes of pins of users who have none.
    pub pins: Vec<(UserId, Secret)>,
}

/// What came of it.
#[derive(Clone, Debug, Default)]
pub struct Landed {
    /// The ids of users, roles and groups that are new.
    pub new: HashSet<Uuid>,
    /// Users with an id of the load that were here already.
    pub users_here: Vec<WithPassword<AppUser>>,
    /// Roles and groups with an id of the load that were here already.
    pub roles_here: Vec<Role>,
    pub groups_here: Vec<Group>,
    pub permissions: usize,
    pub links: usize,
    /// The permissions and links without an end.
    pub lost_permissions: Vec<(Holder, Permission)>,
    pub lost_links: Vec<Link>,
    pub hashes: usize,
}

/// Which kind of entity an id names.
#[derive(Clone, Debug, Default)]
pub struct Kinds {
    pub users: HashSet<Uuid>,
    pub roles: HashSet<Uuid>,
    pub groups: HashSet<Uuid>,
}

impl Store {
    /// Tells the database that many rows are about to come, or that they have come.
    pub fn set_loading(&self, loading: Switch) -> Result<(), StoreError> {
        match self.side() {
            Side::Sqlite(database) => database.set_loading(loading),
            Side::Postgres(_) => Ok(()),
        }
    }

    /// Moves a load into its application, all or nothing.
    pub fn move_in(&self, app: AppId, load: &Load, now: Moment) -> Result<Landed, StoreError> {
        transact!(self, app.into(), |q, conn| q::moving::insert(conn, app, load, now))
    }

    /// Which of these ids are users, roles and groups of the application.
    pub fn kinds_of(&self, app: AppId, ids: &[Uuid]) -> Result<Kinds, StoreError> {
        query!(self, Scope::Tenant(app.into()), |q, conn| q::moving::kinds(conn, app, ids))
    }

    /// The users of these ids with their passwords, in no particular order.
    pub fn list_users_with_passwords(
        &self,
        app: AppId,
        ids: &[Uuid],
    ) -> Result<Vec<WithPassword<AppUser>>, StoreError> {
        query!(self, Scope::Tenant(app.into()), |q, conn| q::app_user::list_with_passwords(conn, app, ids))
    }

    /// Gives a password to an admin who has none; whether they had none.
    pub fn give_admin_hash(&self, admin: AdminId, hash: &Secret) -> Result<bool, StoreError> {
        transact!(self, TenantId::MANAGEMENT, |q, conn| q::admin::give_hash(conn, admin, hash))
    }

    /// Makes an admin a member of an organization; whether they were none.
    pub fn ensure_membership(&self, org: OrgId, admin: AdminId, journal: &Journal) -> Result<bool, StoreError> {
        transact!(self, TenantId::MANAGEMENT, |q, conn| {
            let is_new = q::membership::add(conn, org, admin)?;
            if is_new {
                q::append(conn, TenantId::MANAGEMENT, journal)?;
            }
            Ok(is_new)
        })
    }
}
