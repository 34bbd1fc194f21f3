//! Passwords, pins, rest and tokens of users. *Ports*: `UserResourceIT`.

use std::time::Duration;

use serde_json::{Value, json};
use tokengrid::domain::authority::Authority::{Admin, AppClient, OrgClient};
use tokengrid::domain::secret::Secret;
use tokengrid::domain::tenant::OrgSettings;
use tokengrid::manage::{Actor, PasswordChange, Proof};

use super::stage::{Stage, get, post, put};
use crate::access::mint::claims;
use crate::support::{Account, Answer, Client, PASSWORD, World, world, world_with};

const WRONG: (u16, &str) = (400, "auth_invalid_username_or_password");

fn change(caller: &Client, user: &str, old: Option<&str>, new: &str) -> Answer {
    let body = match old {
        Some(old) => json!({ "oldpassword": old, "newpassword": new }),
        None => json!({ "newpassword": new }),
    };
    put(caller, &format!("/users/{user}/password"), &body)
}

fn signs_in(stage: &Stage, password: &str) -> bool {
    stage.guest.sign_in("/acme/shop", "ann", password).status == 200
}

#[test]
fn user_resource_it_test_put_password_ok_by_the_old_one_alone() {
    let stage = Stage::new();
    let answer = change(&stage.guest, "ann", Some(PASSWORD), "second");
    assert_eq!((answer.status, answer.text_of("action")), (200, "set user password"), "{}", answer.text);
    assert!(signs_in(&stage, "second") && !signs_in(&stage, PASSWORD));
    let by_post = post(
        &stage.guest,
        "/users/ann@example.test/password",
        &json!({ "oldpassword": "second", "newpassword": "third" }),
    );
    assert_eq!(by_post.status, 200, "{}", by_post.text);
    let form = stage.guest.form("/acme/shop/user/ann/password", "oldpassword=third&newpassword=fourth");
    assert_eq!(form.status, 200, "{}", form.text);
    assert!(signs_in(&stage, "fourth"));
}

#[test]
fn user_resource_it_test_put_password_fail() {
    let stage = Stage::new();
    let nobody = "8ae8a6ea-84a5-11e3-884d-f18e8f6fb3bc";
    let wrong = change(&stage.guest, "ann", Some("wrong"), "second");
    assert_eq!(wrong.error(), WRONG, "{}", wrong.text);
    // Whoever is not there sounds the same.
    for unknown in ["nobody", "nobody@example.test", nobody] {
        let answer = change(&stage.guest, unknown, Some("wrong"), "second");
        assert_eq!((answer.status, answer.less_trace()), (wrong.status, wrong.less_trace()), "{unknown}");
    }
    assert_eq!(change(&stage.guest, "ann", None, "second").error(), WRONG);
    for body in [json!({ "oldpassword": PASSWORD }), json!({}), json!({ "oldpassword": PASSWORD, "newpassword": "" })] {
        assert_eq!(put(&stage.guest, "/users/ann/password", &body).error(), (400, "illegal_argument"), "{body}");
    }
    assert!(signs_in(&stage, PASSWORD));
}

#[test]
fn user_resource_it_set_user_password_as_admin_and_password_mismatch_error_user() {
    let stage = Stage::new();
    for (level, password) in [(AppClient, "one1"), (OrgClient, "two2"), (Admin, "three3")] {
        let above = stage.world.caller(&stage.world.acme, level);
        assert_eq!(change(&above, "ann", None, password).status, 200, "{level}");
        assert!(signs_in(&stage, password), "{level}");
        assert_eq!(change(&above, "ann", Some("wrong"), &format!("{password}!")).status, 200, "{level}");
        assert_eq!(change(&above, "nobody", None, "second").error(), (404, "service_resource_not_found"));
    }
    // The same payload twice: the second time the old password is none.
    assert_eq!(change(&stage.guest, "ann", Some("three3!"), "second").status, 200);
    assert_eq!(change(&stage.guest, "ann", Some("three3!"), "second").error(), WRONG);
}

