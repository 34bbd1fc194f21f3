//! The organizations of an admin whom the central server made here: they belong to those that it names, and to no
//! other. An organization is the same one when its UUID is; one that only has the name is somebody else's.

use std::collections::HashSet;

use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::SignOn;
use super::central::CentralUser;
use crate::access::external::ExternalError;
use crate::domain::client::ClientId;
use crate::domain::id::{AdminId, OrgId, TenantId};
use crate::domain::journal::ChangeKind;
use crate::domain::name::TenantName;
use crate::domain::tenant::{OrgSettings, Organization};
use crate::manage::{Actor, ManageError};
use crate::store::{Journal, Provision, Store};

const SANDBOX: &str = "sandbox";
/// More are not brought here by one sign-on.
const ORGANIZATIONS_MAX: usize = 100;

impl SignOn {
    pub(super) async fn set_organizations(&self, admin: AdminId, user: &CentralUser) -> Result<(), ExternalError> {
        let mut named = HashSet::new();
        for (name, entry) in user.organizations.iter().take(ORGANIZATIONS_MAX) {
            let id = entry.get("uuid").and_then(Value::as_str).and_then(|text| Uuid::try_parse(text).ok());
            let Some(id) = id.filter(|id| !id.is_nil() && *id != TenantId::MANAGEMENT.uuid()) else { continue };
            if self.ensure_organization(OrgId::new(id), name).await? {
                named.insert(OrgId::new(id));
            }
        }
        let registry = &self.registry;
        let list = move |store: &Store| store.list_orgs_of(admin);
        let own: HashSet<OrgId> =
            registry.store.blocking(list).await.map_err(ManageError::from)?.into_iter().map(|org| org.id).collect();
        let join: Vec<OrgId> = named.difference(&own).copied().collect();
        let leave: Vec<OrgId> = own.difference(&named).copied().collect();
        if join.is_empty() && leave.is_empty() {
            return Ok(());
        }
        let changed = join.iter().chain(&leave);
        let journal = Journal {
            changes: changed.clone().map(|org| registry.change(*org, ChangeKind::Membership)).collect(),
            audit: changed
                .map(|org| {
                    let detail = json!({ "admin": admin, "member": join.contains(org), "by": "single sign-on" });
                    registry.audit(*org, Actor::Guest, "set membership", detail)
                })
                .collect(),
            ..Journal::default()
        };
        let write = move |store: &Store, journal: &Journal| store.set_memberships(admin, &join, &leave, journal);
        Ok(registry.write(journal, write).await?)
    }

    /// Whether the organization is here, made if its name is free.
    async fn ensure_organization(&self, id: OrgId, name: &str) -> Result<bool, ExternalError> {
        let registry = &self.registry;
        if registry.directory.org(id).await.map_err(ManageError::from)?.is_some() {
            return Ok(true);
        }
        let Ok(name) = TenantName::parse(name) else { return Ok(false) };
        let now = registry.clock.now();
        let org = Organization {
            id,
            name,
            properties: Map::new(),
            settings: OrgSettings::default(),
            created: now,
            modified: now,
        };
        let (secret, _) = registry.new_secret(ClientId::Org(id), org.settings.retrievable_secrets)?;
        let sandbox = registry.new_app(&org, SANDBOX)?;
        let detail = json!({ "name": org.name, "by": "single sign-on" });
        let provision = Provision {
            applications: vec![sandbox.app.clone()],
            secrets: vec![(id.into(), secret), (sandbox.app.id.into(), sandbox.secret)],
            keys: vec![sandbox.key],
            roles: sandbox.roles,
            journal: Journal {
                audit: vec![registry.audit(id, Actor::Guest, "create organization", detail)],
                ..Journal::default()
            },
            organizations: vec![org],
            ..Provision::default()
        };
        match registry.store.blocking(move |store| store.provision(&provision)).await.map_err(ManageError::from) {
            Ok(()) => Ok(true),
            Err(ManageError::Taken { .. }) => {
                tracing::warn!(org = %id, "the central server's organization has the name of another one here");
                Ok(false)
            }
            Err(cause) => Err(cause.into()),
        }
    }
}
