//! What a body says of a user: the members of the account, and the further JSON beside them. *Spec*: Usergrid's user
//! entity; `docs/api/users.md`.

use serde_json::{Map, Value};

use super::ManageError;
use super::entity::{Said, merge};
use super::person::OWN_MEMBERS;
use crate::domain::clock::Moment;
use crate::domain::name::{Email, NameError, Username};
use crate::domain::secret::Secret;
use crate::domain::tenant::Registration;
use crate::domain::user::{Person, Ruling};

/// The longest name. *Units*: characters.
const NAME_MAX: usize = 1_000;
/// The most that further properties may come to. *Units*: bytes of JSON.
const PROPERTIES_MAX: usize = 262_144;

/// Who says it: the states of an account are for those above it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SaidBy {
    Administration,
    Anyone,
}

/// The members of a user that a body names.
#[derive(Clone, Debug)]
pub struct UserMembers {
    by: SaidBy,
    username: Said,
    email: Said,
    name: Said,
    password: Option<Secret>,
    pin: Option<Secret>,
    standing: Ruling,
    body: Map<String, Value>,
}

impl UserMembers {
    /// Reads a body. What the server keeps by itself is passed over, because clients send back what they read.
    ///
    /// *Errors*: `WrongMember` for a known member of another type, `TooLong`.
    pub fn read(mut body: Map<String, Value>, by: SaidBy) -> Result<Self, ManageError> {
        let (password, pin) = (take_secret(&mut body, "password")?, take_secret(&mut body, "pin")?);
        let state = |name| match by {
            SaidBy::Administration => read_flag(&body, name),
            SaidBy::Anyone => Ok(None),
        };
        let name = Said::read(&body, "name")?;
        if matches!(&name, Said::Text(text) if text.chars().count() > NAME_MAX) {
            return Err(ManageError::TooLong { what: "name", max: NAME_MAX, unit: "characters" });
        }
        Ok(Self {
            by,
            username: Said::read(&body, "username")?,
            email: Said::read(&body, "email")?,
            name,
            password,
            pin,
            standing: Ruling {
                activated: state("activated")?,
                confirmed: state("confirmed")?,
                disabled: state("disabled")?,
            },
            body,
        })
    }

    /// Gives a user who is to be created the name by which they were asked for, unless the body has another.
    pub fn or_named(mut self, username: &str) -> Self {
        if self.username.clone().text().is_none() {
            self.username = Said::Text(username.to_owned());
        }
        self
    }

    /// Who says it.
    pub(super) fn by(&self) -> SaidBy {
        self.by
    }

    /// The password of a user who is to be created; an empty one is none.
    pub(super) fn password(&self) -> Option<&Secret> {
        self.password.as_ref()
    }

    /// The pin of a user who is to be created.
    pub(super) fn pin(&self) -> Option<&Secret> {
        self.pin.as_ref()
    }

    /// A new account. The application says how it begins, unless the administration says otherwise in the body.
    ///
    /// *Errors*: `RequiredProperty` without a username, `Name`, `TooLong`.
    pub(super) fn create(&self, rules: &Registration, now: Moment) -> Result<Person, ManageError> {
        let username = self.username.clone().text();
        let username = username.ok_or(ManageError::RequiredProperty { entity: "user", property: "username" })?;
        let must_wait = rules.requires_email_confirmation() || rules.requires_admin_approval();
        let mut person = Person {
            username: Username::parse(&username).map_err(named("username"))?,
            email: None,
            name: None,
            properties: Map::new(),
            activated: !must_wait,
            confirmed: !rules.requires_email_confirmation(),
            disabled: false,
            deactivated: None,
            password_changed: None,
            created: now,
            modified: now,
        };
        self.set(&mut person, now)?;
        Ok(person)
    }

