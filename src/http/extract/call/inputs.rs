//! What a refused request asked, as far as the administration of its tenant may know: names, shapes and times. Never a
//! password, a secret or a token; what a person calls themselves only by its first letter and length; and of texts that
//! could be anything, only those that this server knows.

use actix_web::HttpMessage;
use serde_json::{Map, Value, json};

use super::Call;
use crate::access::token_as_seen;
use crate::domain::authority::Authority;
use crate::domain::client::ClientId;
use crate::domain::clock::Moment;
use crate::domain::id::RegisteredId;
use crate::domain::registered::GrantType;
use crate::domain::secret::Secret;
use crate::http::extract::credentials::Authorization;
use crate::http::extract::parameters::{Encoding, Parameters};
use crate::http::middleware::access_log::AccessFields;
use crate::http::middleware::request_id::RequestId;

/// The words of `scope` that say something here.
const SCOPES: [&str; 7] = ["api", "openid", "profile", "email", "groups", "roles", "offline_access"];

impl Call {
    /// *Shape*: `{"method":"POST","route":"/{org}/{app}/token","status":400,"error":"invalid_grant","now":1,
    /// "authorization":"none","encoding":"form","parameters":["grant_type","username","password"],"in_url":[],
    /// "grant_type":"password","username":"a… (3 characters)","token":{..}}` *Units*: `now` in UTC seconds.
    pub(super) fn inputs(&self, (status, error): (u16, &'static str), now: Moment) -> Value {
        let mut inputs = Map::new();
        let mut set = |name: &str, value: Value| inputs.insert(name.to_owned(), value);
        set("method", json!(self.request.method().as_str()));
        set("route", json!(self.request.match_pattern()));
        set("status", json!(status));
        set("error", json!(error));
        set("now", json!(now.seconds()));
        set("authorization", json!(kind(&self.authorization)));
        if let Some(id) = self.request.extensions().get::<RequestId>() {
            set("request_id", json!(id.as_str()));
        }
        if let Some(authority) = self.request.extensions().get::<AccessFields>().and_then(|fields| fields.authority) {
            set("authority", json!(Authority::as_str(authority)));
        }
        let said = self.parameters.get().or_else(|| self.outer.get()).and_then(|read| read.as_ref().ok());
        if let Some(token) = self.token(said) {
            set("token", token_as_seen(token, now));
        }
        if let Authorization::Basic { client_id, .. } = &self.authorization {
            set("client_id", json!(client(client_id)));
        }
        if let Some(said) = said {
            inputs.extend(parameters(said));
        }
        Value::Object(inputs)
    }

    fn token<'a>(&'a self, said: Option<&'a Parameters>) -> Option<&'a Secret> {
        match (said.and_then(|said| said.access_token.as_ref()), &self.authorization) {
            (Some(token), _) | (None, Authorization::Bearer(token) | Authorization::Dpop(token)) => Some(token),
            (None, _) => None,
        }
    }
}

fn kind(authorization: &Authorization) -> &'static str {
    match authorization {
        Authorization::None => "none",
        Authorization::Basic { .. } => "basic",
        Authorization::Bearer(_) => "bearer",
        Authorization::Dpop(_) => "dpop",
        Authorization::EmptyBearer => "empty bearer",
        Authorization::Malformed => "malformed",
    }
}

fn parameters(said: &Parameters) -> Map<String, Value> {
    let mut shown = Map::new();
    let mut set = |name: &str, value: Value| shown.insert(name.to_owned(), value);
    let encoding = match said.encoding {
        Encoding::Query => "query",
        Encoding::Form => "form",
        Encoding::Json => "json",
    };
    set("encoding", json!(encoding));
    set("parameters", json!(said.names().collect::<Vec<_>>()));
    set("in_url", json!(said.names().filter(|name| said.is_in_query(name)).collect::<Vec<_>>()));
    if let Some(grant_type) = &said.grant_type {
        set("grant_type", json!(grant(grant_type)));
    }
    if let Some(username) = said.username.as_ref().or(said.email.as_ref()) {
        set("username", json!(hint(username)));
    }
    if let Some(id) = &said.client_id {
        set("client_id", json!(client(id)));
    }
    if let Some(scope) = &said.scope {
        let known: Vec<&str> = scope.split(' ').filter(|word| SCOPES.contains(word)).collect();
        let unknown = scope.split(' ').filter(|word| !word.is_empty() && !SCOPES.contains(word)).count();
        set("scope", json!({ "known": known, "unknown": unknown }));
    }
    shown
}

/// A name of a grant; whatever else stands there may be a password at the wrong place.
fn grant(text: &str) -> String {
    let is_known = text == "pin" || GrantType::ALL.iter().any(|known| known.as_str() == text) || text == "password";
    if is_known { text.to_owned() } else { length(text) }
}

/// An id of the form that ids of clients have; whatever else stands there may be a secret at the wrong place.
fn client(text: &str) -> String {
    let is_one = ClientId::parse(text).is_some() || RegisteredId::parse_client_id(text).is_some();
    if is_one { text.to_owned() } else { hint(text) }
}

/// Enough to tell a mistyped name from another one, and not the name.
fn hint(text: &str) -> String {
    match text.chars().next() {
        Some(first) if !first.is_control() => format!("{first}… ({})", length(text)),
        _ => length(text),
    }
}

fn length(text: &str) -> String {
    match text.chars().count() {
        1 => "1 character".to_owned(),
        count => format!("{count} characters"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(form: &str) -> Value {
        let said = Parameters::read("POST", "ttl=5", form.as_bytes(), None).expect("a readable form");
        Value::Object(parameters(&said))
    }

    #[test]
    fn nothing_of_what_is_secret_is_shown() {
        let found = shown(
            "grant_type=password&username=ann&password=s1&client_id=YXA6AAAAAAAAAAAAAAAAAAAAAA&client_secret=s2\
             &pin=s3&refresh_token=s4&scope=api+s5&token=s6",
        );
        let expected = json!({
            "encoding": "form",
            "parameters": [
                "ttl", "grant_type", "username", "password", "client_id", "client_secret", "pin", "refresh_token",
                "scope", "token",
            ],
            "in_url": ["ttl"],
            "grant_type": "password",
            "username": "a… (3 characters)",
            "client_id": "YXA6AAAAAAAAAAAAAAAAAAAAAA",
            "scope": { "known": ["api"], "unknown": 1 },
        });
        assert_eq!(found, expected);
    }

    #[test]
    fn a_secret_at_the_wrong_place_is_not_shown_either() {
        let found = shown("grant_type=hunter22&client_id=hunter22&email=hunter22&scope=hunter22").to_string();
        assert!(!found.contains("hunter22") && !found.contains("unter"), "{found}");
        assert!(found.contains(r#""grant_type":"8 characters""#), "{found}");
        assert_eq!([hint("x"), hint(""), hint("\u{1}a")], ["x… (1 character)", "0 characters", "2 characters"]);
    }
}
