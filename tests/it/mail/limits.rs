//! Who may cause mail, how much of it, and what the answers give away: nothing.

use std::time::Duration;

use serde_json::json;
use tokengrid::domain::authority::Authority;
use tokengrid::domain::id::TenantId;
use tokengrid::domain::mail::MailState;
use tokengrid::domain::tenant::Switch;

use crate::support::{Account, Answer, Client, PASSWORD, World, superuser_on, world, world_with};

/// A page or an envelope without what tells one moment from another.
fn timeless(answer: &Answer) -> (u16, String) {
    let lines = answer.text.lines().filter(|line| !line.contains("timestamp") && !line.contains("duration"));
    (answer.status, lines.collect::<Vec<_>>().join("\n"))
}

fn mails(world: &World) -> usize {
    world.server.letters(world.acme.app.id).len()
}

#[test]
fn defect_9_the_answers_reveal_no_account() {
    let world = world();
    Account::named("bob").user(&world.server, &world.acme);
    let guest = world.guest();
    let ask = |email: &str| guest.form("/acme/shop/users/resetpw", &format!("email={email}"));
    assert_eq!(timeless(&ask("ann%40example.test")), timeless(&ask("nobody%40example.test")));
    let by_json = |email: &str| guest.json("/acme/shop/users/resetpw", &json!({ "email": email }));
    assert_eq!(timeless(&by_json("ann@example.test")), timeless(&by_json("nobody@example.test")));
    // ann has an address, bob has none, and nobody is nobody.
    for path in ["/acme/shop/users/{}/resetpw", "/management/users/{}/resetpw"] {
        let of = |user: &str| timeless(&guest.form(&path.replace("{}", user), ""));
        assert_eq!((of("ann"), of("acme-admin")), (of("nobody"), of("bob")), "{path}");
        let with = |user: &str| timeless(&guest.form(&path.replace("{}", user), "token=ZW0tx&password1=a&password2=b"));
        assert_eq!((with("ann"), with("acme-admin")), (with("nobody"), with("bob")), "{path}");
    }
    for path in ["/acme/shop/users/{}/reactivate", "/management/users/{}/reactivate", "/management/orgs/{}/reactivate"]
    {
        let of = |user: &str| timeless(&guest.get(&path.replace("{}", user)));
        assert_eq!((of("ann"), of("acme")), (of("nobody"), of("bob")), "{path}");
    }
    for act in ["confirm", "activate"] {
        let of = |user: &str| timeless(&guest.get(&format!("/acme/shop/users/{user}/{act}?token=ZW0tx")));
        assert_eq!(of("ann"), of("nobody"), "{act}");
    }
}

#[test]
fn asking_for_nobody_costs_the_same_rows_and_sends_nothing() {
    let world = world();
    let ask = |email: &str| world.guest().form("/acme/shop/users/resetpw", &format!("email={email}"));
    ask("nobody%40example.test");
    assert_eq!(mails(&world), 0);
    let store = &world.server.core.store;
    let hour = world.server.core.clock.now().minus(Duration::from_secs(3_600));
    let count = |key: &str| store.count_mails_to(world.acme.app.id.into(), key, hour).unwrap();
    assert_eq!(count("nobody@example.test"), 1, "a mail to nobody was written");
    assert!(store.list_mails(world.acme.app.id.into(), None, 10).unwrap().is_empty(), "and nobody is shown it");
    let due = world.server.core.clock.now().plus(Duration::from_secs(1));
    store.release_held_mails(hour, due).unwrap();
    assert!(store.list_due_mails(due, 10).unwrap().iter().all(|mail| mail.state != MailState::Void));
    ask("ann%40example.test");
    assert_eq!((count("ann@example.test"), mails(&world)), (1, 1));
}

#[test]
fn defect_1_mail_to_one_address_is_limited() {
    let world = world();
    for _ in 0..4 {
        assert_eq!(world.guest().form("/acme/shop/users/ann/resetpw", "").status, 200);
        assert_eq!(world.guest().get("/acme/shop/users/ann/reactivate").status, 200);
    }
    assert_eq!(mails(&world), 5, "five an hour, whatever they are about");
    world.server.advance(Duration::from_secs(3_600));
    world.guest().form("/acme/shop/users/ann/resetpw", "");
    assert_eq!(mails(&world), 6);
}

