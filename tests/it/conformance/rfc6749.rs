//! The authorization code grant. *Spec*: RFC 6749 §3.1, §4.1; security rules CODE-3 to CODE-5, T-1 to T-8.

use std::time::Duration;

use serde_json::json;
use tokengrid::domain::authority::Authority;
use tokengrid::domain::registered::{AuthMethod, GrantType};
use tokengrid::domain::revocation::{Revocation, RevocationTarget};
use tokengrid::manage::Actor;
use tokengrid::store::Journal;

use super::flow::{
    App, REDIRECT, SECRET, VERIFIER, app, assert_refused, browser, form, grant, is_alive, place_of, sent, stranger,
    told,
};
use crate::support::{Client, world};

#[test]
fn s4_1_a_code_becomes_a_token_for_whoever_asked() {
    let world = world();
    let (client, browser) = (app(&world, |_| {}), browser(&world));
    let answer = client.ask(&browser, &[]);
    assert_eq!(answer.status, 303, "{}", answer.text);
    assert!(answer.header("location").starts_with(&format!("{REDIRECT}?code=")));
    assert_eq!(sent(&answer, "state").as_deref(), Some("st&te"));
    let issued = client.redeem(&world, &sent(&answer, "code").unwrap());
    assert_eq!((issued.status, issued.text_of("token_type"), issued.text_of("scope")), (200, "Bearer", "openid"));
    assert_eq!((issued.header("cache-control"), issued.header("pragma")), ("no-store", "no-cache"));
    let members: Vec<&String> = issued.json.as_object().unwrap().keys().collect();
    let expected = ["access_token", "token_type", "expires_in", "refresh_token", "id_token", "scope"];
    assert_eq!(members, expected, "nothing of the person but by userinfo");
}

#[test]
fn s4_1_1_scopes_are_the_clients_own_and_others_are_refused_every_time() {
    let world = world();
    let client = app(&world, |client| client.scope = "openid api offline_access".parse().unwrap());
    let browser = browser(&world);
    for unknown in ["profile", "openid profile", "openid  api", "OPENID", "openid \"", "admin"] {
        assert_eq!(told(&client.ask(&browser, &[("scope", unknown)])).as_deref(), Some("invalid_scope"), "{unknown}");
    }
    let granted = |scope: &str| {
        let code = client.code(&browser, &[("scope", scope)]);
        client.redeem(&world, &code).text_of("scope").to_owned()
    };
    assert_eq!(granted("api"), "api");
    // Without a wish: all but going on without the person.
    assert_eq!(granted(""), "api openid");
}

#[test]
fn s4_1_2_1_without_a_proved_client_and_address_nobody_is_sent_anywhere() {
    let world = world();
    let client = app(&world, |_| {});
    let two = app(&world, |client| client.redirect_uris.push("https://app.example/other".to_owned()));
    let (own, _) = &world.acme.app_client;
    let browser = browser(&world);
    let unknown = "Y2w6AAAAAAAAAAAAAAAAAAAAAA";
    let cases: [&[(&str, &str)]; 7] = [
        &[("client_id", "")],
        &[("client_id", unknown)],
        &[("client_id", own)],
        &[("client_id", "' OR 1=1")],
        &[("redirect_uri", "https://evil.example/cb")],
        &[("redirect_uri", "https://app.example/cb/")],
        &[("redirect_uri", "https://app.example/cb"), ("redirect_uri", "https://app.example/cb")],
    ];
    for changed in cases {
        let answer = client.ask(&browser, changed);
        assert_eq!((answer.status, answer.header("location")), (400, ""), "{changed:?}");
    }
    let nowhere = two.ask(&browser, &[("redirect_uri", "")]);
    assert_eq!((nowhere.status, nowhere.header("location")), (400, ""));
    // With one registered it need not be named.
    assert!(sent(&client.ask(&browser, &[("redirect_uri", "")]), "code").is_some());
    let rival = App::register(&world, (world.rival.place(), place_of(&world.rival)), |_| {});
    let elsewhere = client.ask(&browser, &[("client_id", &rival.client_id())]);
    assert_eq!((elsewhere.status, elsewhere.header("location")), (400, ""));
}

