//! The administration's side: made, shown, changed, listed, removed, and what can be registered at all.

use std::time::Duration;

use serde_json::{Value, json};
use tokengrid::domain::id::RegisteredId;

use super::{CLIENTS, admin, ask, by_basic, registered, service, text};
use crate::access::mint::claims;
use crate::support::{superuser_on, world, world_with};

const OWN: &[(&str, &str)] = &[("grant_type", "client_credentials")];

#[test]
fn a_client_is_made_with_a_secret_that_is_shown_once() {
    let world = world();
    let client = service(&world);
    assert!(text(&client, "client_id").starts_with("Y2w6"));
    assert_eq!(client["token_endpoint_auth_method"], "client_secret_basic");
    assert_eq!(client["response_types"], json!([]));
    assert_eq!((&client["kept_by"], &client["disabled"]), (&json!("management"), &json!(false)));
    assert_eq!(client["client_secret_expires_at"], 0);
    for named in [text(&client, "client_id"), text(&client, "uuid")] {
        let answer = admin(&world).get(&format!("{CLIENTS}/{named}"));
        assert_eq!(answer.json["entities"][0]["client_name"], "Service");
        assert!(!answer.text.contains(text(&client, "client_secret")) && !answer.text.contains("digest"));
    }
    let token = ask(&by_basic(&world, &client), OWN).token();
    assert_eq!(claims(&token)["sub"], client["client_id"]);
    assert_eq!(claims(&token)["client_id"], client["client_id"]);
}

#[test]
fn a_change_touches_what_it_names_and_null_goes_back_to_the_default() {
    let world = world();
    let client = service(&world);
    let path = format!("{CLIENTS}/{}", text(&client, "client_id"));
    let changed = admin(&world).put(&path, &json!({ "client_name": "Other", "access_token_ttl": 60_000 }));
    let entity = &changed.json["entities"][0];
    assert_eq!((&entity["client_name"], &entity["scope"]), (&json!("Other"), &client["scope"]));
    let issued = ask(&by_basic(&world, &client), OWN);
    assert_eq!(issued.json["expires_in"], 60, "{}", issued.text);
    // What was read may be sent back.
    let same = admin(&world).put(&path, entity);
    assert_eq!((same.status, &same.json["entities"][0]["access_token_ttl"]), (200, &json!(60_000)), "{}", same.text);
    admin(&world).put(&path, &json!({ "access_token_ttl": null }));
    assert_eq!(ask(&by_basic(&world, &client), OWN).json["expires_in"], 3_600);
}

