//! What is known in memory of tenants, clients, keys and revocations: bounded, filled on first use, exact at once on
//! the node that writes, and never older than the staleness bound elsewhere (`tail`).
//! It answers and forgets; it never writes a row and decides nothing.

mod client;
mod pairwise;
mod registered;
mod revocations;
mod shelf;
mod tail;

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use uuid::Uuid;

pub use client::KnownClient;
pub use registered::{KnownRegistered, refuse_secret};
pub use revocations::Revocations;

use crate::crypto::keys::{KeyError, KeyRing};
use crate::crypto::pairwise::PairwiseKey;
use crate::crypto::vault::{Vault, VaultError};
use crate::domain::client::{ClientId, ClientSecret};
use crate::domain::clock::{Clock, Moment};
use crate::domain::failure::Failure;
use crate::domain::id::{AdminId, AppId, OrgId, TenantId};
use crate::domain::journal::{Change, ChangeKind};
use crate::domain::name::TenantName;
use crate::domain::place::{Place, PlaceName};
use crate::domain::tenant::{Application, Organization};
use crate::store::{Store, StoreError};
use registered::KnownClients;
use shelf::Shelf;
use tail::Follower;

/// Ten times the usual staleness bound: a missed read or two are forgiven.
const DEFAULT_PATIENCE: Duration = Duration::from_secs(10);

/// Why the directory could not answer. Absence is never an error here.
#[derive(Debug, thiserror::Error)]
pub enum DirectoryError {
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A signing key could not be opened; the issuer refuses service rather than guess.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// A sealed secret could not be opened.
    #[error(transparent)]
    Vault(#[from] VaultError),
    #[error("the pairwise key of tenant {0} has another length")]
    Pairwise(TenantId),
}

impl DirectoryError {
    /// What this means to whoever asked.
    pub fn failure(&self) -> Failure {
        match self {
            Self::Store(cause) => cause.failure(),
            Self::Key(_) | Self::Vault(_) | Self::Pairwise(_) => Failure::Internal,
        }
    }
}

/// A key ring with the moment it was read, so that an unknown `kid` may cause one fresh look and no more.
#[derive(Clone)]
struct LoadedRing {
    ring: Arc<KeyRing>,
    loaded: Moment,
}

struct Shelves {
    names: Shelf<String, (OrgId, AppId)>,
    org_names: Shelf<TenantName, OrgId>,
    orgs: Shelf<OrgId, Arc<Organization>>,
    apps: Shelf<AppId, Arc<Application>>,
    secrets: Shelf<TenantId, Arc<[ClientSecret]>>,
    rings: Shelf<TenantId, LoadedRing>,
    revocations: Shelf<TenantId, Arc<Revocations>>,
    members: Shelf<OrgId, Arc<HashSet<AdminId>>>,
    pairwise: Shelf<TenantId, Arc<PairwiseKey>>,
    registered: Shelf<TenantId, Arc<KnownClients>>,
}

/// The in-memory view. A clone shares the same memory.
#[derive(Clone)]
pub struct Directory {
    store: Store,
    vault: Arc<Vault>,
    clock: Arc<dyn Clock>,
    shelves: Arc<Shelves>,
    follower: Arc<Follower>,
    /// How old the view may be before callers are refused rather than believed.
    patience: Duration,
}

impl Directory {
    /// An empty view that keeps at most `capacity` tenants.
    pub fn new(store: Store, vault: Arc<Vault>, clock: Arc<dyn Clock>, capacity: u64) -> Self {
        let shelves = Shelves {
            names: Shelf::new(capacity),
            org_names: Shelf::new(capacity),
            orgs: Shelf::new(capacity),
            apps: Shelf::new(capacity),
            secrets: Shelf::new(capacity),
            rings: Shelf::new(capacity),
            revocations: Shelf::new(capacity),
            members: Shelf::new(capacity),
            pairwise: Shelf::new(capacity),
            registered: Shelf::new(capacity),
        };
        let follower = Arc::new(Follower::new(clock.now()));
        Self { store, vault, clock, shelves: Arc::new(shelves), follower, patience: DEFAULT_PATIENCE }
    }

    /// The same directory with another patience.
    pub fn with_patience(mut self, patience: Duration) -> Self {
        self.patience = patience;
        self
    }

    /// Resolves a place by name or UUID; `None` when there is no such live organization and application.
    pub async fn place(&self, name: &PlaceName) -> Result<Option<Place>, DirectoryError> {
        match name {
            PlaceName::Management => Ok(Some(Place::Management)),
            PlaceName::AppById(id) => self.place_of(AppId::new(*id)).await,
            PlaceName::App { org, app } => match (Uuid::try_parse(org), Uuid::try_parse(app)) {
                (Err(_), Err(_)) => self.place_by_names(org, app).await,
                (_, Ok(app_id)) => {
                    let place = self.place_of(AppId::new(app_id)).await?;
                    Ok(place.filter(|place| is_org_of(place, org)))
                }
                (Ok(org_id), Err(_)) => self.place_in(OrgId::new(org_id), app).await,
            },
        }
    }

