//! Admins of the management plane: their accounts, and who belongs to which organization.

use super::Store;
use super::error::StoreError;
use super::journal::Journal;
use super::side::transact;
use crate::domain::clock::Moment;
use crate::domain::id::{AdminId, OrgId, TenantId};
use crate::domain::revocation::Revocation;
use crate::domain::secret::Secret;
use crate::domain::user::{Person, Standing};

/// What changes of an admin's account; what is `None` stays as it is.
#[derive(Clone, Debug)]
pub struct AdminChange {
    pub admin: AdminId,
    /// The moment of the last change that was seen, where the change was decided by what was seen: nothing is written
    /// when the account has changed since.
    pub seen: Option<Moment>,
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
        Self { admin, seen: None, profile: None, standing: None, hash: None, revocation: None, at }
    }
}

/// What came of taking an admin out of an organization.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Leaving {
    Left,
    NoMember,
    /// The only one left: nothing was written.
    Last,
}

impl Store {
    /// Changes an admin's account; false when there is none as it was seen, and then nothing is written.
    ///
    /// *Errors*: `Conflict(Username)`, `Conflict(Email)`.
    pub fn change_admin(&self, change: &AdminChange, journal: &Journal) -> Result<bool, StoreError> {
        transact!(self, TenantId::MANAGEMENT, |q, conn| {
            if !q::admin::change(conn, change)? {
                return Ok(false);
            }
            if let Some(revocation) = &change.revocation {
                q::revoke(conn, TenantId::MANAGEMENT, revocation)?;
            }
            q::append(conn, TenantId::MANAGEMENT, journal)?;
            Ok(true)
        })
    }

    /// Makes an admin a member; false when they were one already, and then nothing
    /// is written.
    pub fn add_member(&self, org: OrgId, admin: AdminId, journal: &Journal) -> Result<bool, StoreError> {
        transact!(self, org.into(), |q, conn| {
            let is_new = q::membership::add(conn, org, admin)?;
            if is_new {
                q::append(conn, org.into(), journal)?;
            }
            Ok(is_new)
        })
    }

    /// Takes an admin out of an organization, but never the last one.
    pub fn remove_member(
        &self,
        org: OrgId,
        admin: AdminId,
        at: Moment,
        journal: &Journal,
    ) -> Result<Leaving, StoreError> {
        transact!(self, org.into(), |q, conn| {
            // Two who take each other out meet at the organization's row: the second sees what the first left.
            q::organization::touch(conn, org, at)?;
            let members = q::membership::list(conn, org)?;
            if !members.contains(&admin) {
                return Ok(Leaving::NoMember);
            }
            if members.len() == 1 {
                return Ok(Leaving::Last);
            }
            q::membership::remove(conn, org, admin)?;
            q::append(conn, org.into(), journal)?;
            Ok(Leaving::Left)
        })
    }
}
