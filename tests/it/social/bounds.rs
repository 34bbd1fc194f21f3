//! What a service, or whoever names one, cannot do to the server.

use serde_json::json;
use tokengrid::domain::authority::Authority::{Admin, AppClient};
use tokengrid::domain::tenant::Switch;

use super::{settings_path, with_facebook};
use crate::support::{Host, Says, world, world_with};

#[test]
fn a_service_that_fails_is_no_refusal_and_is_worth_another_try() {
    let grid = with_facebook();
    let elsewhere = Host::start(Says::json(json!({ "id": "1", "name": "Trap" })));
    for says in [
        Says::Nothing,
        Says::Closed,
        Says::status(500),
        Says::status(429),
        Says::Answer(200, Vec::new(), format!("{{\"id\":\"1\",\"name\":\"{}\"}}", "x".repeat(5_000))),
        Says::Answer(302, vec![("location", elsewhere.url("/me"))], String::new()),
        Says::Answer(307, vec![("location", elsewhere.url("/me"))], String::new()),
    ] {
        grid.host.says(says);
        let answer = grid.sign_in(&grid.world.acme, "facebook", "fb_access_token=outside");
        assert_eq!(answer.error(), (503, "temporarily_unavailable"), "{}", answer.text);
        assert_eq!(answer.header("retry-after"), "5");
    }
    assert_eq!(grid.host.count(), 7);
    assert_eq!(elsewhere.count(), 0, "a redirect was followed");
}

#[test]
fn a_url_of_the_own_network_is_refused_when_it_is_set() {
    let world = world();
    let admin = world.caller(&world.acme, Admin);
    let path = settings_path(&world.acme, "facebook");
    for url in [
        "https://127.0.0.1/me",
        "https://[::1]/me",
        "https://10.0.0.1/me",
        "https://169.254.169.254/latest/meta-data",
        "https://[::ffff:192.168.0.1]/me",
        "https://2130706433/me",
        "http://graph.example.test/me",
        "ftp://graph.example.test/me",
        "https://user@graph.example.test/me",
        "me",
    ] {
        let answer = admin.json(&path, &json!({ "api_url": url }));
        assert_eq!(answer.error(), (400, "illegal_argument"), "{url}: {}", answer.text);
    }
    assert_eq!(admin.json(&path, &json!({ "api_url": "https://graph.example.test/me" })).status, 200);
}

#[test]
fn a_name_that_leads_into_the_own_network_is_never_connected_to() {
    let host = Host::start(Says::json(json!({ "id": "1", "name": "Inside" })));
    let world = world_with(|settings| settings.upstream.allow_plain_http = Switch::On);
    let url = format!("http://localhost:{}/me", host.address.port());
    let set =
        world.caller(&world.acme, Admin).json(&settings_path(&world.acme, "facebook"), &json!({ "api_url": url }));
    assert_eq!(set.status, 200, "{}", set.text);
    let answer = world.caller(&world.acme, AppClient).get("/acme/shop/auth/facebook?fb_access_token=outside");
    assert_eq!(answer.error(), (503, "temporarily_unavailable"), "{}", answer.text);
    assert!(!answer.text.contains("localhost"), "{}", answer.text);
    assert_eq!(host.count(), 0);
}

#[test]
fn url_grants_off_takes_outside_tokens_from_bodies_alone() {
    let grid = with_facebook();
    let app = &grid.world.acme.app;
    let settings = tokengrid::domain::tenant::AppSettings { url_grants: Switch::Off, ..app.settings.clone() };
    grid.world.server.wait(grid.world.registry().set_app(app, settings, tokengrid::manage::Actor::Operator)).unwrap();
    grid.host.says(Says::json(json!({ "id": "1", "name": "Ann" })));
    let caller = grid.world.caller(&grid.world.acme, AppClient);
    let by_url = caller.get("/acme/shop/auth/facebook?fb_access_token=outside");
    assert_eq!(by_url.error(), (400, "invalid_request"), "{}", by_url.text);
    assert_eq!(grid.host.count(), 0);
    assert_eq!(caller.form("/acme/shop/auth/facebook", "fb_access_token=outside").status, 200);
}
