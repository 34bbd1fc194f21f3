//! Groups. *Ports*: `GroupResourceIT`.

use serde_json::json;

use super::stage::{Stage, delete, each, get, post, put};

#[test]
fn group_resource_it_create_group_validation() {
    let stage = Stage::new();
    for body in [json!({}), json!({ "title": "x" }), json!({ "path": "" }), json!({ "path": null })] {
        let answer = post(&stage.owner, "/groups", &body);
        assert_eq!(answer.error(), (400, "illegal_argument"), "{body}");
        assert_eq!(
            answer.text_of("error_description"),
            "You must provide a 'path' property when creating a group",
            "{body}"
        );
    }
    for body in [json!({ "path": 7 }), json!({ "path": "a", "title": [] })] {
        assert_eq!(post(&stage.owner, "/groups", &body).error(), (400, "illegal_argument"), "{body}");
    }
}

#[test]
fn group_resource_it_create_group_slash_in_name_and_path_validation() {
    let stage = Stage::new();
    let body = json!({ "path": "testgroup/Test.1-2", "name": "test/group" });
    let made = post(&stage.owner, "/groups", &body);
    assert_eq!(
        (each(&made, "path"), each(&made, "name")),
        (vec!["testgroup/Test.1-2".into()], vec!["test/group".into()])
    );
    for path in ["/a", "a/", "a//b", "a/../b", "a/users", "."] {
        let answer = post(&stage.owner, "/groups", &json!({ "path": path }));
        assert_eq!(answer.error(), (400, "illegal_argument"), "{path}");
    }
}

#[test]
fn group_resource_it_create_group_space_in_name_validation() {
    let stage = Stage::new();
    let made = post(&stage.owner, "/groups", &json!({ "path": "testgroup", "name": "test group" }));
    assert_eq!(each(&made, "name"), ["test group"], "a name may have spaces");
}

#[test]
fn group_resource_it_create_group_space_in_path_validation() {
    let stage = Stage::new();
    for path in ["test group", "test_group", "tëst", "a%2Fb", "a\\b"] {
        let answer = post(&stage.owner, "/groups", &json!({ "path": path }));
        assert_eq!(answer.error(), (400, "illegal_argument"), "{path}");
        assert!(answer.text_of("error_description").starts_with("Illegal characters found in group name"), "{path}");
    }
}

#[test]
fn group_resource_it_group_crud_operations() {
    let stage = Stage::new();
    let made = stage.group("testgroup");
    let id = made["uuid"].as_str().unwrap();
    let changed = put(&stage.owner, "/groups/testgroup", &json!({ "path": "newtestgroup", "title": null, "size": 3 }));
    assert_eq!(each(&changed, "path"), ["newtestgroup"]);
    let entity = &changed.json["entities"][0];
    assert_eq!((&entity["uuid"], entity.get("title"), &entity["size"]), (&json!(id), None, &json!(3)));
    assert_eq!(get(&stage.owner, "/groups/testgroup").error(), (404, "entity_not_found"));
    for spelling in ["/groups/NewTestGroup", "/group/newtestgroup", &format!("/groups/{id}")] {
        assert_eq!(get(&stage.owner, spelling).json["entities"], json!([entity]), "{spelling}");
    }
    assert_eq!(each(&get(&stage.owner, "/groups?ql=size=3"), "path"), ["newtestgroup"]);
    assert_eq!(post(&stage.owner, "/groups", &json!({ "path": "NEWtestgroup" })).status, 400, "taken");
    stage.group("other");
    let taken = put(&stage.owner, "/groups/other", &json!({ "path": "newtestgroup" }));
    assert_eq!(taken.error(), (400, "duplicate_unique_property_exists"));
    assert_eq!(each(&delete(&stage.owner, "/groups/newtestgroup"), "uuid"), [id]);
    for verb in [get, delete] {
        assert_eq!(verb(&stage.owner, "/groups/newtestgroup").error(), (404, "entity_not_found"));
        assert_eq!(verb(&stage.owner, &format!("/groups/{id}")).error(), (404, "entity_not_found"));
    }
    assert_eq!(get(&stage.owner, "/groups?ql=size=3").json["count"], 0);
    stage.group("newtestgroup");
}

