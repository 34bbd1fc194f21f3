//! The password lane between tenants: a flood of one is turned away, another's sign-in is not.

use futures_util::FutureExt;
use tokengrid::config::ThreadCount;
use tokengrid::domain::secret::Secret;
use tokengrid::telemetry::{DirectoryCounts, Metrics};

use crate::support::world_with;

/// Takes a few tenths of a second to check, whatever the lane's own cost is.
const SLOW: &str = "$2b$12$abcdefghijklmnopqrstuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuu";

#[test]
fn a_flood_of_one_tenant_is_turned_away_while_another_signs_in() {
    let world = world_with(|settings| {
        settings.passwords.threads = ThreadCount::new(1);
        settings.passwords.queue_per_tenant = 6;
    });
    let lane = &world.server.core.lane;
    let flooded = world.acme.app.id.into();
    // The first is taken up at some moment; the others wait, until the line of this tenant is full.
    let mut line = Vec::new();
    let busy = loop {
        let mut check = Box::pin(lane.verify(flooded, Secret::new("x"), Some(Secret::new(SLOW))));
        match (&mut check).now_or_never() {
            Some(refused) => break refused,
            None => line.push(check),
        }
    };
    assert!(busy.is_err() && (6..=7).contains(&line.len()), "{busy:?} after {}", line.len());

    let refused = world.guest().sign_in("/acme/shop", "ann", "correct horse");
    assert_eq!(refused.error(), (503, "temporarily_unavailable"), "{}", refused.text);
    assert!(refused.header("retry-after").parse::<u64>().unwrap() >= 1);

    let admitted = world.guest().sign_in("/rival/shop", "ann", "correct horse");
    assert_eq!(admitted.status, 200, "{}", admitted.text);
    let last = line.pop().unwrap().now_or_never();
    assert!(last.is_none(), "the other tenant did not wait for the whole flood");

    let page = Metrics::new(&world.server.core.passwords, DirectoryCounts::default).render().unwrap();
    assert!(page.contains("tokengrid_password_busy_total 2\n"), "{page}");
}
