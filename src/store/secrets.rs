//! The secrets of clients.

use super::Store;
use super::error::StoreError;
use super::journal::Journal;
use super::side::{Scope, query, transact};
use crate::domain::client::ClientSecret;
use crate::domain::clock::Moment;
use crate::domain::id::TenantId;
use crate::domain::revocation::Revocation;

/// A client's new secret and what it replaces.
#[derive(Clone, Debug)]
pub struct NewSecret {
    pub secret: ClientSecret,
    /// When the replaced secrets end at the latest.
    pub replaced_expire: Moment,
    /// What ends the tokens that the replaced secrets signed in.
    pub revocation: Option<Revocation>,
}

impl Store {
    /// Every secret of the tenant's client, newest first. Expired ones are among them: ask `is_live`.
    pub fn list_client_secrets(&self, tenant: TenantId) -> Result<Vec<ClientSecret>, StoreError> {
        query!(self, Scope::Tenant(tenant), |q, conn| q::client_secret::list(conn, tenant))
    }

    /// Adds a secret; all others end at `replaced_expire` at the latest, and those that ended before go. Where the tokens
    /// that they signed in end too, that is one step with it.
    ///
    /// *Errors*: `Conflict(ClientSecret)` when another rotation came first; there is one current secret at most.
    pub fn rotate_client_secret(&self, tenant: TenantId, new: &NewSecret, journal: &Journal) -> Result<(), StoreError> {
        transact!(self, tenant, |q, conn| {
            q::client_secret::expire_others(conn, tenant, new.secret.created, new.replaced_expire)?;
            q::client_secret::insert(conn, tenant, &new.secret)?;
            if let Some(revocation) = &new.revocation {
                q::revoke(conn, tenant, revocation)?;
            }
            q::append(conn, tenant, journal)
        })
    }
}