#[test]
fn a_group_is_an_entity_with_metadata() {
    let stage = Stage::new();
    let made = post(&stage.owner, "/groups", &json!({ "path": "Staff", "title": "All", "name": "The staff", "n": 1 }));
    let made = &made.json["entities"][0];
    let path = |end: &str| format!("/groups/{}{end}", made["uuid"].as_str().unwrap());
    let expected = json!({
        "n": 1, "uuid": made["uuid"], "type": "group", "created": 1_767_225_600_000_i64,
        "modified": 1_767_225_600_000_i64, "path": "Staff", "name": "The staff", "title": "All",
        "metadata": {
            "path": path(""),
            "sets": { "rolenames": path("/roles"), "permissions": path("/permissions") },
            "collections": {
                "activities": path("/activities"), "feed": path("/feed"), "roles": path("/roles"),
                "users": path("/users"),
            },
        },
    });
    assert_eq!(made, &expected);
}

#[test]
fn group_resource_it_add_remove_user_group() {
    let stage = Stage::new();
    let group = stage.group("staff");
    let made = post(&stage.owner, "/users/ann/groups/staff", &json!({}));
    assert_eq!(each(&made, "path"), ["staff"], "the entity named last");
    assert_eq!(each(&post(&stage.owner, "/groups/staff/users/ann", &json!({})), "username"), ["ann"]);
    assert_eq!(each(&get(&stage.owner, "/groups/staff/users"), "username"), ["ann"]);
    let groups = get(&stage.owner, "/users/ann/groups");
    assert_eq!(each(&groups, "path"), ["staff"]);
    let path = format!("/users/{}/groups/{}", stage.world.acme.user.id, group["uuid"].as_str().unwrap());
    assert_eq!(groups.json["entities"][0]["metadata"]["path"], json!(path));
    assert_eq!(each(&delete(&stage.owner, "/users/ann/groups/staff"), "path"), ["staff"]);
    assert_eq!(get(&stage.owner, "/groups/staff/users").json["entities"], json!([]));
    assert_eq!(get(&stage.owner, "/groups/staff/users/ann").error(), (404, "entity_not_found"));
    assert_eq!(get(&stage.owner, "/groups/staff").status, 200, "the group stays");
    stage.link("/groups/staff/users/ann");
    assert_eq!(delete(&stage.owner, "/groups/staff").status, 200);
    assert_eq!(get(&stage.owner, "/users/ann/groups").json["count"], 0);
    assert_eq!(get(&stage.caller("ann"), "/users/me").status, 200, "the user stays");
}

#[test]
fn group_resource_it_add_remove_role_group() {
    let stage = Stage::new();
    stage.group("staff");
    stage.role("tester");
    assert_eq!(each(&post(&stage.owner, "/groups/staff/roles/tester", &json!({})), "name"), ["tester"]);
    assert_eq!(each(&post(&stage.owner, "/roles/tester/groups/staff", &json!({})), "path"), ["staff"]);
    assert_eq!(each(&get(&stage.owner, "/groups/staff/roles"), "name"), ["tester"]);
    assert_eq!(each(&get(&stage.owner, "/roles/tester/groups"), "path"), ["staff"]);
    assert_eq!(get(&stage.owner, "/groups/staff/rolenames").json["data"], json!(["tester"]));
    assert_eq!(delete(&stage.owner, "/groups/staff/roles/tester").status, 200);
    assert_eq!(get(&stage.owner, "/roles/tester/groups/staff").error(), (404, "entity_not_found"));
    assert_eq!(get(&stage.owner, "/groups/staff/roles").json["count"], 0);
    stage.link("/groups/staff/roles/tester");
    assert_eq!(delete(&stage.owner, "/roles/tester").status, 200);
    assert_eq!(get(&stage.owner, "/groups/staff").status, 200, "the other side stays");
    assert_eq!(get(&stage.owner, "/groups/staff/rolenames").json["data"], json!([]));
}

