//! `revoketokens` and `revoketoken` of both planes: who may, what ends, and that it ends at once and for good (V-1, V-2).

use std::time::Duration;

use serde_json::{Value, json};
use tokengrid::crypto::entropy::{SystemEntropy, uuid_v7};
use tokengrid::domain::authority::Authority::{self, Admin, AppClient, AppUser, OrgClient};
use tokengrid::domain::clock::Moment;

use super::mint::{Mint, claims, with};
use crate::support::{Answer, Client, World, person, world};

const USERS: &str = "/acme/shop/users/ann";
const ADMINS: &str = "/management/users/acme-admin";

fn put(caller: &Client, path: &str) -> Answer {
    caller.send("PUT", path, None, "")
}

/// Whether ann of acme, with this token, is still heard.
fn lives(world: &World, token: &str) -> bool {
    let answer = world.guest().bearer(token).get("/acme/shop/users/me");
    assert!(answer.status == 200 || answer.error() == (401, "auth_invalid"), "{}", answer.text);
    answer.status == 200
}

fn admin_lives(world: &World, token: &str) -> bool {
    let answer = world.guest().bearer(token).get("/management/users/me");
    assert!(answer.status == 200 || answer.error() == (401, "auth_invalid"), "{}", answer.text);
    answer.status == 200
}

fn refresh(world: &World, place: &str, token: &str) -> Answer {
    world.guest().form(&format!("{place}/token"), &format!("grant_type=refresh_token&refresh_token={token}"))
}

fn ann(world: &World) -> Answer {
    world.guest().sign_in("/acme/shop", "ann", "correct horse")
}

#[test]
fn a_user_ends_all_their_tokens_by_any_of_their_names() {
    let world = world();
    let id = world.acme.user.id.to_string();
    for name in ["ann", "ANN", "ann@example.test", id.as_str(), "me"] {
        for method in ["PUT", "POST"] {
            let (t1, t2) = (ann(&world).token(), ann(&world).token());
            let caller = world.guest().bearer(&t1);
            let answer = caller.send(method, &format!("/acme/shop/users/{name}/revoketokens"), None, "");
            assert_eq!(answer.status, 200, "{method} {name}: {}", answer.text);
            assert_eq!(answer.json["action"], "revoked user tokens");
            assert!(!lives(&world, &t1) && !lives(&world, &t2), "{method} {name}");
        }
    }
}

#[test]
fn the_application_and_whoever_is_above_end_a_users_tokens() {
    let world = world();
    for level in [AppClient, OrgClient, Admin] {
        let token = ann(&world).token();
        assert_eq!(put(&world.caller(&world.acme, level), &format!("{USERS}/revoketokens")).status, 200, "{level}");
        assert!(!lives(&world, &token), "{level}");
        let (t1, t2) = (ann(&world).token(), ann(&world).token());
        let path = format!("{USERS}/revoketoken?token={t1}");
        let answer = world.caller(&world.acme, level).send("POST", &path, None, "");
        assert_eq!(answer.status, 200, "{level}: {}", answer.text);
        assert_eq!(answer.json["action"], "revoked user token");
        assert!(!lives(&world, &t1) && lives(&world, &t2), "{level}");
    }
}

#[test]
fn nobody_else_ends_a_users_tokens() {
    let world = world();
    world.server.wait(async {
        let registry = world.registry();
        let bob = person("bob", "bob@example.test");
        registry.create_user(world.acme.app.id, bob, tokengrid::manage::Actor::Operator).await.unwrap();
    });
    let bob = world.guest().bearer(&world.guest().sign_in("/acme/shop", "bob", "correct horse").token());
    let mut strangers = vec![("guest", world.guest()), ("bob", bob)];
    strangers.extend(Authority::ALL.map(|level| (level.as_str(), world.caller(&world.rival, level))));
    let token = ann(&world).token();
    for (who, stranger) in &strangers {
        for method in ["PUT", "POST"] {
            for path in ["revoketokens", "revoketoken?token=unknown"] {
                let answer = stranger.send(method, &format!("{USERS}/{path}"), None, "");
                assert_eq!(answer.error(), (401, "unauthorized"), "{who} {method} {path}: {}", answer.text);
            }
        }
    }
    assert!(lives(&world, &token));
}

