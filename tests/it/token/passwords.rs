//! The password grant's refusals, in both voices, for users and for admins.

use futures_util::FutureExt;
use serde_json::json;
use tokengrid::domain::secret::Secret;
use tokengrid::domain::tenant::Switch;
use tokengrid::manage::{Actor, NewPerson};

use super::{WRONG_LOGIN, assert_envelope, assert_oauth, form};
use crate::support::{Account, Answer, PASSWORD, World, world, world_with};

/// One sign-in in each encoding: form, JSON, query.
fn in_every_encoding(world: &World, place: &str, username: &str, password: &str) -> [Answer; 3] {
    let (guest, path) = (world.guest(), format!("{place}/token"));
    let parameters = form(&[("grant_type", "password"), ("username", username), ("password", password)]);
    [
        guest.form(&path, &parameters),
        guest.json(&path, &json!({ "grant_type": "password", "username": username, "password": password })),
        guest.get(&format!("{path}?{parameters}")),
    ]
}

/// The same refusal in every encoding, and the wrong password's instead of it when the password is wrong.
#[track_caller]
fn assert_state(world: &World, place: &str, username: &str, (status, description): (u16, &str)) {
    for answer in in_every_encoding(world, place, username, PASSWORD) {
        assert_oauth(&answer, status, "invalid_grant", description);
    }
    for answer in in_every_encoding(world, place, username, "wrong") {
        assert_oauth(&answer, 400, "invalid_grant", WRONG_LOGIN);
    }
}

#[test]
fn an_unknown_user_and_a_wrong_password_are_refused_alike_in_every_encoding() {
    let world = world();
    for (place, username) in [("/acme/shop", "ann"), ("/management", "acme-admin")] {
        for answer in in_every_encoding(&world, place, username, "wrong") {
            assert_oauth(&answer, 400, "invalid_grant", WRONG_LOGIN);
        }
        for answer in in_every_encoding(&world, place, "nobody", PASSWORD) {
            assert_oauth(&answer, 400, "invalid_grant", WRONG_LOGIN);
        }
    }
}

#[test]
fn people_sign_in_only_where_they_live() {
    let world = world();
    Account::named("bea").user(&world.server, &world.rival);
    // ISO-1: a user of one application, an admin at an application, a user at the management place.
    for (place, username) in [
        ("/acme/shop", "bea"),
        ("/acme/shop", "acme-admin"),
        ("/acme/sandbox", "ann"),
        ("/management", "ann"),
        ("/management", "bea"),
    ] {
        for answer in in_every_encoding(&world, place, username, PASSWORD) {
            assert_oauth(&answer, 400, "invalid_grant", WRONG_LOGIN);
        }
    }
    assert_eq!(world.guest().sign_in("/rival/shop", "bea", PASSWORD).status, 200);
}

#[test]
fn a_users_state_is_told_only_to_who_knows_the_password() {
    let world = world();
    let (server, acme) = (&world.server, &world.acme);
    Account { activated: false, ..Account::named("new") }.user(server, acme);
    Account { disabled: true, ..Account::named("gone") }.user(server, acme);
    Account { activated: false, disabled: true, ..Account::named("both") }.user(server, acme);
    Account { confirmed: false, ..Account::named("unconfirmed") }.user(server, acme);
    assert_state(&world, "/acme/shop", "new", (400, "user not activated"));
    assert_state(&world, "/acme/shop", "gone", (400, "user disabled"));
    assert_state(&world, "/acme/shop", "both", (400, "user not activated"));
    // Only admins are ever asked to confirm.
    assert_eq!(world.guest().sign_in("/acme/shop", "unconfirmed", PASSWORD).status, 200);
}

