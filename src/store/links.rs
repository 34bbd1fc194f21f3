//! Who belongs to what, who may do what, and what all that comes to for one user or for a guest.

use std::time::Duration;

use uuid::Uuid;

use super::Store;
use super::error::StoreError;
use super::journal::Journal;
use super::side::{Scope, query, transact};
use crate::domain::clock::Moment;
use crate::domain::id::{AppId, UserId};
use crate::domain::link::{Link, LinkDirection, LinkKind};
use crate::domain::permission::{Holder, Permission};

/// A permission and the longest pause of a token under which it still counts; zero for any.
#[derive(Clone, Debug, PartialEq)]
pub struct Granted {
    pub permission: Permission,
    pub inactivity: Duration,
}

/// One use of a token, to know its longest pause by.
#[derive(Clone, Copy, Debug)]
pub struct TokenUse {
    pub token: Uuid,
    pub issued: Moment,
    pub now: Moment,
    /// When nobody needs to know any more.
    pub expires: Moment,
}

impl Store {
    /// Adds a link; one that is there already stays, and is not journaled again.
    pub fn link(&self, app: AppId, link: Link, now: Moment, journal: &Journal) -> Result<(), StoreError> {
        transact!(self, app.into(), |q, conn| {
            if !q::link::is_there(conn, app, link)? {
                q::link::insert(conn, app, link, now)?;
                q::append(conn, app.into(), journal)?;
            }
            Ok(())
        })
    }

    /// Removes a link; false when there was none, and then nothing is written.
    pub fn unlink(&self, app: AppId, link: Link, journal: &Journal) -> Result<bool, StoreError> {
        transact!(self, app.into(), |q, conn| {
            let found = q::link::delete(conn, app, link)?;
            if found {
                q::append(conn, app.into(), journal)?;
            }
            Ok(found)
        })
    }

    /// Whether the link is there.
    pub fn is_linked(&self, app: AppId, link: Link) -> Result<bool, StoreError> {
        query!(self, Scope::Tenant(app.into()), |q, conn| q::link::is_there(conn, app, link))
    }

    /// The other ends of an entity's links of one kind, in the order of their ids.
    pub fn list_linked(
        &self,
        app: AppId,
        kind: LinkKind,
        direction: LinkDirection,
        end: Uuid,
    ) -> Result<Vec<Uuid>, StoreError> {
        query!(self, Scope::Tenant(app.into()), |q, conn| q::link::list(conn, app, (kind, direction), &[end]))
    }

    /// What a role, user or group was granted, in the order of the grants.
    pub fn list_permissions(&self, app: AppId, holder: Holder) -> Result<Vec<Permission>, StoreError> {
        query!(self, Scope::Tenant(app.into()), |q, conn| q::permission::list(conn, app, holder))
    }

    /// Grants a permission and withdraws others. Answers what the holder has then.
    pub fn change_permissions(
        &self,
        app: AppId,
        holder: Holder,
        change: &PermissionChange,
        journal: &Journal,
    ) -> Result<Vec<Permission>, StoreError> {
        transact!(self, app.into(), |q, conn| {
            q::permission::grant(conn, app, holder, &change.grant, change.now)?;
            q::permission::withdraw(conn, app, holder, &change.withdraw)?;
            q::append(conn, app.into(), journal)?;
            q::permission::list(conn, app, holder)
        })
    }

    /// All that a user may do: by the role of this name, by themselves, by their roles, by their groups and by those
    /// groups' roles.
    pub fn list_granted_to(&self, app: AppId, user: UserId, everyone: &str) -> Result<Vec<Granted>, StoreError> {
        query!(self, Scope::Tenant(app.into()), |q, conn| {
            let groups = q::link::list(conn, app, (LinkKind::GroupUser, LinkDirection::Incoming), &[user.uuid()])?;
            let mut roles = q::link::list(conn, app, (LinkKind::RoleUser, LinkDirection::Incoming), &[user.uuid()])?;
            if !groups.is_empty() {
                roles.extend(q::link::list(conn, app, (LinkKind::RoleGroup, LinkDirection::Incoming), &groups)?);
            }
            roles.extend(q::role::find_by_name(conn, app, everyone)?.map(|role| role.id.uuid()));
            let spans = q::role::list_inactivity(conn, app, &roles)?;
            let by_roles = q::permission::list_of(conn, app, "role", &roles)?.into_iter().map(|(role, permission)| {
                let span = spans.iter().find(|(id, _)| *id == role).map_or(Duration::ZERO, |(_, span)| *span);
                Granted { permission, inactivity: span }
            });
            let mut granted: Vec<Granted> = by_roles.collect();
            let mut own = q::permission::list_of(conn, app, "user", &[user.uuid()])?;
            if !groups.is_empty() {
                own.extend(q::permission::list_of(conn, app, "group", &groups)?);
            }
            let always = |(_, permission)| Granted { permission, inactivity: Duration::ZERO };
            granted.extend(own.into_iter().map(always));
            Ok(granted)
        })
    }

    /// What the role of this name may do; `None` when there is no such role.
    pub fn find_granted_to_role(&self, app: AppId, name: &str) -> Result<Option<Vec<Permission>>, StoreError> {
        query!(self, Scope::Tenant(app.into()), |q, conn| {
            let Some(role) = q::role::find_by_name(conn, app, name)? else { return Ok(None) };
            q::permission::list(conn, app, Holder::Role(role.id)).map(Some)
        })
    }

    /// The longest pause that a token's uses had before this one, and this one's. Written down at most about once a
    /// second a token.
    pub fn note_token_use(&self, app: AppId, used: &TokenUse) -> Result<Duration, StoreError> {
        let known = query!(self, Scope::Tenant(app.into()), |q, conn| q::token_activity::find(conn, app, used.token))?;
        let last = known.map_or(used.issued, |(accessed, _)| accessed);
        let longest = known.map_or(Duration::ZERO, |(_, longest)| longest).max(used.now.since(last));
        if known.is_none() || used.now.since(last) >= Duration::from_secs(1) {
            transact!(self, app.into(), |q, conn| q::token_activity::save(conn, app, used, longest))?;
        }
        Ok(longest)
    }
}

/// What is done to a holder's permissions at once.
#[derive(Clone, Debug)]
pub struct PermissionChange {
    pub grant: Vec<Permission>,
    /// As they were granted, in lower case; unknown ones are passed over.
    pub withdraw: Vec<String>,
    pub now: Moment,
}
