//! A token's header chooses nothing: not the algorithm, not the key, not where a key is found (JWT-3, JWT-8, JWT-9).

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::EncodingKey;
use serde_json::{Value, json};
use tokengrid::domain::authority::Authority;
use tokengrid::domain::id::TenantId;
use tokengrid::domain::token::Algorithm;

use super::mint::{Mint, active_key, claims, message, switch_algorithm, with};
use crate::support::{World, world};

const DOOR: &str = "/acme/shop/users/me";

#[track_caller]
fn refused(world: &World, what: &str, token: &str) {
    let answer = world.guest().bearer(token).get(DOOR);
    assert_eq!(answer.error(), (401, "auth_unverified_oath"), "{what}: {}", answer.text);
    assert_eq!(answer.text_of("error_description"), "Unable to authenticate OAuth credentials");
    assert_eq!(answer.header("www-authenticate"), r#"Bearer realm="Tokengrid", error="invalid_token""#);
}

#[test]
fn a_well_signed_token_with_another_header_is_refused() {
    let world = world();
    for algorithm in [Algorithm::ES256, Algorithm::HS256] {
        switch_algorithm(&world, world.acme.app.id, algorithm);
        let mint = Mint::of(&world, world.acme.app.id);
        let genuine = claims(&world.acme.token(&world.guest(), Authority::AppUser));
        let foreign = active_key(&world, world.rival.app.id.into()).kid;
        let managing = active_key(&world, TenantId::MANAGEMENT).kid;
        let mut changes: Vec<Value> = ["JWT", "jwt", "AT+JWT", "application/at+jwt", "logout+jwt", "dpop+jwt", ""]
            .map(|typ| json!({ "typ": typ }))
            .to_vec();
        changes.extend([foreign, managing].map(|kid| json!({ "kid": kid })));
        changes.extend(
            ["", "unknown", "../../etc/passwd", "' OR '1'='1", &"k".repeat(5_000)].map(|kid| json!({ "kid": kid })),
        );
        changes.extend(
            ["none", "None", "", "RS256", "PS256", "ES384", "EdDSA", "HS512", "es256"].map(|alg| json!({ "alg": alg })),
        );
        changes.extend(["typ", "alg", "kid"].map(|name| json!({ name: null })));
        changes.extend([json!({ "crit": ["exp"] }), json!({ "crit": [], "exp": 1 }), json!({ "kid": 7 })]);
        for change in changes {
            let token = mint.sign(&with(&mint.header(), &change), &genuine);
            refused(&world, &change.to_string(), &token);
        }
    }
}

#[test]
fn where_a_token_says_to_find_its_key_is_not_read() {
    let world = world();
    let own = Mint::of(&world, world.acme.app.id);
    let thief = Mint::of(&world, world.rival.app.id);
    let genuine = claims(&world.acme.token(&world.guest(), Authority::AppUser));
    let jwk = active_key(&world, world.rival.app.id.into()).public.unwrap();
    let pointers = json!({ "jwk": jwk, "jku": format!("{}/rival/shop/.well-known/jwks.json", world.server.base),
                           "x5u": "http://127.0.0.1:1/", "x5c": ["AAAA"] });
    refused(&world, "the thief's key in the header", &thief.sign(&with(&own.header(), &pointers), &genuine));
    let harmless = own.sign(&with(&own.header(), &pointers), &genuine);
    assert_eq!(world.guest().bearer(&harmless).get(DOOR).status, 200);
}

#[test]
fn the_public_half_is_no_secret_to_sign_with() {
    let world = world();
    for algorithm in [Algorithm::ES256, Algorithm::EdDsa, Algorithm::RS256] {
        switch_algorithm(&world, world.acme.app.id, algorithm);
        let key = active_key(&world, world.acme.app.id.into());
        let genuine = claims(&world.acme.token(&world.guest(), Authority::AppUser));
        let public = key.public.clone().unwrap();
        let header = json!({ "typ": "at+jwt", "alg": "HS256", "kid": key.kid });
        let mut secrets = vec![public.to_string().into_bytes()];
        for member in ["x", "y", "n"] {
            secrets.extend(public[member].as_str().map(|text| text.as_bytes().to_vec()));
            secrets.extend(public[member].as_str().map(|text| URL_SAFE_NO_PAD.decode(text).unwrap()));
        }
        for secret in secrets {
            let message = message(&header, &genuine);
            let key = EncodingKey::from_secret(&secret);
            let signature =
                jsonwebtoken::crypto::sign(message.as_bytes(), &key, jsonwebtoken::Algorithm::HS256).unwrap();
            refused(&world, "HS256 with the public half", &format!("{message}.{signature}"));
        }
    }
}

#[test]
fn a_token_without_its_own_signature_is_refused() {
    let world = world();
    let token = world.acme.token(&world.guest(), Authority::AppUser);
    let (message_, signature) = token.rsplit_once('.').unwrap();
    let other = world.rival.token(&world.guest(), Authority::AppUser);
    let foreign = other.rsplit_once('.').unwrap().1;
    let unsigned = message(&json!({ "typ": "at+jwt", "alg": "none" }), &claims(&token));
    let bad = [
        format!("{unsigned}."),
        unsigned,
        format!("{message_}."),
        message_.to_owned(),
        format!("{message_}.{foreign}"),
        format!("{message_}.{signature}A"),
        format!("{message_}.{signature}="),
        format!("{message_}.{signature}.{signature}"),
        format!("{message_}.{signature}.{signature}.{signature}"),
        token[..token.len() - 1].to_owned(),
        format!(".{token}"),
        "a".repeat(10_000),
        "YWMtiuim6oSlEeOITfGOj2-zvAAAAUPmSbxOMqyPOprNBDty-JnezkEceK_8dLU".to_owned(),
    ];
    for bad in bad {
        refused(&world, &bad, &bad);
    }
    let [header, payload] = [0, 1].map(|part| message_.split('.').nth(part).unwrap());
    for (part, text) in [("header", header), ("claims", payload)] {
        let json: Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(text).unwrap()).unwrap();
        // The same content in other bytes: a signature is over bytes.
        let spaced = URL_SAFE_NO_PAD.encode(format!(" {json}"));
        refused(&world, part, &token.replacen(text, &spaced, 1));
    }
}

#[test]
fn a_refresh_token_is_no_access_token() {
    let world = world();
    let answer = world.guest().sign_in("/acme/shop", "ann", "correct horse");
    refused(&world, "a refresh token", answer.text_of("refresh_token"));
}
