//! What permissions let in. *Ports*: `PermissionsResourceIT`, `SecurityIT`, `ExceptionResourceIT`, and the defects of
//! Usergrid's cache of rights.

use serde_json::json;
use tokengrid::domain::authority::Authority;

use super::stage::{Stage, delete, get, post, put};
use crate::support::{Answer, Client};

const REFUSED: &str = "Subject does not have permission to access this resource";

#[track_caller]
fn is_refused(answer: &Answer) {
    assert_eq!(answer.error(), (401, "unauthorized"), "{}", answer.text);
    assert_eq!(answer.text_of("error_description"), REFUSED);
}

#[test]
fn permissions_resource_it_delete_user_from_role() {
    let stage = Stage::new();
    stage.role("manager");
    stage.link("/roles/manager/users/ann");
    assert_eq!(delete(&stage.owner, "/users/ann/roles/manager").status, 200);
    for path in ["/users/ann/roles/manager", "/roles/manager/users/ann"] {
        assert_eq!(get(&stage.owner, path).error(), (404, "entity_not_found"));
    }
}

#[test]
fn permissions_resource_it_delete_user_group() {
    let stage = Stage::new();
    stage.group("staff");
    stage.link("/groups/staff/users/ann");
    assert_eq!(delete(&stage.owner, "/users/ann/groups/staff").status, 200);
    for path in ["/users/ann/groups/staff", "/groups/staff/users/ann"] {
        assert_eq!(get(&stage.owner, path).error(), (404, "entity_not_found"));
    }
}

#[test]
fn permissions_resource_it_dictionary_permissions_lets_a_guest_make_roles() {
    let stage = Stage::new();
    is_refused(&post(&stage.guest, "/roles", &json!({ "name": "mine" })));
    stage.grant("/roles/guest", "/roles/**");
    assert_eq!(post(&stage.guest, "/roles", &json!({ "name": "mine" })).status, 200);
    assert_eq!(get(&stage.guest, "/roles/mine").status, 200);
    is_refused(&get(&stage.guest, "/groups"));
}

#[test]
fn permissions_resource_it_get_non_existent_entity_returns_404() {
    let stage = Stage::new();
    is_refused(&get(&stage.guest, "/roles/nobody"));
    stage.grant("/roles/guest", "get:/**");
    assert_eq!(get(&stage.guest, "/roles/nobody").status, 404);
    assert_eq!(get(&stage.guest, "/groups/nobody").error(), (404, "entity_not_found"));
}

#[test]
fn permissions_resource_it_application_permissions() {
    let stage = Stage::new();
    stage.remove_default();
    stage.user("bob");
    stage.role("reviewer1");
    stage.role("reviewer2");
    stage.group("reviewers");
    stage.grant("/roles/reviewer1", "get,post:/groups/**");
    stage.grant("/roles/reviewer2", "get,post:/roles/**");
    stage.link("/users/ann/roles/reviewer1");
    stage.link("/groups/reviewers/users/bob");
    stage.link("/groups/reviewers/roles/reviewer2");
    let (ann, bob) = (stage.caller("ann"), stage.caller("bob"));
    assert_eq!(post(&ann, "/groups", &json!({ "path": "noca-oca" })).status, 200);
    assert_eq!(get(&ann, "/groups/noca-oca").status, 200);
    assert_eq!(post(&bob, "/roles", &json!({ "name": "four-peaks" })).status, 200);
    assert_eq!(get(&bob, "/roles").status, 200);
    is_refused(&delete(&ann, "/groups/noca-oca"));
    is_refused(&put(&ann, "/groups/noca-oca", &json!({})));
    is_refused(&delete(&bob, "/roles/four-peaks"));
    is_refused(&get(&ann, "/roles"));
    is_refused(&get(&bob, "/groups"));
}

#[test]
fn permissions_resource_it_wildcard_middle_permission() {
    let stage = Stage::new();
    stage.remove_default();
    for path in ["red", "blue"] {
        stage.group(path);
    }
    stage.grant("/users/ann", "get,post:/groups/*/users/*");
    let ann = stage.caller("ann");
    assert_eq!(post(&ann, "/groups/red/users/ann", &json!({})).status, 200);
    assert_eq!(get(&ann, "/groups/red/users/ann").status, 200);
    assert_eq!(get(&ann, "/groups/red/users").status, 200, "a last star stands for the collection, too");
    is_refused(&get(&ann, "/groups/red"));
    is_refused(&get(&ann, "/groups"));
    is_refused(&delete(&ann, "/groups/red/users/ann"));
}