    /// Puts the members over those of an account that is there. Where the application has addresses proved, one that is
    /// changed by anyone but the administration makes the account wait for it as at its beginning.
    ///
    /// *Errors*: `Name`, `TooLong`; `RequiredProperty` for a username that is to be removed.
    pub(super) fn update(&self, rules: &Registration, person: &mut Person, now: Moment) -> Result<(), ManageError> {
        let before = person.email.as_ref().map(Email::key);
        match self.username.clone() {
            Said::Nothing => {}
            Said::Null => return Err(ManageError::RequiredProperty { entity: "user", property: "username" }),
            Said::Text(username) => person.username = Username::parse(&username).map_err(named("username"))?,
        }
        self.set(person, now)?;
        let is_moved = before != person.email.as_ref().map(Email::key);
        if is_moved && self.by == SaidBy::Anyone && rules.requires_email_confirmation() {
            (person.activated, person.confirmed) = (false, false);
        }
        Ok(())
    }

    fn set(&self, person: &mut Person, now: Moment) -> Result<(), ManageError> {
        match self.email.clone() {
            Said::Nothing => {}
            email => person.email = email.text().map(|text| Email::parse(&text)).transpose().map_err(named("email"))?,
        }
        match self.name.clone() {
            Said::Nothing => {}
            name => person.name = name.text(),
        }
        person.set_standing(person.standing().after(self.standing, now));
        merge(&mut person.properties, &self.body, &OWN_MEMBERS);
        let size = serde_json::to_vec(&person.properties).map_or(usize::MAX, |json| json.len());
        if size > PROPERTIES_MAX {
            return Err(ManageError::TooLong { what: "The properties of a user", max: PROPERTIES_MAX, unit: "bytes" });
        }
        Ok(())
    }
}

fn named(field: &'static str) -> impl Fn(NameError) -> ManageError {
    move |source| ManageError::Name { field, source }
}

/// A member that is true or false, as JSON or as a form says it.
pub(super) fn read_flag(body: &Map<String, Value>, name: &'static str) -> Result<Option<bool>, ManageError> {
    match body.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::Bool(flag)) => Ok(Some(*flag)),
        Some(Value::String(text)) if text == "true" => Ok(Some(true)),
        Some(Value::String(text)) if text == "false" => Ok(Some(false)),
        Some(_) => Err(ManageError::WrongMember { name, form: "true or false" }),
    }
}

/// Takes a secret out of a body, so that no copy stays behind.
fn take_secret(body: &mut Map<String, Value>, name: &'static str) -> Result<Option<Secret>, ManageError> {
    match body.shift_remove(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(Secret::new(text)).filter(|secret| !secret.expose().is_empty())),
        // A pin of digits may come as a number; one with leading zeros cannot.
        Some(Value::Number(number)) if name == "pin" && number.is_u64() => Ok(Some(Secret::new(number.to_string()))),
        Some(_) => Err(ManageError::WrongMember { name, form: "a text" }),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn body(value: Value) -> Map<String, Value> {
        value.as_object().cloned().expect("an object")
    }

    fn made(value: Value, by: SaidBy) -> Person {
        let members = UserMembers::read(body(value), by).expect("members");
        members.create(&Registration::default(), Moment::EPOCH).expect("a person")
    }

    #[test]
    fn only_the_administration_says_how_an_account_stands() {
        let asked = json!({ "username": "a", "activated": false, "disabled": "true", "confirmed": false });
        let own = made(asked.clone(), SaidBy::Anyone);
        assert!(own.activated && own.confirmed && !own.disabled);
        let other = made(asked, SaidBy::Administration);
        assert!(!other.activated && !other.confirmed && other.disabled);
        assert_eq!(other.deactivated, Some(Moment::EPOCH));
    }

    #[test]
    fn members_merge_and_null_removes() {
        let mut person = made(json!({ "username": "a", "email": "a@b.test", "x": 1, "y": 2 }), SaidBy::Anyone);
        let over = json!({ "email": null, "x": null, "z": [3], "uuid": "1", "password": "secret", "pin": "1234" });
        let over = UserMembers::read(body(over), SaidBy::Anyone).expect("members");
        over.update(&Registration::default(), &mut person, Moment::EPOCH).expect("an update");
        assert_eq!(person.email, None);
        assert_eq!(Value::Object(person.properties), json!({ "y": 2, "z": [3] }));
    }

    #[test]
    fn no_secret_is_printed() {
        let members = UserMembers::read(body(json!({ "password": "hunter2", "pin": 4711 })), SaidBy::Anyone);
        let shown = format!("{:?}", members.expect("members"));
        assert!(!shown.contains("hunter2") && !shown.contains("4711"), "{shown}");
    }
}
