//! The end of an application and its return. Deleted, it is found by nobody and its tokens are dead; its rows stay, so
//! that it can come back with its users under the same id.

use serde_json::json;
use uuid::Uuid;

use super::{Actor, Credentials, ManageError, Registry};
use crate::domain::client::ClientId;
use crate::domain::id::AppId;
use crate::domain::journal::{Change, ChangeKind};
use crate::domain::revocation::{Revocation, RevocationReason, RevocationTarget};
use crate::domain::tenant::{Application, Organization};
use crate::store::{Conflict, Journal, Restoration, Store, StoreError};

impl Registry {
    /// A live application of an organization, by name or UUID.
    ///
    /// *Errors*: `NoSuchApplication`.
    pub async fn get_app(&self, org: &Organization, text: &str) -> Result<Application, ManageError> {
        let apps = {
            let org = org.id;
            self.store.blocking(move |store| store.list_apps(org)).await?
        };
        let id = Uuid::try_parse(text).ok().map(AppId::new);
        let name = text.to_ascii_lowercase();
        let found = apps.into_iter().find(|app| Some(app.id) == id || app.name.as_str() == name);
        found.ok_or_else(|| ManageError::NoSuchApplication { app: text.to_owned(), org: org.name.to_string() })
    }

    /// The live applications of an organization, by name.
    pub async fn list_apps(&self, org: &Organization) -> Result<Vec<Application>, ManageError> {
        let org = org.id;
        Ok(self.store.blocking(move |store| store.list_apps(org)).await?)
    }

    /// Deletes an application. What was issued there never lives again, even if the application comes back.
    ///
    /// *Errors*: `NoSuchApplication` when it is deleted already; `ApplicationInTheWay` while another deleted one bears
    /// its name.
    pub async fn delete_app(&self, org: &Organization, app: Application, actor: Actor) -> Result<(), ManageError> {
        let ended = self.watermark(app.id.into(), RevocationTarget::Tenant).await?;
        let ended = Revocation { reason: RevocationReason::Deleted, ..ended };
        let detail = json!({ "application": app.id, "name": app.name });
        let journal = Journal {
            changes: self.changes_of(app.id),
            audit: vec![self.audit(org.id, actor, "delete application", detail)],
            ..Journal::default()
        };
        let (name, now) = (app.name.to_string(), self.clock.now());
        let write = move |store: &Store, journal: &Journal| store.delete_app(&app, &ended, now, journal);
        let is_done = self.write(journal, write).await.map_err(in_the_way)?;
        is_done.then_some(()).ok_or_else(|| ManageError::NoSuchApplication { app: name, org: org.name.to_string() })
    }

    /// Brings a deleted application back: the same id, the same users, another client secret.
    ///
    /// *Errors*: `NoSuchApplication` when none of this id is deleted; `ApplicationInTheWay` when its name has passed on.
    pub async fn restore_app(&self, org: &Organization, text: &str, actor: Actor) -> Result<Application, ManageError> {
        let missing = || ManageError::NoSuchApplication { app: text.to_owned(), org: org.name.to_string() };
        let id = AppId::new(Uuid::try_parse(text).map_err(|_not_an_id| missing())?);
        let org_id = org.id;
        let deleted = self.store.blocking(move |store| store.find_deleted_app(org_id, id)).await?;
        let app = deleted.ok_or_else(missing)?;
        let (secret, _shown): (_, Credentials) =
            self.new_secret(ClientId::App(id), org.settings.retrievable_secrets)?;
        let revocation = self.end_of_client(ClientId::App(id)).await?;
        let detail = json!({ "application": id, "name": app.name });
        let journal = Journal {
            changes: self.changes_of(id),
            audit: vec![self.audit(org.id, actor, "restore application", detail)],
            ..Journal::default()
        };
        let back = Restoration { app: app.clone(), secret, revocation, at: self.clock.now() };
        let write = move |store: &Store, journal: &Journal| store.restore_app(&back, journal);
        match self.write(journal, write).await.map_err(in_the_way)? {
            true => Ok(app),
            false => Err(missing()),
        }
    }

    fn changes_of(&self, app: AppId) -> Vec<Change> {
        let kinds = [ChangeKind::Tenant, ChangeKind::ClientSecrets, ChangeKind::Revocations];
        kinds.into_iter().map(|kind| self.change(app, kind)).collect()
    }
}

fn in_the_way(cause: ManageError) -> ManageError {
    match cause {
        ManageError::Taken { .. } | ManageError::Store(StoreError::Conflict(Conflict::ApplicationName)) => {
            ManageError::ApplicationInTheWay
        }
        other => other,
    }
}