#[test]
fn metadata_that_cannot_be_is_refused_by_its_member() {
    let world = world();
    let caller = admin(&world);
    let key = json!({ "keys": [{ "kty": "oct", "k": "AAAA" }] });
    let code = |changes: Value| {
        let mut body = json!({ "client_name": "x", "redirect_uris": ["https://app.example/cb"] });
        body.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
        body
    };
    for (member, body) in [
        ("client_name", json!({ "redirect_uris": ["https://app.example/cb"] })),
        ("client_name", code(json!({ "client_name": "" }))),
        ("redirect_uris", json!({ "client_name": "x" })),
        ("redirect_uris", code(json!({ "redirect_uris": ["http://app.example/cb"] }))),
        ("redirect_uris", code(json!({ "redirect_uris": "https://app.example/cb" }))),
        ("post_logout_redirect_uris", code(json!({ "post_logout_redirect_uris": ["/bye"] }))),
        ("grant_types", code(json!({ "grant_types": ["implicit"] }))),
        ("grant_types", code(json!({ "grant_types": [] }))),
        ("grant_types", code(json!({ "grant_types": ["refresh_token"] }))),
        ("grant_types", code(json!({ "grant_types": ["client_credentials"], "token_endpoint_auth_method": "none" }))),
        ("grant_types", code(json!({ "grant_types": ["password"], "token_endpoint_auth_method": "none" }))),
        ("response_types", code(json!({ "response_types": ["token"] }))),
        ("response_types", code(json!({ "grant_types": ["client_credentials"], "response_types": ["code"] }))),
        ("token_endpoint_auth_method", code(json!({ "token_endpoint_auth_method": "client_secret_jwt" }))),
        ("token_endpoint_auth_method", code(json!({ "token_endpoint_auth_method": "private_key_jwt" }))),
        ("token_endpoint_auth_signing_alg", code(json!({ "token_endpoint_auth_signing_alg": "ES256" }))),
        ("tls_client_auth_subject_dn", code(json!({ "token_endpoint_auth_method": "tls_client_auth" }))),
        (
            "token_endpoint_auth_method",
            code(json!({ "token_endpoint_auth_method": "tls_client_auth", "tls_client_auth_subject_dn": "CN=x" })),
        ),
        ("jwks", code(json!({ "jwks": key }))),
        ("jwks", code(json!({ "jwks": key, "jwks_uri": "https://app.example/jwks" }))),
        ("jwks_uri", code(json!({ "jwks_uri": "http://app.example/jwks" }))),
        ("jwks_uri", code(json!({ "jwks_uri": "https://10.0.0.1/jwks" }))),
        ("backchannel_logout_uri", code(json!({ "backchannel_logout_uri": "https://app.example/x#y" }))),
        ("logo_uri", code(json!({ "logo_uri": "http://app.example/logo.png" }))),
        ("logo_uri", code(json!({ "logo_uri": "javascript:alert(1)" }))),
        ("scope", code(json!({ "scope": "a  b" }))),
        ("scope", code(json!({ "scope": ["a"] }))),
        ("id_token_signed_response_alg", code(json!({ "id_token_signed_response_alg": "HS256" }))),
        ("id_token_signed_response_alg", code(json!({ "id_token_signed_response_alg": "none" }))),
        ("access_token_ttl", code(json!({ "access_token_ttl": 0 }))),
        ("access_token_ttl", code(json!({ "access_token_ttl": -1 }))),
        ("subject_type", code(json!({ "subject_type": "secret" }))),
        (
            "sector_identifier_uri",
            code(json!({ "subject_type": "pairwise", "redirect_uris": ["https://a.example/", "https://b.example/"] })),
        ),
        ("disabled", code(json!({ "disabled": "no" }))),
        ("redirect_uri", code(json!({ "redirect_uri": "https://app.example/cb" }))),
    ] {
        let answer = caller.json(CLIENTS, &body);
        assert_eq!(answer.error(), (400, "illegal_argument"), "{body}: {}", answer.text);
        assert!(answer.text_of("error_description").contains(member), "{body}: {}", answer.text);
    }
    assert_eq!(caller.get(CLIENTS).json["count"], 0, "nothing of it was kept");
}

#[test]
fn secrets_stand_side_by_side_until_they_end() {
    let world = world();
    let client = service(&world);
    let secrets = format!("{CLIENTS}/{}/secrets", text(&client, "client_id"));
    let made = admin(&world).json(&secrets, &json!({ "name": "next", "expires_in": 3_600 }));
    let next = made.json["entities"][0].clone();
    assert_eq!(next["name"], "next");
    let mut both = client.clone();
    both["client_secret"] = next["client_secret"].clone();
    assert_eq!(ask(&by_basic(&world, &client), OWN).status, 200);
    assert_eq!(ask(&by_basic(&world, &both), OWN).status, 200);

    let listed = admin(&world).get(&secrets);
    assert_eq!(listed.json["count"], 2);
    assert!(!listed.text.contains("client_secret\"") || !listed.text.contains(text(&next, "client_secret")));
    let first = text(&client, "client_secret_id");
    assert_eq!(admin(&world).delete(&format!("{secrets}/{first}")).status, 200);
    assert_eq!(admin(&world).delete(&format!("{secrets}/{first}")).status, 404);
    assert_eq!(ask(&by_basic(&world, &client), OWN).error(), (401, "invalid_client"));
    assert_eq!(ask(&by_basic(&world, &both), OWN).status, 200);
    world.server.advance(Duration::from_secs(3_600));
    assert_eq!(ask(&by_basic(&world, &both), OWN).error(), (401, "invalid_client"), "it expired");

    for _ in 0..10 {
        assert_eq!(admin(&world).json(&secrets, &json!({})).status, 200);
    }
    assert_eq!(admin(&world).json(&secrets, &json!({})).error(), (400, "illegal_argument"));
    let public = json!({
        "client_name": "p", "token_endpoint_auth_method": "none", "redirect_uris": ["https://app.example/cb"],
    });
    let public = registered(&world, public);
    assert_eq!(public["client_secret"], Value::Null);
    let secrets = format!("{CLIENTS}/{}/secrets", text(&public, "client_id"));
    assert_eq!(admin(&world).json(&secrets, &json!({})).error(), (400, "illegal_argument"));
}

