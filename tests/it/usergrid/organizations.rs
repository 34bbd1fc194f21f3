//! `OrganizationsIT` and the organizations of `ManagementResourceIT`.

use serde_json::{Value, json};
use tokengrid::domain::authority::Authority::{Admin, AppClient, AppUser, OrgClient};
use tokengrid::domain::tenant::Switch;

use crate::support::{Client, PASSWORD, World, superuser_on, world, world_with};

/// An organization as the portal's form registers it.
pub fn registration(org: &str, name: &str) -> Value {
    json!({
        "organization": org, "username": name, "name": format!("The {name}"),
        "email": format!("{name}@{org}.test"), "password": PASSWORD,
    })
}

/// Registers an organization and signs its owner in.
fn registered(world: &World, org: &str, name: &str) -> Client {
    let answer = world.guest().json("/management/orgs", &registration(org, name));
    assert_eq!(answer.status, 200, "{}", answer.text);
    world.admin(name, PASSWORD)
}

#[test]
fn organizations_it_create_org_and_owner() {
    let world = world();
    let mut body = registration("Northern", "nora");
    body["company"] = json!("Apigee");
    body["properties"] = json!({ "securityLevel": 5 });
    let created = world.guest().json("/management/organizations", &body);
    assert_eq!(created.status, 200, "{}", created.text);
    assert_eq!((created.text_of("action"), created.text_of("status")), ("new organization", "ok"));
    let data = &created.json["data"];
    assert_eq!(data["owner"]["properties"], json!({ "company": "Apigee" }));
    assert_eq!(data["organization"]["name"], "northern");
    assert_eq!(data["organization"]["properties"], json!({ "securityLevel": 5 }));
    assert_eq!(data["organization"]["passwordHistorySize"], 0);

    let owner = world.admin("nora", PASSWORD);
    let read = owner.get("/management/orgs/northern");
    assert_eq!(read.json["organization"]["users"]["nora"]["properties"]["company"], "Apigee");
    assert!(read.json["organization"]["applications"]["northern/sandbox"].is_string(), "{}", read.text);
    assert!(read.json.get("data").is_none());
}

#[test]
fn organizations_it_create_duplicate_org_name_and_email_create_nothing() {
    let world = world();
    registered(&world, "northern", "nora");
    let mut taken = registration("northern", "other");
    assert_eq!(world.guest().json("/management/orgs", &taken).error(), (400, "duplicate_unique_property_exists"));
    assert_eq!(world.guest().sign_in("/management", "other", PASSWORD).error(), (400, "invalid_grant"));
    taken = registration("southern", "other");
    taken["email"] = json!("nora@northern.test");
    assert_eq!(world.guest().json("/management/orgs", &taken).error(), (400, "duplicate_unique_property_exists"));
    assert_eq!(world.guest().sign_in("/management", "other", PASSWORD).error(), (400, "invalid_grant"));
    registered(&world, "southern", "other");
}

#[test]
fn defect_13_a_refused_password_leaves_no_owner_and_no_organization() {
    let world = world();
    for password in [json!("abc"), json!(""), Value::Null] {
        let mut body = registration("northern", "nora");
        body["password"] = password;
        let refused = world.guest().json("/management/orgs", &body);
        assert_eq!(refused.error(), (400, "error_password_policy_violation"), "{}", refused.text);
        assert!(!refused.text.contains("exception") && !refused.text.contains("java"));
    }
    registered(&world, "northern", "nora");
}

#[test]
fn organizations_it_org_post_params_are_refused_and_a_form_is_taken() {
    let world = world();
    let form = format!(
        "organization=northern&username=nora&name=Nora&email=nora%40northern.test&password={}",
        PASSWORD.replace(' ', "%20")
    );
    let query = world.guest().send("POST", &format!("/management/orgs?{form}"), None, "");
    assert_eq!(query.error(), (400, "illegal_argument"), "{}", query.text);
    let posted = world.guest().form("/management/orgs", &form);
    assert_eq!(posted.json["data"]["owner"]["email"], "nora@northern.test", "{}", posted.text);
    world.admin("nora@northern.test", PASSWORD);
}

