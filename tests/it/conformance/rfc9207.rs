//! Who answers an authorization request. *Spec*: RFC 9207 §2; security rule BCP-5.

use super::flow::{App, app, browser, browser_of, place_of, sent, stranger};
use tokengrid::domain::authority::Principal;
use tokengrid::domain::place::Place;

use crate::support::world;

#[test]
fn s2_every_answer_names_its_issuer() {
    let world = world();
    let (client, browser) = (app(&world, |_| {}), browser(&world));
    let issuer = format!("{}/acme/shop", world.server.base);
    let good = client.ask(&browser, &[]);
    assert!(sent(&good, "code").is_some());
    let refusals = [
        client.ask(&browser, &[("scope", "unknown")]),
        client.ask(&browser, &[("response_type", "token")]),
        client.ask(&stranger(&world), &[("prompt", "none")]),
        client.ask(&browser, &[("state", "")]),
    ];
    for answer in refusals.iter().chain([&good]) {
        assert_eq!(sent(answer, "iss").as_deref(), Some(&*issuer), "{}", answer.header("location"));
    }
    assert!(sent(&refusals[3], "state").is_none());
}

#[test]
fn s2_each_place_is_an_issuer_of_its_own() {
    let world = world();
    let rival = App::register(&world, (world.rival.place(), place_of(&world.rival)), |_| {});
    let rivals_ann = super::flow::ann(&world.rival);
    let there = browser_of(&world, &place_of(&world.rival), rivals_ann);
    assert_eq!(sent(&rival.ask(&there, &[]), "iss"), Some(format!("{}/rival/shop", world.server.base)));

    let console = App::register(&world, ("/management".to_owned(), Place::Management), |_| {});
    let admin = browser_of(&world, &Place::Management, Principal::Admin { admin: world.acme.admin.id });
    let answer = console.ask(&admin, &[]);
    assert_eq!(sent(&answer, "iss"), Some(format!("{}/management", world.server.base)));
    let issued = console.redeem(&world, &sent(&answer, "code").unwrap());
    assert_eq!(super::flow::id_claims(&issued)["sub"], world.acme.admin.id.to_string());
    // Ann of acme is nobody at rival's browser pages.
    assert!(sent(&rival.ask(&browser(&world), &[("prompt", "none")]), "code").is_none());
}
