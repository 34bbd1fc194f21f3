//! Roles. *Ports*: `RolesServiceIT`, `RoleIT`, `UserResourceIT.addRemoveRole` and `.connectionQuerybyEmail`,
//! `RetrieveUsersTest.userEntityDictionaryHasRoles`, and the portal's way to a new role.

use std::time::Duration;

use serde_json::json;

use super::stage::{Stage, delete, each, get, post, put};

#[test]
fn a_new_application_has_three_roles_with_their_permissions() {
    let stage = Stage::new();
    let roles = get(&stage.owner, "/roles?ql=%20order%20by%20name");
    assert_eq!(each(&roles, "name"), ["admin", "default", "guest"]);
    assert_eq!(each(&roles, "roleName"), ["admin", "default", "guest"]);
    assert_eq!(each(&roles, "title"), ["Administrator", "Default", "Guest"]);
    assert_eq!((&roles.json["path"], &roles.json["count"]), (&json!("/roles"), &json!(3)));
    assert_eq!(roles.json["uri"], json!(format!("{}/acme/shop/roles", stage.world.server.base)));
    let held = |role: &str| get(&stage.owner, &format!("/roles/{role}/permissions")).json["data"].clone();
    assert_eq!(held("admin"), json!([]));
    assert_eq!(held("default"), json!(["get,post,put,delete:/**"]));
    assert_eq!(held("guest"), json!(["post:/devices", "post:/users", "put:/devices/*"]));
    let sandbox = stage.world.caller(&stage.world.acme, tokengrid::domain::authority::Authority::Admin);
    let held = sandbox.get("/acme/sandbox/roles/guest/permissions").json["data"].clone();
    assert_eq!(held, json!(["get,post,put,delete:/**", "post:/devices", "post:/users", "put:/devices/*"]));
    assert_eq!(stage.guest.get("/acme/sandbox/roles").status, 200, "a sandbox's guests may do everything");
}

#[test]
fn a_role_is_an_entity_with_metadata() {
    let stage = Stage::new();
    let body = json!({ "name": "Manager", "title": "Manages", "inactivity": 600_000, "level": 3, "uuid": "mine" });
    let made = post(&stage.owner, "/roles", &body).json["entities"][0].clone();
    let path = |end: &str| format!("/roles/{}{end}", made["uuid"].as_str().unwrap());
    let expected = json!({
        "level": 3, "uuid": made["uuid"], "type": "role", "created": 1_767_225_600_000_i64,
        "modified": 1_767_225_600_000_i64, "name": "Manager", "roleName": "Manager", "title": "Manages",
        "inactivity": 600_000,
        "metadata": {
            "path": path(""),
            "sets": { "permissions": path("/permissions") },
            "collections": { "groups": path("/groups"), "users": path("/users") },
        },
    });
    assert_eq!(made, expected);
    for spelling in ["/roles/Manager".to_owned(), "/role/mANAGER".to_owned(), path("")] {
        assert_eq!(get(&stage.owner, &spelling).json["entities"], json!([made]), "{spelling}");
    }
}

#[test]
fn roles_service_it_create_new_role_post() {
    let stage = Stage::new();
    stage.role("manager");
    stage.grant("/roles/manager", "get:/**");
    let answer = get(&stage.owner, "/roles/manager/permissions");
    assert_eq!(answer.json["data"], json!(["get:/**"]));
    let again = post(&stage.owner, "/roles", &json!({ "name": "MANAGER" }));
    assert_eq!(again.error(), (400, "duplicate_unique_property_exists"));
}

#[test]
fn roles_service_it_create_new_role_put() {
    let stage = Stage::new();
    let role = stage.role("manager");
    let changed = put(&stage.owner, "/roles/manager", &json!({ "title": "Chief", "inactivity": "1000", "x": [1] }));
    let entity = &changed.json["entities"][0];
    assert_eq!((&entity["title"], &entity["inactivity"], &entity["x"]), (&json!("Chief"), &json!(1000), &json!([1])));
    assert_eq!(entity["uuid"], role["uuid"]);
    // A client sends back what it read; the name stays and what is null goes.
    let mut whole = entity.clone();
    whole["x"] = json!(null);
    whole["name"] = json!("other");
    let changed = put(&stage.owner, "/roles/manager", &whole);
    assert_eq!(changed.json["entities"][0]["name"], "manager");
    assert_eq!(changed.json["entities"][0].get("x"), None);
    assert_eq!(get(&stage.owner, "/roles?ql=title='chief'").json["count"], 1);
    for bad in [json!(-1), json!("soon"), json!(1.5), json!([])] {
        let answer = put(&stage.owner, "/roles/manager", &json!({ "inactivity": bad }));
        assert_eq!(answer.error(), (400, "illegal_argument"), "{bad}");
    }
}

