//! OpenID Connect Core: authentication requests and ID tokens. *Spec*: security rules O-1 to O-4, O-8.

use std::time::Duration;

use serde_json::{Value, json};
use tokengrid::domain::registered::{GrantType, SubjectType};
use tokengrid::domain::token::Algorithm;

use super::flow::{app, browser, half, id_claims, keys, place_of, sent, stranger, told};
use crate::access::mint::{claims, kid};
use crate::support::{PASSWORD, world};

#[test]
fn s2_an_id_token_tells_of_the_sign_in_and_of_nothing_else() {
    let world = world();
    let (client, browser) = (app(&world, |_| {}), browser(&world));
    world.server.advance(Duration::from_secs(30));
    let issued = client.redeem(&world, &client.code(&browser, &[("scope", "openid profile email")]));
    let said = id_claims(&issued);
    let names: Vec<&String> = said.as_object().unwrap().keys().collect();
    assert_eq!(names, ["iss", "sub", "aud", "exp", "iat", "auth_time", "nonce", "amr", "at_hash", "sid"]);
    assert_eq!(said["iss"], format!("{}/acme/shop", world.server.base));
    assert_eq!((&said["aud"], &said["nonce"]), (&json!(client.client_id()), &json!("n-0S6")));
    assert_eq!(said["sub"], world.acme.user.id.to_string());
    assert_eq!(said["sub"], claims(&issued.token())["sub"]);
    assert_eq!(said["iat"].as_i64().unwrap() - said["auth_time"].as_i64().unwrap(), 30);
    assert_eq!(
        said["exp"].as_u64().unwrap() - said["iat"].as_u64().unwrap(),
        issued.json["expires_in"].as_u64().unwrap()
    );
    assert_eq!((&said["amr"], &said["sid"]), (&json!(["pwd"]), &json!(browser.session().id)));
    assert_eq!(said["at_hash"], half(issued.text_of("access_token")));
    // RFC 9068 §2.2.1: the access token says when and how, too.
    let access = claims(&issued.token());
    assert_eq!((&access["auth_time"], &access["amr"]), (&said["auth_time"], &said["amr"]));
}

#[test]
fn s3_1_2_1_without_openid_there_is_no_id_token_and_without_a_nonce_none_in_it() {
    let world = world();
    let (client, browser) = (app(&world, |_| {}), browser(&world));
    let plain = client.redeem(&world, &client.code(&browser, &[("scope", "api")]));
    assert!(plain.status == 200 && plain.json.get("id_token").is_none());
    let bare = client.redeem(&world, &client.code(&browser, &[("nonce", "")]));
    assert!(id_claims(&bare).get("nonce").is_none());
    let odd = client.redeem(&world, &client.code(&browser, &[("nonce", " \"é\\ ")]));
    assert_eq!(id_claims(&odd)["nonce"], " \"é\\ ");
}

#[test]
fn s2_each_client_has_its_id_tokens_signed_by_the_algorithm_that_it_registered() {
    let world = world();
    let place = place_of(&world.acme);
    for algorithm in [Algorithm::ES256, Algorithm::EdDsa, Algorithm::RS256] {
        world.server.wait(world.registry().ensure_id_key(place.tenant(), algorithm)).unwrap();
        let client = app(&world, |client| client.id_token_signed_response_alg = algorithm);
        let issued = client.redeem(&world, &client.code(&browser(&world), &[]));
        let (kid, keys) = (kid(issued.text_of("id_token")), keys(&world, "/acme/shop"));
        let key = keys.as_array().unwrap().iter().find(|key| key["kid"] == kid).expect("published");
        assert_eq!(key["alg"], algorithm.as_str());
        let hash = id_claims(&issued)["at_hash"].as_str().unwrap().len();
        assert_eq!(hash, if algorithm == Algorithm::EdDsa { 43 } else { 22 });
    }
}

#[test]
fn an_id_token_is_no_access_token() {
    let world = world();
    let (client, browser) = (app(&world, |_| {}), browser(&world));
    let issued = client.redeem(&world, &client.code(&browser, &[("scope", "openid api")]));
    assert_eq!(world.guest().bearer(issued.text_of("id_token")).get("/acme/shop/users/me").status, 401);
}

#[test]
fn s12_2_a_refreshed_id_token_is_of_the_same_sign_in() {
    let world = world();
    let (client, browser) = (app(&world, |_| {}), browser(&world));
    let first = client.redeem(&world, &client.code(&browser, &[("scope", "openid api")]));
    world.server.advance(Duration::from_secs(120));
    let second = client.refresh(&world, first.text_of("refresh_token"));
    let (before, after) = (id_claims(&first), id_claims(&second));
    for same in ["iss", "sub", "aud", "auth_time", "amr", "sid"] {
        assert_eq!(before[same], after[same], "{same}");
    }
    assert_eq!(after["iat"].as_i64().unwrap() - before["iat"].as_i64().unwrap(), 120);
    assert!(after.get("nonce").is_none());
    assert_eq!(after["at_hash"], half(second.text_of("access_token")));
    // Narrowed to what needs none.
    let said = [("grant_type", "refresh_token"), ("refresh_token", second.text_of("refresh_token")), ("scope", "api")];
    assert!(client.token(&world, &said).json.get("id_token").is_none());
}

