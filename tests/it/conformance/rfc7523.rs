//! RFC 7521 and 7523: a client proves itself by a JWT that it signed.

use serde_json::{Value, json};
use tokengrid::domain::clock::Clock;
use tokengrid::domain::tenant::Switch;

use crate::clients::{CLIENTS, admin, ask, registered, text};
use crate::sso::keys::Pair;
use crate::support::{Answer, Host, Says, World, world, world_with};

const TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

fn jwks(pair: &Pair) -> Value {
    json!({ "keys": [pair.jwk()] })
}

fn signing(world: &World, keys: Value) -> Value {
    let mut metadata = json!({
        "client_name": "Signing", "grant_types": ["client_credentials"], "scope": "api",
        "token_endpoint_auth_method": "private_key_jwt",
    });
    metadata.as_object_mut().unwrap().extend(keys.as_object().unwrap().clone());
    registered(world, metadata)
}

fn now(world: &World) -> i64 {
    world.server.clock.now().seconds()
}

/// What a good assertion says.
fn said(world: &World, client: &Value, jti: &str) -> Value {
    let id = text(client, "client_id");
    let issuer = format!("{}/acme/shop", world.server.base);
    json!({ "iss": id, "sub": id, "aud": issuer, "exp": now(world) + 60, "iat": now(world), "jti": jti })
}

fn prove(world: &World, assertion: &str) -> Answer {
    let proof = [("client_assertion_type", TYPE), ("client_assertion", assertion)];
    ask(&world.guest(), &[&[("grant_type", "client_credentials")][..], &proof[..]].concat())
}

fn with(claims: &Value, member: &str, value: Value) -> Value {
    let mut claims = claims.clone();
    match value {
        Value::Null => drop(claims.as_object_mut().unwrap().remove(member)),
        value => claims[member] = value,
    }
    claims
}

#[test]
fn s3_an_assertion_proves_its_client_once() {
    let (world, pair) = (world(), Pair::new("k1"));
    let client = signing(&world, json!({ "jwks": jwks(&pair) }));
    let assertion = pair.sign(&said(&world, &client, "one"));
    let answer = prove(&world, &assertion);
    assert_eq!(answer.status, 200, "{}", answer.text);
    assert_eq!(prove(&world, &assertion).error(), (401, "invalid_client"), "its name is used up");
    assert_eq!(prove(&world, &pair.sign(&said(&world, &client, "two"))).status, 200);
    // Another client of the same tenant may use the same name.
    let other = signing(&world, json!({ "jwks": jwks(&pair) }));
    assert_eq!(prove(&world, &pair.sign(&said(&world, &other, "one"))).status, 200);
}

#[test]
fn s3_an_assertion_that_breaks_a_rule_proves_nobody() {
    let (world, pair, stranger) = (world(), Pair::new("k1"), Pair::new("k1"));
    let client = signing(&world, json!({ "jwks": jwks(&pair) }));
    let other = signing(&world, json!({ "jwks": jwks(&pair) }));
    let good = said(&world, &client, "good");
    let base = &world.server.base;
    for (member, value) in [
        ("iss", other["client_id"].clone()),
        ("sub", other["client_id"].clone()),
        ("iss", Value::Null),
        ("sub", Value::Null),
        ("aud", json!(format!("{base}/acme/shop/token"))),
        ("aud", json!(format!("{base}/rival/shop"))),
        ("aud", json!(format!("{base}/management"))),
        ("aud", json!(base)),
        ("aud", json!([format!("{base}/acme/shop"), "https://other.example"])),
        ("aud", Value::Null),
        ("exp", json!(now(&world))),
        ("exp", json!(now(&world) + 3_600)),
        ("exp", json!("soon")),
        ("exp", Value::Null),
        ("iat", json!(now(&world) + 3_600)),
        ("iat", json!(now(&world) - 3_600)),
        ("nbf", json!(now(&world) + 3_600)),
        ("jti", Value::Null),
        ("jti", json!("")),
    ] {
        let refused = prove(&world, &pair.sign(&with(&good, member, value.clone())));
        assert_eq!(refused.error(), (401, "invalid_client"), "{member} {value}: {}", refused.text);
        assert_eq!(refused.header("www-authenticate"), "");
    }
    assert_eq!(prove(&world, &stranger.sign(&good)).error(), (401, "invalid_client"), "another key");
    for header in
        [json!({ "alg": "none" }), json!({ "alg": "HS256", "kid": "k1" }), json!({ "alg": "ES256", "kid": "k1" })]
    {
        assert_eq!(prove(&world, &pair.sign_as(&header, &good)).error(), (401, "invalid_client"), "{header}");
    }
    for broken in ["", "x", "a.b.c", &pair.sign(&good).replace('.', "")] {
        assert_ne!(prove(&world, broken).status, 200, "{broken}");
    }
    assert_eq!(prove(&world, &pair.sign(&good)).status, 200, "and none of that used its name up");
}

