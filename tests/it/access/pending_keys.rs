//! Rotations that overlap: the newest key wins, and none that it overtook comes back.

use std::time::Duration;

use tokengrid::domain::id::TenantId;
use tokengrid::manage::Promotion;

use super::keys::{published, rotate};
use super::mint::active_key;
use crate::support::{World, world};

const HOUR: Duration = Duration::from_secs(3_600);

fn maintain(world: &World) {
    world.server.wait(world.registry().maintain()).unwrap();
}

#[test]
fn of_two_waiting_keys_the_newer_signs_and_the_older_never_does() {
    let world = world();
    let tenant = TenantId::from(world.acme.app.id);
    let older = rotate(&world, tenant, Promotion::AfterPublishing).kid;
    let newer = rotate(&world, tenant, Promotion::AfterPublishing).kid;
    assert_eq!(published(&world.server, "/acme/shop").len(), 3);
    world.server.advance(HOUR);
    for _ in 0..3 {
        maintain(&world);
        assert_eq!(active_key(&world, tenant).kid, newer);
        assert!(!published(&world.server, "/acme/shop").contains(&older));
    }
}

#[test]
fn a_key_that_signs_at_once_is_not_pushed_aside_by_one_that_waited() {
    let world = world();
    let tenant = TenantId::from(world.acme.app.id);
    let waiting = rotate(&world, tenant, Promotion::AfterPublishing).kid;
    let urgent = rotate(&world, tenant, Promotion::Now).kid;
    world.server.advance(HOUR);
    maintain(&world);
    assert_eq!(active_key(&world, tenant).kid, urgent);
    assert!(!published(&world.server, "/acme/shop").contains(&waiting));
}

#[test]
fn withdrawn_keys_verify_nothing_any_more() {
    let world = world();
    let caller = world.caller(&world.acme, tokengrid::domain::authority::Authority::AppUser);
    assert_eq!(caller.get("/acme/shop/users/me").status, 200);
    let new = rotate(&world, world.acme.app.id.into(), Promotion::NowWithdrawingOthers).kid;
    assert_eq!(published(&world.server, "/acme/shop"), [new]);
    assert_eq!(caller.get("/acme/shop/users/me").error(), (401, "auth_unverified_oath"));
    let again = world.caller(&world.acme, tokengrid::domain::authority::Authority::AppUser);
    assert_eq!(again.get("/acme/shop/users/me").status, 200);
}