#[test]
fn user_resource_it_test_change_password_to_invalid_value_and_create_with_one() {
    let stage = Stage::new();
    let policy = (400, "error_password_policy_violation");
    for (caller, old) in [(&stage.guest, Some(PASSWORD)), (&stage.owner, None)] {
        let answer = change(caller, "ann", old, "abc");
        assert_eq!(answer.error(), policy, "{}", answer.text);
        assert_eq!(answer.text_of("error_description"), "error_length_policy: must be at least 4 characters");
        assert_eq!(change(caller, "ann", old, &"x".repeat(73)).error(), policy);
    }
    assert!(signs_in(&stage, PASSWORD));
}

#[test]
fn the_policy_says_everything_that_a_password_lacks() {
    // Everyone's password in these tests has a space and nothing else that could be asked for.
    let world = world_with(|settings| {
        settings.passwords.min_length = 8;
        settings.passwords.min_special = 1;
        settings.passwords.special_chars = " ".to_owned();
    });
    let change = |new: &str| {
        let body = json!({ "oldpassword": PASSWORD, "newpassword": new }).to_string();
        world.guest().send("PUT", "/acme/shop/users/ann/password", Some("application/json"), &body)
    };
    assert_eq!(
        change("abc!").text_of("error_description"),
        "error_length_policy: must be at least 8 characters error_special_chars_policy: requires 1 special characters"
    );
    assert_eq!(change("another horse").status, 200);
}

#[test]
fn defect_5_administration_of_another_application_sets_no_password() {
    let stage = Stage::new();
    let world = &stage.world;
    for level in [AppClient, OrgClient, Admin] {
        let other = world.caller(&world.rival, level);
        assert_eq!(change(&other, "ann", None, "hijack").error(), WRONG, "{level}");
    }
    let (id, secret) = world.pair(tokengrid::domain::client::ClientId::App(world.acme.sandbox.id));
    let sibling = world.guest().basic(&id, &secret);
    assert_eq!(change(&sibling, "ann", None, "hijack").error(), WRONG);
    assert!(signs_in(&stage, PASSWORD));
}

#[test]
fn defect_11_a_password_change_ends_every_other_session_and_spares_the_callers_own() {
    let stage = Stage::new();
    let sign_in = || stage.guest.sign_in("/acme/shop", "ann", PASSWORD);
    let (own, other) = (sign_in(), sign_in());
    let lent = get(&stage.owner, "/users/ann/token").token();
    let caller = stage.guest.bearer(&own.token());
    assert_eq!(change(&caller, "me", Some(PASSWORD), "second").status, 200);
    let lives = |token: &str| get(&stage.guest.bearer(token), "/users/me").status == 200;
    assert!(lives(&own.token()) && !lives(&other.token()) && !lives(&lent));
    let refresh = |answer: &Answer| {
        let form = format!("grant_type=refresh_token&refresh_token={}", answer.text_of("refresh_token"));
        stage.guest.form("/acme/shop/token", &form)
    };
    assert_eq!(refresh(&other).error(), (400, "invalid_grant"));
    let renewed = refresh(&own);
    assert!(lives(&renewed.token()), "{}", renewed.text);
    // By another's hand nothing is spared, and a former sparing does not outlast it.
    assert_eq!(change(&stage.owner, "ann", None, "third").status, 200);
    assert!(!lives(&own.token()) && !lives(&renewed.token()));
    assert_eq!(refresh(&renewed).error(), (400, "invalid_grant"));
    assert!(lives(&stage.guest.sign_in("/acme/shop", "ann", "third").token()), "one who signs in after it");
}

