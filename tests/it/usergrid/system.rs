//! `SystemResourceIT`, the system rows of `SecurityIT`, and the superuser.

use serde_json::json;
use tokengrid::domain::authority::Authority;
use tokengrid::domain::tenant::Switch;

use crate::support::{PASSWORD, SUPERUSER, superuser_on, world, world_with};

const SYSTEM: [&str; 3] = ["/system/superuser/setup", "/system/database/setup", "/system/database/bootstrap"];

#[test]
fn security_it_sysadmin_no_credentials_and_no_other_level() {
    let world = world_with(superuser_on);
    let mut callers = vec![world.guest()];
    callers.extend(Authority::ALL.map(|level| world.caller(&world.acme, level)));
    for path in SYSTEM {
        for caller in &callers {
            let refused = caller.send("PUT", path, None, "");
            assert_eq!(refused.error(), (401, "unauthorized"), "{path}: {}", refused.text);
            assert_eq!(refused.text_of("error_description"), "No system access authorized");
        }
        assert_eq!(world.guest().get(path).error(), (405, "not_allowed"));
    }
    for caller in &callers {
        assert_eq!(caller.get("/status/heap").error(), (401, "unauthorized"));
    }
}

#[test]
fn security_it_sysadmin_with_credentials_and_system_resource_it() {
    let world = world_with(superuser_on);
    let guest = world.guest();
    let token = guest.sign_in("/management", SUPERUSER.0, SUPERUSER.1).token();
    for path in SYSTEM {
        assert_eq!(guest.send("PUT", &format!("{path}?access_token={token}"), None, "").status, 200, "{path}");
        assert_eq!(guest.bearer(&token).send("PUT", path, None, "{}").status, 200, "{path}");
        assert_eq!(guest.basic(SUPERUSER.0, SUPERUSER.1).send("PUT", path, None, "").status, 200, "{path}");
        assert_eq!(guest.basic("SuperUser", SUPERUSER.1).send("PUT", path, None, "").status, 200, "{path}");
    }
    let heap = guest.bearer(&token).get("/status/heap");
    assert!(heap.json["heap"]["resident_bytes"].as_u64().is_some_and(|bytes| bytes > 0), "{}", heap.text);
}

#[test]
fn a_wrong_password_of_the_superuser_by_basic_is_challenged_and_opens_nothing() {
    let world = world_with(superuser_on);
    for password in ["", "superpasswor", "superpassword ", "Superpassword", PASSWORD] {
        for path in ["/management/orgs", "/acme/shop", "/management/users/me"] {
            let refused = world.guest().basic(SUPERUSER.0, password).get(path);
            assert_eq!(refused.error(), (401, "unauthorized"), "{password} {path}: {}", refused.text);
            assert!(refused.header("www-authenticate").starts_with("Basic "), "{path}");
        }
    }
    let admin = world.guest().basic("acme-admin", PASSWORD).get("/management/orgs/acme");
    assert_eq!(admin.error(), (401, "auth_invalid_credentials"), "Basic is for clients and the superuser alone");
}

#[test]
fn the_superusers_password_by_basic_is_taken_as_it_is() {
    let world = world_with(|settings| {
        superuser_on(settings);
        settings.superuser.password = tokengrid::domain::secret::Secret::new("a+b:c d+e/f==");
    });
    assert_eq!(world.guest().basic(SUPERUSER.0, "a+b:c d+e/f==").get("/management/orgs").status, 200);
    assert_eq!(world.guest().basic(SUPERUSER.0, "a b:c d e/f==").get("/management/orgs").status, 401);
}

#[test]
fn the_superuser_is_over_every_organization_and_shown_ten_at_most() {
    let world = world_with(superuser_on);
    let superuser = world.superuser();
    for path in ["/management/orgs/acme", "/management/orgs/rival/credentials", "/acme/shop", "/rival/shop/credentials"]
    {
        assert_eq!(superuser.get(path).status, 200, "{path}");
    }
    for n in 0..10 {
        let body = json!({ "organization": format!("more{n}") });
        assert_eq!(superuser.json("/management/users/rival-admin/organizations", &body).status, 200);
    }
    let login = world.guest().sign_in("/management", SUPERUSER.0, SUPERUSER.1);
    assert_eq!(login.json["user"]["organizations"].as_object().unwrap().len(), 10);
    let listed = superuser.get("/management/orgs/acme/users");
    assert!(!listed.text.contains(SUPERUSER.0), "it is over organizations and in none: {}", listed.text);
}

#[test]
fn nobody_becomes_the_superuser_by_its_name_or_address() {
    let world = world_with(superuser_on);
    let guest = world.guest();
    for (username, email) in [("superuser", "x@y.test"), ("SuperUser", "x@y.test"), ("x", "superuser@localhost")] {
        let body = json!({ "organization": "northern", "username": username, "email": email, "password": PASSWORD });
        assert_eq!(guest.json("/management/orgs", &body).error(), (400, "duplicate_unique_property_exists"));
    }
    let admin = world.caller(&world.acme, Authority::Admin);
    for body in [json!({ "username": "superuser" }), json!({ "email": "superuser@localhost" })] {
        let refused = admin.put("/management/users/me", &body);
        assert_eq!(refused.error(), (400, "duplicate_unique_property_exists"), "{}", refused.text);
    }
    assert_eq!(admin.get("/management/users/superuser").error(), (401, "unauthorized"));
}

