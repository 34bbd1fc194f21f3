//! Refresh families. Each step is a conditional update, so that of two uses of one token only one advances.

use uuid::Uuid;

use super::Store;
use super::error::StoreError;
use super::side::{Scope, query, transact};
use crate::domain::clock::Moment;
use crate::domain::id::TenantId;
use crate::domain::refresh::RefreshFamily;

/// A family's step to its next generation.
#[derive(Clone, Copy, Debug)]
pub struct Advance {
    /// The generation that was used, or is replaced.
    pub expected_head: u32,
    pub head: u32,
    pub previous: Option<u32>,
    pub rotated: Moment,
}

impl Store {
    /// Keeps a new family.
    pub fn insert_refresh_family(&self, family: &RefreshFamily) -> Result<(), StoreError> {
        transact!(self, family.tenant, |q, conn| q::refresh_family::insert(conn, family))
    }

    /// The family of this id, ended and expired ones too.
    pub fn find_refresh_family(&self, tenant: TenantId, id: Uuid) -> Result<Option<RefreshFamily>, StoreError> {
        query!(self, Scope::Tenant(tenant), |q, conn| q::refresh_family::find(conn, tenant, id))
    }

    /// Steps on; false when the head is another by now or the family ended.
    pub fn advance_refresh_family(&self, tenant: TenantId, id: Uuid, step: &Advance) -> Result<bool, StoreError> {
        transact!(self, tenant, |q, conn| q::refresh_family::advance(conn, tenant, id, step))
    }
}
