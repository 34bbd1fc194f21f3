//! Tokens that are bound to a key, and proofs of its possession. *Spec*: RFC 9449; security rules DP-1 to DP-4.

mod machines;
mod nonces;
mod planes;
mod session;

use serde_json::{Value, json};
use tokengrid::domain::place::BaseUrl;
use tokengrid::domain::registered::{AuthMethod, GrantType};

use super::flow::{app, browser, form, grant, sent};
use super::races::all_at_once;
use crate::access::mint::claims;
use crate::support::{Answer, PASSWORD, Prover, World, world, world_with};

const TOKEN: &str = "/acme/shop/token";
const PASSWORD_GRANT: [(&str, &str); 3] = [("grant_type", "password"), ("username", "ann"), ("password", PASSWORD)];

/// Signs ann in with a proof.
fn sign_in(world: &World, key: &Prover<'_>) -> Answer {
    key.form(&world.guest(), TOKEN, &form(&PASSWORD_GRANT))
}

/// A token of ann that is bound to a key.
#[track_caller]
fn bound(world: &World, key: &Prover<'_>) -> String {
    let answer = sign_in(world, key);
    assert_bound(&answer, key);
    answer.token()
}

#[track_caller]
fn assert_bound(answer: &Answer, key: &Prover<'_>) {
    assert_eq!((answer.status, answer.text_of("token_type")), (200, "DPoP"), "{}", answer.text);
    assert_eq!(claims(answer.text_of("access_token"))["cnf"], json!({ "jkt": key.jkt() }));
}

/// Signs ann in with these proofs.
fn with_proofs(world: &World, proofs: &[&str]) -> Answer {
    let headers: Vec<_> = proofs.iter().map(|proof| ("dpop", *proof)).collect();
    let form_type = Some("application/x-www-form-urlencoded");
    world.guest().send_with("POST", TOKEN, form_type, &form(&PASSWORD_GRANT), &headers)
}

#[test]
fn s5_every_grant_binds_its_token_to_the_key_of_the_proof() {
    let world = world();
    let key = Prover::new(&world);
    assert_bound(&sign_in(&world, &key), &key);
    let (id, secret) = &world.acme.app_client;
    let own = [("grant_type", "client_credentials"), ("client_id", id), ("client_secret", secret)];
    assert_bound(&key.form(&world.guest(), TOKEN, &form(&own)), &key);
    let machine = app(&world, |client| client.grant_types = vec![GrantType::ClientCredentials]);
    let body = form(&[("grant_type", "client_credentials"), ("scope", "api")]);
    assert_bound(&key.form(&machine.caller(&world), TOKEN, &body), &key);
    let client = app(&world, |_| {});
    let code = client.code(&browser(&world), &[]);
    assert_bound(&key.form(&client.caller(&world), TOKEN, &form(&grant(&code))), &key);
    let admin = form(&[("grant_type", "password"), ("username", "acme-admin"), ("password", PASSWORD)]);
    assert_bound(&key.form(&world.guest(), "/management/token", &admin), &key);

    // Usergrid's encodings are no other way.
    let proof = key.proof("POST", TOKEN);
    let body = json!({ "grant_type": "password", "username": "ann", "password": PASSWORD }).to_string();
    let by_json = world.guest().send_with("POST", TOKEN, Some("application/json"), &body, &[("dpop", &proof)]);
    assert_bound(&by_json, &key);
    let (path, proof) = (format!("{TOKEN}?{}", form(&PASSWORD_GRANT)), key.proof("GET", TOKEN));
    assert_bound(&world.guest().send_with("GET", &path, None, "", &[("dpop", &proof)]), &key);
}

#[test]
fn s5_without_a_proof_nothing_is_new() {
    let world = world();
    let answer = world.guest().form(TOKEN, &form(&PASSWORD_GRANT));
    assert_eq!((answer.text_of("token_type"), answer.header("dpop-nonce")), ("Bearer", ""));
    assert_eq!(claims(&answer.token())["cnf"], Value::Null);
}

#[test]
fn s5_1_every_algorithm_of_the_metadata_is_accepted() {
    let world = world();
    let path = "/acme/shop/.well-known/openid-configuration";
    let said = world.guest().get(path).json["dpop_signing_alg_values_supported"].clone();
    assert_eq!(said, json!(["ES256", "EdDSA", "RS256"]));
    for algorithm in said.as_array().unwrap() {
        let key = Prover::by(&world, algorithm.as_str().unwrap());
        assert_eq!(key.get("/acme/shop/users/me", &bound(&world, &key)).status, 200, "{algorithm}");
    }
    let resource = world.guest().get("/acme/shop/.well-known/oauth-protected-resource");
    assert_eq!(resource.json["dpop_signing_alg_values_supported"], said);
}

