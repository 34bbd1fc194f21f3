//! Registered clients, their secrets, and the tokens with which they may be registered.

use uuid::Uuid;

use super::Store;
use super::error::{Conflict, StoreError};
use super::journal::Journal;
use super::side::{Scope, query, transact};
use crate::domain::clock::Moment;
use crate::domain::id::{RegisteredId, TenantId};
use crate::domain::registered::{InitialToken, KeptBy, RegisteredClient, RegisteredSecret};
use crate::domain::revocation::Revocation;
use crate::domain::secret::Digest;

/// A client that is about to be registered.
#[derive(Clone, Debug)]
pub struct NewRegistered {
    pub client: RegisteredClient,
    /// Where it proves itself by one.
    pub secret: Option<RegisteredSecret>,
    /// The token that permits it, which loses a use.
    pub permitted_by: Option<Digest>,
}

/// A change of a registered client.
#[derive(Clone, Debug)]
pub struct RegisteredChange {
    pub client: RegisteredClient,
    /// When it was last changed, as the caller saw it.
    pub seen: Moment,
    /// What ends with the change: its tokens, and those that people got by it.
    pub ends: Option<Revocation>,
    /// Whether the secrets go, since it proves itself in another way.
    pub drops_secrets: bool,
    /// A secret that it gets with the change.
    pub secret: Option<RegisteredSecret>,
}

impl Store {
    /// The client of this id, a disabled one too. *Tenancy*: of this tenant alone.
    pub fn find_registered(&self, tenant: TenantId, id: RegisteredId) -> Result<Option<RegisteredClient>, StoreError> {
        query!(self, Scope::Tenant(tenant), |q, conn| q::oauth_client::find(conn, tenant, id))
    }

    /// The client of this id with its secrets, expired ones too.
    pub fn find_registered_with_secrets(
        &self,
        tenant: TenantId,
        id: RegisteredId,
    ) -> Result<Option<(RegisteredClient, Vec<RegisteredSecret>)>, StoreError> {
        query!(self, Scope::Tenant(tenant), |q, conn| {
            let client = q::oauth_client::find(conn, tenant, id)?;
            let with = |client| Ok((client, q::oauth_client_secret::list(conn, tenant, id)?));
            client.map(with).transpose()
        })
    }

    /// Clients behind `after`, in the order in which they were made.
    pub fn list_registered(
        &self,
        tenant: TenantId,
        after: Option<RegisteredId>,
        limit: u32,
    ) -> Result<Vec<RegisteredClient>, StoreError> {
        query!(self, Scope::Tenant(tenant), |q, conn| q::oauth_client::list(conn, tenant, after, limit))
    }

    /// How many clients one keeper has in the tenant.
    pub fn count_registered(&self, tenant: TenantId, kept_by: KeptBy) -> Result<u64, StoreError> {
        let count = query!(self, Scope::Tenant(tenant), |q, conn| q::oauth_client::count(conn, tenant, kept_by))?;
        Ok(u64::try_from(count).unwrap_or(0))
    }

    /// Adds a client.
    ///
    /// *Errors*: `Conflict(InitialToken)` when the token that permits it is not there or has no use left; nothing was
    /// written then.
    pub fn insert_registered(&self, new: &NewRegistered, journal: &Journal) -> Result<(), StoreError> {
        let NewRegistered { client, secret, permitted_by } = new;
        let tenant = client.tenant;
        transact!(self, tenant, |q, conn| {
            if let Some(digest) = permitted_by
                && !q::initial_access_token::spend(conn, tenant, digest, client.created)?
            {
                return Err(StoreError::Conflict(Conflict::InitialToken));
            }
            q::oauth_client::insert(conn, client)?;
            if let Some(secret) = secret {
                q::oauth_client_secret::insert(conn, tenant, client.id, secret)?;
            }
            q::append(conn, tenant, journal)
        })
    }

    /// Writes a client as changed. False when it is gone or no longer as seen, and then nothing is written.
    pub fn save_registered(&self, change: &RegisteredChange, journal: &Journal) -> Result<bool, StoreError> {
        let client = &change.client;
        let tenant = client.tenant;
        transact!(self, tenant, |q, conn| {
            if !q::oauth_client::update(conn, client, change.seen)? {
                return Ok(false);
            }
            if change.drops_secrets {
                q::oauth_client_secret::remove_all(conn, tenant, client.id)?;
            }
            if let Some(secret) = &change.secret {
                q::oauth_client_secret::insert(conn, tenant, client.id, secret)?;
            }
            if let Some(ended) = &change.ends {
                q::end_registered(conn, client.id, ended)?;
            }
            q::append(conn, tenant, journal)?;
            Ok(true)
        })
    }

