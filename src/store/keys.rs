//! The signing keys of issuers.

use std::collections::HashSet;

use super::Store;
use super::error::{Conflict, StoreError};
use super::journal::Journal;
use super::side::{Scope, query, transact};
use crate::domain::id::TenantId;
use crate::domain::key::SigningKey;

/// One step of a tenant's key rotation, made if nobody else made one since the keys were read.
#[derive(Clone, Debug, Default)]
pub struct KeyChange {
    /// The keys that were active when the change was decided, in any order; none for a tenant without keys.
    pub expected_active: Vec<String>,
    /// Keys to add, and known ones whose state, `gone_at` or sealed half changed.
    pub upsert: Vec<SigningKey>,
    /// The `kid`s that are gone.
    pub remove: Vec<String>,
}

impl Store {
    /// Every key of the tenant, oldest first.
    pub fn list_signing_keys(&self, tenant: TenantId) -> Result<Vec<SigningKey>, StoreError> {
        query!(self, Scope::Tenant(tenant), |q, conn| q::signing_key::list(conn, tenant))
    }

    /// Makes one step of rotation, all or nothing.
    ///
    /// *Errors*: `Conflict(SigningKey)` when other keys than the expected ones are active; read again and decide anew.
    pub fn save_signing_keys(&self, tenant: TenantId, change: &KeyChange, journal: &Journal) -> Result<(), StoreError> {
        transact!(self, tenant, |q, conn| {
            let active: HashSet<String> = q::signing_key::list_active(conn, tenant)?.into_iter().collect();
            if active != change.expected_active.iter().cloned().collect() {
                return Err(StoreError::Conflict(Conflict::SigningKey));
            }
            q::signing_key::remove(conn, tenant, &change.remove)?;
            // The active keys come last: the old ones have to step down first, for there are never two of one slot.
            let (active, others): (Vec<_>, Vec<_>) = change.upsert.iter().partition(|key| key.is_active());
            for key in others.into_iter().chain(active) {
                q::signing_key::upsert(conn, tenant, key)?;
            }
            q::append(conn, tenant, journal)
        })
    }
}
