//! Refusals have a trace, and the administration of their tenant learns the rule by it; nobody else does.

mod bounds;
mod causes;
mod secrets;

use std::time::Duration;

use serde_json::{Value, json};
use tokengrid::domain::authority::Authority;

use crate::support::{Answer, PASSWORD, World, superuser_on, world, world_with};

const REFUSALS: &str = "/management/orgs/acme/apps/shop/refusals";

/// The trace of a refusal.
#[track_caller]
fn trace(answer: &Answer) -> String {
    let trace = answer.text_of("trace_id");
    let version = uuid::Uuid::try_parse(trace).map(|id| id.get_version_num());
    assert_eq!(version, Ok(7), "{} {}", answer.status, answer.text);
    trace.to_owned()
}

/// What acme's admin is told of a refusal.
#[track_caller]
fn told(world: &World, answer: &Answer) -> Value {
    let found = world.caller(&world.acme, Authority::Admin).get(&format!("{REFUSALS}/{}", trace(answer)));
    assert_eq!(found.status, 200, "{} for {}", found.text, answer.text);
    found.json["data"].clone()
}

/// The rules of what is listed, newest first.
fn rules(list: &Answer) -> Vec<&str> {
    list.json["data"].as_array().unwrap().iter().map(|refusal| refusal["rule"].as_str().unwrap()).collect()
}

#[test]
fn an_admin_asks_by_the_trace_and_learns_the_rule() {
    let world = world();
    let refused = world.guest().form("/acme/shop/token", "grant_type=password&username=ann&password=wrong");
    let told = told(&world, &refused);
    let expected = json!({
        "trace_id": refused.text_of("trace_id"),
        "at": told["at"],
        "rule": "wrong_password",
        "what": "The user exists, and the password or pin is not theirs.",
        "spec": "RFC 6749 §4.3.2",
        "fix": "Let the person repeat it or set a new password.",
        "inputs": {
            "method": "POST",
            "route": "/{org}/{app}/token",
            "status": 400,
            "error": "invalid_grant",
            "now": told["at"].as_i64().unwrap() / 1_000,
            "authorization": "none",
            "request_id": refused.text_of("trace_id"),
            "encoding": "form",
            "parameters": ["grant_type", "username", "password"],
            "in_url": [],
            "grant_type": "password",
            "username": "a… (3 characters)",
        },
    });
    assert_eq!(told, expected);
    assert_eq!(refused.header("x-request-id"), refused.text_of("trace_id"));
}

#[test]
fn every_body_of_a_refusal_has_its_trace() {
    let world = world();
    let guest = world.guest();
    let answers = [
        guest.form("/acme/shop/token", "grant_type=password&username=ann&password=wrong"),
        guest.sign_in("/acme/shop", "ann", "wrong"),
        guest.get("/acme/shop/users"),
        guest.get("/nothing"),
        guest.get("/acme/shop/nothing/at/all/here"),
        guest.send("PATCH", "/acme/shop/token", None, ""),
        guest.form("/acme/nothing/token", "grant_type=password"),
        guest.get(&format!("/{}", "x".repeat(9_000))),
    ];
    let mut traces: Vec<String> = answers.iter().map(trace).collect();
    traces.sort();
    traces.dedup();
    assert_eq!(traces.len(), answers.len());
    let script = guest.get("/acme/shop/token?grant_type=password&username=ann&password=wrong&callback=f");
    assert!(script.text.contains("\"trace_id\":\""), "{}", script.text);
}

#[test]
fn the_callers_own_request_id_is_kept_beside_the_trace() {
    let world = world();
    let own = "01890000-0000-7000-8000-000000000007";
    let refused = world.guest().send_with("GET", "/acme/shop/users", None, "", &[("x-request-id", own)]);
    assert_eq!(refused.header("x-request-id"), own);
    assert_ne!(trace(&refused), own, "nobody chooses by what name a refusal is kept");
    assert_eq!(told(&world, &refused)["inputs"]["request_id"], own);
}

#[test]
fn a_trace_is_told_to_its_own_administration_alone() {
    let world = world_with(superuser_on);
    let refused = world.guest().sign_in("/acme/shop", "ann", "wrong");
    let trace = trace(&refused);
    let path = format!("{REFUSALS}/{trace}");
    for level in [Authority::Admin, Authority::OrgClient] {
        assert_eq!(world.caller(&world.acme, level).get(&path).status, 200, "{level}");
    }
    assert_eq!(world.superuser().get(&path).status, 200);
    for level in [Authority::AppUser, Authority::AppClient] {
        assert_eq!(world.caller(&world.acme, level).get(&path).error(), (401, "unauthorized"), "{level}");
    }
    assert_eq!(world.guest().get(&path).error(), (401, "unauthorized"));
    let foreign = world.caller(&world.rival, Authority::Admin);
    for path in [REFUSALS, &path] {
        assert_eq!(foreign.get(path).error(), (401, "unauthorized"), "{path}");
    }
    // At the places that the foreign admin may ask about, there is no such trace.
    for place in ["rival/apps/shop", "rival/apps/sandbox"] {
        let own = foreign.get(&format!("/management/orgs/{place}/refusals/{trace}"));
        assert_eq!(own.error(), (404, "entity_not_found"), "{}", own.text);
        assert_eq!(foreign.get(&format!("/management/orgs/{place}/refusals")).json["data"], json!([]));
    }
    let sibling = world.caller(&world.acme, Authority::Admin);
    assert_eq!(sibling.get(&format!("/management/orgs/acme/apps/sandbox/refusals/{trace}")).status, 404);
}

