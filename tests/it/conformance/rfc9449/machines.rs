//! Grants without a browser of the client's own: token exchange and devices.

use serde_json::json;
use tokengrid::domain::registered::{AuthMethod, GrantType};

use super::{Prover, TOKEN, app, assert_bound, bound, form};
use crate::access::mint::claims;
use crate::support::{Browser, PASSWORD, world};

const ACCESS: &str = "urn:ietf:params:oauth:token-type:access_token";

#[test]
fn s5_a_bound_token_is_exchanged_by_its_key_alone() {
    let world = world();
    let (key, thief) = (Prover::new(&world), Prover::new(&world));
    let service = app(&world, |client| client.grant_types = vec![GrantType::TokenExchange]);
    let subject = bound(&world, &key);
    let said = [
        ("grant_type", GrantType::TokenExchange.as_str()),
        ("subject_token", &subject),
        ("subject_token_type", ACCESS),
        ("scope", "api"),
    ];
    assert_eq!(service.token(&world, &said).error(), (400, "invalid_request"));
    let exchange = |by: &Prover<'_>| by.form(&service.caller(&world), TOKEN, &form(&said));
    assert_eq!(exchange(&thief).error(), (400, "invalid_request"));
    let answer = exchange(&key);
    assert_bound(&answer, &key);
    assert_eq!(claims(&answer.token())["sub"], json!(world.acme.user.id));
}

#[test]
fn s5_a_device_that_began_with_a_key_goes_on_with_it() {
    let world = world();
    let (key, thief) = (Prover::new(&world), Prover::new(&world));
    let tv = app(&world, |client| {
        client.grant_types = vec![GrantType::DeviceCode, GrantType::RefreshToken];
        client.token_endpoint_auth_method = AuthMethod::None;
        client.first_party = false;
    });
    let client_id = tv.client_id();
    let body = form(&[("client_id", &client_id), ("scope", "openid api")]);
    let begun = key.form(&world.guest(), "/acme/shop/device_authorization", &body);
    assert_eq!(begun.status, 200, "{}", begun.text);
    let browser = Browser::new(world.guest());
    let page = begun.text_of("verification_uri_complete").strip_prefix(&world.server.base).unwrap();
    let page = browser.follow(browser.get(page));
    let page = browser.sign_in(&page, "ann", PASSWORD);
    browser.press(&page, "allow", &[]);

    let said = [
        ("grant_type", GrantType::DeviceCode.as_str()),
        ("client_id", &client_id),
        ("device_code", begun.text_of("device_code")),
    ];
    assert_eq!(thief.form(&world.guest(), TOKEN, &form(&said)).status, 400);
    assert_eq!(world.guest().form(TOKEN, &form(&said)).status, 400);
    world.server.advance(std::time::Duration::from_secs(60));
    let answer = key.form(&world.guest(), TOKEN, &form(&said));
    assert_bound(&answer, &key);
}
