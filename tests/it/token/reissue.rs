//! A token in place of a grant, at the management door; and who one is there.

use std::time::Duration;

use serde_json::json;
use tokengrid::domain::authority::Authority;
use tokengrid::manage::Actor;

use super::four_levels::claims;
use super::{WRONG_LOGIN, assert_envelope, assert_oauth, assert_refused, form};
use crate::support::{PASSWORD, SUPERUSER, World, superuser_on, world, world_with};

fn admin(world: &World) -> String {
    world.guest().sign_in("/management", "acme-admin", PASSWORD).token()
}

#[test]
fn an_admins_token_is_renewed_in_every_way_that_a_token_can_be_shown() {
    let world = world();
    let token = admin(&world);
    world.server.advance(Duration::from_secs(600));
    let bearer = world.guest().bearer(&token);
    for answer in [
        world.guest().get(&format!("/management/token?access_token={token}")),
        bearer.get("/management/token"),
        bearer.send("POST", "/management/token", None, ""),
        world.guest().form("/management/token", &form(&[("access_token", &token)])),
        world.guest().json("/management/token", &json!({ "access_token": token })),
    ] {
        let new = answer.token();
        assert_ne!(new, token);
        assert_eq!(answer.json["expires_in"], 3_600);
        assert_eq!(answer.json["token_type"], "Bearer");
        assert_eq!(answer.json["user"]["username"], "acme-admin");
        assert_eq!(answer.json["passwordChanged"], 1_767_225_600_000_i64);
        assert_eq!(answer.header("cache-control"), "no-store");
        // No second session begins: no refresh token, and the new one dies with the old one's session.
        assert_eq!(answer.json.get("refresh_token"), None);
        assert_eq!(claims(&new)["sid"], claims(&token)["sid"]);
        assert_ne!(claims(&new)["jti"], claims(&token)["jti"]);
        assert_eq!(world.guest().bearer(&new).get("/management/me").status, 200);
    }
}

#[test]
fn a_renewed_token_shows_what_changed_meanwhile() {
    let world = world();
    let token = admin(&world);
    let registry = world.registry();
    let (app, _) = world.server.wait(registry.create_app(&world.acme.org, "late", Actor::Operator)).unwrap();
    let answer = world.guest().bearer(&token).get("/management/token");
    assert_eq!(answer.json["user"]["organizations"]["acme"]["applications"]["acme/late"], app.id.to_string());
}

#[test]
fn a_renewed_token_dies_with_its_session() {
    let world = world();
    let token = admin(&world);
    let renewed = world.guest().bearer(&token).get("/management/token").token();
    let again = world.guest().bearer(&renewed).get("/management/token").token();
    let path = "/management/users/acme-admin/revoketokens";
    assert_eq!(world.guest().bearer(&token).send("PUT", path, None, "").status, 200);
    for dead in [&token, &renewed, &again] {
        let answer = world.guest().bearer(dead).get("/management/token");
        assert_eq!(answer.error(), (401, "auth_invalid"), "{}", answer.text);
    }
}

#[test]
fn ttl_counts_when_a_token_is_renewed() {
    let world = world();
    let token = admin(&world);
    let bearer = world.guest().bearer(&token);
    assert_eq!(bearer.get("/management/token?ttl=60000").json["expires_in"], 60);
    let over = "Your token age cannot be more than the maximum age of 604800000 milliseconds";
    assert_envelope(&bearer.get("/management/token?ttl=604800001"), 400, "illegal_argument", over);
    assert_envelope(&bearer.get("/management/token?ttl=NaN"), 400, "illegal_argument", "ttl must be a number >= 0");
    let form = bearer.form("/management/token", "ttl=604800001");
    assert_oauth(&form, 400, "invalid_request", over);
}

#[test]
fn a_grant_beside_the_token_is_what_counts() {
    let world = world();
    let bearer = world.guest().bearer(&admin(&world));
    assert_oauth(&bearer.sign_in("/management", "acme-admin", "wrong"), 400, "invalid_grant", WRONG_LOGIN);
    assert_eq!(bearer.sign_in("/management", "rival-admin", PASSWORD).json["user"]["username"], "rival-admin");
}

