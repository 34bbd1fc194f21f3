//! Revocations: watermarks and single tokens.

use super::Store;
use super::error::StoreError;
use super::journal::Journal;
use super::side::{Scope, query, transact};
use crate::domain::clock::Moment;
use crate::domain::id::TenantId;
use crate::domain::revocation::Revocation;

impl Store {
    /// Revokes, never taking back what an earlier revocation of the same target covered. A watermark also ends the
    /// refresh families that began at or before it.
    pub fn revoke(&self, revocation: &Revocation, journal: &Journal) -> Result<(), StoreError> {
        transact!(self, revocation.tenant, |q, conn| {
            q::revocation::apply(conn, revocation, None)?;
            q::append(conn, revocation.tenant, journal)
        })
    }

    /// The tenant's revocations that may still meet a living token.
    pub fn list_revocations(&self, tenant: TenantId, now: Moment) -> Result<Vec<Revocation>, StoreError> {
        query!(self, Scope::Tenant(tenant), |q, conn| q::revocation::list(conn, tenant, now))
    }

    /// Those of them that were recorded at `from` or later; all without a bound.
    pub fn list_revocations_since(
        &self,
        tenant: TenantId,
        from: Option<Moment>,
        now: Moment,
    ) -> Result<Vec<Revocation>, StoreError> {
        query!(self, Scope::Tenant(tenant), |q, conn| q::revocation::list_since(conn, tenant, from, now))
    }
}