#[test]
fn nobody_but_an_admin_ends_that_admins_tokens() {
    let world = world();
    let token = world.acme.token(&world.guest(), Admin);
    let mut strangers = vec![("guest of", world.guest())];
    strangers.extend([AppUser, AppClient, OrgClient].map(|level| (level.as_str(), world.caller(&world.acme, level))));
    strangers.extend(Authority::ALL.map(|level| (level.as_str(), world.caller(&world.rival, level))));
    let id = world.acme.admin.id.to_string();
    for (who, stranger) in &strangers {
        for name in ["acme-admin", "admin@acme.test", &id, "nobody"] {
            for path in ["revoketokens", "revoketoken?token=unknown"] {
                for method in ["PUT", "POST"] {
                    let answer = stranger.send(method, &format!("/management/users/{name}/{path}"), None, "");
                    assert_eq!(answer.error(), (401, "unauthorized"), "{who} {method} {name}: {}", answer.text);
                }
            }
        }
    }
    assert!(admin_lives(&world, &token));
    for (name, method) in [("acme-admin", "PUT"), ("admin@acme.test", "POST"), (id.as_str(), "PUT"), ("me", "POST")] {
        let token = world.acme.token(&world.guest(), Admin);
        let path = format!("/management/users/{name}/revoketokens");
        let answer = world.guest().bearer(&token).send(method, &path, None, "");
        assert_eq!((answer.status, answer.text_of("action")), (200, "revoked user tokens"));
        assert!(!admin_lives(&world, &token), "{name}");
    }
}

#[test]
fn whoever_holds_a_token_may_end_it_and_no_other() {
    let world = world();
    let (t1, t2) = (ann(&world).token(), ann(&world).token());
    let answer = put(&world.guest(), &format!("{USERS}/revoketoken?token={t1}"));
    assert_eq!(answer.status, 200, "{}", answer.text);
    assert!(!lives(&world, &t1) && lives(&world, &t2));
    let admin = world.acme.token(&world.guest(), Admin);
    let answer = put(&world.guest(), &format!("{ADMINS}/revoketoken?token={admin}"));
    assert_eq!((answer.status, answer.text_of("action")), (200, "revoked user tokens"));
    assert!(!admin_lives(&world, &admin));
}

#[test]
fn a_token_is_ended_under_its_own_holders_name_alone() {
    let world = world();
    let (user, rival) = (ann(&world).token(), world.rival.token(&world.guest(), AppUser));
    let admin = world.acme.token(&world.guest(), Admin);
    for (path, token) in [
        (USERS, &rival),
        (USERS, &admin),
        ("/rival/shop/users/ann", &user),
        ("/acme/sandbox/users/ann", &user),
        (ADMINS, &user),
        ("/management/users/rival-admin", &admin),
    ] {
        let answer = put(&world.guest(), &format!("{path}/revoketoken?token={token}"));
        assert_eq!(answer.error(), (401, "unauthorized"), "{path}: {}", answer.text);
    }
    // One who may ask there is told nothing, and nothing happens either.
    let above = world.caller(&world.acme, OrgClient);
    for token in [&rival, &admin] {
        assert_eq!(put(&above, &format!("{USERS}/revoketoken?token={token}")).status, 200);
    }
    assert!(lives(&world, &user) && admin_lives(&world, &admin));
    assert_eq!(world.guest().bearer(&rival).get("/rival/shop/users/me").status, 200);
}

#[test]
fn the_token_may_drag_another_question_mark_behind_it() {
    let world = world();
    let (t1, t2) = (ann(&world).token(), ann(&world).token());
    let answer = put(&world.guest(), &format!("{USERS}/revoketoken?token={t1}?access_token={t1}"));
    assert_eq!(answer.status, 200, "{}", answer.text);
    assert!(!lives(&world, &t1) && lives(&world, &t2));
    let (admin, other) = (world.acme.token(&world.guest(), Admin), world.acme.token(&world.guest(), Admin));
    assert_eq!(put(&world.guest(), &format!("{ADMINS}/revoketoken?token={admin}?access_token={admin}")).status, 200);
    assert!(!admin_lives(&world, &admin) && admin_lives(&world, &other));
}