#[test]
fn only_an_admins_token_is_renewed() {
    let world = world();
    for authority in [Authority::AppUser, Authority::AppClient, Authority::OrgClient] {
        let caller = world.caller(&world.acme, authority);
        for path in ["/management/token", "/management/me"] {
            let answer = caller.get(path);
            assert_refused(&answer, 401, "unauthorized", "No admin user access authorized");
            assert_eq!(answer.header("www-authenticate"), r#"Bearer realm="Tokengrid""#);
        }
    }
}

#[test]
fn a_token_that_does_not_hold_is_not_renewed() {
    let world = world();
    let token = admin(&world);
    let words = [
        ("nonsense".to_owned(), "auth_unverified_oath", "Unable to authenticate OAuth credentials"),
        (format!("{token}x"), "auth_unverified_oath", "Unable to authenticate OAuth credentials"),
    ];
    for (bad, code, sentence) in words {
        for path in ["/management/token", "/management/me"] {
            let answer = world.guest().bearer(&bad).get(path);
            assert_refused(&answer, 401, code, sentence);
            assert_eq!(answer.header("www-authenticate"), r#"Bearer realm="Tokengrid", error="invalid_token""#);
        }
    }
    world.server.advance(Duration::from_secs(3_600));
    for path in ["/management/token", "/management/me"] {
        let expired = world.guest().bearer(&token).get(path);
        assert_refused(&expired, 401, "expired_token", "Unable to authenticate due to expired access token");
    }
    let empty = world.guest().send_with("GET", "/management/token", None, "", &[("authorization", "Bearer ")]);
    assert_eq!(empty.error(), (401, "invalid_request"), "{}", empty.text);
}

#[test]
fn a_disabled_admins_token_is_not_renewed() {
    let world = world();
    let token = admin(&world);
    world.server.sql_for(
        tokengrid::domain::id::TenantId::MANAGEMENT,
        "UPDATE admin SET disabled = TRUE WHERE username_key = 'acme-admin'",
    );
    let answer = world.guest().bearer(&token).get("/management/token");
    assert_oauth(&answer, 400, "invalid_grant", "user disabled");
}

#[test]
fn me_shows_the_presented_token_and_what_is_left_of_it() {
    let world = world();
    let token = admin(&world);
    world.server.advance(Duration::from_secs(600));
    for answer in [
        world.guest().bearer(&token).get("/management/me"),
        world.guest().get(&format!("/management/me?access_token={token}")),
    ] {
        assert_eq!(answer.token(), token);
        assert_eq!(answer.json["expires_in"], 3_000);
        assert_eq!(answer.json["user"]["uuid"], world.acme.admin.id.to_string());
        let organizations = &answer.json["user"]["organizations"];
        assert_eq!(organizations["acme"]["applications"]["acme/shop"], world.acme.app.id.to_string());
        assert_eq!(organizations.get("rival"), None);
        assert_eq!(answer.header("cache-control"), "no-store");
    }
}

#[test]
fn me_without_a_token_is_the_token_endpoint() {
    let world = world();
    assert_oauth(&world.guest().get("/management/me"), 400, "invalid_grant", WRONG_LOGIN);
    let grant = form(&[("grant_type", "password"), ("username", "acme-admin"), ("password", PASSWORD)]);
    assert_eq!(world.guest().get(&format!("/management/me?{grant}")).status, 200);
    assert_eq!(world.guest().form("/management/me", &grant).status, 200);
    let body = json!({ "grant_type": "password", "username": "acme-admin", "password": PASSWORD });
    let answer = world.guest().json("/management/me", &body);
    assert_eq!(answer.json["user"]["username"], "acme-admin");
    // A former session's token beside the grant does not count.
    assert_eq!(world.guest().bearer("stale").json("/management/me", &body).status, 200);
}

#[test]
fn a_token_that_a_registered_client_was_given_is_not_renewed_into_one_of_the_admins_own() {
    const EXCHANGE: &str = "urn:ietf:params:oauth:grant-type:token-exchange";
    let world = world_with(superuser_on);
    let said = json!({ "client_name": "service", "grant_types": [EXCHANGE], "scope": "api" });
    let made = world.superuser().json("/management/clients", &said);
    let text = |name: &str| made.json["entities"][0][name].as_str().unwrap().to_owned();
    let service = world.guest().basic(&text("client_id"), &text("client_secret"));
    let exchanged = |subject: &str| {
        let body = [
            ("grant_type", EXCHANGE),
            ("subject_token", subject),
            ("subject_token_type", "urn:ietf:params:oauth:token-type:access_token"),
        ];
        service.form("/management/token", &form(&body)).token()
    };
    let superuser = world.guest().sign_in("/management", SUPERUSER.0, SUPERUSER.1).token();
    for own in [admin(&world), superuser] {
        let given = exchanged(&own);
        let bearer = world.guest().bearer(&given);
        assert_eq!(bearer.get("/management/me").status, 200, "it is good for all else");
        for answer in [
            bearer.get("/management/token?ttl=604800000"),
            bearer.send("POST", "/management/token", None, ""),
            world.guest().form("/management/token", &form(&[("access_token", &given)])),
            world.guest().json("/management/token", &json!({ "access_token": given })),
        ] {
            assert_eq!(answer.error(), (401, "unauthorized"), "{}", answer.text);
        }
        assert_eq!(world.guest().bearer(&own).get("/management/token").status, 200);
    }
}
