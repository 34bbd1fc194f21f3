//! The way of a person from a client to the pages and back.

use serde_json::json;
use tokengrid::domain::authority::Authority::Admin;

use super::{CALLBACK, encoded, house, house_with, register, request};
use crate::support::PASSWORD;

#[test]
fn a_person_signs_in_allows_and_goes_back_with_a_code() {
    let house = house();
    let browser = house.browser();
    let page = browser.get(&house.request(""));
    assert_eq!((page.status(), page.title().as_str()), (200, "Sign in"));
    let page = browser.sign_in(&page, "ann", PASSWORD);
    assert_eq!((page.status(), page.title().as_str()), (200, "Allow Photo &#60;Prints&#62;?"));
    assert!(page.html().contains("signed in as <strong>The ann</strong>"), "{}", page.html());
    assert!(page.html().contains("<li>see your name and your profile</li>"), "{}", page.html());
    let sent = browser.press(&page, "allow", &[]);
    assert_eq!(sent.status(), 303);
    assert!(sent.location().starts_with(&format!("{CALLBACK}?")), "{}", sent.location());
    assert_eq!(sent.sent("state").as_deref(), Some("the state"));
    assert_eq!(sent.sent("iss"), Some(format!("{}/acme/shop", house.world.server.base)));
    assert!(sent.sent("code").is_some() && sent.sent("error").is_none());
}

#[test]
fn who_came_before_is_asked_nothing() {
    let house = house();
    let browser = house.browser();
    house.arrive(&browser, "");
    let sent = browser.get(&house.request(""));
    assert!(sent.sent("code").is_some(), "{}", sent.location());
}

#[test]
fn the_unknown_and_the_wrong_look_alike() {
    let house = house();
    let told = |username: &str, password: &str| {
        let browser = house.browser();
        let page = browser.get(&house.request(""));
        let page = browser.sign_in(&page, username, password);
        assert!(browser.cookie("session-").is_none());
        let html = page.html().replace(username, "NAME").replace(&page.hidden("request"), "SEALED");
        (page.status(), html)
    };
    let wrong = told("ann", "wrong");
    assert_eq!(wrong, told("nobody", PASSWORD));
    assert_eq!(wrong.0, 400);
    assert!(wrong.1.contains("role=\"alert\" id=\"wrong\">The name or the password is wrong.<"), "{}", wrong.1);
    assert!(wrong.1.contains("value=\"NAME\""), "the name need not be typed again");
}

#[test]
fn a_name_or_an_address_signs_in_and_a_shut_account_does_not() {
    let house = house();
    let browser = house.browser();
    let page = browser.get(&house.request(""));
    assert_eq!(browser.sign_in(&page, " ann@example.test ", PASSWORD).title(), "Allow Photo &#60;Prints&#62;?");
    let admin = house.world.caller(&house.world.acme, Admin);
    for (member, value, told) in [
        ("disabled", json!(true), "This account is disabled."),
        ("activated", json!(false), "This account is not active yet."),
    ] {
        assert_eq!(admin.put("/acme/shop/users/ann", &json!({ member: value })).status, 200);
        let browser = house.browser();
        let page = browser.get(&house.request(""));
        let page = browser.sign_in(&page, "ann", PASSWORD);
        assert!(page.status() == 400 && page.html().contains(told), "{}", page.html());
        assert_eq!(admin.put("/acme/shop/users/ann", &json!({ "disabled": false, "activated": true })).status, 200);
    }
}

#[test]
fn whoever_declines_or_cancels_sends_the_client_its_answer() {
    let house = house();
    let browser = house.browser();
    let page = browser.get(&house.request(""));
    let cancelled = browser.press(&page, "cancel", &[]);
    assert_eq!(cancelled.sent("error").as_deref(), Some("access_denied"));
    let page = browser.sign_in(&page, "ann", PASSWORD);
    let denied = browser.press(&page, "deny", &[]);
    assert_eq!(denied.status(), 303);
    assert_eq!(denied.sent("error").as_deref(), Some("access_denied"));
    assert_eq!(denied.sent("state").as_deref(), Some("the state"));
    assert_eq!(denied.sent("iss"), Some(format!("{}/acme/shop", house.world.server.base)));
    assert_eq!(browser.get(&house.request("")).title(), "Allow Photo &#60;Prints&#62;?", "nothing was remembered");
}

#[test]
fn an_own_client_asks_for_no_consent() {
    let house = house_with(|_| {}, |metadata| metadata.first_party = true);
    let browser = house.browser();
    let page = browser.get(&house.request(""));
    assert!(browser.sign_in(&page, "ann", PASSWORD).sent("code").is_some());
}