#[test]
fn roles_service_it_no_role_name() {
    let stage = Stage::new();
    for body in [json!({ "title": "x" }), json!({ "name": "  " }), json!({ "name": null })] {
        assert_eq!(post(&stage.owner, "/roles", &body).error(), (400, "illegal_argument"), "{body}");
    }
    for body in [json!({ "name": "a/b" }), json!({ "name": 7 }), json!({ "name": stage.world.acme.org.id })] {
        assert_eq!(post(&stage.owner, "/roles", &body).error(), (400, "illegal_argument"), "{body}");
    }
}

#[test]
fn roles_service_it_no_permissions_on_post_or_put() {
    let stage = Stage::new();
    stage.role("manager");
    for body in [json!({}), json!({ "permission": 1 }), json!({ "permissions": "get:/x" })] {
        for verb in [post, put] {
            let answer = verb(&stage.owner, "/roles/manager/permissions", &body);
            assert_eq!(answer.error(), (400, "illegal_argument"), "{body}");
            assert_eq!(answer.text_of("error_description"), "You must supply a 'permission' property");
        }
    }
    let answer = delete(&stage.owner, "/roles/manager/permissions");
    assert_eq!(answer.error(), (400, "illegal_argument"));
    assert_eq!(answer.text_of("error_description"), "You must supply a 'permission' query parameter");
}

#[test]
fn roles_service_it_delete_permissions_every_verb_answers_the_complete_list() {
    let stage = Stage::new();
    stage.role("manager");
    let path = "/roles/manager/permissions";
    let grant = |verb: fn(&_, &_, &_) -> _, text: &str| {
        let answer: crate::support::Answer = verb(&stage.owner, path, &json!({ "permission": text }));
        assert_eq!(answer.json["entities"], json!([]), "{}", answer.text);
        answer.json["data"].clone()
    };
    assert_eq!(grant(post, "get,post:/X/**"), json!(["get,post:/x/**"]));
    assert_eq!(grant(put, "delete:/y"), json!(["delete:/y", "get,post:/x/**"]));
    assert_eq!(grant(post, "delete:/y"), json!(["delete:/y", "get,post:/x/**"]));
    assert_eq!(grant(post, "/users/${user}"), json!(["/users/${user}", "delete:/y", "get,post:/x/**"]));
    let gone = delete(&stage.owner, &format!("{path}?permission=get%2Cpost%3A%2Fx%2F**&permission=DELETE:/y"));
    assert_eq!((&gone.json["data"], &gone.json["entities"]), (&json!(["/users/${user}"]), &json!([])));
    let unknown = delete(&stage.owner, &format!("{path}?permission=never%3Aheard&permission=%00"));
    assert_eq!((unknown.status, &unknown.json["data"]), (200, &json!(["/users/${user}"])));
    let nonsense = post(&stage.owner, path, &json!({ "permission": "fetch:/x" }));
    assert_eq!(nonsense.error(), (400, "illegal_argument"));
}

#[test]
fn a_missing_role_is_told_by_its_name_or_by_its_id() {
    let stage = Stage::new();
    for verb in ["GET", "PUT", "DELETE"] {
        let miss = |path: &str| stage.owner.send(verb, &format!("/acme/shop{path}"), Some("application/json"), "{}");
        assert_eq!(miss("/roles/nobody").error(), (404, "service_resource_not_found"), "{verb}");
        assert_eq!(miss("/roles/no%00body").error(), (404, "service_resource_not_found"), "{verb}");
        let id = format!("/roles/{}", stage.world.acme.app.id);
        assert_eq!(miss(&id).error(), (404, "entity_not_found"), "{verb}");
    }
}

#[test]
fn role_it_test_role_inactivity_rests_for_a_token_that_was_left_alone() {
    let stage = Stage::new();
    stage.remove_default();
    stage.role("worker");
    stage.grant("/roles/worker", "get:/devices");
    stage.link("/roles/worker/users/ann");
    assert_eq!(put(&stage.owner, "/roles/worker", &json!({ "inactivity": 10_000 })).status, 200);
    let (ann, clock) = (stage.caller("ann"), &stage.world.server.clock);
    for _ in 0..4 {
        clock.advance(Duration::from_secs(9));
        assert_eq!(get(&ann, "/devices").status, 200, "never away for longer than ten seconds");
    }
    clock.advance(Duration::from_millis(10_001));
    assert_eq!(get(&ann, "/devices").error(), (401, "unauthorized"));
    assert_eq!(get(&ann, "/devices").status, 401, "the longest pause is what counts");
    assert_eq!(get(&ann, "/users/me").status, 200, "the token itself lives");
    let late = stage.caller("ann");
    assert_eq!(get(&late, "/devices").status, 200, "a new token begins anew");
    clock.advance(Duration::from_secs(11));
    assert_eq!(get(&late, "/devices").status, 401, "the first use counts from the issue");
    assert_eq!(put(&stage.owner, "/roles/worker", &json!({ "inactivity": 0 })).status, 200);
    assert_eq!(get(&late, "/devices").status, 200, "zero is never");
}

