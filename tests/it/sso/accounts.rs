//! Accounts of admins are kept by the provider alone: nothing here mails about them, names them or makes them.

use serde_json::{Value, json};
use tokengrid::config::{Settings, SsoKind};
use tokengrid::domain::id::TenantId;

use super::keys::Pair;
use super::settle;
use crate::support::{Account, Answer, Client, Host, PASSWORD, Says, World, world_with};
use tokengrid::domain::clock::Clock;

/// A world whose admins come by tokens of a provider, and one of them.
fn begin() -> (World, Client, Host) {
    begin_with(|_| ())
}

fn begin_with(change: impl FnOnce(&mut Settings)) -> (World, Client, Host) {
    let pair = Pair::new("one");
    let host = Host::start(Says::json(json!({ "keys": [pair.jwk()] })));
    let url = host.url("/keys");
    let world = world_with(move |settings| {
        settle(settings);
        settings.sso.mode = SsoKind::Jwt;
        settings.sso.url = url;
        settings.sso.sign_in_url = "https://id.example.test/login".to_owned();
        settings.sso.issuer = "https://id.example.test".to_owned();
        settings.sso.audience = "tokengrid".to_owned();
        change(settings);
    });
    let now = world.server.clock.now().seconds();
    let claims = json!({
        "iss": "https://id.example.test", "aud": "tokengrid", "iat": now, "exp": now + 600, "email": "admin@acme.test",
    });
    let admin = world.guest().bearer(&pair.sign(&claims));
    (world, admin, host)
}

fn assert_kept_elsewhere(answer: &Answer, what: &str) {
    assert_eq!(answer.error(), (400, "illegal_argument"), "{what}: {}", answer.text);
    assert!(answer.text_of("error_description").contains("admin users must login via"), "{what}: {}", answer.text);
}

#[test]
fn no_link_about_an_admin_is_mailed_or_used() {
    let (world, _, _host) = begin();
    let guest = world.guest();
    for path in ["/management/users/resetpw", "/management/users/acme-admin/resetpw"] {
        assert_kept_elsewhere(&guest.get(path), path);
        assert_kept_elsewhere(&guest.form(path, "email=admin%40acme.test"), path);
    }
    for act in ["activate", "confirm", "reactivate"] {
        for of in ["users/acme-admin", "orgs/acme"] {
            let path = format!("/management/{of}/{act}?token=ZW0tx");
            assert_kept_elsewhere(&guest.get(&path), &path);
        }
    }
    assert!(world.server.letters(TenantId::MANAGEMENT).is_empty());
    assert_eq!(guest.form("/acme/shop/users/ann/resetpw", "").status, 200, "users of applications are kept here");
}

#[test]
fn an_admin_takes_no_other_name_or_address_here_but_the_superuser_gives_one() {
    let (world, admin, _host) = begin();
    let own = "/management/users/acme-admin";
    for change in [json!({ "email": "admin@rival.test.evil" }), json!({ "username": "other" })] {
        assert_kept_elsewhere(&admin.put(own, &change), &change.to_string());
    }
    let same = json!({ "email": "admin@acme.test", "username": "acme-admin", "name": "Ada" });
    let kept = admin.put(own, &same);
    assert_eq!(kept.status, 200, "what was read may be sent back: {}", kept.text);
    let given = world.superuser().put(own, &json!({ "email": "ada@acme.test" }));
    assert_eq!(given.status, 200, "{}", given.text);
}

fn registration(name: &str) -> Value {
    json!({ "organization": name, "username": name, "email": format!("{name}@example.test"), "password": PASSWORD })
}

#[test]
fn accounts_of_admins_are_made_by_the_superuser_alone() {
    let (world, admin, _host) = begin();
    for caller in [&world.guest(), &admin] {
        for path in ["/management/users", "/management/orgs"] {
            assert_kept_elsewhere(&caller.json(path, &registration("new")), path);
        }
    }
    let with_password = json!({ "email": "new@example.test", "password": PASSWORD });
    assert_kept_elsewhere(&admin.json("/management/orgs/acme/users", &with_password), "an invitation");
    Account { email: Some("known@example.test"), ..Account::named("known") }.admin(&world.server, &world.rival);
    let known = admin.json("/management/orgs/acme/users", &json!({ "email": "known@example.test" }));
    assert_eq!(known.status, 200, "who is known may be invited: {}", known.text);
    for path in ["/management/users", "/management/orgs"] {
        let made = world.superuser().json(path, &registration(&path.replace('/', "")));
        assert_eq!(made.status, 200, "{}", made.text);
    }
}

#[test]
fn who_is_invited_is_shown_the_way_to_sign_on_and_no_link_that_is_not_answered() {
    let (world, admin, _host) = begin();
    Account { email: Some("known@example.test"), confirmed: false, ..Account::named("known") }
        .admin(&world.server, &world.rival);
    for email in ["new@example.test", "known@example.test"] {
        let invited = admin.json("/management/orgs/acme/users", &json!({ "email": email }));
        assert_eq!(invited.status, 200, "{}", invited.text);
        let letters = world.server.letters_to(TenantId::MANAGEMENT, email);
        let [letter] = letters.as_slice() else { panic!("{email}: {} letters", letters.len()) };
        assert_eq!(letter.subject, "User Invited To Organization");
        assert_eq!(letter.link(), "https://id.example.test/login");
        assert!(letter.text.contains("acme") && !letter.text.contains("password"), "{}", letter.text);
    }
}

#[test]
fn who_is_invited_where_nobody_knows_the_way_to_sign_on_gets_no_mail() {
    let (world, admin, _host) = begin_with(|settings| settings.sso.sign_in_url = String::new());
    let invited = admin.json("/management/orgs/acme/users", &json!({ "email": "new@example.test" }));
    assert_eq!(invited.status, 200, "{}", invited.text);
    assert!(world.server.letters(TenantId::MANAGEMENT).is_empty());
}
