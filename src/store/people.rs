//! Users of applications, admins, and who belongs to which organization.

use uuid::Uuid;

use super::Store;
use super::error::StoreError;
use super::side::{Scope, query, transact};
use crate::domain::id::{AdminId, AppId, OrgId, TenantId, UserId};
use crate::domain::secret::Secret;
use crate::domain::user::{Admin, AppUser, Identifier, WithPassword};

impl Store {
    /// The user of one application that `who` names; an email is preferred to a username of the same look.
    pub fn find_user(&self, app: AppId, who: &Identifier) -> Result<Option<AppUser>, StoreError> {
        Ok(self.find_user_with_password(app, who)?.map(|found| found.who))
    }

    /// As [`Store::find_user`], with the hash of their password, for sign-in alone.
    pub fn find_user_with_password(
        &self,
        app: AppId,
        who: &Identifier,
    ) -> Result<Option<WithPassword<AppUser>>, StoreError> {
        if is_impossible(who) {
            return Ok(None);
        }
        query!(self, Scope::Tenant(app.into()), |q, conn| q::app_user::find(conn, app, who))
    }

    /// The users of one application with these ids, in the order of the ids; unknown ones are left out.
    pub fn find_users_by_ids(&self, app: AppId, ids: &[Uuid]) -> Result<Vec<AppUser>, StoreError> {
        query!(self, Scope::Tenant(app.into()), |q, conn| q::app_user::find_all(conn, app, ids))
    }

    /// The admin that `who` names; an email is preferred to a username of the same look.
    pub fn find_admin(&self, who: &Identifier) -> Result<Option<Admin>, StoreError> {
        Ok(self.find_admin_with_password(who)?.map(|found| found.who))
    }

    /// As [`Store::find_admin`], with the hash of their password, for sign-in alone.
    pub fn find_admin_with_password(&self, who: &Identifier) -> Result<Option<WithPassword<Admin>>, StoreError> {
        if is_impossible(who) {
            return Ok(None);
        }
        query!(self, Scope::Registry, |q, conn| q::admin::find(conn, who))
    }

    /// The admins of one organization, by username.
    pub fn list_admins_of(&self, org: OrgId) -> Result<Vec<Admin>, StoreError> {
        query!(self, Scope::Registry, |q, conn| q::admin::list_of(conn, org))
    }

    /// Replaces a user's hash by one of the same password, made at a higher cost. False when the hash is no longer
    /// `old`: a password that was changed meanwhile stays changed.
    pub fn replace_user_hash(&self, app: AppId, user: UserId, old: &Secret, new: &Secret) -> Result<bool, StoreError> {
        transact!(self, app.into(), |q, conn| q::app_user::replace_hash(conn, app, user, old, new))
    }

    /// As [`Store::replace_user_hash`], for an admin.
    pub fn replace_admin_hash(&self, admin: AdminId, old: &Secret, new: &Secret) -> Result<bool, StoreError> {
        transact!(self, TenantId::MANAGEMENT, |q, conn| q::admin::replace_hash(conn, admin, old, new))
    }
}

/// No stored key holds a NUL, and PostgreSQL takes one inside a text for an error, which would not be "not found".
fn is_impossible(who: &Identifier) -> bool {
    match who {
        Identifier::Id(_) => false,
        Identifier::EmailOrUsername(key) | Identifier::Email(key) | Identifier::Username(key) => is_impossible_key(key),
    }
}

/// As [`is_impossible`], for a bare key.
pub(super) fn is_impossible_key(key: &str) -> bool {
    key.contains('\0')
}