#[test]
fn rfc7521_s4_2_the_assertion_is_the_one_proof_and_names_the_one_client() {
    let (world, pair) = (world(), Pair::new("k1"));
    let client = signing(&world, json!({ "jwks": jwks(&pair) }));
    let other = signing(&world, json!({ "jwks": jwks(&pair) }));
    let sign = |jti: &str| pair.sign(&said(&world, &client, jti));
    let ask_with = |assertion: &str, fields: &[(&str, &str)]| {
        let own = [("grant_type", "client_credentials"), ("client_assertion", assertion)];
        ask(&world.guest(), &[&own[..], fields].concat())
    };
    let kind = ("client_assertion_type", TYPE);
    assert_eq!(ask_with(&sign("a"), &[]).error(), (400, "invalid_request"), "no type");
    assert_eq!(ask_with(&sign("a"), &[("client_assertion_type", "x")]).error(), (400, "invalid_request"));
    assert_eq!(ask_with(&sign("a"), &[kind, ("client_secret", "x")]).error(), (400, "invalid_request"), "two methods");
    let named = ("client_id", text(&other, "client_id"));
    assert_eq!(ask_with(&sign("a"), &[kind, named]).error(), (401, "invalid_client"));
    assert_eq!(ask_with(&sign("a"), &[kind, ("client_id", text(&client, "client_id"))]).status, 200);
    let bare =
        [("grant_type", "client_credentials"), ("client_id", text(&client, "client_id")), ("client_secret", "x")];
    assert_eq!(ask(&world.guest(), &bare).error(), (401, "invalid_client"), "it has no secret");
}

#[test]
fn the_algorithm_is_the_registered_one() {
    let (world, pair) = (world(), Pair::new("k1"));
    let keys = json!({ "jwks": jwks(&pair), "token_endpoint_auth_signing_alg": "ES256" });
    let client = signing(&world, keys);
    assert_eq!(prove(&world, &pair.sign(&said(&world, &client, "one"))).error(), (401, "invalid_client"));
    let path = format!("{CLIENTS}/{}", text(&client, "client_id"));
    assert_eq!(admin(&world).put(&path, &json!({ "token_endpoint_auth_signing_alg": "RS256" })).status, 200);
    assert_eq!(prove(&world, &pair.sign(&said(&world, &client, "one"))).status, 200);
}

#[test]
fn keys_are_fetched_from_the_registered_url_and_kept() {
    let world = world_with(|settings| settings.upstream.allow_private = Switch::On);
    let (old, new) = (Pair::new("old"), Pair::new("new"));
    let host = Host::start(Says::json(jwks(&old)));
    let client = signing(&world, json!({ "jwks_uri": host.url("/jwks") }));
    for jti in ["one", "two"] {
        assert_eq!(prove(&world, &old.sign(&said(&world, &client, jti))).status, 200);
    }
    assert_eq!(host.count(), 1, "kept");
    host.says(Says::json(jwks(&new)));
    let early = prove(&world, &new.sign(&said(&world, &client, "three")));
    assert_eq!((early.error(), host.count()), ((401, "invalid_client"), 1), "not asked again at once");
    world.server.advance(std::time::Duration::from_secs(61));
    assert_eq!(prove(&world, &new.sign(&said(&world, &client, "four"))).status, 200, "a new name is worth a look");
    host.says(Says::Closed);
    let other = Host::start(Says::Closed);
    let dead = signing(&world, json!({ "jwks_uri": other.url("/jwks") }));
    assert_eq!(prove(&world, &new.sign(&said(&world, &dead, "five"))).error(), (401, "invalid_client"));
}
