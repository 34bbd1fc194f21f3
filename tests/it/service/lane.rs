//! The password lane between tenants: a flood of one is turned away, another's sign-in is not.

use std::time::Duration;

use futures_util::FutureExt;
use tokengrid::config::ThreadCount;
use tokengrid::domain::secret::Secret;
use tokengrid::telemetry::{DirectoryCounts, Metrics};

use crate::support::{World, eventually, world_with};

/// How many of one tenant may wait.
const QUEUE: usize = 6;
/// Takes about a second to check, whatever the lane's own cost is.
const SLOW: &str = "$2b$14$abcdefghijklmnopqrstuuVjy3WfYsef9X9ig7GWAQsq.R8VvWccC";

/// How many passwords were turned away.
fn turned_away(world: &World) -> u32 {
    let page = Metrics::new(&world.server.core.passwords, DirectoryCounts::default).render().unwrap();
    let count = page.lines().find_map(|line| line.strip_prefix("tokengrid_password_busy_total "));
    count.unwrap().parse().unwrap()
}

#[test]
fn a_flood_of_one_tenant_is_turned_away_while_another_signs_in() {
    let world = world_with(|settings| {
        settings.passwords.threads = ThreadCount::new(1);
        settings.passwords.queue_per_tenant = QUEUE;
        // Only the queue's length may turn anyone away here, however slow the machine is.
        settings.passwords.max_wait = Duration::from_secs(60);
    });
    let lane = &world.server.core.lane;
    let mut line = Vec::new();
    eventually("one is checked and all other places are taken", || {
        let mut check = Box::pin(lane.verify(world.acme.app.id.into(), Secret::new("x"), Some(Secret::new(SLOW))));
        if (&mut check).now_or_never().is_none() {
            line.push(check);
        }
        line.len() == 1 + QUEUE
    });

    let before = turned_away(&world);
    let refused = world.guest().sign_in("/acme/shop", "ann", "correct horse");
    assert_eq!(refused.error(), (503, "temporarily_unavailable"), "{}", refused.text);
    assert!(refused.header("retry-after").parse::<u64>().unwrap() >= 1);
    assert_eq!(turned_away(&world), before + 1);

    let admitted = world.guest().sign_in("/rival/shop", "ann", "correct horse");
    assert_eq!(admitted.status, 200, "{}", admitted.text);
    assert!(line.pop().unwrap().now_or_never().is_none(), "the other tenant did not wait for the whole flood");
}
