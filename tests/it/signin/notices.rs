//! Notices of ended sessions: sent again until they are taken, and only to where they may be sent.

use std::time::Duration;

use tokengrid::domain::authority::Authority::Admin;
use tokengrid::domain::clock::Clock;
use tokengrid::domain::tenant::Switch;

use super::{House, house_with};
use crate::support::{Host, PASSWORD, Says, eventually};

/// A house whose client wants to hear at a host of the test.
fn hearing(host: &Host, allow: Switch) -> House {
    let uri = host.url("/logout");
    house_with(
        |settings| {
            settings.upstream.allow_private = allow;
            settings.sessions.notice_poll = Duration::from_secs(1);
        },
        |metadata| {
            metadata.backchannel_logout_uri = Some(uri);
            metadata.first_party = true;
        },
    )
}

fn sign_out(house: &House) {
    let browser = house.browser();
    house.arrive(&browser, "");
    let page = browser.get("/acme/shop/logout");
    assert_eq!(browser.press(&page, "signout", &[]).title(), "You are signed out");
}

#[test]
fn a_notice_that_failed_is_sent_again_with_the_same_name() {
    let host = Host::start(Says::status(500));
    let house = hearing(&host, Switch::On);
    sign_out(&house);
    eventually("the client hears", || host.heard().len() == 1);
    host.says(Says::status(200));
    house.world.registry().notices.ring();
    house.advance(9);
    house.world.registry().notices.ring();
    assert_eq!(host.heard().len(), 1, "not before its time");
    house.advance(2);
    house.world.registry().notices.ring();
    eventually("the client hears again", || host.heard().len() == 2);
    let names: Vec<_> = host.heard().iter().map(|request| claims(request)["jti"].clone()).collect();
    assert_eq!(names[0], names[1]);
    house.advance(86_400);
    house.world.registry().notices.ring();
    sign_out(&house);
    eventually("the client hears of the next", || host.heard().len() == 3);
    assert_ne!(claims(&host.heard()[2])["jti"], names[0], "what was taken is not sent again");
}

#[test]
fn an_address_of_the_own_network_is_never_asked() {
    let host = Host::start(Says::status(200));
    let house = hearing(&host, Switch::Off);
    sign_out(&house);
    let store = house.world.server.core.store.clone();
    let now = || house.world.server.clock.now();
    eventually("the notice is given up", || {
        store.list_due_notices(now().plus(Duration::from_secs(1_000)), 10).unwrap().is_empty()
    });
    assert!(host.heard().is_empty());
}

#[test]
fn clients_hear_of_a_session_that_a_new_password_ended() {
    let host = Host::start(Says::status(204));
    let house = hearing(&host, Switch::On);
    house.arrive(&house.browser(), "");
    let admin = house.world.caller(&house.world.acme, Admin);
    let change = serde_json::json!({ "newpassword": format!("{PASSWORD}s") });
    assert_eq!(admin.put("/acme/shop/users/ann/password", &change).status, 200);
    house.world.registry().notices.ring();
    eventually("the client hears", || host.heard().len() == 1);
    assert_eq!(claims(&host.heard()[0])["sub"], house.world.acme.user.id.to_string());
}

/// The claims of the logout token in a request.
pub fn claims(request: &str) -> serde_json::Value {
    use base64::Engine;
    let token = request.rsplit_once("logout_token=").unwrap().1;
    let claims = token.split('.').nth(1).unwrap();
    serde_json::from_slice(&base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(claims).unwrap()).unwrap()
}