#[test]
fn s4_3_there_is_one_proof_and_it_holds_for_the_request() {
    let world = world();
    let key = Prover::new(&world);
    let good = || key.claims("POST", TOKEN, None);
    let with = |name: &str, value: Value| {
        let mut claims = good();
        claims[name] = value;
        key.prove(&claims)
    };
    let iat = good()["iat"].as_i64().unwrap();
    let broken = [
        String::new(),
        "x".to_owned(),
        with("htm", json!("GET")),
        with("htu", json!(format!("{}/acme/shop", world.server.base))),
        with("htu", json!("https://tokens.example/acme/shop/token")),
        with("iat", json!(iat - 61)),
        with("iat", json!(iat + 16)),
        with("jti", json!("")),
        key.prove(&good()).replace('.', "-"),
    ];
    for proof in &broken {
        let answer = with_proofs(&world, &[proof]);
        assert_eq!(answer.error(), (400, "invalid_dpop_proof"), "{proof}: {}", answer.text);
        assert_eq!(answer.header("cache-control"), "no-store");
    }
    let [one, other] = [key.prove(&good()), key.prove(&good())];
    assert_eq!(with_proofs(&world, &[&one, &other]).error(), (400, "invalid_dpop_proof"));
    assert_eq!(with_proofs(&world, &[&format!("{one}, {other}")]).error(), (400, "invalid_dpop_proof"));
    // Two headers used neither of them up.
    assert_eq!(with_proofs(&world, &[&one]).status, 200);
    assert_eq!(with_proofs(&world, &[&other]).status, 200);
}

#[test]
fn s4_3_the_proof_of_one_tenant_is_none_for_another() {
    let world = world();
    let key = Prover::new(&world);
    let proof = key.proof("POST", TOKEN);
    let at = |path: &str| {
        let form_type = Some("application/x-www-form-urlencoded");
        world.guest().send_with("POST", path, form_type, &form(&PASSWORD_GRANT), &[("dpop", &proof)])
    };
    for other in ["/rival/shop/token", "/acme/sandbox/token", "/management/token", "/ACME/shop/token"] {
        assert_eq!(at(other).error(), (400, "invalid_dpop_proof"), "{other}");
    }
    assert_eq!(at(TOKEN).status, 200);
    // However the place is spelled, the proof is for the URL as it was sent.
    assert_eq!(key.form(&world.guest(), "/ACME/shop/token", &form(&PASSWORD_GRANT)).status, 200);
}

#[test]
fn s4_3_behind_a_proxy_the_public_url_counts() {
    let world = world_with(|settings| settings.server.base_url = Some(BaseUrl::new("https://id.example/auth/")));
    let mut key = Prover::new(&world);
    assert_eq!(sign_in(&world, &key).error(), (400, "invalid_dpop_proof"));
    key.base = "https://id.example/auth".to_owned();
    let token = bound(&world, &key);
    assert_eq!(key.get("/acme/shop/users/me", &token).status, 200);
    key.base = format!("http://{}", world.server.address);
    assert_eq!(key.get("/acme/shop/users/me", &token).error(), (401, "invalid_dpop_proof"));
}

#[test]
fn s11_1_a_proof_is_taken_once() {
    let world = world();
    let key = Prover::new(&world);
    let proof = key.proof("POST", TOKEN);
    assert_eq!(with_proofs(&world, &[&proof]).status, 200);
    assert_eq!(with_proofs(&world, &[&proof]).error(), (400, "invalid_dpop_proof"));
    // The same name by another key is another proof.
    let mut claims = key.claims("POST", TOKEN, None);
    let first = key.prove(&claims);
    claims["iat"] = json!(claims["iat"].as_i64().unwrap() - 1);
    let renewed = key.prove(&claims);
    let other = Prover::new(&world).prove(&claims);
    assert_eq!(with_proofs(&world, &[&first]).status, 200);
    assert_eq!(with_proofs(&world, &[&renewed]).error(), (400, "invalid_dpop_proof"));
    assert_eq!(with_proofs(&world, &[&other]).status, 200);
}

