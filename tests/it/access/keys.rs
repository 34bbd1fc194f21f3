//! Signing keys are replaced without one valid token being refused: a key is published before it signs and verifies
//! until its last token is dead (M-6).

use std::time::Duration;

use serde_json::Value;
use tokengrid::domain::authority::Authority;
use tokengrid::domain::id::TenantId;
use tokengrid::domain::tenant::AppSettings;
use tokengrid::domain::token::Algorithm;
use tokengrid::manage::{Actor, Promotion, Rotated};

use super::mint::{active_key, kid, switch_algorithm};
use crate::support::{TestServer, World, world, world_with};

const HOUR: Duration = Duration::from_secs(3_600);
/// The longest life of a token, and the five minutes that a key outlives it.
const KEPT: Duration = Duration::from_secs(604_800 + 300);
const ISSUERS: [&str; 2] = ["/acme/shop", "/management"];

/// The names of the published keys, in the order of their making.
pub fn published(server: &TestServer, issuer: &str) -> Vec<String> {
    let answer = server.guest().get(&format!("{issuer}/.well-known/jwks.json"));
    assert_eq!(answer.status, 200, "{}", answer.text);
    assert_eq!(answer.header("content-type"), "application/jwk-set+json");
    assert_eq!(answer.header("cache-control"), "public, max-age=300");
    let keys = answer.json["keys"].as_array().unwrap();
    for key in keys {
        assert_eq!(key["use"], "sig");
        assert!(["d", "p", "q", "k"].iter().all(|private| key.get(private).is_none()), "{key}");
    }
    keys.iter().map(|key| key["kid"].as_str().unwrap().to_owned()).collect()
}

fn tenant_of(world: &World, issuer: &str) -> TenantId {
    if issuer == "/management" { TenantId::MANAGEMENT } else { world.acme.app.id.into() }
}

/// A token of that issuer, and where it is heard.
fn token(world: &World, issuer: &str) -> (String, &'static str) {
    match issuer {
        "/management" => (world.acme.token(&world.guest(), Authority::OrgClient), "/management/orgs/acme"),
        _ => (world.acme.token(&world.guest(), Authority::AppUser), "/acme/shop/users/me"),
    }
}

