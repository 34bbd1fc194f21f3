//! `ApplicationCreateIT`, `ApplicationDeleteIT` and the applications of `ManagementResourceIT`.

use serde_json::{Value, json};
use tokengrid::domain::authority::Authority::{Admin, AppClient, AppUser, OrgClient};

use crate::support::{Client, PASSWORD, world};

const APPS: &str = "/management/orgs/acme/apps";

fn create(owner: &Client, name: &str) -> String {
    let created = owner.json(APPS, &json!({ "name": name }));
    assert_eq!(created.status, 200, "{}", created.text);
    created.json["data"][format!("acme/{name}")].as_str().unwrap().to_owned()
}

fn delete(owner: &Client, app: &str) -> (u16, String) {
    let answer = owner.delete(&format!("{APPS}/{app}?confirm_application_identifier={app}"));
    (answer.status, answer.text_of("error").to_owned())
}

fn restore(owner: &Client, app: &str) -> crate::support::Answer {
    owner.send("PUT", &format!("{APPS}/{app}"), None, "")
}

#[test]
fn application_create_it_create_and_immediate_get_and_list() {
    let world = world();
    let owner = world.caller(&world.acme, Admin);
    for n in 0..3 {
        let name = format!("app{n}");
        let created =
            owner.json("/management/organizations/acme/applications", &json!({ "name": name.to_uppercase() }));
        assert_eq!(created.text_of("action"), "new application for organization", "{}", created.text);
        let id = created.json["data"][format!("acme/{name}")].clone();
        assert_eq!(created.json["entities"][0]["uuid"], id);
        assert_eq!(owner.get(&format!("{APPS}/{name}")).json["entities"][0]["uuid"], id);
        assert_eq!(owner.get(&format!("/acme/{name}")).json["entities"][0]["uuid"], id);
        let listed = owner.get(APPS);
        assert_eq!((listed.text_of("action"), listed.text_of("status")), ("get organization application", "ok"));
        assert_eq!(listed.json["data"][format!("acme/{name}")], id);
    }
    let form = owner.form(APPS, "name=formed");
    assert!(form.json["data"]["acme/formed"].is_string(), "{}", form.text);
}

#[test]
fn an_application_needs_a_name_that_is_free() {
    let world = world();
    let owner = world.caller(&world.acme, Admin);
    assert_eq!(owner.json(APPS, &json!({})).error(), (400, "illegal_argument"));
    assert_eq!(owner.json(APPS, &json!({ "name": "" })).error(), (400, "illegal_argument"));
    assert_eq!(owner.json(APPS, &json!({ "name": "users" })).error(), (400, "illegal_argument"));
    assert_eq!(owner.json(APPS, &json!({ "name": "Shop" })).error(), (409, "application_already_exists"));
}

#[test]
fn management_resource_it_mgmt_create_and_get_application() {
    let world = world();
    let owner = world.caller(&world.acme, Admin);
    let id = create(&owner, "mgmt-app");
    for named in ["mgmt-app", "MGMT-App", &id] {
        let read = owner.get(&format!("{APPS}/{named}"));
        assert_eq!(read.text_of("action"), "get", "{}", read.text);
        let entity = &read.json["entities"][0];
        assert_eq!(entity["name"], "acme/mgmt-app");
        let roles = &entity["metadata"]["collections"]["roles"];
        assert_eq!(roles, &json!({ "title": "Roles", "count": 3, "name": "roles", "type": "role" }), "{}", read.text);
        assert_eq!((&entity["applicationName"], &entity["organizationName"]), (&json!("mgmt-app"), &json!("acme")));
    }
    let missing = owner.get(&format!("{APPS}/nothing"));
    assert_eq!(missing.error(), (404, "entity_not_found"));
    assert_eq!(missing.text_of("error_description"), "Application nothing does not exist for organization acme");
    let foreign = owner.get(&format!("{APPS}/{}", world.rival.app.id));
    assert_eq!(foreign.error(), (404, "entity_not_found"), "another organization's id finds nothing here");
}

#[test]
fn management_resource_it_check_sizes() {
    let world = world();
    let owner = world.caller(&world.acme, Admin);
    let size =
        |path: &str| owner.get(&format!("{APPS}/shop{path}/_size")).json["metadata"]["aggregation"]["size"].clone();
    assert_eq!(size("/users"), json!({ "users": 1 }));
    assert_eq!(size("/nothing"), json!({ "nothing": 0 }));
    let all = size("/collections");
    assert_eq!(all["users"], 1);
    let sum: i64 = all.as_object().unwrap().values().filter_map(Value::as_i64).sum();
    assert_eq!(size(""), json!({ "application": sum }));
    assert_eq!(owner.get("/management/orgs/rival/apps/shop/_size").error(), (401, "unauthorized"));
}

