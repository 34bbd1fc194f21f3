//! RFC 7592: a client keeps its own registration.

use serde_json::{Value, json};

use crate::clients::{CLIENTS, admin, ask, by_basic, text};
use crate::support::{Client, World, world};

/// A client that registered itself, the path of its registration, and itself as a caller there.
fn begin(world: &World) -> (Value, String, Client) {
    assert_eq!(admin(world).put("/acme/shop", &json!({ "registration_of_clients": "open" })).status, 200);
    let body = json!({ "grant_types": ["client_credentials"], "client_name": "Own" });
    let client = world.guest().json("/acme/shop/register", &body).json;
    let path = format!("/acme/shop/register/{}", text(&client, "client_id"));
    let caller = world.guest().bearer(text(&client, "registration_access_token"));
    (client, path, caller)
}

#[test]
fn s2_1_a_client_reads_its_registration() {
    let world = world();
    let (client, path, caller) = begin(&world);
    let answer = caller.get(&path);
    assert_eq!((answer.status, answer.header("cache-control")), (200, "no-store"), "{}", answer.text);
    for member in ["client_id", "client_name", "grant_types", "registration_client_uri", "registration_access_token"] {
        assert_eq!(answer.json[member], client[member], "{member}");
    }
    assert_eq!(answer.json.get("client_secret"), None, "it was shown once");
}

#[test]
fn s2_2_an_update_replaces_everything_but_the_secret() {
    let world = world();
    let (client, path, caller) = begin(&world);
    let body = json!({
        "client_id": client["client_id"], "redirect_uris": ["https://app.example/cb"],
        "grant_types": ["authorization_code", "client_credentials"],
    });
    let answer = caller.put(&path, &body);
    assert_eq!(answer.status, 200, "{}", answer.text);
    assert_eq!(answer.json["redirect_uris"], json!(["https://app.example/cb"]));
    assert_ne!(answer.json["client_name"], "Own", "what is not said again is gone");
    assert_eq!(ask(&by_basic(&world, &client), &[("grant_type", "client_credentials")]).status, 200);
    for bad in [json!({}), json!({ "client_id": "other", "grant_types": ["client_credentials"] })] {
        assert_eq!(caller.put(&path, &bad).error(), (400, "invalid_client_metadata"), "{bad}");
    }
    let more = json!({ "client_id": client["client_id"], "grant_types": ["client_credentials"], "scope": "api" });
    assert_eq!(caller.put(&path, &more).error(), (400, "invalid_client_metadata"), "nobody gives themselves more");
    let public = json!({
        "client_id": client["client_id"], "redirect_uris": ["https://app.example/cb"],
        "token_endpoint_auth_method": "none",
    });
    assert_eq!(caller.put(&path, &public).status, 200);
    assert_eq!(
        ask(&by_basic(&world, &client), &[("grant_type", "client_credentials")]).error(),
        (401, "invalid_client")
    );
}

#[test]
fn s2_3_a_client_removes_itself_and_its_tokens() {
    let world = world();
    let (client, path, caller) = begin(&world);
    let token = ask(&by_basic(&world, &client), &[("grant_type", "client_credentials")]).token();
    let bearer = world.guest().bearer(&token);
    assert_eq!(bearer.get("/acme/shop/users").status, 403);
    assert_eq!(caller.delete(&path).status, 204);
    assert_eq!(bearer.get("/acme/shop/users").status, 401);
    assert_eq!(caller.get(&path).error(), (401, "invalid_token"));
    assert_eq!(admin(&world).get(CLIENTS).json["count"], 0);
}

#[test]
fn s3_only_its_own_token_opens_a_registration() {
    let world = world();
    let (_, path, _) = begin(&world);
    let (other, other_path, other_caller) = begin(&world);
    let unknown = "/acme/shop/register/Y2w6AAAAAAAAAAAAAAAAAAAABw";
    let guest = world.guest();
    let app_token = world.caller(&world.acme, tokengrid::domain::authority::Authority::AppClient);
    for (caller, path) in [
        (&guest, path.as_str()),
        (&other_caller, path.as_str()),
        (&other_caller, unknown),
        (&app_token, path.as_str()),
        (&other_caller, &other_path.replace("/acme/", "/rival/")),
    ] {
        for method in ["GET", "DELETE"] {
            let answer = caller.send(method, path, None, "");
            let expected = if path.starts_with("/rival") { (404, "not_found") } else { (401, "invalid_token") };
            assert_eq!(answer.error(), expected, "{method} {path}");
        }
    }
    let pair = world.guest().basic(text(&other, "client_id"), text(&other, "client_secret"));
    assert_eq!(pair.get(&other_path).error(), (401, "invalid_token"));
    assert_eq!(other_caller.get(&other_path).status, 200);
}
