//! OpenID Connect Back-Channel Logout 1.0.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use tokengrid::domain::registered::SubjectType;
use tokengrid::domain::tenant::Switch;

use crate::signin::{House, house_with};
use crate::support::{Host, Says, eventually};

const EVENT: &str = "http://schemas.openid.net/event/backchannel-logout";

fn hearing(host: &Host, subjects: SubjectType) -> House {
    let uri = host.url("/backchannel");
    house_with(
        |settings| settings.upstream.allow_private = Switch::On,
        |metadata| {
            metadata.backchannel_logout_uri = Some(uri);
            metadata.subject_type = subjects;
        },
    )
}

/// Header and claims of the logout token that a client got.
fn heard(host: &Host) -> (Value, Value) {
    eventually("the client hears", || host.count() == 1);
    let request = host.heard().remove(0);
    assert!(request.starts_with("POST /backchannel HTTP/1.1\r\n"), "{request}");
    assert!(request.to_ascii_lowercase().contains("\r\ncontent-type: application/x-www-form-urlencoded\r\n"));
    let token = request.rsplit_once("\r\n\r\nlogout_token=").unwrap().1;
    let part = |at: usize| serde_json::from_slice(&URL_SAFE_NO_PAD.decode(token.split('.').nth(at).unwrap()).unwrap());
    (part(0).unwrap(), part(1).unwrap())
}

#[test]
fn s2_4_a_logout_token_says_who_and_what_and_never_a_nonce() {
    let host = Host::start(Says::status(200));
    let house = hearing(&host, SubjectType::Public);
    let browser = house.browser();
    let tokens = house.tokens(&browser, "");
    let id_token: Value = {
        let claims = tokens.text_of("id_token").split('.').nth(1).unwrap();
        serde_json::from_slice(&URL_SAFE_NO_PAD.decode(claims).unwrap()).unwrap()
    };
    browser.get(&format!("/acme/shop/logout?id_token_hint={}", tokens.text_of("id_token")));
    let (header, claims) = heard(&host);
    assert_eq!((&header["typ"], &header["alg"]), (&json!("logout+jwt"), &json!("ES256")));
    let keys = house.world.guest().get("/acme/shop/.well-known/jwks.json").json;
    assert!(keys["keys"].as_array().unwrap().iter().any(|key| key["kid"] == header["kid"]), "the tenant's own key");
    for (name, same) in [("iss", &id_token["iss"]), ("sub", &id_token["sub"]), ("sid", &id_token["sid"])] {
        assert_eq!(&claims[name], same, "{name}");
    }
    assert_eq!(claims["aud"], json!(house.client));
    assert_eq!(claims["events"], json!({ EVENT: {} }));
    assert_eq!(claims["exp"].as_i64().unwrap() - claims["iat"].as_i64().unwrap(), 120);
    assert!(claims["jti"].is_string() && claims.get("nonce").is_none());
}

#[test]
fn s2_4_a_client_with_a_name_of_its_own_for_the_person_hears_the_sessions() {
    let host = Host::start(Says::status(200));
    let house = hearing(&host, SubjectType::Pairwise);
    let browser = house.browser();
    house.arrive(&browser, "");
    let page = browser.get("/acme/shop/logout");
    browser.press(&page, "signout", &[]);
    let (_, claims) = heard(&host);
    assert!(claims["sid"].is_string() && claims.get("sub").is_none(), "{claims}");
}

#[test]
fn s2_7_a_session_that_an_administrator_ends_is_told_too() {
    let host = Host::start(Says::status(200));
    let house = hearing(&host, SubjectType::Public);
    let browser = house.browser();
    house.arrive(&browser, "");
    let admin = house.world.caller(&house.world.acme, tokengrid::domain::authority::Authority::Admin);
    let listed = admin.get("/acme/shop/users/ann/sessions");
    let id = listed.json["entities"][0]["uuid"].as_str().unwrap().to_owned();
    assert_eq!(admin.delete(&format!("/acme/shop/users/ann/sessions/{id}")).status, 200);
    assert_eq!(heard(&host).1["sid"], json!(id));
}
