//! Native programs. *Spec*: RFC 8252 §7.

use tokengrid::domain::registered::{ApplicationType, AuthMethod};

use super::flow::{VERIFIER, app, assert_refused, browser, sent};
use crate::support::world;

#[test]
fn s7_3_a_loopback_address_may_have_any_port_and_the_code_is_bound_to_it() {
    let world = world();
    let client = app(&world, |client| {
        client.token_endpoint_auth_method = AuthMethod::None;
        client.application_type = ApplicationType::Native;
        client.redirect_uris = vec!["http://127.0.0.1/cb".to_owned(), "http://[::1]:1/cb".to_owned()];
    });
    let browser = browser(&world);
    for address in ["http://127.0.0.1:51004/cb", "http://[::1]:51004/cb", "http://127.0.0.1/cb"] {
        let use_with = |redirect: &str| {
            let answer = client.ask(&browser, &[("redirect_uri", address)]);
            assert!(answer.header("location").starts_with(&format!("{address}?code=")), "{}", answer.text);
            let code = sent(&answer, "code").unwrap();
            let said = [
                ("grant_type", "authorization_code"),
                ("code", &*code),
                ("redirect_uri", redirect),
                ("code_verifier", VERIFIER),
            ];
            client.token(&world, &said)
        };
        assert_eq!(use_with(address).status, 200, "{address}");
        assert_refused(&use_with("http://127.0.0.1:51005/cb"));
    }
    for other in ["http://localhost:51004/cb", "https://127.0.0.1:51004/cb", "http://127.0.0.1:51004/other"] {
        let answer = client.ask(&browser, &[("redirect_uri", other)]);
        assert_eq!((answer.status, answer.header("location")), (400, ""), "{other}");
    }
}

#[test]
fn s7_1_a_scheme_of_the_programs_own_is_an_address() {
    let world = world();
    let client = app(&world, |client| {
        client.token_endpoint_auth_method = AuthMethod::None;
        client.redirect_uris = vec!["com.example.app:/cb".to_owned()];
    });
    let answer = client.ask(&browser(&world), &[("redirect_uri", "com.example.app:/cb")]);
    assert!(answer.header("location").starts_with("com.example.app:/cb?code="), "{}", answer.text);
}
