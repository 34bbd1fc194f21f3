//! Groups of an application's users, found by a path that may be nested with `/`.

use serde_json::{Map, Value, json};
use uuid::fmt::Hyphenated;

use super::clock::Moment;
use super::id::{AppId, GroupId};

const GROUP_PATH_MAX: usize = 255;

/// What addresses have behind a group: `/groups/staff/users` must not be two things.
const BELOW: [&str; 10] =
    ["activities", "feed", "indexes", "permissions", "role", "rolenames", "roles", "user", "users", "connections"];

/// Why a group's path was refused. The text is safe to show.
///
/// *Spec*: Usergrid begins the second sentence so, and its own tests allow these characters alone.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum GroupPathError {
    #[error("You must provide a 'path' property when creating a group")]
    Missing,
    #[error("Illegal characters found in group name: use letters, digits, '-', '.' and '/'")]
    IllegalCharacter,
    #[error("A group's path must not begin or end with '/', nor have an empty, '.' or '..' part")]
    Unrooted,
    #[error("No part of a group's path but the first may be '{0}', which is what comes below a group")]
    Reserved(&'static str),
    #[error("A group's path must have at most {0} characters")]
    TooLong(usize),
    #[error("A group's path must not look like a UUID")]
    LooksLikeUuid,
}

/// A group's path as written, beside the key it is found by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GroupPath(String);

impl GroupPath {
    /// Reads a path from outside.
    ///
    /// *Errors*: every rule of the type, as a sentence to show.
    pub fn parse(text: &str) -> Result<Self, GroupPathError> {
        if text.is_empty() {
            return Err(GroupPathError::Missing);
        }
        if text.len() > GROUP_PATH_MAX {
            return Err(GroupPathError::TooLong(GROUP_PATH_MAX));
        }
        if !text.bytes().all(|b| b.is_ascii_alphanumeric() || b"-./".contains(&b)) {
            return Err(GroupPathError::IllegalCharacter);
        }
        if text.split('/').any(|part| matches!(part, "" | "." | "..")) {
            return Err(GroupPathError::Unrooted);
        }
        let below = |part: &str| BELOW.into_iter().find(|word| part.eq_ignore_ascii_case(word));
        if let Some(word) = text.split('/').skip(1).find_map(below) {
            return Err(GroupPathError::Reserved(word));
        }
        if text.len() == Hyphenated::LENGTH && uuid::Uuid::try_parse(text).is_ok() {
            return Err(GroupPathError::LooksLikeUuid);
        }
        Ok(Self(text.to_owned()))
    }

    /// As written.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// As compared: lower case.
    pub fn key(&self) -> String {
        self.0.to_ascii_lowercase()
    }
}

/// A group of one application's users.
#[derive(Clone, Debug, PartialEq)]
pub struct Group {
    pub id: GroupId,
    pub app: AppId,
    pub path: GroupPath,
    /// Free text; it may have spaces where the path may not.
    pub name: Option<String>,
    pub title: Option<String>,
    /// Any further JSON, returned unchanged.
    pub properties: Map<String, Value>,
    pub created: Moment,
    pub modified: Moment,
}

impl Group {
    /// Members of the entity that are the server's own; a property may not bear their names.
    pub const OWN_MEMBERS: [&'static str; 8] =
        ["uuid", "type", "created", "modified", "path", "name", "title", "metadata"];

    /// The group as an entity, without `metadata`.
    ///
    /// *Shape*: `{"uuid":"..","type":"group","created":ms,"modified":ms,"path":"staff/night","name":"Night",
    /// "title":"Night shift"}` behind its properties.
    pub fn entity(&self) -> Map<String, Value> {
        let mut entity = self.properties.clone();
        entity.insert("uuid".to_owned(), json!(self.id));
        entity.insert("type".to_owned(), json!("group"));
        entity.insert("created".to_owned(), json!(self.created.millis()));
        entity.insert("modified".to_owned(), json!(self.modified.millis()));
        entity.insert("path".to_owned(), json!(self.path.as_str()));
        if let Some(name) = &self.name {
            entity.insert("name".to_owned(), json!(name));
        }
        if let Some(title) = &self.title {
            entity.insert("title".to_owned(), json!(title));
        }
        entity
    }

    /// What the group is found by, beside the columns that hold no text: its path, name, title and properties.
    pub fn searchable(&self) -> Map<String, Value> {
        let others = [("name", self.name.as_deref()), ("title", self.title.as_deref())];
        super::term::searchable(&[("path", Some(self.path.as_str()))], &others, &self.properties)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_has_letters_digits_hyphens_dots_and_parts() {
        for good in ["a", "Staff/Night.Shift-2", "a/b/c"] {
            assert_eq!(GroupPath::parse(good).map(|path| path.key()), Ok(good.to_ascii_lowercase()));
        }
        for bad in ["a b", "a_b", "ä", "a%2fb", "a\\b", "a\0"] {
            assert_eq!(GroupPath::parse(bad), Err(GroupPathError::IllegalCharacter), "{bad:?}");
        }
        for bad in ["/a", "a/", "a//b", "/", ".", "a/../b", "a/."] {
            assert_eq!(GroupPath::parse(bad), Err(GroupPathError::Unrooted), "{bad:?}");
        }
        assert_eq!(GroupPath::parse("staff/Users"), Err(GroupPathError::Reserved("users")));
        assert_eq!(GroupPath::parse("users/staff").map(|path| path.key()), Ok("users/staff".to_owned()));
        assert_eq!(GroupPath::parse(""), Err(GroupPathError::Missing));
        assert_eq!(GroupPath::parse(&"a".repeat(256)), Err(GroupPathError::TooLong(255)));
        assert_eq!(GroupPath::parse("8ae8a6ea-84a5-11e3-884d-f18e8f6fb3bc"), Err(GroupPathError::LooksLikeUuid));
    }
}
