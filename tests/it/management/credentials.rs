//! Client credentials on both planes: read by their owners, rotated at once, and hidden where the organization says so.

use std::time::Duration;

use serde_json::{Value, json};
use tokengrid::domain::authority::Authority::{Admin, AppClient, OrgClient};
use tokengrid::domain::client::ClientId;
use tokengrid::domain::tenant::{OrgSettings, Switch};
use tokengrid::manage::Actor;

use crate::support::{Client, World, world};

const BEGIN: i64 = 1_767_225_600_000;

const ORG: &str = "/management/orgs/acme/credentials";
const APP: &str = "/management/orgs/acme/apps/shop/credentials";
const OWN: &str = "/acme/shop/credentials";

fn works(world: &World, (id, secret): &(String, String)) -> bool {
    let answer = world.guest().client_token("/management", id, secret);
    assert!(answer.status == 200 || answer.error() == (401, "invalid_client"), "{}", answer.text);
    answer.status == 200
}

fn rotate(caller: &Client, path: &str) -> (String, String) {
    let answer = caller.send("POST", path, None, "");
    assert_eq!(answer.status, 200, "{path}: {}", answer.text);
    let credentials = &answer.json["credentials"];
    let text = |name: &str| credentials[name].as_str().unwrap().to_owned();
    (text("client_id"), text("client_secret"))
}

fn shown((id, secret): &(String, String)) -> Value {
    json!({ "client_id": id, "client_secret": secret })
}

#[test]
fn credentials_are_read_in_the_envelope_of_their_plane() {
    let world = world();
    let acme = &world.acme;
    let (app, org) = (shown(&acme.app_client), shown(&acme.org_client));
    let caller = world.caller(acme, OrgClient);
    let management = |action: &str, credentials: &Value| json!({ "action": action, "timestamp": BEGIN, "duration": 0, "credentials": credentials });
    assert_eq!(caller.get(ORG).json, management("get organization client credentials", &org));
    assert_eq!(caller.get(APP).json, management("get application client credentials", &app));
    let by_ids = format!("/management/orgs/{}/applications/{}/credentials", acme.org.id, acme.app.id);
    assert_eq!(caller.get(&by_ids).json, management("get application client credentials", &app));
    let answer = caller.get(OWN);
    let expected = json!({
        "action": "get application keys",
        "application": acme.app.id,
        "params": {},
        "uri": format!("{}/acme/shop", world.server.base),
        "status": "ok",
        "timestamp": BEGIN,
        "duration": 0,
        "organization": "acme",
        "applicationName": "shop",
        "credentials": app,
    });
    assert_eq!(answer.json, expected);
    for path in [ORG, APP, OWN] {
        let answer = caller.get(path);
        assert_eq!(answer.header("content-type"), "application/json");
        assert_eq!(answer.header("cache-control"), "no-store");
    }
}

#[test]
fn the_id_and_the_secret_have_usergrids_form() {
    let world = world();
    for ((id, secret), prefix) in [(&world.acme.app_client, "YXA6"), (&world.acme.org_client, "b3U6")] {
        assert!(id.starts_with(prefix) && id.len() == 26, "{id}");
        assert!(secret.starts_with(prefix) && secret.len() == 47, "{secret}");
        assert!(secret.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte)), "{secret}");
    }
}

#[test]
fn a_rotation_ends_the_old_secret_and_its_tokens_at_once() {
    let world = world();
    let paths = [
        (ORG, &world.acme.org_client, "generate organization client credentials"),
        (APP, &world.acme.app_client, "generate application client credentials"),
        (OWN, &world.acme.app_client, "generate application keys"),
    ];
    for (path, (id, _), action) in paths {
        let client = if path == ORG { ClientId::Org(world.acme.org.id) } else { ClientId::App(world.acme.app.id) };
        let old = world.pair(client);
        let token = world.guest().client_token("/management", &old.0, &old.1).token();
        let caller = world.caller(&world.acme, Admin);
        let answer = caller.send("POST", path, None, "");
        assert_eq!((answer.status, answer.text_of("action")), (200, action));
        let new = world.pair(client);
        assert_eq!(answer.json["credentials"], shown(&new));
        assert_eq!((&new.0, new.1 == old.1), (id, false));
        assert!(!works(&world, &old) && works(&world, &new), "{path}");
        assert_eq!(world.guest().basic(&old.0, &old.1).get(OWN).error(), (401, "auth_invalid_credentials"));
        assert_eq!(
            world.guest().basic(&new.0, &new.1).get(OWN).json["credentials"]["client_id"],
            world.acme.app_client.0
        );
        assert_eq!(world.guest().bearer(&token).get(OWN).error(), (401, "auth_invalid"), "tokens from before end");
        let fresh = world.guest().client_token("/management", &new.0, &new.1).token();
        assert_eq!(world.guest().bearer(&fresh).get(OWN).status, 200);
        assert_eq!(caller.get(path).json["credentials"], shown(&new));
    }
    assert!(works(&world, &world.rival.app_client) && works(&world, &world.rival.org_client));
}

