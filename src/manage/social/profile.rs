//! What a service says of an account, read as a stranger's words: bounded, typed, and never empty where it counts.

use std::time::Duration;

use serde_json::{Map, Value, json};

use crate::domain::social::SocialIdentity;

/// Longer names of accounts exist nowhere.
const SUBJECT_MAX: usize = 128;
const TEXT_MAX: usize = 255;
/// A larger profile is kept by its first members alone. *Units*: bytes of JSON.
const KEPT_MAX: usize = 16_384;

/// An account of a service as the application's user shows it.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Profile {
    pub(super) identity: SocialIdentity,
    /// Usernames for a new user, the best first.
    pub(super) usernames: Vec<String>,
    pub(super) name: Option<String>,
    pub(super) email: Option<String>,
    pub(super) confirmed: Confirmed,
    /// What every sign-in writes into the user.
    pub(super) properties: Map<String, Value>,
    /// How long the service's own session lasts.
    pub(super) lifetime: Option<Duration>,
}

/// Whether the service vouches for the address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Confirmed {
    Yes,
    No,
}

/// The name of an account that is a number or a word; empty, blank and zero name everyone and no one.
pub(super) fn account_id(value: &Value) -> Option<String> {
    let text = match value {
        Value::String(text) => text.clone(),
        Value::Number(number) => number.as_u64()?.to_string(),
        _ => return None,
    };
    let legal = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-';
    let is_name = (1..=SUBJECT_MAX).contains(&text.len()) && text.bytes().all(legal);
    let is_zero = text.bytes().all(|byte| byte == b'0');
    (is_name && !is_zero).then_some(text)
}

/// A text that can be kept: not empty, not endless, and without NUL, which PostgreSQL cannot hold.
pub(super) fn text(value: &Value) -> Option<String> {
    let text = value.as_str()?.trim();
    (!text.is_empty() && text.len() <= TEXT_MAX && !text.contains('\0')).then(|| text.to_owned())
}

/// The profile as a property of the user; where it is too large or holds a NUL, only `id` and `name` of it.
pub(super) fn keepable(profile: &Map<String, Value>) -> Value {
    let value = Value::Object(profile.clone());
    let written = value.to_string();
    if written.len() <= KEPT_MAX && !written.contains("\\u0000") {
        return value;
    }
    let short: Map<String, Value> = ["id", "name"]
        .into_iter()
        .filter_map(|name| Some((name.to_owned(), json!(text(profile.get(name)?)?))))
        .collect();
    Value::Object(short)
}

/// The body of an answer as one object.
pub(super) fn object(body: &[u8]) -> Option<Map<String, Value>> {
    serde_json::from_slice(body).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_account_without_a_name_is_nobodys() {
        for bad in
            [json!(null), json!(""), json!(" "), json!("0"), json!(0), json!("000"), json!(-1), json!(1.5), json!({})]
        {
            assert_eq!(account_id(&bad), None, "{bad}");
        }
        for bad in ["a b", "../x", "ä", "a\u{0}", &"x".repeat(129)] {
            assert_eq!(account_id(&json!(bad)), None, "{bad}");
        }
        assert_eq!(account_id(&json!("1234")), Some("1234".to_owned()));
        assert_eq!(account_id(&json!(1234)), Some("1234".to_owned()));
    }

    #[test]
    fn a_profile_that_cannot_be_kept_is_cut_to_its_name() {
        let large = json!({ "id": "7", "name": "Ann", "about": "x".repeat(KEPT_MAX) });
        assert_eq!(keepable(large.as_object().expect("an object")), json!({ "id": "7", "name": "Ann" }));
        let nul = json!({ "id": "7", "about": "a\u{0}b" });
        assert_eq!(keepable(nul.as_object().expect("an object")), json!({ "id": "7" }));
    }
}
