//! What may be there only once and is there already. The store knows which rule a write would break; the use case knows
//! the value that broke it.

use std::fmt;

use super::ManageError;
use crate::domain::name::Email;
use crate::domain::user::Person;

/// What no two of a kind may share.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unique {
    OrganizationName,
    ApplicationName,
    Username,
    Email,
    RoleName,
    GroupPath,
}

impl fmt::Display for Unique {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::OrganizationName => "organization name",
            Self::ApplicationName => "application name",
            Self::Username => "username",
            Self::Email => "email",
            Self::RoleName => "role name",
            Self::GroupPath => "group path",
        })
    }
}

impl From<Unique> for ManageError {
    fn from(what: Unique) -> Self {
        Self::Taken { what, value: None }
    }
}

impl ManageError {
    /// The same refusal with the value that is taken, as the caller sent it.
    pub(super) fn of_value(self, said: impl FnOnce(Unique) -> Option<String>) -> Self {
        match self {
            Self::Taken { what, value: None } => Self::Taken { what, value: said(what) },
            other => other,
        }
    }
}

/// What a person is found by.
pub(super) fn of_person(person: &Person, what: Unique) -> Option<String> {
    match what {
        Unique::Username => Some(person.username.as_str().to_owned()),
        Unique::Email => person.email.as_ref().map(Email::as_str).map(str::to_owned),
        Unique::OrganizationName | Unique::ApplicationName | Unique::RoleName | Unique::GroupPath => None,
    }
}
