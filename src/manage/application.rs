//! Applications: creation with their client and first signing key, and their settings.

use serde_json::{Map, json};

use super::{Actor, Credentials, ManageError, Registry};
use crate::crypto::keys::{self, NewKey};
use crate::domain::client::{ClientId, ClientSecret};
use crate::domain::id::{AppId, TenantId};
use crate::domain::journal::ChangeKind;
use crate::domain::key::{KeyPurpose, KeyState, SigningKey};
use crate::domain::name::TenantName;
use crate::domain::permission::Permission;
use crate::domain::role::Role;
use crate::domain::tenant::{AppSettings, Application, Organization};
use crate::domain::token::Algorithm;
use crate::store::{Conflict, Journal, Provision, Store, StoreError};

/// An application with all that it is born with, ready to be written.
pub(super) struct NewApp {
    pub(super) app: Application,
    pub(super) secret: ClientSecret,
    pub(super) key: SigningKey,
    pub(super) credentials: Credentials,
    pub(super) roles: Vec<(Role, Vec<Permission>)>,
}

impl Registry {
    /// Creates an application in an organization.
    ///
    /// *Errors*: `Name`, `ApplicationExists`. *Tenancy*: the name is unique within the organization.
    pub async fn create_app(
        &self,
        org: &Organization,
        name: &str,
        actor: Actor,
    ) -> Result<(Application, Credentials), ManageError> {
        let new = self.new_app(org, name)?;
        let detail = json!({ "application": new.app.id, "name": new.app.name });
        let entry = self.audit(org.id, actor, "create application", detail);
        let provision = Provision {
            applications: vec![new.app.clone()],
            secrets: vec![(new.app.id.into(), new.secret)],
            keys: vec![new.key],
            roles: new.roles,
            journal: Journal { changes: Vec::new(), audit: vec![entry], ..Journal::default() },
            ..Provision::default()
        };
        match self.store.blocking(move |store| store.provision(&provision)).await {
            Err(StoreError::Conflict(Conflict::ApplicationName)) => Err(ManageError::ApplicationExists),
            done => Ok(done.map(|()| (new.app, new.credentials))?),
        }
    }

    pub(super) fn new_app(&self, org: &Organization, name: &str) -> Result<NewApp, ManageError> {
        let name = TenantName::parse(name).map_err(|source| ManageError::Name { field: "application", source })?;
        let now = self.clock.now();
        let id = AppId::new(self.draw_id());
        let settings = AppSettings::default();
        let key = self.new_key(id.into(), KeyPurpose::Access, settings.algorithm, KeyState::Active)?;
        let (secret, credentials) = self.new_secret(ClientId::App(id), org.settings.retrievable_secrets)?;
        let app = Application { id, org: org.id, name, properties: Map::new(), settings, created: now, modified: now };
        let roles = self.born_roles(&app);
        Ok(NewApp { app, secret, key, credentials, roles })
    }

    pub(super) fn new_key(
        &self,
        tenant: TenantId,
        purpose: KeyPurpose,
        algorithm: Algorithm,
        state: KeyState,
    ) -> Result<SigningKey, ManageError> {
        let new = NewKey { tenant, algorithm, purpose, state, now: self.clock.now() };
        Ok(keys::generate(&new, &self.vault, &*self.entropy)?)
    }

    /// Replaces an application's settings. A new algorithm counts from the next key on (`keys rotate`).
    pub async fn set_app(&self, app: &Application, mut settings: AppSettings, actor: Actor) -> Result<(), ManageError> {
        settings.remember_highest(&app.settings);
        let journal = Journal {
            changes: vec![self.change(app.id, ChangeKind::Tenant)],
            audit: vec![self.audit(app.id, actor, "set application", json!({ "settings": settings }))],
            ..Journal::default()
        };
        let (id, now) = (app.id, self.clock.now());
        let write = move |store: &Store, journal: &Journal| store.set_app_settings(id, &settings, now, journal);
        let is_there = self.write(journal, write).await?;
        is_there.then_some(()).ok_or_else(|| ManageError::UnknownApplication(app.name.to_string()))
    }
}
