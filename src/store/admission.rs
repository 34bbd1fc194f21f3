//! Letting accounts in: confirmed, activated, made active again.

use super::Store;
use super::error::StoreError;
use super::journal::Journal;
use super::side::transact;
use crate::domain::clock::Moment;
use crate::domain::id::{AdminId, AppId, TenantId, UserId};

/// What becomes of an account. What is false stays as it is: nobody is turned out here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Admission {
    /// The address is proved.
    pub confirmed: bool,
    /// The account may be used, and was never deactivated.
    pub activated: bool,
    pub now: Moment,
}

impl Store {
    /// Lets a user in; false when there is none, and then nothing is written.
    pub fn admit_user(
        &self,
        app: AppId,
        user: UserId,
        admission: &Admission,
        journal: &Journal,
    ) -> Result<bool, StoreError> {
        transact!(self, app.into(), |q, conn| {
            let found = q::app_user::admit(conn, app, user, admission)?;
            if found {
                q::append(conn, app.into(), journal)?;
            }
            Ok(found)
        })
    }

    /// Lets an admin in; false when there is none, and then nothing is written.
    pub fn admit_admin(&self, admin: AdminId, admission: &Admission, journal: &Journal) -> Result<bool, StoreError> {
        transact!(self, TenantId::MANAGEMENT, |q, conn| {
            let found = q::admin::admit(conn, admin, admission)?;
            if found {
                q::append(conn, TenantId::MANAGEMENT, journal)?;
            }
            Ok(found)
        })
    }
}
