//! `AdminUsersIT`: accounts of the management plane.

use serde_json::json;
use tokengrid::domain::authority::Authority::{Admin, AppClient, AppUser, OrgClient};
use tokengrid::domain::tenant::Switch;

use crate::support::{PASSWORD, SUPERUSER, superuser_on, world, world_with};

const OWN: &str = "/management/users/acme-admin";

#[test]
fn an_admin_is_created_by_form_or_json() {
    let world = world();
    let form = world.guest().form("/management/users", "username=one&email=one%40x.test&name=One&password=correct");
    assert_eq!(form.text_of("action"), "create user", "{}", form.text);
    assert_eq!(form.json["data"]["user"]["username"], "one");
    let body = json!({ "email": "two@x.test", "password": "correct", "company": "x" });
    let made = world.guest().json("/management/users", &body);
    assert_eq!(made.json["data"]["user"]["username"], "two@x.test", "{}", made.text);
    assert_eq!(made.json["data"]["user"]["properties"]["company"], "x");
    let login = world.guest().sign_in("/management", "one@x.test", "correct");
    assert_eq!(login.json["user"]["organizations"], json!({}), "{}", login.text);
    assert_eq!(world.guest().json("/management/users", &body).error(), (400, "duplicate_unique_property_exists"));
    assert_eq!(world.guest().form("/management/users", "username=x&password=y").error(), (400, "illegal_argument"));
}

#[test]
fn properties_of_a_new_admin_are_unfolded_as_those_of_a_change_are() {
    let world = world();
    let body = json!({ "email": "one@x.test", "password": "correct", "properties": { "a": 1 }, "b": 2 });
    let made = world.guest().json("/management/users", &body);
    assert_eq!(made.json["data"]["user"]["properties"], json!({ "a": 1, "b": 2 }), "{}", made.text);
}

#[test]
fn admin_users_it_create_user_with_invalid_password_leaves_nobody() {
    let world = world();
    for password in ["abc", ""] {
        let form = format!("username=one&email=one%40x.test&name=One&password={password}");
        let refused = world.guest().form("/management/users", &form);
        assert_eq!(refused.error(), (400, "error_password_policy_violation"), "{}", refused.text);
    }
    let made = world.guest().form("/management/users", "username=one&email=one%40x.test&password=correct");
    assert_eq!(made.status, 200, "{}", made.text);
}

#[test]
fn permissions_resource_it_admin_user_named_me_is_not_allowed() {
    let world = world();
    let refused = world.guest().form("/management/users", "username=me&email=one%40x.test&password=correct");
    assert_eq!(refused.error(), (400, "illegal_argument"));
    let renamed = world.caller(&world.acme, Admin).put(OWN, &json!({ "username": "Me" }));
    assert_eq!(renamed.error(), (400, "illegal_argument"), "{}", renamed.text);
}

#[test]
fn admin_users_it_set_self_admin_password_as_admin() {
    let world = world();
    let admin = world.caller(&world.acme, Admin);
    let change = json!({ "oldpassword": PASSWORD, "newpassword": "testPassword" });
    let changed = admin.put(&format!("{OWN}/password"), &change);
    assert_eq!((changed.status, changed.text_of("action")), (200, "set user password"), "{}", changed.text);
    assert_eq!(world.guest().sign_in("/management", "acme-admin", PASSWORD).error(), (400, "invalid_grant"));
    world.admin("acme-admin", "testPassword");
    assert_eq!(admin.get("/management/me").status, 200, "the session that changed it goes on");
    let back = json!({ "oldpassword": "testPassword", "newpassword": PASSWORD });
    assert_eq!(world.guest().json(&format!("{OWN}/password"), &back).status, 200, "the old password alone proves it");
    assert_eq!(admin.get("/management/me").status, 401, "whoever changed it elsewhere ends what was open");
}

