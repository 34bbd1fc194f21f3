//! What becomes of the users of an application. Who they are is read in `people`.

use super::Store;
use super::error::StoreError;
use super::journal::Journal;
use super::side::{Scope, query, transact};
use crate::domain::clock::Moment;
use crate::domain::id::{AppId, UserId};
use crate::domain::permission::Holder;
use crate::domain::revocation::Revocation;
use crate::domain::secret::Secret;
use crate::domain::tenant::CollectionCounts;
use crate::domain::user::{AppUser, Identifier, WithPassword};

/// A user to be written.
#[derive(Clone, Debug)]
pub struct NewUser {
    pub user: WithPassword<AppUser>,
    /// The hash of their pin.
    pub pin: Option<Secret>,
}

impl Store {
    /// Adds a user.
    ///
    /// *Errors*: `Conflict` for a username or an email that is taken.
    pub fn create_user(&self, new: &NewUser, journal: &Journal) -> Result<(), StoreError> {
        let (app, id) = (new.user.who.app, new.user.who.id);
        transact!(self, app.into(), |q, conn| {
            q::app_user::insert(conn, &new.user)?;
            if new.pin.is_some() {
                q::app_user::set_pin(conn, app, id, new.pin.as_ref())?;
            }
            q::append(conn, app.into(), journal)
        })
    }

    /// Writes a user as changed, and ends their tokens where `ends` says so. False when they are no longer as seen at
    /// `seen`, the moment of their last change, and then nothing is written.
    ///
    /// *Errors*: `Conflict` for a username or an email that is taken.
    pub fn save_user(
        &self,
        user: &AppUser,
        seen: Moment,
        ends: Option<&Revocation>,
        journal: &Journal,
    ) -> Result<bool, StoreError> {
        transact!(self, user.app.into(), |q, conn| {
            let is_saved = q::app_user::update(conn, user, seen)?;
            if is_saved {
                if let Some(ends) = ends {
                    q::revocation::apply(conn, ends, None)?;
                }
                q::append(conn, user.app.into(), journal)?;
            }
            Ok(is_saved)
        })
    }

    /// Removes a user with all that was theirs: sessions, consents, links, permissions, former passwords, outside accounts.
    /// False when there is no such user, and then nothing is written.
    pub fn delete_user(
        &self,
        app: AppId,
        user: UserId,
        ends: &Revocation,
        journal: &Journal,
    ) -> Result<bool, StoreError> {
        transact!(self, app.into(), |q, conn| {
            let found = q::app_user::delete(conn, app, user)?;
            if found {
                q::revocation::apply(conn, ends, None)?;
                q::refresh_family::remove_all_of(conn, app.into(), user.uuid())?;
                q::browser_session::remove_all_of(conn, app.into(), user.uuid())?;
                q::consent::remove_all_of(conn, app.into(), user.uuid())?;
                q::authorization_code::remove_all_of(conn, app.into(), user.uuid())?;
                q::link::remove_all_of(conn, app, user.uuid())?;
                q::permission::remove_all_of(conn, app, Holder::User(user))?;
                q::password_history::remove(conn, app.into(), user.uuid())?;
                q::app_user::remove_traces(conn, app, user)?;
                q::append(conn, app.into(), journal)?;
            }
            Ok(found)
        })
    }

    /// Sets a user's pin; false when there is no such user, and then nothing is written.
    pub fn set_user_pin(&self, app: AppId, user: UserId, pin: &Secret, journal: &Journal) -> Result<bool, StoreError> {
        transact!(self, app.into(), |q, conn| {
            let found = q::app_user::set_pin(conn, app, user, Some(pin))?;
            if found {
                q::append(conn, app.into(), journal)?;
            }
            Ok(found)
        })
    }

    /// As [`Store::find_user_with_password`], with the hash of their pin in its place.
    pub fn find_user_with_pin(
        &self,
        app: AppId,
        who: &Identifier,
    ) -> Result<Option<WithPassword<AppUser>>, StoreError> {
        let Some(found) = self.find_user(app, who)? else { return Ok(None) };
        let hash = query!(self, Scope::Tenant(app.into()), |q, conn| q::app_user::pin(conn, app, found.id))?;
        Ok(Some(WithPassword { who: found, hash }))
    }

    /// How many users, groups and roles an application has.
    pub fn count_collections(&self, app: AppId) -> Result<CollectionCounts, StoreError> {
        query!(self, Scope::Tenant(app.into()), |q, conn| {
            Ok(CollectionCounts {
                users: q::app_user::count(conn, app)?,
                groups: q::group::count(conn, app)?,
                roles: q::role::count(conn, app)?,
            })
        })
    }
}
