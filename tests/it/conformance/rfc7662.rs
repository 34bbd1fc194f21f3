//! RFC 7662, token introspection, and RFC 9701, its signed form; security rules I-1 to I-3, RT-7, RT-10, RT-11.

use std::time::Duration;

use serde_json::{Value, json};
use tokengrid::domain::authority::Authority::{self, Admin, AppClient, AppUser, OrgClient};

use super::{introspect, is_signed_by, minted, registered, shop, statement};
use crate::access::mint::{Mint, claims, with};
use crate::support::{Answer, World, person, superuser_on, world, world_with};

const INACTIVE: &str = r#"{"active":false}"#;

#[track_caller]
fn assert_inactive(answer: &Answer) {
    assert_eq!((answer.status, answer.text.as_str()), (200, INACTIVE));
}

#[track_caller]
fn assert_active(answer: &Answer) {
    assert_eq!((answer.status, &answer.json["active"]), (200, &json!(true)), "{}", answer.text);
}

fn ann(world: &World) -> Answer {
    world.guest().sign_in("/acme/shop", "ann", "correct horse")
}

#[test]
fn s2_2_an_active_token_says_what_it_is() {
    let world = world();
    let token = ann(&world).token();
    let answer = introspect(&shop(&world), "/acme/shop", &token);
    assert_active(&answer);
    let said = claims(&token);
    for member in ["scope", "client_id", "sub", "aud", "iss", "exp", "iat", "jti", "authority", "org", "app", "sid"] {
        assert!(!said[member].is_null(), "{member}");
        assert_eq!(answer.json[member], said[member], "{member}");
    }
    assert_eq!(answer.json["token_type"], "Bearer");
    assert_eq!(answer.json["sub"], world.acme.user.id.to_string());
    assert_eq!((answer.header("cache-control"), answer.header("pragma")), ("no-store", "no-cache"));
    assert_eq!(answer.header("content-type"), "application/json");
}

#[test]
fn s2_2_what_binds_a_token_and_how_its_person_signed_in_is_told() {
    let world = world();
    let said = json!({ "cnf": { "jkt": "thumb" }, "auth_time": 1_767_225_600, "acr": "1", "amr": ["pwd"],
        "act": { "sub": "other" } });
    let answer = introspect(&shop(&world), "/acme/shop", &minted(&world, &said));
    assert_active(&answer);
    for (member, value) in said.as_object().unwrap() {
        assert_eq!(answer.json[member], *value, "{member}");
    }
    assert_eq!(answer.json["token_type"], "DPoP");
}

#[test]
fn s2_2_an_inactive_token_has_one_member_whatever_the_reason() {
    let world = world();
    let (token, other) = (ann(&world).token(), world.rival.token(&world.guest(), AppUser));
    let mint = Mint::of(&world, world.acme.app.id);
    let own = claims(&token);
    let signed = |header: &Value, changes: Value| mint.sign(header, &with(&own, &changes));
    let tokens = [
        "unknown".to_owned(),
        "cmUtAAAA".to_owned(),
        token[..token.len() - 2].to_owned(),
        other,
        signed(&mint.header(), json!({ "exp": own["iat"] })),
        signed(&mint.header(), json!({ "nbf": own["iat"].as_i64().unwrap() + 3_600 })),
        signed(&json!({ "typ": "JWT", "alg": "ES256", "kid": mint.kid }), json!({})),
        signed(&mint.header(), json!({ "iss": "https://elsewhere.example" })),
    ];
    for token in tokens {
        assert_inactive(&introspect(&shop(&world), "/acme/shop", &token));
    }
    assert_active(&introspect(&shop(&world), "/acme/shop", &token));
}

#[test]
fn s2_2_every_end_of_a_token_is_seen_at_once() {
    let world = world();
    let ends: [(&str, Value); 3] = [
        ("/acme/shop/users/ann/revoketokens", json!({})),
        ("/acme/shop/users/ann", json!({ "disabled": true })),
        ("/acme/shop/users/ann", json!({ "activated": false, "disabled": false })),
    ];
    for (path, body) in ends {
        let signed_in = ann(&world);
        let (token, refresh) = (signed_in.token(), signed_in.text_of("refresh_token").to_owned());
        let caller = shop(&world);
        assert_active(&introspect(&caller, "/acme/shop", &token));
        assert_active(&introspect(&caller, "/acme/shop", &refresh));
        assert_eq!(world.caller(&world.acme, Admin).put(path, &body).status, 200, "{path}");
        assert_inactive(&introspect(&caller, "/acme/shop", &token));
        assert_inactive(&introspect(&caller, "/acme/shop", &refresh));
        let back = json!({ "activated": true, "disabled": false });
        assert_eq!(world.caller(&world.acme, Admin).put("/acme/shop/users/ann", &back).status, 200);
        assert_inactive(&introspect(&caller, "/acme/shop", &token));
    }
    let token = ann(&world).token();
    assert_eq!(world.caller(&world.acme, Admin).delete("/acme/shop/users/ann").status, 200);
    assert_inactive(&introspect(&shop(&world), "/acme/shop", &token));
}

