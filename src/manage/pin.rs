//! Pins: short secrets by which a user may sign in beside their password. Kept as slow hashes like passwords.

use serde_json::json;

use super::{Actor, ManageError, Registry};
use crate::domain::id::{AppId, UserId};
use crate::domain::secret::Secret;
use crate::store::{Journal, Store};

/// *Units*: characters.
const PIN_MIN: usize = 4;

impl Registry {
    /// Sets a user's pin.
    ///
    /// *Errors*: `ShortPin`, `Lane` for one that bcrypt cannot take, `UnknownEntity`. *Tenancy*: the application.
    pub async fn set_user_pin(&self, app: AppId, user: UserId, pin: Secret, actor: Actor) -> Result<(), ManageError> {
        let hash = self.hash_pin(app, pin).await?;
        let entry = self.audit(app, actor, "set user pin", json!({ "user": user }));
        let journal = Journal { changes: Vec::new(), audit: vec![entry], ..Journal::default() };
        let write = move |store: &Store, journal: &Journal| store.set_user_pin(app, user, &hash, journal);
        let is_set = self.write(journal, write).await?;
        is_set.then_some(()).ok_or_else(|| ManageError::UnknownEntity(user.to_string()))
    }

    /// Checks and hashes a pin.
    pub(super) async fn hash_pin(&self, app: AppId, pin: Secret) -> Result<Secret, ManageError> {
        if pin.expose().chars().count() < PIN_MIN {
            return Err(ManageError::ShortPin(PIN_MIN));
        }
        Ok(self.lane.hash(app.into(), pin).await?)
    }
}