#[test]
fn what_a_registration_lacks_is_named() {
    let world = world();
    let refused = world.guest().json("/management/orgs", &json!({ "username": "nora" }));
    assert_eq!(refused.text_of("error_description"), "The organization parameter was missing");
    let refused = world.guest().json("/management/orgs", &json!({ "organization": "northern", "username": "nora" }));
    assert_eq!(refused.error(), (400, "illegal_argument"));
    for (member, value) in [("organization", json!(5)), ("properties", json!("x")), ("email", json!(["x"]))] {
        let mut body = registration("northern", "nora");
        body[member] = value;
        assert_eq!(world.guest().json("/management/orgs", &body).error(), (400, "illegal_argument"), "{member}");
    }
    for name in ["management", "users", "a b", "-x", ""] {
        let refused = world.guest().json("/management/orgs", &registration(name, "nora"));
        assert_eq!(refused.error(), (400, "illegal_argument"), "{name}: {}", refused.text);
    }
    assert_eq!(world.guest().delete("/management/orgs").error(), (405, "not_allowed"));
}

#[test]
fn members_that_are_the_servers_own_are_no_properties() {
    let world = world();
    let mut body = registration("northern", "nora");
    for (member, value) in [
        ("uuid", json!("x")),
        ("activated", json!(false)),
        ("disabled", json!(true)),
        ("adminUser", json!(false)),
        ("token", json!("x")),
        ("oldpassword", json!("x")),
    ] {
        body[member] = value;
    }
    let created = world.guest().json("/management/orgs", &body);
    let owner = &created.json["data"]["owner"];
    assert_eq!(owner["properties"], json!({}), "{}", created.text);
    assert_eq!(
        (&owner["activated"], &owner["disabled"], &owner["adminUser"]),
        (&json!(true), &json!(false), &json!(true))
    );
}

#[test]
fn a_closed_registration_is_open_to_the_superuser_alone() {
    let world = world_with(|settings| {
        superuser_on(settings);
        settings.registration.public = Switch::Off;
    });
    let body = registration("northern", "nora");
    let admin = world.caller(&world.acme, Admin);
    for caller in [world.guest(), admin.clone()] {
        let refused = caller.json("/management/orgs", &body);
        assert_eq!(refused.error(), (400, "illegal_argument"));
        assert_eq!(refused.text_of("error_description"), "Public organization registration is disabled");
        let refused = caller.form("/management/users", "email=x%40y.test&password=correct");
        assert_eq!(refused.error(), (400, "illegal_argument"));
    }
    assert_eq!(world.superuser().json("/management/orgs", &body).status, 200);
    let own = admin.json("/management/users/me/organizations", &json!({ "organization": "second" }));
    assert_eq!(own.status, 200, "whoever is inside may go on: {}", own.text);
}

#[test]
fn the_superuser_attaches_an_admin_who_is_there() {
    let world = world_with(superuser_on);
    let body = json!({ "organization": "northern", "email": "admin@acme.test" });
    assert_eq!(world.guest().json("/management/orgs", &body).error(), (400, "error_password_policy_violation"));
    let created = world.superuser().json("/management/orgs", &body);
    assert_eq!(created.json["data"]["owner"]["username"], "acme-admin", "{}", created.text);
    let owner = world.caller(&world.acme, Admin);
    assert_eq!(owner.get("/management/orgs/northern").status, 200);
    let nobody = json!({ "organization": "southern", "email": "nobody@nowhere.test" });
    assert_eq!(world.superuser().json("/management/orgs", &nobody).status, 400);
}

#[test]
fn the_superuser_lists_every_organization_page_by_page() {
    let world = world_with(superuser_on);
    let superuser = world.superuser();
    let first = superuser.get("/management/orgs?limit=1");
    assert_eq!(first.json["organizations"][0]["name"], "acme", "{}", first.text);
    assert_eq!((&first.json["count"], first.text_of("cursor")), (&json!(1), "acme"));
    let second = superuser.get("/management/orgs?limit=5000&cursor=acme");
    assert_eq!(second.json["organizations"][0]["name"], "rival");
    assert!(second.json.get("cursor").is_none(), "{}", second.text);
    for bad in ["0", "x", "-1"] {
        assert_eq!(superuser.get(&format!("/management/orgs?limit={bad}")).error(), (400, "illegal_argument"));
    }
    for level in [AppUser, AppClient, OrgClient, Admin] {
        let refused = world.caller(&world.acme, level).get("/management/orgs");
        assert_eq!(refused.error(), (401, "unauthorized"));
        assert!(!refused.text.contains("rival"));
    }
    assert_eq!(world.guest().get("/management/orgs").text_of("error_description"), "No system access authorized");
}