#[test]
fn group_resource_it_add_role_permission_to_group_verify_permission() {
    let stage = Stage::new();
    stage.remove_default();
    stage.user("bob");
    stage.group("staff");
    stage.role("tester");
    stage.grant("/roles/tester", "get:/devices/**");
    stage.link("/groups/staff/users/ann");
    let (ann, bob) = (stage.caller("ann"), stage.caller("bob"));
    assert_eq!(get(&ann, "/devices").error(), (401, "unauthorized"));
    stage.link("/groups/staff/roles/tester");
    assert_eq!(get(&ann, "/devices").status, 200);
    assert_eq!(get(&ann, "/events").error(), (401, "unauthorized"));
    assert_eq!(get(&bob, "/devices").error(), (401, "unauthorized"));
}

#[test]
fn a_group_in_a_group_path_is_reached_in_every_list() {
    let stage = Stage::new();
    let group = stage.group("staff/night/Bar");
    let id = group["uuid"].as_str().unwrap();
    stage.role("tester");
    for spelling in ["staff/night/bar", "staff%2Fnight/bar", id] {
        stage.link(&format!("/groups/{spelling}/users/ann"));
        stage.link(&format!("/users/ann/groups/{spelling}"));
        stage.link(&format!("/roles/tester/groups/{spelling}"));
        stage.link(&format!("/groups/{spelling}/roles/tester"));
        stage.grant(&format!("/groups/{spelling}"), "get:/x");
        assert_eq!(each(&get(&stage.owner, &format!("/groups/{spelling}")), "path"), ["staff/night/Bar"]);
        assert_eq!(each(&get(&stage.owner, &format!("/groups/{spelling}/users")), "username"), ["ann"]);
        assert_eq!(get(&stage.owner, &format!("/groups/{spelling}/rolenames")).json["data"], json!(["tester"]));
        for below in ["activities", "feed"] {
            assert_eq!(get(&stage.owner, &format!("/groups/{spelling}/{below}")).json["entities"], json!([]));
        }
    }
    assert_eq!(get(&stage.owner, "/groups/staff/night").error(), (404, "entity_not_found"));
    assert_eq!(each(&get(&stage.owner, "/users/ann/groups"), "path"), ["staff/night/Bar"]);
}

#[test]
fn groups_are_listed_by_title_as_the_portal_asks() {
    let stage = Stage::new();
    let body = json!([{ "path": "b", "title": "2" }, { "path": "c", "title": "1" }, { "path": "a b" }, { "path": "a", "title": "3" }]);
    assert_eq!(each(&post(&stage.owner, "/groups", &body), "path"), ["b", "c", "a"], "what cannot be made is left out");
    let listed = get(&stage.owner, "/groups?ql=%20order%20by%20title");
    assert_eq!((each(&listed, "path"), &listed.json["count"]), (vec!["c".into(), "b".into(), "a".into()], &json!(3)));
    assert_eq!(each(&get(&stage.owner, "/groups?limit=100&ql=%20order%20by%20path"), "path"), ["a", "b", "c"]);
    let selected = get(&stage.owner, "/groups?ql=select%20path%20where%20title='1'");
    assert_eq!(selected.json["entities"][0]["path"], "c");
    assert_eq!(selected.json["entities"][0].get("title"), None);
}

#[test]
fn whom_a_user_follows_is_seen_from_both_sides() {
    let stage = Stage::new();
    stage.user("bob");
    assert_eq!(each(&post(&stage.owner, "/users/ann/following/users/bob", &json!({})), "username"), ["bob"]);
    stage.link("/users/ann/following/user/bob");
    assert_eq!(each(&get(&stage.owner, "/users/ann/following"), "username"), ["bob"]);
    assert_eq!(each(&get(&stage.owner, "/users/bob/followers"), "username"), ["ann"]);
    assert_eq!(get(&stage.owner, "/users/bob/following").json["entities"], json!([]));
    assert_eq!(delete(&stage.owner, "/users/ann/following/users/bob").status, 200);
    assert_eq!(delete(&stage.owner, "/users/ann/following/users/bob").error(), (404, "entity_not_found"));
    assert_eq!(get(&stage.owner, "/users/bob/followers").json["count"], 0);
    assert_eq!(post(&stage.owner, "/users/ann/following/users/nobody", &json!({})).status, 404);
}
