//! Passwords: the hash, the former ones, and what a change ends, in one transaction.

use uuid::Uuid;

use super::Store;
use super::error::StoreError;
use super::journal::Journal;
use super::side::{Scope, query, transact};
use crate::domain::clock::Moment;
use crate::domain::id::{AdminId, AppId, TenantId, UserId};
use crate::domain::revocation::Revocation;
use crate::domain::secret::Secret;

/// A password that takes the place of another.
#[derive(Clone, Debug)]
pub struct NewPassword {
    /// The hash that is to be replaced; another one there means that someone else was faster.
    pub seen: Option<Secret>,
    pub hash: Secret,
    pub changed: Moment,
    /// How many former passwords are kept.
    pub keep: u32,
    /// What ends with the old password.
    pub ends: Revocation,
    /// The session that survives.
    pub spare: Option<Uuid>,
}

impl Store {
    /// Sets a user's password; false when the present hash is not the one seen, and then nothing is written.
    pub fn set_user_password(
        &self,
        app: AppId,
        user: UserId,
        new: &NewPassword,
        journal: &Journal,
    ) -> Result<bool, StoreError> {
        transact!(self, app.into(), |q, conn| {
            let is_set = q::app_user::set_password(conn, app, user, new)?;
            if is_set {
                q::settle_password(conn, app.into(), user.uuid(), new, journal)?;
            }
            Ok(is_set)
        })
    }

    /// As [`Store::set_user_password`], for an admin.
    pub fn set_admin_password(&self, admin: AdminId, new: &NewPassword, journal: &Journal) -> Result<bool, StoreError> {
        transact!(self, TenantId::MANAGEMENT, |q, conn| {
            let is_set = q::admin::set_password(conn, admin, new)?;
            if is_set {
                q::settle_password(conn, TenantId::MANAGEMENT, admin.uuid(), new, journal)?;
            }
            Ok(is_set)
        })
    }

    /// The newest `limit` former passwords of a user or an admin, newest first.
    pub fn list_former_passwords(&self, tenant: TenantId, holder: Uuid, limit: u32) -> Result<Vec<Secret>, StoreError> {
        query!(self, Scope::Tenant(tenant), |q, conn| q::password_history::list(conn, tenant, holder, limit))
    }
}
