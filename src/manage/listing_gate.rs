//! How many lists of one tenant may be read at once: a tenant whose queries are slow waits for itself alone, and never
//! holds every connection to the database.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::ManageError;
use crate::domain::id::AppId;

/// How many lists of one application may be read at once.
pub const LISTINGS_PER_TENANT: usize = 4;
/// How long a list waits for its turn.
const PATIENCE: Duration = Duration::from_secs(1);

/// The gate before the lists of every tenant. A clone is the same gate.
#[derive(Clone, Default)]
pub struct ListingGate {
    // Weak, so that a tenant whose lists are all read leaves nothing behind.
    tenants: Arc<Mutex<HashMap<AppId, Weak<Semaphore>>>>,
}

/// The place of one list; it is free again when this is dropped.
pub struct ListingPlace {
    _permit: OwnedSemaphorePermit,
}

impl ListingGate {
    /// A place for a list of this application, as soon as one is free.
    ///
    /// *Errors*: `TooManyListings` when none becomes free in time. *Tenancy*: the application.
    pub async fn enter(&self, app: AppId) -> Result<ListingPlace, ManageError> {
        match tokio::time::timeout(PATIENCE, self.places(app).acquire_owned()).await {
            Ok(Ok(permit)) => Ok(ListingPlace { _permit: permit }),
            // Nobody closes the semaphore; were it closed, there would be no place either.
            Ok(Err(_)) | Err(_) => Err(ManageError::TooManyListings),
        }
    }

    /// The application's places; whoever holds one of them keeps them all alive.
    fn places(&self, app: AppId) -> Arc<Semaphore> {
        let mut tenants = self.tenants.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(places) = tenants.get(&app).and_then(Weak::upgrade) {
            return places;
        }
        tenants.retain(|_, places| places.strong_count() > 0);
        let places = Arc::new(Semaphore::new(LISTINGS_PER_TENANT));
        tenants.insert(app, Arc::downgrade(&places));
        places
    }
}
