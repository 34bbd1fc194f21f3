//! The application's root. *Ports*: `ApplicationResourceIT`, and what applications say of sign-ups.

use std::time::Duration;

use serde_json::{Value, json};
use tokengrid::domain::authority::Authority::{Admin, AppClient, AppUser, OrgClient};

use super::stage::{Stage, get, post, put};
use crate::support::{PASSWORD, world_with};

#[test]
fn application_resource_it_application_with_org_and_app_credentials() {
    let stage = Stage::new();
    for (id, secret) in [&stage.world.acme.org_client, &stage.world.acme.app_client] {
        let pair = format!("client_id={id}&client_secret={secret}");
        let root = stage.guest.get(&format!("/ACME/Shop?{pair}"));
        assert_eq!(root.status, 200, "{}", root.text);
        assert_eq!(root.text_of("uri"), format!("{}/acme/shop", stage.world.server.base));
        assert_eq!(root.json["entities"][0]["name"], "acme/shop");
        assert_eq!(root.json["params"], json!({}));
        let roles = stage.guest.get(&format!("/acme/shop/roles?{pair}"));
        assert_eq!(roles.json["entities"].as_array().map(Vec::len), Some(3), "{}", roles.text);
        assert_eq!(stage.guest.basic(id, secret).get("/acme/shop").status, 200);
    }
}

#[test]
fn the_roots_collections_have_four_members_and_count_exactly() {
    let stage = Stage::new();
    stage.user("bob");
    stage.group("staff");
    let collections = || get(&stage.owner, "/").json["entities"][0]["metadata"]["collections"].clone();
    let of = |title: &str, name: &str, kind: &str, count: u64| json!({ "title": title, "count": count, "name": name, "type": kind });
    let expected = |users| {
        json!({ "users": of("Users", "users", "user", users), "groups": of("Groups", "groups", "group", 1),
        "roles": of("Roles", "roles", "role", 3) })
    };
    assert_eq!(collections(), expected(2));
    stage.owner.send("DELETE", "/acme/shop/users/bob", None, "");
    assert_eq!(collections(), expected(1));
}

#[test]
fn application_resource_it_update_access_token_ttl() {
    let world = world_with(|settings| settings.tokens.access_ttl = Duration::from_secs(604_800));
    let life = || world.guest().sign_in("/acme/shop", "ann", PASSWORD).json["expires_in"].clone();
    assert_eq!(life(), 604_800);
    let owner = world.caller(&world.acme, AppClient);
    let set = |body: Value| owner.send("PUT", "/acme/shop", Some("application/json"), &body.to_string());
    let answer = set(json!({ "accesstokenttl": "31536000000" }));
    assert_eq!(answer.json["entities"][0]["accesstokenttl"], 31_536_000_000_u64, "{}", answer.text);
    assert_eq!(answer.text_of("action"), "put");
    assert_eq!(life(), 31_536_000);
    assert_eq!(
        world.caller(&world.acme, AppUser).get("/acme/shop").json["entities"][0]["accesstokenttl"],
        31_536_000_000_u64
    );
    // Clients are not concerned.
    let (id, secret) = &world.acme.app_client;
    assert_eq!(world.guest().client_token("/acme/shop", id, secret).json["expires_in"], 604_800);
    for bad in [json!("derp"), json!(-1), json!(1.5), json!(true), json!("")] {
        assert_eq!(set(json!({ "accesstokenttl": bad })).error(), (400, "illegal_argument"), "{bad}");
    }
    assert_eq!(set(json!({ "accesstokenttl": 2_000 })).status, 200);
    assert_eq!(life(), 2);
    assert_eq!(set(json!({ "accesstokenttl": null })).status, 200);
    assert_eq!(life(), 604_800);
}

#[test]
fn application_resource_it_token_ttl_ttl_over_max_and_defect_10_ttl_nan() {
    let stage = Stage::new();
    let ask = |ttl: &str| {
        let query = format!("grant_type=password&username=ann&password=correct%20horse&ttl={ttl}");
        stage.guest.get(&format!("/acme/shop/token?{query}"))
    };
    let short = ask("2000");
    assert_eq!(short.json["expires_in"], 2);
    let caller = stage.guest.bearer(&short.token());
    assert_eq!(get(&caller, "/users/me").status, 200);
    stage.world.server.advance(Duration::from_secs(3));
    assert_eq!(get(&caller, "/users/me").error(), (401, "expired_token"));
    for bad in ["derp", "-1", "9223372036854775807", "1.5"] {
        assert_eq!(ask(bad).error(), (400, "illegal_argument"), "{bad}");
    }
}

#[test]
fn application_resource_it_app_token_from_org_and_app_creds_lists_users() {
    let world = world_with(|settings| settings.tokens.access_ttl = Duration::from_secs(604_800));
    for (id, secret) in [&world.acme.org_client, &world.acme.app_client] {
        let answer = world.guest().client_token("/acme/shop", id, secret);
        assert_eq!(answer.json["expires_in"], 604_800);
        let users = world.guest().bearer(&answer.token()).get("/acme/shop/users");
        assert_eq!(users.json["entities"][0]["username"], "ann", "{}", users.text);
        assert_eq!(
            world.guest().basic(id, secret).form("/management/token", "grant_type=client_credentials").status,
            200
        );
    }
}

