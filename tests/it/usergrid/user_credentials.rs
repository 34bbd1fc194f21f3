//! `/users/{user}/credentials`: a stored password moves without being known. *Spec*: `UserResourceIT`.

use serde_json::{Value, json};
use tokengrid::domain::authority::Authority;

use crate::support::{Client, PASSWORD, World, superuser_on, world_with};

const PATH: &str = "/acme/shop/users/ann/credentials";

fn put(client: &Client, body: &Value) -> crate::support::Answer {
    client.send("PUT", PATH, Some("application/json"), &body.to_string())
}

fn sign_in(world: &World) -> (u16, String) {
    let answer = world.guest().sign_in("/acme/shop", "ann", PASSWORD);
    (answer.status, answer.text_of("error").to_owned())
}

#[test]
fn user_resource_test_credentials_transfer() {
    let world = world_with(superuser_on);
    let superuser = world.superuser();
    let shown = superuser.get(PATH);
    assert_eq!(shown.status, 200, "{}", shown.text);
    let kept = shown.json["credentials"].clone();
    assert_eq!((&kept["cryptoChain"], &kept["recoverable"]), (&json!(["bcrypt"]), &json!(false)));

    let mut broken = kept.clone();
    broken["secret"] = json!("incorrect");
    assert_eq!(put(&superuser, &json!({ "credentials": broken })).status, 200);
    assert_eq!(sign_in(&world), (400, "invalid_grant".to_owned()));

    let restored = put(&superuser, &json!({ "credentials": kept.clone() }));
    assert_eq!(restored.json["credentials"]["secret"], kept["secret"], "{}", restored.text);
    assert_eq!(sign_in(&world).0, 200);
    assert_eq!(put(&superuser, &kept).status, 200, "without the wrapping member too");
}

#[test]
fn credentials_are_for_the_superuser_alone_and_end_the_tokens_of_before() {
    let world = world_with(superuser_on);
    let token = world.acme.token(&world.guest(), Authority::AppUser);
    for level in Authority::ALL {
        let caller = world.caller(&world.acme, level);
        assert_eq!(caller.get(PATH).error(), (401, "unauthorized"), "{level}");
        assert_eq!(put(&caller, &json!({})).error(), (401, "unauthorized"), "{level}");
    }
    assert_eq!(world.guest().get(PATH).status, 401);
    let superuser = world.superuser();
    let kept = superuser.get(PATH).json["credentials"].clone();
    assert_eq!(put(&superuser, &kept).status, 200);
    assert_eq!(world.guest().bearer(&token).get("/acme/shop/users/me").error(), (401, "auth_invalid"));
}

#[test]
fn what_cannot_be_followed_is_refused_and_what_lies_in_clear_is_hashed() {
    let world = world_with(superuser_on);
    let superuser = world.superuser();
    for body in [json!({}), json!({ "secret": "x", "cryptoChain": ["rot13"] }), json!({ "credentials": 7 })] {
        assert_eq!(put(&superuser, &body).error(), (400, "illegal_argument"), "{body}");
    }
    let clear = json!({ "secret": "Y29ycmVjdCBob3JzZQ", "cryptoChain": ["plaintext"] });
    let answer = put(&superuser, &clear);
    assert_eq!(answer.json["credentials"]["cryptoChain"], json!(["bcrypt"]), "{}", answer.text);
    assert!(!answer.text.contains("Y29ycmVjdCBob3JzZQ"));
    assert_eq!(sign_in(&world).0, 200);
    let unknown = superuser.get("/acme/shop/users/nobody/credentials");
    assert_eq!(unknown.status, 400, "{}", unknown.text);
}

#[test]
fn a_bcrypt_hash_that_nobody_can_wait_for_is_refused_and_the_old_one_stays() {
    let world = world_with(superuser_on);
    let dear = "JDJhJDMxJGFiY2RlZmdoaWprbG1ub3BxcnN0dXVqeWRPVFNmSUgvZDVvVUhwc3lncVY1WDl4SkxRYzZl";
    let refused = put(&world.superuser(), &json!({ "secret": dear, "cryptoChain": ["bcrypt"] }));
    assert_eq!(refused.error(), (400, "illegal_argument"), "{}", refused.text);
    assert!(refused.text_of("error_description").contains("cost 31"), "{}", refused.text);
    assert_eq!(sign_in(&world).0, 200);
}
