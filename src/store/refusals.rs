//! Refusals, kept for a while.

use uuid::Uuid;

use super::Store;
use super::error::StoreError;
use super::side::{Scope, query, transact};
use crate::domain::clock::Moment;
use crate::domain::id::TenantId;
use crate::domain::refusal::KeptRefusal;

impl Store {
    /// Keeps refusals of the tenant.
    pub fn keep_refusals(&self, tenant: TenantId, refusals: &[KeptRefusal]) -> Result<(), StoreError> {
        transact!(self, tenant, |q, conn| q::refusal::insert(conn, tenant, refusals))
    }

    /// One refusal that has not expired.
    pub fn find_refusal(&self, tenant: TenantId, trace: Uuid, now: Moment) -> Result<Option<KeptRefusal>, StoreError> {
        query!(self, Scope::Tenant(tenant), |q, conn| q::refusal::find(conn, tenant, trace, now))
    }

    /// The tenant's last refusals, newest first; of one cause where one is named.
    pub fn list_refusals(
        &self,
        tenant: TenantId,
        cause: Option<&str>,
        now: Moment,
        limit: u32,
    ) -> Result<Vec<KeptRefusal>, StoreError> {
        query!(self, Scope::Listing(tenant), |q, conn| q::refusal::list(conn, tenant, cause, now, limit))
    }
}