#[test]
fn s4_1_2_1_the_client_is_told_by_its_code_with_its_state() {
    let world = world();
    let (client, browser) = (app(&world, |_| {}), browser(&world));
    let machine = app(&world, |client| client.grant_types = vec![GrantType::ClientCredentials]);
    let cases: [(&[(&str, &str)], &str); 15] = [
        (&[("nonce", "a\0b")], "invalid_request"),
        (&[("response_type", "")], "invalid_request"),
        (&[("response_type", "token")], "unsupported_response_type"),
        (&[("response_type", "code id_token")], "unsupported_response_type"),
        (&[("response_type", "CODE")], "unsupported_response_type"),
        (&[("scope", "openid"), ("scope", "openid")], "invalid_request"),
        (&[("response_mode", "fragment")], "invalid_request"),
        (&[("prompt", "none login")], "invalid_request"),
        (&[("max_age", "-1")], "invalid_request"),
        (&[("max_age", "+1")], "invalid_request"),
        (&[("request", "eyJ")], "request_not_supported"),
        (&[("request_uri", "https://app.example/request")], "request_uri_not_supported"),
        (&[("registration", "{}")], "registration_not_supported"),
        (&[("dpop_jkt", "short")], "invalid_request"),
        (&[("id_token_hint", "e30.e30.e30")], "invalid_request"),
    ];
    for (changed, code) in cases {
        let answer = client.ask(&browser, changed);
        assert_eq!(told(&answer).as_deref(), Some(code), "{changed:?}");
        assert_eq!(sent(&answer, "state").as_deref(), Some("st&te"), "{changed:?}");
    }
    assert_eq!(told(&machine.ask(&browser, &[])).as_deref(), Some("unauthorized_client"));
    // A state that came twice is nobody's.
    let twice = client.ask(&browser, &[("state", "a"), ("state", "b")]);
    assert_eq!((told(&twice).as_deref(), sent(&twice, "state")), (Some("invalid_request"), None));
}

#[test]
fn s4_1_2_a_second_use_is_refused_and_ends_what_the_first_began() {
    let world = world();
    let (client, browser) = (app(&world, |_| {}), browser(&world));
    let code = client.code(&browser, &[("scope", "openid api")]);
    let first = client.redeem(&world, &code);
    assert!(is_alive(&world, &first.token()));
    assert_refused(&client.redeem(&world, &code));
    assert!(!is_alive(&world, first.text_of("access_token")));
    assert_eq!(client.refresh(&world, first.text_of("refresh_token")).error(), (400, "invalid_grant"));
    // Still so when the code would have expired.
    let code = client.code(&browser, &[("scope", "openid api")]);
    let first = client.redeem(&world, &code);
    world.server.advance(Duration::from_secs(3_000));
    assert_refused(&client.redeem(&world, &code));
    assert!(!is_alive(&world, first.text_of("access_token")));
}

#[test]
fn s4_1_2_a_session_that_cannot_be_refreshed_ends_by_reuse_too() {
    let world = world();
    let client = app(&world, |client| client.grant_types = vec![GrantType::AuthorizationCode]);
    let code = client.code(&browser(&world), &[("scope", "openid api")]);
    let first = client.redeem(&world, &code);
    assert!(first.json.get("refresh_token").is_none() && is_alive(&world, &first.token()));
    assert_refused(&client.redeem(&world, &code));
    assert!(!is_alive(&world, first.text_of("access_token")));
}

#[test]
fn s4_1_2_a_code_lives_for_a_minute() {
    let world = world();
    let (client, browser) = (app(&world, |_| {}), browser(&world));
    let (early, late) = (client.code(&browser, &[]), client.code(&browser, &[]));
    world.server.advance(Duration::from_millis(59_999));
    assert_eq!(client.redeem(&world, &early).status, 200);
    world.server.advance(Duration::from_millis(1));
    assert_refused(&client.redeem(&world, &late));
}

#[test]
fn s4_1_3_a_code_is_bound_to_its_client_and_its_place() {
    let world = world();
    let (client, other, browser) = (app(&world, |_| {}), app(&world, |_| {}), browser(&world));
    let rival = App::register(&world, (world.rival.place(), place_of(&world.rival)), |_| {});
    let code = client.code(&browser, &[]);
    assert_refused(&other.redeem(&world, &code));
    assert_refused(&rival.redeem(&world, &code));
    let (id, secret) = &world.acme.app_client;
    let own = world.guest().basic(id, secret).form("/acme/shop/token", &form(&grant(&code)));
    assert_eq!(own.error(), (400, "unauthorized_client"));
    // Others have not spent it.
    assert_eq!(client.redeem(&world, &code).status, 200);
}

#[test]
fn s4_1_3_a_use_with_another_address_spends_the_code() {
    let world = world();
    let client = app(&world, |client| client.redirect_uris.push("https://app.example/other".to_owned()));
    let browser = browser(&world);
    for wrong in ["https://app.example/other", "https://app.example/cb/", "https://evil.example", "x"] {
        let code = client.code(&browser, &[]);
        let said = [
            ("grant_type", "authorization_code"),
            ("code", &code),
            ("redirect_uri", wrong),
            ("code_verifier", VERIFIER),
        ];
        assert_refused(&client.token(&world, &said));
        assert_refused(&client.redeem(&world, &code));
    }
}

