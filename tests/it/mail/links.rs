//! What a link is good for: one use, one purpose, one account, one password, one hour, and never a request.

use std::time::Duration;

use serde_json::json;
use tokengrid::crypto::entropy::uuid_v7;
use tokengrid::domain::mail::{Mail, Post, SpentToken, TokenPurpose};
use tokengrid::domain::secret::Secret;
use tokengrid::domain::tenant::Switch;
use tokengrid::mail::digest_of;
use tokengrid::store::{Conflict, Journal, StoreError};

use crate::support::{Account, Answer, Letter, PASSWORD, World, world, world_with};

const NEW: &str = "better horse";

fn reset_letter(world: &World) -> Letter {
    let asked = world.guest().form("/acme/shop/users/ann/resetpw", "");
    assert_eq!(asked.status, 200, "{}", asked.text);
    world.server.last_letter(world.acme.app.id, "ann@example.test")
}

fn set(world: &World, user: &str, token: &str, password: &str) -> Answer {
    let form = format!("token={token}&password1={password}&password2={password}").replace(' ', "+");
    world.guest().form(&format!("/acme/shop/users/{user}/resetpw"), &form)
}

fn signs_in(world: &World, password: &str) -> bool {
    world.guest().sign_in("/acme/shop", "ann", password).status == 200
}

/// Refused as a page and as JSON alike.
fn is_refused(world: &World, user: &str, token: &str) {
    let page = set(world, user, token, "stolen horse");
    assert_eq!((page.status, page.text.contains("invalid token")), (200, true), "{}", page.text);
    let body = json!({ "token": token, "password": "stolen horse" });
    let json = world.guest().json(&format!("/acme/shop/users/{user}/resetpw"), &body);
    assert_eq!(json.error(), (400, "illegal_argument"), "{}", json.text);
    assert!(!signs_in(world, "stolen horse"));
}

#[test]
fn a_link_sets_a_password_once_and_ends_what_the_old_one_opened() {
    let world = world();
    let guest = world.guest();
    let old = guest.sign_in("/acme/shop", "ann", PASSWORD);
    let letter = reset_letter(&world);
    let form = guest.get(&letter.path());
    assert!(form.text.contains("password1") && form.text.contains(&letter.token()), "{}", form.text);
    world.server.advance(Duration::from_millis(5));
    let done = set(&world, "ann", &letter.token(), NEW);
    assert_eq!((done.status, done.text.contains("password set")), (200, true), "{}", done.text);
    assert!(signs_in(&world, NEW) && !signs_in(&world, PASSWORD));
    assert_eq!(guest.bearer(&old.token()).get("/acme/shop/users/me").status, 401);
    is_refused(&world, "ann", &letter.token());
}

#[test]
fn looking_at_a_reset_link_does_not_use_it_up() {
    let world = world();
    let letter = reset_letter(&world);
    for _ in 0..3 {
        assert_eq!(world.guest().get(&letter.path()).status, 200);
    }
    assert_eq!(world.guest().send("HEAD", &letter.path(), None, "").status, 200);
    assert!(set(&world, "ann", &letter.token(), NEW).text.contains("password set"));
}

#[test]
fn a_link_ends_after_its_hour() {
    let world = world();
    let letter = reset_letter(&world);
    world.server.advance(Duration::from_secs(3_600));
    is_refused(&world, "ann", &letter.token());
    assert!(world.guest().get(&letter.path()).text.contains("invalid token"));
}

#[test]
fn a_link_ends_with_the_password_it_was_made_for() {
    let world = world();
    let (first, second) = (reset_letter(&world), reset_letter(&world));
    let change = json!({ "oldpassword": PASSWORD, "newpassword": NEW });
    let changed = world.guest().json("/acme/shop/users/ann/password", &change);
    assert_eq!(changed.status, 200, "{}", changed.text);
    is_refused(&world, "ann", &first.token());
    is_refused(&world, "ann", &second.token());
}

