//! Tokens of users that the administration takes, and what they die with.

use serde_json::json;
use tokengrid::domain::authority::Authority::{Admin, AppClient, OrgClient};
use tokengrid::manage::Actor;

use super::stage::{Stage, get};
use crate::support::{Account, Client, PASSWORD};

#[test]
fn a_token_of_a_user_dies_with_what_it_was_asked_for_by() {
    let stage = Stage::new();
    let (world, acme) = (&stage.world, &stage.world.acme);
    let lives = |token: &str| get(&stage.guest.bearer(token), "/users/me").status == 200;
    let admin = || {
        let session = stage.guest.sign_in("/management", &acme.admin_name(), PASSWORD);
        (stage.guest.bearer(&session.token()), session.token())
    };
    let lend = |caller: &Client| get(caller, "/users/ann/token").token();
    let own = stage.caller("ann");

    // One session of the lender ends, and nothing else with it.
    let ((one, one_token), (other, _)) = (admin(), admin());
    let (by_one, by_other) = (lend(&one), lend(&other));
    assert!(lives(&by_one) && lives(&by_other));
    let path = format!("/management/users/{}/revoketoken?token={one_token}", acme.admin.id);
    assert_eq!(one.put(&path, &json!({})).status, 200);
    assert!(!lives(&by_one) && lives(&by_other));

    // All tokens of the lender end; one that is lent in the same moment by a new one lives.
    let path = format!("/management/users/{}/revoketokens", acme.admin.id);
    assert_eq!(other.put(&path, &json!({})).status, 200);
    assert!(!lives(&by_other));
    let (third, _) = admin();
    let by_third = lend(&third);
    assert!(lives(&by_third));

    // The lender leaves the organization.
    Account::named("second").admin(&world.server, acme);
    let path = format!("/management/orgs/acme/users/{}", acme.admin.id);
    assert_eq!(third.delete(&path).status, 200);
    assert!(!lives(&by_third));

    // So it is with clients, by a token and by their secret alone.
    let by_client = lend(&world.caller(acme, OrgClient));
    let (id, secret) = &acme.org_client;
    let by_secret = get(&stage.guest, &format!("/users/ann/token?client_id={id}&client_secret={secret}")).token();
    let by_app = lend(&world.caller(acme, AppClient));
    assert!(lives(&by_client) && lives(&by_secret) && lives(&by_app));
    let registry = &world.server.core.registry;
    world.server.wait(registry.revoke_org_client(acme.org.id, Actor::Operator)).unwrap();
    assert!(!lives(&by_client) && !lives(&by_secret) && lives(&by_app));
    assert_eq!(get(&own, "/users/me").status, 200, "the user's own session is their own");
}

#[test]
fn what_was_lent_lives_no_longer_than_a_revocation_of_the_lender_is_remembered() {
    let stage = Stage::new();
    let week = 7 * 86_400;
    let settings = stage.owner.put("/acme/shop", &json!({ "accesstokenttl": week * 10_000 }));
    assert_eq!(settings.status, 200, "{}", settings.text);
    let admin = stage.world.caller(&stage.world.acme, Admin);
    let lent = get(&admin, "/users/ann/token");
    assert!(lent.json["expires_in"].as_i64().is_some_and(|left| left <= week), "{}", lent.text);
}

#[test]
fn a_registered_client_with_every_right_lends_tokens_that_hold_and_die_with_it() {
    let stage = Stage::new();
    let admin = stage.world.caller(&stage.world.acme, Admin);
    let clients = "/management/orgs/acme/apps/shop/clients";
    let said = json!({ "client_name": "desk", "grant_types": ["client_credentials"], "scope": "api read" });
    let made = admin.json(clients, &said);
    let text = |name: &str| made.json["entities"][0][name].as_str().unwrap().to_owned();
    let (id, desk) = (text("client_id"), stage.guest.basic(&text("client_id"), &text("client_secret")));
    let own = desk.form("/acme/shop/token", "grant_type=client_credentials&scope=api").token();
    let lent = get(&stage.guest.bearer(&own), "/users/ann/token").token();
    let look = |token: &str| get(&stage.guest.bearer(token), "/users/me").status;
    assert_eq!(look(&lent), 200);
    let limited = desk.form("/acme/shop/token", "grant_type=client_credentials&scope=read").token();
    assert_eq!(get(&stage.guest.bearer(&limited), "/users/ann/token").status, 403);
    assert_eq!(admin.put(&format!("{clients}/{id}"), &json!({ "disabled": true })).status, 200);
    assert_eq!(look(&lent), 401);
}
