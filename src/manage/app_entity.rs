//! An application as its administration changes it: settings that have names of their own, and free properties.

use std::sync::Arc;

use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};

use super::entity::merge;
use super::user_members::read_flag;
use super::{Actor, ManageError, Registry};
use crate::domain::branding::Branding;
use crate::domain::clock::Moment;
use crate::domain::journal::ChangeKind;
use crate::domain::tenant::{AppSettings, Application, Switch};
use crate::store::{Journal, Store};

/// How often a change that lost the race for the row looks again.
const LOOKS: usize = 8;
/// The most that free properties may come to. *Units*: bytes of JSON.
const PROPERTIES_MAX: usize = 262_144;

/// Members of an application's entity that are not free properties.
const OWN_MEMBERS: [&str; 16] = [
    "uuid",
    "type",
    "name",
    "created",
    "modified",
    "applicationName",
    "organizationName",
    "metadata",
    "accesstokenttl",
    "registration_requires_email_confirmation",
    "registration_requires_admin_approval",
    "notify_admin_of_new_users",
    "allow_open_registration",
    "password_grant",
    "registration_of_clients",
    "branding",
];

impl Registry {
    /// Puts what a body says over an application. `null` takes a setting back to its default and removes a property.
    ///
    /// *Errors*: `WrongMember`, `TooLong`, `UnknownApplication` for one that went away.
    pub async fn update_app(
        &self,
        app: &Application,
        body: &Map<String, Value>,
        actor: Actor,
    ) -> Result<Application, ManageError> {
        let mut known = Arc::new(app.clone());
        for _ in 0..LOOKS {
            let seen = known.modified;
            let mut changed = Application::clone(&known);
            apply(&mut changed.settings, body)?;
            changed.settings.remember_highest(&known.settings);
            merge(&mut changed.properties, body, &OWN_MEMBERS);
            if serde_json::to_vec(&changed.properties).map_or(usize::MAX, |json| json.len()) > PROPERTIES_MAX {
                let what = "The properties of an application";
                return Err(ManageError::TooLong { what, max: PROPERTIES_MAX, unit: "bytes" });
            }
            changed.modified = self.clock.now().max(Moment::from_micros(seen.micros().saturating_add(1)));
            let journal = Journal {
                changes: vec![self.change(app.id, ChangeKind::Tenant)],
                audit: vec![self.audit(app.id, actor, "set application", json!({ "settings": changed.settings }))],
                ..Journal::default()
            };
            let row = changed.clone();
            let write = move |store: &Store, journal: &Journal| store.save_app(&row, seen, journal);
            if self.write(journal, write).await? {
                return Ok(changed);
            }
            let id = app.id;
            let found = self.store.point(move |store| store.find_app(id)).await?;
            known = Arc::new(found.ok_or_else(|| ManageError::UnknownApplication(app.name.to_string()))?);
        }
        Err(ManageError::Overtaken)
    }
}

fn apply(settings: &mut AppSettings, body: &Map<String, Value>) -> Result<(), ManageError> {
    if let Some(value) = body.get("accesstokenttl") {
        settings.accesstokenttl = read_ttl(value)?;
    }
    if let Some(value) = body.get("password_grant") {
        settings.password_grant = read_word("password_grant", "on or off", value)?;
    }
    if let Some(value) = body.get("registration_of_clients") {
        settings.registration_of_clients = read_word("registration_of_clients", "off, token or open", value)?;
    }
    if let Some(value) = body.get("branding") {
        settings.branding =
            Branding::read(value).map_err(|form| ManageError::WrongMember { name: "branding", form })?;
    }
    let rules = &mut settings.registration;
    for (name, rule) in [
        ("registration_requires_email_confirmation", &mut rules.requires_email_confirmation),
        ("registration_requires_admin_approval", &mut rules.requires_admin_approval),
        ("notify_admin_of_new_users", &mut rules.notify_admins),
        ("allow_open_registration", &mut rules.open),
    ] {
        if body.contains_key(name) {
            *rule = read_flag(body, name)?.map(|is_on| if is_on { Switch::On } else { Switch::Off });
        }
    }
    Ok(())
}

/// A setting that is one of a few words; `null` stands for the default.
fn read_word<T: DeserializeOwned + Default>(
    name: &'static str,
    form: &'static str,
    value: &Value,
) -> Result<T, ManageError> {
    match value {
        Value::Null => Ok(T::default()),
        value => serde_json::from_value(value.clone()).map_err(|_other| ManageError::WrongMember { name, form }),
    }
}

/// A whole number of milliseconds, as a number or as digits (Usergrid); `null` stands for the server's own.
fn read_ttl(value: &Value) -> Result<Option<u64>, ManageError> {
    let wrong = || ManageError::WrongMember { name: "accesstokenttl", form: "a number of milliseconds, 0 or more" };
    match value {
        Value::Null => Ok(None),
        Value::Number(number) => number.as_u64().map(Some).ok_or_else(wrong),
        Value::String(text) if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) => {
            text.parse().ok().map(Some).ok_or_else(wrong)
        }
        _ => Err(wrong()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_life_is_a_whole_number_of_milliseconds() {
        for (value, ttl) in [
            (json!(0), Some(0)),
            (json!(5), Some(5)),
            (json!("31536000000"), Some(31_536_000_000)),
            (Value::Null, None),
        ] {
            assert_eq!(read_ttl(&value).ok(), Some(ttl), "{value}");
        }
        for bad in [
            json!(-1),
            json!(1.5),
            json!("1.5"),
            json!(""),
            json!("-1"),
            json!("99999999999999999999"),
            json!(true),
            json!([1]),
        ] {
            assert!(read_ttl(&bad).is_err(), "{bad}");
        }
    }
}
