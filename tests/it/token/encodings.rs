//! The ways in which a grant may be written, and what stays outside of it.

use serde_json::json;
use tokengrid::domain::secret::Secret;
use tokengrid::manage::{Actor, NewPerson};

use super::{WRONG_LOGIN, assert_oauth, form};
use crate::support::{Account, PASSWORD, world};

#[test]
fn json_is_json_whatever_its_content_type() {
    let world = world();
    let body = json!({ "grant_type": "password", "username": "ann", "password": PASSWORD }).to_string();
    for kind in [
        None,
        Some("application/json"),
        Some("application/json; charset=utf-8"),
        Some("text/plain"),
        Some("*/*"),
        Some("application/x-www-form-urlencoded"),
        Some("nonsense"),
    ] {
        let answer = world.guest().send("POST", "/acme/shop/token", kind, &body);
        assert_eq!(answer.status, 200, "{kind:?}: {}", answer.text);
        let spaced = world.guest().send("POST", "/acme/shop/token", kind, &format!("\r\n\t {body}\n"));
        assert_eq!(spaced.status, 200, "{kind:?}: {}", spaced.text);
    }
}

#[test]
fn a_form_is_a_form_whatever_its_content_type() {
    let world = world();
    let body = form(&[("grant_type", "password"), ("username", "ann"), ("password", PASSWORD)]);
    assert!(body.contains("correct+horse"), "a space is a plus in a form");
    for kind in [Some("application/x-www-form-urlencoded"), Some("text/plain"), None] {
        assert_eq!(world.guest().send("POST", "/acme/shop/token", kind, &body).status, 200, "{kind:?}");
    }
    let escaped = body.replace('+', "%20");
    assert_eq!(world.guest().form("/acme/shop/token", &escaped).status, 200);
}

#[test]
fn a_grant_may_stand_in_the_query_of_a_get_or_a_post() {
    let world = world();
    let query = form(&[("grant_type", "password"), ("username", "ann"), ("password", PASSWORD)]);
    let path = format!("/acme/shop/token?{query}");
    assert_eq!(world.guest().get(&path).status, 200);
    assert_eq!(world.guest().send("POST", &path, None, "").status, 200);
    assert_eq!(world.guest().send("POST", &path, Some("application/json"), "").status, 200);
    assert_eq!(world.guest().send("POST", &path, Some("application/x-www-form-urlencoded"), "").status, 200);
    // Half in the query, half in the body.
    let half = world.guest().form("/acme/shop/token?grant_type=password", &query.replace("grant_type=password&", ""));
    assert_eq!(half.status, 200, "{}", half.text);
}

#[test]
fn a_body_on_get_is_ignored() {
    let world = world();
    let grant = json!({ "grant_type": "password", "username": "ann", "password": PASSWORD }).to_string();
    let query = form(&[("grant_type", "password"), ("username", "ann"), ("password", PASSWORD)]);
    let path = format!("/acme/shop/token?{query}");
    let get = |path: &str, body: &str| {
        let text = format!(
            "GET {path} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\
             Connection: close\r\n\r\n{body}",
            body.len()
        );
        crate::support::raw(world.server.address, text.as_bytes())
    };
    for body in ["{}", "{", "not json", &grant] {
        assert!(get(&path, body).starts_with("HTTP/1.1 200 "), "{body}");
    }
    let answer = get("/acme/shop/token", &grant);
    assert!(answer.starts_with("HTTP/1.1 400 ") && answer.contains(WRONG_LOGIN), "{answer}");
}

#[test]
fn a_person_is_named_by_username_email_or_uuid_in_any_case() {
    let world = world();
    let (user, admin) = (world.acme.user.id.to_string(), world.acme.admin.id.to_string());
    let upper = user.to_uppercase();
    for name in ["ann", "Ann", "ann@example.test", "ANN@Example.TEST", &user, &upper, " ann "] {
        let answer = world.guest().sign_in("/acme/shop", name, PASSWORD);
        assert_eq!(answer.json["user"]["uuid"], user, "{name}: {}", answer.text);
    }
    for name in ["acme-admin", "ACME-Admin", "admin@acme.test", "Admin@Acme.Test", &admin] {
        let answer = world.guest().sign_in("/management", name, PASSWORD);
        assert_eq!(answer.json["user"]["uuid"], admin, "{name}: {}", answer.text);
    }
    // A right id at a wrong place is nobody.
    let rival = world.rival.user.id.to_string();
    assert_oauth(&world.guest().sign_in("/acme/shop", &rival, PASSWORD), 400, "invalid_grant", WRONG_LOGIN);
}

