//! Who may register a client at all; what is registered is told in `conformance/rfc7591.rs`.

use std::time::Duration;

use serde_json::{Value, json};

use super::{CLIENTS, admin, text};
use crate::support::{Answer, Client, World, world, world_with};

pub const INITIAL: &str = "/management/orgs/acme/apps/shop/initial-access-tokens";

/// Lets programs register themselves with acme's shop.
pub fn open(world: &World, mode: &str) {
    assert_eq!(admin(world).put("/acme/shop", &json!({ "registration_of_clients": mode })).status, 200);
}

pub fn register(caller: &Client) -> Answer {
    caller.json("/acme/shop/register", &json!({ "redirect_uris": ["https://app.example/cb"] }))
}

/// Makes an initial access token.
pub fn initial(world: &World, body: Value) -> Value {
    let made = admin(world).json(INITIAL, &body);
    assert_eq!(made.status, 200, "{}", made.text);
    made.json["entities"][0].clone()
}

#[test]
fn nobody_registers_a_client_unless_the_application_lets_them() {
    let world = world();
    for place in ["/acme/shop", "/management"] {
        let answer = world.guest().json(&format!("{place}/register"), &json!({}));
        assert_eq!(answer.error(), (404, "not_found"), "{place}");
    }
    assert_eq!(admin(&world).put("/acme/shop", &json!({ "registration_of_clients": "on" })).status, 400);
    open(&world, "open");
    assert_eq!(admin(&world).get("/acme/shop").json["entities"][0]["registration_of_clients"], "open");
    assert_eq!(register(&world.guest()).status, 201);
    assert_eq!(world.guest().json("/rival/shop/register", &json!({})).status, 404, "of this application alone");
    open(&world, "off");
    assert_eq!(register(&world.guest()).status, 404);
}

#[test]
fn an_initial_access_token_lets_in_as_many_as_it_says_for_as_long() {
    let world = world();
    open(&world, "token");
    let with = |token: &Value| world.guest().bearer(text(token, "token"));
    assert_eq!(register(&world.guest()).error(), (401, "invalid_token"));
    assert_eq!(register(&world.guest().bearer("aWEtunknown")).error(), (401, "invalid_token"));
    let two = initial(&world, json!({ "name": "two", "uses": 2, "expires_in": 3_600 }));
    assert_eq!(register(&with(&two)).status, 201);
    let bad = with(&two).json("/acme/shop/register", &json!({ "redirect_uris": ["http://app.example"] }));
    assert_eq!(bad.error(), (400, "invalid_redirect_uri"), "and no use is lost by that");
    assert_eq!(register(&with(&two)).status, 201);
    assert_eq!(register(&with(&two)).error(), (401, "invalid_token"));

    let short = initial(&world, json!({ "expires_in": 60 }));
    assert_eq!(short["uses_left"], 1);
    world.server.advance(Duration::from_secs(60));
    assert_eq!(register(&with(&short)).error(), (401, "invalid_token"));
    let gone = initial(&world, json!({}));
    assert_eq!(admin(&world).delete(&format!("{INITIAL}/{}", text(&gone, "uuid"))).status, 200);
    assert_eq!(register(&with(&gone)).error(), (401, "invalid_token"));
    let listed = admin(&world).get(INITIAL);
    assert!(!listed.text.contains(text(&two, "token")) && listed.json["count"] == 2, "{}", listed.text);
    // One of another application is none here.
    let rivals = world.caller(&world.rival, tokengrid::domain::authority::Authority::Admin);
    let made = rivals.json("/management/orgs/rival/apps/shop/initial-access-tokens", &json!({}));
    assert_eq!(register(&with(&made.json["entities"][0])).error(), (401, "invalid_token"));
    assert_eq!(admin(&world).json(INITIAL, &json!({ "uses": 0 })).status, 400);
}

#[test]
fn one_source_registers_so_many_clients_an_hour() {
    let world = world_with(|settings| settings.limits.registrations_per_source = 2);
    open(&world, "open");
    assert_eq!((register(&world.guest()).status, register(&world.guest()).status), (201, 201));
    let refused = register(&world.guest());
    assert_eq!(refused.status, 429, "{}", refused.text);
    assert!(!refused.header("retry-after").is_empty());
    world.server.advance(Duration::from_secs(3_600));
    assert_eq!(register(&world.guest()).status, 201);
}

#[test]
fn the_administration_keeps_an_eye_on_what_registered_itself() {
    let world = world();
    open(&world, "open");
    let client = register(&world.guest()).json;
    let path = format!("{CLIENTS}/{}", text(&client, "client_id"));
    assert_eq!(admin(&world).get(&path).json["entities"][0]["kept_by"], "registration");
    assert_eq!(admin(&world).put(&path, &json!({ "disabled": true })).status, 200);
    let own = format!("/acme/shop/register/{}", text(&client, "client_id"));
    let caller = world.guest().bearer(text(&client, "registration_access_token"));
    assert_eq!(caller.get(&own).error(), (401, "invalid_token"));
    assert_eq!(admin(&world).delete(&path).status, 200);
}