#[test]
fn permissions_resource_it_wildcard_following_permission() {
    let stage = Stage::new();
    stage.remove_default();
    stage.user("bob");
    stage.role("self");
    stage.grant("/roles/self", "get,post:/users/me/following/**");
    stage.grant("/roles/self", "get:/users/${user}/roles/**");
    for name in ["ann", "bob"] {
        stage.link(&format!("/roles/self/users/{name}"));
    }
    let (ann, bob) = (stage.caller("ann"), stage.caller("bob"));
    let id = stage.world.acme.user.id;
    assert_eq!(post(&ann, "/users/me/following/users/bob", &json!({})).status, 200);
    for own in ["me".to_owned(), "ANN".to_owned(), id.to_string(), "ann@example.test".to_owned()] {
        for path in ["following", "roles", "roles/self"] {
            assert_eq!(get(&ann, &format!("/users/{own}/{path}")).status, 200, "{own} {path}");
        }
    }
    for other in ["ann".to_owned(), id.to_string(), "ann@example.test".to_owned()] {
        for path in ["following", "roles", "roles/self"] {
            is_refused(&get(&bob, &format!("/users/{other}/{path}")));
        }
    }
    is_refused(&post(&ann, "/users/bob/following/users/ann", &json!({})));
    is_refused(&delete(&ann, "/users/me/following/users/bob"));
}

#[test]
fn permissions_resource_it_test_users_me_always_available() {
    let stage = Stage::new();
    stage.remove_default();
    let ann = stage.caller("ann");
    is_refused(&post(&ann, "/roles", &json!({ "name": "mine" })));
    is_refused(&get(&ann, ""));
    assert_eq!(get(&ann, "/users/me").status, 200);
    assert_ne!(delete(&ann, "/users/me").status, 200);
    is_refused(&get(&ann, "/users/me/roles"));
    is_refused(&get(&stage.guest, "/users/me/roles"));
}

#[test]
fn a_grant_may_spell_a_user_a_role_or_a_group_in_any_way() {
    let stage = Stage::new();
    stage.remove_default();
    stage.user("bob");
    let role = stage.role("Reader")["uuid"].as_str().unwrap().to_owned();
    let group = stage.group("staff/night")["uuid"].as_str().unwrap().to_owned();
    let ann = stage.caller("ann");
    let id = stage.world.acme.user.id;
    let same = [
        (vec!["ann".to_owned(), id.to_string()], "/users/", "/following"),
        (vec!["reader".to_owned(), role], "/roles/", "/groups"),
        (vec!["staff/night".to_owned(), group], "/groups/", "/roles"),
    ];
    for (spellings, before, behind) in same {
        for granted in &spellings {
            stage.grant("/users/ann", &format!("get:{before}{granted}{behind}"));
            for asked in &spellings {
                let path = format!("{before}{asked}{behind}");
                assert_eq!(get(&ann, &path).status, 200, "{granted} for {path}");
            }
            let taken = format!("/users/ann/permissions?permission=get:{before}{granted}{behind}");
            assert_eq!(delete(&stage.owner, &taken).json["data"], json!([]));
            is_refused(&get(&ann, &format!("{before}{granted}{behind}")));
        }
    }
}

#[test]
fn a_groups_own_permissions_are_its_users() {
    let stage = Stage::new();
    stage.remove_default();
    stage.group("staff");
    stage.grant("/groups/staff", "get:/devices");
    let ann = stage.caller("ann");
    is_refused(&get(&ann, "/devices"));
    stage.link("/groups/staff/users/ann");
    assert_eq!(get(&ann, "/devices").status, 200);
    assert_eq!(delete(&stage.owner, "/groups/staff").status, 200);
    is_refused(&get(&ann, "/devices"));
}

#[test]
fn a_user_named_like_a_wildcard_is_not_everyone() {
    let stage = Stage::new();
    stage.remove_default();
    stage.role("self");
    stage.grant("/roles/self", "get:/users/${user}/**");
    stage.grant("/roles/self", "get:/users/me/**");
    for name in ["*", "**"] {
        stage.user(name);
        stage.link(&format!("/roles/self/users/{name}"));
        let star = stage.caller(name);
        assert_eq!(get(&star, &format!("/users/{name}/roles")).status, 200);
        is_refused(&get(&star, "/users/ann/roles"));
    }
}

#[test]
fn head_asks_for_what_get_does() {
    let stage = Stage::new();
    stage.grant("/roles/guest", "get:/groups");
    assert_eq!(stage.guest.send("HEAD", "/acme/shop/groups", None, "").status, 200);
    assert_eq!(stage.guest.send("HEAD", "/acme/shop/roles", None, "").status, 401);
}

#[test]
fn a_guest_without_a_role_is_told_so() {
    let stage = Stage::new();
    is_refused(&get(&stage.guest, "/roles"));
    assert_eq!(delete(&stage.owner, "/roles/Guest").status, 200);
    let answer = get(&stage.guest, "/roles");
    assert_eq!(answer.error(), (401, "unauthorized"));
    assert_eq!(answer.text_of("error_description"), "No application guest access authorized");
}

