//! The end of an application and its return: it is marked, its rows stay.

use super::Store;
use super::error::{Conflict, StoreError};
use super::journal::Journal;
use super::side::{Scope, query, transact};
use crate::domain::client::ClientSecret;
use crate::domain::clock::Moment;
use crate::domain::id::{AppId, OrgId};
use crate::domain::revocation::Revocation;
use crate::domain::tenant::Application;

/// How a deleted application comes back.
#[derive(Clone, Debug)]
pub struct Restoration {
    pub app: Application,
    /// The client's new secret; the old ones end.
    pub secret: ClientSecret,
    /// What ends the client's tokens.
    pub revocation: Revocation,
    pub at: Moment,
}

impl Store {
    /// The deleted application of this id in its organization.
    pub fn find_deleted_app(&self, org: OrgId, id: AppId) -> Result<Option<Application>, StoreError> {
        query!(self, Scope::Registry, |q, conn| q::application::find_deleted(conn, org, id))
    }

    /// Marks an application as deleted and ends its tokens, those in mails too; false when it is deleted already.
    ///
    /// *Errors*: `Conflict(ApplicationName)` while a deleted application of the same name is kept: only one of them
    /// could ever come back.
    pub fn delete_app(
        &self,
        app: &Application,
        revocation: &Revocation,
        at: Moment,
        journal: &Journal,
    ) -> Result<bool, StoreError> {
        transact!(self, app.id.into(), |q, conn| {
            if q::application::is_name_buried(conn, app.org, &app.name)? {
                return Err(StoreError::Conflict(Conflict::ApplicationName));
            }
            if !q::application::set_deleted(conn, app, Some(at), at)? {
                return Ok(false);
            }
            q::revoke(conn, app.id.into(), revocation)?;
            q::mail_token::void_all(conn, app.id.into())?;
            q::append(conn, app.id.into(), journal)?;
            Ok(true)
        })
    }

    /// Brings a deleted application back with a new secret of its client; false when it is not deleted.
    ///
    /// *Errors*: `Conflict(ApplicationName)` when the name has passed to another one.
    pub fn restore_app(&self, back: &Restoration, journal: &Journal) -> Result<bool, StoreError> {
        let tenant = back.app.id.into();
        transact!(self, tenant, |q, conn| {
            if !q::application::set_deleted(conn, &back.app, None, back.at)? {
                return Ok(false);
            }
            q::client_secret::expire_others(conn, tenant, back.at, back.at)?;
            q::client_secret::insert(conn, tenant, &back.secret)?;
            q::revoke(conn, tenant, &back.revocation)?;
            q::append(conn, tenant, journal)?;
            Ok(true)
        })
    }
}
