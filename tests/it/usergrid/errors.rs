//! Every code of Usergrid's catalogue that this server can answer is produced once, with its status, in an envelope or
//! an OAuth body whose description says something (wire 7).

use std::collections::BTreeSet;
use std::path::Path;
use std::time::Duration;

use serde_json::{Value, json};
use tokengrid::domain::authority::Authority;

use crate::support::{Answer, PASSWORD, World, world};

/// Codes of the same tables that other tests produce, and where.
const ELSEWHERE: [&str; 18] = [
    // conformance/oidc_core_signin.rs, rfc7636.rs, rfc8707.rs: authorization requests and codes.
    "access_denied",
    "code_challenge_method",
    "invalid_target",
    // conformance/rfc6749_clients.rs, rfc7591.rs: registered clients, and how they register.
    "unauthorized_client",
    "invalid_client_metadata",
    "invalid_redirect_uri",
    // conformance/rfc8628.rs: devices that ask again.
    "authorization_pending",
    "slow_down",
    // conformance/rfc7009.rs: what cannot be revoked.
    "unsupported_token_type",
    // access/scope.rs: a token that was given for something else.
    "insufficient_scope",
    // conformance/rfc9449: tokens that are bound to a key, and proofs of it.
    "invalid_dpop_proof",
    "invalid_token",
    "use_dpop_nonce",
    // service/lane.rs: the password lane is full.
    "temporarily_unavailable",
    // service/bodies.rs: a body that does not arrive.
    "request_timeout",
    // service/health.rs and token/hostile.rs assert that nobody can provoke it.
    "server_error",
    // sso/: an admin whom another server knows and this one does not.
    "externalssoprovider_unactivated_adminuser",
    // mail/limits.rs: a network that has caused its share of mail.
    "too_many_requests",
];

/// Words in quotes in the tables that are no codes.
const NO_CODES: [&str; 5] = ["error", "error_description", "error_id", "trace_id", "ttl"];

fn admin(world: &World) -> crate::support::Client {
    world.caller(&world.acme, Authority::Admin)
}

fn post(world: &World, path: &str, body: &Value) -> Answer {
    admin(world).json(path, body)
}

/// What a request from outside cannot get right.
fn requests(world: &World) -> Vec<(u16, &'static str, Answer)> {
    let (guest, own) = (world.guest(), admin(world));
    let large = format!("{{\"a\":\"{}\"}}", "x".repeat(300_000));
    let packed = [("content-encoding", "br")];
    let json = Some("application/json");
    vec![
        (400, "illegal_argument", guest.send("POST", "/acme/shop/token", json, "")),
        (400, "invalid_request", guest.form("/acme/shop/token", "ttl=1&ttl=2")),
        (400, "json_parse", own.send("POST", "/acme/shop/users", json, "{")),
        (400, "query_parse", own.get("/acme/shop/users?ql=select%20where%20and")),
        (400, "query_token", own.get("/acme/shop/users?ql=name%20%3D%20'open")),
        (404, "not_found", own.get("/acme/shop/nothing/here/at/all")),
        (404, "organization_application_not_found", guest.get("/acme/none")),
        (405, "not_allowed", own.send("DELETE", "/acme/shop", None, "")),
        (405, "unsupported_service_operation", own.send("DELETE", "/acme/shop/users", None, "")),
        (413, "body_too_large", own.send("POST", "/acme/shop/users", json, &large)),
        (415, "not_supported", own.send_with("POST", "/acme/shop/users", json, "{}", &packed)),
        (501, "not_implemented", own.send("DELETE", "/management/orgs/acme", None, "")),
    ]
}

/// What a caller without the right credentials hears.
fn callers(world: &World) -> Vec<(u16, &'static str, Answer)> {
    let guest = world.guest();
    let short =
        guest.form("/acme/shop/token", "grant_type=password&username=ann&password=correct%20horse&ttl=1000").token();
    world.server.advance(Duration::from_secs(2));
    let ended = world.acme.token(&guest, Authority::AppUser);
    assert_eq!(admin(world).send("PUT", "/acme/shop/users/ann/revoketokens", None, "").status, 200);
    let grant = |form: &str| guest.form("/acme/shop/token", form);
    vec![
        (400, "invalid_grant", guest.sign_in("/acme/shop", "ann", "wrong")),
        (400, "unsupported_grant_type", grant("grant_type=magic")),
        (400, "invalid_scope", grant("grant_type=password&username=ann&password=correct+horse&scope=moon")),
        (401, "invalid_client", grant("grant_type=client_credentials&client_id=YXA6x&client_secret=y")),
        (401, "unauthorized", guest.get("/acme/shop/users")),
        (401, "auth_unverified_oath", guest.bearer("nonsense").get("/acme/shop/users")),
        (401, "auth_invalid", guest.bearer(&ended).get("/acme/shop/users")),
        (401, "expired_token", guest.bearer(&short).get("/acme/shop/users")),
        (401, "auth_invalid_credentials", guest.basic("YXA6x", "y").get("/acme/shop/users")),
    ]
}

