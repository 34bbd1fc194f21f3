//! Who belongs to what: users and groups in roles, users in groups, users who follow users. *Spec*: Usergrid's
//! collections and connections below an entity.

use uuid::Uuid;

use super::id::{GroupId, RoleId, UserId};

/// What a link says. It always reads from left to right: a group has a user, a role has a user, one follows another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum LinkKind {
    /// From a group to a user who belongs to it.
    GroupUser,
    /// From a role to a user who has it.
    RoleUser,
    /// From a role to a group that has it.
    RoleGroup,
    /// From a user to one whom they follow.
    Following,
}

impl LinkKind {
    /// Every kind.
    pub const ALL: [Self; 4] = [Self::GroupUser, Self::RoleUser, Self::RoleGroup, Self::Following];

    /// The word used in rows.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::GroupUser => "group_user",
            Self::RoleUser => "role_user",
            Self::RoleGroup => "role_group",
            Self::Following => "user_user",
        }
    }

    /// Reads a row's word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == word)
    }
}

/// One link between two entities of an application.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Link {
    pub kind: LinkKind,
    pub from: Uuid,
    pub to: Uuid,
}

impl Link {
    /// The user belongs to the group.
    pub const fn group_user(group: GroupId, user: UserId) -> Self {
        Self { kind: LinkKind::GroupUser, from: group.uuid(), to: user.uuid() }
    }

    /// The user has the role.
    pub const fn role_user(role: RoleId, user: UserId) -> Self {
        Self { kind: LinkKind::RoleUser, from: role.uuid(), to: user.uuid() }
    }

    /// The group has the role.
    pub const fn role_group(role: RoleId, group: GroupId) -> Self {
        Self { kind: LinkKind::RoleGroup, from: role.uuid(), to: group.uuid() }
    }

    /// One user follows another.
    pub const fn following(follower: UserId, followed: UserId) -> Self {
        Self { kind: LinkKind::Following, from: follower.uuid(), to: followed.uuid() }
    }
}

/// From which end of a link one looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum LinkDirection {
    /// From the left: whom a role, a group or a follower is linked to.
    Outgoing,
    /// From the right: which roles, groups or followers an entity is linked from.
    Incoming,
}
