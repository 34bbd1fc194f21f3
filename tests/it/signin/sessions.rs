//! The life of a browser's session: its cookie, its limits, and what ends it.

use serde_json::json;
use tokengrid::domain::authority::Authority::{Admin, AppClient, AppUser};

use super::{house, house_with};
use crate::support::{Browser, PASSWORD, world_with};

const SIGNED_OUT: &str = "Sign in";

#[test]
fn the_cookie_is_new_at_every_sign_in_and_the_former_one_is_dead() {
    let house = house();
    let browser = house.browser();
    house.arrive(&browser, "");
    let first = browser.cookie("session-").unwrap();
    let page = browser.get(&house.request("prompt=login"));
    assert_eq!(page.title(), "Sign in");
    assert!(browser.sign_in(&page, "ann", PASSWORD).sent("code").is_some());
    let second = browser.cookie("session-").unwrap();
    assert_ne!(first, second);
    let thief = house.browser();
    thief.plant(&first.0, &first.1);
    assert_eq!(thief.get(&house.request("")).title(), SIGNED_OUT);
}

#[test]
fn a_value_that_was_planted_is_never_taken_up() {
    let house = house();
    let browser = house.browser();
    let name = format!("session-{}", house.world.acme.app.id.uuid().simple());
    let planted = format!("c2Ut{}", "A".repeat(43));
    browser.plant(&name, &planted);
    house.arrive(&browser, "");
    assert_ne!(browser.cookie("session-").unwrap().1, planted);
    let attacker = house.browser();
    attacker.plant(&name, &planted);
    assert_eq!(attacker.get(&house.request("")).title(), SIGNED_OUT);
}

#[test]
fn the_cookie_of_one_application_opens_no_other() {
    let house = house();
    let rivals = super::register(&house.world, house.world.rival.app.id.into(), |_| {});
    let browser = house.browser();
    house.arrive(&browser, "");
    let (name, value) = browser.cookie("session-").unwrap();
    let at_rival = super::request("/rival/shop", &rivals, "");
    assert_eq!(browser.get(&at_rival).title(), SIGNED_OUT);
    // Not even under the name that counts there: ann of acme is not ann of rival.
    let acme = house.world.acme.app.id.uuid().simple().to_string();
    browser.plant(&name.replace(&acme, &house.world.rival.app.id.uuid().simple().to_string()), &value);
    assert_eq!(browser.get(&at_rival).title(), SIGNED_OUT);
    let management = super::register(&house.world, tokengrid::domain::id::TenantId::MANAGEMENT, |_| {});
    browser.plant(&name.replace(&acme, &"0".repeat(32)), &value);
    assert_eq!(browser.get(&super::request("/management", &management, "")).title(), SIGNED_OUT);
}

#[test]
fn two_cookies_of_one_name_open_nothing() {
    let house = house();
    let browser = house.browser();
    house.arrive(&browser, "");
    let (name, value) = browser.cookie("session-").unwrap();
    let both = format!("{name}={value}; {name}=c2Ut{}", "A".repeat(43));
    let page = house.browser().go("GET", &house.request(""), "", &[("cookie", &both)]);
    assert_eq!(page.title(), SIGNED_OUT);
}

#[test]
fn a_session_ends_when_it_rests_too_long_and_after_its_longest_life() {
    let house = house_with(
        |settings| {
            settings.sessions.idle = std::time::Duration::from_secs(600);
            settings.sessions.absolute = std::time::Duration::from_secs(1_500);
        },
        |_| {},
    );
    let resting = house.browser();
    house.arrive(&resting, "");
    let busy = house.browser();
    house.arrive(&busy, "");
    for _ in 0..2 {
        house.advance(599);
        assert!(busy.get(&house.request("")).sent("code").is_some());
    }
    assert_eq!(resting.get(&house.request("")).title(), SIGNED_OUT, "idle");
    house.advance(302);
    assert_eq!(busy.get(&house.request("")).title(), SIGNED_OUT, "absolute");
}

#[test]
fn a_new_password_a_rest_and_a_deletion_end_it() {
    let house = house();
    let admin = house.world.caller(&house.world.acme, Admin);
    let signed_in = || {
        let browser = house.browser();
        house.arrive(&browser, "");
        assert!(browser.get(&house.request("")).sent("code").is_some());
        browser
    };
    let is_out = |browser: &Browser| browser.get(&house.request("")).title() == SIGNED_OUT;

    let browser = signed_in();
    let own = house.world.caller(&house.world.acme, AppUser);
    let change = json!({ "oldpassword": PASSWORD, "newpassword": "another horse" });
    assert_eq!(own.put("/acme/shop/users/ann/password", &change).status, 200);
    assert!(is_out(&browser), "a new password");
    let back = json!({ "newpassword": PASSWORD });
    assert_eq!(admin.put("/acme/shop/users/ann/password", &back).status, 200);

    let browser = signed_in();
    assert_eq!(admin.put("/acme/shop/users/ann/revoketokens", &json!({})).status, 200);
    assert!(is_out(&browser), "all tokens revoked");

    let browser = signed_in();
    assert_eq!(admin.put("/acme/shop/users/ann", &json!({ "disabled": true })).status, 200);
    assert!(is_out(&browser), "disabled");
    assert_eq!(admin.put("/acme/shop/users/ann", &json!({ "disabled": false })).status, 200);

    let browser = signed_in();
    assert_eq!(admin.json("/acme/shop/users/ann/deactivate", &json!({})).status, 200);
    assert!(is_out(&browser), "laid to rest");
    assert_eq!(admin.put("/acme/shop/users/ann", &json!({ "activated": true })).status, 200);
    assert!(is_out(&browser), "it does not come back with the account");

    let browser = signed_in();
    assert_eq!(admin.delete("/acme/shop/users/ann").status, 200);
    assert!(is_out(&browser), "deleted");
}