#[test]
fn a_client_may_rotate_its_own_secret_and_the_application_not_its_organizations() {
    let world = world();
    let (id, secret) = world.acme.app_client.clone();
    let new = rotate(&world.guest().basic(&id, &secret), OWN);
    assert!(works(&world, &new) && !works(&world, &(id, secret)));
    let client = world.guest().basic(&new.0, &new.1);
    for path in [ORG, APP] {
        for method in ["GET", "POST"] {
            assert_eq!(client.send(method, path, None, "").error(), (401, "unauthorized"), "{method} {path}");
        }
    }
    assert!(works(&world, &world.acme.org_client));
    let (id, secret) = &world.acme.org_client;
    let new = rotate(&world.guest().basic(id, secret), ORG);
    assert!(works(&world, &new) && !works(&world, &world.acme.org_client));
}

#[test]
fn an_operator_may_let_the_old_secret_work_for_a_while() {
    let world = world();
    let client = world.acme.app_client_id();
    let registry = world.registry();
    let keep = Duration::from_secs(60);
    let first = world.acme.app_client.clone();
    let token = world.guest().client_token("/management", &first.0, &first.1).token();
    world.server.wait(registry.rotate_credentials(client, keep, Actor::Operator)).unwrap();
    let second = world.pair(client);
    assert!(works(&world, &first) && works(&world, &second));
    assert_eq!(world.guest().bearer(&token).get(OWN).status, 200, "grace is for the tokens too");
    world.server.advance(Duration::from_secs(30));
    world.server.wait(registry.rotate_credentials(client, keep, Actor::Operator)).unwrap();
    let third = world.pair(client);
    assert!(works(&world, &first) && works(&world, &second) && works(&world, &third));
    // Another rotation never lengthens a life that was already ending.
    world.server.advance(Duration::from_secs(30));
    assert!(!works(&world, &first) && works(&world, &second) && works(&world, &third));
    world.server.advance(Duration::from_secs(30));
    assert!(!works(&world, &second) && works(&world, &third));
    // Whoever rotates over HTTP ends all that came before.
    let fourth = rotate(&world.caller(&world.acme, Admin), OWN);
    assert!(!works(&world, &third) && works(&world, &fourth));
}

#[test]
fn where_secrets_cannot_be_read_back_a_rotation_shows_the_new_one_once() {
    let world = world();
    let settings = OrgSettings { retrievable_secrets: Switch::Off, ..OrgSettings::default() };
    world.server.wait(world.registry().set_org(&world.acme.org, settings, Actor::Operator)).unwrap();
    for path in [ORG, APP, OWN] {
        let caller = world.caller(&world.acme, Admin);
        let new = rotate(&caller, path);
        assert!(works(&world, &new), "{path}");
        let answer = caller.get(path);
        assert_eq!(answer.json["credentials"], json!({ "client_id": new.0 }), "{path}");
        assert!(!answer.text.contains(&new.1));
    }
    world.server.wait(world.registry().maintain()).unwrap();
    for owner in [world.acme.org.id.into(), world.acme.app.id.into()] {
        let secrets = world.server.core.store.list_client_secrets(owner).unwrap();
        assert!(secrets.iter().all(|secret| secret.sealed.is_none()), "no copy is kept that could be opened");
    }
    let rival = world.caller(&world.rival, AppClient).get("/rival/shop/credentials");
    assert_eq!(rival.json["credentials"], shown(&world.rival.app_client));
}

#[test]
fn a_rotation_is_written_down_without_the_secret() {
    let world = world();
    world.server.advance(Duration::from_millis(1));
    let new = rotate(&world.caller(&world.acme, Admin), OWN);
    let audit = world.server.core.store.list_audit(world.acme.app.id.into(), 10).unwrap();
    assert_eq!(audit[0].action, "rotate credentials");
    assert_eq!(audit[0].actor, format!("admin:{}", world.acme.admin.id));
    assert_eq!(audit[0].detail["client_id"], new.0);
    assert!(audit.iter().all(|entry| !entry.detail.to_string().contains(&new.1)));
}
