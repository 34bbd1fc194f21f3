//! Forms that are not ours, not this browser's, not this page's, or too old; and steps that say too little.

use super::house;
use crate::support::PASSWORD;

const CREDENTIALS: [(&str, &str); 2] = [("username", "ann"), ("password", PASSWORD)];

#[test]
fn a_form_of_another_site_signs_nobody_in() {
    let house = house();
    let browser = house.browser();
    let page = browser.get(&house.request(""));
    let form = format!("action=signin&username=ann&password=correct+horse&request={}", page.hidden("request"));
    for headers in [
        &[("sec-fetch-site", "cross-site")][..],
        &[("sec-fetch-site", "same-site")],
        &[("origin", "https://evil.example")],
        &[("sec-fetch-site", "cross-site"), ("origin", "null")],
    ] {
        let refused = browser.go("POST", "/acme/shop/signin", &form, headers);
        assert_eq!(
            (refused.status(), refused.title().as_str()),
            (400, "This page is not valid any more"),
            "{headers:?}"
        );
        assert!(browser.cookie("session-").is_none());
    }
    let base = house.world.server.base.clone();
    let taken = browser.go("POST", "/acme/shop/signin", &form, &[("sec-fetch-site", "same-origin"), ("origin", &base)]);
    assert_eq!(taken.status(), 303);
}

#[test]
fn what_one_browser_was_shown_is_worth_nothing_in_another() {
    let house = house();
    let (one, other) = (house.browser(), house.browser());
    let page = one.get(&house.request(""));
    // As an attacker would have it: their page, their name, the victim's browser.
    assert_eq!(other.press(&page, "signin", &CREDENTIALS).title(), "This page is not valid any more");
    other.get(&house.request(""));
    assert_eq!(other.press(&page, "signin", &CREDENTIALS).title(), "This page is not valid any more");
    assert!(other.cookie("session-").is_none());
}

#[test]
fn the_form_of_one_page_or_place_is_no_answer_at_another() {
    let house = house();
    let browser = house.browser();
    let page = browser.get(&house.request(""));
    let sealed = page.hidden("request");
    let form = format!("action=allow&username=ann&password=correct+horse&request={sealed}");
    let refused = browser.post("/acme/shop/consent", &form);
    assert_eq!(refused.title(), "This page is not valid any more");
    let refused = browser.get(&format!("/acme/shop/authorize?resume={sealed}"));
    assert_eq!(refused.title(), "This page is not valid any more");
    let consent = browser.sign_in(&page, "ann", PASSWORD);
    let refused = browser.post("/acme/shop/logout", &format!("action=signout&request={}", consent.hidden("request")));
    assert_eq!(refused.title(), "This page is not valid any more");
    // Another place, with the very cookies of this browser under its own names.
    let (name, value) = browser.cookie("browser-").unwrap();
    let (acme, rival) = (house.world.acme.app.id, house.world.rival.app.id);
    let theirs = name.replace(&acme.uuid().simple().to_string(), &rival.uuid().simple().to_string());
    assert_ne!(name, theirs);
    browser.plant(&theirs, &value);
    let refused = browser.post("/rival/shop/signin", &form);
    assert_eq!(refused.title(), "This page is not valid any more");
}

#[test]
fn a_page_is_good_for_a_quarter_of_an_hour() {
    let house = house();
    let browser = house.browser();
    let page = browser.get(&house.request(""));
    house.advance(899);
    assert_eq!(browser.press(&page, "signin", &[("username", "ann"), ("password", "x")]).status(), 400);
    let late = browser.get(&house.request(""));
    house.advance(900);
    assert_eq!(browser.press(&late, "signin", &CREDENTIALS).title(), "This page is not valid any more");
}

#[test]
fn a_step_that_says_too_little_goes_nowhere() {
    let house = house();
    let browser = house.browser();
    let page = browser.get(&house.request(""));
    let sealed = page.hidden("request");
    for form in [
        format!("request={sealed}"),
        format!("request={sealed}&action=signin&username=&password="),
        format!("request={sealed}&action=signin&username=ann"),
        format!("request={sealed}&action=signin&username=ann&username=bob&password=correct+horse"),
        format!("request={sealed}&action=signin&username=ann&password=correct+horse&password=x"),
        format!("request={sealed}&action=continue"),
    ] {
        let told = browser.post("/acme/shop/signin", &form);
        assert_eq!((told.status(), told.title().as_str()), (400, "Sign in"), "{form}");
        assert!(browser.cookie("session-").is_none(), "{form}");
    }
    let twice = format!("request={sealed}&request={sealed}&username=ann&password=correct+horse");
    assert_eq!(browser.post("/acme/shop/signin", &twice).title(), "This page is not valid any more");
    let consent = browser.sign_in(&page, "ann", PASSWORD);
    let sealed = consent.hidden("request");
    for form in ["action=allow".to_owned(), format!("request={sealed}"), format!("request={sealed}&action=maybe")] {
        assert_eq!(browser.post("/acme/shop/consent", &form).status(), 400, "{form}");
    }
    assert_eq!(browser.get(&house.request("")).title(), "Allow Photo &#60;Prints&#62;?", "nothing was allowed");
}

#[test]
fn consent_is_given_by_who_was_asked() {
    let house = house();
    let browser = house.browser();
    let page = browser.get(&house.request(""));
    let consent = browser.sign_in(&page, "ann", PASSWORD);
    // Signed out meanwhile: the answer to the old question is no answer, and the person is asked to sign in.
    let logout = browser.get("/acme/shop/logout");
    browser.press(&logout, "signout", &[]);
    assert_eq!(browser.press(&consent, "allow", &[]).title(), "Sign in");
}