#[test]
fn a_sparing_holds_on_another_node_and_ends_with_revoketokens() {
    let stage = Stage::new();
    let own = stage.caller("ann");
    assert_eq!(change(&own, "ann", Some(PASSWORD), "second").status, 200);
    let other_node = stage.world.server.beside(|_| {});
    let token = stage.guest.sign_in("/acme/shop", "ann", "second").token();
    assert_eq!(other_node.guest().bearer(&token).get("/acme/shop/users/me").status, 200);
    assert_eq!(get(&own, "/users/me").status, 200);
    assert_eq!(put(&stage.owner, "/users/ann/revoketokens", &json!({})).status, 200);
    assert_eq!(get(&own, "/users/me").error(), (401, "auth_invalid"));
}

fn with_history(world: &World, size: u32) {
    let settings = OrgSettings { password_history: size, ..OrgSettings::default() };
    world.server.wait(world.registry().set_org(&world.acme.org, settings, Actor::Operator)).unwrap();
}

#[test]
fn former_passwords_are_refused_as_many_as_the_organization_remembers() {
    let stage = Stage::new();
    let to = |new: &str| change(&stage.owner, "ann", None, new);
    assert_eq!(to(PASSWORD).status, 200, "nothing is remembered unless asked for");
    with_history(&stage.world, 2);
    assert_eq!(to(PASSWORD).error(), (409, "recently_used_password"), "the present one");
    for new in ["second", "third"] {
        assert_eq!(to(new).status, 200);
    }
    for used in [PASSWORD, "second", "third"] {
        assert_eq!(to(used).error(), (409, "recently_used_password"), "{used}");
    }
    assert_eq!(to("fourth").status, 200);
    assert_eq!(to(PASSWORD).status, 200, "older ones are forgotten");
}

#[test]
fn admin_users_it_check_password_history_conflict_and_password_change_time() {
    let world = world();
    with_history(&world, 1);
    let registry = world.registry();
    let admin = world.acme.admin.id;
    let to = |new: &str, proof: Proof| {
        let change = PasswordChange { proof, new: Secret::new(new), spare: None };
        world
            .server
            .wait(registry.set_admin_password(admin, change, Actor::Operator))
            .map_err(|cause| cause.to_string())
    };
    let changed = || {
        let answer = world.guest().sign_in("/management", "acme-admin", "second");
        answer.json["passwordChanged"].as_i64()
    };
    let used = Err("This password was used recently; choose another.".to_owned());
    assert_eq!(to("second", Proof::Old(Secret::new(PASSWORD))), Ok(()));
    let first = changed();
    assert_eq!(to("second", Proof::Authority), used);
    assert_eq!(to(PASSWORD, Proof::Authority), used);
    assert_eq!(to("third", Proof::Authority), Ok(()));
    assert_eq!(to("second", Proof::Authority), used);
    assert_eq!(to("fourth", Proof::Authority), Ok(()));
    assert_eq!(to("second", Proof::Authority), Ok(()));
    // It grows although the test's clock stands still.
    assert!(changed() > first, "{first:?} {:?}", changed());
}

#[test]
fn user_resource_it_deactivate_user() {
    let stage = Stage::new();
    let ann = stage.caller("ann");
    let answer = post(&stage.owner, "/users/ann/deactivate", &json!({}));
    let entity = &answer.json["entities"][0];
    assert_eq!((entity["activated"].as_bool(), entity["deactivated"].is_i64()), (Some(false), true), "{}", answer.text);
    let refused = get(&ann, "/users/me");
    assert_eq!(refused.error(), (401, "authentication"), "{}", refused.text);
    assert_eq!(refused.text_of("error_description"), "Unactivated identity");
    let again = stage.guest.sign_in("/acme/shop", "ann", PASSWORD);
    assert_eq!((again.status, again.text_of("error_description")), (400, "user not activated"));
    // Administration lets them in again; what was issued before stays dead.
    let back = put(&stage.owner, "/users/ann", &json!({ "activated": true }));
    assert!(back.json["entities"][0]["deactivated"].is_null(), "{}", back.text);
    assert_eq!(get(&stage.caller("ann"), "/users/me").status, 200);
    assert_eq!(get(&ann, "/users/me").status, 401);
}