    async fn place_by_names(&self, org: &str, app: &str) -> Result<Option<Place>, DirectoryError> {
        let path = format!("{org}/{app}").to_ascii_lowercase();
        if let Some((_, app_id)) = self.shelves.names.get(&path) {
            // The name may have passed to a new application since: the id decides.
            if let Some(place) = self.place_of(app_id).await? {
                return Ok(Some(place));
            }
            self.shelves.names.forget(&path);
        }
        let Some(org) = self.org_by_name(org).await? else { return Ok(None) };
        let place = self.place_in(org.id, app).await?;
        if let Some(Place::App { org, app }) = &place {
            self.shelves.names.keep(path, (org.id, app.id));
        }
        Ok(place)
    }

    async fn place_in(&self, org: OrgId, app: &str) -> Result<Option<Place>, DirectoryError> {
        let Ok(name) = TenantName::parse(app) else { return Ok(None) };
        let found = self.store.point(move |store| store.find_app_by_name(org, &name)).await?;
        match found {
            Some(app) => self.place_of(app.id).await,
            None => Ok(None),
        }
    }

    /// The place of a live application.
    pub async fn place_of(&self, id: AppId) -> Result<Option<Place>, DirectoryError> {
        let Some(app) = self.app(id).await? else { return Ok(None) };
        Ok(self.org(app.org).await?.map(|org| Place::App { org, app }))
    }

    /// A live application by id.
    pub async fn app(&self, id: AppId) -> Result<Option<Arc<Application>>, DirectoryError> {
        if let Some(app) = self.shelves.apps.get(&id) {
            return Ok(Some(app));
        }
        let shelves = Arc::clone(&self.shelves);
        let load = move |store: &Store| shelves.apps.fill(id, || Ok(store.find_app(id)?.map(Arc::new)));
        Ok(self.store.point(load).await?)
    }

    /// The longest life that a token signed by this tenant's keys may have, where `server_max` bounds all but those of
    /// applications that say more.
    pub async fn longest_token(&self, tenant: TenantId, server_max: Duration) -> Result<Duration, DirectoryError> {
        if tenant == TenantId::MANAGEMENT {
            return Ok(server_max);
        }
        let app = self.app(AppId::new(tenant.uuid())).await?;
        Ok(app.map_or(server_max, |app| app.settings.longest_token(server_max)))
    }

    /// An organization by id.
    pub async fn org(&self, id: OrgId) -> Result<Option<Arc<Organization>>, DirectoryError> {
        if let Some(org) = self.shelves.orgs.get(&id) {
            return Ok(Some(org));
        }
        let shelves = Arc::clone(&self.shelves);
        let load = move |store: &Store| shelves.orgs.fill(id, || Ok(store.find_org(id)?.map(Arc::new)));
        Ok(self.store.point(load).await?)
    }

    /// An organization by name or UUID.
    pub async fn org_named(&self, text: &str) -> Result<Option<Arc<Organization>>, DirectoryError> {
        match Uuid::try_parse(text) {
            Ok(uuid) => self.org(OrgId::new(uuid)).await,
            Err(_) => self.org_by_name(text).await,
        }
    }

    async fn org_by_name(&self, text: &str) -> Result<Option<Arc<Organization>>, DirectoryError> {
        let Ok(name) = TenantName::parse(text) else { return Ok(None) };
        if let Some(id) = self.shelves.org_names.get(&name) {
            if let Some(org) = self.org(id).await? {
                return Ok(Some(org));
            }
            self.shelves.org_names.forget(&name);
        }
        let shelves = Arc::clone(&self.shelves);
        let load = move |store: &Store| {
            let found = store.find_org_by_name(&name)?;
            if let Some(org) = &found {
                shelves.org_names.keep(name, org.id);
            }
            Ok(found.map(|org| org.id))
        };
        match self.store.point(load).await? {
            Some(id) => self.org(id).await,
            None => Ok(None),
        }
    }

    /// A client by its id text, with its live secrets; `None` when it was never issued or its owner is gone.
    pub async fn client(&self, id_text: &str) -> Result<Option<KnownClient>, DirectoryError> {
        let Some(id) = ClientId::parse(id_text) else { return Ok(None) };
        let org = match id {
            ClientId::Org(org) => self.org(org).await?.map(|org| org.id),
            ClientId::App(app) => self.app(app).await?.map(|app| app.org),
        };
        let Some(org) = org else { return Ok(None) };
        let secrets = self.secrets(id.owner()).await?;
        Ok(Some(KnownClient::new(id, org, secrets)))
    }

    async fn secrets(&self, owner: TenantId) -> Result<Arc<[ClientSecret]>, DirectoryError> {
        if let Some(secrets) = self.shelves.secrets.get(&owner) {
            return Ok(secrets);
        }
        let shelves = Arc::clone(&self.shelves);
        let load =
            move |store: &Store| shelves.secrets.fill(owner, || Ok(Some(Arc::from(store.list_client_secrets(owner)?))));
        Ok(self.store.point(load).await?.unwrap_or_default())
    }