#[test]
fn an_unknown_token_is_no_error_for_one_who_may_ask_and_a_missing_one_is() {
    let world = world();
    for (path, caller) in [(USERS, world.caller(&world.acme, AppUser)), (ADMINS, world.caller(&world.acme, Admin))] {
        for unknown in ["unknown", "a.b.c", "?", "YWMtiuim6oSlEeOITfGOj2"] {
            assert_eq!(put(&caller, &format!("{path}/revoketoken?token={unknown}")).status, 200, "{unknown}");
        }
        for missing in ["", "?token=", "?tokens=x"] {
            let answer = put(&caller, &format!("{path}/revoketoken{missing}"));
            assert_eq!(answer.error(), (400, "illegal_argument"), "{missing}: {}", answer.text);
            assert_eq!(answer.text_of("error_description"), "token is required");
        }
    }
    let spent = ann(&world).token();
    world.server.advance(Duration::from_secs(3_600));
    let caller = world.caller(&world.acme, AppUser);
    assert_eq!(put(&caller, &format!("{USERS}/revoketoken?token={spent}")).status, 200);
}

#[test]
fn a_body_without_content_or_type_is_taken() {
    let world = world();
    for (content_type, body) in [(None, ""), (Some("application/json"), ""), (Some("application/json"), "{}")] {
        let caller = world.caller(&world.acme, AppUser);
        let answer = caller.send("PUT", &format!("{USERS}/revoketokens"), content_type, body);
        assert_eq!(answer.status, 200, "{content_type:?} {body}: {}", answer.text);
    }
    let token = ann(&world).token();
    let answer = world.guest().form(&format!("{USERS}/revoketoken"), &format!("token={token}"));
    assert_eq!(answer.status, 200, "{}", answer.text);
    assert!(!lives(&world, &token));
}

#[test]
fn the_end_of_all_tokens_ends_every_session() {
    let world = world();
    for (place, path, sign_in) in [("/acme/shop", USERS, "ann"), ("/management", ADMINS, "acme-admin")] {
        let (first, second) = (
            world.guest().sign_in(place, sign_in, "correct horse"),
            world.guest().sign_in(place, sign_in, "correct horse"),
        );
        let caller = world.guest().bearer(&first.token());
        assert_eq!(put(&caller, &format!("{path}/revoketokens")).status, 200);
        for session in [first, second] {
            let answer = refresh(&world, place, session.text_of("refresh_token"));
            assert_eq!(answer.error(), (400, "invalid_grant"), "{place}");
        }
    }
}

#[test]
fn the_end_of_one_token_ends_its_session_and_leaves_the_others() {
    let world = world();
    let (first, second) = (ann(&world), ann(&world));
    let renewed = refresh(&world, "/acme/shop", first.text_of("refresh_token"));
    // The token that is ended is the renewed one: the session's first one ends with it.
    let path = format!("{USERS}/revoketoken?token={}", renewed.token());
    assert_eq!(put(&world.guest(), &path).status, 200);
    assert!(!lives(&world, &first.token()) && !lives(&world, &renewed.token()));
    assert_eq!(refresh(&world, "/acme/shop", renewed.text_of("refresh_token")).error(), (400, "invalid_grant"));
    assert!(lives(&world, &second.token()));
    assert_eq!(refresh(&world, "/acme/shop", second.text_of("refresh_token")).status, 200);
}