#[test]
fn s2_2_a_revoked_token_is_dead_on_another_node_within_the_staleness_bound() {
    let world = world();
    let beside = world.server.beside(|_| {});
    let token = ann(&world).token();
    let (id, secret) = &world.acme.app_client;
    let there = beside.guest().basic(id, secret);
    assert_active(&introspect(&there, "/acme/shop", &token));
    let ended = world.caller(&world.acme, Admin).put("/acme/shop/users/ann/revoketokens", &json!({}));
    assert_eq!(ended.status, 200);
    beside.core.directory.follow().unwrap();
    assert_inactive(&introspect(&there, "/acme/shop", &token));
}

#[test]
fn s2_2_a_token_ends_at_its_second() {
    let world = world();
    let token = ann(&world).token();
    world.server.advance(Duration::from_secs(3_599));
    assert_active(&introspect(&shop(&world), "/acme/shop", &token));
    world.server.advance(Duration::from_secs(1));
    assert_inactive(&introspect(&shop(&world), "/acme/shop", &token));
}

#[test]
fn s2_1_a_refresh_token_is_told_of_until_it_is_succeeded() {
    let world = world();
    let signed_in = ann(&world);
    let first = signed_in.text_of("refresh_token").to_owned();
    let answer = introspect(&shop(&world), "/acme/shop", &first);
    assert_active(&answer);
    assert_eq!(answer.json["sub"], world.acme.user.id.to_string());
    assert_eq!(answer.json["sid"], claims(&signed_in.token())["sid"]);
    assert_eq!(answer.json["client_id"], world.acme.app_client.0);
    assert!(answer.json["token_type"].is_null() && answer.json["jti"].is_null());
    let form = format!("grant_type=refresh_token&refresh_token={first}");
    let next = world.guest().form("/acme/shop/token", &form).text_of("refresh_token").to_owned();
    assert_inactive(&introspect(&shop(&world), "/acme/shop", &first));
    assert_active(&introspect(&shop(&world), "/acme/shop", &next));
    world.server.advance(Duration::from_secs(31 * 86_400));
    assert_inactive(&introspect(&shop(&world), "/acme/shop", &next));
}

#[test]
fn s2_1_a_wrong_hint_hides_nothing() {
    let world = world();
    let signed_in = ann(&world);
    for token in [signed_in.token(), signed_in.text_of("refresh_token").to_owned()] {
        for hint in ["access_token", "refresh_token", "something", ""] {
            let form = format!("token={token}&token_type_hint={hint}");
            assert_active(&shop(&world).form("/acme/shop/introspect", &form));
        }
    }
}

#[test]
fn s2_1_whoever_asks_must_prove_themselves() {
    let world = world();
    let token = ann(&world).token();
    let (id, secret) = &world.acme.app_client;
    let guest = world.guest();
    let anonymous = introspect(&guest, "/acme/shop", &token);
    assert_eq!(anonymous.error(), (401, "invalid_client"));
    let wrong = introspect(&guest.basic(id, "wrong"), "/acme/shop", &token);
    assert_eq!(wrong.error(), (401, "invalid_client"));
    assert!(wrong.header("www-authenticate").starts_with("Basic "));
    let public = guest.form("/acme/shop/introspect", &format!("token={token}&client_id={id}"));
    assert_eq!(public.error(), (401, "invalid_client"), "an id alone proves nothing");
    let foreign = guest.basic(&world.rival.app_client.0, &world.rival.app_client.1);
    assert_eq!(introspect(&foreign, "/acme/shop", &token).error(), (401, "invalid_client"));
    let bad = introspect(&guest.bearer("not.a.token"), "/acme/shop", &token);
    assert_eq!(bad.error(), (401, "invalid_token"));
    assert_active(
        &guest.form("/acme/shop/introspect", &format!("token={token}&client_id={id}&client_secret={secret}")),
    );
}

