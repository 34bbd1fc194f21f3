//! OpenID Connect RP-Initiated Logout 1.0.

use crate::signin::{House, encoded, house, register};
use crate::support::Browser;

const BYE: &str = "https://app.example/bye";

/// A browser that is signed in, and the ID token that the client has of it.
fn signed_in(house: &House) -> (Browser, String) {
    let browser = house.browser();
    let tokens = house.tokens(&browser, "");
    assert_eq!(tokens.status, 200, "{}", tokens.text);
    (browser, tokens.text_of("id_token").to_owned())
}

fn is_signed_in(house: &House, browser: &Browser) -> bool {
    browser.get(&house.request("prompt=none")).sent("code").is_some()
}

#[test]
fn s2_a_hint_of_this_session_signs_out_and_leads_back_with_the_state() {
    let house = house();
    let (browser, hint) = signed_in(&house);
    let path = format!(
        "/acme/shop/logout?id_token_hint={hint}&post_logout_redirect_uri={}&state=a%26b&client_id={}",
        encoded(BYE),
        house.client
    );
    let page = browser.get(&path);
    assert_eq!((page.status(), page.location()), (303, format!("{BYE}?state=a%26b")));
    assert!(page.answer.header("set-cookie").contains("Max-Age=0"));
    assert!(browser.cookie("session-").is_none() && !is_signed_in(&house, &browser));
}

#[test]
fn s2_the_row_is_ended_and_not_the_cookie_alone() {
    let house = house();
    let (browser, hint) = signed_in(&house);
    let (name, value) = browser.cookie("session-").unwrap();
    browser.get(&format!("/acme/shop/logout?id_token_hint={hint}"));
    let copy = house.browser();
    copy.plant(&name, &value);
    assert!(!is_signed_in(&house, &copy));
}

#[test]
fn s2_a_hint_that_has_expired_still_counts() {
    let house = house();
    let (browser, hint) = signed_in(&house);
    house.advance(7_200);
    let page = browser.get(&format!("/acme/shop/logout?id_token_hint={hint}"));
    assert_eq!((page.status(), page.title().as_str()), (200, "You are signed out"));
    assert!(!is_signed_in(&house, &browser));
}

#[test]
fn s2_without_a_hint_that_counts_the_person_is_asked() {
    let house = house();
    let (browser, hint) = signed_in(&house);
    let (other, others_hint) = signed_in(&house);
    let (body, _) = hint.rsplit_once('.').unwrap();
    let forged = format!("{body}.{}", "A".repeat(86));
    for query in [String::new(), format!("id_token_hint={forged}"), format!("id_token_hint={others_hint}")] {
        let page = browser.get(&format!("/acme/shop/logout?{query}"));
        assert_eq!((page.status(), page.title().as_str()), (200, "Sign out?"), "{query}");
    }
    assert!(is_signed_in(&house, &browser) && is_signed_in(&house, &other));
    let page =
        browser.get(&format!("/acme/shop/logout?client_id={}&post_logout_redirect_uri={}", house.client, encoded(BYE)));
    assert!(page.answer.header("content-security-policy").contains("form-action 'self' https://app.example;"));
    assert_eq!(browser.press(&page, "stay", &[]).title(), "You are still signed in");
    assert!(is_signed_in(&house, &browser));
    let gone = browser.press(&page, "signout", &[]);
    assert_eq!((gone.status(), gone.location()), (303, BYE.to_owned()));
    assert!(!is_signed_in(&house, &browser) && is_signed_in(&house, &other));
}

#[test]
fn s2_a_form_of_another_site_is_asked_for_the_hint_and_no_cookie() {
    let house = house();
    let (browser, hint) = signed_in(&house);
    // A browser sends no cookie with it.
    let bare = house.browser();
    let form = format!("id_token_hint={hint}&client_id={}&post_logout_redirect_uri={}", house.client, encoded(BYE));
    let headers = [("origin", "https://app.example"), ("sec-fetch-site", "cross-site")];
    let page = bare.go("POST", "/acme/shop/logout", &form, &headers);
    assert_eq!((page.status(), page.location()), (303, BYE.to_owned()));
    assert!(!is_signed_in(&house, &browser));
    let page = bare.go("POST", "/acme/shop/logout", "state=x", &headers);
    assert_eq!((page.status(), page.location().as_str()), (303, "logout?state=x"));
}

#[test]
fn s3_nobody_is_sent_to_an_address_that_is_not_the_clients() {
    let house = house();
    let (browser, hint) = signed_in(&house);
    let other = register(&house.world, house.world.acme.app.id.into(), |metadata| {
        metadata.post_logout_redirect_uris = vec!["https://other.example/bye".to_owned()];
    });
    let client = &house.client;
    for (query, why) in [
        (format!("id_token_hint={hint}&post_logout_redirect_uri={}", encoded("https://evil.example/")), "unregistered"),
        (format!("id_token_hint={hint}&post_logout_redirect_uri={}", encoded(&format!("{BYE}/"))), "not the same"),
        (
            format!("id_token_hint={hint}&post_logout_redirect_uri={}", encoded("https://other.example/bye")),
            "another's",
        ),
        (format!("id_token_hint={hint}&client_id={other}"), "a hint of another client"),
        (format!("post_logout_redirect_uri={}", encoded(BYE)), "nobody's"),
        (format!("client_id=nobody&post_logout_redirect_uri={}", encoded(BYE)), "an unknown client's"),
    ] {
        let page = browser.get(&format!("/acme/shop/logout?{query}"));
        assert_eq!((page.status(), page.location().as_str()), (400, ""), "{why}");
        assert!(is_signed_in(&house, &browser), "{why}");
    }
    let page =
        house.browser().get(&format!("/acme/shop/logout?client_id={client}&post_logout_redirect_uri={}", encoded(BYE)));
    assert_eq!(page.location(), BYE, "nobody is signed in: there is nothing to ask");
}

#[test]
fn s4_a_hint_of_another_tenant_is_none() {
    let house = house();
    let (browser, hint) = signed_in(&house);
    let page = browser.get(&format!("/rival/shop/logout?id_token_hint={hint}"));
    assert_eq!(page.title(), "You are signed out");
    assert!(is_signed_in(&house, &browser));
}

#[test]
fn what_the_client_holds_ends_but_what_was_meant_to_go_on_without_its_person() {
    let house = house();
    let browser = house.browser();
    let online = house.tokens(&browser, "scope=openid+api");
    let offline = house.tokens(&browser, "scope=openid+offline_access");
    let page = browser.get("/acme/shop/logout");
    browser.press(&page, "signout", &[]);
    let token = house.world.guest().bearer(online.text_of("access_token"));
    assert_eq!(token.get("/acme/shop/users/me").status, 401);
    if !online.text_of("refresh_token").is_empty() {
        assert_eq!(house.refresh(&online).status, 400);
    }
    assert_eq!(house.refresh(&offline).status, 200);
}
