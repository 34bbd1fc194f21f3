//! Nonces that a place demands in proofs (RFC 9449 §8, §9).

use std::time::Duration;

use serde_json::json;
use tokengrid::domain::tenant::Switch;

use super::{Prover, TOKEN, bound, form, sign_in};
use crate::support::{Answer, PASSWORD, Tenant, World, world, world_with};

/// Lets an application demand nonces, as its administration does.
fn demand(world: &World, tenant: &Tenant) {
    let admin = world.admin(&tenant.admin_name(), PASSWORD);
    let place = tenant.place();
    let answer = admin.put(&place, &json!({ "require_dpop_nonces": true }));
    assert_eq!(answer.json["entities"][0]["require_dpop_nonces"], json!(true), "{}", answer.text);
}

/// The nonce that an answer gives, kept for the next proof.
#[track_caller]
fn take(answer: &Answer, key: &Prover<'_>) -> String {
    let nonce = answer.header("dpop-nonce").to_owned();
    assert_eq!(nonce.len(), 22, "{}", answer.text);
    *key.nonce.lock().unwrap() = Some(nonce.clone());
    nonce
}

#[test]
fn s8_a_place_may_demand_a_nonce_at_its_token_endpoint() {
    let world = world();
    demand(&world, &world.acme);
    let key = Prover::new(&world);
    let answer = sign_in(&world, &key);
    assert_eq!(answer.error(), (400, "use_dpop_nonce"));
    take(&answer, &key);
    let answer = sign_in(&world, &key);
    assert_eq!((answer.status, answer.text_of("token_type")), (200, "DPoP"), "{}", answer.text);
    take(&answer, &key);
    // A nonce holds for two minutes at least and four at most.
    world.server.advance(Duration::from_secs(120));
    assert_eq!(sign_in(&world, &key).status, 200);
    world.server.advance(Duration::from_secs(120));
    let answer = sign_in(&world, &key);
    assert_eq!(answer.error(), (400, "use_dpop_nonce"));
    take(&answer, &key);
    assert_eq!(sign_in(&world, &key).status, 200);
    // Who comes without a proof is asked for none.
    let plain = world.guest().sign_in("/acme/shop", "ann", PASSWORD);
    assert_eq!((plain.status, plain.header("dpop-nonce")), (200, ""));
}

#[test]
fn s8_the_nonce_of_one_tenant_is_none_of_another() {
    let world = world();
    demand(&world, &world.acme);
    demand(&world, &world.rival);
    let key = Prover::new(&world);
    take(&sign_in(&world, &key), &key);
    let body = form(&super::PASSWORD_GRANT);
    assert_eq!(key.form(&world.guest(), "/rival/shop/token", &body).error(), (400, "use_dpop_nonce"));
    assert_eq!(sign_in(&world, &key).status, 200);
}

#[test]
fn s9_a_place_may_demand_a_nonce_where_tokens_are_used() {
    let world = world();
    let key = Prover::new(&world);
    let token = bound(&world, &key);
    demand(&world, &world.acme);
    let answer = key.get("/acme/shop/users/me", &token);
    assert_eq!(answer.error(), (401, "use_dpop_nonce"));
    let challenge = r#"DPoP realm="Tokengrid", error="use_dpop_nonce", algs="ES256 EdDSA RS256""#;
    assert_eq!(answer.header("www-authenticate"), challenge);
    take(&answer, &key);
    let answer = key.get("/acme/shop/users/me", &token);
    assert_eq!(answer.status, 200);
    take(&answer, &key);
}

#[test]
fn s8_pages_of_other_origins_may_read_the_nonce() {
    let world = world();
    demand(&world, &world.acme);
    let key = Prover::new(&world);
    let proof = key.proof("POST", TOKEN);
    let headers = [("dpop", proof.as_str()), ("origin", "https://app.example")];
    let answer = world.guest().send_with("POST", TOKEN, None, "grant_type=password", &headers);
    let exposed = answer.headers.get_all("access-control-expose-headers");
    assert!(exposed.iter().any(|value| value == "DPoP-Nonce"), "{:?}", answer.headers);
}

#[test]
fn s8_the_management_place_demands_nonces_by_configuration() {
    let world = world_with(|settings| settings.management.dpop_nonces = Switch::On);
    let key = Prover::new(&world);
    let body = form(&[("grant_type", "password"), ("username", "acme-admin"), ("password", PASSWORD)]);
    let answer = key.form(&world.guest(), "/management/token", &body);
    assert_eq!(answer.error(), (400, "use_dpop_nonce"));
    take(&answer, &key);
    assert_eq!(key.form(&world.guest(), "/management/token", &body).status, 200);
    *key.nonce.lock().unwrap() = None;
    assert_eq!(sign_in(&world, &key).status, 200);
}
