//! `/management/me` and `/management/users/{user}`: an admin sees themselves, and nobody sees another.

use std::time::Duration;

use serde_json::{Value, json};
use tokengrid::domain::authority::Authority::{Admin, AppClient, AppUser, OrgClient};

use crate::support::{World, world};

const BEGIN: i64 = 1_767_225_600_000;

fn info(world: &World) -> Value {
    json!({
        "uuid": world.acme.admin.id,
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
        "organizations": {
            "acme": {
                "name": "acme",
                "uuid": world.acme.org.id,
                "properties": {},
                "applications": { "acme/sandbox": world.acme.sandbox.id, "acme/shop": world.acme.app.id },
            },
        },
    })
}

#[test]
fn me_shows_the_presented_token_and_its_admin() {
    let world = world();
    let token = world.acme.token(&world.guest(), Admin);
    world.server.advance(Duration::from_millis(100_900));
    let answer = world.guest().bearer(&token).get("/management/me");
    assert_eq!(answer.status, 200, "{}", answer.text);
    let expected = json!({
        "access_token": token,
        "token_type": "Bearer",
        // What remains, in whole seconds.
        "expires_in": 3_499,
        // For the JavaScript SDK 0.11 (wire 8.5).
        "data": { "access_token": token },
        "passwordChanged": BEGIN,
        "user": info(&world),
    });
    assert_eq!(answer.json, expected);
    assert_eq!(answer.header("content-type"), "application/json");
    assert_eq!(answer.header("cache-control"), "no-store");
    assert_eq!(answer.header("pragma"), "no-cache");
}

#[test]
fn me_calls_a_script_back_when_it_has_a_good_name() {
    let world = world();
    let token = world.acme.token(&world.guest(), Admin);
    let answer = world.guest().get(&format!("/management/me?callback=a.b&access_token={token}"));
    assert_eq!((answer.status, answer.header("content-type")), (200, "application/javascript"));
    assert!(answer.text.starts_with("/**/a.b({") && answer.text.ends_with("});"), "{}", answer.text);
    assert_eq!(answer.header("x-content-type-options"), "nosniff");
    let answer = world.guest().get(&format!("/management/me?callback=a(b)&access_token={token}"));
    assert_eq!(answer.error(), (400, "invalid_request"));
}

#[test]
fn me_without_a_token_is_the_token_endpoint() {
    let world = world();
    let grant = json!({ "grant_type": "password", "username": "acme-admin", "password": "correct horse" });
    let answer = world.guest().json("/management/me", &grant);
    assert_eq!(answer.status, 200, "{}", answer.text);
    assert_eq!(answer.json["user"]["username"], "acme-admin");
    assert_eq!(world.guest().get("/management/me").error(), (400, "invalid_grant"));
    assert_eq!(world.guest().bearer("garbage").get("/management/me").error(), (401, "auth_unverified_oath"));
}

#[test]
fn an_admin_reads_themselves_by_any_of_their_names() {
    let world = world();
    let token = world.acme.token(&world.guest(), Admin);
    let mut data = info(&world);
    data["token"] = json!(token);
    let mut owner = info(&world);
    owner.as_object_mut().unwrap().remove("organizations");
    data["organizations"]["acme"]["users"] = json!({ "acme-admin": owner });
    data["organizations"]["acme"]["passwordHistorySize"] = json!(0);
    let id = world.acme.admin.id.to_string();
    let names =
        ["me", "ME", "acme-admin", "Acme-Admin", "admin@acme.test", "ADMIN%40acme.test", &id, &id.to_uppercase()];
    for name in names {
        let answer = world.guest().bearer(&token).get(&format!("/management/users/{name}"));
        assert_eq!(answer.status, 200, "{name}: {}", answer.text);
        let envelope = json!({
            "action": "get admin user", "status": "ok", "data": data, "timestamp": BEGIN, "duration": 0,
        });
        assert_eq!(answer.json, envelope, "{name}");
        assert_eq!(answer.header("content-type"), "application/json");
    }
    // The token comes back however it was presented.
    let answer = world.guest().get(&format!("/management/users/me/?access_token={token}"));
    assert_eq!(answer.json["data"]["token"], token);
}

#[test]
fn an_admin_learns_nothing_of_others_not_even_whether_they_exist() {
    let world = world();
    let caller = world.caller(&world.acme, Admin);
    let rival = world.rival.admin.id.to_string();
    let mut answers = Vec::new();
    for name in
        ["rival-admin", "admin@rival.test", &rival, "nobody", "no@where.test", "ann", &world.acme.user.id.to_string()]
    {
        let answer = caller.get(&format!("/management/users/{name}"));
        assert_eq!(answer.error(), (401, "unauthorized"), "{name}: {}", answer.text);
        assert_eq!(answer.text_of("error_description"), "No admin user access authorized");
        answers.push(answer.less_trace());
    }
    assert!(answers.iter().all(|text| *text == answers[0]), "{answers:?}");
}

#[test]
fn only_an_admin_is_an_admin() {
    let world = world();
    for level in [AppUser, AppClient, OrgClient] {
        let caller = world.caller(&world.acme, level);
        for path in ["/management/me", "/management/users/me", "/management/users/acme-admin"] {
            let answer = caller.get(path);
            assert_eq!(answer.error(), (401, "unauthorized"), "{level} {path}: {}", answer.text);
            assert_eq!(answer.text_of("error_description"), "No admin user access authorized");
        }
    }
}
