//! Clients as their keepers read them. Never a digest, and a secret only in the answer that makes it.

use actix_web::HttpResponse;
use serde_json::{Map, Value, json};

use crate::domain::registered::{GrantType, InitialToken, RegisteredClient, RegisteredSecret};
use crate::http::error::forbid_keeping;
use crate::manage::NewRegisteredSecret;

/// A client as an entity.
pub fn client(client: &RegisteredClient) -> Value {
    let mut entity = Map::new();
    entity.insert("uuid".to_owned(), json!(client.id));
    entity.insert("type".to_owned(), json!("client"));
    entity.extend(registered(client));
    entity.insert("kept_by".to_owned(), json!(client.kept_by.as_str()));
    entity.insert("disabled".to_owned(), json!(client.disabled));
    entity.insert("created".to_owned(), json!(client.created.millis()));
    entity.insert("modified".to_owned(), json!(client.modified.millis()));
    Value::Object(entity)
}

/// What is in force, by the names of RFC 7591 §3.2.1.
pub fn registered(client: &RegisteredClient) -> Map<String, Value> {
    let mut members = Map::new();
    members.insert("client_id".to_owned(), json!(client.id.client_id()));
    members.insert("client_id_issued_at".to_owned(), json!(client.created.seconds()));
    members.insert("client_name".to_owned(), json!(client.name));
    let has_code = client.metadata.allows(GrantType::AuthorizationCode);
    let response_types: &[&str] = if has_code { &["code"] } else { &[] };
    members.insert("response_types".to_owned(), json!(response_types));
    if let Value::Object(metadata) = json!(client.metadata) {
        members.extend(metadata);
    }
    members
}

/// A secret that was made a moment ago. *Units*: `client_secret_expires_at` UTC seconds, 0 for never.
pub fn new_secret(new: &NewRegisteredSecret) -> Map<String, Value> {
    let expires = new.secret.expires.map_or(0, |end| end.seconds());
    Map::from_iter([
        ("client_secret".to_owned(), json!(new.text.expose())),
        ("client_secret_id".to_owned(), json!(new.secret.id)),
        ("client_secret_expires_at".to_owned(), json!(expires)),
    ])
}

/// A secret without its text.
pub fn secret(secret: &RegisteredSecret) -> Map<String, Value> {
    let mut entity = Map::from_iter([
        ("uuid".to_owned(), json!(secret.id)),
        ("type".to_owned(), json!("client_secret")),
        ("name".to_owned(), json!(secret.name)),
        ("created".to_owned(), json!(secret.created.millis())),
        ("expires".to_owned(), json!(secret.expires.map(|end| end.millis()))),
    ]);
    entity.retain(|_, value| !value.is_null());
    entity
}

/// An initial access token without its text.
pub fn initial_token(token: &InitialToken) -> Map<String, Value> {
    let mut entity = Map::from_iter([
        ("uuid".to_owned(), json!(token.id)),
        ("type".to_owned(), json!("initial_access_token")),
        ("name".to_owned(), json!(token.name)),
        ("uses_left".to_owned(), json!(token.uses_left)),
        ("created".to_owned(), json!(token.created.millis())),
        ("expires".to_owned(), json!(token.expires.map(|end| end.millis()))),
    ]);
    entity.retain(|_, value| !value.is_null());
    entity
}

/// An answer that may hold a secret.
pub fn unkept(mut response: HttpResponse) -> HttpResponse {
    forbid_keeping(response.headers_mut());
    response
}
