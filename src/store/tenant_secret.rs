//! Secrets of a tenant that never leave the server.

use super::Store;
use super::error::StoreError;
use super::side::{Scope, query, transact};
use crate::domain::clock::Moment;
use crate::domain::id::TenantId;
use crate::domain::secret::Sealed;

impl Store {
    /// The key of the tenant's pairwise subjects; `None` while none was needed.
    pub fn find_pairwise_key(&self, tenant: TenantId) -> Result<Option<Sealed>, StoreError> {
        query!(self, Scope::Tenant(tenant), |q, conn| q::tenant_secret::find(conn, tenant))
    }

    /// Keeps a key for the tenant's pairwise subjects; false when there is one, which stays.
    pub fn insert_pairwise_key(&self, tenant: TenantId, key: &Sealed, now: Moment) -> Result<bool, StoreError> {
        transact!(self, tenant, |q, conn| q::tenant_secret::insert(conn, tenant, key, now))
    }
}
