//! Where a token or client pair may come from, which of two counts, and what is said of a bad one.

use tokengrid::domain::authority::Authority;
use tokengrid::domain::tenant::{AppSettings, Switch};
use tokengrid::manage::Actor;

use crate::support::{Answer, World, world, world_with};

const INVALID_TOKEN: &str = r#"Bearer realm="Tokengrid", error="invalid_token""#;
const NO_TOKEN: &str = r#"Bearer realm="Tokengrid""#;

#[track_caller]
fn refused(answer: &Answer, code: &str, description: &str, challenge: &str) {
    assert_eq!(answer.error(), (401, code), "{}", answer.text);
    assert_eq!(answer.text_of("error_description"), description);
    assert_eq!(answer.header("www-authenticate"), challenge);
    assert_eq!(answer.header("content-type"), "application/json");
    assert_eq!(answer.header("cache-control"), "no-store");
}

fn user_token(world: &World) -> String {
    world.acme.token(&world.guest(), Authority::AppUser)
}

#[test]
fn a_token_is_taken_from_the_header_the_query_or_a_form() {
    let world = world();
    let token = user_token(&world);
    let guest = world.guest();
    assert_eq!(guest.bearer(&token).get("/acme/shop/users/me").status, 200);
    assert_eq!(guest.get(&format!("/acme/shop/users/me?access_token={token}")).status, 200);
    for scheme in ["bearer", "BEARER", "Bearer  "] {
        let header = format!("{scheme} {token}");
        let answer = guest.send_with("GET", "/acme/shop/users/me", None, "", &[("authorization", &header)]);
        assert_eq!(answer.status, 200, "{scheme}");
    }
    let form = format!("access_token={token}");
    assert_eq!(guest.form("/acme/shop/users/me/revoketokens", &form).status, 200);
}

#[test]
fn a_caller_without_credentials_is_asked_for_a_token() {
    let world = world();
    let answer = world.guest().get("/acme/shop/credentials");
    refused(&answer, "unauthorized", "Subject does not have permission to access this resource", NO_TOKEN);
}

#[test]
fn an_empty_bearer_is_an_invalid_request() {
    let world = world();
    for header in ["Bearer", "Bearer ", "bearer   "] {
        let answer = world.guest().send_with("GET", "/acme/shop/users/me", None, "", &[("authorization", header)]);
        refused(&answer, "invalid_request", "The bearer token is empty", INVALID_TOKEN);
    }
}

#[test]
fn the_parameter_wins_over_the_header() {
    let world = world();
    let (good, path) = (user_token(&world), "/acme/shop/users/me");
    let with =
        |header: &str, parameter: &str| world.guest().bearer(header).get(&format!("{path}?access_token={parameter}"));
    assert_eq!(with("garbage", &good).status, 200);
    assert_eq!(with(&good, "garbage").error(), (401, "auth_unverified_oath"));
    let foreign = world.rival.token(&world.guest(), Authority::AppUser);
    assert_eq!(with(&good, &foreign).error(), (401, "unauthorized"));
    assert_eq!(with(&foreign, &good).json["entities"][0]["uuid"], world.acme.user.id.to_string());
    // An empty parameter was not sent.
    assert_eq!(with(&good, "").status, 200);
}

#[test]
fn a_bad_token_is_refused_even_beside_a_good_pair() {
    let world = world();
    let (id, secret) = &world.acme.app_client;
    let pair = format!("client_id={id}&client_secret={secret}");
    let answer = world.guest().bearer("garbage").get(&format!("/acme/shop/credentials?{pair}"));
    assert_eq!(answer.error(), (401, "auth_unverified_oath"));
    let answer = world.guest().basic(id, secret).get("/acme/shop/credentials?access_token=garbage");
    assert_eq!(answer.error(), (401, "auth_unverified_oath"));
}

