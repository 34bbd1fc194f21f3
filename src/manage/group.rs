//! Groups of an application's users.

use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::entity::{Said, merge};
use super::role::hyphenated;
use super::{Actor, ManageError, Registry};
use crate::domain::group::{Group, GroupPath, GroupPathError};
use crate::domain::id::{AppId, GroupId};
use crate::store::{Journal, Store};

impl Registry {
    /// A group by UUID or path.
    ///
    /// *Errors*: `UnknownEntity`. *Tenancy*: the application.
    pub async fn get_group(&self, app: AppId, named: &str) -> Result<Group, ManageError> {
        let found = match hyphenated(named) {
            Some(id) => self.store.point(move |store| store.find_group(app, GroupId::new(id))).await?,
            None => {
                let key = named.to_ascii_lowercase();
                self.store.point(move |store| store.find_group_by_path(app, &key)).await?
            }
        };
        found.ok_or_else(|| ManageError::UnknownEntity(named.to_owned()))
    }

    /// The groups of these ids in the ids' order; missing ones are left out.
    pub async fn list_groups_by_ids(&self, app: AppId, ids: Vec<Uuid>) -> Result<Vec<Group>, ManageError> {
        Ok(self.store.blocking(move |store| store.find_groups_by_ids(app, &ids)).await?)
    }

    /// Creates a group from a body: `path`, and optionally `name`, `title` and further members.
    ///
    /// *Errors*: `GroupPath`, `WrongMember`, `Taken`.
    pub async fn create_group(
        &self,
        app: AppId,
        body: &Map<String, Value>,
        actor: Actor,
    ) -> Result<Group, ManageError> {
        let path = Said::read(body, "path")?.text().ok_or(GroupPathError::Missing)?;
        let now = self.clock.now();
        let mut group = Group {
            id: GroupId::new(self.draw_id()),
            app,
            path: GroupPath::parse(&path)?,
            name: Said::read(body, "name")?.text(),
            title: Said::read(body, "title")?.text(),
            properties: Map::new(),
            created: now,
            modified: now,
        };
        merge(&mut group.properties, body, &Group::OWN_MEMBERS);
        let entry = self.audit(app, actor, "create group", detail(&group));
        let journal = Journal { changes: Vec::new(), audit: vec![entry], ..Journal::default() };
        let new = group.clone();
        let written = self.write(journal, move |store, journal| store.create_group(app, &new, journal)).await;
        written.map_err(|cause| cause.of_value(|_| Some(group.path.as_str().to_owned())))?;
        Ok(group)
    }

    /// Changes what the body says of a group; its path may change, too.
    ///
    /// *Errors*: `GroupPath`, `WrongMember`, `Taken`; `UnknownEntity` for one that went meanwhile.
    pub async fn update_group(
        &self,
        mut group: Group,
        body: &Map<String, Value>,
        actor: Actor,
    ) -> Result<Group, ManageError> {
        match Said::read(body, "path")? {
            Said::Text(path) => group.path = GroupPath::parse(&path)?,
            Said::Null => return Err(GroupPathError::Missing.into()),
            Said::Nothing => {}
        }
        group.name = Said::read(body, "name")?.over(group.name);
        group.title = Said::read(body, "title")?.over(group.title);
        merge(&mut group.properties, body, &Group::OWN_MEMBERS);
        group.modified = self.clock.now();
        let entry = self.audit(group.app, actor, "update group", detail(&group));
        let journal = Journal { changes: Vec::new(), audit: vec![entry], ..Journal::default() };
        let new = group.clone();
        let saved = self.write(journal, move |store, journal| store.save_group(new.app, &new, journal)).await;
        let is_there = saved.map_err(|cause| cause.of_value(|_| Some(group.path.as_str().to_owned())))?;
        is_there.then_some(group).ok_or_else(|| ManageError::UnknownEntity("group".to_owned()))
    }

    /// Removes a group; its users and roles stay.
    ///
    /// *Errors*: `UnknownEntity` for one that went meanwhile.
    pub async fn remove_group(&self, group: &Group, actor: Actor) -> Result<(), ManageError> {
        let (app, id) = (group.app, group.id);
        let journal = Journal {
            changes: Vec::new(),
            audit: vec![self.audit(app, actor, "delete group", detail(group))],
            ..Journal::default()
        };
        let write = move |store: &Store, journal: &Journal| store.remove_group(app, id, journal);
        let is_there = self.write(journal, write).await?;
        is_there.then_some(()).ok_or_else(|| ManageError::UnknownEntity(id.to_string()))
    }
}

fn detail(group: &Group) -> Value {
    json!({ "group": group.id, "path": group.path.as_str() })
}