#[test]
fn the_management_planes_refusals_are_the_superusers() {
    let world = world_with(superuser_on);
    let refused = world.guest().sign_in("/management", "acme-admin", "wrong");
    let path = format!("/management/refusals/{}", trace(&refused));
    let found = world.superuser().get(&path);
    assert_eq!(found.json["data"]["rule"], "wrong_password", "{}", found.text);
    for path in [path.as_str(), "/management/refusals"] {
        assert_eq!(world.caller(&world.acme, Authority::Admin).get(path).error(), (401, "unauthorized"));
    }
    assert_eq!(rules(&world.superuser().get("/management/refusals?cause=wrong_password")), ["wrong_password"]);
}

#[test]
fn the_last_refusals_are_listed_newest_first_and_by_cause() {
    let world = world();
    let guest = world.guest();
    let admin = world.caller(&world.acme, Authority::Admin);
    for name in ["ann", "nobody", "ann"] {
        guest.sign_in("/acme/shop", name, "wrong");
        world.server.advance(Duration::from_secs(1));
    }
    assert_eq!(rules(&admin.get(REFUSALS)), ["wrong_password", "unknown_user", "wrong_password"]);
    assert_eq!(rules(&admin.get(&format!("{REFUSALS}?limit=2"))), ["wrong_password", "unknown_user"]);
    assert_eq!(rules(&admin.get(&format!("{REFUSALS}?cause=unknown_user"))), ["unknown_user"]);
    assert_eq!(admin.get(&format!("{REFUSALS}?cause=nothing")).json["data"], json!([]));
    assert_eq!(admin.get(&format!("{REFUSALS}?limit=many")).error(), (400, "illegal_argument"));
    for unknown in ["x", "01890000-0000-7000-8000-000000000007"] {
        assert_eq!(admin.get(&format!("{REFUSALS}/{unknown}")).error(), (404, "entity_not_found"));
    }
}

#[test]
fn a_token_is_explained_by_what_it_says_and_by_the_clock() {
    let world = world();
    let form = format!("grant_type=password&username=ann&password={}&ttl=1000", PASSWORD.replace(' ', "+"));
    let token = world.guest().form("/acme/shop/token", &form).token();
    world.server.advance(Duration::from_secs(61));
    let expired = world.guest().bearer(&token).get("/acme/shop/users/me");
    let told_expired = told(&world, &expired);
    assert_eq!(told_expired["rule"], "expired_token");
    let seen = &told_expired["inputs"]["token"];
    assert_eq!((&seen["form"], &seen["typ"]), (&json!("jwt"), &json!("at+jwt")));
    assert_eq!(seen["iss"], format!("{}/acme/shop", world.server.base));
    assert_eq!(seen["aud"], seen["iss"]);
    assert!(!seen["kid"].as_str().unwrap().is_empty());
    assert_eq!((&seen["seconds_since_iat"], &seen["seconds_since_exp"]), (&json!(61), &json!(60)));
    assert_eq!(told_expired["inputs"]["authorization"], "bearer");

    let foreign = world.rival.token(&world.guest(), Authority::AppUser);
    let told_foreign = told(&world, &world.guest().bearer(&foreign).get("/acme/shop/users/me"));
    assert_eq!(told_foreign["inputs"]["token"]["iss"], format!("{}/rival/shop", world.server.base));
    let garbage = told(&world, &world.guest().bearer("a.b.c").get("/acme/shop/users/me"));
    assert_eq!(
        (&garbage["rule"], &garbage["because"], &garbage["inputs"]["token"]),
        (&json!("unverified_token"), &json!("the token is malformed"), &json!({ "form": "malformed" }))
    );
}

#[test]
fn a_refusal_before_its_place_was_looked_up_is_kept_and_one_of_no_place_is_not() {
    let world = world_with(superuser_on);
    let guest = world.guest();
    let early = guest.send("POST", "/acme/shop/token", Some("application/json"), "{\"grant_type\":");
    assert_eq!(told(&world, &early)["rule"], "malformed_json");
    let admin = world.caller(&world.acme, Authority::Admin);
    let nowhere = [
        guest.send("POST", "/nobody/nothing/token", Some("application/json"), "{\"grant_type\":"),
        guest.sign_in("/nobody/nothing", "ann", PASSWORD),
        guest.get("/nothing"),
    ];
    for answer in &nowhere {
        let trace = trace(answer);
        assert_eq!(admin.get(&format!("{REFUSALS}/{trace}")).status, 404);
        assert_eq!(world.superuser().get(&format!("/management/refusals/{trace}")).status, 404, "{}", answer.text);
    }
    assert_eq!(rules(&admin.get(REFUSALS)), ["malformed_json"]);
}

#[test]
fn what_the_server_answers_well_is_no_refusal() {
    let world = world();
    assert_eq!(world.guest().sign_in("/acme/shop", "ann", PASSWORD).json.get("trace_id"), None);
    assert_eq!(world.caller(&world.acme, Authority::AppUser).get("/acme/shop/users/me").status, 200);
    assert_eq!(world.caller(&world.acme, Authority::Admin).get(REFUSALS).json["data"], json!([]));
}