    /// The signing keys of an issuer.
    pub async fn keys(&self, tenant: TenantId) -> Result<Arc<KeyRing>, DirectoryError> {
        if let Some(loaded) = self.shelves.rings.get(&tenant) {
            return Ok(loaded.ring);
        }
        let this = self.clone();
        let load = move |store: &Store| {
            let keys = this.shelves.rings.fill(tenant, || -> Result<_, DirectoryError> {
                let loaded = this.clock.now();
                let mut keys = store.list_signing_keys(tenant)?;
                keys.retain(|key| key.gone_at.is_none_or(|end| loaded < end));
                let ring = Arc::new(KeyRing::open(&keys, &this.vault)?);
                Ok(Some(LoadedRing { ring, loaded }))
            });
            Ok(keys)
        };
        let loaded = self.store.point(load).await??;
        match loaded {
            Some(loaded) => Ok(loaded.ring),
            None => Ok(Arc::new(KeyRing::open(&[], &self.vault)?)),
        }
    }

    /// The keys once more, freshly read if the known ones are older than `age`: what an unknown `kid` may cause.
    pub async fn keys_newer_than(&self, tenant: TenantId, age: Duration) -> Result<Arc<KeyRing>, DirectoryError> {
        let is_old = |loaded: LoadedRing| self.clock.now().since(loaded.loaded) > age;
        if self.shelves.rings.get(&tenant).is_some_and(is_old) {
            self.shelves.rings.forget(&tenant);
        }
        self.keys(tenant).await
    }

    /// What is revoked among the tokens that this tenant's keys signed.
    pub async fn revocations(&self, tenant: TenantId) -> Result<Arc<Revocations>, DirectoryError> {
        if let Some(known) = self.shelves.revocations.get(&tenant) {
            return Ok(known);
        }
        let shelves = Arc::clone(&self.shelves);
        let now = self.clock.now();
        let load = move |store: &Store| {
            let list = || Ok(Some(Arc::new(Revocations::new(store.list_revocations(tenant, now)?))));
            shelves.revocations.fill(tenant, list)
        };
        Ok(self.store.point(load).await?.unwrap_or_default())
    }

    /// Whether the admin belongs to the organization.
    pub async fn is_member(&self, org: OrgId, admin: AdminId) -> Result<bool, DirectoryError> {
        if let Some(members) = self.shelves.members.get(&org) {
            return Ok(members.contains(&admin));
        }
        let shelves = Arc::clone(&self.shelves);
        let load = move |store: &Store| {
            let list = || Ok(Some(Arc::new(store.list_admins_of(org)?.into_iter().map(|admin| admin.id).collect())));
            shelves.members.fill(org, list)
        };
        let members: Option<Arc<HashSet<AdminId>>> = self.store.point(load).await?;
        Ok(members.is_some_and(|members| members.contains(&admin)))
    }

    /// How many look-ups of tenants, secrets, keys and revocations memory answered, and how many it could not.
    pub fn counts(&self) -> (u64, u64) {
        let all = [
            self.shelves.orgs.counts(),
            self.shelves.apps.counts(),
            self.shelves.secrets.counts(),
            self.shelves.rings.counts(),
            self.shelves.revocations.counts(),
            self.shelves.members.counts(),
        ];
        all.iter().fold((0, 0), |(hits, misses), (hit, miss)| (hits + hit, misses + miss))
    }

    /// Forgets everything.
    fn forget_all(&self) {
        self.shelves.orgs.forget_all();
        self.shelves.apps.forget_all();
        self.shelves.secrets.forget_all();
        self.shelves.rings.forget_all();
        self.shelves.revocations.forget_all();
        self.shelves.members.forget_all();
        self.shelves.registered.forget_all();
    }

    /// Forgets what a committed write made untrue. The writing node calls this before it answers; every other node
    /// when it reads the change log.
    pub fn apply(&self, changes: &[Change]) {
        for Change { tenant, kind, .. } in changes {
            match kind {
                ChangeKind::Tenant => {
                    self.shelves.orgs.forget(&OrgId::new(tenant.uuid()));
                    self.shelves.apps.forget(&AppId::new(tenant.uuid()));
                }
                ChangeKind::ClientSecrets => self.shelves.secrets.forget(tenant),
                ChangeKind::SigningKeys => self.shelves.rings.forget(tenant),
                ChangeKind::Revocations => self.shelves.revocations.forget(tenant),
                ChangeKind::Membership => self.shelves.members.forget(&OrgId::new(tenant.uuid())),
                ChangeKind::RegisteredClients => self.shelves.registered.forget(tenant),
            }
        }
    }
}

fn is_org_of(place: &Place, text: &str) -> bool {
    let Place::App { org, .. } = place else { return false };
    match Uuid::try_parse(text) {
        Ok(uuid) => org.id.uuid() == uuid,
        Err(_) => org.name.as_str().eq_ignore_ascii_case(text),
    }
}
