//! Keeps refusals for the administration of their tenant: off the way of requests, bounded, and not for long. What a
//! cause means is worded where the causes are known; here it is kept and found again. *Spec*: design, errors.
//!
//! A request that is refused leaves its refusal in memory and goes. Rows are written in batches, by a tick and by
//! whoever reads, so that a reader who asks at once finds it.

mod desk;
mod seen;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde_json::{Map, Value, json};
use uuid::Uuid;

use self::desk::{Desk, Ended};
use super::AccessError;
use crate::crypto::entropy::{Entropy, uuid_v7};
use crate::directory::Directory;
use crate::domain::clock::{Clock, Moment};
use crate::domain::id::TenantId;
use crate::domain::refusal::{Explanation, KeptRefusal, Refused, Whereabouts};
use crate::domain::tenant::Switch;
use crate::store::Store;

pub use seen::token_as_seen;

/// What stands for the refusals that were too many.
const COUNTED_ONLY: Explanation = Explanation::new(
    "counted_only",
    "More requests were refused within a minute than are kept; these were counted alone.",
    "explain.per_minute",
    "Look at the refusals that were kept; raise explain.per_minute if they do not tell enough.",
);

/// The most refusals that one answer shows.
const SHOWN_MAX: u32 = 500;

/// What the configuration says of refusals.
#[derive(Clone, Copy, Debug)]
pub struct ExplainPolicy {
    pub enabled: Switch,
    pub kept: Duration,
    pub per_minute: u32,
}

/// Keeps refusals and finds them again. A clone shares everything.
#[derive(Clone)]
pub struct Explainer {
    store: Store,
    directory: Directory,
    clock: Arc<dyn Clock>,
    entropy: Arc<dyn Entropy>,
    policy: ExplainPolicy,
    desk: Arc<Mutex<Desk>>,
    /// Held while rows are written: whoever waits for it finds what was there when they came.
    writing: Arc<tokio::sync::Mutex<()>>,
}

impl Explainer {
    /// An explainer with nothing on its desk.
    pub fn new(
        store: Store,
        directory: Directory,
        clock: Arc<dyn Clock>,
        entropy: Arc<dyn Entropy>,
        policy: ExplainPolicy,
    ) -> Self {
        let desk = Arc::new(Mutex::new(Desk::new(policy.per_minute)));
        Self { store, directory, clock, entropy, policy, desk, writing: Arc::default() }
    }

    /// Whether a refusal would be kept now, so that nobody gathers what is not.
    pub fn has_room(&self, whereabouts: &Whereabouts, rule: &str) -> bool {
        self.policy.enabled == Switch::On && self.desk().has_room(whereabouts, rule, self.clock.now())
    }

    /// Takes a refusal that was sent. Writes nothing.
    pub fn note(&self, refused: Refused) {
        if self.policy.enabled == Switch::On {
            self.desk().put(refused);
        }
    }

    /// Writes what is on the desk. Refusals that cannot be written are lost: they must not pile up.
    pub async fn flush(&self) {
        let _turn = self.writing.lock().await;
        self.place_unplaced().await;
        let (waiting, ended) = self.desk().take(self.clock.now());
        let mut batches: HashMap<TenantId, Vec<KeptRefusal>> = HashMap::new();
        for (tenant, refused) in waiting {
            batches.entry(tenant).or_default().push(self.kept(refused));
        }
        for minute in ended {
            batches.entry(minute.tenant).or_default().push(self.counted(&minute));
        }
        if batches.is_empty() {
            return;
        }
        let write = move |store: &Store| {
            for (tenant, rows) in batches {
                // One tenant that cannot be served must not stop the others.
                if let Err(cause) = store.keep_refusals(tenant, &rows) {
                    tracing::warn!(%tenant, %cause, rows = rows.len(), "refusals were not kept");
                }
            }
            Ok(())
        };
        if let Err(cause) = self.store.blocking(write).await {
            tracing::warn!(%cause, "refusals were not kept");
        }
    }

    /// A kept refusal. *Tenancy*: the tenant.
    pub async fn find(&self, tenant: TenantId, trace: Uuid) -> Result<Option<KeptRefusal>, AccessError> {
        self.flush().await;
        let now = self.clock.now();
        Ok(self.store.point(move |store| store.find_refusal(tenant, trace, now)).await?)
    }

    /// The last kept refusals, newest first; of one cause where one is named. *Tenancy*: the tenant.
    pub async fn list(
        &self,
        tenant: TenantId,
        cause: Option<String>,
        limit: Option<u32>,
    ) -> Result<Vec<KeptRefusal>, AccessError> {
        self.flush().await;
        let (now, limit) = (self.clock.now(), limit.unwrap_or(100).clamp(1, SHOWN_MAX));
        let list = move |store: &Store| store.list_refusals(tenant, cause.as_deref(), now, limit);
        Ok(self.store.blocking(list).await?)
    }

    /// Finds the tenants of refusals that came before their place was looked up.
    async fn place_unplaced(&self) {
        let unplaced = self.desk().take_unplaced();
        for (name, refused) in unplaced {
            match self.directory.place(&name).await {
                Ok(Some(place)) => {
                    self.desk().put(Refused { whereabouts: Whereabouts::Tenant(place.tenant()), ..refused });
                }
                Ok(None) => {}
                Err(cause) => tracing::warn!(%cause, "a refusal was not kept"),
            }
        }
    }

    fn kept(&self, refused: Refused) -> KeptRefusal {
        let Refused { trace, at, explanation, inputs, .. } = refused;
        let mut detail = words(&explanation);
        if let Some(inputs) = inputs {
            detail.insert("inputs".to_owned(), inputs);
        }
        self.row(trace, at, &explanation, detail)
    }

    fn counted(&self, minute: &Ended) -> KeptRefusal {
        let mut detail = words(&COUNTED_ONLY);
        detail.insert("counted".to_owned(), json!(minute.counted));
        self.row(uuid_v7(minute.until, &*self.entropy), minute.until, &COUNTED_ONLY, detail)
    }

    fn row(&self, trace: Uuid, at: Moment, explanation: &Explanation, detail: Map<String, Value>) -> KeptRefusal {
        let expires = at.plus(self.policy.kept);
        KeptRefusal { trace, at, cause: explanation.rule.to_owned(), detail: Value::Object(detail), expires }
    }

    fn desk(&self) -> MutexGuard<'_, Desk> {
        self.desk.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// An explanation as a row has it.
fn words(explanation: &Explanation) -> Map<String, Value> {
    let Explanation { rule: _, what, spec, fix, because } = explanation;
    let mut words = Map::new();
    words.insert("what".to_owned(), json!(what));
    words.insert("spec".to_owned(), json!(spec));
    words.insert("fix".to_owned(), json!(fix));
    if let Some(because) = because {
        words.insert("because".to_owned(), json!(because));
    }
    words
}
