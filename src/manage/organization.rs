//! Organizations: creation with their first admin and a sandbox, and their settings.

use serde_json::{Map, Value, json};

use super::admin::merge;
use super::taken::{Unique, of_person};
use super::{Actor, Credentials, ManageError, NewAdmin, NewPerson, Registry};
use crate::domain::client::ClientId;
use crate::domain::id::OrgId;
use crate::domain::journal::ChangeKind;
use crate::domain::name::TenantName;
use crate::domain::tenant::{Application, OrgSettings, Organization, Switch};
use crate::domain::user::Admin;
use crate::store::{Journal, Provision, Store};

/// The application that every organization is born with (Usergrid: clients expect one to exist).
pub(super) const SANDBOX: &str = "sandbox";

/// Each remembered password costs a slow comparison at every change.
pub(super) const PASSWORD_HISTORY_MAX: u32 = 24;

/// An organization as asked for.
#[derive(Clone, Debug)]
pub struct NewOrg {
    pub name: String,
    pub owner: NewPerson,
}

/// What came of it.
#[derive(Clone, Debug)]
pub struct CreatedOrg {
    pub org: Organization,
    pub owner: Admin,
    pub sandbox: Application,
    pub credentials: Credentials,
}

/// Who is to own a new organization.
#[derive(Clone, Debug)]
pub enum Owner {
    /// An account made together with it.
    New(NewAdmin),
    /// An admin who is there already.
    Known(Admin),
}

/// An organization as it was registered.
#[derive(Clone, Debug)]
pub struct NewRegistration {
    pub name: String,
    /// Free JSON of the organization.
    pub properties: Map<String, Value>,
    pub owner: Owner,
}

/// What changes of an organization; `None` leaves a setting as it is.
#[derive(Clone, Debug, Default)]
pub struct OrgUpdate {
    /// Merged into those that are there.
    pub properties: Map<String, Value>,
    pub password_history: Option<u32>,
    /// Whether its applications may sign their users in by password.
    pub password_grant: Option<Switch>,
}

impl Registry {
    /// Creates an organization, its first admin, its client and its sandbox, all or nothing.
    ///
    /// *Errors*: `Name`, `PasswordPolicy`, `Taken`.
    pub async fn create_org(&self, new: NewOrg, actor: Actor) -> Result<CreatedOrg, ManageError> {
        let owner = Owner::New(NewAdmin::from(new.owner));
        self.register_org(NewRegistration { name: new.name, properties: Map::new(), owner }, actor).await
    }

    /// As [`Registry::create_org`], with properties, and an owner who may be there already. A guest who registers is
    /// written down as the owner they become.
    ///
    /// *Errors*: `Name`, `PasswordPolicy`, `Taken`; nothing was created then.
    pub async fn register_org(&self, new: NewRegistration, actor: Actor) -> Result<CreatedOrg, ManageError> {
        let name =
            TenantName::parse(&new.name).map_err(|source| ManageError::Name { field: "organization", source })?;
        let now = self.clock.now();
        let org = Organization {
            id: OrgId::new(self.draw_id()),
            name,
            properties: new.properties,
            settings: OrgSettings::default(),
            created: now,
            modified: now,
        };
        let (owner, admins) = match new.owner {
            Owner::New(new) => {
                let made = self.new_admin(new, actor).await?;
                (made.who.clone(), vec![made])
            }
            Owner::Known(admin) => (admin, Vec::new()),
        };
        let post = self.registration_post(&org, &owner, (admins.is_empty(), actor)).await?;
        let actor = actor.or(owner.id);
        let (secret, credentials) = self.new_secret(ClientId::Org(org.id), org.settings.retrievable_secrets)?;
        let sandbox = self.new_app(&org, SANDBOX)?;
        let entry = self.audit(org.id, actor, "create organization", json!({ "name": org.name, "owner": owner.id }));
        let provision = Provision {
            organizations: vec![org.clone()],
            applications: vec![sandbox.app.clone()],
            admins,
            memberships: vec![(org.id, owner.id)],
            secrets: vec![(org.id.into(), secret), (sandbox.app.id.into(), sandbox.secret)],
            keys: vec![sandbox.key],
            roles: sandbox.roles,
            journal: Journal { changes: Vec::new(), audit: vec![entry], post },
            ..Provision::default()
        };
        let written = self.store.blocking(move |store| store.provision(&provision)).await;
        written.map_err(|cause| {
            ManageError::from(cause).of_value(|what| match what {
                Unique::OrganizationName => Some(org.name.to_string()),
                other => of_person(&owner.person, other),
            })
        })?;
        self.outbox.ring();
        Ok(CreatedOrg { org, owner, sandbox: sandbox.app, credentials })
    }

