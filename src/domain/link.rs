//! Links: who belongs to what inside one application.

/// A kind of link. Its `from` side is the group, the role or the follower; its `to` side the one who belongs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum LinkKind {
    GroupUser,
    RoleUser,
    RoleGroup,
    /// From the follower to the followed.
    Following,
}

impl LinkKind {
    /// As rows say it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::GroupUser => "group_user",
            Self::RoleUser => "role_user",
            Self::RoleGroup => "role_group",
            Self::Following => "user_user",
        }
    }
}
