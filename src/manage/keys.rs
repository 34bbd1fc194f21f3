//! Signing keys of an issuer: published, active, retiring, gone. No valid token is ever refused for a rotation: a key
//! is in the JWKS before it signs, and verifies until its last token is dead.

use std::time::Duration;

use serde_json::json;

use super::{Actor, ManageError, Registry};
use crate::domain::clock::Moment;
use crate::domain::id::{AppId, TenantId};
use crate::domain::journal::ChangeKind;
use crate::domain::key::{KeyState, SigningKey};
use crate::domain::token::Algorithm;
use crate::store::{Conflict, Journal, KeyChange, Provision, StoreError};

/// How much longer than its last token a key is kept, for clocks that differ.
const SLACK: Duration = Duration::from_secs(300);

/// When a new key begins to sign.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Promotion {
    /// After it has been published for the configured time, so that verifiers elsewhere have met it.
    AfterPublishing,
    /// At once. The old key signs no more; what it signed stays valid.
    Now,
    /// At once, and every other key of the issuer is removed: whatever they signed is refused from now on.
    NowWithdrawingOthers,
}

/// What a rotation did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rotated {
    /// The new key.
    pub kid: String,
    pub algorithm: Algorithm,
    pub state: KeyState,
}

impl Registry {
    /// Makes sure that the management issuer can sign. Safe to call from several nodes at once.
    pub async fn ensure_management_keys(&self) -> Result<(), ManageError> {
        let tenant = TenantId::MANAGEMENT;
        let keys = self.store.blocking(move |store| store.list_signing_keys(tenant)).await?;
        if keys.iter().any(|key| key.state == KeyState::Active) {
            return Ok(());
        }
        let key = self.new_key(tenant, self.policy.management_algorithm, KeyState::Active)?;
        let journal = Journal {
            changes: vec![self.change(tenant, ChangeKind::SigningKeys)],
            audit: Vec::new(),
            ..Journal::default()
        };
        let provision = Provision { keys: vec![key], journal, ..Provision::default() };
        match self.store.blocking(move |store| store.provision(&provision)).await {
            // Another node was first: its key serves.
            Ok(()) | Err(StoreError::Conflict(Conflict::SigningKey)) => Ok(()),
            Err(cause) => Err(cause.into()),
        }
    }

    /// Adds a key to an issuer, of the algorithm that the application asks for now.
    ///
    /// *Errors*: `KeysChanged` when another rotation came first.
    pub async fn rotate_keys(
        &self,
        tenant: TenantId,
        promotion: Promotion,
        actor: Actor,
    ) -> Result<Rotated, ManageError> {
        let keys = self.store.blocking(move |store| store.list_signing_keys(tenant)).await?;
        let algorithm = self.algorithm_of(tenant).await?;
        let state = match promotion {
            Promotion::AfterPublishing => KeyState::Published,
            Promotion::Now | Promotion::NowWithdrawingOthers => KeyState::Active,
        };
        let new = self.new_key(tenant, algorithm, state)?;
        let rotated = Rotated { kid: new.kid.clone(), algorithm, state };
        let (mut upsert, mut remove) = (vec![new], Vec::new());
        match promotion {
            Promotion::AfterPublishing => {}
            Promotion::Now => {
                upsert.extend(self.retired(tenant, &keys).await?);
                remove.extend(overtaken(&keys, self.clock.now()));
            }
            Promotion::NowWithdrawingOthers => remove.extend(keys.iter().map(|key| key.kid.clone())),
        }
        let detail = json!({ "kid": rotated.kid, "algorithm": algorithm, "state": state.as_str() });
        let entry = self.audit(tenant, actor, "rotate signing key", detail);
        let change = KeyChange { expected_active: active_kid(&keys), upsert, remove };
        self.save_keys(tenant, change, vec![entry]).await?;
        Ok(rotated)
    }

    /// Moves an issuer's keys on where their time has come. Answers whether anything moved.
    pub async fn advance_keys(&self, tenant: TenantId) -> Result<bool, ManageError> {
        let now = self.clock.now();
        let keys = self.store.blocking(move |store| store.list_signing_keys(tenant)).await?;
        let mut remove: Vec<String> = keys.iter().filter(|key| is_gone(key, now)).map(|key| key.kid.clone()).collect();
        let due = keys
            .iter()
            .filter(|key| key.state == KeyState::Published && now.since(key.created) >= self.policy.key_publish)
            .max_by_key(|key| key.created);
        let upsert = match due {
            Some(due) => {
                let promoted = SigningKey { state: KeyState::Active, ..due.clone() };
                let mut moved = self.retired(tenant, &keys).await?;
                moved.push(promoted);
                remove.extend(overtaken(&keys, due.created).filter(|kid| *kid != due.kid));
                moved
            }
            None => Vec::new(),
        };
        if upsert.is_empty() && remove.is_empty() {
            return Ok(false);
        }
        let change = KeyChange { expected_active: active_kid(&keys), upsert, remove };
        match self.save_keys(tenant, change, Vec::new()).await {
            Ok(()) => Ok(true),
            Err(ManageError::KeysChanged) => Ok(false),
            Err(cause) => Err(cause),
        }
    }

    async fn save_keys(
        &self,
        tenant: TenantId,
        change: KeyChange,
        audit: Vec<crate::domain::journal::AuditEntry>,
    ) -> Result<(), ManageError> {
        let journal =
            Journal { changes: vec![self.change(tenant, ChangeKind::SigningKeys)], audit, ..Journal::default() };
        self.write(journal, move |store, journal| store.save_signing_keys(tenant, &change, journal)).await
    }

    /// The active key, sent into retirement until the last token it may have signed is dead.
    async fn retired(&self, tenant: TenantId, keys: &[SigningKey]) -> Result<Vec<SigningKey>, ManageError> {
        let longest = self.directory.longest_token(tenant, self.policy.access_ttl_max).await?;
        let gone_at = Some(self.clock.now().plus(longest).plus(SLACK));
        let active = keys.iter().filter(|key| key.state == KeyState::Active);
        Ok(active.map(|key| SigningKey { state: KeyState::Retiring, gone_at, ..key.clone() }).collect())
    }

    async fn algorithm_of(&self, tenant: TenantId) -> Result<Algorithm, ManageError> {
        if tenant == TenantId::MANAGEMENT {
            return Ok(self.policy.management_algorithm);
        }
        let app = self.directory.app(AppId::new(tenant.uuid())).await?;
        app.map(|app| app.settings.algorithm).ok_or_else(|| ManageError::UnknownApplication(tenant.to_string()))
    }
}

fn active_kid(keys: &[SigningKey]) -> Option<String> {
    keys.iter().find(|key| key.state == KeyState::Active).map(|key| key.kid.clone())
}

/// Published keys made no later than the one that begins to sign: they never signed, and must not push it aside when
/// their own time comes.
fn overtaken(keys: &[SigningKey], by: Moment) -> impl Iterator<Item = String> {
    let waiting = keys.iter().filter(move |key| key.state == KeyState::Published && key.created <= by);
    waiting.map(|key| key.kid.clone())
}

fn is_gone(key: &SigningKey, now: Moment) -> bool {
    key.state == KeyState::Retiring && key.gone_at.is_some_and(|end| now >= end)
}
