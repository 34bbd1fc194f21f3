//! Registered clients as the directory knows them: what they registered and which secrets they may present.

use std::collections::HashMap;
use std::convert::Infallible;
use std::hint::black_box;
use std::sync::{Arc, Mutex, PoisonError};

use super::{Directory, DirectoryError};
use crate::crypto::compare;
use crate::crypto::digest;
use crate::crypto::jwt::ForeignKeys;
use crate::domain::authority::Principal;
use crate::domain::clock::Moment;
use crate::domain::id::{RegisteredId, TenantId};
use crate::domain::place::Place;
use crate::domain::registered::{RegisteredClient, RegisteredSecret};
use crate::domain::secret::Digest;
use crate::store::Store;

/// More clients of one tenant are not remembered at once.
const CLIENTS_MAX: usize = 4_096;
/// No text has this digest that anyone could find.
const NOBODYS: Digest = Digest([0; 32]);

/// A registered client that may act, with its secrets.
#[derive(Clone, Debug)]
pub struct KnownRegistered {
    client: RegisteredClient,
    secrets: Vec<RegisteredSecret>,
    keys: Option<Arc<ForeignKeys>>,
}

impl KnownRegistered {
    /// A client with all its secrets, dead ones too.
    pub fn new(client: RegisteredClient, secrets: Vec<RegisteredSecret>) -> Self {
        let jwks = client.metadata.jwks.as_ref();
        let keys = jwks.and_then(|jwks| ForeignKeys::parse_registered(jwks).ok()).map(Arc::new);
        Self { client, secrets, keys }
    }

    /// The keys that were registered by value.
    pub fn keys(&self) -> Option<&Arc<ForeignKeys>> {
        self.keys.as_ref()
    }

    /// What was registered.
    pub fn client(&self) -> &RegisteredClient {
        &self.client
    }

    /// Who it is once it has proved itself at a place, which must be of its own tenant.
    pub fn principal(&self, place: &Place) -> Principal {
        let (org, app) = match place {
            Place::Management => (None, None),
            Place::App { org, app } => (Some(org.id), Some(app.id)),
        };
        Principal::Registered { org, app, client: self.client.id }
    }

    /// Whether `secret` is one of the client's live secrets.
    ///
    /// Compares digests, every one of them, in constant time (security rule JWT-12).
    pub fn accepts(&self, secret: &str, now: Moment) -> bool {
        let presented = digest::sha256(secret);
        let live = self.secrets.iter().filter(|known| known.is_live(now));
        // One at least, so that a client without secrets costs what another costs.
        let digests = std::iter::once(&NOBODYS).chain(live.map(|known| &known.digest));
        digests.fold(false, |found, known| compare::same(&known.0, &presented.0) | found)
    }
}

/// Refuses a secret of a client that does not exist, for what a wrong one costs.
pub fn refuse_secret(secret: &str) -> bool {
    // No compiler may see that the answer is known.
    compare::same(&NOBODYS.0, &digest::sha256(black_box(secret)).0)
}

/// Some clients of one tenant, and ids that were looked for in vain: an unknown client costs what a known one costs.
/// A change of any of them replaces the whole, so that an answer that was read before is kept by nobody.
#[derive(Default)]
pub(super) struct KnownClients(Mutex<HashMap<RegisteredId, Option<Arc<KnownRegistered>>>>);

impl KnownClients {
    fn get(&self, id: RegisteredId) -> Option<Option<Arc<KnownRegistered>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(&id).cloned()
    }

    fn keep(&self, id: RegisteredId, found: Option<Arc<KnownRegistered>>) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= CLIENTS_MAX {
            known.clear();
        }
        known.insert(id, found);
    }
}

impl Directory {
    /// A registered client that may act; `None` for one that is unknown or disabled. *Tenancy*: of this tenant alone.
    pub async fn registered(
        &self,
        tenant: TenantId,
        id: RegisteredId,
    ) -> Result<Option<Arc<KnownRegistered>>, DirectoryError> {
        // Taken before the rows are read: what replaces it meanwhile does not get what was read.
        let known = self.known_clients(tenant);
        if let Some(found) = known.get(id) {
            return Ok(found);
        }
        let load = move |store: &Store| {
            let found = store.find_registered_with_secrets(tenant, id)?;
            let live = found.filter(|(client, _)| !client.disabled);
            let live = live.map(|(client, secrets)| Arc::new(KnownRegistered::new(client, secrets)));
            known.keep(id, live.clone());
            Ok(live)
        };
        Ok(self.store.point(load).await?)
    }

    fn known_clients(&self, tenant: TenantId) -> Arc<KnownClients> {
        if let Some(known) = self.shelves.registered.get(&tenant) {
            return known;
        }
        let fresh = || Ok::<_, Infallible>(Some(Arc::default()));
        self.shelves.registered.fill(tenant, fresh).ok().flatten().unwrap_or_default()
    }
}
