//! Client secrets in URLs can be switched off for every route of a place.

use tokengrid::domain::tenant::{AppSettings, Switch};
use tokengrid::manage::Actor;

use crate::support::{world, world_with};

#[test]
fn a_client_secret_in_the_query_is_refused_where_url_grants_are_off() {
    let world = world();
    let (id, secret) = &world.acme.app_client;
    let path = format!("/acme/shop?client_id={id}&client_secret={secret}");
    assert_eq!(world.guest().get(&path).status, 200);
    let settings = AppSettings { url_grants: Switch::Off, ..AppSettings::default() };
    world.server.wait(world.registry().set_app(&world.acme.app, settings, Actor::Operator)).unwrap();
    assert_eq!(world.guest().get(&path).error(), (401, "invalid_request"));
    assert_eq!(world.guest().basic(id, secret).get("/acme/shop").status, 200);
}

#[test]
fn the_management_plane_has_its_own_switch() {
    let world = world_with(|settings| settings.management.url_grants = Switch::Off);
    let (id, secret) = &world.acme.org_client;
    let path = format!("/management/orgs/acme?client_id={id}&client_secret={secret}");
    assert_eq!(world.guest().get(&path).error(), (401, "invalid_request"));
    assert_eq!(world.guest().basic(id, secret).get("/management/orgs/acme").status, 200);
}