#[test]
fn a_token_issued_right_after_is_alive_though_the_clock_stands_still() {
    let world = world();
    // Each round ends what the one before was given, all in the same millisecond.
    for _ in 0..3 {
        let before = ann(&world);
        assert!(lives(&world, &before.token()));
        assert_eq!(put(&world.guest().bearer(&before.token()), &format!("{USERS}/revoketokens")).status, 200);
        let after = ann(&world);
        assert!(!lives(&world, &before.token()) && lives(&world, &after.token()));
        assert_eq!(refresh(&world, "/acme/shop", after.text_of("refresh_token")).status, 200);
    }
    let (before, client) = (world.acme.token(&world.guest(), Admin), world.caller(&world.acme, OrgClient));
    assert_eq!(put(&world.guest().bearer(&before), &format!("{ADMINS}/revoketokens")).status, 200);
    let after = world.acme.token(&world.guest(), Admin);
    assert!(!admin_lives(&world, &before) && admin_lives(&world, &after));
    assert_eq!(client.get("/management/orgs/acme").status, 200, "the other tokens of the same issuer live on");
}

#[test]
fn a_token_that_a_fast_clock_dated_ahead_is_ended_too() {
    let world = world();
    let mint = Mint::of(&world, world.acme.app.id);
    let ahead = Moment::from_millis(1_767_225_600_000 + 30_000);
    for (path, by_holder) in [(format!("{USERS}/revoketoken?token="), true), (format!("{USERS}/revoketokens"), false)] {
        let session = ann(&world);
        let jti = uuid_v7(ahead, &SystemEntropy);
        let dated =
            mint.sign(&mint.header(), &with(&claims(&session.token()), &json!({ "jti": jti, "iat": ahead.seconds() })));
        assert!(lives(&world, &dated));
        let caller = if by_holder { world.guest() } else { world.guest().bearer(&dated) };
        let path = if by_holder { format!("{path}{dated}") } else { path };
        assert_eq!(put(&caller, &path).status, 200);
        assert!(!lives(&world, &dated) && !lives(&world, &session.token()), "{path}");
        assert_eq!(refresh(&world, "/acme/shop", session.text_of("refresh_token")).error(), (400, "invalid_grant"));
        assert!(lives(&world, &ann(&world).token()));
    }
}

#[test]
fn a_revocation_outlives_the_process_and_maintenance() {
    let world = world();
    let (t1, t2, t3) = (ann(&world), ann(&world), ann(&world));
    assert_eq!(put(&world.guest(), &format!("{USERS}/revoketoken?token={}", t1.token())).status, 200);
    let admin = world.acme.token(&world.guest(), Admin);
    assert_eq!(put(&world.guest().bearer(&admin), &format!("{ADMINS}/revoketokens")).status, 200);
    let again = world.server.beside(|_| {});
    again.wait(again.core.registry.maintain()).unwrap();
    let answer = |token: &str, path: &str| again.guest().bearer(token).get(path).status;
    assert_eq!(answer(&t1.token(), "/acme/shop/users/me"), 401);
    assert_eq!(answer(&admin, "/management/users/me"), 401);
    assert_eq!(answer(&t2.token(), "/acme/shop/users/me"), 200);
    let end = format!("{USERS}/revoketokens");
    assert_eq!(again.guest().bearer(&t2.token()).send("PUT", &end, None, "").status, 200);
    let third = world.server.beside(|_| {});
    assert_eq!(third.guest().bearer(&t3.token()).get("/acme/shop/users/me").error(), (401, "auth_invalid"));
    let form = format!("grant_type=refresh_token&refresh_token={}", t3.text_of("refresh_token"));
    assert_eq!(third.guest().form("/acme/shop/token", &form).error(), (400, "invalid_grant"));
}

#[test]
fn a_revocation_is_written_down_with_who_did_it() {
    let world = world();
    world.server.advance(Duration::from_millis(1));
    put(&world.caller(&world.acme, OrgClient), &format!("{USERS}/revoketokens"));
    let audit = world.server.core.store.list_audit(world.acme.app.id.into(), 10).unwrap();
    assert_eq!(audit[0].action, "revoke all tokens");
    assert_eq!(audit[0].actor, format!("org_client:{}", world.acme.org.id));
    assert_eq!(audit[0].detail["holder"], Value::from(world.acme.user.id.to_string()));
}
