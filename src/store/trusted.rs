//! Issuers of others whose word an application takes.

use uuid::Uuid;

use super::Store;
use super::error::StoreError;
use super::journal::Journal;
use super::side::{Scope, query, transact};
use crate::domain::clock::Moment;
use crate::domain::id::TenantId;
use crate::domain::trusted::TrustedIssuer;

/// What came of a wish to trust an issuer. Nothing was written but for the first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trust {
    Added,
    /// It is trusted already.
    Known,
    /// As many are trusted as may be.
    Full,
}

impl Store {
    /// The issuer of this name that the tenant trusts.
    pub fn find_trusted_issuer(&self, tenant: TenantId, issuer: &str) -> Result<Option<TrustedIssuer>, StoreError> {
        query!(self, Scope::Tenant(tenant), |q, conn| q::trusted_issuer::find_by_name(conn, tenant, issuer))
    }

    /// The issuer of this id.
    pub fn find_trusted_issuer_by_id(&self, tenant: TenantId, id: Uuid) -> Result<Option<TrustedIssuer>, StoreError> {
        query!(self, Scope::Tenant(tenant), |q, conn| q::trusted_issuer::find(conn, tenant, id))
    }

    /// Every issuer that the tenant trusts, oldest first.
    pub fn list_trusted_issuers(&self, tenant: TenantId) -> Result<Vec<TrustedIssuer>, StoreError> {
        query!(self, Scope::Tenant(tenant), |q, conn| q::trusted_issuer::list(conn, tenant))
    }

    /// Adds an issuer, while there are fewer than `most`.
    pub fn insert_trusted_issuer(
        &self,
        tenant: TenantId,
        trusted: &TrustedIssuer,
        most: i64,
        journal: &Journal,
    ) -> Result<Trust, StoreError> {
        transact!(self, tenant, |q, conn| {
            if q::trusted_issuer::count(conn, tenant)? >= most {
                return Ok(Trust::Full);
            }
            if !q::trusted_issuer::insert(conn, trusted)? {
                return Ok(Trust::Known);
            }
            q::append(conn, tenant, journal)?;
            Ok(Trust::Added)
        })
    }

    /// Writes an issuer's settings; false when it is gone or no longer as seen, and then nothing is written.
    pub fn save_trusted_issuer(
        &self,
        tenant: TenantId,
        trusted: &TrustedIssuer,
        seen: Moment,
        journal: &Journal,
    ) -> Result<bool, StoreError> {
        transact!(self, tenant, |q, conn| {
            let is_saved = q::trusted_issuer::update(conn, trusted, seen)?;
            if is_saved {
                q::append(conn, tenant, journal)?;
            }
            Ok(is_saved)
        })
    }

    /// Removes an issuer; false when there is none of this id.
    pub fn remove_trusted_issuer(&self, tenant: TenantId, id: Uuid, journal: &Journal) -> Result<bool, StoreError> {
        transact!(self, tenant, |q, conn| {
            let is_removed = q::trusted_issuer::remove(conn, tenant, id)?;
            if is_removed {
                q::append(conn, tenant, journal)?;
            }
            Ok(is_removed)
        })
    }
}