#[test]
fn s11_1_of_a_hundred_uses_of_a_proof_one_succeeds() {
    let world = world();
    let key = Prover::new(&world);
    let (id, secret) = &world.acme.app_client;
    let body = form(&[("grant_type", "client_credentials"), ("client_id", id), ("client_secret", secret)]);
    let (caller, proof) = (world.guest(), key.proof("POST", TOKEN));
    let form_type = Some("application/x-www-form-urlencoded");
    let answers = all_at_once(|| caller.send_with("POST", TOKEN, form_type, &body, &[("dpop", &proof)]));
    let won = answers.iter().filter(|answer| answer.status == 200).count();
    let lost = answers.iter().filter(|answer| answer.error() == (400, "invalid_dpop_proof")).count();
    assert_eq!((won, lost), (1, answers.len() - 1));

    let token = bound(&world, &key);
    let proof = key.prove(&key.claims("GET", "/acme/shop/users/me", Some(&token)));
    let answers = all_at_once(|| key.show("/acme/shop/users/me", &token, &[&proof]));
    let won = answers.iter().filter(|answer| answer.status == 200).count();
    let lost = answers.iter().filter(|answer| answer.error() == (401, "invalid_dpop_proof")).count();
    assert_eq!((won, lost), (1, answers.len() - 1));
}

#[test]
fn s5_2_a_client_that_registered_for_proofs_gets_nothing_without_one() {
    let world = world();
    let key = Prover::new(&world);
    let machine = app(&world, |client| {
        client.grant_types = vec![GrantType::ClientCredentials];
        client.dpop_bound_access_tokens = true;
    });
    let said = [("grant_type", "client_credentials"), ("scope", "api")];
    assert_eq!(machine.token(&world, &said).error(), (400, "invalid_dpop_proof"));
    assert_bound(&key.form(&machine.caller(&world), TOKEN, &form(&said)), &key);

    let client = app(&world, |client| client.dpop_bound_access_tokens = true);
    let code = client.code(&browser(&world), &[]);
    assert_eq!(client.redeem(&world, &code).error(), (400, "invalid_dpop_proof"));
    // The code was not used up.
    assert_bound(&key.form(&client.caller(&world), TOKEN, &form(&grant(&code))), &key);
}

#[test]
fn s10_a_code_is_bound_to_the_key_that_the_request_named() {
    let world = world();
    let (key, thief) = (Prover::new(&world), Prover::new(&world));
    let client = app(&world, |client| client.token_endpoint_auth_method = AuthMethod::None);
    let redeem = |by: Option<&Prover<'_>>, code: &str| {
        let body = form(&[&[("client_id", client.client_id().as_str())][..], &grant(code)].concat());
        match by {
            Some(key) => key.form(&world.guest(), TOKEN, &body),
            None => world.guest().form(TOKEN, &body),
        }
    };
    let named = || client.code(&browser(&world), &[("dpop_jkt", &key.jkt())]);
    assert_eq!(redeem(Some(&thief), &named()).error(), (400, "invalid_grant"));
    assert_eq!(redeem(None, &named()).error(), (400, "invalid_grant"));
    assert_bound(&redeem(Some(&key), &named()), &key);
}

#[test]
fn s10_1_a_proof_of_a_pushed_request_binds_its_code() {
    let world = world();
    let (key, thief) = (Prover::new(&world), Prover::new(&world));
    let client = app(&world, |_| {});
    let push = |body: &str| key.form(&client.caller(&world), "/acme/shop/par", body);
    let code = |pushed: &Answer| {
        assert_eq!(pushed.status, 201, "{}", pushed.text);
        let query = form(&[("client_id", &client.client_id()), ("request_uri", pushed.text_of("request_uri"))]);
        sent(&browser(&world).get(&format!("/acme/shop/authorize?{query}")), "code").unwrap()
    };
    let redeem = |by: &Prover<'_>, code: &str| by.form(&client.caller(&world), TOKEN, &form(&grant(code)));
    let pushed = code(&push(&client.request(&[])));
    assert_eq!(redeem(&thief, &pushed).error(), (400, "invalid_grant"));
    let pushed = code(&push(&client.request(&[("dpop_jkt", &key.jkt())])));
    assert_bound(&redeem(&key, &pushed), &key);
    let other = push(&client.request(&[("dpop_jkt", &thief.jkt())]));
    assert_eq!(other.error(), (400, "invalid_dpop_proof"));
    let proof = thief.proof("POST", TOKEN);
    let form_type = Some("application/x-www-form-urlencoded");
    let body = client.request(&[]);
    let foreign = client.caller(&world).send_with("POST", "/acme/shop/par", form_type, &body, &[("dpop", &proof)]);
    assert_eq!(foreign.error(), (400, "invalid_dpop_proof"));
}