#[test]
fn nobody_else_lays_a_user_to_rest_or_sets_their_pin() {
    let stage = Stage::new();
    stage.user("bob");
    let bob = stage.caller("bob");
    for caller in [&bob, &stage.guest] {
        for user in ["ann", "nobody"] {
            let rest = post(caller, &format!("/users/{user}/deactivate"), &json!({}));
            assert_eq!(rest.error(), (401, "unauthorized"), "{}", rest.text);
            let pin = post(caller, &format!("/users/{user}/setpin"), &json!({ "pin": "4711" }));
            assert_eq!(pin.error(), (401, "unauthorized"), "{}", pin.text);
        }
    }
    assert_eq!(post(&bob, "/users/me/deactivate", &json!({})).status, 200);
    assert!(signs_in(&stage, PASSWORD));
}

#[test]
fn user_resource_it_get_token() {
    let stage = Stage::new();
    for level in [AppClient, OrgClient, Admin] {
        let above = stage.world.caller(&stage.world.acme, level);
        let answer = get(&above, "/users/ann/token?ttl=60000");
        assert_eq!((answer.status, answer.json["expires_in"].as_u64()), (200, Some(60)), "{}", answer.text);
        assert_eq!(answer.json["user"]["username"], "ann");
        assert!(answer.json["refresh_token"].is_null(), "{level}: what was lent is not renewed");
        assert_eq!(get(&stage.guest.bearer(&answer.token()), "/users/me").status, 200);
        let client = claims(&answer.token())["client_id"].as_str().unwrap().to_owned();
        let own = match level {
            AppClient => stage.world.acme.app_client.0.as_str(),
            OrgClient => stage.world.acme.org_client.0.as_str(),
            _ => "management",
        };
        assert_eq!(client, own, "{level}: the token says who asked for it");
    }
    let ann = get(&stage.caller("ann"), "/users/ann/token");
    assert_eq!((ann.status, ann.text.as_str()), (403, "{}"));
    assert_eq!(get(&stage.guest, "/users/ann/token").error(), (401, "unauthorized"));
    assert_eq!(get(&stage.guest.bearer("blah"), "/users/ann/token").status, 401);
    assert_eq!(get(&stage.owner, "/users/nobody/token").error(), (404, "service_resource_not_found"));
    for bad in ["derp", "-1", "99999999999999"] {
        assert_eq!(
            get(&stage.owner, &format!("/users/ann/token?ttl={bad}")).error(),
            (400, "illegal_argument"),
            "{bad}"
        );
    }
    post(&stage.owner, "/users/ann/deactivate", &json!({}));
    let rests = get(&stage.owner, "/users/ann/token");
    assert_eq!((rests.status, rests.text_of("error_description")), (400, "user not activated"));
}

#[test]
fn taking_a_token_of_a_user_is_written_down_without_it() {
    let stage = Stage::new();
    let token = get(&stage.owner, "/users/ann/token").token();
    let store = &stage.world.server.core.store;
    let audit = store.list_audit(stage.world.acme.app.id.into(), 10).unwrap();
    let entry = audit.iter().find(|entry| entry.action == "take a token of a user").expect("an entry");
    assert_eq!(entry.detail["holder"], json!(stage.world.acme.user.id));
    assert!(entry.actor.starts_with("app_client:") && !format!("{audit:?}").contains(&token));
}

#[test]
fn user_resource_it_revoke_token_by_name_ends_all() {
    let stage = Stage::new();
    for _ in 0..2 {
        let tokens = [stage.caller("ann"), stage.caller("ann")];
        assert_eq!(put(&stage.owner, "/users/ann/revoketokens", &json!({})).status, 200);
        for token in &tokens {
            assert_eq!(get(token, "/users/me").error(), (401, "auth_invalid"));
        }
    }
}

fn by_pin(stage: &Stage, user: &str, pin: &str) -> Answer {
    stage.guest.json("/acme/shop/token", &json!({ "grant_type": "pin", "username": user, "pin": pin }))
}

