//! How long it is kept what was done.

use std::time::Duration;

use tokengrid::manage::{Actor, OrgUpdate};

use crate::support::world_with;

#[test]
fn maintenance_ends_what_the_audit_log_has_kept_for_long_enough() {
    let world = world_with(|settings| settings.audit.keep_days = 30);
    let registry = world.registry();
    let org = &world.acme.org;
    let count = || world.server.wait(registry.org_feed(org, None)).unwrap().len();
    let before = count();
    assert!(before > 0);
    world.server.advance(Duration::from_secs(29 * 86_400));
    world.server.wait(registry.maintain()).unwrap();
    assert_eq!(count(), before);
    world.server.wait(registry.update_org(org, OrgUpdate::default(), Actor::Operator)).unwrap();
    world.server.advance(Duration::from_secs(2 * 86_400));
    world.server.wait(registry.maintain()).unwrap();
    assert_eq!(count(), 1, "the last line alone is younger");
}
