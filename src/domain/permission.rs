//! What a caller may do in an application: verbs and paths. *Spec*: Usergrid's permission strings.

use std::fmt;

use super::id::{GroupId, RoleId, UserId};

mod pattern;
#[cfg(test)]
mod tests;

pub use pattern::{AskedPath, AskedSegment, Named};

use pattern::Pattern;

/// What a permission may have at most, so that it fits an index and is quickly compared. *Units*: bytes.
const LENGTH_MAX: usize = 1_000;

/// What is done to a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Verb {
    Get,
    Post,
    Put,
    Delete,
}

impl Verb {
    /// Every verb.
    pub const ALL: [Self; 4] = [Self::Get, Self::Post, Self::Put, Self::Delete];

    /// The method's name, in upper case.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
            Self::Put => "PUT",
            Self::Delete => "DELETE",
        }
    }

    /// The verb of an HTTP method; HEAD asks for what GET answers.
    pub fn of_method(method: &str) -> Option<Self> {
        if method == "HEAD" { Some(Self::Get) } else { Self::ALL.into_iter().find(|verb| verb.as_str() == method) }
    }
}

/// Why a permission was refused. The text is safe to show.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PermissionError {
    #[error("A permission must not be empty; write it as 'get,put:/path/**'")]
    Empty,
    #[error("A permission must have at most {0} bytes")]
    TooLong(usize),
    #[error("A permission begins with get, post, put, delete or *, separated by commas and followed by ':'")]
    UnknownVerb,
    #[error("A permission needs a path after its ':'")]
    NoPath,
    #[error("A permission must not contain control characters")]
    IllegalCharacter,
}

/// Verbs, and the paths that they may be used on: `get,put:/users/me/**`.
#[derive(Clone, Debug)]
pub struct Permission {
    text: String,
    verbs: Vec<Verb>,
    patterns: Vec<Pattern>,
}

impl Permission {
    /// Reads a permission as it is granted. The text is kept in lower case; verbs that are not said are all of them.
    ///
    /// *Errors*: every rule of the type, as a sentence to show.
    pub fn parse(text: &str) -> Result<Self, PermissionError> {
        let text = text.trim().to_lowercase();
        if text.is_empty() {
            return Err(PermissionError::Empty);
        }
        if text.len() > LENGTH_MAX {
            return Err(PermissionError::TooLong(LENGTH_MAX));
        }
        if text.chars().any(char::is_control) {
            return Err(PermissionError::IllegalCharacter);
        }
        // A colon behind a slash belongs to the path.
        let (verbs, paths) = match text.split_once(':') {
            Some((verbs, paths)) if !verbs.contains('/') => (parse_verbs(verbs)?, paths),
            _ => (Verb::ALL.to_vec(), text.as_str()),
        };
        let paths = paths.split(',').map(str::trim).filter(|path| !path.is_empty());
        let patterns: Vec<_> = paths.map(Pattern::parse).collect();
        if patterns.is_empty() {
            return Err(PermissionError::NoPath);
        }
        Ok(Self { text, verbs, patterns })
    }

    /// As granted, in lower case.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Whether this lets `caller` do `verb` to the path. A guest is a caller without names.
    pub fn allows(&self, verb: Verb, path: &AskedPath, caller: &Named) -> bool {
        self.verbs.contains(&verb) && self.patterns.iter().any(|pattern| pattern.matches(path, caller))
    }
}

impl PartialEq for Permission {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl fmt::Display for Permission {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

fn parse_verbs(text: &str) -> Result<Vec<Verb>, PermissionError> {
    if text.trim().is_empty() {
        return Ok(Verb::ALL.to_vec());
    }
    let mut verbs = Vec::new();
    for word in text.split(',').map(str::trim) {
        match word {
            "*" => verbs.extend(Verb::ALL),
            word => {
                let known = Verb::ALL.into_iter().find(|verb| verb.as_str().eq_ignore_ascii_case(word));
                verbs.push(known.ok_or(PermissionError::UnknownVerb)?);
            }
        }
    }
    Ok(verbs)
}

/// Who has permissions of their own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Holder {
    Role(RoleId),
    User(UserId),
    Group(GroupId),
}

impl Holder {
    /// The word used in rows.
    pub const fn kind(self) -> &'static str {
        match self {
            Self::Role(_) => "role",
            Self::User(_) => "user",
            Self::Group(_) => "group",
        }
    }

    /// The bare id, for rows.
    pub const fn uuid(self) -> uuid::Uuid {
        match self {
            Self::Role(id) => id.uuid(),
            Self::User(id) => id.uuid(),
            Self::Group(id) => id.uuid(),
        }
    }
}