#[test]
fn defect_4_a_pin_is_hashed_and_obeys_the_state_of_the_account() {
    let stage = Stage::new();
    let ann = stage.caller("ann");
    let answer = get(&ann, "/users/me/setpin?pin=4711");
    assert_eq!(answer.status, 200, "{}", answer.text);
    assert!(!answer.text.contains("4711"), "{}", answer.text);
    let session = by_pin(&stage, "ann@example.test", "4711");
    assert_eq!(session.json["user"]["username"], "ann", "{}", session.text);
    assert_eq!(get(&stage.guest.bearer(&session.token()), "/users/me").status, 200);
    let store = &stage.world.server.core.store;
    let who = tokengrid::domain::user::Identifier::Username("ann".to_owned());
    let hash = store.find_user_with_pin(stage.world.acme.app.id, &who).unwrap().unwrap().hash.unwrap();
    assert!(hash.expose().starts_with("$2"), "a slow hash");

    let wrong = by_pin(&stage, "ann", "4712");
    assert_eq!(wrong.error(), (400, "invalid_grant"));
    stage.user("pinless");
    for (user, pin) in [("pinless", "4711"), ("nobody", "4711"), ("ann", PASSWORD)] {
        assert_eq!(by_pin(&stage, user, pin).less_trace(), wrong.less_trace(), "{user}");
    }
    assert!(stage.guest.sign_in("/acme/shop", "ann", "4711").status == 400, "a pin is no password");
    post(&stage.owner, "/users/ann/deactivate", &json!({}));
    assert_eq!(by_pin(&stage, "ann", "4711").text_of("error_description"), "user not activated");
    put(&stage.owner, "/users/ann", &json!({ "activated": true, "disabled": true }));
    assert_eq!(by_pin(&stage, "ann", "4711").text_of("error_description"), "user disabled");
    assert_eq!(
        by_pin(&stage, "ann", "4712").less_trace(),
        wrong.less_trace(),
        "only who has the pin hears of the state"
    );
    let admin = json!({ "grant_type": "pin", "username": "acme-admin", "pin": "4711" });
    assert_eq!(stage.guest.json("/management/token", &admin).error(), (400, "invalid_grant"));
}

#[test]
fn pins_come_by_sign_up_form_and_json_and_must_be_long_enough() {
    let stage = Stage::new();
    let made = post(&stage.guest, "/users", &json!({ "username": "pat", "pin": "0815" }));
    assert!(made.status == 200 && !made.text.contains("0815"), "{}", made.text);
    assert_eq!(by_pin(&stage, "pat", "0815").status, 200);
    assert_eq!(stage.owner.form("/acme/shop/users/pat/setpin", "pin=1234").status, 200);
    assert_eq!(by_pin(&stage, "pat", "1234").status, 200);
    assert_eq!(by_pin(&stage, "pat", "0815").status, 400);
    assert_eq!(post(&stage.owner, "/users/pat/setpin", &json!({ "pin": "12345" })).status, 200);
    for bad in [json!({}), json!({ "pin": "123" }), json!({ "pin": "" })] {
        assert_eq!(post(&stage.owner, "/users/pat/setpin", &bad).error(), (400, "illegal_argument"), "{bad}");
    }
    assert_eq!(post(&stage.guest, "/users", &json!({ "username": "pim", "pin": "1" })).status, 400);
    assert_eq!(get(&stage.owner, "/users/pim").status, 404);
    assert_eq!(by_pin(&stage, "pat", "12345").status, 200);
}

#[test]
fn a_password_change_of_one_who_rests_does_not_wake_them() {
    let stage = Stage::new();
    let server = &stage.world.server;
    Account { activated: false, ..Account::named("sleeper") }.user(server, &stage.world.acme);
    assert_eq!(change(&stage.guest, "sleeper", Some(PASSWORD), "second").status, 200);
    server.advance(Duration::from_secs(1));
    let answer = stage.guest.sign_in("/acme/shop", "sleeper", "second");
    assert_eq!(answer.text_of("error_description"), "user not activated");
    assert_eq!(answer.json["access_token"], Value::Null);
}