#[test]
fn s2_1_the_administration_sees_its_tenant_and_no_other() {
    let world = world();
    let guest = world.guest();
    let (ours, theirs) = (ann(&world).token(), world.rival.token(&guest, AppUser));
    for level in [AppClient, OrgClient, Admin] {
        let caller = world.caller(&world.acme, level);
        assert_active(&introspect(&caller, "/acme/shop", &ours));
        assert_inactive(&introspect(&caller, "/acme/shop", &theirs));
        // A foreign administration has no say, and hears nothing that would tell it what is there.
        assert_inactive(&introspect(&caller, "/rival/shop", &theirs));
        assert_inactive(&introspect(&caller, "/rival/shop", &ours));
    }
    assert_inactive(&introspect(&world.caller(&world.acme, AppUser), "/acme/shop", &ours));
}

#[test]
fn s2_1_at_the_management_plane_a_client_hears_of_its_own_tokens_alone() {
    let world = world_with(superuser_on);
    let guest = world.guest();
    let of = |tenant: &crate::support::Tenant, level: Authority| tenant.token(&guest, level);
    let (own, admins) = (of(&world.acme, OrgClient), of(&world.acme, Admin));
    let client = guest.basic(&world.acme.org_client.0, &world.acme.org_client.1);
    assert_active(&introspect(&client, "/management", &own));
    assert_inactive(&introspect(&client, "/management", &admins));
    assert_inactive(&introspect(&client, "/management", &of(&world.rival, OrgClient)));
    assert_inactive(&introspect(&world.caller(&world.acme, Admin), "/management", &admins));
    for token in [own, admins, of(&world.rival, Admin)] {
        assert_active(&introspect(&world.superuser(), "/management", &token));
    }
}

#[test]
fn s2_1_the_token_comes_in_a_form_and_once() {
    let world = world();
    let token = ann(&world).token();
    let caller = shop(&world);
    let path = "/acme/shop/introspect";
    let refused = [
        caller.form(path, ""),
        caller.form(path, "token="),
        caller.form(path, &format!("token={token}&token={token}")),
        caller.form(&format!("{path}?token={token}"), ""),
        caller.json(path, &json!({ "token": token })),
    ];
    for answer in refused {
        assert_eq!(answer.error(), (400, "invalid_request"), "{}", answer.text);
        assert_eq!(answer.header("cache-control"), "no-store");
    }
    assert_eq!(caller.get(path).status, 405);
    let (id, secret) = &world.acme.app_client;
    let in_url =
        world.guest().form(&format!("{path}?client_id={id}&client_secret={secret}"), &format!("token={token}"));
    assert_eq!(in_url.error(), (400, "invalid_request"), "a secret in a URL is refused (RFC 6749 §2.3.1)");
    let twice = caller.form(path, &format!("token={token}&client_id={id}&client_secret={secret}"));
    assert_eq!(twice.error(), (400, "invalid_request"), "one method of authentication (T-3)");
}

#[test]
fn s4_guesses_of_secrets_are_bounded_by_source_and_tenant() {
    let world = world_with(|settings| settings.limits.client_failures = 3);
    let token = ann(&world).token();
    let wrong = world.guest().basic(&world.acme.app_client.0, "wrong");
    for _ in 0..3 {
        assert_eq!(introspect(&wrong, "/acme/shop", &token).status, 401);
    }
    let answer = introspect(&shop(&world), "/acme/shop", &token);
    assert_eq!(answer.error(), (429, "temporarily_unavailable"));
    assert_eq!(answer.header("retry-after"), "60");
    assert_eq!(wrong.form("/acme/shop/revoke", "token=x").status, 429);
    let (id, secret) = &world.rival.app_client;
    let elsewhere = introspect(&world.guest().basic(id, secret), "/rival/shop", "unknown");
    assert_inactive(&elsewhere);
    world.server.advance(Duration::from_secs(60));
    assert_active(&introspect(&shop(&world), "/acme/shop", &token));
}

#[test]
fn s2_1_tokens_for_other_resources_are_told_of_where_they_were_issued() {
    let world = world();
    let token = minted(&world, &json!({ "aud": ["https://orders.example"] }));
    let answer = introspect(&shop(&world), "/acme/shop", &token);
    assert_active(&answer);
    assert_eq!(answer.json["aud"], json!(["https://orders.example"]));
    // This server's own planes do not take it.
    assert_eq!(world.guest().bearer(&token).get("/acme/shop/users/me").status, 401);
}

