//! Resource indicators. *Spec*: RFC 8707; security rule M-4.

use serde_json::{Value, json};
use tokengrid::domain::registered::GrantType;

use super::flow::{App, app, browser, grant, told};
use crate::access::mint::claims;
use crate::support::{Answer, World, world};

const API: &str = "https://api.example/v1";
const FILES: &str = "https://files.example";

fn client(world: &World) -> App {
    app(world, |client| {
        client.resources = vec![API.to_owned(), FILES.to_owned()];
        client.grant_types.push(GrantType::ClientCredentials);
    })
}

#[track_caller]
fn audience(answer: &Answer) -> Value {
    claims(&answer.token())["aud"].clone()
}

#[test]
fn s2_a_resource_is_a_uri_that_the_client_registered() {
    let world = world();
    let (client, browser) = (client(&world), browser(&world));
    let issuer = format!("{}/acme/shop", world.server.base);
    for unknown in ["https://other.example", "https://api.example/v1/", "https://api.example/v1#a", "api", "/v1"] {
        let answer = client.ask(&browser, &[("resource", unknown)]);
        assert_eq!(told(&answer).as_deref(), Some("invalid_target"), "{unknown}");
        let mixed = client.ask(&browser, &[("resource", API), ("resource", unknown)]);
        assert_eq!(told(&mixed).as_deref(), Some("invalid_target"), "{unknown}");
        let machine = [("grant_type", "client_credentials"), ("scope", "api"), ("resource", unknown)];
        assert_eq!(client.token(&world, &machine).error(), (400, "invalid_target"), "{unknown}");
    }
    let of = |changed: &[(&str, &str)]| audience(&client.redeem(&world, &client.code(&browser, changed)));
    assert_eq!(of(&[("scope", "api")]), json!(issuer));
    assert_eq!(of(&[("scope", "api"), ("resource", API)]), json!(API));
    assert_eq!(of(&[("scope", "api"), ("resource", FILES), ("resource", API), ("resource", API)]), json!([API, FILES]));
    assert_eq!(of(&[("scope", "api"), ("resource", &issuer)]), json!(issuer));
    // Whoever asked for openid may ask the issuer about the person.
    assert_eq!(of(&[("scope", "openid"), ("resource", API)]), json!([issuer, API]));
    let machine = [("grant_type", "client_credentials"), ("scope", "api"), ("resource", API)];
    assert_eq!(audience(&client.token(&world, &machine)), json!(API));
}

#[test]
fn s2_2_the_token_request_narrows_and_never_widens() {
    let world = world();
    let (client, browser) = (client(&world), browser(&world));
    let asked = [("scope", "api"), ("resource", API), ("resource", FILES)];
    let with = |code: &str, more: &[(&str, &str)]| client.token(&world, &[&grant(code)[..], more].concat());
    let first = with(&client.code(&browser, &asked), &[("resource", API)]);
    assert_eq!(audience(&first), json!(API));
    // The session has what was granted; each refresh says anew.
    let refresh = |more: &[(&str, &str)]| {
        let said = [("grant_type", "refresh_token"), ("refresh_token", first.text_of("refresh_token"))];
        client.token(&world, &[&said[..], more].concat())
    };
    assert_eq!(refresh(&[("resource", "https://other.example")]).error(), (400, "invalid_target"));
    assert_eq!(audience(&refresh(&[("resource", FILES)])), json!(FILES));
    assert_eq!(audience(&refresh(&[])), json!([API, FILES]));

    let only = client.code(&browser, &[("scope", "api"), ("resource", API)]);
    assert_eq!(with(&only, &[("resource", FILES)]).error(), (400, "invalid_target"));
    let none = client.code(&browser, &[("scope", "api")]);
    assert_eq!(with(&none, &[("resource", API)]).error(), (400, "invalid_target"));
}

#[test]
fn a_token_for_another_resource_opens_nothing_here() {
    let world = world();
    let (client, browser) = (client(&world), browser(&world));
    let token = client.redeem(&world, &client.code(&browser, &[("scope", "api"), ("resource", API)])).token();
    assert_eq!(world.guest().bearer(&token).get("/acme/shop/users/me").status, 401);
}