#[test]
fn defect_1_requests_of_one_source_are_limited_and_answered_alike() {
    let world = world_with(|settings| settings.mail.per_source = 2);
    for user in ["bob", "eve"] {
        let email = format!("{user}@example.test");
        Account { email: Some(&email), ..Account::named(user) }.user(&world.server, &world.acme);
    }
    let answers = ["ann", "bob", "eve"].map(|user| world.guest().form(&format!("/acme/shop/users/{user}/resetpw"), ""));
    assert_eq!(timeless(&answers[0]), timeless(&answers[2]));
    assert_eq!(mails(&world), 2);
    world.server.advance(Duration::from_secs(3_600));
    world.guest().form("/acme/shop/users/eve/resetpw", "");
    assert_eq!(mails(&world), 3);
}

#[test]
fn a_source_is_what_the_proxy_in_front_says_and_nothing_that_the_caller_says() {
    let ask = |world: &World, header: &str| {
        let headers = [("x-forwarded-for", header)];
        world.guest().send_with("POST", "/acme/shop/users/ann/resetpw", None, "", &headers);
    };
    let bare = world_with(|settings| settings.mail.per_source = 1);
    ask(&bare, "192.0.2.1");
    ask(&bare, "192.0.2.2");
    assert_eq!(mails(&bare), 1, "without a proxy the header is the caller's own");
    let behind = world_with(|settings| {
        settings.mail.per_source = 1;
        settings.server.client_address_header = "X-Forwarded-For".to_owned();
    });
    ask(&behind, "192.0.2.1");
    ask(&behind, "192.0.2.2");
    assert_eq!(mails(&behind), 2);
    ask(&behind, "203.0.113.9, 192.0.2.2");
    assert_eq!(mails(&behind), 2, "the last entry counts: the proxy wrote it");
}

/// Lets acme's application ask its users for a confirmation.
fn confirms(world: &World) {
    let client = world.caller(&world.acme, Authority::AppClient);
    let set = client.put("/acme/shop", &json!({ "registration_requires_email_confirmation": true }));
    assert_eq!(set.status, 200, "{}", set.text);
}

fn batch(start: usize, count: usize) -> serde_json::Value {
    let user = |n: usize| json!({ "username": format!("u{n}"), "email": format!("u{n}@example.test") });
    (start..start + count).map(user).collect()
}

#[test]
fn sign_ups_of_one_source_cause_no_more_mail_than_any_other_request_and_are_no_errors() {
    let world = world_with(|settings| settings.mail.per_source = 2);
    confirms(&world);
    let made = world.guest().json("/acme/shop/users", &batch(0, 4));
    assert_eq!(made.json["entities"].as_array().map(Vec::len), Some(4), "{}", made.text);
    assert_eq!(mails(&world), 2);
    let client = world.caller(&world.acme, Authority::AppClient);
    assert_eq!(client.json("/acme/shop/users", &batch(4, 4)).status, 200);
    assert_eq!(mails(&world), 6, "the administration is no stranger");
}

#[test]
fn sign_ups_count_among_the_mails_to_one_address() {
    let world = world_with(|settings| settings.mail.per_address = 2);
    confirms(&world);
    let client = world.caller(&world.acme, Authority::AppClient);
    for _ in 0..4 {
        assert_eq!(world.guest().json("/acme/shop/users", &batch(0, 1)).status, 200);
        assert_eq!(client.delete("/acme/shop/users/u0").status, 200);
    }
    assert_eq!(mails(&world), 2);
}

#[test]
fn invitations_count_among_the_mails_to_one_address() {
    let world = world_with(|settings| settings.mail.per_address = 2);
    let admin = world.caller(&world.acme, Authority::Admin);
    for _ in 0..4 {
        let invited = admin.json("/management/orgs/acme/users", &json!({ "email": "admin@rival.test" }));
        assert_eq!(invited.status, 200, "{}", invited.text);
        assert_eq!(admin.delete("/management/orgs/acme/users/rival-admin").status, 200);
    }
    assert_eq!(world.server.letters_to(TenantId::MANAGEMENT, "admin@rival.test").len(), 2);
}