#[test]
fn application_resource_it_json_for_no_accepts_json_creds_and_unknown_paths() {
    let stage = Stage::new();
    let root = get(&stage.owner, "");
    assert_eq!((root.status, root.header("content-type")), (200, "application/json"));
    let session = stage.guest.sign_in("/acme/shop", "ann", PASSWORD);
    assert!(session.json["access_token"].is_string() && session.json["expires_in"].is_u64());
    assert_eq!(get(&stage.owner, "/apm/apigeeMobileConfig").status, 404);
    for level in [AppClient, OrgClient, Admin] {
        let keys = stage.world.caller(&stage.world.acme, level).get("/acme/shop/credentials");
        assert!(
            keys.json["credentials"]["client_id"].is_string() && keys.json["credentials"]["client_secret"].is_string()
        );
    }
}

#[test]
fn free_properties_merge_and_own_members_stay() {
    let stage = Stage::new();
    let body = json!({ "colour": "green", "nested": { "a": 1 }, "name": "stolen", "uuid": "1", "metadata": {},
        "organizationName": "rival", "allow_open_registration": false, "notify_admin_of_new_users": "true" });
    let entity = put(&stage.owner, "", &body).json["entities"][0].clone();
    assert_eq!((&entity["colour"], &entity["nested"]), (&json!("green"), &json!({ "a": 1 })));
    assert_eq!((&entity["name"], &entity["organizationName"]), (&json!("acme/shop"), &json!("acme")));
    assert_eq!(
        (&entity["allow_open_registration"], &entity["notify_admin_of_new_users"]),
        (&json!(false), &json!(true))
    );
    put(&stage.owner, "", &json!({ "colour": null, "more": [1] }));
    let entity = get(&stage.owner, "").json["entities"][0].clone();
    assert_eq!(
        (&entity["colour"], &entity["more"], &entity["nested"]),
        (&Value::Null, &json!([1]), &json!({ "a": 1 }))
    );
    for bad in [json!({ "allow_open_registration": 1 }), json!({ "registration_requires_email_confirmation": "yes" })] {
        assert_eq!(put(&stage.owner, "", &bad).error(), (400, "illegal_argument"), "{bad}");
    }
    let form =
        stage.owner.send("PUT", "/acme/shop", Some("application/x-www-form-urlencoded"), "client_secret=hidden&x=y");
    assert!(form.json["entities"][0]["x"] == "y" && !form.text.contains("hidden"), "{}", form.text);
}

#[test]
fn no_permission_reaches_an_applications_settings() {
    let stage = Stage::new();
    stage.grant("/roles/guest", "put,get:/**");
    for caller in [&stage.guest, &stage.caller("ann")] {
        let answer = put(caller, "", &json!({ "accesstokenttl": 1 }));
        assert_eq!(answer.error(), (401, "unauthorized"), "{}", answer.text);
    }
}

#[test]
fn an_application_may_close_its_door_to_guests() {
    let stage = Stage::new();
    put(&stage.owner, "", &json!({ "allow_open_registration": false }));
    for refused in [
        post(&stage.guest, "/users", &json!({ "username": "eve" })),
        stage.guest.form("/acme/shop/users", "username=eve"),
    ] {
        assert_eq!(refused.error(), (401, "unauthorized"), "{}", refused.text);
    }
    let batch = post(&stage.guest, "/users", &json!([{ "username": "eve" }]));
    assert_eq!(
        (batch.json["entities"].clone(), batch.json["rejected"][0]["error"].clone()),
        (json!([]), json!("unauthorized"))
    );
    assert_eq!(get(&stage.owner, "/users/eve").status, 404);
    assert_eq!(post(&stage.owner, "/users", &json!({ "username": "eve" })).status, 200);
    put(&stage.owner, "", &json!({ "allow_open_registration": true }));
    assert_eq!(post(&stage.guest, "/users", &json!({ "username": "adam" })).status, 200);
}

#[test]
fn approval_and_confirmation_keep_new_users_waiting() {
    let stage = Stage::new();
    let sign_up = |name: &str| {
        let body = json!({ "username": name, "password": "secret", "activated": true, "confirmed": true });
        post(&stage.guest, "/users", &body).json["entities"][0].clone()
    };
    put(&stage.owner, "", &json!({ "registration_requires_admin_approval": true }));
    let waiting = sign_up("waiting");
    assert_eq!((&waiting["activated"], &waiting["confirmed"]), (&json!(false), &Value::Null));
    put(
        &stage.owner,
        "",
        &json!({ "registration_requires_admin_approval": false, "registration_requires_email_confirmation": true }),
    );
    let unconfirmed = sign_up("unconfirmed");
    assert_eq!((&unconfirmed["activated"], &unconfirmed["confirmed"]), (&json!(false), &json!(false)));
    for name in ["waiting", "unconfirmed"] {
        let answer = stage.guest.sign_in("/acme/shop", name, "secret");
        assert_eq!(answer.text_of("error_description"), "user not activated", "{name}");
    }
    assert_eq!(put(&stage.owner, "/users/waiting", &json!({ "activated": true })).status, 200);
    assert_eq!(stage.guest.sign_in("/acme/shop", "waiting", "secret").status, 200);
}
