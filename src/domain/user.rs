//! People: users of an application and admins of the management plane.

use serde_json::{Map, Value, json};
use uuid::Uuid;
use uuid::fmt::Hyphenated;

use super::clock::Moment;
use super::id::{AdminId, AppId, UserId};
use super::name::{Email, Username, lookup_key};
use super::secret::Secret;
use super::term::searchable;

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
    /// When the account was last deactivated.
    pub deactivated: Option<Moment>,
    /// When the present password was set.
    pub password_changed: Option<Moment>,
    pub created: Moment,
    pub modified: Moment,
}

/// Whether an account may be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing {
    pub activated: bool,
    pub confirmed: bool,
    pub disabled: bool,
    /// Since when someone above the account keeps it shut.
    pub deactivated: Option<Moment>,
}

/// What someone above an account says of its standing; what is `None` stays.
#[derive(Clone, Copy, Debug, Default)]
pub struct Ruling {
    pub activated: Option<bool>,
    pub confirmed: Option<bool>,
    pub disabled: Option<bool>,
}

impl Standing {
    /// The standing after a word of authority.
    ///
    /// Shutting an account leaves a mark, even on one that was not in yet: a link of the account's own lets it in only
    /// where there is none. Letting it in takes the mark away.
    pub fn after(self, said: Ruling, now: Moment) -> Self {
        let activated = said.activated.unwrap_or(self.activated);
        let disabled = said.disabled.unwrap_or(self.disabled);
        let deactivated = if said.activated == Some(false) || said.disabled == Some(true) {
            Some(now)
        } else if said.activated == Some(true) || (activated && said.disabled == Some(false)) {
            None
        } else {
            self.deactivated
        };
        Self { activated, confirmed: said.confirmed.unwrap_or(self.confirmed), disabled, deactivated }
    }
}

impl Person {
    /// Whether the account may be used.
    pub fn standing(&self) -> Standing {
        let Self { activated, confirmed, disabled, deactivated, .. } = *self;
        Standing { activated, confirmed, disabled, deactivated }
    }

    /// Sets whether the account may be used.
    pub fn set_standing(&mut self, standing: Standing) {
        let Standing { activated, confirmed, disabled, deactivated } = standing;
        (self.activated, self.confirmed, self.disabled, self.deactivated) =
            (activated, confirmed, disabled, deactivated);
    }

    /// Whether someone above the account shut it after `before`.
    pub fn is_shut_since(&self, before: &Self) -> bool {
        self.deactivated.is_some() && self.deactivated != before.deactivated
    }

    /// What the account is found by: see [`Names`].
    pub fn searchable(&self) -> Map<String, Value> {
        let email = self.email.as_ref().map(Email::as_str);
        let names = Names { username: self.username.as_str(), email, name: self.name.as_deref() };
        names.searchable(&self.properties)
    }
}

/// What an account is called.
#[derive(Clone, Copy, Debug)]
pub struct Names<'a> {
    pub username: &'a str,
    pub email: Option<&'a str>,
    pub name: Option<&'a str>,
}

impl Names<'_> {
    /// What an account is found by, beside the flags and moments that have columns of their own.
    pub fn searchable(self, properties: &Map<String, Value>) -> Map<String, Value> {
        let Self { username, email, name } = self;
        searchable(&[("username", Some(username)), ("email", email)], &[("name", name)], properties)
    }
}

/// A user of one application.
#[derive(Clone, Debug, PartialEq)]
pub struct AppUser {
    pub id: UserId,
    pub app: AppId,
    pub person: Person,
}

