//! Who belongs to what inside an application: links between users, groups and roles.

use serde_json::json;
use uuid::Uuid;

use super::{Actor, ManageError, Registry};
use crate::domain::id::AppId;
use crate::domain::link::{Link, LinkDirection, LinkKind};
use crate::domain::user::AppUser;
use crate::store::{Journal, Store};

impl Registry {
    /// The users of these ids in the ids' order; missing ones are left out.
    pub async fn list_users_by_ids(&self, app: AppId, ids: Vec<Uuid>) -> Result<Vec<AppUser>, ManageError> {
        Ok(self.store.blocking(move |store| store.find_users_by_ids(app, &ids)).await?)
    }

    /// Makes a link; one that is there stays. That both ends exist was looked up before. *Tenancy*: the application.
    pub async fn link(&self, app: AppId, link: Link, actor: Actor) -> Result<(), ManageError> {
        let journal = self.link_journal(app, link, actor, phrases(link.kind).0);
        let now = self.clock.now();
        self.write(journal, move |store, journal| store.link(app, link, now, journal)).await
    }

    /// Removes a link; its ends stay.
    ///
    /// *Errors*: `UnknownEntity` when there is no such link.
    pub async fn unlink(&self, app: AppId, link: Link, actor: Actor) -> Result<(), ManageError> {
        let journal = self.link_journal(app, link, actor, phrases(link.kind).1);
        let write = move |store: &Store, journal: &Journal| store.unlink(app, link, journal);
        let was_there = self.write(journal, write).await?;
        was_there.then_some(()).ok_or_else(|| unlinked(link))
    }

    /// Asserts that a link is there.
    ///
    /// *Errors*: `UnknownEntity`.
    pub async fn expect_link(&self, app: AppId, link: Link) -> Result<(), ManageError> {
        let is_there = self.store.point(move |store| store.is_linked(app, link)).await?;
        is_there.then_some(()).ok_or_else(|| unlinked(link))
    }

    /// The names of the roles that a user or group has, in the order of the names.
    pub async fn list_role_names(&self, app: AppId, kind: LinkKind, holder: Uuid) -> Result<Vec<String>, ManageError> {
        let read = move |store: &Store| {
            let roles = store.list_linked(app, kind, LinkDirection::Incoming, holder)?;
            store.find_roles_by_ids(app, &roles)
        };
        let roles = self.store.blocking(read).await?;
        let mut names: Vec<String> = roles.into_iter().map(|role| role.name.as_str().to_owned()).collect();
        names.sort_unstable();
        Ok(names)
    }

    fn link_journal(&self, app: AppId, link: Link, actor: Actor, phrase: &str) -> Journal {
        let detail = json!({ "from": link.from, "to": link.to });
        Journal { changes: Vec::new(), audit: vec![self.audit(app, actor, phrase, detail)], ..Journal::default() }
    }
}

fn unlinked(link: Link) -> ManageError {
    ManageError::UnknownEntity(link.to.to_string())
}

/// What is written down of a link that was made, and of one that was removed.
fn phrases(kind: LinkKind) -> (&'static str, &'static str) {
    match kind {
        LinkKind::GroupUser => ("add user to group", "remove user from group"),
        LinkKind::RoleUser => ("give role to user", "take role from user"),
        LinkKind::RoleGroup => ("give role to group", "take role from group"),
        LinkKind::Following => ("follow user", "unfollow user"),
    }
}
