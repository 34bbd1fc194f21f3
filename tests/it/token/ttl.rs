//! `ttl` and `accesstokenttl`: how long a token lives, and what wishes are refused.

use serde_json::json;
use tokengrid::domain::tenant::AppSettings;
use tokengrid::manage::Actor;

use super::{assert_envelope, assert_oauth, form};
use crate::support::{PASSWORD, World, world};

const NOT_A_NUMBER: &str = "ttl must be a number >= 0";
const OVER: &str = "Your token age cannot be more than the maximum age of 604800000 milliseconds";

fn set_ttl(world: &World, accesstokenttl: u64) {
    let settings = AppSettings { accesstokenttl: Some(accesstokenttl), ..AppSettings::default() };
    let registry = world.registry();
    world.server.wait(registry.set_app(&world.acme.app, settings, Actor::Operator)).unwrap();
}

/// `expires_in` of a user's sign-in, `ttl` as a form says it.
fn user_life(world: &World, ttl: &str) -> serde_json::Value {
    let parameters = [("grant_type", "password"), ("username", "ann"), ("password", PASSWORD), ("ttl", ttl)];
    let answer = world.guest().form("/acme/shop/token", &form(&parameters));
    assert_eq!(answer.status, 200, "{}", answer.text);
    answer.json["expires_in"].clone()
}

#[test]
fn a_wish_is_granted_in_whole_seconds() {
    let world = world();
    for (ttl, seconds) in [("", 3_600), ("0", 3_600), ("1", 1), ("999", 1), ("2900", 2), ("604800000", 604_800)] {
        assert_eq!(user_life(&world, ttl), seconds, "{ttl}");
    }
    let json = |ttl: serde_json::Value| {
        let body = json!({ "grant_type": "password", "username": "ann", "password": PASSWORD, "ttl": ttl });
        world.guest().json("/acme/shop/token", &body).json["expires_in"].clone()
    };
    assert_eq!(json(json!(2_900)), 2);
    assert_eq!(json(json!("2900")), 2);
    assert_eq!(json(json!(0)), 3_600);
    let query = form(&[("grant_type", "password"), ("username", "ann"), ("password", PASSWORD), ("ttl", "7000")]);
    assert_eq!(world.guest().get(&format!("/acme/shop/token?{query}")).json["expires_in"], 7);
}

#[test]
fn the_wish_holds_at_every_level_and_in_the_token() {
    let world = world();
    let (app_id, app_secret) = &world.acme.app_client;
    let (org_id, org_secret) = &world.acme.org_client;
    let client = |id, secret| json!({ "grant_type": "client_credentials", "client_id": id, "client_secret": secret });
    let person = |name| json!({ "grant_type": "password", "username": name, "password": PASSWORD });
    for (place, mut body) in [
        ("/acme/shop", person("ann")),
        ("/management", person("acme-admin")),
        ("/acme/shop", client(app_id, app_secret)),
        ("/management", client(org_id, org_secret)),
    ] {
        body["ttl"] = json!(60_000);
        let answer = world.guest().json(&format!("{place}/token"), &body);
        assert_eq!(answer.json["expires_in"], 60, "{}", answer.text);
        let claims = super::four_levels::claims(&answer.token());
        assert_eq!(claims["exp"].as_i64().unwrap() - claims["iat"].as_i64().unwrap(), 60);

        body["ttl"] = json!(604_800_001_i64);
        assert_envelope(&world.guest().json(&format!("{place}/token"), &body), 400, "illegal_argument", OVER);
    }
}

#[test]
fn what_is_no_count_of_milliseconds_is_refused_in_both_voices() {
    let world = world();
    let person = [("grant_type", "password"), ("username", "ann"), ("password", PASSWORD)];
    for ttl in ["NaN", "-1", "+5", "1.5", "1e3", "0x10", "1 ", "18446744073709551616", "ten"] {
        let parameters = form(&[&person[..], &[("ttl", ttl)]].concat());
        let answer = world.guest().form("/acme/shop/token", &parameters);
        assert_oauth(&answer, 400, "invalid_request", "ttl must be a number of milliseconds, 0 or more.");
        let answer = world.guest().get(&format!("/acme/shop/token?{parameters}"));
        assert_envelope(&answer, 400, "illegal_argument", NOT_A_NUMBER);
        let body = json!({ "grant_type": "password", "username": "ann", "password": PASSWORD, "ttl": ttl });
        assert_envelope(&world.guest().json("/acme/shop/token", &body), 400, "illegal_argument", NOT_A_NUMBER);
    }
    for ttl in [json!(-1), json!(1.5), json!(true), json!([]), json!({})] {
        let body = json!({ "grant_type": "password", "username": "ann", "password": PASSWORD, "ttl": ttl });
        assert_envelope(&world.guest().json("/acme/shop/token", &body), 400, "illegal_argument", NOT_A_NUMBER);
    }
}

#[test]
fn a_wish_over_the_maximum_is_refused_after_the_password_matched() {
    let world = world();
    let ask = |password| {
        form(&[("grant_type", "password"), ("username", "ann"), ("password", password), ("ttl", "604800001")])
    };
    let path = "/acme/shop/token";
    assert_oauth(&world.guest().form(path, &ask(PASSWORD)), 400, "invalid_request", OVER);
    let query = world.guest().get(&format!("{path}?{}", ask(PASSWORD)));
    assert_envelope(&query, 400, "illegal_argument", OVER);
    assert_oauth(&world.guest().form(path, &ask("wrong")), 400, "invalid_grant", "invalid username or password");
}

#[test]
fn accesstokenttl_is_default_and_maximum_for_users_of_its_application_alone() {
    let world = world();
    set_ttl(&world, 31_536_000_000);
    assert_eq!(user_life(&world, ""), 31_536_000);
    assert_eq!(user_life(&world, "31536000000"), 31_536_000);
    let (id, secret) = &world.acme.app_client;
    assert_eq!(world.guest().client_token("/acme/shop", id, secret).json["expires_in"], 3_600);
    assert_eq!(world.guest().sign_in("/rival/shop", "ann", PASSWORD).json["expires_in"], 3_600);

    set_ttl(&world, 90_000);
    assert_eq!(user_life(&world, ""), 90);
    let parameters = [("grant_type", "password"), ("username", "ann"), ("password", PASSWORD), ("ttl", "90001")];
    let over = world.guest().form("/acme/shop/token", &form(&parameters));
    let sentence = "Your token age cannot be more than the maximum age of 90000 milliseconds";
    assert_oauth(&over, 400, "invalid_request", sentence);
}

#[test]
fn accesstokenttl_zero_is_a_century() {
    let world = world();
    set_ttl(&world, 0);
    assert_eq!(user_life(&world, ""), 3_153_600_000_i64);
    assert_eq!(user_life(&world, "604800001"), 604_800);
}
