//! Signing keys of an issuer: published, active, retiring, gone. No valid token is ever refused for a rotation: a key
//! is in the JWKS before it signs, and verifies until its last token is dead. Keys for ID tokens in another algorithm
//! than the access tokens' go the same way, all together.

use std::time::Duration;

use serde_json::json;

use super::{Actor, ManageError, Registry};
use crate::domain::clock::Moment;
use crate::domain::id::{AppId, RegisteredId, TenantId};
use crate::domain::journal::ChangeKind;
use crate::domain::key::{KeyPurpose, KeySlot, KeyState, SigningKey};
use crate::domain::registered::ClientMetadata;
use crate::domain::scope::OPENID;
use crate::domain::token::Algorithm;
use crate::store::{Conflict, Journal, KeyChange, Provision, StoreError};

/// How much longer than its last token a key is kept, for clocks that differ.
const SLACK: Duration = Duration::from_secs(300);

/// How often a key for ID tokens is tried for, when other changes come first.
const TRIES: usize = 3;

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
        if keys.iter().any(|key| key.is_active() && key.slot() == KeySlot::Access) {
            return Ok(());
        }
        let key = self.new_key(tenant, KeyPurpose::Access, self.policy.management_algorithm, KeyState::Active)?;
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

    /// Makes sure that an issuer can sign ID tokens by an algorithm that a client chose. It costs nothing where it can,
    /// and is safe to call from several nodes at once. A new key signs at once, because no verifier waits for it.
    ///
    /// *Errors*: `WrongMember` for HS256, whose key no client could have; `UnknownApplication`; `KeysChanged` when other
    /// changes kept coming first.
    pub async fn ensure_id_key(&self, tenant: TenantId, algorithm: Algorithm) -> Result<(), ManageError> {
        if algorithm == Algorithm::HS256 {
            let form = "ES256, EdDSA or RS256";
            return Err(ManageError::WrongMember { name: "id_token_signed_response_alg", form });
        }
        for _ in 0..TRIES {
            if self.directory.keys(tenant).await?.signer_for(algorithm).is_some() {
                return Ok(());
            }
            self.algorithm_of(tenant).await?;
            let keys = self.store.blocking(move |store| store.list_signing_keys(tenant)).await?;
            if keys.iter().any(|key| key.is_active() && key.algorithm == algorithm) {
                // Another node was first, and memory does not know it yet.
                self.directory.apply(&[self.change(tenant, ChangeKind::SigningKeys)]);
                continue;
            }
            let new = self.new_key(tenant, KeyPurpose::IdToken, algorithm, KeyState::Active)?;
            let change = KeyChange { expected_active: active_kids(&keys), upsert: vec![new], remove: Vec::new() };
            match self.save_keys(tenant, change, Vec::new()).await {
                Ok(()) => return Ok(()),
                Err(ManageError::KeysChanged) => {}
                Err(cause) => return Err(cause),
            }
        }
        Err(ManageError::KeysChanged)
    }

    /// Makes sure that a client can be told who signed in. What the administration rotated since its registration may
    /// have taken the key away.
    ///
    /// *Errors*: as `ensure_id_key`.
    pub async fn ensure_id_key_of(&self, tenant: TenantId, client: RegisteredId) -> Result<(), ManageError> {
        match self.directory.registered(tenant, client).await? {
            Some(known) => self.ensure_id_key_for(tenant, &known.client().metadata).await,
            None => Ok(()),
        }
    }

    /// The same for a client that is about to be written.
    pub(super) async fn ensure_id_key_for(
        &self,
        tenant: TenantId,
        metadata: &ClientMetadata,
    ) -> Result<(), ManageError> {
        match metadata.scope.contains(OPENID) {
            true => self.ensure_id_key(tenant, metadata.id_token_signed_response_alg).await,
            false => Ok(()),
        }
    }

    /// Adds a key to an issuer, of the algorithm that the application asks for now, and one for each other algorithm
    /// that it signs ID tokens by.
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
        let new = self.new_key(tenant, KeyPurpose::Access, algorithm, state)?;
        let rotated = Rotated { kid: new.kid.clone(), algorithm, state };
        let (mut upsert, mut remove) = (vec![new], Vec::new());
        for other in id_algorithms(&keys).filter(|other| *other != algorithm) {
            upsert.push(self.new_key(tenant, KeyPurpose::IdToken, other, state)?);
        }
        let entries = upsert.iter().map(|new| {
            let (kid, purpose) = (&new.kid, new.purpose.as_str());
            let detail = json!({ "kid": kid, "algorithm": new.algorithm, "purpose": purpose, "state": state.as_str() });
            self.audit(tenant, actor, "rotate signing key", detail)
        });
        let entries = entries.collect();
        match promotion {
            Promotion::AfterPublishing => {}
            Promotion::Now => {
                upsert.extend(self.retired(tenant, keys.iter().filter(|key| key.is_active())).await?);
                // They never signed, and must not push the new ones aside when their own time comes.
                let is_past = |key: &&SigningKey| key.created <= self.clock.now();
                let waiting = keys.iter().filter(|key| key.state == KeyState::Published).filter(is_past);
                remove.extend(waiting.map(|key| key.kid.clone()));
            }
            Promotion::NowWithdrawingOthers => remove.extend(keys.iter().map(|key| key.kid.clone())),
        }
        let change = KeyChange { expected_active: active_kids(&keys), upsert, remove };
        self.save_keys(tenant, change, entries).await?;
        Ok(rotated)
    }

    /// Moves an issuer's keys on where their time has come. Answers whether anything moved.
    pub async fn advance_keys(&self, tenant: TenantId) -> Result<bool, ManageError> {
        let now = self.clock.now();
        let keys = self.store.blocking(move |store| store.list_signing_keys(tenant)).await?;
        let mut remove: Vec<String> = keys.iter().filter(|key| is_gone(key, now)).map(|key| key.kid.clone()).collect();
        let due = due(&keys, |key| now.since(key.created) >= self.policy.key_publish);
        let mut upsert = Vec::new();
        if !due.is_empty() {
            remove.extend(due.iter().flat_map(|due| overtaken(&keys, due)));
            let stepping = keys.iter().filter(|key| key.is_active() && due.iter().any(|due| is_replaced(key, due)));
            upsert.extend(self.retired(tenant, stepping).await?);
            upsert.extend(due.into_iter().map(|due| SigningKey { state: KeyState::Active, ..due.clone() }));
        }
        if upsert.is_empty() && remove.is_empty() {
            return Ok(false);
        }
        let change = KeyChange { expected_active: active_kids(&keys), upsert, remove };
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

    /// Keys that signed, sent into retirement until the last token they may have signed is dead.
    async fn retired<'a>(
        &self,
        tenant: TenantId,
        keys: impl Iterator<Item = &'a SigningKey>,
    ) -> Result<Vec<SigningKey>, ManageError> {
        let longest = self.directory.longest_token(tenant, self.policy.access_ttl_max).await?;
        let gone_at = Some(self.clock.now().plus(longest).plus(SLACK));
        Ok(keys.map(|key| SigningKey { state: KeyState::Retiring, gone_at, ..key.clone() }).collect())
    }

    async fn algorithm_of(&self, tenant: TenantId) -> Result<Algorithm, ManageError> {
        if tenant == TenantId::MANAGEMENT {
            return Ok(self.policy.management_algorithm);
        }
        let app = self.directory.app(AppId::new(tenant.uuid())).await?;
        app.map(|app| app.settings.algorithm).ok_or_else(|| ManageError::UnknownApplication(tenant.to_string()))
    }
}

