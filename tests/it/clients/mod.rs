//! Registered clients: kept by the administration or by themselves, and what they get at the token endpoint.

mod ends;
mod grants;
mod id_tokens;
mod management;
mod registration;

use serde_json::{Value, json};
use tokengrid::domain::authority::Authority::Admin;

use crate::support::{Answer, Client, PASSWORD, World};

/// The clients of acme's shop.
pub const CLIENTS: &str = "/management/orgs/acme/apps/shop/clients";

/// An admin of acme.
pub fn admin(world: &World) -> Client {
    world.caller(&world.acme, Admin)
}

/// Registers a client of acme's shop and shows it as the answer does.
#[track_caller]
pub fn registered(world: &World, metadata: Value) -> Value {
    let answer = admin(world).json(CLIENTS, &metadata);
    assert_eq!(answer.status, 200, "{}", answer.text);
    answer.json["entities"][0].clone()
}

/// A client that asks for itself and signs people in, with a secret by Basic.
pub fn service(world: &World) -> Value {
    registered(
        world,
        json!({
            "client_name": "Service",
            "grant_types": ["client_credentials", "password", "refresh_token"],
            "scope": "api profile email offline_access",
        }),
    )
}

/// The caller with a client's pair by Basic.
pub fn by_basic(world: &World, client: &Value) -> Client {
    world.guest().basic(text(client, "client_id"), text(client, "client_secret"))
}

pub fn text<'a>(entity: &'a Value, member: &str) -> &'a str {
    entity[member].as_str().unwrap_or_else(|| panic!("{member} of {entity}"))
}

pub fn form(fields: &[(&str, &str)]) -> String {
    url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish()
}

/// A token request at acme's shop.
pub fn ask(caller: &Client, fields: &[(&str, &str)]) -> Answer {
    caller.form("/acme/shop/token", &form(fields))
}

/// Ann signs in by a client.
pub fn sign_in(caller: &Client, scope: Option<&str>) -> Answer {
    let person = [("grant_type", "password"), ("username", "ann"), ("password", PASSWORD)];
    let scope: Vec<(&str, &str)> = scope.map(|scope| ("scope", scope)).into_iter().collect();
    ask(caller, &[&person[..], &scope[..]].concat())
}

pub fn refresh(caller: &Client, token: &str, fields: &[(&str, &str)]) -> Answer {
    ask(caller, &[&[("grant_type", "refresh_token"), ("refresh_token", token)][..], fields].concat())
}
