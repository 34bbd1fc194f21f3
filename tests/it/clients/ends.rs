//! A client that ends takes with it what it got, and what people got by it.

use serde_json::{Value, json};

use super::{CLIENTS, admin, ask, by_basic, refresh, service, sign_in, text};
use crate::support::{World, world};

struct Out {
    own: String,
    of_ann: String,
    refresh: String,
}

fn begin(world: &World, client: &Value) -> Out {
    let caller = by_basic(world, client);
    let person = sign_in(&caller, None);
    let own = ask(&caller, &[("grant_type", "client_credentials")]).token();
    Out { own, of_ann: person.token(), refresh: person.text_of("refresh_token").to_owned() }
}

#[track_caller]
fn are_dead(world: &World, out: &Out) {
    for token in [&out.own, &out.of_ann] {
        assert_eq!(world.guest().bearer(token).get("/acme/shop").status, 401);
    }
}

#[test]
fn a_client_that_is_disabled_ends_what_it_was_given_for_good() {
    let world = world();
    let (client, path) = {
        let client = service(&world);
        let path = format!("{CLIENTS}/{}", text(&client, "client_id"));
        (client, path)
    };
    let out = begin(&world, &client);
    let bystander = world.guest().sign_in("/acme/shop", "ann", "correct horse").token();
    assert_eq!(world.guest().bearer(&out.of_ann).get("/acme/shop").status, 200);
    assert_eq!(admin(&world).put(&path, &json!({ "disabled": true })).status, 200);
    are_dead(&world, &out);
    let caller = by_basic(&world, &client);
    assert_eq!(refresh(&caller, &out.refresh, &[]).error(), (401, "invalid_client"));
    assert_eq!(ask(&caller, &[("grant_type", "client_credentials")]).error(), (401, "invalid_client"));
    assert_eq!(world.guest().bearer(&bystander).get("/acme/shop").status, 200, "others are not touched");

    assert_eq!(admin(&world).put(&path, &json!({ "disabled": false })).status, 200);
    are_dead(&world, &out);
    assert_eq!(refresh(&caller, &out.refresh, &[]).error(), (400, "invalid_grant"));
    // It may begin anew, in the same moment of the clock.
    let anew = begin(&world, &client);
    assert_eq!(world.guest().bearer(&anew.of_ann).get("/acme/shop").status, 200);
    assert_eq!(world.guest().bearer(&anew.own).get("/acme/shop").status, 200);
    assert_eq!(refresh(&caller, &anew.refresh, &[]).status, 200);
}

#[test]
fn a_client_that_is_deleted_ends_what_it_was_given() {
    let world = world();
    let client = service(&world);
    let out = begin(&world, &client);
    let path = format!("{CLIENTS}/{}", text(&client, "client_id"));
    assert_eq!(admin(&world).delete(&path).status, 200);
    are_dead(&world, &out);
    assert_eq!(refresh(&by_basic(&world, &client), &out.refresh, &[]).error(), (401, "invalid_client"));
    assert_eq!(admin(&world).get(&path).error(), (404, "entity_not_found"));
    assert_eq!(admin(&world).delete(&path).error(), (404, "entity_not_found"));
    assert_eq!(admin(&world).get(CLIENTS).json["count"], 0);
}

#[test]
fn another_node_hears_of_it() {
    let world = world();
    let client = service(&world);
    let node = world.server.beside(|_| {});
    let there = node.guest().basic(text(&client, "client_id"), text(&client, "client_secret"));
    assert_eq!(ask(&there, &[("grant_type", "client_credentials")]).status, 200);
    let path = format!("{CLIENTS}/{}", text(&client, "client_id"));
    assert_eq!(admin(&world).put(&path, &json!({ "disabled": true })).status, 200);
    node.core.directory.follow().unwrap();
    assert_eq!(ask(&there, &[("grant_type", "client_credentials")]).error(), (401, "invalid_client"));
}