#[test]
fn an_admins_state_is_told_in_usergrids_order() {
    let world = world_with(|settings| settings.management.admins_must_confirm = Switch::On);
    let (server, acme) = (&world.server, &world.acme);
    Account { confirmed: false, activated: false, disabled: true, ..Account::named("all") }.admin(server, acme);
    Account { activated: false, disabled: true, ..Account::named("both") }.admin(server, acme);
    Account { disabled: true, ..Account::named("gone") }.admin(server, acme);
    assert_state(&world, "/management", "all", (403, "User must be confirmed to authenticate"));
    assert_state(&world, "/management", "both", (400, "user not activated"));
    assert_state(&world, "/management", "gone", (400, "user disabled"));
    // The switch is about admins alone.
    Account { confirmed: false, ..Account::named("user") }.user(server, acme);
    assert_eq!(world.guest().sign_in("/acme/shop", "user", PASSWORD).status, 200);
}

#[test]
fn an_unconfirmed_admin_signs_in_where_confirmation_is_not_asked_for() {
    let world = world();
    Account { confirmed: false, ..Account::named("unconfirmed") }.admin(&world.server, &world.acme);
    assert_eq!(world.guest().sign_in("/management", "unconfirmed", PASSWORD).status, 200);
}

#[test]
fn an_account_without_a_password_takes_none() {
    let world = world();
    Account { has_password: false, ..Account::named("sso") }.user(&world.server, &world.acme);
    Account { has_password: false, ..Account::named("sso") }.admin(&world.server, &world.acme);
    for place in ["/acme/shop", "/management"] {
        for answer in in_every_encoding(&world, place, "sso", PASSWORD) {
            assert_oauth(&answer, 400, "invalid_grant", WRONG_LOGIN);
        }
    }
}

#[test]
fn a_form_names_what_is_missing_and_usergrid_does_not() {
    let world = world();
    let guest = world.guest();
    for place in ["/acme/shop/token", "/management/token"] {
        let ask = |parameters: &[(&str, &str)]| guest.form(place, &form(parameters));
        let (grant, name, password) = (("grant_type", "password"), ("username", "ann"), ("password", "x"));
        assert_oauth(&ask(&[name, password]), 400, "invalid_request", "The parameter grant_type is missing.");
        assert_oauth(&ask(&[]), 400, "invalid_request", "The parameter grant_type is missing.");
        assert_oauth(&ask(&[grant, password]), 400, "invalid_request", "The parameter username is missing.");
        assert_oauth(&ask(&[grant, name]), 400, "invalid_request", "The parameter password is missing.");
        let unknown = ask(&[("grant_type", "carrier_pigeon"), name, password]);
        assert_oauth(&unknown, 400, "unsupported_grant_type", "This grant_type is not supported.");
        // An empty value counts as not sent (T-2).
        let empty = ask(&[("grant_type", ""), name, password]);
        assert_oauth(&empty, 400, "invalid_request", "The parameter grant_type is missing.");
        let empty = ask(&[grant, name, ("password", "")]);
        assert_oauth(&empty, 400, "invalid_request", "The parameter password is missing.");
        let padded = ask(&[("grant_type", "password "), name, password]);
        assert_oauth(&padded, 400, "unsupported_grant_type", "This grant_type is not supported.");

        for body in [
            json!({ "username": "ann", "password": "x" }),
            json!({ "grant_type": "password", "username": "ann" }),
            json!({ "grant_type": "password", "password": "x" }),
            json!({ "grant_type": "pin", "username": "ann", "password": "x" }),
            json!({ "grant_type": "authorization_code", "code": "x" }),
            json!({ "grant_type": "Password", "username": "ann", "password": PASSWORD }),
        ] {
            assert_oauth(&guest.json(place, &body), 400, "invalid_grant", WRONG_LOGIN);
        }
        for query in ["?username=ann", "?grant_type=password&username=ann", "?grant_type=pin&pin=1"] {
            assert_oauth(&guest.get(&format!("{place}{query}")), 400, "invalid_grant", WRONG_LOGIN);
        }
        assert_oauth(&guest.get(place), 400, "invalid_grant", WRONG_LOGIN);
    }
}