#[test]
fn defect_9_and_11_a_password_of_nobody_and_a_wrong_one_are_refused_alike() {
    let world = world();
    let change = json!({ "oldpassword": "wrong", "newpassword": "testPassword" });
    let known = world.guest().put(&format!("{OWN}/password"), &change);
    let unknown = world.guest().put("/management/users/nobody/password", &change);
    assert_eq!(known.error(), (400, "auth_invalid_username_or_password"));
    assert_eq!(known.error(), unknown.error());
    assert_eq!(known.text_of("error_description"), unknown.text_of("error_description"));
    let without = json!({ "newpassword": "testPassword" });
    for caller in [world.guest(), world.caller(&world.acme, Admin), world.caller(&world.rival, Admin)] {
        assert_eq!(
            caller.put(&format!("{OWN}/password"), &without).error(),
            (400, "auth_invalid_username_or_password")
        );
    }
    let missing = world.guest().put(&format!("{OWN}/password"), &json!({ "oldpassword": PASSWORD }));
    assert_eq!(missing.error(), (400, "illegal_argument"));
}

#[test]
fn admin_users_it_reset_password_with_invalid_new_password_and_mismatch() {
    let world = world();
    let short = json!({ "oldpassword": PASSWORD, "newpassword": "abc" });
    let refused = world.guest().json(&format!("{OWN}/password"), &short);
    assert_eq!(refused.error(), (400, "error_password_policy_violation"), "{}", refused.text);
    let change = json!({ "oldpassword": PASSWORD, "newpassword": "foobar foo" });
    assert_eq!(world.guest().json(&format!("{OWN}/password"), &change).status, 200);
    assert_eq!(
        world.guest().json(&format!("{OWN}/password"), &change).error(),
        (400, "auth_invalid_username_or_password")
    );
}

#[test]
fn admin_users_it_set_admin_password_as_sysadmin() {
    let world = world_with(superuser_on);
    let superuser = world.superuser();
    let set = superuser.put(&format!("{OWN}/password"), &json!({ "newpassword": "foofoo" }));
    assert_eq!(set.status, 200, "{}", set.text);
    assert_eq!(world.guest().sign_in("/management", "acme-admin", PASSWORD).error(), (400, "invalid_grant"));
    world.admin("acme-admin", "foofoo");
    let unknown = superuser.put("/management/users/nobody/password", &json!({ "newpassword": "foofoo" }));
    assert_eq!(unknown.text_of("error_description"), "Could not find user for username: nobody");
    // Basic does as well as a token.
    let basic = world.guest().basic(SUPERUSER.0, SUPERUSER.1);
    assert_eq!(basic.put(&format!("{OWN}/password"), &json!({ "newpassword": PASSWORD })).status, 200);
    world.admin("acme-admin", PASSWORD);
}

#[test]
fn management_resource_it_set_self_admin_password_as_admin() {
    let world = world_with(superuser_on);
    let superuser = world.superuser();
    let body = json!({ "username": "second", "email": "second@acme.test", "password": "first one" });
    assert_eq!(superuser.json("/management/orgs/acme/users", &body).status, 200);
    for (old, new) in [("first one", "second one"), ("second one", "first one")] {
        let change = json!({ "oldpassword": old, "newpassword": new });
        assert_eq!(world.guest().json("/management/users/second/password", &change).status, 200);
        world.admin("second", new);
        assert_eq!(world.guest().sign_in("/management", "second", old).error(), (400, "invalid_grant"));
    }
}

#[test]
fn admin_users_it_check_password_history_conflict() {
    let world = world();
    let admin = world.caller(&world.acme, Admin);
    assert_eq!(admin.put("/management/orgs/acme", &json!({ "passwordHistorySize": 1 })).status, 200);
    let change = |old: &str, new: &str| {
        let body = json!({ "oldpassword": old, "newpassword": new });
        let answer = world.guest().json(&format!("{OWN}/password"), &body);
        (answer.status, answer.text_of("error").to_owned())
    };
    assert_eq!(change(PASSWORD, PASSWORD), (409, "recently_used_password".to_owned()));
    assert_eq!(change(PASSWORD, "password2"), (200, String::new()));
    assert_eq!(change("password2", PASSWORD), (409, "recently_used_password".to_owned()));
    assert_eq!(change("password2", "password3"), (200, String::new()));
}

