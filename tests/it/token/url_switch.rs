//! The switch that turns off grants by GET, in the query and as JSONP, for an application and for the management place.

use serde_json::json;
use tokengrid::domain::tenant::{AppSettings, Switch};
use tokengrid::manage::Actor;

use super::{assert_oauth, form};
use crate::support::{Client, PASSWORD, World, world, world_with};

const OFF: &str = "Grants are accepted here in a POST body only.";

/// Every form that the switch turns off, with credentials that would do.
fn assert_off(guest: &Client, path: &str, username: &str, (id, secret): &(String, String)) {
    let person = form(&[("grant_type", "password"), ("username", username), ("password", PASSWORD)]);
    let by_email = form(&[("grant_type", "password"), ("email", username), ("password", PASSWORD)]);
    let client = form(&[("grant_type", "client_credentials"), ("client_id", id), ("client_secret", secret)]);
    for query in [&person, &by_email, &client] {
        assert_oauth(&guest.get(&format!("{path}?{query}")), 400, "invalid_request", OFF);
        assert_oauth(&guest.send("POST", &format!("{path}?{query}"), None, ""), 400, "invalid_request", OFF);
        // A page can read its refusal only as a script.
        let script = guest.form(path, &format!("{query}&callback=cb"));
        let trace = script.header("x-request-id");
        let body = format!(r#"{{"error_description":"{OFF}","error":"invalid_request","trace_id":"{trace}"}}"#);
        assert_eq!((script.status, script.text), (400, format!("/**/cb({body});")));
    }
    // One credential in the URL is one too many, wherever the rest stands.
    let half = guest.form(
        &format!("{path}?client_secret={secret}"),
        &form(&[("grant_type", "client_credentials"), ("client_id", id)]),
    );
    assert_oauth(&half, 400, "invalid_request", OFF);
    let refresh = guest.form(&format!("{path}?refresh_token=x"), "grant_type=refresh_token");
    assert_oauth(&refresh, 400, "invalid_request", OFF);
    // Not even by GET with nothing in the URL.
    let basic = guest.basic(id, secret).get(path);
    assert_oauth(&basic, 400, "invalid_request", OFF);
    // A wrong password is not told from a right one.
    let wrong = person.replace("correct", "wrong");
    assert_oauth(&guest.get(&format!("{path}?{wrong}")), 400, "invalid_request", OFF);
}

fn assert_bodies_work(guest: &Client, path: &str, username: &str, (id, secret): &(String, String)) {
    let person = form(&[("grant_type", "password"), ("username", username), ("password", PASSWORD)]);
    assert_eq!(guest.form(path, &person).status, 200);
    let json = json!({ "grant_type": "password", "username": username, "password": PASSWORD });
    assert_eq!(guest.json(path, &json).status, 200);
    assert_eq!(guest.basic(id, secret).form(path, "grant_type=client_credentials").status, 200);
}

fn switch_off(world: &World) {
    let settings = AppSettings { url_grants: Switch::Off, ..AppSettings::default() };
    world.server.wait(world.registry().set_app(&world.acme.app, settings, Actor::Operator)).unwrap();
}

#[test]
fn an_application_switches_its_url_grants_off_and_no_other() {
    let world = world();
    let guest = world.guest();
    let grant = form(&[("grant_type", "password"), ("username", "ann"), ("password", PASSWORD)]);
    assert_eq!(guest.get(&format!("/acme/shop/token?{grant}")).status, 200);
    switch_off(&world);
    assert_off(&guest, "/acme/shop/token", "ann", &world.acme.app_client);
    assert_off(&guest, &format!("/apps/{}/token", world.acme.app.id), "ann", &world.acme.app_client);
    assert_bodies_work(&guest, "/acme/shop/token", "ann", &world.acme.app_client);
    assert_eq!(guest.get(&format!("/rival/shop/token?{grant}")).status, 200);
    let admin = grant.replace("ann", "acme-admin");
    assert_eq!(guest.get(&format!("/management/token?{admin}")).status, 200);
}

#[test]
fn the_management_place_switches_its_url_grants_off_and_no_other() {
    let world = world_with(|settings| settings.management.url_grants = Switch::Off);
    let guest = world.guest();
    for path in ["/management/token", "/management/me"] {
        assert_off(&guest, path, "acme-admin", &world.acme.org_client);
        assert_bodies_work(&guest, path, "acme-admin", &world.acme.org_client);
    }
    let grant = form(&[("grant_type", "password"), ("username", "ann"), ("password", PASSWORD)]);
    assert_eq!(guest.get(&format!("/acme/shop/token?{grant}")).status, 200);
}