#[test]
fn user_resource_it_add_remove_role() {
    let stage = Stage::new();
    let role = stage.role("helper");
    let made = post(&stage.owner, "/users/ann/roles/helper", &json!({}));
    assert_eq!(each(&made, "name"), ["helper"], "the entity named last");
    let made = post(&stage.owner, "/roles/helper/users/ann@example.test", &json!({}));
    assert_eq!(each(&made, "username"), ["ann"], "linked twice is linked once");
    let id = stage.world.acme.user.id;
    let listed = get(&stage.owner, "/users/ann/roles");
    assert_eq!(each(&listed, "name"), ["helper"]);
    let path = format!("/users/{id}/roles/{}", role["uuid"].as_str().unwrap());
    assert_eq!(listed.json["entities"][0]["metadata"]["path"], json!(path));
    assert_eq!(each(&get(&stage.owner, "/roles/helper/users"), "username"), ["ann"]);
    assert_eq!(get(&stage.owner, "/users/ann/rolenames").json["data"], json!(["helper"]));
    for path in ["/users/ann/roles/helper", "/role/helper/user/ann"] {
        assert_eq!(get(&stage.owner, path).status, 200, "{path}");
    }
    assert_eq!(each(&delete(&stage.owner, "/users/ann/roles/helper"), "name"), ["helper"]);
    for verb in [get, delete] {
        assert_eq!(verb(&stage.owner, "/users/ann/roles/helper").error(), (404, "entity_not_found"));
        assert_eq!(verb(&stage.owner, "/roles/helper/users/ann").error(), (404, "entity_not_found"));
    }
    assert_eq!(get(&stage.owner, "/users/ann/roles").json["entities"], json!([]));
    assert_eq!(get(&stage.owner, "/roles/helper").status, 200, "the role stays");
}

#[test]
fn user_resource_it_connection_query_by_email() {
    let stage = Stage::new();
    stage.role("admins");
    for name in ["bob", "cid", "dan"] {
        stage.user(name);
        stage.link(&format!("/roles/admins/users/{name}"));
    }
    let found = get(&stage.owner, "/roles/admins/users?ql=select%20*%20where%20email%20=%20'bob@example.test'");
    assert_eq!(each(&found, "username"), ["bob"]);
    let other = get(&stage.owner, "/roles/admins/users?ql=email='ann@example.test'");
    assert_eq!(other.json["entities"], json!([]), "ann has no such role");
    let page = get(&stage.owner, "/roles/admins/users?limit=2&ql=order%20by%20username");
    assert_eq!(each(&page, "username"), ["bob", "cid"]);
    let cursor = page.text_of("cursor");
    let rest = get(&stage.owner, &format!("/roles/admins/users?limit=2&ql=order%20by%20username&cursor={cursor}"));
    assert_eq!(each(&rest, "username"), ["dan"]);
    assert_eq!(each(&delete(&stage.owner, "/roles/admins"), "name"), ["admins"]);
    assert_eq!(get(&stage.owner, "/roles/admins/users").error(), (404, "service_resource_not_found"));
    assert_eq!(get(&stage.owner, "/users/bob/roles").json["count"], 0);
}

#[test]
fn retrieve_users_test_user_entity_dictionary_has_roles() {
    let stage = Stage::new();
    let entity = get(&stage.caller("ann"), "/users/me").json["entities"][0].clone();
    let roles = format!("/users/{}/roles", stage.world.acme.user.id);
    assert_eq!(entity["metadata"]["sets"]["rolenames"], json!(roles));
    assert_eq!(entity["metadata"]["collections"]["roles"], json!(roles));
    assert_eq!(get(&stage.owner, &roles).json["entities"], json!([]));
}

#[test]
fn an_array_makes_many_roles_and_leaves_out_what_cannot_be_made() {
    let stage = Stage::new();
    let made = post(&stage.owner, "/roles", &json!([{ "name": "a" }, { "title": "x" }, 7, { "name": "b" }]));
    assert_eq!(each(&made, "name"), ["a", "b"]);
    assert_eq!(get(&stage.owner, "/roles?limit=100").json["count"], 5);
}

#[test]
fn the_portal_makes_a_role_and_finds_it() {
    let stage = Stage::new();
    assert_eq!(get(&stage.owner, "/roles/editor").error(), (404, "service_resource_not_found"));
    stage.role("editor");
    assert_eq!(get(&stage.owner, "/roles?limit=100&ql=%20order%20by%20name").json["count"], 4);
    let form = stage.owner.send("POST", "/acme/shop/roles", Some("application/x-www-form-urlencoded"), "name=by-form");
    assert_eq!(each(&form, "name"), ["by-form"]);
}
