//! The application plane's routes on the application itself and on the calling user.

use serde_json::{Value, json};
use tokengrid::domain::authority::Authority::{self, AppUser};
use tokengrid::domain::tenant::AppSettings;
use tokengrid::manage::Actor;

use crate::support::{World, world};

const BEGIN: i64 = 1_767_225_600_000;

fn envelope(world: &World, path: &str, entity: &Value) -> Value {
    json!({
        "action": "get",
        "application": world.acme.app.id,
        "params": {},
        "path": path,
        "uri": format!("{}/acme/shop{}", world.server.base, path.trim_end_matches('/')),
        "entities": [entity],
        "timestamp": BEGIN,
        "duration": 0,
        "organization": "acme",
        "applicationName": "shop",
    })
}

fn application(world: &World) -> Value {
    json!({
        "uuid": world.acme.app.id,
        "type": "application",
        "name": "acme/shop",
        "created": BEGIN,
        "modified": BEGIN,
        "applicationName": "shop",
        "organizationName": "acme",
        "metadata": { "collections": {
            "users": { "title": "Users", "count": 1, "name": "users", "type": "user" },
            "groups": { "title": "Groups", "count": 0, "name": "groups", "type": "group" },
            "roles": { "title": "Roles", "count": 3, "name": "roles", "type": "role" },
        } },
    })
}

fn ann(world: &World) -> Value {
    let id = world.acme.user.id;
    let path = |name: &str| format!("/users/{id}/{name}");
    json!({
        "uuid": id,
        "type": "user",
        "created": BEGIN,
        "modified": BEGIN,
        "username": "ann",
        "email": "ann@example.test",
        "name": "The ann",
        "activated": true,
        // md5 of ann@example.test
        "picture": "http://www.gravatar.com/avatar/51d91289b5d3e08fd6f4c5bb14f6b383",
        "metadata": {
            "path": format!("/users/{id}"),
            "sets": { "rolenames": path("roles"), "permissions": path("permissions") },
            "collections": {
                "activities": path("activities"), "devices": path("devices"), "feed": path("feed"),
                "groups": path("groups"), "roles": path("roles"), "following": path("following"),
                "followers": path("followers"),
            },
        },
    })
}

#[test]
fn an_application_is_an_entity_at_every_spelling_of_its_address() {
    let world = world();
    let expected = envelope(&world, "/", &application(&world));
    let (org, app) = (world.acme.org.id, world.acme.app.id);
    let paths = [
        "/acme/shop".to_owned(),
        "/ACME/Shop/".to_owned(),
        "//acme//shop".to_owned(),
        format!("/acme/{app}"),
        format!("/{org}/{app}"),
        format!("/orgs/{org}/shop"),
        format!("/{app}"),
        format!("/apps/{app}"),
        format!("/applications/{app}"),
        "/acme/apps/shop".to_owned(),
        "/acme/applications/shop".to_owned(),
        "/acme/a/shop".to_owned(),
        "/orgs/acme/shop".to_owned(),
        "/organizations/acme/apps/shop".to_owned(),
        "/o/acme/shop".to_owned(),
    ];
    for level in Authority::ALL {
        let caller = world.caller(&world.acme, level);
        for path in &paths {
            let answer = caller.get(path);
            assert_eq!(answer.json, expected, "{level} {path}: {}", answer.text);
            assert_eq!(answer.header("content-type"), "application/json");
        }
    }
}

#[test]
fn an_application_shows_its_own_token_lifetime() {
    let world = world();
    let settings = AppSettings { accesstokenttl: Some(31_536_000_000), ..AppSettings::default() };
    world.server.wait(world.registry().set_app(&world.acme.app, settings, Actor::Operator)).unwrap();
    let answer = world.caller(&world.acme, AppUser).get("/acme/shop");
    assert_eq!(answer.json["entities"][0]["accesstokenttl"], 31_536_000_000_i64);
}

#[test]
fn a_user_reads_themselves_under_both_spellings() {
    let world = world();
    let caller = world.caller(&world.acme, AppUser);
    let expected = envelope(&world, "/users", &ann(&world));
    for path in ["/acme/shop/users/me", "/acme/shop/user/me", "/acme/apps/shop/users/me/"] {
        let answer = caller.get(path);
        assert_eq!(answer.json, expected, "{path}: {}", answer.text);
        assert_eq!(answer.header("content-type"), "application/json");
    }
}

#[test]
fn nothing_of_a_user_betrays_their_password() {
    let world = world();
    let text = world.caller(&world.acme, AppUser).get("/acme/shop/users/me").text;
    let identifier = tokengrid::domain::user::Identifier::Id(world.acme.user.id.uuid());
    let found = world.server.core.store.find_user_with_password(world.acme.app.id, &identifier).unwrap().unwrap();
    let hash = found.hash.unwrap();
    for secret in [hash.expose(), "$2", "hash", "password", "correct horse"] {
        assert!(!text.contains(secret), "{secret}: {text}");
    }
}

#[test]
fn the_query_is_echoed_without_what_bears_a_credential() {
    let world = world();
    let token = world.acme.token(&world.guest(), AppUser);
    let hidden = "client_id=x&password=x&username=x&token=x&refresh_token=x&pin=x&fb_access_token=x";
    let path = format!("/acme/shop/users/me?limit=1&limit=2&ql=a%20b&{hidden}&access_token={token}");
    let answer = world.guest().get(&path);
    assert_eq!(answer.json["params"], json!({ "limit": ["1", "2"], "ql": ["a b"] }), "{}", answer.text);
    assert!(!answer.text.contains(&token));
}

#[test]
fn a_body_on_get_is_not_read() {
    let world = world();
    let caller = world.caller(&world.acme, AppUser);
    for body in ["{}", "{\"access_token\":\"garbage\"}", "{broken", "access_token=garbage"] {
        assert_eq!(caller.get_with_body("/acme/shop/users/me", body).status, 200, "{body}");
    }
}

#[test]
fn an_error_comes_in_the_envelope_of_errors() {
    let world = world();
    let answer = world.guest().get("/acme/shop/users/me");
    let expected = json!({
        "error": "unauthorized",
        "timestamp": BEGIN,
        "duration": 0,
        "error_description": "Subject does not have permission to access this resource",
        "trace_id": answer.header("x-request-id"),
    });
    assert_eq!((answer.status, &answer.json), (401, &expected));
    assert_eq!(answer.header("content-type"), "application/json");
    let answer = world.guest().get("/acme/nowhere/users/me");
    let expected = json!({
        "error": "organization_application_not_found",
        "timestamp": BEGIN,
        "duration": 0,
        "error_description": "Could not find application for acme/nowhere from URI: acme/nowhere/users/me",
        "trace_id": answer.header("x-request-id"),
    });
    assert_eq!((answer.status, &answer.json), (404, &expected));
}
