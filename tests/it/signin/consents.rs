//! What people allowed: remembered, asked again when it grows, taken back.

use serde_json::json;
use tokengrid::domain::authority::Authority::{Admin, AppUser};

use super::house;

const ASKED: &str = "Allow Photo &#60;Prints&#62;?";

#[test]
fn consent_is_asked_again_when_a_client_wants_more_and_not_when_it_wants_less() {
    let house = house();
    let browser = house.browser();
    house.arrive(&browser, "");
    assert!(browser.get(&house.request("scope=openid")).sent("code").is_some());
    let page = browser.get(&house.request("scope=openid+email"));
    assert_eq!(page.title(), ASKED);
    assert!(browser.press(&page, "allow", &[]).sent("code").is_some());
    // What was allowed before stays allowed beside it.
    assert!(browser.get(&house.request("scope=openid+email+profile")).sent("code").is_some());
    let page = browser.get(&house.request("prompt=consent"));
    assert_eq!(page.title(), ASKED);
    assert!(browser.press(&page, "allow", &[]).sent("code").is_some());
}

#[test]
fn consent_is_that_of_one_person_and_one_client() {
    let house = house();
    let browser = house.browser();
    house.arrive(&browser, "");
    let other = super::register(&house.world, house.world.acme.app.id.into(), |metadata| {
        metadata.client_uri = Some("https://other.example/".to_owned());
    });
    let page = browser.get(&super::request("/acme/shop", &other, ""));
    assert_eq!(page.title(), ASKED);
    assert!(page.html().contains("<a href=\"https://other.example/\" rel=\"noopener noreferrer external\">"));
}

#[test]
fn a_person_sees_what_they_allowed_and_takes_it_back() {
    let house = house();
    let browser = house.browser();
    house.arrive(&browser, "");
    let own = house.world.caller(&house.world.acme, AppUser);
    let listed = own.get("/acme/shop/users/me/consents");
    assert_eq!(listed.json["count"], 1, "{}", listed.text);
    let entity = &listed.json["entities"][0];
    assert_eq!(entity["client_id"], house.client);
    assert_eq!((&entity["client_name"], &entity["scope"]), (&json!("Photo <Prints>"), &json!("openid profile")));
    let path = format!("/acme/shop/users/me/consents/{}", house.client);
    assert_eq!(own.delete(&path).status, 200);
    assert_eq!(own.delete(&path).status, 404);
    assert_eq!(own.delete("/acme/shop/users/me/consents/nobody").status, 404);
    assert_eq!(own.get("/acme/shop/users/me/consents").json["count"], 0);
    assert_eq!(browser.get(&house.request("")).title(), ASKED);
}

#[test]
fn what_a_client_holds_ends_with_the_consent() {
    let house = house();
    let tokens = house.tokens(&house.browser(), "scope=openid+profile+offline_access");
    assert_eq!(tokens.status, 200, "{}", tokens.text);
    let tokens = house.refresh(&tokens);
    assert_eq!(tokens.status, 200, "{}", tokens.text);
    let admin = house.world.caller(&house.world.acme, Admin);
    assert_eq!(admin.delete(&format!("/acme/shop/users/ann/consents/{}", house.client)).status, 200);
    assert_eq!(house.refresh(&tokens).error(), (400, "invalid_grant"));
}
