//! RFC 9068, the JWT profile of access tokens; security rules.

use serde_json::json;
use tokengrid::domain::authority::Authority;

use super::{minted, statement};
use crate::support::world;

#[test]
fn s2_every_access_token_has_the_required_header_and_claims() {
    let world = world();
    let keys = |path: &str| world.guest().get(&format!("{path}/.well-known/jwks.json")).json;
    for level in Authority::ALL {
        let token = world.acme.token(&world.guest(), level);
        let (header, said) = statement(&token);
        assert_eq!(header["typ"], "at+jwt", "{level}");
        for claim in ["iss", "exp", "aud", "sub", "client_id", "iat", "jti", "scope"] {
            assert!(!said[claim].is_null(), "{level} {claim}");
        }
        assert_eq!(said["aud"], said["iss"], "§3: the default resource is the issuer's own planes");
        let path = said["iss"].as_str().unwrap().strip_prefix(&world.server.base).unwrap().to_owned();
        let known = keys(&path);
        let names = known["keys"].as_array().unwrap().iter().any(|key| key["kid"] == header["kid"]);
        assert!(names, "§4: whoever reads the issuer's key set can verify: {level}");
        assert!(token.len() < 1_500, "{level}: {} characters (A-3)", token.len());
    }
}

#[test]
fn s2_1_ids_of_clients_and_of_people_never_meet() {
    let world = world();
    let subject = |level| statement(&world.acme.token(&world.guest(), level)).1["sub"].as_str().unwrap().to_owned();
    assert_eq!(subject(Authority::AppUser), world.acme.user.id.to_string());
    assert!(subject(Authority::AppClient).starts_with("YXA6"));
    assert!(subject(Authority::OrgClient).starts_with("b3U6"));
}

#[test]
fn s4_a_token_for_another_resource_is_refused() {
    let world = world();
    let issuer = format!("{}/acme/shop", world.server.base);
    let status = |aud: serde_json::Value| {
        let token = minted(&world, &json!({ "aud": aud }));
        world.guest().bearer(&token).get("/acme/shop/users/me").status
    };
    assert_eq!(status(json!(issuer)), 200);
    assert_eq!(status(json!([issuer, "https://orders.example"])), 200);
    let others = [
        json!("https://orders.example"),
        json!([]),
        json!(["https://orders.example"]),
        json!(format!("{issuer}/")),
        json!(issuer.to_uppercase()),
        json!(null),
        json!(format!("{issuer}x")),
    ];
    for aud in others {
        assert_eq!(status(aud.clone()), 401, "{aud}");
    }
}