#[test]
fn clients_are_listed_page_by_page() {
    let world = world();
    let made: Vec<Value> = (0..5).map(|_| service(&world)["client_id"].clone()).collect();
    let (mut seen, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = admin(&world).get(&format!("{CLIENTS}?limit=2&cursor={cursor}"));
        let clients = page.json["entities"].as_array().unwrap().clone();
        seen.extend(clients.into_iter().map(|client| client["client_id"].clone()));
        match page.json["cursor"].as_str() {
            Some(next) => cursor = next.to_owned(),
            None => break,
        }
    }
    // In the order of their making, to the millisecond that the clock of this test stands still in.
    let mut made = made;
    made.sort_by_key(|id| RegisteredId::parse_client_id(id.as_str().unwrap()).unwrap().uuid());
    assert_eq!(seen, made);
    assert_eq!(admin(&world).get(&format!("{CLIENTS}?cursor=x")).error(), (400, "illegal_argument"));
}

#[test]
fn a_client_of_one_tenant_is_unknown_at_any_other() {
    let world = world_with(superuser_on);
    let client = service(&world);
    let rivals = "/management/orgs/rival/apps/shop/clients";
    let (caller, own) = (by_basic(&world, &client), "grant_type=client_credentials");
    let unknown = world.guest().basic("Y2w6AAAAAAAAAAAAAAAAAAAABw", "x").form("/rival/shop/token", own);
    let wrong = world.guest().basic(text(&client, "client_id"), "x").form("/acme/shop/token", own);
    for place in ["/rival/shop", "/acme/sandbox", "/management"] {
        let answer = caller.form(&format!("{place}/token"), own);
        assert_eq!((answer.status, answer.less_trace()), (401, unknown.less_trace()), "{place}");
        assert_eq!(answer.header("www-authenticate"), unknown.header("www-authenticate"));
    }
    assert_eq!((wrong.status, wrong.less_trace()), (401, unknown.less_trace()));
    let rival = world.caller(&world.rival, tokengrid::domain::authority::Authority::Admin);
    let id = text(&client, "client_id");
    assert_eq!(rival.get(rivals).json["count"], 0);
    for path in [format!("{rivals}/{id}"), format!("{rivals}/{id}/secrets"), format!("/management/clients/{id}")] {
        let answer = if path.starts_with(rivals) { rival.get(&path) } else { world.superuser().get(&path) };
        assert_eq!(answer.error(), (404, "entity_not_found"), "{path}");
    }
    assert_eq!(rival.put(&format!("{rivals}/{id}"), &json!({ "client_name": "mine" })).status, 404);
    assert_eq!(rival.delete(&format!("{rivals}/{id}")).status, 404);
    assert_eq!(rival.get(&format!("{CLIENTS}/{id}")).status, 401);
    assert_eq!(ask(&caller, OWN).status, 200);
}

#[test]
fn the_management_issuer_has_clients_of_its_own_for_the_superuser_alone() {
    let world = world_with(superuser_on);
    let body = json!({ "client_name": "Portal", "grant_types": ["client_credentials"], "scope": "api reports" });
    assert_eq!(admin(&world).json("/management/clients", &body).status, 401);
    let made = world.superuser().json("/management/clients", &body);
    let client = made.json["entities"][0].clone();
    let answer = by_basic(&world, &client).form("/management/token", "grant_type=client_credentials");
    let said = claims(&answer.token());
    assert_eq!(
        (&said["sub"], &said["iss"]),
        (&client["client_id"], &json!(format!("{}/management", world.server.base)))
    );
    // It is over nobody.
    let caller = world.guest().bearer(&answer.token());
    assert_eq!(caller.get("/management/orgs/acme").status, 401);
    assert_eq!(caller.get("/acme/shop/users").status, 401);
    let id = text(&client, "client_id");
    assert_eq!(world.superuser().delete(&format!("/management/clients/{id}")).status, 200);
    let again = by_basic(&world, &client).form("/management/token", "grant_type=client_credentials");
    assert_eq!(again.error(), (401, "invalid_client"));
}
