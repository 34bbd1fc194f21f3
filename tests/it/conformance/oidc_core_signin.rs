//! OpenID Connect Core 1.0, §3.1.2 and what it refers to: how a person is asked, and how they are not.

use crate::signin::{encoded, house, request};
use crate::support::PASSWORD;

#[test]
fn s3_1_2_1_prompt_none_asks_nobody_anything() {
    let house = house();
    let browser = house.browser();
    let error = |more: &str| browser.get(&house.request(more)).sent("error");
    assert_eq!(error("prompt=none").as_deref(), Some("login_required"));
    let page = browser.get(&house.request(""));
    browser.sign_in(&page, "ann", PASSWORD);
    assert_eq!(error("prompt=none").as_deref(), Some("consent_required"));
    house.arrive(&browser, "");
    let sent = browser.get(&house.request("prompt=none"));
    assert!(sent.sent("code").is_some(), "{}", sent.location());
    assert_eq!(error("prompt=none&scope=openid+email").as_deref(), Some("consent_required"));
    assert_eq!(error("prompt=none+login").as_deref(), Some("invalid_request"));
}

#[test]
fn s3_1_2_1_prompt_login_asks_whoever_is_signed_in_already() {
    let house = house();
    let browser = house.browser();
    house.arrive(&browser, "");
    let page = browser.get(&house.request("prompt=login"));
    assert_eq!(page.title(), "Sign in");
    assert!(browser.sign_in(&page, "ann", PASSWORD).sent("code").is_some());
    assert_eq!(browser.get(&house.request("prompt=login")).title(), "Sign in", "and the next time again");
}

#[test]
fn s3_1_2_1_max_age_asks_again_once_the_sign_in_is_older() {
    let house = house();
    let browser = house.browser();
    house.arrive(&browser, "");
    house.advance(60);
    assert!(browser.get(&house.request("max_age=60")).sent("code").is_some());
    house.advance(1);
    assert_eq!(browser.get(&house.request("max_age=60&prompt=none")).sent("error").as_deref(), Some("login_required"));
    let page = browser.get(&house.request("max_age=60"));
    assert_eq!(page.title(), "Sign in");
    assert!(browser.sign_in(&page, "ann", PASSWORD).sent("code").is_some());
    assert!(browser.get(&house.request("max_age=60")).sent("code").is_some());
    let page = browser.get(&house.request("max_age=0"));
    assert_eq!(page.title(), "Sign in");
    assert!(browser.sign_in(&page, "ann", PASSWORD).sent("code").is_some(), "asked once, not for ever");
}

#[test]
fn s3_1_2_1_login_hint_fills_in_the_name() {
    let house = house();
    let page = house.browser().get(&house.request(&format!("login_hint={}", encoded("ann@\"<example>.test"))));
    assert!(page.html().contains("value=\"ann@&#34;&#60;example&#62;.test\""), "{}", page.html());
}

#[test]
fn s3_1_2_1_an_id_token_hint_of_another_person_gets_no_code() {
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
    let bob = house.browser();
    let page = bob.get(&house.request(""));
    let page = bob.sign_in(&page, "bob", PASSWORD);
    let code = bob.press(&page, "allow", &[]).sent("code").unwrap();
    let hint = house.redeem(&code).text_of("id_token").to_owned();
    assert!(!hint.is_empty());
    let ann = house.browser();
    house.arrive(&ann, "");
    let sent = ann.get(&house.request(&format!("prompt=none&id_token_hint={hint}")));
    assert_eq!(sent.sent("error").as_deref(), Some("login_required"));
    assert!(bob.get(&house.request(&format!("prompt=none&id_token_hint={hint}"))).sent("code").is_some());
    // Asked who they are, they are still not the one who was meant.
    let page = ann.get(&house.request(&format!("id_token_hint={hint}")));
    assert_eq!(page.title(), "Sign in");
    let sent = ann.sign_in(&page, "ann", PASSWORD);
    assert_eq!(sent.sent("error").as_deref(), Some("login_required"));
}

#[test]
fn s3_1_2_1_get_and_post_are_served_alike() {
    let house = house();
    let browser = house.browser();
    let query = request("/acme/shop", &house.client, "").split_once('?').unwrap().1.to_owned();
    let page = browser.post("/acme/shop/authorize", &query);
    assert_eq!(browser.follow(page).title(), "Sign in");
}

#[test]
fn s3_1_2_4_consent_is_asked_before_anything_is_given() {
    let house = house();
    let browser = house.browser();
    let page = browser.get(&house.request(""));
    let page = browser.sign_in(&page, "ann", PASSWORD);
    assert!(page.status() == 200 && page.location().is_empty() && page.title().starts_with("Allow"));
    assert_eq!(browser.press(&page, "deny", &[]).sent("error").as_deref(), Some("access_denied"));
}

#[test]
fn s2_auth_time_is_when_the_person_proved_themselves() {
    let house = house();
    let browser = house.browser();
    let first = claims(&house.tokens(&browser, "max_age=3600"));
    house.advance(600);
    let second = claims(&house.tokens(&browser, "max_age=3600"));
    assert_eq!(first["auth_time"], second["auth_time"]);
    assert_eq!(second["iat"].as_i64().unwrap() - second["auth_time"].as_i64().unwrap(), 600);
    assert_eq!((&second["acr"], &second["amr"]), (&"1".into(), &serde_json::json!(["pwd"])));
    let page = browser.get(&house.request("prompt=login"));
    let code = browser.sign_in(&page, "ann", PASSWORD).sent("code").unwrap();
    let third = claims(&house.redeem(&code));
    assert_eq!(third["auth_time"].as_i64().unwrap() - first["auth_time"].as_i64().unwrap(), 600);
    assert_eq!(third["sid"], first["sid"], "the session is the same");
}

fn claims(tokens: &crate::support::Answer) -> serde_json::Value {
    use base64::Engine;
    assert_eq!(tokens.status, 200, "{}", tokens.text);
    let claims = tokens.text_of("id_token").split('.').nth(1).unwrap();
    serde_json::from_slice(&base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(claims).unwrap()).unwrap()
}
