//! Roles of applications: those that every application is born with, and those that its owner makes.

use std::time::Duration;

use serde_json::{Map, Value, json};
use uuid::Uuid;
use uuid::fmt::Hyphenated;

use super::entity::{Said, merge};
use super::organization::SANDBOX;
use super::{Actor, ManageError, Registry};
use crate::domain::id::{AppId, RoleId};
use crate::domain::name::lookup_key;
use crate::domain::permission::Permission;
use crate::domain::role::{BORN_ROLES, EVERYTHING, GUEST_ROLE, Role, RoleName};
use crate::domain::tenant::Application;
use crate::store::{Journal, Store};

impl Registry {
    /// A role by UUID or name.
    ///
    /// *Errors*: `UnknownEntity` for a UUID that no role has, `UnknownName` for such a name: Usergrid's portal probes
    /// for the latter before it makes a role. *Tenancy*: the application.
    pub async fn get_role(&self, app: AppId, named: &str) -> Result<Role, ManageError> {
        if let Some(id) = hyphenated(named) {
            let found = self.store.point(move |store| store.find_role(app, RoleId::new(id))).await?;
            return found.ok_or_else(|| ManageError::UnknownEntity(named.to_owned()));
        }
        let key = lookup_key(named);
        let found = self.store.point(move |store| store.find_role_by_name(app, &key)).await?;
        found.ok_or_else(|| ManageError::UnknownName(named.to_owned()))
    }

    /// The roles of these ids in the ids' order; missing ones are left out.
    pub async fn list_roles_by_ids(&self, app: AppId, ids: Vec<Uuid>) -> Result<Vec<Role>, ManageError> {
        Ok(self.store.blocking(move |store| store.find_roles_by_ids(app, &ids)).await?)
    }

    /// Creates a role from a body: `name`, and optionally `title`, `inactivity` and further members.
    ///
    /// *Errors*: `MissingMember`, `WrongMember`, `Name`, `Taken`.
    pub async fn create_role(&self, app: AppId, body: &Map<String, Value>, actor: Actor) -> Result<Role, ManageError> {
        let name = Said::read(body, "name")?.text().or(Said::read(body, "roleName")?.text());
        let name = name.ok_or(ManageError::MissingMember { entity: "role", property: "name" })?;
        let name = RoleName::parse(&name).map_err(|source| ManageError::Name { field: "name", source })?;
        let title = Said::read(body, "title")?.text().unwrap_or_else(|| name.as_str().to_owned());
        let mut role = self.bare_role(app, name, title);
        role.inactivity = inactivity(body)?.unwrap_or_default();
        merge(&mut role.properties, body, &Role::OWN_MEMBERS);
        let entry = self.audit(app, actor, "create role", json!({ "role": role.id, "name": role.name.as_str() }));
        let journal = Journal { changes: Vec::new(), audit: vec![entry], ..Journal::default() };
        let new = role.clone();
        let written = self.write(journal, move |store, journal| store.create_role(app, &new, &[], journal)).await;
        written.map_err(|cause| cause.of_value(|_| Some(role.name.as_str().to_owned())))?;
        Ok(role)
    }

    /// Changes what the body says of a role: `title`, `inactivity`, further members; its name stays.
    ///
    /// *Errors*: `WrongMember`; `UnknownEntity` for one that went meanwhile.
    pub async fn update_role(
        &self,
        mut role: Role,
        body: &Map<String, Value>,
        actor: Actor,
    ) -> Result<Role, ManageError> {
        role.title = Said::read(body, "title")?.over(role.title);
        role.inactivity = inactivity(body)?.unwrap_or(role.inactivity);
        merge(&mut role.properties, body, &Role::OWN_MEMBERS);
        role.modified = self.clock.now();
        let entry = self.audit(role.app, actor, "update role", json!({ "role": role.id, "name": role.name.as_str() }));
        let journal = Journal { changes: Vec::new(), audit: vec![entry], ..Journal::default() };
        let new = role.clone();
        let is_there = self.write(journal, move |store, journal| store.save_role(new.app, &new, journal)).await?;
        is_there.then_some(role).ok_or_else(|| ManageError::UnknownEntity("role".to_owned()))
    }

    /// Removes a role, and with it what it allowed and that anyone had it.
    ///
    /// *Errors*: `UnknownEntity` for one that went meanwhile.
    pub async fn remove_role(&self, role: &Role, actor: Actor) -> Result<(), ManageError> {
        let (app, id) = (role.app, role.id);
        let entry = self.audit(app, actor, "delete role", json!({ "role": id, "name": role.name.as_str() }));
        let journal = Journal { changes: Vec::new(), audit: vec![entry], ..Journal::default() };
        let write = move |store: &Store, journal: &Journal| store.remove_role(app, id, journal);
        let is_there = self.write(journal, write).await?;
        is_there.then_some(()).ok_or_else(|| ManageError::UnknownEntity(id.to_string()))
    }

    /// The roles that an application is born with. Usergrid: the guests of a sandbox may do everything.
    pub(super) fn born_roles(&self, app: &Application) -> Vec<(Role, Vec<Permission>)> {
        let born = BORN_ROLES.iter().filter_map(|born| {
            let role = self.bare_role(app.id, RoleName::parse(born.name).ok()?, born.title.to_owned());
            let more = (born.name == GUEST_ROLE && app.name.as_str() == SANDBOX).then_some(EVERYTHING);
            let permissions = born.permissions.iter().copied().chain(more);
            Some((role, permissions.filter_map(|text| Permission::parse(text).ok()).collect()))
        });
        born.collect()
    }

    fn bare_role(&self, app: AppId, name: RoleName, title: String) -> Role {
        let now = self.clock.now();
        Role {
            id: RoleId::new(self.draw_id()),
            app,
            name,
            title: Some(title),
            inactivity: Duration::ZERO,
            properties: Map::new(),
            created: now,
            modified: now,
        }
    }
}

/// Reads `inactivity` in milliseconds, a number or its digits.
fn inactivity(body: &Map<String, Value>) -> Result<Option<Duration>, ManageError> {
    let millis = match body.get("inactivity") {
        None | Some(Value::Null) => return Ok(None),
        Some(Value::Number(number)) => number.as_i64(),
        Some(Value::String(digits)) => digits.trim().parse().ok(),
        Some(_) => None,
    };
    let span = millis.and_then(Role::parse_inactivity);
    let wrong = ManageError::WrongMember { name: "inactivity", form: "a number of milliseconds, 0 or more" };
    span.map(Some).ok_or(wrong)
}

/// A UUID with its hyphens; names of 32 hexadecimal digits exist.
pub(super) fn hyphenated(text: &str) -> Option<Uuid> {
    Uuid::try_parse(text).ok().filter(|_| text.len() == Hyphenated::LENGTH)
}
