//! Roles: named sets of permissions that users and groups of an application are given.

use std::time::Duration;

use serde_json::{Map, Value, json};

use super::clock::Moment;
use super::id::{AppId, RoleId};
use super::name::{NameError, lookup_key, visible_segment};

const ROLE_NAME_MAX: usize = 255;
/// The longest `inactivity`: what a JSON number of milliseconds surely holds, about 285 thousand years.
const INACTIVITY_MAX: Duration = Duration::from_millis(9_007_199_254_740_991);

/// A role's name, as written, beside the key it is found by: `Guest` and `guest` are one role.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RoleName(String);

impl RoleName {
    /// Reads a name from outside; it must be one visible segment of a path and no UUID.
    ///
    /// *Errors*: `Empty`, `TooLong`, `NotASegment`, `LooksLikeUuid`.
    pub fn parse(text: &str) -> Result<Self, NameError> {
        visible_segment(text, ROLE_NAME_MAX).map(Self)
    }

    /// As written.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// As compared.
    pub fn key(&self) -> String {
        lookup_key(&self.0)
    }
}

/// A role of one application.
#[derive(Clone, Debug, PartialEq)]
pub struct Role {
    pub id: RoleId,
    pub app: AppId,
    pub name: RoleName,
    pub title: Option<String>,
    /// The role's permissions rest for a token that was left unused for longer than this; zero for never.
    pub inactivity: Duration,
    /// Any further JSON, returned unchanged.
    pub properties: Map<String, Value>,
    pub created: Moment,
    pub modified: Moment,
}

impl Role {
    /// Members of the entity that are the server's own; a property may not bear their names.
    pub const OWN_MEMBERS: [&'static str; 9] =
        ["uuid", "type", "created", "modified", "name", "roleName", "title", "inactivity", "metadata"];

    /// The role as an entity, without `metadata`.
    ///
    /// *Shape*: `{"uuid":"..","type":"role","created":ms,"modified":ms,"name":"guest","roleName":"guest",
    /// "title":"Guest","inactivity":0}` behind its properties.
    pub fn entity(&self) -> Map<String, Value> {
        let mut entity = self.properties.clone();
        entity.insert("uuid".to_owned(), json!(self.id));
        entity.insert("type".to_owned(), json!("role"));
        entity.insert("created".to_owned(), json!(self.created.millis()));
        entity.insert("modified".to_owned(), json!(self.modified.millis()));
        entity.insert("name".to_owned(), json!(self.name.as_str()));
        entity.insert("roleName".to_owned(), json!(self.name.as_str()));
        if let Some(title) = &self.title {
            entity.insert("title".to_owned(), json!(title));
        }
        let millis = u64::try_from(self.inactivity.as_millis()).unwrap_or(u64::MAX);
        entity.insert("inactivity".to_owned(), json!(millis));
        entity
    }

    /// What the role is found by: see [`searchable`].
    pub fn searchable(&self) -> Map<String, Value> {
        searchable(self.name.as_str(), self.title.as_deref(), &self.properties)
    }

    /// Reads an `inactivity` in milliseconds; `None` for one that is negative or beyond all sense.
    pub fn parse_inactivity(millis: i64) -> Option<Duration> {
        let span = Duration::from_millis(u64::try_from(millis).ok()?);
        (span <= INACTIVITY_MAX).then_some(span)
    }
}

/// What a role is found by, beside the columns that hold no text: its name by both of its members, its title and its
/// properties.
pub fn searchable(name: &str, title: Option<&str>, properties: &Map<String, Value>) -> Map<String, Value> {
    let names = [("name", Some(name)), ("rolename", Some(name))];
    super::term::searchable(&names, &[("title", title)], properties)
}

/// The roles that decide by themselves, without being given to anyone.
pub const DEFAULT_ROLE: &str = "default";
/// What a caller without credentials has.
pub const GUEST_ROLE: &str = "guest";
/// The permission to do everything.
pub const EVERYTHING: &str = "get,post,put,delete:/**";

/// A role that every application is born with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BornRole {
    pub name: &'static str,
    pub title: &'static str,
    pub permissions: &'static [&'static str],
}

/// The roles of a new application. Users may do everything in it, guests may sign up.
///
/// *Spec*: Usergrid `ApplicationCreator`.
pub const BORN_ROLES: [BornRole; 3] = [
    BornRole { name: "admin", title: "Administrator", permissions: &[] },
    BornRole { name: DEFAULT_ROLE, title: "Default", permissions: &[EVERYTHING] },
    BornRole { name: GUEST_ROLE, title: "Guest", permissions: &["post:/users", "post:/devices", "put:/devices/*"] },
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_role_name_is_one_segment_compared_without_case() {
        assert_eq!(RoleName::parse(" Team Lead ").map(|name| name.key()), Ok("team lead".to_owned()));
        for bad in ["a/b", "..", "a\\b", "a\u{200b}"] {
            assert_eq!(RoleName::parse(bad), Err(NameError::NotASegment), "{bad:?}");
        }
        assert_eq!(RoleName::parse("8ae8a6ea-84a5-11e3-884d-f18e8f6fb3bc"), Err(NameError::LooksLikeUuid));
        assert_eq!(RoleName::parse("  "), Err(NameError::Empty));
    }

    #[test]
    fn an_inactivity_is_a_count_of_milliseconds() {
        assert_eq!(Role::parse_inactivity(1_500), Some(Duration::from_millis(1_500)));
        assert_eq!(Role::parse_inactivity(-1), None);
        assert_eq!(Role::parse_inactivity(i64::MAX), None);
    }
}