fn active_kids(keys: &[SigningKey]) -> Vec<String> {
    keys.iter().filter(|key| key.is_active()).map(|key| key.kid.clone()).collect()
}

/// The algorithms of ID tokens that have a key of their own.
fn id_algorithms(keys: &[SigningKey]) -> impl Iterator<Item = Algorithm> {
    let of_id_tokens = |key: &&SigningKey| key.is_active() && key.purpose == KeyPurpose::IdToken;
    keys.iter().filter(of_id_tokens).map(|key| key.algorithm)
}

/// The newest of the published keys of each slot that are ripe to sign.
fn due(keys: &[SigningKey], is_ripe: impl Fn(&SigningKey) -> bool) -> Vec<&SigningKey> {
    let ripe = |key: &&SigningKey| key.state == KeyState::Published && is_ripe(key);
    let mut due: Vec<&SigningKey> = Vec::new();
    for key in keys.iter().filter(ripe) {
        match due.iter_mut().find(|other| other.slot() == key.slot()) {
            Some(other) if other.created <= key.created => *other = key,
            Some(_) => {}
            None => due.push(key),
        }
    }
    due
}

/// Whether an active key steps down for one that begins to sign: of its slot, or for all tokens of its algorithm.
fn is_replaced(active: &SigningKey, due: &SigningKey) -> bool {
    let of_id_tokens = active.purpose == KeyPurpose::IdToken && active.algorithm == due.algorithm;
    active.slot() == due.slot() || (due.slot() == KeySlot::Access && of_id_tokens)
}

/// Published keys made no later than the one of their slot that begins to sign: they never signed, and must not push it
/// aside when their own time comes.
fn overtaken<'a>(keys: &'a [SigningKey], due: &'a SigningKey) -> impl Iterator<Item = String> + 'a {
    let waiting = keys.iter().filter(|key| key.state == KeyState::Published && key.slot() == due.slot());
    waiting.filter(|key| key.created <= due.created && key.kid != due.kid).map(|key| key.kid.clone())
}

fn is_gone(key: &SigningKey, now: Moment) -> bool {
    key.state == KeyState::Retiring && key.gone_at.is_some_and(|end| now >= end)
}