#[test]
fn rfc9701_s5_a_signed_answer_is_for_its_asker_and_is_no_token() {
    let world = world();
    let token = ann(&world).token();
    let keys = world.guest().get("/acme/shop/.well-known/jwks.json").json;
    let caller = shop(&world);
    let accept = [("accept", "application/token-introspection+jwt")];
    let form = Some("application/x-www-form-urlencoded");
    let ask = |token: &str| caller.send_with("POST", "/acme/shop/introspect", form, &format!("token={token}"), &accept);
    let answer = ask(&token);
    assert_eq!((answer.status, answer.header("content-type")), (200, "application/token-introspection+jwt"));
    assert_eq!(answer.header("cache-control"), "no-store");
    assert!(is_signed_by(&answer.text, &keys));
    let (header, said) = statement(&answer.text);
    assert_eq!((&header["typ"], &header["alg"]), (&json!("token-introspection+jwt"), &json!("ES256")));
    assert_eq!(said["iss"], format!("{}/acme/shop", world.server.base));
    assert_eq!(said["aud"], world.acme.app_client.0);
    assert_eq!(said["iat"], 1_767_225_600);
    assert!(said["sub"].is_null() && said["exp"].is_null(), "§8.1: it must not pass as a token");
    assert_eq!(said["token_introspection"], introspect(&caller, "/acme/shop", &token).json);
    assert_eq!(world.guest().bearer(&answer.text).get("/acme/shop/users/me").status, 401);
    assert_eq!(statement(&ask("unknown").text).1["token_introspection"], json!({ "active": false }));
}

#[test]
fn s2_2_a_user_of_the_same_name_elsewhere_changes_nothing() {
    let world = world();
    let actor = tokengrid::manage::Actor::Operator;
    world.server.wait(async {
        world.registry().create_user(world.acme.sandbox.id, person("ann", "a@example.test"), actor).await.unwrap();
    });
    let token = ann(&world).token();
    // Another application of the same organization is another tenant (ISO-7).
    let org = world.guest().basic(&world.acme.org_client.0, &world.acme.org_client.1);
    assert_inactive(&introspect(&org, "/acme/sandbox", &token));
    assert_active(&introspect(&org, "/acme/shop", &token));
}

#[test]
fn s2_1_a_registered_client_sees_what_is_its_own_or_for_its_resources() {
    let world = world();
    let metadata = json!({ "resources": ["https://orders.example"] });
    let (id, secret) = registered(&world, &metadata);
    let caller = world.guest().basic(&id, &secret);
    let ask = |changes: Value| introspect(&caller, "/acme/shop", &minted(&world, &changes));
    assert_active(&ask(json!({ "client_id": id, "aud": ["https://elsewhere.example"] })));
    assert_active(&ask(json!({ "aud": ["https://orders.example", "https://elsewhere.example"] })));
    assert_inactive(&ask(json!({ "aud": ["https://elsewhere.example"] })));
    assert_inactive(&ask(json!({ "aud": ["https://orders.example/"] })));
    assert_inactive(&ask(json!({})));
    let elsewhere = introspect(&caller, "/rival/shop", &ann(&world).token());
    assert_eq!(elsewhere.error(), (401, "invalid_client"));
}

#[test]
fn s2_1_a_public_client_may_not_ask() {
    let world = world();
    let metadata = json!({ "token_endpoint_auth_method": "none", "grant_types": ["authorization_code"],
        "redirect_uris": ["https://app.example/cb"] });
    let (id, _) = registered(&world, &metadata);
    let token = minted(&world, &json!({ "client_id": id }));
    let answer = world.guest().form("/acme/shop/introspect", &format!("token={token}&client_id={id}"));
    assert_eq!(answer.error(), (401, "invalid_client"));
}

#[test]
fn s2_2_tokens_of_a_client_that_is_shut_or_gone_are_inactive() {
    let world = world();
    let (id, _) = registered(&world, &json!({}));
    let path = format!("/management/orgs/acme/apps/shop/clients/{id}");
    let admin = world.caller(&world.acme, Admin);
    let token = minted(&world, &json!({ "client_id": id }));
    assert_active(&introspect(&shop(&world), "/acme/shop", &token));
    let disabled = admin.put(&path, &json!({ "disabled": true }));
    assert_eq!(disabled.status, 200, "{}", disabled.text);
    assert_inactive(&introspect(&shop(&world), "/acme/shop", &token));
}

#[test]
fn rfc9701_s6_a_registration_may_ask_for_signed_answers() {
    let world = world();
    let (id, secret) = registered(&world, &json!({ "introspection_signed_response_alg": "RS256" }));
    let answer = introspect(&world.guest().basic(&id, &secret), "/acme/shop", "unknown");
    assert_eq!(answer.header("content-type"), "application/token-introspection+jwt");
    let (header, said) = statement(&answer.text);
    assert_eq!((&header["alg"], &said["aud"]), (&json!("RS256"), &json!(id)));
    assert_eq!(said["token_introspection"], json!({ "active": false }));
}
