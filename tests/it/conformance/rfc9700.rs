//! Best current practice, as far as it is about codes. *Spec*: RFC 9700; security rules BCP-1 to BCP-12, T-14, T-16.

use tokengrid::domain::registered::AuthMethod;

use super::flow::{VERIFIER, app, browser, form, grant, sent, stranger, told};
use crate::support::{Answer, world};

#[test]
fn s4_12_the_browser_goes_by_303_and_takes_nothing_with_it() {
    let world = world();
    let (client, browser) = (app(&world, |_| {}), browser(&world));
    let answer = client.ask(&browser, &[]);
    assert_eq!(answer.status, 303);
    assert_eq!((answer.header("referrer-policy"), answer.header("cache-control")), ("no-referrer", "no-store"));
}

#[test]
fn s2_1_2_no_token_comes_by_the_browser() {
    let world = world();
    let (client, browser) = (app(&world, |_| {}), browser(&world));
    for kind in ["token", "id_token", "id_token token", "code token", "code id_token", "none"] {
        let answer = client.ask(&browser, &[("response_type", kind)]);
        assert_eq!(told(&answer).as_deref(), Some("unsupported_response_type"), "{kind}");
        assert!(!answer.header("location").contains('#') && sent(&answer, "access_token").is_none());
    }
}

#[test]
fn form_post_keeps_the_code_out_of_every_address() {
    let world = world();
    let (client, browser) = (app(&world, |_| {}), browser(&world));
    let answer = client.ask(&browser, &[("response_mode", "form_post"), ("state", "\"><script>")]);
    assert_eq!((answer.status, answer.header("location")), (200, ""));
    assert!(answer.text.contains("action=\"https://app.example/cb\"") && answer.text.contains("name=\"code\""));
    assert!(!answer.text.contains("\"><script>"));
}

#[test]
fn codes_that_wait_are_bounded_for_each_person() {
    let world = world();
    let (client, browser) = (app(&world, |_| {}), browser(&world));
    let asked: Vec<Answer> = (0..33).map(|_| client.ask(&browser, &[])).collect();
    let codes = asked.iter().filter(|answer| sent(answer, "code").is_some()).count();
    assert_eq!((codes, told(&asked[32]).as_deref()), (32, Some("temporarily_unavailable")));
    // A use makes room.
    assert_eq!(client.redeem(&world, &sent(&asked[0], "code").unwrap()).status, 200);
    assert!(sent(&client.ask(&browser, &[]), "code").is_some());
}

#[test]
fn a_code_and_its_verifier_are_taken_from_a_body_alone() {
    let world = world();
    let client = app(&world, |client| client.token_endpoint_auth_method = AuthMethod::None);
    let code = client.code(&browser(&world), &[]);
    let id = client.client_id();
    let query = form(&[&[("client_id", &*id)][..], &grant(&code)].concat());
    assert_eq!(world.guest().get(&format!("/acme/shop/token?{query}")).status, 400);
    let half = form(&[("client_id", &*id), ("grant_type", "authorization_code"), ("code", &code)]);
    let split = format!("/acme/shop/token?code_verifier={VERIFIER}");
    assert_eq!(world.guest().form(&split, &half).status, 400);
    assert_eq!(client.redeem(&world, &code).status, 200);
}

#[test]
fn s4_11_nobody_who_is_not_signed_in_is_sent_to_the_client_without_being_asked() {
    let world = world();
    let client = app(&world, |_| {});
    let answer = client.ask(&stranger(&world), &[]);
    assert!(!answer.header("location").starts_with("https://app.example"), "{}", answer.header("location"));
}
