//! People: users of an application and admins of the management plane.

use serde_json::{Map, Value};
use uuid::Uuid;

use super::clock::Moment;
use super::id::{AdminId, AppId, UserId};
use super::name::{Email, Username, lookup_key};
use super::secret::Secret;

/// What is true of any account, whoever keeps it.
#[derive(Clone, Debug, PartialEq)]
pub struct Person {
    pub username: Username,
    pub email: Option<Email>,
    pub name: Option<String>,
    /// Any further JSON, returned unchanged.
    pub properties: Map<String, Value>,
    pub activated: bool,
    pub confirmed: bool,
    pub disabled: bool,
    /// When the present password was set.
    pub password_changed: Option<Moment>,
    pub created: Moment,
    pub modified: Moment,
}

/// A user of one application.
#[derive(Clone, Debug, PartialEq)]
pub struct AppUser {
    pub id: UserId,
    pub app: AppId,
    pub person: Person,
}

/// An admin: a person of the management plane, member of any number of organizations.
#[derive(Clone, Debug, PartialEq)]
pub struct Admin {
    pub id: AdminId,
    pub person: Person,
}

/// Someone together with the stored hash of their password; only sign-in asks for this.
#[derive(Clone, Debug)]
pub struct WithPassword<Who> {
    pub who: Who,
    /// A bcrypt hash in its usual text form, `None` for an account that cannot sign in by password.
    pub hash: Option<Secret>,
}

/// How a request names a person.
///
/// *Spec*: Usergrid tries a UUID first, then an email, then a username.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Identifier {
    Id(Uuid),
    /// A key for `email_key` first and `username_key` second: usernames may look like emails.
    EmailOrUsername(String),
    Username(String),
}

impl Identifier {
    /// Reads what a caller typed; never fails, the unknown is simply not found.
    pub fn parse(text: &str) -> Self {
        let text = text.trim();
        match Uuid::try_parse(text) {
            Ok(uuid) => Self::Id(uuid),
            Err(_) if text.contains('@') => Self::EmailOrUsername(lookup_key(text)),
            Err(_) => Self::Username(lookup_key(text)),
        }
    }
}