#[test]
fn guests_create_fifty_users_at_once_and_the_administration_more() {
    let world = world();
    let many: serde_json::Value = (0..51).map(|_| json!({})).collect();
    let refused = world.guest().json("/acme/shop/users", &many);
    assert_eq!(refused.error(), (400, "illegal_argument"), "{}", refused.text);
    assert_eq!(refused.text_of("error_description"), "A batch may hold at most 50 entities.");
    let client = world.caller(&world.acme, Authority::AppClient);
    assert_eq!(client.json("/acme/shop/users", &many).json["rejected"].as_array().map(Vec::len), Some(51));
}

#[test]
fn a_network_registers_as_many_admins_and_organizations_as_it_may_cause_mails() {
    let world = world_with(|settings| {
        superuser_on(settings);
        settings.mail.per_source = 2;
        settings.management.admins_must_confirm = Switch::On;
    });
    let register = |caller: &Client, path: &str, name: &str| {
        let email = format!("{name}@example.test");
        caller.json(path, &json!({ "organization": name, "username": name, "email": email, "password": PASSWORD }))
    };
    let (guest, users, orgs) = (world.guest(), "/management/users", "/management/orgs");
    assert_eq!(register(&guest, users, "one").status, 200);
    assert_eq!(register(&guest, orgs, "two").status, 200);
    world.server.advance(Duration::from_secs(600));
    for (path, name) in [(users, "three"), (orgs, "four")] {
        let refused = register(&guest, path, name);
        assert_eq!(refused.error(), (429, "too_many_requests"), "{}", refused.text);
        assert_eq!(refused.header("retry-after"), "3000");
    }
    let admin = world.caller(&world.acme, Authority::Admin);
    assert_eq!(register(&admin, users, "five").status, 429, "whoever registers strangers is one");
    let letters = || world.server.letters(TenantId::MANAGEMENT).len();
    assert_eq!(letters(), 2);
    assert_eq!(register(&world.superuser(), users, "six").status, 200, "the superuser is no stranger");
    world.server.advance(Duration::from_secs(3_000));
    assert_eq!(register(&guest, users, "seven").status, 200);
    assert_eq!(letters(), 4);
}

#[test]
fn registering_is_not_counted_where_it_causes_no_mail() {
    let world = world_with(|settings| settings.mail.per_source = 1);
    for name in ["one", "two", "three"] {
        let new = json!({ "username": name, "email": format!("{name}@example.test"), "password": PASSWORD });
        let made = world.guest().json("/management/users", &new);
        assert_eq!(made.status, 200, "{}", made.text);
    }
    assert!(world.server.letters(TenantId::MANAGEMENT).is_empty());
}

#[test]
fn registrations_count_among_the_mails_to_one_address() {
    let world = world_with(|settings| {
        settings.mail.per_address = 2;
        settings.management.admins_must_confirm = Switch::On;
    });
    let asked = || world.guest().form("/management/users/victim%40example.test/resetpw", "").status;
    assert_eq!([asked(), asked()], [200, 200]);
    let new = json!({ "email": "victim@example.test", "password": PASSWORD });
    assert_eq!(world.guest().json("/management/users", &new).status, 200, "the account is made all the same");
    assert!(world.server.letters(TenantId::MANAGEMENT).is_empty());
}

#[test]
fn those_who_decide_get_ten_times_as_many_mails_and_no_more() {
    let world = world_with(|settings| settings.mail.per_address = 1);
    let client = world.caller(&world.acme, Authority::AppClient);
    let set = client.put("/acme/shop", &json!({ "registration_requires_admin_approval": true }));
    assert_eq!(set.status, 200, "{}", set.text);
    assert_eq!(world.guest().json("/acme/shop/users", &batch(0, 12)).status, 200);
    let of = |world: &World| world.server.letters_to(world.acme.app.id, "admin@acme.test").len();
    assert_eq!(of(&world), 10);
    assert_eq!(client.get("/acme/shop/users?limit=100").json["entities"].as_array().map(Vec::len), Some(13));
    world.server.advance(Duration::from_secs(3_600));
    assert_eq!(world.guest().json("/acme/shop/users", &batch(12, 1)).status, 200);
    assert_eq!(of(&world), 11);
}