#[track_caller]
fn heard(world: &World, (token, door): &(String, &'static str)) {
    let answer = world.guest().bearer(token).get(door);
    assert_eq!(answer.status, 200, "{}", answer.text);
}

pub fn rotate(world: &World, tenant: TenantId, promotion: Promotion) -> Rotated {
    // Keys made in the same moment have no order.
    world.server.advance(Duration::from_millis(1));
    world.server.wait(world.registry().rotate_keys(tenant, promotion, Actor::Operator)).unwrap()
}

fn maintain(world: &World) {
    world.server.wait(world.registry().maintain()).unwrap();
}

#[test]
fn a_key_is_published_then_signs_then_retires_then_is_gone() {
    for issuer in ISSUERS {
        let world = world();
        let tenant = tenant_of(&world, issuer);
        let old = active_key(&world, tenant).kid;
        assert_eq!(published(&world.server, issuer), [old.as_str()]);
        let before = token(&world, issuer);

        let new = rotate(&world, tenant, Promotion::AfterPublishing).kid;
        assert_eq!(published(&world.server, issuer), [old.as_str(), &new]);
        assert_eq!(kid(&token(&world, issuer).0), old, "a published key does not sign yet");
        maintain(&world);
        world.server.advance(HOUR - Duration::from_secs(1));
        maintain(&world);
        let last = token(&world, issuer);
        assert_eq!(kid(&last.0), old, "it is published for an hour");
        heard(&world, &before);

        world.server.advance(Duration::from_secs(1));
        maintain(&world);
        let after = token(&world, issuer);
        assert_eq!(kid(&after.0), new);
        assert_eq!(published(&world.server, issuer), [old.as_str(), &new]);
        heard(&world, &last);
        heard(&world, &after);

        world.server.advance(KEPT - Duration::from_secs(1));
        maintain(&world);
        assert_eq!(published(&world.server, issuer), [old.as_str(), &new], "its last token may just have died");
        world.server.advance(Duration::from_secs(1));
        maintain(&world);
        assert_eq!(published(&world.server, issuer), [new.as_str()]);
        assert_eq!(active_key(&world, tenant).kid, new);
        heard(&world, &token(&world, issuer));
    }
}

#[test]
fn a_token_lives_to_its_last_second_through_a_rotation() {
    let world = world();
    let form = "grant_type=password&username=ann&password=correct%20horse&ttl=604800000";
    let old = active_key(&world, world.acme.app.id.into()).kid;
    rotate(&world, world.acme.app.id.into(), Promotion::AfterPublishing);
    world.server.advance(HOUR);
    // The last thing that the old key signs, in the moment before it steps down, lives for the longest time there is.
    let token = world.guest().form("/acme/shop/token", form).token();
    assert_eq!(kid(&token), old);
    maintain(&world);
    for _ in 0..7 {
        world.server.advance(Duration::from_secs(86_399));
        maintain(&world);
        assert_eq!(world.guest().bearer(&token).get("/acme/shop/users/me").status, 200);
    }
    world.server.advance(Duration::from_secs(7));
    maintain(&world);
    assert_eq!(world.guest().bearer(&token).get("/acme/shop/users/me").error(), (401, "expired_token"));
}

#[test]
fn a_key_is_kept_as_long_as_its_application_lets_tokens_live() {
    let world = world();
    let app = world.acme.app.id;
    let year = 31_536_000_000;
    let settings = AppSettings { accesstokenttl: Some(year), ..AppSettings::default() };
    world.server.wait(world.registry().set_app(&world.acme.app, settings, Actor::Operator)).unwrap();
    let (token, door) = token(&world, "/acme/shop");
    let new = rotate(&world, app.into(), Promotion::Now).kid;
    world.server.advance(KEPT);
    maintain(&world);
    assert_eq!(published(&world.server, "/acme/shop").len(), 2);
    world.server.advance(Duration::from_millis(year) - KEPT - Duration::from_secs(1));
    maintain(&world);
    heard(&world, &(token, door));
    world.server.advance(Duration::from_secs(301));
    maintain(&world);
    assert_eq!(published(&world.server, "/acme/shop"), [new]);
}

#[test]
fn a_key_promoted_at_once_signs_at_once_and_the_old_tokens_hold() {
    for issuer in ISSUERS {
        let world = world();
        let tenant = tenant_of(&world, issuer);
        let before = token(&world, issuer);
        let new = rotate(&world, tenant, Promotion::Now).kid;
        let after = token(&world, issuer);
        assert_eq!((kid(&before.0) == new, kid(&after.0) == new), (false, true));
        assert_eq!(published(&world.server, issuer).len(), 2);
        heard(&world, &before);
        heard(&world, &after);
    }
}

#[test]
fn many_rotations_in_a_row_refuse_nothing() {
    let world = world();
    let mut tokens = Vec::new();
    for round in 0..6 {
        let promotion = if round % 2 == 0 { Promotion::Now } else { Promotion::AfterPublishing };
        tokens.push(token(&world, "/acme/shop"));
        rotate(&world, world.acme.app.id.into(), promotion);
        tokens.push(token(&world, "/acme/shop"));
        world.server.advance(Duration::from_secs(500));
        maintain(&world);
        tokens.iter().for_each(|token| heard(&world, token));
    }
}

#[test]
fn an_algorithm_changes_without_one_refused_token() {
    let world = world();
    let mut tokens = vec![token(&world, "/acme/shop")];
    let mut algorithms = vec!["ES256"];
    for algorithm in [Algorithm::EdDsa, Algorithm::RS256, Algorithm::HS256, Algorithm::ES256] {
        switch_algorithm(&world, world.acme.app.id, algorithm);
        tokens.push(token(&world, "/acme/shop"));
        tokens.iter().for_each(|token| heard(&world, token));
        if algorithm != Algorithm::HS256 {
            algorithms.push(algorithm.as_str());
        }
        let answer = world.guest().get("/acme/shop/.well-known/jwks.json");
        let mut shown: Vec<&str> =
            answer.json["keys"].as_array().unwrap().iter().map(|key| key["alg"].as_str().unwrap()).collect();
        let mut expected = algorithms.clone();
        shown.sort_unstable();
        expected.sort_unstable();
        assert_eq!(shown, expected, "after {}", algorithm.as_str());
    }
    assert_eq!(published(&world.server, "/rival/shop").len(), 1, "the namesake kept its one key");
}

#[test]
fn an_issuer_of_shared_secrets_publishes_an_empty_set() {
    let world = world_with(|settings| settings.management.algorithm = Algorithm::HS256);
    let answer = world.guest().get("/management/.well-known/jwks.json");
    assert_eq!(answer.json, serde_json::json!({ "keys": [] }));
    heard(&world, &token(&world, "/management"));
}

#[test]
fn the_key_set_is_the_same_at_every_spelling_of_its_address() {
    let world = world();
    let (org, app) = (world.acme.org.id, world.acme.app.id);
    let own = world.guest().get("/acme/shop/.well-known/jwks.json").json;
    for path in ["/ACME/Shop".to_owned(), format!("/{org}/{app}"), format!("/{app}"), "/acme/apps/shop".to_owned()] {
        assert_eq!(world.guest().get(&format!("{path}/.well-known/jwks.json")).json, own, "{path}");
    }
    let sets: Vec<Value> = ["/rival/shop", "/acme/sandbox", "/management"]
        .map(|issuer| world.guest().get(&format!("{issuer}/.well-known/jwks.json")).json)
        .to_vec();
    assert!(sets.iter().all(|set| *set != own && set["keys"].as_array().unwrap().len() == 1));
}
