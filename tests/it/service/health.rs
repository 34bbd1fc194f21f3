//! Whether the server lives, and whether it can serve.

use std::time::Duration;

use serde_json::json;

use crate::support::{Database, Program, eventually, world_with};

#[test]
fn status_tells_the_version_and_how_long_it_runs() {
    let world = world_with(|_| {});
    world.server.advance(Duration::from_millis(1_500));
    for path in ["/status", "/lb-status"] {
        let answer = world.guest().get(path);
        assert_eq!((answer.status, answer.header("content-type")), (200, "application/json"));
        assert_eq!(
            answer.json,
            json!({ "status": {
                "product": "Tokengrid",
                "version": env!("CARGO_PKG_VERSION"),
                "started": 1_767_225_600_000_i64,
                "uptime": 1_500,
            } })
        );
    }
    let root = world.guest().get("/");
    assert_eq!((root.status, root.header("location")), (307, "/status"));
}

#[test]
fn a_server_that_no_longer_follows_the_change_log_is_alive_but_not_ready() {
    let world = world_with(|settings| settings.directory.staleness = Duration::from_secs(60));
    let ready = world.guest().get("/health/ready");
    assert_eq!((ready.status, ready.json), (200, json!({ "status": "ready" })));
    world.server.advance(Duration::from_secs(600));
    assert_eq!(world.guest().get("/health/ready").status, 200, "ten missed reads are forgiven");
    world.server.advance(Duration::from_millis(1));
    let stale = world.guest().get("/health/ready");
    assert_eq!((stale.status, stale.json.clone()), (503, json!({ "status": "not ready" })));
    assert_eq!(stale.header("retry-after"), "2");
    let live = world.guest().get("/health/live");
    assert_eq!((live.status, live.json), (200, json!({ "status": "live" })));
}

#[test]
fn a_server_without_its_database_is_not_ready_and_says_when_to_try_again() {
    // The embedded database cannot be taken from a process that holds it open.
    if Database::is_embedded() {
        return;
    }
    let mut program = Program::fresh().set("TOKENGRID_DATABASE__CHECKOUT_TIMEOUT_MS", "200");
    program.json(&["org", "create", "acme", "--admin-username", "ada", "--admin-email", "ada@acme.test"]);
    let serving = program.serve(&[]);
    assert_eq!(serving.client().get("/health/ready").status, 200);
    program.lose_database();
    let ready = serving.client().get("/health/ready");
    assert_eq!((ready.status, ready.header("retry-after")), (503, "2"), "{}", ready.text);
    let refused = serving.client().sign_in("/acme/sandbox", "ann", "correct horse");
    assert_eq!(refused.error(), (503, "temporarily_unavailable"), "{}", refused.text);
    assert_eq!(refused.header("retry-after"), "2");
    assert!(!refused.text.contains("postgres") && !refused.text.contains("database"), "{}", refused.text);
    assert_eq!(serving.client().get("/health/live").status, 200);
}

#[test]
fn the_health_command_asks_the_running_server() {
    let program = Program::fresh();
    let serving = program.serve(&[]);
    let address = serving.address.clone();
    let asking = program.set("TOKENGRID_SERVER__LISTEN", &address);
    let ready = asking.run(&["health"]);
    assert_eq!((ready.code, ready.out.as_str()), (Some(0), "ready\n"));
    serving.stop();
    let gone = asking.run(&["health"]);
    assert_eq!(gone.code, Some(1));
    assert!(gone.fault().contains("refused"), "{}", gone.fault());
}

#[test]
fn a_server_that_cannot_know_what_was_revoked_believes_no_token() {
    // The embedded database cannot be taken from a process that holds it open.
    if Database::is_embedded() {
        return;
    }
    let mut program = Program::fresh()
        .set("TOKENGRID_DATABASE__CHECKOUT_TIMEOUT_MS", "200")
        .set("TOKENGRID_DIRECTORY__STALENESS_MS", "100");
    program.json(&["org", "create", "acme", "--admin-username", "ada", "--admin-email", "ada@acme.test"]);
    let pair = program.json(&["credentials", "acme/sandbox"]);
    let serving = program.serve(&[]);
    let text = |member: &str| pair[member].as_str().unwrap().to_owned();
    let token = serving.client().client_token("/acme/sandbox", &text("client_id"), &text("client_secret")).token();
    let caller = serving.client().bearer(&token);
    assert_eq!(caller.get("/acme/sandbox").status, 200);
    program.lose_database();
    eventually("its view is too old", || caller.get("/acme/sandbox").status != 200);
    let refused = caller.get("/acme/sandbox");
    assert_eq!((refused.error(), refused.header("retry-after")), ((503, "temporarily_unavailable"), "2"));
}