#[test]
fn no_request_changes_the_superuser() {
    let world = world_with(superuser_on);
    let (superuser, guest) = (world.superuser(), world.guest());
    let change = json!({ "oldpassword": SUPERUSER.1, "newpassword": "another password" });
    assert_eq!(superuser.put("/management/users/me/password", &change).error(), (400, "illegal_argument"));
    assert_eq!(
        superuser.put("/management/users/me", &json!({ "username": "root" })).error(),
        (400, "illegal_argument")
    );
    assert_eq!(
        guest.put("/management/users/superuser/password", &change).error(),
        (400, "auth_invalid_username_or_password"),
        "whoever guessed right learns nothing here"
    );
    world.superuser();
}

#[test]
fn the_superuser_ends_with_the_configuration_and_its_password_follows_it() {
    let world = world_with(superuser_on);
    let token = world.guest().sign_in("/management", SUPERUSER.0, SUPERUSER.1).token();
    let other = world.server.beside(|settings| {
        superuser_on(settings);
        settings.superuser.password = tokengrid::domain::secret::Secret::new("another password");
    });
    assert_eq!(other.guest().bearer(&token).get("/management/orgs").error(), (401, "auth_invalid"));
    assert_eq!(other.guest().sign_in("/management", SUPERUSER.0, SUPERUSER.1).error(), (400, "invalid_grant"));
    let token = other.guest().sign_in("/management", SUPERUSER.0, "another password").token();
    assert_eq!(other.guest().bearer(&token).get("/management/orgs").status, 200);

    other.advance(std::time::Duration::from_millis(2));
    let off = world.server.beside(|_| {});
    assert_eq!(off.guest().bearer(&token).get("/management/orgs").error(), (401, "authentication"));
    assert_eq!(off.guest().sign_in("/management", SUPERUSER.0, "another password").error(), (400, "invalid_grant"));
    assert_eq!(
        off.guest().basic(SUPERUSER.0, "another password").get("/management/orgs").error(),
        (401, "auth_invalid_credentials")
    );
    off.advance(std::time::Duration::from_millis(2));
    let on = off.beside(superuser_on);
    let token = on.guest().sign_in("/management", SUPERUSER.0, SUPERUSER.1).token();
    assert_eq!(on.guest().bearer(&token).get("/management/orgs").status, 200);
}

#[test]
fn defect_7_no_superuser_no_key_and_no_secret_has_a_default() {
    let world = world();
    for password in ["superpassword", "test", "superuser", "", "changeme"] {
        for name in ["superuser", "superuser@localhost"] {
            assert_ne!(world.guest().sign_in("/management", name, password).status, 200, "{name} {password}");
            assert_ne!(world.guest().basic(name, password).get("/management/orgs").status, 200);
        }
    }
    let defaults: toml::Table = include_str!("../../../config/default.toml").parse().unwrap();
    assert_eq!(defaults["superuser"]["enabled"].as_str(), Some("off"));
    assert_eq!(defaults["superuser"]["password"].as_str(), Some(""));
    assert_eq!(defaults["security"]["master_keys"].as_array().map(Vec::len), Some(0));
    assert_eq!(defaults["testing"]["properties"].as_str(), Some("off"));
}

#[test]
fn test_properties_are_there_only_where_the_configuration_says_so() {
    let world = world_with(superuser_on);
    for caller in [world.guest(), world.superuser()] {
        assert_eq!(caller.get("/testproperties").status, 404);
        let body = json!({ "usergrid.management.allow-public-registration": "false" });
        assert_eq!(caller.json("/testproperties", &body).status, 404);
    }
    assert_eq!(
        world.server.core.registry.switches.get(tokengrid::domain::switchboard::Toggle::PublicRegistration),
        Switch::On
    );
}

#[test]
fn admin_users_it_test_properties() {
    let world = world_with(|settings| {
        superuser_on(settings);
        settings.testing.properties = Switch::On;
    });
    let guest = world.guest();
    let before = guest.get("/testproperties");
    assert_eq!(before.json["usergrid.sysadmin.login.name"], "superuser", "{}", before.text);
    assert_eq!(before.json["usergrid.management.allow-public-registration"], "true");
    assert!(!before.text.contains(SUPERUSER.1));
    let body = json!({
        "usergrid.management.allow-public-registration": false,
        "usergrid.anything": "else",
        "usergrid.sysadmin.login.password": "hunter2",
    });
    let after = guest.json("/testproperties", &body);
    assert_eq!(after.json["usergrid.anything"], "else");
    assert_eq!(after.json["usergrid.management.allow-public-registration"], false);
    assert!(!guest.get("/testproperties").text.contains("hunter2"));
    let closed = guest.form("/management/users", "email=x%40y.test&password=correct");
    assert_eq!(closed.text_of("error_description"), "Public organization registration is disabled");
}

#[test]
fn the_superuser_gets_a_token_by_basic_without_a_grant() {
    let world = world_with(superuser_on);
    let superuser = world.guest().basic(SUPERUSER.0, SUPERUSER.1);
    for answer in [
        superuser.get("/management/token"),
        superuser.get("/management/me"),
        superuser.send("POST", "/management/token", None, ""),
    ] {
        assert_eq!(answer.json["user"]["username"], SUPERUSER.0, "{}", answer.text);
        let caller = world.guest().bearer(&answer.token());
        assert_eq!(caller.send("PUT", SYSTEM[0], None, "").status, 200);
    }
    let wrong = world.guest().basic(SUPERUSER.0, "superpasswort").get("/management/token");
    assert_eq!(wrong.error(), (401, "unauthorized"), "{}", wrong.text);
    // An admin's own name and password are no credentials by Basic.
    let admin = world.guest().basic("acme-admin", PASSWORD).get("/management/token");
    assert_ne!(admin.status, 200, "{}", admin.text);
}