#[test]
fn admin_users_it_check_password_change_time() {
    let world = world();
    let changed = |password: &str| {
        let login = world.guest().sign_in("/management", "acme-admin", password);
        let me = world.guest().bearer(&login.token()).get("/management/me");
        assert_eq!(login.json["passwordChanged"], me.json["passwordChanged"]);
        login.json["passwordChanged"].as_i64().unwrap()
    };
    let first = changed(PASSWORD);
    world.server.advance(std::time::Duration::from_secs(5));
    let body = json!({ "oldpassword": PASSWORD, "newpassword": "password2" });
    assert_eq!(world.guest().json(&format!("{OWN}/password"), &body).status, 200);
    assert_eq!(changed("password2") - first, 5_000);
}

#[test]
fn admin_users_it_unconfirmed_admin_login() {
    let world = world_with(|settings| {
        superuser_on(settings);
        settings.testing.properties = Switch::On;
    });
    let flip = |on: bool| {
        let body = json!({ "usergrid.management.admin_users_require_confirmation": on });
        assert_eq!(world.guest().json("/testproperties", &body).status, 200);
    };
    flip(true);
    let body = json!({ "organization": "northern", "username": "nora", "email": "n@x.test", "password": PASSWORD });
    let owner = world.guest().json("/management/orgs", &body).json["data"]["owner"].clone();
    assert_eq!((&owner["activated"], &owner["confirmed"]), (&json!(false), &json!(false)));
    let refused = world.guest().sign_in("/management", "nora", PASSWORD);
    assert_eq!(refused.error(), (403, "invalid_grant"), "{}", refused.text);
    assert_eq!(world.guest().sign_in("/management", "nora", "wrong").error(), (400, "invalid_grant"));
    // AdminUsersIT.testSystemAdminNeedsNoConfirmation
    let superuser = world.superuser();
    let let_in = superuser.put("/management/users/nora", &json!({ "activated": true, "confirmed": true }));
    assert_eq!(let_in.status, 200, "{}", let_in.text);
    world.admin("nora", PASSWORD);
    flip(false);
    let body = json!({ "organization": "southern", "username": "sam", "email": "s@x.test", "password": PASSWORD });
    assert_eq!(world.guest().json("/management/orgs", &body).json["data"]["owner"]["activated"], true);
}

#[test]
fn a_new_admin_waits_for_the_superuser_where_the_configuration_says_so() {
    let world = world_with(|settings| {
        superuser_on(settings);
        settings.registration.approve_admins = Switch::On;
    });
    let made = world.guest().form("/management/users", "username=one&email=one%40x.test&password=correct");
    assert_eq!(made.json["data"]["user"]["activated"], false, "{}", made.text);
    let waiting = world.guest().sign_in("/management", "one", "correct");
    assert_eq!(waiting.text_of("error_description"), "user not activated");
    assert_eq!(world.superuser().put("/management/users/one", &json!({ "activated": true })).status, 200);
    world.admin("one", "correct");
}

#[test]
fn what_the_superuser_disables_is_out_at_once() {
    let world = world_with(superuser_on);
    let superuser = world.superuser();
    let admin = world.caller(&world.acme, Admin);
    assert_eq!(superuser.put(OWN, &json!({ "disabled": true })).status, 200);
    assert_eq!(admin.get("/management/me").error(), (401, "authentication"));
    let refused = world.guest().sign_in("/management", "acme-admin", PASSWORD);
    assert_eq!(refused.text_of("error_description"), "user disabled");
    world.server.advance(std::time::Duration::from_secs(1));
    assert_eq!(superuser.put(OWN, &json!({ "disabled": false })).status, 200);
    let back = world.caller(&world.acme, Admin);
    assert_eq!(back.put(OWN, &json!({ "disabled": true, "activated": false, "adminUser": false })).status, 200);
    assert_eq!(back.get("/management/me").json["user"]["disabled"], false, "nobody else decides on it");
}

