//! Proof Key for Code Exchange, by S256 alone. *Spec*: RFC 7636; security rules CODE-1, P-1, BCP-3, BCP-4.

use tokengrid::domain::registered::AuthMethod;

use super::flow::{CHALLENGE, REDIRECT, VERIFIER, app, assert_refused, browser, sent, told};
use crate::support::world;

#[test]
fn s4_2_a_challenge_comes_by_s256_or_the_request_is_refused() {
    let world = world();
    let browser = browser(&world);
    let public = app(&world, |client| client.token_endpoint_auth_method = AuthMethod::None);
    let confidential = app(&world, |_| {});
    let (short, long, padded) = (&CHALLENGE[..42], format!("{CHALLENGE}A"), format!("{CHALLENGE}="));
    let cases: [&[(&str, &str)]; 9] = [
        &[("code_challenge", ""), ("code_challenge_method", "")],
        &[("code_challenge", "")],
        // Left out, the method means plain.
        &[("code_challenge_method", "")],
        &[("code_challenge_method", "plain")],
        &[("code_challenge_method", "s256")],
        &[("code_challenge_method", "S512")],
        &[("code_challenge", short)],
        &[("code_challenge", &long)],
        &[("code_challenge", &padded)],
    ];
    for client in [&public, &confidential] {
        for changed in cases {
            assert_eq!(told(&client.ask(&browser, changed)).as_deref(), Some("invalid_request"), "{changed:?}");
        }
    }
}

#[test]
fn s4_6_a_code_is_for_whoever_has_the_verifier() {
    let world = world();
    let (client, browser) = (app(&world, |_| {}), browser(&world));
    let other = VERIFIER.replace('d', "D");
    let long = VERIFIER.repeat(4);
    for wrong in ["", "x", CHALLENGE, &VERIFIER[..42], &other, &long, &format!("{VERIFIER}\u{e9}")] {
        let code = client.code(&browser, &[]);
        let said = [
            ("grant_type", "authorization_code"),
            ("code", &code),
            ("redirect_uri", REDIRECT),
            ("code_verifier", wrong),
        ];
        assert_refused(&client.token(&world, &said));
        // Whoever shows a code without its verifier has stolen it: it is spent.
        assert_refused(&client.redeem(&world, &code));
    }
}

#[test]
fn a_client_that_keeps_a_secret_may_be_let_off_and_a_public_one_never() {
    let world = world();
    let browser = browser(&world);
    let none: &[(&str, &str)] = &[("code_challenge", ""), ("code_challenge_method", "")];
    let old = app(&world, |client| client.pkce_optional = true);
    let use_of = |code: &str, more: &[(&str, &str)]| {
        let said = [("grant_type", "authorization_code"), ("code", code)];
        old.token(&world, &[&said[..], more].concat())
    };
    assert_eq!(use_of(&old.code(&browser, none), &[("redirect_uri", REDIRECT)]).status, 200);
    // Without a verifier the address is owed (RFC 6749 §4.1.3), but only if it was named.
    assert_refused(&use_of(&old.code(&browser, none), &[]));
    let unnamed = [none, &[("redirect_uri", "")]].concat();
    assert_eq!(use_of(&old.code(&browser, &unnamed), &[]).status, 200);
    // A verifier that nobody asked for: somebody took the challenge away.
    let downgraded = [("redirect_uri", REDIRECT), ("code_verifier", VERIFIER)];
    assert_refused(&use_of(&old.code(&browser, none), &downgraded));
    // A challenge that was given is held to.
    assert_refused(&use_of(&old.code(&browser, &[]), &[("redirect_uri", REDIRECT)]));

    let public = app(&world, |client| {
        client.pkce_optional = true;
        client.token_endpoint_auth_method = AuthMethod::None;
    });
    assert_eq!(told(&public.ask(&browser, none)).as_deref(), Some("invalid_request"));
}

#[test]
fn with_a_verifier_the_address_need_not_be_repeated() {
    let world = world();
    let (client, browser) = (app(&world, |_| {}), browser(&world));
    let code = sent(&client.ask(&browser, &[]), "code").unwrap();
    // OAuth 2.1, §10.2.
    let said = [("grant_type", "authorization_code"), ("code", &*code), ("code_verifier", VERIFIER)];
    assert_eq!(client.token(&world, &said).status, 200);
}
