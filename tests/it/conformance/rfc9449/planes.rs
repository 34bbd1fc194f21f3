//! Bound tokens where they are used: the planes, userinfo, introspection (RFC 9449 §7; DP-1, DP-2).

use serde_json::{Value, json};
use tokengrid::domain::authority::Authority;

use super::{app, assert_bound, bound, browser, form, grant, sign_in};
use crate::support::{Answer, PASSWORD, Prover, world};

const ME: &str = "/acme/shop/users/me";

/// 401 with a challenge that names the scheme, the cause and the algorithms (§7.1).
#[track_caller]
fn assert_challenged(answer: &Answer, code: &str) {
    assert_eq!(answer.error(), (401, code), "{}", answer.text);
    let challenge = format!(r#"DPoP realm="Tokengrid", error="{code}", algs="ES256 EdDSA RS256""#);
    assert_eq!(answer.header("www-authenticate"), challenge);
}

#[test]
fn s7_1_a_bound_token_comes_with_a_proof_of_its_key() {
    let world = world();
    let (key, thief) = (Prover::new(&world), Prover::new(&world));
    let token = bound(&world, &key);
    let answer = key.get(ME, &token);
    assert_eq!((answer.status, answer.json["entities"][0]["username"].as_str()), (200, Some("ann")));
    assert_challenged(&thief.get(ME, &token), "invalid_token");
    assert_challenged(&key.show(ME, &token, &[]), "invalid_dpop_proof");
    let [one, other] = [(); 2].map(|()| key.prove(&key.claims("GET", ME, Some(&token))));
    assert_challenged(&key.show(ME, &token, &[&one, &other]), "invalid_dpop_proof");
}

#[test]
fn s7_1_the_proof_is_for_the_token_and_the_request() {
    let world = world();
    let key = Prover::new(&world);
    let (token, second) = (bound(&world, &key), bound(&world, &key));
    let with = |name: &str, value: Value| {
        let mut claims = key.claims("GET", ME, Some(&token));
        claims[name] = value;
        key.prove(&claims)
    };
    let no_hash = key.prove(&key.claims("GET", ME, None));
    let of_another = key.prove(&key.claims("GET", ME, Some(&second)));
    let elsewhere = with("htu", json!(format!("{}/acme/shop/users", world.server.base)));
    for proof in [no_hash, of_another, elsewhere, with("htm", json!("POST")), with("iat", json!(0))] {
        assert_challenged(&key.show(ME, &token, &[&proof]), "invalid_dpop_proof");
    }
    // The query is no part of what is proved (§4.2).
    let proof = key.prove(&key.claims("GET", ME, Some(&token)));
    assert_eq!(key.show(&format!("{ME}?limit=1"), &token, &[&proof]).status, 200);
    assert_challenged(&key.show(ME, &token, &[&proof]), "invalid_dpop_proof");
}

#[test]
fn s7_2_a_bound_token_is_no_bearer_token() {
    let world = world();
    let key = Prover::new(&world);
    let token = bound(&world, &key);
    assert_challenged(&world.guest().bearer(&token).get(ME), "invalid_token");
    assert_challenged(&world.guest().get(&format!("{ME}?access_token={token}")), "invalid_token");
    assert_challenged(&world.guest().form("/acme/shop/users", &format!("access_token={token}")), "invalid_token");
    // Not even beside a good proof.
    let proof = key.prove(&key.claims("GET", ME, Some(&token)));
    let headers = [("authorization", format!("Bearer {token}")), ("dpop", proof)];
    let headers = headers.each_ref().map(|(name, value)| (*name, value.as_str()));
    assert_challenged(&world.guest().send_with("GET", ME, None, "", &headers), "invalid_token");
}

#[test]
fn s7_1_an_unbound_token_is_no_dpop_token() {
    let world = world();
    let key = Prover::new(&world);
    let token = world.acme.token(&world.guest(), Authority::AppUser);
    assert_challenged(&key.get(ME, &token), "invalid_token");
    assert_eq!(world.guest().bearer(&token).get(ME).status, 200);
    assert_eq!(key.get(ME, "no-token").status, 401);
}

#[test]
fn s6_what_a_token_is_bound_to_is_introspected() {
    let world = world();
    let key = Prover::new(&world);
    let answer = sign_in(&world, &key);
    let (id, secret) = &world.acme.app_client;
    let shop = world.guest().basic(id, secret);
    let said = shop.form("/acme/shop/introspect", &form(&[("token", &answer.token())])).json;
    assert_eq!((&said["active"], &said["token_type"]), (&json!(true), &json!("DPoP")));
    assert_eq!(said["cnf"], json!({ "jkt": key.jkt() }));
    let refresh = answer.text_of("refresh_token");
    let said = shop.form("/acme/shop/introspect", &form(&[("token", refresh)])).json;
    assert_eq!(said["cnf"], json!({ "jkt": key.jkt() }));
}

#[test]
fn s7_userinfo_takes_bound_tokens_with_their_proof() {
    let world = world();
    let key = Prover::new(&world);
    let client = app(&world, |_| {});
    let code = client.code(&browser(&world), &[]);
    let token = key.form(&client.caller(&world), "/acme/shop/token", &form(&grant(&code))).token();
    let path = "/acme/shop/userinfo";
    assert_eq!(key.get(path, &token).json["sub"], json!(world.acme.user.id));
    assert_challenged(&world.guest().bearer(&token).get(path), "invalid_token");
    assert_challenged(&Prover::new(&world).get(path, &token), "invalid_token");
    assert_challenged(&key.show(path, &token, &[]), "invalid_dpop_proof");
    let in_form = world.guest().form(path, &form(&[("access_token", &token)]));
    assert_challenged(&in_form, "invalid_token");
}

#[test]
fn s7_what_comes_of_a_bound_token_is_bound() {
    let world = world();
    let key = Prover::new(&world);
    let admin = form(&[("grant_type", "password"), ("username", "acme-admin"), ("password", PASSWORD)]);
    let token = key.form(&world.guest(), "/management/token", &admin).token();
    // Usergrid: a new token for one that holds, and one of a user for those above them.
    assert_bound(&key.get("/management/token", &token), &key);
    assert_bound(&key.get("/acme/shop/users/ann/token", &token), &key);
    assert_challenged(&world.guest().bearer(&token).get("/management/token"), "invalid_token");
}