impl AppUser {
    /// The user as Usergrid's clients see and search them: every property beside the members of the account, never a
    /// password or pin.
    ///
    /// *Shape*: `{"uuid":"..","type":"user","username":"bob","email":"..","name":"..","activated":true,"created":ms,..}`
    pub fn entity(&self) -> Map<String, Value> {
        let person = &self.person;
        let mut entity = person.properties.clone();
        let mut set = |name: &str, value: Value| entity.insert(name.to_owned(), value);
        set("uuid", json!(self.id));
        set("type", json!("user"));
        set("created", json!(person.created.millis()));
        set("modified", json!(person.modified.millis()));
        set("username", json!(person.username.as_str()));
        if let Some(email) = &person.email {
            set("email", json!(email.as_str()));
        }
        if let Some(name) = &person.name {
            set("name", json!(name));
        }
        set("activated", json!(person.activated));
        if !person.confirmed {
            set("confirmed", json!(false));
        }
        if person.disabled {
            set("disabled", json!(true));
        }
        if let Some(at) = person.deactivated {
            set("deactivated", json!(at.millis()));
        }
        entity
    }
}

/// An admin: a person of the management plane, member of any number of organizations.
#[derive(Clone, Debug, PartialEq)]
pub struct Admin {
    pub id: AdminId,
    pub person: Person,
}

impl Person {
    /// Whether a text that reads like an email is this person's. What does not read like one says nothing.
    ///
    /// A stranger may have taken the address that was meant as their username.
    pub fn is_meant_by(&self, text: &str) -> bool {
        !text.contains('@') || self.email.as_ref().is_some_and(|own| own.key() == lookup_key(text))
    }
}

/// Someone together with the stored hash of their password; only sign-in asks for this.
#[derive(Clone, Debug)]
pub struct WithPassword<Who> {
    pub who: Who,
    /// A bcrypt hash in its usual text form, `None` for an account that cannot sign in by password.
    pub hash: Option<Secret>,
}

/// How a caller wants a name to be read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Reading {
    /// As a UUID, an email or a username, whichever it is.
    #[default]
    Any,
    Email,
    Username,
}

/// How a request names a person.
///
/// *Spec*: Usergrid tries a UUID first, then an email, then a username.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Identifier {
    Id(Uuid),
    /// A key for `email_key` first and `username_key` second: usernames may look like emails.
    EmailOrUsername(String),
    Email(String),
    Username(String),
}

impl Identifier {
    /// Reads what a caller typed; never fails, the unknown is simply not found.
    ///
    /// A UUID is one with hyphens alone: usernames of 32 hexadecimal digits exist.
    pub fn parse(text: &str) -> Self {
        let text = text.trim();
        match Uuid::try_parse(text) {
            Ok(uuid) if text.len() == Hyphenated::LENGTH => Self::Id(uuid),
            _ if text.contains('@') => Self::EmailOrUsername(lookup_key(text)),
            _ => Self::Username(lookup_key(text)),
        }
    }

    /// As [`Identifier::parse`], where the caller may have said how to read it.
    pub fn read(text: &str, reading: Reading) -> Self {
        match reading {
            Reading::Any => Self::parse(text),
            Reading::Email => Self::Email(lookup_key(text)),
            Reading::Username => Self::Username(lookup_key(text)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_person_is_named_by_a_uuid_an_email_or_a_username() {
        let id = Uuid::from_u128(0x8ae8a6ea_84a5_11e3_884d_f18e8f6fb3bc);
        for text in ["8ae8a6ea-84a5-11e3-884d-f18e8f6fb3bc", " 8AE8A6EA-84A5-11E3-884D-F18E8F6FB3BC "] {
            assert_eq!(Identifier::parse(text), Identifier::Id(id), "{text}");
        }
        assert_eq!(Identifier::parse("Ann@Example.test"), Identifier::EmailOrUsername("ann@example.test".to_owned()));
        for (text, key) in [
            (" Ann ", "ann"),
            ("8ae8a6ea84a511e3884df18e8f6fb3bc", "8ae8a6ea84a511e3884df18e8f6fb3bc"),
            ("{8ae8a6ea-84a5-11e3-884d-f18e8f6fb3bc}", "{8ae8a6ea-84a5-11e3-884d-f18e8f6fb3bc}"),
            ("", ""),
        ] {
            assert_eq!(Identifier::parse(text), Identifier::Username(key.to_owned()), "{text}");
        }
    }
}
