//! Keeping refusals is bounded in number and time, and holds across nodes.

use std::time::Duration;

use serde_json::json;
use tokengrid::domain::authority::Authority;
use tokengrid::domain::clock::Clock;
use tokengrid::domain::tenant::Switch;

use super::{REFUSALS, rules, trace};
use crate::support::{PASSWORD, World, eventually, world, world_with};

fn flood(world: &World, name: &str, times: usize) {
    for _ in 0..times {
        assert_eq!(world.guest().sign_in("/acme/shop", name, "wrong").status, 400);
    }
}

#[test]
fn a_flood_is_counted_and_hides_no_other_cause_nor_another_tenant() {
    let world = world_with(|settings| settings.explain.per_minute = 4);
    let admin = world.caller(&world.acme, Authority::Admin);
    flood(&world, "ann", 7);
    flood(&world, "nobody", 1);
    assert_eq!(world.guest().get("/acme/shop/groups").status, 401);
    flood(&world, "nobody", 2);
    let listed = admin.get(REFUSALS);
    let mut kept = rules(&listed);
    kept.sort_unstable();
    assert_eq!(kept, ["no_permission", "unknown_user", "wrong_password", "wrong_password"]);
    let foreign = world.guest().sign_in("/rival/shop", "ann", "wrong");
    let path = format!("/management/orgs/rival/apps/shop/refusals/{}", trace(&foreign));
    assert_eq!(world.caller(&world.rival, Authority::Admin).get(&path).status, 200);

    world.server.advance(Duration::from_secs(60));
    let listed = admin.get(REFUSALS);
    let counted = &listed.json["data"][0];
    assert_eq!(counted["rule"], "counted_only", "{}", listed.text);
    assert_eq!(counted["counted"], json!({ "unknown_user": 2, "wrong_password": 5 }));
    flood(&world, "ann", 1);
    assert_eq!(rules(&admin.get(&format!("{REFUSALS}?cause=wrong_password"))).len(), 3, "a new minute has room");
}

#[test]
fn refusals_are_forgotten_after_their_time() {
    let world = world_with(|settings| settings.explain.keep_hours = 1);
    let path = format!("{REFUSALS}/{}", trace(&world.guest().sign_in("/acme/shop", "ann", "wrong")));
    let asked = || world.caller(&world.acme, Authority::Admin).get(&path).status;
    world.server.advance(Duration::from_secs(3_599));
    assert_eq!(asked(), 200);
    world.server.advance(Duration::from_secs(1));
    assert_eq!(asked(), 404);
    let (store, app) = (&world.server.core.store, world.acme.app.id);
    let before = world.server.clock.now().minus(Duration::from_secs(2));
    let rows = || store.list_refusals(app.into(), None, before, 10).unwrap().len();
    assert_eq!(rows(), 1, "not read any more, and still there");
    world.server.wait(world.registry().maintain()).unwrap();
    assert_eq!(rows(), 0);
}

#[test]
fn any_node_tells_what_another_refused() {
    let world = world();
    let other = world.server.beside(|_| {});
    let refused = other.guest().sign_in("/acme/shop", "ann", "wrong");
    let path = format!("{REFUSALS}/{}", trace(&refused));
    let admin = world.caller(&world.acme, Authority::Admin);
    eventually("the other node has written it", || admin.get(&path).status == 200);
}

#[test]
fn what_was_refused_last_is_written_before_a_server_ends() {
    let world = world();
    let path = format!("{REFUSALS}/{}", trace(&world.guest().sign_in("/acme/shop", "ann", "wrong")));
    let world = world.restart();
    assert_eq!(world.caller(&world.acme, Authority::Admin).get(&path).status, 200);
}

#[test]
fn nothing_is_kept_where_it_is_switched_off() {
    let world = world_with(|settings| settings.explain.enabled = Switch::Off);
    let refused = world.guest().sign_in("/acme/shop", "ann", "wrong");
    let admin = world.caller(&world.acme, Authority::Admin);
    assert_eq!(admin.get(&format!("{REFUSALS}/{}", trace(&refused))).status, 404);
    assert_eq!(admin.get(REFUSALS).json["data"], json!([]));
    assert_eq!(world.guest().sign_in("/acme/shop", "ann", PASSWORD).status, 200);
}
