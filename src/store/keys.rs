//! The signing keys of issuers.

use super::Store;
use super::error::{Conflict, StoreError};
use super::journal::Journal;
use super::side::{Scope, query, transact};
use crate::domain::id::TenantId;
use crate::domain::key::{KeyState, SigningKey};

/// One step of a tenant's key rotation, made if nobody else made one since the keys were read.
#[derive(Clone, Debug, Default)]
pub struct KeyChange {
    /// The key that was active when the change was decided; `None` for a tenant without keys.
    pub expected_active: Option<String>,
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
    /// *Errors*: `Conflict(SigningKey)` when another key than the expected one is active; read again and decide anew.
    pub fn save_signing_keys(&self, tenant: TenantId, change: &KeyChange, journal: &Journal) -> Result<(), StoreError> {
        transact!(self, tenant, |q, conn| {
            if q::signing_key::active(conn, tenant)? != change.expected_active {
                return Err(StoreError::Conflict(Conflict::SigningKey));
            }
            q::signing_key::remove(conn, tenant, &change.remove)?;
            // The active key comes last: the old one has to step down first, for there is never more than one.
            let (active, others): (Vec<_>, Vec<_>) =
                change.upsert.iter().partition(|key| key.state == KeyState::Active);
            for key in others.into_iter().chain(active) {
                q::signing_key::upsert(conn, tenant, key)?;
            }
            q::append(conn, tenant, journal)
        })
    }
}
