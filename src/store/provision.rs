//! Creating tenants with all that makes them usable, in one transaction.

use super::Store;
use super::error::StoreError;
use super::journal::Journal;
use super::side::transact;
use crate::domain::client::ClientSecret;
use crate::domain::id::{AdminId, OrgId, TenantId};
use crate::domain::key::SigningKey;
use crate::domain::permission::Permission;
use crate::domain::role::Role;
use crate::domain::tenant::{Application, Organization};
use crate::domain::user::{Admin, AppUser, WithPassword};

/// What is created together, or not at all.
#[derive(Clone, Debug, Default)]
pub struct Provision {
    pub organizations: Vec<Organization>,
    pub applications: Vec<Application>,
    pub admins: Vec<WithPassword<Admin>>,
    pub memberships: Vec<(OrgId, AdminId)>,
    pub users: Vec<WithPassword<AppUser>>,
    /// Roles, each with what it may do.
    pub roles: Vec<(Role, Vec<Permission>)>,
    pub secrets: Vec<(TenantId, ClientSecret)>,
    pub keys: Vec<SigningKey>,
    pub journal: Journal,
}

impl Store {
    /// Creates everything or nothing.
    ///
    /// *Errors*: `Conflict` with the first rule that would be broken.
    pub fn provision(&self, provision: &Provision) -> Result<(), StoreError> {
        transact!(self, TenantId::MANAGEMENT, |q, conn| q::provision::insert(conn, provision))
    }
}
