//! Two servers on one database: what one writes, the other knows within the staleness bound, and a key that is newer
//! than the other's memory is looked for once.

use std::time::{Duration, Instant};

use tokengrid::domain::authority::Authority;
use tokengrid::domain::client::ClientId;
use tokengrid::domain::tenant::{AppSettings, Switch};
use tokengrid::manage::{Actor, Promotion};

use super::keys::{published, rotate};
use super::mint::{Mint, claims, kid, with};
use crate::support::{TestServer, World, world};

/// A second server that, in the time a test takes, reads no change log by itself.
fn deaf(world: &World) -> TestServer {
    world.server.beside(|settings| settings.directory.staleness = Duration::from_secs(60))
}

fn status(server: &TestServer, token: &str) -> (u16, String) {
    let answer = server.guest().bearer(token).get("/acme/shop/users/me");
    (answer.status, answer.text_of("error").to_owned())
}

#[test]
fn a_key_that_a_node_has_not_met_is_looked_for_once() {
    let world = world();
    let other = deaf(&world);
    assert_eq!(status(&other, &world.acme.token(&world.guest(), Authority::AppUser)).0, 200);
    let new = rotate(&world, world.acme.app.id.into(), Promotion::Now).kid;
    let token = world.acme.token(&world.guest(), Authority::AppUser);
    assert_eq!(kid(&token), new);
    world.server.advance(Duration::from_millis(1_001));
    assert_eq!(status(&other, &token).0, 200);
    assert_eq!(published(&other, "/acme/shop").len(), 2);
}

#[test]
fn made_up_keys_cause_one_look_a_second_at_most() {
    let world = world();
    let core = &world.server.core;
    let genuine = world.acme.token(&world.guest(), Authority::AppUser);
    assert_eq!(status(&world.server, &genuine).0, 200);
    let mint = Mint::of(&world, world.acme.app.id);
    let made_up = |name: usize| {
        mint.sign(&with(&mint.header(), &serde_json::json!({ "kid": format!("k{name}") })), &claims(&genuine))
    };
    for _ in 0..3 {
        world.server.advance(Duration::from_millis(1_001));
        let before = core.directory.counts().1;
        for name in 0..20 {
            assert_eq!(status(&world.server, &made_up(name)), (401, "auth_unverified_oath".to_owned()));
        }
        assert_eq!(core.directory.counts().1 - before, 1, "reads that twenty made-up keys caused");
    }
}

#[test]
fn a_published_key_is_known_everywhere_before_it_signs() {
    let world = world();
    let other = deaf(&world);
    let tail = other.core.directory.clone();
    let old = world.acme.token(&world.guest(), Authority::AppUser);
    assert_eq!(status(&other, &old).0, 200);
    let new = rotate(&world, world.acme.app.id.into(), Promotion::AfterPublishing).kid;
    tail.follow().unwrap();
    assert_eq!(published(&other, "/acme/shop"), [kid(&old), new.clone()]);
    world.server.advance(Duration::from_secs(3_600));
    // Either node may move the keys on, and the one that comes second changes nothing.
    other.wait(other.core.registry.maintain()).unwrap();
    let moved = world.server.wait(world.registry().maintain()).unwrap();
    assert_eq!(moved.key_rings_moved, 0);
    let by_other = other.guest().sign_in("/acme/shop", "ann", "correct horse").token();
    assert_eq!(kid(&by_other), new);
    assert_eq!(status(&world.server, &by_other).0, 200);
}

#[test]
fn what_another_process_wrote_is_known_after_the_change_log_was_read() {
    let world = world();
    let other = deaf(&world);
    let tail = other.core.directory.clone();
    // The beginning of the world: each server's own management keys.
    tail.follow().unwrap();
    let (id, secret) = world.acme.app_client.clone();
    let token = world.acme.token(&world.guest(), Authority::AppUser);
    let by_url = format!("/acme/shop/users/me?access_token={token}");
    // The other node has all of it in memory.
    assert_eq!(other.guest().basic(&id, &secret).get("/acme/shop").status, 200);
    assert_eq!(other.guest().get(&by_url).status, 200);

    let settings = AppSettings { url_tokens: Switch::Off, ..AppSettings::default() };
    world.server.wait(world.registry().set_app(&world.acme.app, settings, Actor::Operator)).unwrap();
    let client = ClientId::App(world.acme.app.id);
    let registry = world.registry();
    world.server.wait(registry.rotate_credentials(client, Duration::ZERO, Actor::Operator)).unwrap();
    let revoke = world.guest().bearer(&token).send("PUT", "/acme/shop/users/me/revoketokens", None, "");
    assert_eq!(revoke.status, 200);

    // Exact at once where it was written.
    assert_eq!(world.guest().basic(&id, &secret).get("/acme/shop").error(), (401, "auth_invalid_credentials"));
    assert_eq!(status(&world.server, &token), (401, "auth_invalid".to_owned()));
    assert_eq!(world.guest().get(&by_url).error(), (401, "invalid_request"));

    assert_eq!(tail.follow().unwrap(), 4);
    assert_eq!(other.guest().basic(&id, &secret).get("/acme/shop").error(), (401, "auth_invalid_credentials"));
    assert_eq!(status(&other, &token), (401, "auth_invalid".to_owned()));
    assert_eq!(other.guest().get(&by_url).error(), (401, "invalid_request"));
    let (id, secret) = world.pair(client);
    assert_eq!(other.guest().basic(&id, &secret).get("/acme/shop").status, 200);
    assert_eq!(tail.follow().unwrap(), 0, "nothing is read twice");
}

#[test]
fn a_running_server_reads_the_change_log_by_itself() {
    let world = world();
    let other = world.server.beside(|settings| settings.directory.staleness = Duration::from_millis(100));
    let token = world.acme.token(&world.guest(), Authority::AppUser);
    assert_eq!(status(&other, &token).0, 200);
    let revoke = world.guest().bearer(&token).send("PUT", "/acme/shop/users/me/revoketokens", None, "");
    assert_eq!(revoke.status, 200);
    let deadline = Instant::now() + Duration::from_secs(20);
    while status(&other, &token).0 == 200 {
        assert!(Instant::now() < deadline, "the other server still believes a revoked token");
        std::thread::sleep(Duration::from_millis(20));
    }
    assert_eq!(status(&other, &token), (401, "auth_invalid".to_owned()));
}

#[test]
fn a_token_that_one_node_revokes_and_another_issues_in_the_same_moment_is_alive() {
    let world = world();
    let other = deaf(&world);
    let before = other.guest().sign_in("/acme/shop", "ann", "correct horse").token();
    let revoke = world.guest().bearer(&before).send("PUT", "/acme/shop/users/me/revoketokens", None, "");
    assert_eq!(revoke.status, 200);
    let tail = other.core.directory.clone();
    tail.follow().unwrap();
    let after = other.guest().sign_in("/acme/shop", "ann", "correct horse").token();
    assert_eq!(status(&other, &before), (401, "auth_invalid".to_owned()));
    assert_eq!((status(&other, &after).0, status(&world.server, &after).0), (200, 200));
}