#[test]
fn a_person_sees_their_sessions_and_ends_one() {
    let house = house();
    let browser = house.browser();
    browser.go("GET", &house.request(""), "", &[("user-agent", "A Browser/1.0")]);
    house.arrive(&browser, "");
    house.advance(5);
    let other = house.browser();
    house.arrive(&other, "");
    house.advance(5);
    let own = house.world.caller(&house.world.acme, AppUser);
    let listed = own.get("/acme/shop/users/me/sessions");
    assert_eq!((listed.status, listed.json["count"].as_u64()), (200, Some(3)), "{}", listed.text);
    let all = listed.json["entities"].as_array().unwrap();
    let kinds: Vec<_> =
        all.iter().map(|one| (one["kind"].as_str().unwrap(), one["current"].as_bool().unwrap())).collect();
    assert_eq!(kinds, [("token", true), ("browser", false), ("browser", false)]);
    assert_eq!(all[1]["clients"], json!([house.client]));
    assert_eq!(all[1]["source"], "127.0.0.1");
    assert!(all[1]["created"].as_i64() > all[2]["created"].as_i64());
    let id = all[2]["uuid"].as_str().unwrap();
    assert_eq!(own.delete(&format!("/acme/shop/users/me/sessions/{id}")).status, 200);
    assert_eq!(own.delete(&format!("/acme/shop/users/me/sessions/{id}")).status, 404, "it is gone");
    assert_eq!(own.delete("/acme/shop/users/me/sessions/nonsense").status, 404);
    assert_eq!(browser.get(&house.request("")).title(), SIGNED_OUT);
    assert!(other.get(&house.request("")).sent("code").is_some());
}

#[test]
fn all_but_the_own_session_end_or_all_of_them() {
    let house = house();
    let browser = house.browser();
    house.arrive(&browser, "");
    let (own, other) = (house.world.caller(&house.world.acme, AppUser), house.world.caller(&house.world.acme, AppUser));
    assert_eq!(own.delete("/acme/shop/users/me/sessions?except=others").status, 400);
    assert_eq!(own.delete("/acme/shop/users/me/sessions?except=current").status, 200);
    assert_eq!(other.get("/acme/shop/users/me").status, 401);
    assert_eq!(browser.get(&house.request("")).title(), SIGNED_OUT);
    let listed = own.get("/acme/shop/users/ann/sessions");
    assert_eq!(listed.json["count"], 1, "{}", listed.text);
    assert_eq!(own.delete("/acme/shop/users/me/sessions").status, 200);
    assert_eq!(own.get("/acme/shop/users/me").status, 401);
}

#[test]
fn only_the_person_and_those_above_see_and_end_sessions() {
    let house = house();
    house.world.server.wait(async {
        let new = crate::support::person("bob", "bob@example.test");
        house
            .world
            .registry()
            .create_user(house.world.acme.app.id, new, tokengrid::manage::Actor::Operator)
            .await
            .unwrap();
    });
    let browser = house.browser();
    house.arrive(&browser, "");
    let guest = house.world.guest();
    let bob = guest.bearer(&guest.sign_in("/acme/shop", "bob", PASSWORD).token());
    let anns = "/acme/shop/users/ann/sessions";
    let app = house.world.caller(&house.world.acme, AppClient);
    let id = app.get(anns).json["entities"][0]["uuid"].as_str().unwrap().to_owned();
    for stranger in [&guest, &bob, &house.world.caller(&house.world.rival, Admin)] {
        assert_eq!(stranger.get(anns).status, 401);
        assert_eq!(stranger.delete(anns).status, 401);
        assert_eq!(stranger.delete(&format!("{anns}/{id}")).status, 401);
        assert_eq!(stranger.get("/acme/shop/users/ann/consents").status, 401);
    }
    // Their own list is no way to another's session.
    assert_eq!(bob.delete(&format!("/acme/shop/users/me/sessions/{id}")).status, 404);
    assert!(browser.get(&house.request("")).sent("code").is_some());
    assert_eq!(app.delete(&format!("{anns}/{id}")).status, 200);
    assert_eq!(browser.get(&house.request("")).title(), SIGNED_OUT);
}

#[test]
fn admins_see_and_end_theirs() {
    let world = world_with(crate::support::superuser_on);
    let management = super::register(&world, tokengrid::domain::id::TenantId::MANAGEMENT, |metadata| {
        metadata.first_party = true;
    });
    let browser = Browser::new(world.guest());
    let path = super::request("/management", &management, "");
    let page = browser.get(&path);
    assert!(browser.sign_in(&page, "acme-admin", PASSWORD).sent("code").is_some());
    let own = world.caller(&world.acme, Admin);
    let listed = own.get("/management/users/me/sessions");
    assert_eq!(listed.json["count"], 2, "{}", listed.text);
    let stranger = world.caller(&world.rival, Admin);
    assert_eq!(stranger.get("/management/users/acme-admin/sessions").status, 401);
    assert_eq!(stranger.delete("/management/users/acme-admin/sessions").status, 401);
    assert!(browser.get(&path).sent("code").is_some());
    assert_eq!(world.superuser().delete("/management/users/acme-admin/sessions").status, 200);
    assert_eq!(browser.get(&path).title(), SIGNED_OUT);
    assert_eq!(own.get("/management/users/me/sessions").status, 401);
}