#[test]
fn email_stands_in_for_username_and_does_not_overrule_it() {
    let world = world();
    let ask = |name: &str, value: &str| {
        let body = form(&[("grant_type", "password"), (name, value), ("password", PASSWORD)]);
        let json = json!({ "grant_type": "password", name: value, "password": PASSWORD });
        [
            world.guest().form("/acme/shop/token", &body),
            world.guest().json("/acme/shop/token", &json),
            world.guest().get(&format!("/acme/shop/token?{body}")),
        ]
    };
    for answer in ask("email", "ann@example.test").into_iter().chain(ask("email", "ann")) {
        assert_eq!(answer.json["user"]["username"], "ann", "{}", answer.text);
    }
    Account { email: Some("bea@example.test"), ..Account::named("bea") }.user(&world.server, &world.acme);
    let both = json!({ "grant_type": "password", "username": "ann", "email": "bea", "password": PASSWORD });
    assert_eq!(world.guest().json("/acme/shop/token", &both).json["user"]["username"], "ann");
}

#[test]
fn a_username_that_looks_like_an_email_finds_its_owner_and_never_overrides_a_real_address() {
    let world = world();
    let id = Account::named("bea@example.test").user(&world.server, &world.acme).to_string();
    assert_eq!(world.guest().sign_in("/acme/shop", "Bea@example.test", PASSWORD).json["user"]["uuid"], id);
    // This name is ann's address: who owns the address is meant. No request takes such a name; it may be there from before.
    Account::named("squatter").user(&world.server, &world.acme);
    let shadow = "UPDATE app_user SET username = 'ann@example.test', username_key = 'ann@example.test'";
    world.server.sql_for(world.acme.app.id, &format!("{shadow} WHERE username_key = 'squatter'"));
    let answer = world.guest().sign_in("/acme/shop", "ann@example.test", PASSWORD);
    assert_eq!(answer.json["user"]["username"], "ann");
}

#[test]
fn a_username_of_hexadecimal_digits_is_a_username() {
    let world = world();
    // Devices are often named by a digest: as long as a UUID, but not written as one.
    let id = Account::named("D41D8CD98F00B204E9800998ECF8427E").user(&world.server, &world.acme).to_string();
    let answer = world.guest().sign_in("/acme/shop", "d41d8cd98f00b204e9800998ecf8427e", PASSWORD);
    assert_eq!(answer.json["user"]["uuid"], id, "{}", answer.text);
}

#[test]
fn plus_and_apostrophe_survive_every_encoding() {
    let world = world();
    let password = "p+a'ss &=%?#ü\"{}";
    let person = NewPerson {
        username: "o'neil+test".to_owned(),
        email: Some("o'neil+tag@example.test".to_owned()),
        name: None,
        password: Some(Secret::new(password)),
        properties: serde_json::Map::new(),
    };
    let registry = world.registry();
    world.server.wait(registry.create_user(world.acme.app.id, person, Actor::Operator)).unwrap();
    for name in ["o'neil+test", "o'neil+tag@example.test"] {
        let body = form(&[("grant_type", "password"), ("username", name), ("password", password)]);
        let json = json!({ "grant_type": "password", "username": name, "password": password });
        for answer in [
            world.guest().form("/acme/shop/token", &body),
            world.guest().json("/acme/shop/token", &json),
            world.guest().get(&format!("/acme/shop/token?{body}")),
        ] {
            assert_eq!(answer.json["user"]["username"], "o'neil+test", "{}", answer.text);
        }
    }
    // An unescaped plus is a space: another name.
    let raw = "grant_type=password&username=o'neil+test&password=x";
    assert_oauth(&world.guest().form("/acme/shop/token", raw), 400, "invalid_grant", WRONG_LOGIN);
}

#[test]
fn a_stale_bearer_beside_a_grant_is_ignored() {
    let world = world();
    let user = world.guest().sign_in("/acme/shop", "ann", PASSWORD).token();
    let admin = world.guest().sign_in("/management", "acme-admin", PASSWORD).token();
    world.server.advance(std::time::Duration::from_secs(3_601));
    let (id, secret) = &world.acme.app_client;
    for stale in [user.as_str(), &admin, "nonsense"] {
        let caller = world.guest().bearer(stale);
        assert_eq!(caller.sign_in("/acme/shop", "ann", PASSWORD).status, 200);
        assert_eq!(caller.sign_in("/management", "acme-admin", PASSWORD).status, 200);
        assert_eq!(caller.client_token("/management", id, secret).status, 200);
        // The grant decides, not the token: a wrong password beside a token is a wrong password.
        assert_oauth(&caller.sign_in("/acme/shop", "ann", "wrong"), 400, "invalid_grant", WRONG_LOGIN);
    }
    let live = world.guest().sign_in("/management", "acme-admin", PASSWORD).token();
    let wrong = world.guest().bearer(&live).sign_in("/management", "acme-admin", "wrong");
    assert_oauth(&wrong, 400, "invalid_grant", WRONG_LOGIN);
    // An application's endpoint never makes a token out of a token.
    let user = world.guest().sign_in("/acme/shop", "ann", PASSWORD).token();
    let nothing = world.guest().bearer(&user).get("/acme/shop/token");
    assert_oauth(&nothing, 400, "invalid_grant", WRONG_LOGIN);
}
