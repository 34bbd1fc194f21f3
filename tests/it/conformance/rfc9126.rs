//! Pushed authorization requests. *Spec*: RFC 9126; security rule M-5.

use std::time::Duration;

use tokengrid::domain::registered::AuthMethod;

use super::flow::{App, REDIRECT, SECRET, app, browser, form, sent, told};
use crate::support::{Answer, World, world};

/// Pushes what a browser would bring.
fn push(world: &World, client: &App, changed: &[(&str, &str)]) -> Answer {
    client.caller(world).form(&format!("{}/par", client.path), &client.request(changed))
}

/// What a browser gets that brings the reference alone.
fn bring(world: &World, client: &App, uri: &str) -> Answer {
    let query = form(&[("client_id", &client.client_id()), ("request_uri", uri)]);
    browser(world).get(&format!("{}/authorize?{query}", client.path))
}

#[track_caller]
fn reference(answer: &Answer) -> String {
    assert_eq!(answer.status, 201, "{}", answer.text);
    answer.text_of("request_uri").to_owned()
}

#[test]
fn s2_2_a_reference_holds_once_for_a_minute_and_for_its_client() {
    let world = world();
    let (client, other) = (app(&world, |_| {}), app(&world, |_| {}));
    let answer = push(&world, &client, &[]);
    assert_eq!((answer.json["expires_in"].as_u64(), answer.header("cache-control")), (Some(60), "no-store"));
    let uri = reference(&answer);
    assert!(uri.starts_with("urn:ietf:params:oauth:request_uri:") && uri.len() > 70);
    // Another client's look does not spend it.
    let foreign = bring(&world, &other, &uri);
    assert_eq!((foreign.status, foreign.header("location")), (400, ""));
    let sent_back = bring(&world, &client, &uri);
    assert_eq!(sent(&sent_back, "state").as_deref(), Some("st&te"));
    assert_eq!(client.redeem(&world, &sent(&sent_back, "code").unwrap()).status, 200);
    assert_eq!(bring(&world, &client, &uri).status, 400);

    let late = reference(&push(&world, &client, &[]));
    world.server.advance(Duration::from_secs(60));
    assert_eq!(bring(&world, &client, &late).status, 400);
    assert_eq!(bring(&world, &client, &format!("{uri}A")).status, 400);
}

#[test]
fn s2_3_a_pushed_request_is_checked_as_if_it_came_by_the_browser() {
    let world = world();
    let client = app(&world, |_| {});
    let cases: [(&[(&str, &str)], &str); 9] = [
        (&[("redirect_uri", "https://evil.example")], "invalid_request"),
        (&[("response_type", "token")], "unsupported_response_type"),
        (&[("scope", "unknown")], "invalid_scope"),
        (&[("code_challenge_method", "plain")], "invalid_request"),
        (&[("resource", "https://other.example")], "invalid_target"),
        (&[("request", "eyJ")], "request_not_supported"),
        (&[("request_uri", "urn:ietf:params:oauth:request_uri:x")], "invalid_request"),
        (&[("request_uri", "https://app.example/r")], "invalid_request"),
        (&[("state", "a"), ("state", "b")], "invalid_request"),
    ];
    for (changed, code) in cases {
        assert_eq!(push(&world, &client, changed).error(), (400, code), "{changed:?}");
    }
    let large = "x".repeat(16_384);
    assert_eq!(push(&world, &client, &[("login_hint", &large)]).status, 413);
}

#[test]
fn s2_1_whoever_pushes_proves_themselves_as_at_the_token_endpoint() {
    let world = world();
    let (client, other) = (app(&world, |_| {}), app(&world, |_| {}));
    let public = app(&world, |client| client.token_endpoint_auth_method = AuthMethod::None);
    reference(&push(&world, &public, &[]));
    let par = |body: &str| world.guest().form("/acme/shop/par", body);
    assert_eq!(par(&client.request(&[])).error(), (401, "invalid_client"));
    assert_eq!(par(&format!("{}&client_secret={SECRET}", client.request(&[]))).error(), (401, "invalid_client"));
    let wrong = world.guest().basic(&client.client_id(), "wrong").form("/acme/shop/par", &client.request(&[]));
    assert_eq!(wrong.error(), (401, "invalid_client"));
    let basic = world.guest().basic(&other.client_id(), SECRET).form("/acme/shop/par", &client.request(&[]));
    assert_eq!(basic.error(), (400, "invalid_request"));
    let unnamed = world.guest().basic(&client.client_id(), SECRET);
    reference(&unnamed.form("/acme/shop/par", &client.request(&[("client_id", "")])));
    let (own, secret) = &world.acme.app_client;
    let born = world.guest().basic(own, secret).form("/acme/shop/par", &client.request(&[("client_id", own)]));
    assert_eq!(born.error(), (400, "unauthorized_client"));
    let json = world.guest().json("/acme/shop/par", &serde_json::json!({ "client_id": client.client_id() }));
    assert_eq!(json.error(), (400, "invalid_request"));
}

#[test]
fn s6_a_client_or_a_place_may_take_pushed_requests_alone() {
    let world = world();
    let client = app(&world, |client| client.require_pushed_authorization_requests = true);
    let here = browser(&world);
    assert_eq!(told(&client.ask(&here, &[])).as_deref(), Some("invalid_request"));
    let uri = reference(&push(&world, &client, &[]));
    assert!(sent(&bring(&world, &client, &uri), "code").is_some());

    let free = app(&world, |_| {});
    assert!(sent(&free.ask(&here, &[]), "code").is_some());
    let registry = world.registry();
    let mut settings = world.acme.app.settings.clone();
    settings.require_pushed_requests = true;
    let actor = tokengrid::manage::Actor::Operator;
    world.server.wait(registry.set_app(&world.acme.app, settings, actor)).unwrap();
    assert_eq!(told(&free.ask(&here, &[])).as_deref(), Some("invalid_request"));
    let uri = reference(&push(&world, &free, &[]));
    assert!(sent(&bring(&world, &free, &uri), "code").is_some());
}

#[test]
fn s4_what_comes_beside_a_reference_is_not_looked_at() {
    let world = world();
    let client = app(&world, |client| client.redirect_uris.push("https://app.example/other".to_owned()));
    let uri = reference(&push(&world, &client, &[]));
    let other = [("request_uri", &*uri), ("redirect_uri", "https://app.example/other"), ("scope", "api")];
    let answer = client.ask(&browser(&world), &other);
    assert!(answer.header("location").starts_with(&format!("{REDIRECT}?code=")));
    let issued = client.redeem(&world, &sent(&answer, "code").unwrap());
    assert_eq!(issued.text_of("scope"), "openid");
}
