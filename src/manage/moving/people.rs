//! People and what proves them, as exports of Usergrid hold them.

use serde_json::{Map, Value};
use uuid::Uuid;

use super::record::{Beside, text};
use crate::crypto::password::Legacy;
use crate::domain::clock::Moment;
use crate::domain::name::{Email, Username};
use crate::domain::secret::Secret;
use crate::domain::user::Person;
use crate::manage::user_credentials::read_credentials;

/// Members of an exported account that are not its properties.
const NO_PROPERTIES: [&str; 18] = [
    "uuid",
    "type",
    "created",
    "modified",
    "username",
    "email",
    "name",
    "activated",
    "confirmed",
    "disabled",
    "deactivated",
    "metadata",
    "password",
    "pin",
    "credentials",
    "oldpassword",
    "newpassword",
    "mongo_pwd",
];

/// An account as it is kept here, and what could not be kept of it.
#[derive(Debug)]
pub(super) struct Moved {
    pub id: Uuid,
    pub person: Person,
    pub remarks: Vec<String>,
}

/// Reads an account.
///
/// *Errors*: why it cannot be one here, as words for the report.
pub(super) fn read(mut members: Map<String, Value>) -> Result<Moved, String> {
    let id = members.get("uuid").and_then(super::record::uuid).ok_or("its uuid is missing or none")?;
    let named = ["username", "name"].into_iter().find_map(|name| text(&members, name)).ok_or("it has no username")?;
    let username = Username::parse(named).map_err(|cause| cause.to_string())?;
    if members.iter().any(|(name, value)| name.contains('\0') || holds_nul(value)) {
        return Err("a text in it holds a NUL character, which databases do not keep".to_owned());
    }
    let mut remarks = Vec::new();
    let email = match text(&members, "email").map(str::trim).filter(|email| !email.is_empty()).map(Email::parse) {
        Some(Err(cause)) => {
            remarks.push(format!("its email address is not taken over: {cause}"));
            None
        }
        Some(Ok(email)) => Some(email),
        None => None,
    };
    let created = moment(&members, "created").unwrap_or(Moment::EPOCH);
    let is_set = |name: &str| members.get(name).is_some_and(is_true);
    let (activated, confirmed, disabled) = (is_set("activated"), is_set("confirmed"), is_set("disabled"));
    let person = Person {
        username,
        email,
        name: text(&members, "name").map(str::to_owned),
        activated,
        confirmed,
        disabled,
        deactivated: moment(&members, "deactivated"),
        password_changed: None,
        created,
        modified: moment(&members, "modified").unwrap_or(created),
        properties: {
            members.retain(|name, value| !NO_PROPERTIES.contains(&name.as_str()) && !value.is_null());
            members
        },
    };
    Ok(Moved { id, person, remarks })
}

/// What proves a person: a hash to keep, or a password in clear that must be hashed first.
#[derive(Debug, Default)]
pub(super) struct Proofs {
    pub password: Option<Legacy>,
    pub changed: Option<Moment>,
    /// In clear.
    pub pin: Option<Secret>,
    pub remarks: Vec<String>,
}

/// Reads the credentials that stand beside an account or in it.
pub(super) fn proofs(beside: &Beside, members: &Map<String, Value>) -> Proofs {
    let mut proofs = Proofs::default();
    let held = beside.dictionaries.get("credentials").or_else(|| members.get("credentials"));
    let Some(held) = held.and_then(object) else { return proofs };
    // A single account may hold its one password without a name.
    let password = if held.contains_key("secret") { Some(held.clone()) } else { named(&held, "password") };
    if let Some(password) = password {
        match read_credentials(&password) {
            Ok(read) => proofs.password = Some(read),
            Err(why) => proofs.remarks.push(format!("its password is not taken over: {why}")),
        }
        proofs.changed = moment(&password, "created");
    }
    let pin = named(&held, "pin").and_then(|pin| text(&pin, "secret").map(Secret::new));
    proofs.pin = pin.filter(|pin| (1..=72).contains(&pin.expose().len()) && !pin.expose().contains('\0'));
    proofs
}

/// The secret of a client, which lies in clear.
pub(super) fn client_secret(dictionaries: &Map<String, Value>, members: &Map<String, Value>) -> Option<Secret> {
    let held = dictionaries.get("credentials").and_then(object);
    let inner = held.and_then(|held| named(&held, "secret"));
    let secret = inner.as_ref().and_then(|inner| text(inner, "secret"));
    let secret = secret.or_else(|| ["client_secret", "clientSecret"].into_iter().find_map(|name| text(members, name)));
    let fits = |secret: &&str| (8..=256).contains(&secret.len()) && secret.bytes().all(|byte| byte.is_ascii_graphic());
    secret.filter(fits).map(Secret::new)
}

fn named(held: &Map<String, Value>, name: &str) -> Option<Map<String, Value>> {
    held.get(name).and_then(object)
}

/// An object, or the text of one.
fn object(value: &Value) -> Option<Map<String, Value>> {
    match value {
        Value::Object(map) => Some(map.clone()),
        Value::String(text) => serde_json::from_str(text).ok(),
        _ => None,
    }
}

/// *Units*: UTC milliseconds in the export.
pub(super) fn moment(members: &Map<String, Value>, name: &str) -> Option<Moment> {
    number(members.get(name)?).filter(|millis| (0..=32_503_680_000_000).contains(millis)).map(Moment::from_millis)
}

pub(super) fn number(value: &Value) -> Option<i64> {
    value.as_i64().or_else(|| value.as_str()?.parse().ok())
}

fn is_true(value: &Value) -> bool {
    matches!(value, Value::Bool(true)) || value.as_str() == Some("true")
}

/// Whether any text in a value holds what databases do not keep.
pub(super) fn holds_nul(value: &Value) -> bool {
    match value {
        Value::String(text) => text.contains('\0'),
        Value::Array(values) => values.iter().any(holds_nul),
        Value::Object(members) => members.iter().any(|(name, value)| name.contains('\0') || holds_nul(value)),
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
    }
}
