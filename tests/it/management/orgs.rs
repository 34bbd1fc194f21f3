//! `GET /management/orgs/{org}`: an organization with its applications and its admins.

use serde_json::json;
use tokengrid::domain::authority::Authority::{Admin, OrgClient};

use crate::support::world;

const BEGIN: i64 = 1_767_225_600_000;

#[test]
fn an_organization_is_read_by_name_and_by_id() {
    let world = world();
    let acme = &world.acme;
    let expected = json!({
        "action": "get organization",
        "timestamp": BEGIN,
        "duration": 0,
        "organization": {
            "uuid": acme.org.id,
            "name": "acme",
            "passwordHistorySize": 0,
            "properties": {},
            "applications": { "acme/sandbox": acme.sandbox.id, "acme/shop": acme.app.id },
            "users": {
                "acme-admin": {
                    "uuid": acme.admin.id,
                    "username": "acme-admin",
                    "name": "The acme-admin",
                    "email": "admin@acme.test",
                    "displayEmailAddress": "The acme-admin <admin@acme.test>",
                    "htmldisplayEmailAddress":
                        "The acme-admin &lt;<a href=\"mailto:admin@acme.test\">admin@acme.test</a>&gt;",
                    "applicationId": "00000000-0000-7000-8000-000000000001",
                    "activated": true,
                    "confirmed": true,
                    "disabled": false,
                    "adminUser": true,
                    "properties": {},
                },
            },
        },
    });
    let by_id = format!("/management/orgs/{}", acme.org.id);
    let paths =
        ["/management/orgs/acme", "/management/orgs/ACME", "/management/organizations/acme", "/management/orgs/acme/"];
    for level in [OrgClient, Admin] {
        let caller = world.caller(acme, level);
        for path in paths.into_iter().chain([by_id.as_str()]) {
            let answer = caller.get(path);
            assert_eq!(answer.json, expected, "{level} {path}: {}", answer.text);
            assert_eq!(answer.header("content-type"), "application/json");
        }
    }
}

#[test]
fn an_envelope_is_printed_for_people_in_the_order_that_clients_know() {
    let world = world();
    let text = world.caller(&world.acme, OrgClient).get("/management/orgs/acme").text;
    assert!(text.starts_with("{\n  \"action\": \"get organization\",\n  \"timestamp\": 1767225600000,\n"), "{text}");
}

#[test]
fn an_unknown_organization_is_named_to_those_who_proved_who_they_are_alone() {
    let world = world();
    let caller = world.caller(&world.acme, Admin);
    let answer = caller.get("/management/orgs/nowhere");
    assert_eq!(answer.error(), (400, "management"));
    assert_eq!(answer.text_of("error_description"), "Could not find organization for name: nowhere");
    for (org, path) in [("nowhere", ""), ("acme", ""), ("nowhere", "/credentials"), ("acme", "/apps/shop/credentials")]
    {
        let answer = world.guest().get(&format!("/management/orgs/{org}{path}"));
        assert_eq!(answer.error(), (401, "unauthorized"), "{org}{path}");
        assert_eq!(answer.text_of("error_description"), "No organization access authorized");
    }
    let rival = caller.get("/management/orgs/rival");
    assert_eq!(rival.error(), (401, "unauthorized"));
    assert_eq!(rival.text_of("error_description"), "No organization access authorized");
}

#[test]
fn an_application_that_an_organization_does_not_have_is_not_found_there() {
    let world = world();
    let caller = world.caller(&world.acme, OrgClient);
    for app in ["nowhere".to_owned(), world.rival.app.id.to_string(), world.rival.sandbox.id.to_string()] {
        let answer = caller.get(&format!("/management/orgs/acme/apps/{app}/credentials"));
        assert_eq!(answer.error(), (404, "organization_application_not_found"), "{app}");
    }
}
