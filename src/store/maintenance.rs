//! Tending rows that nobody asks for: sealing anew under another master key, and removing what has ended.

use uuid::Uuid;

use super::Store;
use super::error::StoreError;
use super::side::{Scope, query, transact};
use crate::domain::clock::Moment;
use crate::domain::id::TenantId;
use crate::domain::secret::Sealed;

/// Which row of a tenant holds a sealed secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SealedPlace {
    ClientSecret(Uuid),
    /// By its `kid`.
    SigningKey(String),
    RefreshFamily(Uuid),
    /// By the provider's word.
    SigninProvider(String),
    Mail(Uuid),
    /// By what it is for.
    TenantSecret(String),
}

/// A sealed secret and where it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SealedRow {
    pub place: SealedPlace,
    pub sealed: Sealed,
}

impl Store {
    /// Secrets of the tenant under another master key than `not_by`.
    pub fn list_sealed(&self, tenant: TenantId, not_by: &str, limit: u32) -> Result<Vec<SealedRow>, StoreError> {
        let mut rows = query!(self, Scope::Tenant(tenant), |q, conn| {
            let mut rows = q::client_secret::list_sealed(conn, tenant, not_by, limit)?;
            rows.extend(q::signing_key::list_sealed(conn, tenant, not_by, limit)?);
            rows.extend(q::refresh_family::list_sealed(conn, tenant, not_by, limit)?);
            rows.extend(q::signin_provider::list_sealed(conn, tenant, not_by, limit)?);
            rows.extend(q::mail::list_sealed(conn, tenant, not_by, limit)?);
            rows.extend(q::tenant_secret::list_sealed(conn, tenant, not_by, limit)?);
            Ok(rows)
        })?;
        rows.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
        Ok(rows)
    }

    /// Replaces a sealed secret; false when the row is gone or no longer holds `old`.
    pub fn replace_sealed(
        &self,
        tenant: TenantId,
        place: &SealedPlace,
        old: &Sealed,
        new: &Sealed,
    ) -> Result<bool, StoreError> {
        transact!(self, tenant, |q, conn| match place {
            SealedPlace::ClientSecret(id) => q::client_secret::replace_sealed(conn, tenant, *id, old, new),
            SealedPlace::SigningKey(kid) => q::signing_key::replace_sealed(conn, tenant, kid, old, new),
            SealedPlace::RefreshFamily(id) => q::refresh_family::replace_sealed(conn, tenant, *id, old, new),
            SealedPlace::SigninProvider(word) => q::signin_provider::replace_sealed(conn, tenant, word, old, new),
            SealedPlace::Mail(id) => q::mail::replace_sealed(conn, tenant, *id, old, new),
            SealedPlace::TenantSecret(row) => q::tenant_secret::replace_sealed(conn, tenant, row, old, new),
        })
    }

    /// Removes up to `limit` rows of each kind that had ended by `now`: client secrets, refresh families, browsers'
    /// sessions, revocations, tokens of mails, authorization codes, pushed requests, the use of tokens, secrets of
    /// registered clients, tokens for registration, what was used once, refusals.
    /// Returns how many went; call again while there are any. Signing keys are not among them: every node must hear of
    /// their end, see [`Store::save_signing_keys`].
    pub fn purge(&self, tenant: TenantId, now: Moment, limit: u32) -> Result<usize, StoreError> {
        transact!(self, tenant, |q, conn| {
            Ok(q::client_secret::purge(conn, tenant, now, limit)?
                + q::refresh_family::purge(conn, tenant, now, limit)?
                + q::browser_session::purge(conn, tenant, now, limit)?
                + q::revocation::purge(conn, tenant, now, limit)?
                + q::mail_token::purge(conn, tenant, now, limit)?
                + q::authorization_code::purge(conn, tenant, now, limit)?
                + q::pushed_request::purge(conn, tenant, now, limit)?
                + q::token_activity::purge(conn, tenant, now, limit)?
                + q::oauth_client_secret::purge(conn, tenant, now, limit)?
                + q::initial_access_token::purge(conn, tenant, now, limit)?
                + q::seen_proof::purge(conn, tenant, now, limit)?
                + q::device_grant::purge(conn, tenant, now, limit)?
                + q::refusal::purge(conn, tenant, now, limit)?)
        })
    }

    /// Removes up to `limit` lines of the change log from before a moment. Returns how many went.
    pub fn purge_changes(&self, before: Moment, limit: u32) -> Result<usize, StoreError> {
        transact!(self, TenantId::MANAGEMENT, |q, conn| q::change_log::purge(conn, before, limit))
    }
}