/// What an admin asks for that cannot be.
fn wishes(world: &World) -> Vec<(u16, &'static str, Answer)> {
    let own = admin(world);
    let change = json!({ "oldpassword": "wrong", "newpassword": "another one" }).to_string();
    let json = Some("application/json");
    let nobody = "/acme/shop/users/8ae8a6ea-84a5-11e3-884d-f18e8f6fb3bc";
    let weak = json!({ "username": "weak", "password": "abc" });
    vec![
        (400, "required_property_not_found", post(world, "/acme/shop/users", &json!({}))),
        (400, "duplicate_unique_property_exists", post(world, "/acme/shop/users", &json!({ "username": "ANN" }))),
        (400, "error_password_policy_violation", post(world, "/acme/shop/users", &weak)),
        (
            400,
            "auth_invalid_username_or_password",
            world.guest().send("PUT", "/acme/shop/users/ann/password", json, &change),
        ),
        (400, "management", own.get("/management/orgs/nowhere")),
        (400, "unable_to_leave_organization", own.send("DELETE", "/management/orgs/acme/users/acme-admin", None, "")),
        (404, "service_resource_not_found", own.get("/acme/shop/users/nobody")),
        (404, "entity_not_found", own.get(nobody)),
        (409, "application_already_exists", post(world, "/management/orgs/acme/apps", &json!({ "name": "shop" }))),
    ]
}

/// What changed under a token, a password or a name.
fn changes(world: &World) -> Vec<(u16, &'static str, Answer)> {
    let own = admin(world);
    let ann = world.guest().bearer(&world.acme.token(&world.guest(), Authority::AppUser));
    assert_eq!(own.send("POST", "/acme/shop/users/ann/deactivate", None, "").status, 200);
    let rests = ann.get("/acme/shop/users/me");
    assert_eq!(own.send("DELETE", "/acme/shop/users/ann", None, "").status, 200);
    let gone = ann.get("/acme/shop/users/me");

    let remember = json!({ "passwordHistorySize": 1 }).to_string();
    let json = Some("application/json");
    assert_eq!(own.send("PUT", "/management/orgs/acme", json, &remember).status, 200);
    let same = json!({ "oldpassword": PASSWORD, "newpassword": PASSWORD }).to_string();
    let again = world.guest().send("PUT", "/management/users/acme-admin/password", json, &same);

    let id = world.acme.app.id;
    let delete =
        own.send("DELETE", &format!("/management/orgs/acme/apps/{id}?confirm_application_identifier={id}"), None, "");
    assert_eq!(delete.status, 200, "{}", delete.text);
    assert_eq!(post(world, "/management/orgs/acme/apps", &json!({ "name": "shop" })).status, 200);
    let taken = own.send("PUT", &format!("/management/orgs/acme/apps/{id}"), None, "");
    vec![
        (401, "authentication", rests),
        (401, "auth_bad_access_token", gone),
        (409, "recently_used_password", again),
        (409, "conflict", taken),
    ]
}

/// Every word in quotes in the tables that looks like a code.
fn worded() -> BTreeSet<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/http");
    let files = std::fs::read_dir(root.join("error")).unwrap().map(|entry| entry.unwrap().path());
    let texts = files.chain([root.join("error.rs")]).map(|file| std::fs::read_to_string(file).unwrap());
    let is_code = |word: &str| {
        word.len() > 2
            && word.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_')
            && !NO_CODES.contains(&word)
    };
    texts
        .flat_map(|text| text.split('"').skip(1).step_by(2).map(str::to_owned).collect::<Vec<_>>())
        .filter(|word| is_code(word))
        .collect()
}

#[test]
fn every_code_that_can_be_answered_is_answered_with_words() {
    let world = world();
    let mut produced = BTreeSet::new();
    for (status, code, answer) in
        [requests(&world), callers(&world), wishes(&world), changes(&world)].into_iter().flatten()
    {
        assert_eq!(answer.error(), (status, code), "{}", answer.text);
        assert!(!answer.text_of("error_description").trim().is_empty(), "{code}: {}", answer.text);
        // No name of a Java class stands for anything here.
        assert!(answer.json.get("exception").is_none(), "{code}: {}", answer.text);
        produced.insert(code.to_owned());
    }
    produced.extend(ELSEWHERE.map(str::to_owned));
    let silent: Vec<_> = worded().difference(&produced).cloned().collect();
    assert!(silent.is_empty(), "nobody produces {silent:?}");
}