#[test]
fn nobody_is_sent_to_an_address_that_is_not_the_clients() {
    let house = house();
    let browser = house.browser();
    let evil = encoded("https://evil.example/cb");
    for bad in [
        house.request(&format!("redirect_uri={evil}")),
        house.request("client_id=Y2w6AAAAAAAAAAAAAAAAAAAAAA"),
        house.request("client_id=nonsense"),
        "/acme/shop/authorize".to_owned(),
        // A client of acme is unknown at rival's.
        request("/rival/shop", &house.client, ""),
    ] {
        let page = browser.get(&bad);
        assert_eq!((page.status(), page.title().as_str()), (400, "You cannot be signed in"), "{bad}");
        assert_eq!(page.location(), "");
        assert!(!page.html().contains("evil.example"));
    }
}

#[test]
fn a_request_by_post_becomes_a_get_of_our_own() {
    let house = house();
    let browser = house.browser();
    let query = house.request("").split_once('?').unwrap().1.to_owned();
    let page = browser.go("POST", "/acme/shop/authorize", &query, &[("origin", "https://app.example")]);
    assert_eq!((page.status(), page.location()), (303, format!("authorize?{query}")));
    assert_eq!(browser.follow(page).title(), "Sign in");
}

#[test]
fn an_answer_by_form_needs_no_script() {
    let house = house();
    let browser = house.browser();
    let page = house.arrive(&browser, "response_mode=form_post");
    assert_eq!((page.status(), page.title().as_str()), (200, "Back to the application"));
    assert!(page.html().contains(&format!("<form method=\"post\" action=\"{CALLBACK}\">")), "{}", page.html());
    assert!(page.html().contains("<button type=\"submit\">Continue</button>"));
    assert_eq!(page.hidden("state"), "the state");
    assert!(page.hidden("code").starts_with("Y28t"));
    let policy = page.answer.header("content-security-policy");
    assert!(
        policy.contains("script-src 'sha256-") && policy.contains("form-action 'self' https://app.example;"),
        "{policy}"
    );
}

#[test]
fn admins_sign_in_at_the_management_pages() {
    let house = house();
    let client = register(&house.world, tokengrid::domain::id::TenantId::MANAGEMENT, |_| {});
    let browser = house.browser();
    let page = browser.get(&request("/management", &client, ""));
    assert!(page.html().contains("<p class=\"place\">Tokengrid</p>"));
    assert_eq!(browser.sign_in(&page, "ann", PASSWORD).status(), 400, "a user is no admin");
    let page = browser.sign_in(&page, "acme-admin", PASSWORD);
    let sent = browser.press(&page, "allow", &[]);
    assert_eq!(sent.sent("iss"), Some(format!("{}/management", house.world.server.base)));
    assert!(sent.sent("code").is_some());
}

#[test]
fn an_account_is_chosen_where_the_client_asks() {
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
    let page = browser.get(&house.request("prompt=select_account"));
    assert_eq!(page.title(), "Choose an account");
    assert!(page.html().contains("Continue as The ann"), "{}", page.html());
    assert!(browser.press(&page, "continue", &[]).sent("code").is_some());
    let other = browser.press(&page, "another", &[]);
    assert_eq!(other.title(), "Sign in");
    let before = browser.cookie("session-").unwrap();
    let page = browser.sign_in(&other, "bob", PASSWORD);
    assert!(page.html().contains("signed in as <strong>The bob</strong>"), "{}", page.html());
    assert_ne!(browser.cookie("session-").unwrap(), before);
    // The first account was signed out by that.
    let former = house.browser();
    former.plant(&before.0, &before.1);
    assert_eq!(former.get(&house.request("")).title(), "Sign in");
}

#[test]
fn the_page_to_sign_in_at_serves_by_itself() {
    let house = house();
    let browser = house.browser();
    let page = browser.get("/acme/shop/signin");
    assert_eq!(page.title(), "Sign in");
    let page = browser.sign_in(&page, "ann", PASSWORD);
    assert!(page.title() == "You are signed in" && page.html().contains("as The ann."), "{}", page.html());
    let page = house.browser().get("/acme/shop/signin?next=device&user_code=ABCD-EFGH");
    let sent = house.browser();
    let fresh = sent.get("/acme/shop/signin?next=device&user_code=ABCD-EFGH");
    let next = sent.press(&fresh, "signin", &[("username", "ann"), ("password", PASSWORD)]);
    assert_eq!(next.location(), "signin/device?user_code=ABCD-EFGH");
    assert_eq!(page.title(), "Sign in");
}
