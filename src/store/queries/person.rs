//! The columns that users and admins have in common.

use diesel::prelude::*;
use serde_json::Value;

use super::from_json;
use crate::domain::clock::Moment;
use crate::domain::name::{Email, Username};
use crate::domain::user::Person;
use crate::store::error::StoreError;
use crate::store::schema::{admin, app_user};

/// What the rows of users and of admins have in common.
// Nulls are written as nulls: a default would make SQLite take many rows one by one.
#[derive(Queryable, Insertable)]
#[diesel(table_name = admin, treat_none_as_default_value = false)]
#[diesel(table_name = app_user)]
pub struct PersonRow {
    username: String,
    username_key: String,
    email: Option<String>,
    email_key: Option<String>,
    name: Option<String>,
    properties: Value,
    activated: bool,
    confirmed: bool,
    disabled: bool,
    deactivated: Option<Moment>,
    password_changed: Option<Moment>,
    created: Moment,
    modified: Moment,
}

/// The keys under which somebody is found: of their username, and of their email.
pub type Keys = (String, Option<String>);

/// The keys of a person.
pub fn keys_of(person: &Person) -> Keys {
    (person.username.key(), person.email.as_ref().map(Email::key))
}

/// The columns of [`PersonRow`] in its order; diesel's `Selectable` knows one table only.
macro_rules! person_columns {
    ($table:ident) => {
        (
            $table::username,
            $table::username_key,
            $table::email,
            $table::email_key,
            $table::name,
            $table::properties,
            $table::activated,
            $table::confirmed,
            $table::disabled,
            $table::deactivated,
            $table::password_changed,
            $table::created,
            $table::modified,
        )
    };
}
pub(super) use person_columns;

impl PersonRow {
    /// The row of a person, with the keys they are found by.
    pub fn new(person: &Person) -> Self {
        Self {
            username: person.username.as_str().to_owned(),
            username_key: person.username.key(),
            email: person.email.as_ref().map(|email| email.as_str().to_owned()),
            email_key: person.email.as_ref().map(Email::key),
            name: person.name.clone(),
            properties: Value::Object(person.properties.clone()),
            activated: person.activated,
            confirmed: person.confirmed,
            disabled: person.disabled,
            deactivated: person.deactivated,
            password_changed: person.password_changed,
            created: person.created,
            modified: person.modified,
        }
    }

    /// The person of a row of `table`.
    pub fn into_domain(self, table: &'static str) -> Result<Person, StoreError> {
        let corrupt = |cause| StoreError::corrupt(table, cause);
        Ok(Person {
            username: Username::parse(&self.username).map_err(corrupt)?,
            email: self.email.as_deref().map(Email::parse).transpose().map_err(corrupt)?,
            name: self.name,
            properties: from_json(table, self.properties)?,
            activated: self.activated,
            confirmed: self.confirmed,
            disabled: self.disabled,
            deactivated: self.deactivated,
            password_changed: self.password_changed,
            created: self.created,
            modified: self.modified,
        })
    }
}
