//! Pins: short secrets by which a user may sign in beside their password. Kept as slow hashes like passwords.

use serde_json::json;

use super::{Actor, ManageError, Registry};
use crate::crypto::token_text::new_pin;
use crate::domain::id::{AppId, UserId};
use crate::domain::mail::{MailKind, Post};
use crate::domain::secret::Secret;
use crate::domain::user::AppUser;
use crate::mail::{Letter, Recipient, Values};
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

    /// Makes a new pin for a user and mails it: the former one is known by its hash alone. Silent where the address
    /// has had enough mails for now.
    ///
    /// *Errors*: `NoAddress`, `UnknownEntity`. *Tenancy*: the application.
    pub async fn mail_user_pin(&self, user: &AppUser, actor: Actor) -> Result<(), ManageError> {
        let email = user.person.email.clone().ok_or(ManageError::NoAddress)?;
        let (app, id, key) = (user.app, user.id, email.key());
        let place = self.directory.place_of(app).await?.ok_or_else(|| ManageError::UnknownEntity(app.to_string()))?;
        if !self.outbox.has_room(app.into(), &key).await? {
            return Ok(());
        }
        let pin = new_pin(&*self.entropy);
        let values = Values { pin: Some(pin.expose().to_owned()), ..self.values(&place, Some(&user.person)) };
        let event = format!("{}:{}", MailKind::AppPin.as_str(), self.draw_id());
        let letter =
            Letter { tenant: app.into(), kind: MailKind::AppPin, event, to: Recipient::Address(email), values };
        let mail = self.outbox.write(letter).await?;
        let hash = self.hash_pin(app, pin).await?;
        let audit = vec![self.audit(app, actor, "mail user pin", json!({ "user": id }))];
        let journal = Journal { changes: Vec::new(), audit, post: Post { mails: vec![mail], ..Post::default() } };
        let is_set = self.write(journal, move |store, journal| store.set_user_pin(app, id, &hash, journal)).await?;
        is_set.then_some(()).ok_or_else(|| ManageError::UnknownEntity(id.to_string()))
    }

    /// Checks and hashes a pin.
    pub(super) async fn hash_pin(&self, app: AppId, pin: Secret) -> Result<Secret, ManageError> {
        if pin.expose().chars().count() < PIN_MIN {
            return Err(ManageError::ShortPin(PIN_MIN));
        }
        Ok(self.lane.hash(app.into(), pin).await?)
    }
}
