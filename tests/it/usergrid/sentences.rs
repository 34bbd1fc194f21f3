//! What refusals say, where Usergrid has a sentence of its own for it (wire 1.6, 4, 5 and 7).

use serde_json::json;
use tokengrid::domain::authority::Authority::{Admin, AppClient, AppUser, OrgClient};

use crate::support::{Answer, PASSWORD, World, superuser_on, world, world_with};

const TAKEN: &str = "duplicate_unique_property_exists";
const RESERVED: &str = "Username 'me' is reserved";
const NO_ADMIN: &str = "No admin user access authorized";

#[track_caller]
fn says(answer: &Answer, (status, code): (u16, &str), sentence: &str) {
    assert_eq!(answer.error(), (status, code), "{}", answer.text);
    assert_eq!(answer.text_of("error_description"), sentence);
}

fn not_unique(entity: &str, property: &str, value: &str) -> String {
    format!("Entity \"{entity}\" requires that property named \"{property}\" be unique, value of {value} exists")
}

#[test]
fn the_username_me_is_reserved_wherever_one_is_chosen() {
    let world = world();
    let (admin, client, guest) =
        (world.caller(&world.acme, Admin), world.caller(&world.acme, AppClient), world.guest());
    let org = json!({ "organization": "third", "username": "Me", "email": "m@x.test", "password": PASSWORD });
    let member = json!({ "username": "ME", "email": "m@x.test" });
    let renamed = json!({ "username": "me" });
    let put = |caller: &crate::support::Client, path: &str| {
        caller.send("PUT", path, Some("application/json"), &renamed.to_string())
    };
    for answer in [
        guest.json("/management/orgs", &org),
        guest.form("/management/users", &format!("username=me&email=m%40x.test&password={PASSWORD}")),
        admin.json("/management/orgs/acme/users", &member),
        put(&admin, "/management/users/acme-admin"),
        client.json("/acme/shop/users", &renamed),
        put(&client, "/acme/shop/users/ann"),
    ] {
        says(&answer, (400, "illegal_argument"), RESERVED);
    }
    // Another name that cannot be a username has the words of its own rule.
    let slash = client.json("/acme/shop/users", &json!({ "username": "a/b" }));
    assert!(slash.text_of("error_description").starts_with("username: "), "{}", slash.text);
}

#[test]
fn an_organization_that_exists_is_a_group_of_that_path() {
    let world = world();
    let new = json!({ "organization": "ACME", "username": "n", "email": "n@x.test", "password": PASSWORD });
    let sentence = not_unique("group", "path", "acme");
    says(&world.guest().json("/management/orgs", &new), (400, TAKEN), &sentence);
    let own = world.caller(&world.acme, Admin);
    let again = own.json("/management/users/me/organizations", &json!({ "organization": "rival" }));
    says(&again, (400, TAKEN), &not_unique("group", "path", "rival"));
}

#[test]
fn an_admin_who_exists_is_a_user_with_that_username_or_email() {
    let world = world();
    let admin = world.caller(&world.acme, Admin);
    let username = not_unique("user", "username", "Rival-Admin");
    let email = not_unique("user", "email", "Admin@rival.test");
    let new = |username: &str, email: &str| json!({ "organization": "third", "username": username, "email": email, "password": PASSWORD });
    let put = |body: serde_json::Value| {
        admin.send("PUT", "/management/users/me", Some("application/json"), &body.to_string())
    };
    let form = |form: &str| world.guest().form("/management/users", &format!("{form}&password={PASSWORD}"));
    let invited = json!({ "username": "Rival-Admin", "email": "new@x.test" });
    for answer in [
        world.guest().json("/management/orgs", &new("Rival-Admin", "n@x.test")),
        form("username=Rival-Admin&email=n%40x.test"),
        admin.json("/management/orgs/acme/users", &invited),
        put(json!({ "username": "Rival-Admin" })),
    ] {
        says(&answer, (400, TAKEN), &username);
    }
    for answer in [
        world.guest().json("/management/orgs", &new("n", "Admin@rival.test")),
        form("username=n&email=Admin%40rival.test"),
        put(json!({ "email": "Admin@rival.test" })),
    ] {
        says(&answer, (400, TAKEN), &email);
    }
}

#[test]
fn a_role_a_group_and_a_user_that_exist_name_their_property_and_the_value() {
    let world = world();
    let client = world.caller(&world.acme, AppClient);
    for (path, new) in [("roles", json!({ "name": "Keeper" })), ("groups", json!({ "path": "staff/night" }))] {
        assert_eq!(client.json(&format!("/acme/shop/{path}"), &new).status, 200, "{path}");
    }
    assert_eq!(client.json("/acme/shop/groups", &json!({ "path": "day" })).status, 200);
    let role = client.json("/acme/shop/roles", &json!({ "name": "KEEPER" }));
    says(&role, (400, TAKEN), &not_unique("role", "name", "KEEPER"));
    let group = client.json("/acme/shop/groups", &json!({ "path": "Staff/Night" }));
    says(&group, (400, TAKEN), &not_unique("group", "path", "Staff/Night"));
    let moved = json!({ "path": "staff/night" }).to_string();
    let moved = client.send("PUT", "/acme/shop/groups/day", Some("application/json"), &moved);
    says(&moved, (400, TAKEN), &not_unique("group", "path", "staff/night"));
    let user = client.json("/acme/shop/users", &json!({ "username": "ANN" }));
    says(&user, (400, TAKEN), &not_unique("user", "username", "ANN"));
}

#[test]
fn whoever_may_not_end_an_admins_tokens_lacks_admin_access() {
    let world = world();
    let callers = [AppUser, AppClient, OrgClient].map(|level| world.caller(&world.acme, level));
    let others = [world.guest(), world.caller(&world.rival, Admin)];
    let token = world.guest().sign_in("/management", "acme-admin", PASSWORD).token();
    for caller in callers.iter().chain(&others) {
        for path in ["acme-admin/revoketokens", "nobody/revoketokens", "acme-admin/revoketoken?token=x"] {
            let path = format!("/management/users/{path}");
            says(&caller.send("POST", &path, None, ""), (401, "unauthorized"), NO_ADMIN);
            says(&caller.send("PUT", &path, None, ""), (401, "unauthorized"), NO_ADMIN);
        }
    }
    assert_eq!(world.guest().bearer(&token).get("/management/me").status, 200, "nothing ended");
    // In an application it stays what its permissions are called.
    let user = world.guest().send("PUT", "/acme/shop/users/ann/revoketokens", None, "");
    says(&user, (401, "unauthorized"), "Subject does not have permission to access this resource");
}

#[test]
fn system_access_alone_is_asked_for_by_basic() {
    let world = world_with(superuser_on);
    let asked = |world: &World, caller: &crate::support::Client| {
        for (method, path) in [("GET", "/management/orgs"), ("PUT", "/system/database/setup"), ("GET", "/status/heap")]
        {
            let answer = caller.send(method, path, None, "");
            says(&answer, (401, "unauthorized"), "No system access authorized");
            assert!(answer.header("www-authenticate").starts_with("Basic realm="), "{method} {path}");
        }
        // No browser opens a dialog over what a portal asks for.
        for path in ["/management/orgs/rival", "/management/users/rival-admin", "/rival/shop/users"] {
            let answer = caller.get(path);
            assert_eq!(answer.status, 401, "{path}");
            assert!(answer.header("www-authenticate").starts_with("Bearer realm="), "{path}");
        }
        assert_eq!(world.superuser().get("/management/orgs").status, 200);
    };
    asked(&world, &world.guest());
    asked(&world, &world.caller(&world.acme, Admin));
}
