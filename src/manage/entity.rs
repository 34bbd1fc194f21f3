//! What bodies say of an entity: its known members, and the further JSON beside them.

use serde_json::{Map, Value};

use super::ManageError;

/// What a body says of a member that is a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Said {
    Nothing,
    /// `null`: it is to be forgotten.
    Null,
    Text(String),
}

impl Said {
    /// Reads a member that must be a text.
    ///
    /// *Errors*: `WrongMember`.
    pub(super) fn read(body: &Map<String, Value>, name: &'static str) -> Result<Self, ManageError> {
        match body.get(name) {
            None => Ok(Self::Nothing),
            Some(Value::Null) => Ok(Self::Null),
            Some(Value::String(text)) => Ok(Self::Text(text.clone())),
            Some(_) => Err(ManageError::WrongMember { name, form: "a text" }),
        }
    }

    /// The text, if there is one that is not blank.
    pub(super) fn text(self) -> Option<String> {
        match self {
            Self::Text(text) if !text.trim().is_empty() => Some(text),
            Self::Nothing | Self::Null | Self::Text(_) => None,
        }
    }

    /// What becomes of a value that was there.
    pub(super) fn over(self, old: Option<String>) -> Option<String> {
        match self {
            Self::Nothing => old,
            Self::Null => None,
            Self::Text(text) => Some(text),
        }
    }
}

/// Puts the further members of a body over those that are there. A `null` removes one; the entity's own members are
/// passed over, because clients send back what they read.
pub(super) fn merge(properties: &mut Map<String, Value>, body: &Map<String, Value>, own: &[&str]) {
    for (name, value) in body.iter().filter(|(name, _)| !own.contains(&name.as_str())) {
        if value.is_null() {
            properties.shift_remove(name);
        } else {
            properties.insert(name.clone(), value.clone());
        }
    }
}
