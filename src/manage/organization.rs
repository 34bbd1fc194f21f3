//! Organizations: creation with their first admin and a sandbox, and their settings.

use serde_json::{Map, json};

use super::{Actor, Credentials, ManageError, NewPerson, Registry};
use crate::domain::client::ClientId;
use crate::domain::id::{AdminId, OrgId, TenantId};
use crate::domain::journal::ChangeKind;
use crate::domain::name::TenantName;
use crate::domain::tenant::{Application, OrgSettings, Organization};
use crate::domain::user::{Admin, WithPassword};
use crate::store::{Journal, Provision, Store};

/// The application that every organization is born with (Usergrid: clients expect one to exist).
pub(super) const SANDBOX: &str = "sandbox";

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

impl Registry {
    /// Creates an organization, its first admin, its client and its sandbox, all or nothing.
    ///
    /// *Errors*: `Name`, `PasswordPolicy`, `Taken`.
    pub async fn create_org(&self, new: NewOrg, actor: Actor) -> Result<CreatedOrg, ManageError> {
        let name =
            TenantName::parse(&new.name).map_err(|source| ManageError::Name { field: "organization", source })?;
        let now = self.clock.now();
        let org = Organization {
            id: OrgId::new(self.draw_id()),
            name,
            properties: Map::new(),
            settings: OrgSettings::default(),
            created: now,
            modified: now,
        };
        let (person, hash) = self.new_person(TenantId::MANAGEMENT, new.owner).await?;
        let owner = Admin { id: AdminId::new(self.draw_id()), person };
        let (secret, credentials) = self.new_secret(ClientId::Org(org.id), org.settings.retrievable_secrets)?;
        let sandbox = self.new_app(&org, SANDBOX)?;
        let entry = self.audit(org.id, actor, "create organization", json!({ "name": org.name, "owner": owner.id }));
        let provision = Provision {
            organizations: vec![org.clone()],
            applications: vec![sandbox.app.clone()],
            admins: vec![WithPassword { who: owner.clone(), hash }],
            memberships: vec![(org.id, owner.id)],
            secrets: vec![(org.id.into(), secret), (sandbox.app.id.into(), sandbox.secret)],
            keys: vec![sandbox.key],
            roles: sandbox.roles,
            journal: Journal { changes: Vec::new(), audit: vec![entry], ..Journal::default() },
            ..Provision::default()
        };
        self.store.blocking(move |store| store.provision(&provision)).await?;
        Ok(CreatedOrg { org, owner, sandbox: sandbox.app, credentials })
    }

    /// Replaces an organization's settings. Switching retrieval of secrets off forgets the sealed copies at the next
    /// rotation, not before: what was promised to be readable stays so until it is replaced.
    pub async fn set_org(&self, org: &Organization, settings: OrgSettings, actor: Actor) -> Result<(), ManageError> {
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
