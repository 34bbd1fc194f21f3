//! The secrets of clients.

use super::Store;
use super::error::StoreError;
use super::journal::Journal;
use super::side::{Scope, query, transact};
use crate::domain::client::ClientSecret;
use crate::domain::clock::Moment;
use crate::domain::id::TenantId;

impl Store {
    /// Every secret of the tenant's client, newest first. Expired ones are among them: ask `is_live`.
    pub fn list_client_secrets(&self, tenant: TenantId) -> Result<Vec<ClientSecret>, StoreError> {
        query!(self, Scope::Tenant(tenant), |q, conn| q::client_secret::list(conn, tenant))
    }

    /// Adds a secret; all others end at `replaced_expire` at the latest, and those that ended before go.
    ///
    /// *Errors*: `Conflict(ClientSecret)` when another rotation came first; there is one current secret at most.
    pub fn rotate_client_secret(
        &self,
        tenant: TenantId,
        secret: &ClientSecret,
        replaced_expire: Moment,
        journal: &Journal,
    ) -> Result<(), StoreError> {
        transact!(self, tenant, |q, conn| {
            q::client_secret::expire_others(conn, tenant, secret.created, replaced_expire)?;
            q::client_secret::insert(conn, tenant, secret)?;
            q::append(conn, tenant, journal)
        })
    }
}
