//! OpenID Connect Discovery §3 and §4, as far as it says more than RFC 8414.

use crate::support::{World, world};

fn said(world: &World) -> serde_json::Value {
    world.guest().get("/acme/shop/.well-known/openid-configuration").json
}

#[test]
fn s4_1_the_document_is_below_the_issuer() {
    let world = world();
    let issuer = said(&world)["issuer"].as_str().unwrap().to_owned();
    let path = issuer.strip_prefix(&world.server.base).unwrap();
    assert_eq!(world.guest().get(&format!("{path}/.well-known/openid-configuration")).status, 200);
}

#[test]
fn s3_the_subject_types_and_signatures_are_named() {
    let world = world();
    let said = said(&world);
    assert!(said["subject_types_supported"].as_array().unwrap().iter().any(|kind| kind == "public"));
    assert!(said["id_token_signing_alg_values_supported"].as_array().is_some_and(|names| !names.is_empty()));
    let text = said.to_string();
    assert!(!text.contains("\"none\",\"ES256\"") && !text.contains("HS256"), "{text}");
}

#[test]
fn s3_what_defaults_to_true_and_is_not_served_is_denied() {
    let world = world();
    let said = said(&world);
    // Left out it would count as true.
    assert_eq!(said["request_uri_parameter_supported"], false);
    assert_eq!(said["request_parameter_supported"], false);
    assert_eq!(said["claims_parameter_supported"], false);
}