#[test]
fn admin_users_it_update_management_user_no_token_wrong_token_superuser_and_own() {
    let world = world_with(superuser_on);
    let change = json!({ "test": "value" });
    assert_eq!(world.guest().put(OWN, &change).error(), (401, "unauthorized"));
    for level in [AppUser, AppClient, OrgClient] {
        assert_eq!(world.caller(&world.acme, level).put(OWN, &change).error(), (401, "unauthorized"));
    }
    assert_eq!(world.caller(&world.rival, Admin).put(OWN, &change).error(), (401, "unauthorized"));
    let admin = world.caller(&world.acme, Admin);
    assert_eq!(admin.get(OWN).json["data"]["properties"], json!({}));
    let changed = world.superuser().put(OWN, &change);
    assert_eq!((changed.status, changed.text_of("action")), (200, "update user info"), "{}", changed.text);
    assert_eq!(admin.get(OWN).json["data"]["properties"], change);
    assert_eq!(admin.put(&format!("{OWN}/"), &json!({ "test": "", "other": 1 })).status, 200);
    assert_eq!(admin.get(OWN).json["data"]["properties"], json!({ "other": 1 }));
}

#[test]
fn an_admin_changes_name_username_email_and_password_in_one_place() {
    let world = world();
    let admin = world.caller(&world.acme, Admin);
    let change = json!({ "username": "Renamed", "name": "New Name", "email": "new@acme.test" });
    assert_eq!(admin.put(OWN, &change).status, 200);
    let read = admin.get("/management/users/renamed");
    for (member, value) in change.as_object().unwrap() {
        assert_eq!(&read.json["data"][member], value, "{}", read.text);
    }
    world.admin("new@acme.test", PASSWORD);
    assert_eq!(admin.put("/management/users/me", &json!({ "username": "rival-admin" })).error().0, 400);
    let wrong = json!({ "oldpassword": "wrong", "newpassword": "another", "username": "lost" });
    assert_eq!(admin.put("/management/users/me", &wrong).error(), (400, "auth_invalid_username_or_password"));
    assert_eq!(admin.get("/management/users/renamed").status, 200, "nothing of a refused change is kept");
    let right = json!({ "oldpassword": PASSWORD, "newpassword": "another", "username": "renamed" });
    assert_eq!(admin.put("/management/users/me", &right).status, 200);
    world.admin("renamed", "another");
}

#[test]
fn an_admin_reads_their_organizations_with_applications_and_users() {
    let world = world();
    let admin = world.caller(&world.acme, Admin);
    let read = admin.get(OWN);
    let org = &read.json["data"]["organizations"]["acme"];
    assert!(org["applications"]["acme/shop"].is_string() && org["users"]["acme-admin"]["uuid"].is_string());
    assert_eq!(org["passwordHistorySize"], 0);
    let shallow = admin.get(&format!("{OWN}?shallow=true"));
    let org = &shallow.json["data"]["organizations"]["acme"];
    assert!(org["uuid"].is_string() && org.get("applications").is_none() && org.get("users").is_none());
}

#[test]
fn defect_9_an_unknown_admin_sounds_like_a_foreign_one_but_to_the_superuser() {
    let world = world_with(superuser_on);
    for caller in [world.guest(), world.caller(&world.acme, Admin), world.caller(&world.acme, OrgClient)] {
        for tail in ["", "/feed", "/organizations"] {
            let foreign = caller.get(&format!("/management/users/rival-admin{tail}"));
            let unknown = caller.get(&format!("/management/users/nobody{tail}"));
            assert_eq!(foreign.error(), (401, "unauthorized"));
            assert_eq!(foreign.error(), unknown.error());
            assert_eq!(foreign.text_of("error_description"), unknown.text_of("error_description"));
        }
    }
    let superuser = world.superuser();
    assert_eq!(superuser.get("/management/users/rival-admin").status, 200);
    let unknown = superuser.get("/management/users/nobody");
    assert_eq!(unknown.error(), (400, "management"));
    assert_eq!(unknown.text_of("error_description"), "Could not find user for username: nobody");
}
