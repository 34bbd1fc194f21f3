//! Admins of the management plane: their accounts, and who belongs to which organization.

use super::Store;
use super::error::StoreError;
use super::journal::Journal;
use super::side::transact;
use crate::domain::clock::Moment;
use crate::domain::id::{AdminId, TenantId};
use crate::domain::revocation::Revocation;
use crate::domain::secret::Secret;
use crate::domain::user::{Person, Standing};

/// What changes of an admin's account; what is `None` stays as it is.
#[derive(Clone, Debug)]
pub struct AdminChange {
    pub admin: AdminId,
    /// Username, email, name and properties of this person.
    pub profile: Option<Person>,
    pub standing: Option<Standing>,
    pub hash: Option<Secret>,
    /// What ends their tokens, in the same step.
    pub revocation: Option<Revocation>,
    pub at: Moment,
}

impl AdminChange {
    /// No change of an admin yet.
    pub fn of(admin: AdminId, at: Moment) -> Self {
        Self { admin, profile: None, standing: None, hash: None, revocation: None, at }
    }
}

impl Store {
    /// Changes an admin's account; false when there is none, and then nothing is written.
    ///
    /// *Errors*: `Conflict(Username)`, `Conflict(Email)`.
    pub fn change_admin(&self, change: &AdminChange, journal: &Journal) -> Result<bool, StoreError> {
        transact!(self, TenantId::MANAGEMENT, |q, conn| {
            if !q::admin::change(conn, change)? {
                return Ok(false);
            }
            if let Some(revocation) = &change.revocation {
                q::revocation::upsert(conn, revocation)?;
                q::refresh_family::end_covered(conn, revocation)?;
            }
            q::append(conn, TenantId::MANAGEMENT, journal)?;
            Ok(true)
        })
    }
}
