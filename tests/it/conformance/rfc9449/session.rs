//! Sessions that are bound to a key (RFC 9449 §5; DP-2, DP-4).

use super::{Prover, TOKEN, assert_bound, form, sign_in};
use crate::access::mint::claims;
use crate::conformance::flow::{app, browser, grant};
use crate::support::{Answer, PASSWORD, world};

fn refresh(token: &str) -> String {
    form(&[("grant_type", "refresh_token"), ("refresh_token", token)])
}

fn next(answer: &Answer) -> String {
    assert_eq!(answer.status, 200, "{}", answer.text);
    answer.text_of("refresh_token").to_owned()
}

#[test]
fn s5_a_bound_session_goes_on_with_its_key_alone() {
    let world = world();
    let (key, thief) = (Prover::new(&world), Prover::new(&world));
    let first = next(&sign_in(&world, &key));
    // DP-4: never a bearer token for a bound one.
    let bare = world.guest().form(TOKEN, &refresh(&first));
    assert_eq!(bare.error(), (400, "invalid_dpop_proof"));
    assert_eq!(thief.form(&world.guest(), TOKEN, &refresh(&first)).error(), (400, "invalid_grant"));
    // Neither attempt used the refresh token up.
    let answer = key.form(&world.guest(), TOKEN, &refresh(&first));
    assert_bound(&answer, &key);
    let answer = key.form(&world.guest(), TOKEN, &refresh(&next(&answer)));
    assert_bound(&answer, &key);
}

#[test]
fn s5_a_session_of_a_code_is_bound_too() {
    let world = world();
    let key = Prover::new(&world);
    let client = app(&world, |_| {});
    let code = client.code(&browser(&world), &[("scope", "openid offline_access")]);
    let first = next(&key.form(&client.caller(&world), TOKEN, &form(&grant(&code))));
    assert_eq!(client.refresh(&world, &first).error(), (400, "invalid_dpop_proof"));
    assert_bound(&key.form(&client.caller(&world), TOKEN, &refresh(&first)), &key);
}

#[test]
fn s5_a_session_without_a_key_stays_without_one() {
    let world = world();
    let key = Prover::new(&world);
    let first = next(&world.guest().sign_in("/acme/shop", "ann", PASSWORD));
    let answer = key.form(&world.guest(), TOKEN, &refresh(&first));
    assert_bound(&answer, &key);
    let plain = world.guest().form(TOKEN, &refresh(&next(&answer)));
    assert_eq!((plain.status, plain.text_of("token_type")), (200, "Bearer"));
    assert!(claims(plain.text_of("access_token"))["cnf"].is_null());
}