#[test]
fn a_password_that_bcrypt_cannot_read_whole_is_a_wrong_one() {
    let world = world();
    // 72 bytes are read, and not one more: what follows must not be ignored.
    let long = "x".repeat(72);
    let (username, password) = ("long".to_owned(), Some(Secret::new(&*long)));
    let person = NewPerson { username, email: None, name: None, password, properties: serde_json::Map::new() };
    let registry = world.registry();
    world.server.wait(registry.create_user(world.acme.app.id, person, Actor::Operator)).unwrap();
    assert_eq!(world.guest().sign_in("/acme/shop", "long", &long).status, 200);
    for answer in in_every_encoding(&world, "/acme/shop", "long", &format!("{long}y")) {
        assert_oauth(&answer, 400, "invalid_grant", WRONG_LOGIN);
    }
}

#[test]
fn a_silent_post_is_told_that_it_said_nothing() {
    let world = world();
    for place in ["/acme/shop/token", "/management/token"] {
        let silent = world.guest().send("POST", place, None, "");
        assert_envelope(&silent, 400, "illegal_argument", "missing json post data");
        let blank = world.guest().send("POST", place, Some("application/json"), " \n");
        assert_envelope(&blank, 400, "illegal_argument", "missing json post data");
        // An object is something, even where none of it is known: the grant says what is missing.
        for body in [json!({}), json!({ "foo": 1 })] {
            assert_oauth(&world.guest().json(place, &body), 400, "invalid_grant", WRONG_LOGIN);
        }
    }
}

#[test]
fn broken_json_is_json_parse_whatever_the_content_type() {
    let world = world();
    for kind in [Some("application/json"), Some("text/plain"), None] {
        let broken = world.guest().send("POST", "/acme/shop/token", kind, r#"{"grant_type":"password""#);
        assert_envelope(&broken, 400, "json_parse", "The body is not valid JSON.");
        let list = world.guest().send("POST", "/acme/shop/token", kind, r#"["password"]"#);
        assert_envelope(&list, 400, "json_parse", "The body must be a JSON object.");
    }
    let wrong = world.guest().json("/acme/shop/token", &json!({ "grant_type": "password", "username": 7 }));
    assert_envelope(&wrong, 400, "illegal_argument", "The parameter username has the wrong type.");
}

#[test]
fn a_full_password_lane_is_503_with_retry_after_for_its_own_tenant_alone() {
    let world = world_with(|settings| {
        settings.passwords.queue_per_tenant = 1;
        settings.passwords.max_wait = std::time::Duration::from_secs(60);
    });
    // Work of a second or more for the one thread, and work of the same tenant that waits behind it.
    let slow = Secret::new("$2b$14$abcdefghijklmnopqrstuu5LU0MeKFI6zUGEgmRkjTxDEbqVPXZEe");
    let lane = &world.server.core.lane;
    let work = || Box::pin(lane.verify(world.acme.app.id.into(), Secret::new("x"), Some(slow.clone())));
    let _running = work();
    // Refused until the thread has taken the first.
    let _waiting =
        std::iter::repeat_with(work).find_map(|mut next| (&mut next).now_or_never().is_none().then_some(next));

    let nobody = form(&[("grant_type", "password"), ("username", "nobody"), ("password", "x")]);
    for answer in [
        world.guest().sign_in("/acme/shop", "ann", PASSWORD),
        // Whoever does not exist waits in the same line.
        world.guest().form("/acme/shop/token", &nobody),
    ] {
        assert_eq!(answer.error(), (503, "temporarily_unavailable"), "{}", answer.text);
        assert!(answer.header("retry-after").parse::<u64>().unwrap() >= 1, "{}", answer.header("retry-after"));
        assert_eq!(answer.header("cache-control"), "no-store");
        assert_eq!(super::members(&answer), ["error", "error_description", "error_id"]);
    }
    assert_eq!(world.guest().sign_in("/rival/shop", "ann", PASSWORD).status, 200);
}
