//! Secrets of a tenant that never leave the server.

use super::Store;
use super::error::StoreError;
use super::side::{Scope, query, transact};
use crate::domain::clock::Moment;
use crate::domain::id::TenantId;
use crate::domain::secret::Sealed;

impl Store {
    /// The secret for a purpose; `None` while none was needed.
    pub fn find_tenant_secret(&self, tenant: TenantId, purpose: &str) -> Result<Option<Sealed>, StoreError> {
        query!(self, Scope::Tenant(tenant), |q, conn| q::tenant_secret::find(conn, tenant, purpose))
    }

    /// Keeps a secret for a purpose; false when there is one, which stays.
    pub fn insert_tenant_secret(
        &self,
        tenant: TenantId,
        purpose: &str,
        secret: &Sealed,
        now: Moment,
    ) -> Result<bool, StoreError> {
        transact!(self, tenant, |q, conn| q::tenant_secret::insert(conn, (tenant, purpose), secret, now))
    }
}