    /// Removes a client with all that it was given; false when there is none. `ended` is the end of its tokens.
    pub fn remove_registered(
        &self,
        tenant: TenantId,
        id: RegisteredId,
        ended: &Revocation,
        journal: &Journal,
    ) -> Result<bool, StoreError> {
        transact!(self, tenant, |q, conn| {
            if !q::oauth_client::remove(conn, tenant, id)? {
                return Ok(false);
            }
            q::end_registered(conn, id, ended)?;
            q::append(conn, tenant, journal)?;
            Ok(true)
        })
    }

    /// Every secret of a client, oldest first; expired ones are among them.
    pub fn list_registered_secrets(
        &self,
        tenant: TenantId,
        client: RegisteredId,
    ) -> Result<Vec<RegisteredSecret>, StoreError> {
        query!(self, Scope::Tenant(tenant), |q, conn| q::oauth_client_secret::list(conn, tenant, client))
    }

    /// Adds a secret. False when the client has `most` of them, and then nothing is written.
    pub fn add_registered_secret(
        &self,
        tenant: TenantId,
        (client, secret): (RegisteredId, &RegisteredSecret),
        most: usize,
        journal: &Journal,
    ) -> Result<bool, StoreError> {
        transact!(self, tenant, |q, conn| {
            let known = q::oauth_client_secret::list(conn, tenant, client)?;
            if known.iter().filter(|known| known.is_live(secret.created)).count() >= most {
                return Ok(false);
            }
            q::oauth_client_secret::insert(conn, tenant, client, secret)?;
            q::append(conn, tenant, journal)?;
            Ok(true)
        })
    }

    /// Removes one secret; false when there is none of this id.
    pub fn remove_registered_secret(
        &self,
        tenant: TenantId,
        (client, secret): (RegisteredId, Uuid),
        journal: &Journal,
    ) -> Result<bool, StoreError> {
        transact!(self, tenant, |q, conn| {
            let is_removed = q::oauth_client_secret::remove(conn, tenant, client, secret)?;
            if is_removed {
                q::append(conn, tenant, journal)?;
            }
            Ok(is_removed)
        })
    }

    /// Adds a token with which clients may be registered.
    pub fn insert_initial_token(
        &self,
        tenant: TenantId,
        token: &InitialToken,
        journal: &Journal,
    ) -> Result<(), StoreError> {
        transact!(self, tenant, |q, conn| {
            q::initial_access_token::insert(conn, tenant, token)?;
            q::append(conn, tenant, journal)
        })
    }

    /// The tokens with which clients may be registered, oldest first.
    pub fn list_initial_tokens(&self, tenant: TenantId, limit: u32) -> Result<Vec<InitialToken>, StoreError> {
        query!(self, Scope::Tenant(tenant), |q, conn| q::initial_access_token::list(conn, tenant, limit))
    }

    /// Whether a client may be registered with the token of this digest.
    pub fn is_initial_token_live(&self, tenant: TenantId, digest: &Digest, now: Moment) -> Result<bool, StoreError> {
        query!(self, Scope::Tenant(tenant), |q, conn| q::initial_access_token::is_live(conn, tenant, digest, now))
    }

    /// Removes such a token; false when there is none of this id.
    pub fn remove_initial_token(&self, tenant: TenantId, id: Uuid, journal: &Journal) -> Result<bool, StoreError> {
        transact!(self, tenant, |q, conn| {
            let is_removed = q::initial_access_token::remove(conn, tenant, id)?;
            if is_removed {
                q::append(conn, tenant, journal)?;
            }
            Ok(is_removed)
        })
    }

    /// Notes the use of something that may be used once, such as a proof or an assertion; false when it was used before.
    /// Of two uses at once one alone is told true.
    ///
    /// `kind` keeps apart what has digests of its own; `expires` is when it is refused by its own end.
    pub fn spend_proof(
        &self,
        tenant: TenantId,
        kind: &str,
        digest: Digest,
        expires: Moment,
    ) -> Result<bool, StoreError> {
        transact!(self, tenant, |q, conn| q::seen_proof::spend(conn, tenant, (kind, &digest), expires))
    }
}