#[test]
fn tokens_by_url_can_be_switched_off_for_an_application() {
    let world = world();
    let settings = AppSettings { url_tokens: Switch::Off, ..AppSettings::default() };
    world.server.wait(world.registry().set_app(&world.acme.app, settings, Actor::Operator)).unwrap();
    let token = user_token(&world);
    let answer = world.guest().get(&format!("/acme/shop/users/me?access_token={token}"));
    let sentence = "Tokens are accepted here in the Authorization header only";
    refused(&answer, "invalid_request", sentence, INVALID_TOKEN);
    // Not even beside a good header: the parameter is what counts, and it may not come this way.
    let both = world.guest().bearer(&token).get(&format!("/acme/shop/users/me?access_token={token}"));
    refused(&both, "invalid_request", sentence, INVALID_TOKEN);
    assert_eq!(world.guest().bearer(&token).get("/acme/shop/users/me").status, 200);
    let rival = world.rival.token(&world.guest(), Authority::AppUser);
    assert_eq!(world.guest().get(&format!("/rival/shop/users/me?access_token={rival}")).status, 200);
    let form = format!("access_token={token}");
    assert_eq!(world.guest().form("/acme/shop/users/me/revoketokens", &form).status, 200);
}

#[test]
fn tokens_by_url_can_be_switched_off_for_the_management_place() {
    let world = world_with(|settings| settings.management.url_tokens = Switch::Off);
    let token = world.acme.token(&world.guest(), Authority::Admin);
    for path in ["/management/me", "/management/token", "/management/users/me", "/management/orgs/acme"] {
        let answer = world.guest().get(&format!("{path}?access_token={token}"));
        assert_eq!(answer.error(), (401, "invalid_request"), "{path}: {}", answer.text);
        assert_eq!(world.guest().bearer(&token).get(path).status, 200, "{path}");
    }
    assert_eq!(world.guest().get(&format!("/acme/shop?access_token={token}")).status, 200);
}

#[test]
fn a_wrong_pair_is_worded_by_the_way_it_came() {
    let world = world();
    let (id, secret) = &world.acme.app_client;
    let rival = &world.rival.app_client.1;
    for (id, secret) in [(id.as_str(), "wrong"), (id, rival), ("YXA6unknown", secret), ("", secret)] {
        let basic = world.guest().basic(id, secret).get("/acme/shop/credentials");
        refused(&basic, "auth_invalid_credentials", "Unable to authenticate", NO_TOKEN);
    }
    for (id, secret) in [(id.as_str(), "wrong"), (id, rival), ("YXA6unknown", secret)] {
        let pair = format!("client_id={id}&client_secret={secret}");
        let query = world.guest().get(&format!("/acme/shop/credentials?{pair}"));
        refused(&query, "invalid_client", "Unable to authenticate (OAuth)", NO_TOKEN);
        let form = world.guest().form("/acme/shop/credentials", &pair);
        refused(&form, "invalid_client", "Unable to authenticate (OAuth)", NO_TOKEN);
    }
}

#[test]
fn half_a_pair_is_no_pair() {
    let world = world();
    let (id, secret) = &world.acme.app_client;
    for half in [format!("client_id={id}"), format!("client_secret={secret}"), format!("client_id={id}&client_secret=")]
    {
        let answer = world.guest().get(&format!("/acme/shop/credentials?{half}"));
        assert_eq!(answer.error(), (401, "unauthorized"), "{half}");
    }
}

#[test]
fn an_admins_name_and_password_are_no_basic_credentials() {
    let world = world();
    let answer = world.guest().basic("acme-admin", "correct horse").get("/management/orgs/acme");
    refused(&answer, "auth_invalid_credentials", "Unable to authenticate", NO_TOKEN);
}

#[test]
fn two_tokens_in_one_request_are_refused() {
    let world = world();
    let token = user_token(&world);
    let twice = world.guest().get(&format!("/acme/shop/users/me?access_token={token}&access_token={token}"));
    assert_eq!(twice.error(), (400, "invalid_request"), "{}", twice.text);
    let both = format!("Bearer {token}, Bearer {token}");
    let listed = world.guest().send_with("GET", "/acme/shop/users/me", None, "", &[("authorization", &both)]);
    assert_eq!(listed.error(), (400, "invalid_request"), "{}", listed.text);
    let path = format!("/acme/shop/users/me/revoketokens?access_token={token}");
    let mixed = world.guest().form(&path, &format!("access_token={token}"));
    assert_eq!(mixed.error(), (400, "invalid_request"), "{}", mixed.text);
}