#[test]
fn application_delete_it_basic_operation() {
    let world = world();
    let owner = world.caller(&world.acme, Admin);
    let id = create(&owner, "gone");
    for confirmed in ["", "?confirm_application_identifier=other", "?confirm_application_identifier=gone"] {
        let refused = owner.delete(&format!("{APPS}/{id}{confirmed}"));
        assert_eq!(refused.error(), (400, "illegal_argument"), "{confirmed}: {}", refused.text);
    }
    assert_eq!(owner.get(&format!("{APPS}/gone")).status, 200);
    assert_eq!(delete(&owner, &id), (200, String::new()));
    for named in ["gone", &id] {
        assert_eq!(owner.get(&format!("{APPS}/{named}")).error(), (404, "entity_not_found"));
        assert_eq!(delete(&owner, named), (404, "entity_not_found".to_owned()));
    }
    assert_eq!(owner.get("/acme/gone").error(), (404, "organization_application_not_found"));
    assert!(owner.get(APPS).json["data"].get("acme/gone").is_none());
}

#[test]
fn application_delete_it_common_use_cases_and_restore() {
    let world = world();
    let guest = world.guest();
    let owner = world.caller(&world.acme, Admin);
    let id = world.acme.app.id.to_string();
    let tokens = [AppUser, AppClient].map(|level| world.acme.token(&guest, level));
    let refresh = guest.sign_in("/acme/shop", "ann", PASSWORD).text_of("refresh_token").to_owned();
    let (client, secret) = world.acme.app_client.clone();

    assert_eq!(delete(&owner, "shop").0, 200);
    for token in &tokens {
        assert_eq!(guest.bearer(token).get("/acme/shop").status, 404);
        assert_eq!(guest.bearer(token).get("/management/orgs/acme").error(), (401, "auth_bad_access_token"));
    }
    assert_eq!(guest.sign_in("/acme/shop", "ann", PASSWORD).status, 404);
    assert_ne!(guest.client_token("/management", &client, &secret).status, 200);
    assert_eq!(guest.basic(&client, &secret).get("/management/orgs/acme").status, 401);

    let restored = restore(&owner, &id);
    assert_eq!((restored.status, restored.text_of("action")), (200, "restore"), "{}", restored.text);
    assert_eq!(restored.json["entities"][0]["uuid"], id.as_str());
    for token in &tokens {
        assert_eq!(guest.bearer(token).get("/acme/shop").status, 401, "what died stays dead");
    }
    let form = format!("grant_type=refresh_token&refresh_token={refresh}");
    assert_eq!(guest.form("/acme/shop/token", &form).error(), (400, "invalid_grant"));
    assert_ne!(guest.client_token("/acme/shop", &client, &secret).status, 200, "the secret is another");
    let fresh = owner.get("/acme/shop/credentials").json["credentials"].clone();
    assert_eq!(fresh["client_id"], client.as_str());
    assert_ne!(fresh["client_secret"], secret.as_str());
    let again = guest.sign_in("/acme/shop", "ann", PASSWORD);
    assert_eq!(again.json["user"]["uuid"], world.acme.user.id.to_string().as_str(), "{}", again.text);
    assert_eq!(guest.bearer(&again.token()).get("/acme/shop/users/me").status, 200);
    assert_eq!(restore(&owner, &id).error(), (404, "entity_not_found"), "what lives is not restored");
}

#[test]
fn application_delete_it_app_restore_conflict() {
    let world = world();
    let owner = world.caller(&world.acme, Admin);
    let first = create(&owner, "again");
    assert_eq!(delete(&owner, "again").0, 200);
    let second = create(&owner, "again");
    assert_ne!(first, second);
    assert_eq!(restore(&owner, &first).error(), (409, "conflict"));
    assert_eq!(owner.get(&format!("{APPS}/again")).json["entities"][0]["uuid"], second.as_str());
}

#[test]
fn application_delete_it_app_delete_conflict() {
    let world = world();
    let owner = world.caller(&world.acme, Admin);
    create(&owner, "again");
    assert_eq!(delete(&owner, "again").0, 200);
    create(&owner, "again");
    assert_eq!(delete(&owner, "again"), (409, "conflict".to_owned()));
    assert_eq!(owner.get("/acme/again").status, 200, "nothing was deleted");
}

#[test]
fn nobody_deletes_or_restores_what_is_not_theirs() {
    let world = world();
    let guest = world.guest();
    let callers = [
        guest.clone(),
        world.caller(&world.acme, AppUser),
        world.caller(&world.acme, AppClient),
        world.caller(&world.rival, Admin),
        world.caller(&world.rival, OrgClient),
    ];
    for caller in &callers {
        assert_eq!(delete(caller, "shop"), (401, "unauthorized".to_owned()));
    }
    let owner = world.caller(&world.acme, OrgClient);
    let rival = world.caller(&world.rival, Admin);
    let id = world.acme.app.id.to_string();
    let elsewhere = format!("/management/orgs/rival/apps/{id}");
    let refused = rival.delete(&format!("{elsewhere}?confirm_application_identifier={id}"));
    assert_eq!(refused.error(), (404, "entity_not_found"), "another's id below the own name");
    assert_eq!(delete(&owner, "shop").0, 200, "the organization's client may");
    assert_eq!(rival.send("PUT", &elsewhere, None, "").error(), (404, "entity_not_found"));
    assert_eq!(rival.get("/rival/shop").status, 200, "the twin lives");
    assert_eq!(restore(&owner, &id).status, 200);
}
