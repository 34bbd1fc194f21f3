//! A token that is shown for another cannot outlive the sign-in behind it.

use std::time::Duration;

use crate::support::{PASSWORD, world_with};

#[test]
fn a_reissued_token_ends_with_its_session() {
    let world = world_with(|settings| settings.tokens.refresh_ttl = Duration::from_secs(600));
    let signed_in = world.guest().sign_in("/management", "acme-admin", PASSWORD);
    let caller = world.guest().bearer(&signed_in.token());
    assert_eq!(caller.get("/management/token").json["expires_in"], 600, "cut at the session's end");
    world.server.advance(Duration::from_secs(590));
    let last = caller.get("/management/token?ttl=604800000");
    assert_eq!(last.json["expires_in"], 10, "{}", last.text);
    world.server.advance(Duration::from_secs(10));
    let refused = caller.get("/management/token?ttl=604800000");
    assert_eq!(refused.error(), (401, "expired_token"), "{}", refused.text);
}