#[test]
fn a_caller_of_another_application_or_organization_is_401_and_never_404() {
    let stage = Stage::new();
    stage.grant("/roles/guest", "/**");
    let (world, guest) = (&stage.world, &stage.guest);
    let sibling = world.pair(tokengrid::domain::client::ClientId::App(world.acme.sandbox.id));
    let mut strangers: Vec<Client> = Authority::ALL.map(|level| world.caller(&world.rival, level)).to_vec();
    strangers.push(guest.basic(&sibling.0, &sibling.1));
    strangers.push(guest.basic(&world.rival.app_client.0, &world.rival.app_client.1));
    for stranger in strangers {
        for path in ["/roles", "/roles/nobody", "/groups/nobody/users", "/users/nobody/roles", "/devices"] {
            assert_eq!(get(&stranger, path).error(), (401, "unauthorized"), "{path}");
        }
    }
}

#[test]
fn security_it_no_credentials_is_401() {
    let stage = Stage::new();
    for path in ["/assets", "/queues", "/devices", "/activities", "/notifiers", "/notifications", "/events"] {
        is_refused(&get(&stage.guest, path));
    }
}

#[test]
fn collections_that_a_token_server_does_not_keep_are_empty_and_take_nothing() {
    let stage = Stage::new();
    let ann = stage.caller("ann");
    let whole = ["activities?limit=200", "devices", "notifiers", "notifications", "assets", "events", "queues"];
    let below = ["users/ann/activities", "users/me/feed", "users/ann/devices"];
    for path in whole.into_iter().chain(below) {
        let answer = get(&ann, &format!("/{path}"));
        assert_eq!(
            (answer.status, &answer.json["entities"], &answer.json["count"]),
            (200, &json!([]), &json!(0)),
            "{path}"
        );
        for verb in [post, put] {
            assert_eq!(verb(&ann, &format!("/{path}"), &json!({ "x": 1 })).error(), (405, "not_allowed"), "{path}");
        }
    }
    for collection in ["users", "roles", "groups", "books"] {
        let answer = get(&ann, &format!("/{collection}/indexes"));
        assert_eq!((answer.status, &answer.json["data"]), (200, &json!([])), "{}", answer.text);
    }
    assert_eq!(get(&ann, "/users/nobody/activities").error(), (404, "service_resource_not_found"));
}

#[test]
fn exception_resource_it_a_whole_collection_is_never_deleted() {
    let stage = Stage::new();
    for path in ["", "/roles", "/groups", "/devices", "/nobody-knows"] {
        assert_eq!(delete(&stage.owner, path).error(), (405, "not_allowed"), "{path}");
    }
    assert_eq!(get(&stage.owner, "/nobody-knows").error(), (404, "not_found"));
    assert_eq!(delete(&stage.owner, "/nobody-knows/one").error(), (404, "not_found"));
}

#[test]
fn defect_usergrid_1280_a_grant_and_a_withdrawal_hold_at_the_next_request() {
    let stage = Stage::new();
    stage.remove_default();
    stage.role("reader");
    let ann = stage.caller("ann");
    let linked = [("/users/ann/roles/reader", "/roles/reader")];
    for (link, holder) in linked {
        stage.grant(holder, "get:/devices");
        for _ in 0..3 {
            is_refused(&get(&ann, "/devices"));
            stage.link(link);
            assert_eq!(get(&ann, "/devices").status, 200);
            assert_eq!(delete(&stage.owner, link).status, 200);
        }
        stage.link(link);
        assert_eq!(delete(&stage.owner, &format!("{holder}/permissions?permission=get:/devices")).status, 200);
        is_refused(&get(&ann, "/devices"));
        stage.grant(holder, "get:/devices");
        assert_eq!(get(&ann, "/devices").status, 200);
        assert_eq!(delete(&stage.owner, holder).status, 200);
        is_refused(&get(&ann, "/devices"));
    }
}

#[test]
fn defect_usergrid_526_618_no_caller_meets_the_rights_of_another() {
    let stage = Stage::new();
    stage.remove_default();
    stage.user("bob");
    stage.grant("/users/ann", "get:/devices");
    let (ann, bob) = (stage.caller("ann"), stage.caller("bob"));
    for _ in 0..3 {
        assert_eq!(get(&stage.owner, "/events").status, 200);
        assert_eq!(get(&ann, "/devices").status, 200);
        is_refused(&get(&bob, "/devices"));
        is_refused(&get(&stage.guest, "/devices"));
        is_refused(&get(&ann, "/events"));
    }
    let twin = stage.world.caller(&stage.world.rival, Authority::AppUser);
    assert_eq!(twin.get("/rival/shop/devices").status, 200, "a namesake elsewhere has rights of their own");
    assert_eq!(twin.get("/acme/shop/devices").status, 401);
}