#[test]
fn a_link_ends_with_the_address_it_was_mailed_to() {
    let world = world();
    let letter = reset_letter(&world);
    let admin = world.caller(&world.acme, tokengrid::domain::authority::Authority::AppClient);
    let moved = admin.send("PUT", "/acme/shop/users/ann", Some("application/json"), r#"{"email":"new@example.test"}"#);
    assert_eq!(moved.status, 200, "{}", moved.text);
    is_refused(&world, "ann", &letter.token());
}

#[test]
fn a_link_serves_its_own_user_alone_and_survives_a_wrong_name() {
    let world = world();
    Account::named("bob").user(&world.server, &world.acme);
    let letter = reset_letter(&world);
    for other in ["bob", "nobody", "8ae8a6ea-84a5-41e3-884d-f18e8f6fb3bc"] {
        let refused = set(&world, other, &letter.token(), NEW);
        assert_eq!((refused.status, refused.text.contains("Could not find")), (400, true), "{}", refused.text);
    }
    let elsewhere = world
        .guest()
        .form("/rival/shop/users/ann/resetpw", &format!("token={}&password1=xxxx&password2=xxxx", letter.token()));
    assert!(elsewhere.text.contains("invalid token"), "{}", elsewhere.text);
    assert!(set(&world, "ann", &letter.token(), NEW).text.contains("password set"));
}

#[test]
fn a_link_serves_its_own_purpose_alone() {
    let world = world();
    let letter = reset_letter(&world);
    for act in ["confirm", "activate"] {
        let refused = world.guest().get(&format!("/acme/shop/users/ann/{act}?token={}", letter.token()));
        assert!(refused.text.contains("invalid token"), "{act}: {}", refused.text);
    }
    Account { confirmed: false, activated: false, email: Some("bob@example.test"), ..Account::named("bob") }
        .user(&world.server, &world.acme);
    assert_eq!(world.guest().get("/acme/shop/users/bob/reactivate").status, 200);
    let confirmation = world.server.last_letter(world.acme.app.id, "bob@example.test");
    is_refused(&world, "bob", &confirmation.token());
    assert!(world.guest().get(&confirmation.path()).text.contains("confirmed"));
}

#[test]
fn defect_3_a_mails_token_is_no_bearer_token() {
    let world = world();
    let token = reset_letter(&world).token();
    let guest = world.guest();
    for answer in [
        guest.bearer(&token).get("/acme/shop/users/me"),
        guest.get(&format!("/acme/shop/users/me?access_token={token}")),
        guest.bearer(&token).get("/management/orgs/acme"),
        guest.bearer(&token).get("/management/me"),
    ] {
        assert_eq!(answer.error(), (401, "auth_unverified_oath"), "{}", answer.text);
    }
    let refresh = guest.form("/acme/shop/token", &format!("grant_type=refresh_token&refresh_token={token}"));
    assert_eq!(refresh.error(), (400, "invalid_grant"), "{}", refresh.text);
    let bearer = guest.sign_in("/acme/shop", "ann", PASSWORD).token();
    is_refused(&world, "ann", &bearer);
}

#[test]
fn unequal_and_weak_passwords_leave_the_link_alive() {
    let world = world();
    let letter = reset_letter(&world);
    let form = format!("token={}&password1=one+horse&password2=two+horse", letter.token());
    let unequal = world.guest().form("/acme/shop/users/ann/resetpw", &form);
    assert!(unequal.text.contains("Passwords didn&#39;t match") || unequal.text.contains("Passwords didn't match"));
    let weak = set(&world, "ann", &letter.token(), "abc");
    assert!(weak.text.contains("at least 4 characters") && weak.text.contains("password1"), "{}", weak.text);
    assert!(set(&world, "ann", &letter.token(), NEW).text.contains("password set"));
}

#[test]
fn a_program_resets_by_json() {
    let world = world();
    let asked = world.guest().json("/acme/shop/users/resetpw", &json!({ "email": "ann@example.test" }));
    assert_eq!((asked.status, asked.text_of("action")), (200, "send password reset mail"), "{}", asked.text);
    let token = world.server.last_letter(world.acme.app.id, "ann@example.test").token();
    let unequal = json!({ "token": token, "password1": "a horse", "password2": "b horse" });
    let refused = world.guest().json("/acme/shop/users/ann/resetpw", &unequal);
    assert_eq!(refused.json["error_description"], "Passwords didn't match");
    let done = world.guest().json("/acme/shop/users/ann/resetpw", &json!({ "token": token, "password": NEW }));
    assert_eq!((done.status, done.text_of("action")), (200, "set user password"), "{}", done.text);
    assert!(signs_in(&world, NEW));
}

#[test]
fn a_link_is_kept_by_its_digest() {
    let world = world();
    let token = reset_letter(&world).token();
    assert_eq!(token.len(), 47);
    let digest = digest_of(&Secret::new(token.as_str()));
    let found = world.server.core.store.find_mail_token(world.acme.app.id.into(), &digest).unwrap();
    assert_eq!(found.unwrap().holder, world.acme.user.id.uuid());
    let foreign = world.server.core.store.find_mail_token(world.rival.app.id.into(), &digest).unwrap();
    assert!(foreign.is_none(), "a token is found in its own tenant alone");
}

#[test]
fn links_begin_with_the_configured_base_url_whatever_the_request_says() {
    let world = world_with(|settings| {
        settings.server.base_url = Some(tokengrid::domain::place::BaseUrl::new("https://id.example.test"));
    });
    let headers = [("host", "evil.example.test"), ("x-forwarded-host", "evil.example.test")];
    let asked = world.guest().send_with("POST", "/acme/shop/users/ann/resetpw", None, "", &headers);
    assert_eq!(asked.status, 200);
    let link = world.server.last_letter(world.acme.app.id, "ann@example.test").link();
    assert!(link.starts_with("https://id.example.test/acme/shop/users/"), "{link}");
}

#[test]
fn a_prefetched_confirmation_waits_for_its_reader() {
    let world = world();
    Account { confirmed: false, activated: false, email: Some("bob@example.test"), ..Account::named("bob") }
        .user(&world.server, &world.acme);
    world.guest().get("/acme/shop/users/bob/reactivate");
    let letter = world.server.last_letter(world.acme.app.id, "bob@example.test");
    let early = world.guest().send_with("GET", &letter.path(), None, "", &[("sec-purpose", "prefetch")]);
    assert!(early.text.contains("<button") && !early.text.contains("You can sign in now"), "{}", early.text);
    assert_eq!(world.guest().send("HEAD", &letter.path(), None, "").status, 200);
    assert_eq!(world.guest().sign_in("/acme/shop", "bob", PASSWORD).status, 400);
    assert!(world.guest().get(&letter.path()).text.contains("You can sign in now"));
    assert_eq!(world.guest().sign_in("/acme/shop", "bob", PASSWORD).status, 200);
}

#[test]
fn where_links_do_not_act_a_button_confirms() {
    let world = world_with(|settings| settings.mail.links_act = Switch::Off);
    Account { confirmed: false, activated: false, email: Some("bob@example.test"), ..Account::named("bob") }
        .user(&world.server, &world.acme);
    world.guest().get("/acme/shop/users/bob/reactivate");
    let letter = world.server.last_letter(world.acme.app.id, "bob@example.test");
    assert!(world.guest().get(&letter.path()).text.contains("<button"));
    assert_eq!(world.guest().sign_in("/acme/shop", "bob", PASSWORD).status, 400);
    let pressed = world.guest().form("/acme/shop/users/bob/confirm", &format!("token={}", letter.token()));
    assert!(pressed.text.contains("You can sign in now"), "{}", pressed.text);
    assert_eq!(world.guest().sign_in("/acme/shop", "bob", PASSWORD).status, 200);
}

#[test]
fn nobody_undoes_a_deactivation_by_asking_for_mail() {
    let world = world();
    let client = world.caller(&world.acme, tokengrid::domain::authority::Authority::AppClient);
    assert_eq!(client.json("/acme/shop/users/ann/deactivate", &json!({})).status, 200);
    assert_eq!(world.guest().get("/acme/shop/users/ann/reactivate").status, 200);
    assert!(world.server.letters(world.acme.app.id).is_empty(), "a stranger gets no link");
    assert_eq!(client.get("/acme/shop/users/ann/reactivate").status, 200);
    let letter = world.server.last_letter(world.acme.app.id, "ann@example.test");
    assert_eq!(letter.subject, "User Account Activation");
    assert_eq!(world.guest().sign_in("/acme/shop", "ann", PASSWORD).status, 400);
    assert!(world.guest().get(&letter.path()).text.contains("active"));
    assert_eq!(world.guest().sign_in("/acme/shop", "ann", PASSWORD).status, 200);
    assert!(world.guest().get(&letter.path()).text.contains("invalid token"), "a link works once");
}

#[test]
fn a_pin_is_mailed_and_signs_in() {
    let world = world();
    let guest = world.guest();
    let own = guest.bearer(&guest.sign_in("/acme/shop", "ann", PASSWORD).token());
    assert_eq!(guest.get("/acme/shop/users/ann/sendpin").status, 401, "a stranger makes nobody a new pin");
    assert_eq!(own.get("/acme/shop/users/ann/sendpin").status, 200);
    let letter = world.server.last_letter(world.acme.app.id, "ann@example.test");
    assert_eq!(letter.subject, "Your app pin");
    let pin = letter.text.rsplit_once(": ").unwrap().1;
    assert!(pin.len() == 8 && pin.bytes().all(|byte| byte.is_ascii_digit()), "{pin}");
    let form = format!("grant_type=pin&username=ann&pin={pin}");
    assert_eq!(guest.form("/acme/shop/token", &form).status, 200);
}

#[test]
fn what_a_token_permits_is_undone_unless_every_part_of_it_agrees() {
    let world = world();
    let letter = reset_letter(&world);
    let (store, app) = (&world.server.core.store, world.acme.app.id);
    let digest = digest_of(&Secret::new(letter.token()));
    let row = store.find_mail_token(app.into(), &digest).unwrap().unwrap();
    let now = world.server.core.clock.now();
    let good = SpentToken {
        tenant: row.tenant,
        digest,
        purpose: row.purpose,
        holder: row.holder,
        password_changed: row.password_changed,
        now,
    };
    let write = |spent: &SpentToken, event: &str| {
        let mail =
            Mail { id: uuid_v7(now, &*world.server.core.entropy), event: event.to_owned(), ..letter.mail.clone() };
        let post = Post { spent: Some(spent.clone()), mails: vec![mail], ..Post::default() };
        store.post(app.into(), &Journal { post, ..Journal::default() })
    };
    let wrong = [
        SpentToken { tenant: world.rival.app.id.into(), ..good.clone() },
        SpentToken { digest: digest_of(&Secret::new("ZW0tother")), ..good.clone() },
        SpentToken { purpose: TokenPurpose::Confirm, ..good.clone() },
        SpentToken { holder: world.rival.user.id.uuid(), ..good.clone() },
        SpentToken { password_changed: None, ..good.clone() },
        SpentToken { password_changed: Some(now.plus(Duration::from_millis(1))), ..good.clone() },
        SpentToken { now: row.expires, ..good.clone() },
    ];
    for spent in &wrong {
        assert!(matches!(write(spent, "w"), Err(StoreError::Conflict(Conflict::MailToken))), "{spent:?}");
    }
    let count = || store.list_mails(app.into(), None, 10).unwrap().len();
    assert_eq!(count(), 1, "nothing of the refused writes is there");
    write(&good, "first").unwrap();
    assert!(matches!(write(&good, "second"), Err(StoreError::Conflict(Conflict::MailToken))), "a token serves once");
    assert_eq!(count(), 2);
}
