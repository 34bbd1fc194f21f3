//! Sessions that a client began together with a person: only that client goes on with them (RFC 6749 §6).

use std::time::Duration;

use serde_json::json;
use tokengrid::manage::Actor;

use super::four_levels::claims;
use super::{NO_CLIENT, WRONG_CLIENT, WRONG_REFRESH, assert_challenged, assert_oauth, form, refresh, successor};
use crate::support::{Answer, Client, PASSWORD, World, world};

type Pair = (String, String);

/// A sign-in of ann by a client that proves itself.
fn sign_in_with(world: &World, (id, secret): &Pair) -> Answer {
    let person = form(&[("grant_type", "password"), ("username", "ann"), ("password", PASSWORD)]);
    world.guest().basic(id, secret).form("/acme/shop/token", &person)
}

/// A use of a token with client parameters beside it.
fn use_with(caller: &Client, token: &str, client: &[(&str, &str)]) -> Answer {
    let grant = [("grant_type", "refresh_token"), ("refresh_token", token)];
    caller.form("/acme/shop/token", &form(&[&grant[..], client].concat()))
}

fn head(world: &World, token: &str) -> u32 {
    let id = super::refresh::family(token);
    world.server.core.store.find_refresh_family(world.acme.app.id.into(), id).unwrap().unwrap().head
}

#[test]
fn the_client_that_began_a_session_goes_on_with_it() {
    let world = world();
    for client @ (id, secret) in [&world.acme.app_client, &world.acme.org_client] {
        let answer = sign_in_with(&world, client);
        assert_eq!(claims(&answer.token())["client_id"], *id);
        let by_basic = use_with(&world.guest().basic(id, secret), &successor(&answer), &[]);
        let by_body = [("client_id", &**id), ("client_secret", &**secret)];
        let answer = use_with(&world.guest(), &successor(&by_basic), &by_body);
        assert_eq!(answer.status, 200, "{}", answer.text);
        assert_eq!(claims(&answer.token())["client_id"], *id);
    }
}

#[test]
fn nobody_else_goes_on_with_it_and_nothing_is_burnt() {
    let world = world();
    let (acme, rival) = (&world.acme, &world.rival);
    let (id, secret) = &acme.app_client;
    let token = successor(&sign_in_with(&world, &acme.app_client));
    let guest = world.guest();

    // RT-5: no secret, an empty one, a wrong one.
    let refused = |answer: &Answer| assert_oauth(answer, 400, "invalid_grant", WRONG_REFRESH);
    let unproved = |answer: &Answer| assert_oauth(answer, 401, "invalid_client", NO_CLIENT);
    unproved(&use_with(&guest, &token, &[]));
    unproved(&use_with(&guest, &token, &[("client_id", id)]));
    unproved(&use_with(&guest, &token, &[("client_id", id), ("client_secret", "")]));
    // In Usergrid's voice there is no such word; it was no sign-in either, so it is the token that is no good here.
    let bare = json!({ "grant_type": "refresh_token", "refresh_token": &token });
    refused(&guest.json("/acme/shop/token", &bare));
    assert_oauth(
        &use_with(&guest, &token, &[("client_id", id), ("client_secret", "wrong")]),
        401,
        "invalid_client",
        WRONG_CLIENT,
    );
    assert_challenged(&use_with(&guest.basic(id, ""), &token, &[]));
    assert_challenged(&use_with(&guest.basic(id, "wrong"), &token, &[]));

    // RT-6: another client, itself right or not.
    refused(&use_with(&guest.basic(&acme.org_client.0, &acme.org_client.1), &token, &[]));
    assert_challenged(&use_with(&guest.basic(&rival.app_client.0, &rival.app_client.1), &token, &[]));
    assert_challenged(&use_with(&guest.basic(&rival.org_client.0, &rival.org_client.1), &token, &[]));

    // RT-16: a refused use moves nothing.
    assert_eq!(head(&world, &token), 1);
    successor(&use_with(&guest.basic(id, secret), &token, &[]));
}

#[test]
fn a_stranger_with_an_old_token_does_not_end_the_session() {
    let world = world();
    let (id, secret) = &world.acme.app_client;
    let client = world.guest().basic(id, secret);
    let first = successor(&sign_in_with(&world, &world.acme.app_client));
    let second = successor(&use_with(&client, &first, &[]));
    let third = successor(&use_with(&client, &second, &[]));
    // RT-6: cross-client replay yields nothing and kills nothing.
    assert_oauth(&use_with(&world.guest(), &first, &[]), 401, "invalid_client", NO_CLIENT);
    successor(&use_with(&client, &third, &[]));
    // By its own client it is theft.
    assert_oauth(&use_with(&client, &first, &[]), 400, "invalid_grant", WRONG_REFRESH);
    assert_oauth(&use_with(&client, &third, &[]), 400, "invalid_grant", WRONG_REFRESH);
}

#[test]
fn a_session_without_a_client_needs_none() {
    let world = world();
    let (id, secret) = &world.acme.app_client;
    let token = successor(&world.guest().sign_in("/acme/shop", "ann", PASSWORD));
    let token = successor(&use_with(&world.guest(), &token, &[("client_id", id)]));
    let token = successor(&use_with(&world.guest().basic(id, secret), &token, &[]));
    // A client that proves itself wrongly is refused all the same.
    assert_challenged(&use_with(&world.guest().basic(id, "wrong"), &token, &[]));
    let foreign = [("client_id", &*world.rival.app_client.0)];
    assert_oauth(&use_with(&world.guest(), &token, &foreign), 401, "invalid_client", WRONG_CLIENT);
    successor(&use_with(&world.guest(), &token, &[]));
}

#[test]
fn a_session_begun_with_a_public_client_id_is_not_bound() {
    let world = world();
    let person = [("grant_type", "password"), ("username", "ann"), ("password", PASSWORD)];
    let id = &world.acme.app_client.0;
    let answer = world.guest().form("/acme/shop/token", &form(&[&person[..], &[("client_id", id)]].concat()));
    successor(&refresh(&world.guest(), "/acme/shop", &successor(&answer)));
}

#[test]
fn a_clients_new_secret_goes_on_with_its_sessions_and_its_old_one_does_not() {
    let world = world();
    let (id, old) = &world.acme.app_client;
    let token = successor(&sign_in_with(&world, &world.acme.app_client));
    let registry = world.registry();
    let rotation = registry.rotate_credentials(world.acme.app_client_id(), Duration::ZERO, Actor::Operator);
    let new = world.server.wait(rotation).unwrap().client_secret.unwrap();
    assert_challenged(&use_with(&world.guest().basic(id, old), &token, &[]));
    successor(&use_with(&world.guest().basic(id, new.expose()), &token, &[]));
}

#[test]
fn an_admins_session_is_bound_to_the_client_beside_it() {
    let world = world();
    let (id, secret) = &world.acme.org_client;
    let client = world.guest().basic(id, secret);
    let person = form(&[("grant_type", "password"), ("username", "acme-admin"), ("password", PASSWORD)]);
    let token = successor(&client.form("/management/token", &person));
    assert_oauth(&refresh(&world.guest(), "/management", &token), 401, "invalid_client", NO_CLIENT);
    let rival = world.guest().basic(&world.rival.org_client.0, &world.rival.org_client.1);
    assert_oauth(&refresh(&rival, "/management", &token), 400, "invalid_grant", WRONG_REFRESH);
    successor(&refresh(&client, "/management", &token));
}
