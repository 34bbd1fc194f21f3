//! RFC 7591: dynamic client registration.

use serde_json::{Value, json};

use crate::clients::{admin, ask, by_basic, text};
use crate::support::{Answer, World, world};

fn open() -> World {
    let world = world();
    assert_eq!(admin(&world).put("/acme/shop", &json!({ "registration_of_clients": "open" })).status, 200);
    world
}

fn register(world: &World, metadata: Value) -> Answer {
    world.guest().json("/acme/shop/register", &metadata)
}

#[test]
fn s3_2_1_the_answer_is_what_is_in_force() {
    let world = open();
    let answer = register(&world, json!({ "redirect_uris": ["https://app.example/cb"], "client_name": "App" }));
    assert_eq!(answer.status, 201, "{}", answer.text);
    assert_eq!((answer.header("cache-control"), answer.header("pragma")), ("no-store", "no-cache"));
    assert_eq!(answer.header("content-type"), "application/json");
    let client = &answer.json;
    for (member, value) in [
        ("client_name", json!("App")),
        ("redirect_uris", json!(["https://app.example/cb"])),
        // The defaults of §2.
        ("grant_types", json!(["authorization_code"])),
        ("response_types", json!(["code"])),
        ("token_endpoint_auth_method", json!("client_secret_basic")),
        ("scope", json!("email openid profile")),
        ("client_secret_expires_at", json!(0)),
        ("client_id_issued_at", json!(client["client_id_issued_at"].as_i64().unwrap())),
        (
            "registration_client_uri",
            json!(format!("{}/acme/shop/register/{}", world.server.base, text(client, "client_id"))),
        ),
    ] {
        assert_eq!(client[member], value, "{member}");
    }
    assert!(!text(client, "client_secret").is_empty() && !text(client, "registration_access_token").is_empty());
    let public =
        register(&world, json!({ "redirect_uris": ["https://app.example/cb"], "token_endpoint_auth_method": "none" }));
    assert_eq!((public.status, public.json.get("client_secret")), (201, None));
    assert_eq!(public.json.get("client_secret_expires_at"), None);
}

#[test]
fn s2_the_client_can_use_what_it_registered_at_once() {
    let world = open();
    let client = register(&world, json!({ "grant_types": ["client_credentials"] })).json;
    assert_eq!(client["response_types"], json!([]));
    let answer = ask(&by_basic(&world, &client), &[("grant_type", "client_credentials")]);
    assert_eq!((answer.status, answer.text_of("scope")), (200, "email profile"));
    assert_eq!(world.guest().bearer(&answer.token()).get("/acme/shop/users").status, 403, "it reaches no plane");
}

#[test]
fn s2_what_is_not_understood_is_passed_over() {
    let world = open();
    let answer = register(
        &world,
        json!({
            "redirect_uris": ["https://app.example/cb"], "client_name#de": "Anwendung", "x": { "y": 1 },
            "first_party": true, "access_token_ttl": 1, "refresh_token_ttl": 1, "resources": ["https://api.example"],
            "disabled": true, "kept_by": "management", "client_id": "mine",
        }),
    );
    assert_eq!(answer.status, 201, "{}", answer.text);
    assert_eq!(answer.json["first_party"], false, "nobody makes themselves trusted");
    for absent in ["x", "access_token_ttl", "refresh_token_ttl", "resources", "disabled"] {
        assert_eq!(answer.json.get(absent), None, "{absent}");
    }
    assert_ne!(answer.json["client_id"], "mine");
}

#[test]
fn s3_2_2_each_fault_has_its_code() {
    let world = open();
    for body in [
        json!({ "redirect_uris": ["http://app.example/cb"] }),
        json!({ "redirect_uris": ["https://app.example/cb#x"] }),
        json!({ "redirect_uris": [] }),
        json!({}),
    ] {
        assert_eq!(register(&world, body.clone()).error(), (400, "invalid_redirect_uri"), "{body}");
    }
    let uri = "https://app.example/cb";
    for body in [
        json!({ "redirect_uris": [uri], "scope": "openid api" }),
        json!({ "redirect_uris": [uri], "scope": "reports" }),
        json!({ "redirect_uris": [uri], "grant_types": ["password"] }),
        json!({ "redirect_uris": [uri], "grant_types": ["urn:ietf:params:oauth:grant-type:token-exchange"] }),
        json!({ "redirect_uris": [uri], "grant_types": ["urn:ietf:params:oauth:grant-type:jwt-bearer"] }),
        json!({ "redirect_uris": [uri], "response_types": ["token"] }),
        json!({ "redirect_uris": [uri], "token_endpoint_auth_method": "client_secret_jwt" }),
        json!({ "redirect_uris": [uri], "jwks": { "keys": [] }, "jwks_uri": "https://app.example/jwks" }),
        json!({ "redirect_uris": uri }),
    ] {
        assert_eq!(register(&world, body.clone()).error(), (400, "invalid_client_metadata"), "{body}");
    }
    for body in ["", "[]", "{", "redirect_uris=x"] {
        let answer = world.guest().send("POST", "/acme/shop/register", Some("application/json"), body);
        assert_eq!(answer.error(), (400, "invalid_client_metadata"), "{body}");
    }
}