#[test]
fn s8_pairwise_names_differ_by_sector_and_stay() {
    let world = world();
    let pairwise = |host: &str| {
        let address = format!("https://{host}/cb");
        app(&world, move |client| {
            client.subject_type = SubjectType::Pairwise;
            client.redirect_uris = vec![address];
        })
    };
    let name = |host: &str| {
        let client = pairwise(host);
        let code = client.code(&browser(&world), &[("redirect_uri", "")]);
        let said = [("grant_type", "authorization_code"), ("code", &*code), ("code_verifier", super::flow::VERIFIER)];
        let issued = client.token(&world, &said);
        (id_claims(&issued)["sub"].as_str().unwrap().to_owned(), issued, client)
    };
    let (one, issued, client) = name("one.example");
    let (two, ..) = name("two.example");
    assert_eq!(name("one.example").0, one);
    assert!(one != two && one.len() == 43 && one != world.acme.user.id.to_string());
    let again = client.refresh(&world, issued.text_of("refresh_token"));
    assert_eq!(id_claims(&again)["sub"], one);
}

#[test]
fn s3_1_2_1_prompts_that_nobody_may_answer_are_refused_to_the_client() {
    let world = world();
    let (client, browser) = (app(&world, |_| {}), browser(&world));
    let asking = app(&world, |client| client.first_party = false);
    let none = [("prompt", "none")];
    assert_eq!(told(&client.ask(&stranger(&world), &none)).as_deref(), Some("login_required"));
    assert!(sent(&client.ask(&browser, &none), "code").is_some());
    assert_eq!(told(&asking.ask(&browser, &none)).as_deref(), Some("consent_required"));
    asking.allow(&world, "openid");
    assert!(sent(&asking.ask(&browser, &none), "code").is_some());
    assert_eq!(
        told(&asking.ask(&browser, &[none[0], ("scope", "openid profile")])).as_deref(),
        Some("consent_required")
    );
    world.server.advance(Duration::from_secs(100));
    let aged = |age: &str| client.ask(&browser, &[("prompt", "none"), ("max_age", age)]);
    assert!(sent(&aged("100"), "code").is_some());
    assert_eq!(told(&aged("99")).as_deref(), Some("login_required"));
    assert_eq!(told(&aged("0")).as_deref(), Some("login_required"));
}

#[test]
fn s3_1_2_1_prompts_and_ages_ask_the_person() {
    let world = world();
    let (client, browser) = (app(&world, |client| client.default_max_age = Some(50)), browser(&world));
    for asked in [("prompt", "login"), ("prompt", "consent"), ("prompt", "select_account"), ("max_age", "0")] {
        let answer = client.ask(&browser, &[asked]);
        assert!(sent(&answer, "code").is_none() && sent(&answer, "error").is_none(), "{asked:?}");
    }
    assert!(sent(&client.ask(&browser, &[]), "code").is_some());
    world.server.advance(Duration::from_secs(51));
    assert!(sent(&client.ask(&browser, &[]), "code").is_none());
}

#[test]
fn s3_1_2_1_an_id_token_hint_names_the_one_who_may_answer() {
    let world = world();
    let (client, other, anns) = (app(&world, |_| {}), app(&world, |_| {}), browser(&world));
    let hint = client.redeem(&world, &client.code(&anns, &[])).text_of("id_token").to_owned();
    world.server.advance(Duration::from_secs(7_200));
    let with = |token: &str| [("prompt", "none".to_owned()), ("id_token_hint", token.to_owned())];
    let ask = |browser: &super::flow::Browsing, said: [(&str, String); 2]| {
        client.ask(browser, &said.each_ref().map(|(name, value)| (*name, value.as_str())))
    };
    let fresh = browser(&world);
    assert!(sent(&ask(&fresh, with(&hint)), "code").is_some(), "an expired one serves");
    let actor = tokengrid::manage::Actor::Operator;
    let person = crate::support::person("bob", "bob@example.test");
    let bob = world.server.wait(world.registry().create_user(world.acme.app.id, person, actor)).unwrap();
    let principal = tokengrid::domain::authority::Principal::AppUser {
        org: world.acme.org.id,
        app: world.acme.app.id,
        user: bob.id,
    };
    let bobs = super::flow::browser_of(&world, &place_of(&world.acme), principal);
    assert_eq!(told(&ask(&bobs, with(&hint))).as_deref(), Some("login_required"));
    // One that was made for another client says nothing here.
    let foreign = other.redeem(&world, &other.code(&fresh, &[])).text_of("id_token").to_owned();
    assert_eq!(told(&ask(&fresh, with(&foreign))).as_deref(), Some("invalid_request"));
}

#[test]
fn s11_going_on_without_the_person_is_asked_for_by_name() {
    let world = world();
    let client = app(&world, |client| client.first_party = false);
    client.allow(&world, "openid profile email api");
    let answer = client.ask(&browser(&world), &[("scope", "openid offline_access"), ("prompt", "none")]);
    assert_eq!(told(&answer).as_deref(), Some("consent_required"));
}

#[test]
fn other_grants_of_people_give_id_tokens_too() {
    let world = world();
    let client = app(&world, |client| client.grant_types.push(GrantType::Password));
    let said = [("grant_type", "password"), ("username", "ann"), ("password", PASSWORD), ("scope", "openid")];
    let issued = client.token(&world, &said);
    let token = id_claims(&issued);
    assert_eq!((&token["amr"], token.get("nonce"), token.get("sid")), (&json!(["pwd"]), None, None));
    assert_eq!(issued.json.get("user"), None::<&Value>);
    // The application's own sign-in is what it always was.
    let own = world.guest().sign_in("/acme/shop", "ann", PASSWORD);
    assert!(own.json.get("id_token").is_none() && own.json.get("user").is_some());
    assert!(claims(&own.token()).get("auth_time").is_none());
}
