//! The change log that other nodes follow, and the audit log that people read.

use super::Store;
use super::error::StoreError;
use super::side::{Scope, query, transact};
use crate::domain::clock::Moment;
use crate::domain::id::TenantId;
use crate::domain::journal::{AuditEntry, Change};
use crate::domain::mail::Post;

/// What is written down about a write, in the same transaction.
#[derive(Clone, Debug, Default)]
pub struct Journal {
    pub changes: Vec<Change>,
    pub audit: Vec<AuditEntry>,
    pub post: Post,
}

impl Store {
    /// Writes down what left no other row.
    pub fn record(&self, journal: &Journal) -> Result<(), StoreError> {
        transact!(self, TenantId::MANAGEMENT, |q, conn| q::append(conn, TenantId::MANAGEMENT, journal))
    }

    /// The changes since `from`, oldest first by id. Ids of other nodes may arrive late: begin a little before the
    /// last one seen and skip what is known.
    ///
    /// *Units*: `from` is cut to its millisecond, which is included.
    pub fn list_changes(&self, from: Moment, limit: u32) -> Result<Vec<Change>, StoreError> {
        query!(self, Scope::Registry, |q, conn| q::change_log::list(conn, from, limit))
    }

    /// What one actor did in the tenant, newest first.
    pub fn list_audit_of(&self, tenant: TenantId, actor: &str, limit: u32) -> Result<Vec<AuditEntry>, StoreError> {
        query!(self, Scope::Tenant(tenant), |q, conn| q::audit::list_of(conn, tenant, actor, limit))
    }

    /// Removes up to `limit` lines of the tenant's audit log from before a moment. Returns how many went.
    pub fn purge_audit(&self, tenant: TenantId, before: Moment, limit: u32) -> Result<usize, StoreError> {
        transact!(self, tenant, |q, conn| q::audit::purge(conn, tenant, before, limit))
    }

    /// The tenant's audit log, newest first.
    pub fn list_audit(&self, tenant: TenantId, limit: u32) -> Result<Vec<AuditEntry>, StoreError> {
        query!(self, Scope::Tenant(tenant), |q, conn| q::audit::list(conn, tenant, limit))
    }
}