    /// Merges properties into an organization, `""` taking one away, and sets how many former passwords its admins may
    /// not take again, and whether its applications take passwords for tokens. Answers the organization as it is now.
    ///
    /// *Errors*: `Illegal` for a history that nobody could wait for; `UnknownOrganization`.
    pub async fn update_org(
        &self,
        org: &Organization,
        update: OrgUpdate,
        actor: Actor,
    ) -> Result<Organization, ManageError> {
        let OrgUpdate { properties, password_history, password_grant } = update;
        check_history(password_history.unwrap_or_default())?;
        let id = org.id;
        // What another node wrote a moment ago may not be known in memory here, and would be lost.
        let present = self.store.blocking(move |store| store.find_org(id)).await?;
        let mut changed = present.ok_or_else(|| ManageError::UnknownOrganization(org.name.to_string()))?;
        let named: Vec<String> = properties.keys().cloned().collect();
        merge(&mut changed.properties, properties);
        changed.settings.password_history = password_history.unwrap_or(changed.settings.password_history);
        changed.settings.password_grant = password_grant.unwrap_or(changed.settings.password_grant);
        changed.modified = self.clock.now();
        let (history, passwords) = (changed.settings.password_history, changed.settings.password_grant);
        let detail = json!({ "properties": named, "password_history": history, "password_grant": passwords });
        let journal = Journal {
            changes: vec![self.change(org.id, ChangeKind::Tenant)],
            audit: vec![self.audit(org.id, actor, "update organization", detail)],
            ..Journal::default()
        };
        let row = changed.clone();
        let is_there = self.write(journal, move |store: &Store, journal: &Journal| store.replace_org(&row, journal));
        match is_there.await? {
            true => Ok(changed),
            false => Err(ManageError::UnknownOrganization(org.name.to_string())),
        }
    }

    /// A page of the organizations of this server, by name.
    pub async fn list_orgs(&self, after: Option<&str>, limit: u32) -> Result<Vec<Organization>, ManageError> {
        let after = after.map(TenantName::parse).transpose();
        let after = after.map_err(|source| ManageError::Name { field: "cursor", source })?;
        Ok(self.store.blocking(move |store| store.list_orgs(after.as_ref(), limit)).await?)
    }

    /// Replaces an organization's settings. Switching retrieval of secrets off forgets the sealed copies at the next
    /// rotation, not before: what was promised to be readable stays so until it is replaced.
    ///
    /// *Errors*: `Illegal` for a history that nobody could wait for; `UnknownOrganization`.
    pub async fn set_org(&self, org: &Organization, settings: OrgSettings, actor: Actor) -> Result<(), ManageError> {
        check_history(settings.password_history)?;
        let journal = Journal {
            changes: vec![self.change(org.id, ChangeKind::Tenant)],
            audit: vec![self.audit(org.id, actor, "set organization", json!({ "settings": settings }))],
            ..Journal::default()
        };
        let (id, now) = (org.id, self.clock.now());
        let write = move |store: &Store, journal: &Journal| store.set_org_settings(id, &settings, now, journal);
        let is_there = self.write(journal, write).await?;
        is_there.then_some(()).ok_or_else(|| ManageError::UnknownOrganization(org.name.to_string()))
    }
}

fn check_history(size: u32) -> Result<(), ManageError> {
    if size <= PASSWORD_HISTORY_MAX {
        return Ok(());
    }
    Err(ManageError::Illegal("passwordHistorySize must be between 0 and 24"))
}