#[test]
fn organizations_it_no_org_delete() {
    let world = world();
    assert_eq!(world.caller(&world.acme, Admin).delete("/management/orgs/acme").error(), (501, "not_implemented"));
    assert_eq!(world.guest().delete("/management/orgs/acme").error(), (401, "unauthorized"));
    assert_eq!(world.caller(&world.rival, Admin).delete("/management/orgs/acme").error(), (401, "unauthorized"));
}

#[test]
fn exception_resource_it_the_list_of_organizations_is_never_deleted() {
    let world = world_with(superuser_on);
    for caller in [world.superuser(), world.caller(&world.acme, Admin)] {
        assert_eq!(caller.delete("/management/orgs").error(), (405, "not_allowed"));
    }
}

#[test]
fn organizations_it_organization_update_is_seen_at_once_by_the_token() {
    let world = world();
    let owner = world.caller(&world.acme, Admin);
    let token = world.acme.token(&world.guest(), Admin);
    for level in [5, 6] {
        let put = owner.put("/management/orgs/acme", &json!({ "properties": { "securityLevel": level } }));
        assert_eq!((put.status, put.text_of("action")), (200, "put"), "{}", put.text);
        assert_eq!(owner.get("/management/orgs/acme").json["organization"]["properties"]["securityLevel"], level);
        // ManagementResourceIT.token
        let renewed = world.guest().get(&format!("/management/token?access_token={token}"));
        let shown = &renewed.json["user"]["organizations"]["acme"]["properties"];
        assert_eq!(shown["securityLevel"], level, "{}", renewed.text);
    }
    owner.put("/management/orgs/acme", &json!({ "properties": { "other": "kept", "securityLevel": "" } }));
    let read = owner.get("/management/orgs/acme");
    assert_eq!(read.json["organization"]["properties"], json!({ "other": "kept" }));
}

#[test]
fn a_password_history_is_a_setting_and_bounded() {
    let world = world();
    let owner = world.caller(&world.acme, Admin);
    assert_eq!(owner.put("/management/orgs/acme", &json!({ "passwordHistorySize": 3 })).status, 200);
    assert_eq!(owner.get("/management/orgs/acme").json["organization"]["passwordHistorySize"], 3);
    for bad in [json!(25), json!(-1), json!("x"), json!([])] {
        let refused = owner.put("/management/orgs/acme", &json!({ "passwordHistorySize": bad }));
        assert_eq!(refused.error(), (400, "illegal_argument"), "{bad}");
    }
    assert_eq!(owner.get("/management/orgs/acme").json["organization"]["passwordHistorySize"], 3);
}

#[test]
fn management_resource_it_cross_orgs_not_viewable() {
    let world = world();
    let owner = world.caller(&world.acme, Admin);
    let id = world.rival.org.id.to_string();
    for named in ["rival", &id] {
        for tail in ["", "/users", "/apps", "/applications", "/credentials", "/feed", "/apps/shop"] {
            let refused = owner.get(&format!("/management/orgs/{named}{tail}"));
            assert_eq!(refused.error(), (401, "unauthorized"), "{named}{tail}: {}", refused.text);
        }
        for (method, tail) in
            [("PUT", ""), ("POST", "/users"), ("PUT", "/users/me"), ("DELETE", "/users/rival-admin"), ("POST", "/apps")]
        {
            let refused = owner.send(method, &format!("/management/orgs/{named}{tail}"), None, "{}");
            assert_eq!(refused.error(), (401, "unauthorized"), "{method} {named}{tail}: {}", refused.text);
        }
    }
    let own = world.acme.org.id.to_string();
    for named in ["acme", &own] {
        for tail in ["", "/users", "/apps", "/applications", "/credentials", "/feed", "/apps/shop"] {
            assert_eq!(owner.get(&format!("/management/organizations/{named}{tail}")).status, 200, "{tail}");
        }
    }
}