#[test]
fn s4_1_3_a_confidential_client_proves_itself() {
    let world = world();
    let (client, browser) = (app(&world, |_| {}), browser(&world));
    let code = client.code(&browser, &[]);
    let id = client.client_id();
    let ask =
        |guest: &Client, own: &[(&str, &str)]| guest.form("/acme/shop/token", &form(&[own, &grant(&code)].concat()));
    for wrong in ["", "wrong", &SECRET[1..]] {
        let answer = ask(&world.guest().basic(&id, wrong), &[]);
        assert_eq!(answer.error(), (401, "invalid_client"), "{wrong}");
        assert!(answer.header("www-authenticate").starts_with("Basic "));
    }
    // Not by the method that it registered; by its name alone; by nothing.
    let posted = [("client_id", &*id), ("client_secret", SECRET)];
    for own in [&posted[..], &posted[..1], &[]] {
        assert_eq!(ask(&world.guest(), own).error(), (401, "invalid_client"), "{own:?}");
    }
    assert_eq!(ask(&world.guest().basic(&id, SECRET), &[]).status, 200);
}

#[test]
fn s4_1_3_what_is_no_code_is_refused_alike() {
    let world = world();
    let (client, browser) = (app(&world, |_| {}), browser(&world));
    let code = client.code(&browser, &[]);
    for bad in ["x", &code[..code.len() - 1], &format!("{code}A"), &code.to_lowercase(), &format!(" {code}")] {
        assert_refused(&client.redeem(&world, bad));
    }
    assert_eq!(client.token(&world, &[("grant_type", "authorization_code")]).error(), (400, "invalid_request"));
    assert_eq!(client.redeem(&world, &code).status, 200);
}

#[test]
fn what_is_taken_back_between_approval_and_use_is_refused() {
    let world = world();
    let client = app(&world, |client| client.first_party = false);
    let (registry, browser) = (world.registry(), browser(&world));
    client.allow(&world, "openid");
    let place = place_of(&world.acme);

    // The consent.
    let code = client.code(&browser, &[]);
    let of_ann = (world.acme.user.id.uuid(), &*client.client_id());
    world.server.wait(registry.revoke_consent(place.tenant(), of_ann, Actor::Operator)).unwrap();
    assert_refused(&client.redeem(&world, &code));

    // The session.
    client.allow(&world, "openid");
    let code = client.code(&browser, &[]);
    world.server.wait(registry.end_session(place.tenant(), browser.session().id, Actor::Operator)).unwrap();
    assert_refused(&client.redeem(&world, &code));
}

#[test]
fn a_person_who_was_shut_out_or_whose_tokens_were_ended_gets_nothing_by_a_code() {
    let world = world();
    let client = app(&world, |_| {});
    let store = &world.server.core.store;
    let tenant = place_of(&world.acme).tenant();
    for target in [RevocationTarget::Principal(world.acme.user.id.uuid()), RevocationTarget::Tenant] {
        let code = client.code(&browser(&world), &[]);
        let now = tokengrid::domain::clock::Clock::now(&*world.server.core.clock);
        let ended = Revocation::revoked(tenant, target, now, Duration::from_secs(3_600));
        store.revoke(&ended, &Journal::default()).unwrap();
        world.server.advance(Duration::from_secs(2));
        assert_refused(&client.redeem(&world, &code));
    }
    let code = client.code(&browser(&world), &[]);
    let admin = world.caller(&world.acme, Authority::Admin);
    assert_eq!(admin.put("/acme/shop/users/ann", &json!({ "disabled": true })).status, 200);
    assert_eq!(client.redeem(&world, &code).error(), (400, "invalid_grant"));
}

#[test]
fn a_public_client_needs_no_secret_and_its_refresh_tokens_rotate() {
    let world = world();
    let client = app(&world, |client| client.token_endpoint_auth_method = AuthMethod::None);
    let code = client.code(&browser(&world), &[("scope", "openid api")]);
    let first = client.redeem(&world, &code);
    let second = client.refresh(&world, first.text_of("refresh_token"));
    assert_ne!(second.text_of("refresh_token"), first.text_of("refresh_token"));
    world.server.advance(Duration::from_secs(60));
    let third = client.refresh(&world, second.text_of("refresh_token"));
    assert_eq!(third.status, 200);
    // RFC 9700 §4.14.2: the first comes back, and the family ends.
    assert_eq!(client.refresh(&world, first.text_of("refresh_token")).error(), (400, "invalid_grant"));
    assert!(!is_alive(&world, &third.token()));
}

#[test]
fn a_session_is_over_with_the_browsers_unless_it_may_go_on_without() {
    let world = world();
    let client = app(&world, |_| {});
    let place = place_of(&world.acme);
    let browser = browser(&world);
    let redeemed = |scope: &str| client.redeem(&world, &client.code(&browser, &[("scope", scope)]));
    let (bound, offline) = (redeemed("openid"), redeemed("openid offline_access"));
    world.server.wait(world.registry().sign_out(&place, browser.session())).unwrap();
    assert_eq!(client.refresh(&world, bound.text_of("refresh_token")).error(), (400, "invalid_grant"));
    assert_eq!(client.refresh(&world, offline.text_of("refresh_token")).status, 200);
    let gone = stranger(&world);
    assert!(sent(&client.ask(&gone, &[]), "code").is_none());
}
