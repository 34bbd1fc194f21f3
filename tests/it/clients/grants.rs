//! What registered clients get at the token endpoint, and that it is never more than they registered.

use serde_json::json;

use super::{CLIENTS, admin, ask, by_basic, refresh, registered, service, sign_in, text};
use crate::access::mint::claims;
use crate::support::{PASSWORD, world};

#[test]
fn a_clients_own_token_reaches_what_its_scope_names() {
    let world = world();
    let client = service(&world);
    let caller = by_basic(&world, &client);
    let grant = ("grant_type", "client_credentials");
    let all = ask(&caller, &[grant]);
    // What belongs to a person who signed in is not for it.
    assert_eq!(all.text_of("scope"), "api email profile");
    assert_eq!(all.json.get("refresh_token"), None);
    assert_eq!(world.guest().bearer(&all.token()).get("/acme/shop/users").status, 200);
    let narrow = ask(&caller, &[grant, ("scope", "profile openid admin")]);
    assert_eq!(narrow.text_of("scope"), "profile");
    let refused = world.guest().bearer(&narrow.token()).get("/acme/shop/users");
    assert_eq!(refused.status, 403, "{}", refused.text);
    assert_eq!(ask(&caller, &[grant, ("scope", "admin")]).error(), (400, "invalid_scope"));
    // In JSON it gets no more.
    let body = json!({
        "grant_type": "client_credentials", "client_id": client["client_id"], "scope": "admin", "client_secret": "x",
    });
    assert_ne!(world.guest().json("/acme/shop/token", &body).status, 200);
}

#[test]
fn a_grant_that_is_not_registered_is_unauthorized() {
    let world = world();
    let lone = json!({ "client_name": "x", "grant_types": ["client_credentials"], "scope": "api" });
    let caller = by_basic(&world, &registered(&world, lone));
    assert_eq!(sign_in(&caller, None).error(), (400, "unauthorized_client"));
    let pin = [("grant_type", "pin"), ("username", "ann"), ("pin", "4711")];
    assert_eq!(ask(&caller, &pin).error(), (400, "unauthorized_client"));
    let native = json!({
        "client_name": "x", "token_endpoint_auth_method": "none", "redirect_uris": ["https://app.example/cb"],
        "grant_types": ["authorization_code", "refresh_token"],
    });
    let public = registered(&world, native);
    for grant in ["client_credentials", "password"] {
        let fields = [
            ("grant_type", grant),
            ("client_id", text(&public, "client_id")),
            ("username", "ann"),
            ("password", PASSWORD),
        ];
        assert_eq!(ask(&world.guest(), &fields).error(), (400, "unauthorized_client"), "{grant}");
    }
    // Nothing is told of the account: the client comes first.
    let nobody = [("grant_type", "password"), ("username", "nobody"), ("password", "x")];
    assert_eq!(ask(&caller, &nobody).error(), (400, "unauthorized_client"));
}

#[test]
fn passwords_can_be_switched_off_for_the_applications_own_sign_in() {
    let world = world();
    let listed = by_basic(&world, &service(&world));
    let switches = [("/management/orgs/acme", "organization"), ("/acme/shop", "application")];
    for (path, of) in switches {
        assert_eq!(admin(&world).put(path, &json!({ "password_grant": "maybe" })).status, 400, "{of}");
        assert_eq!(admin(&world).put(path, &json!({ "password_grant": "off" })).status, 200, "{of}");
        let form = sign_in(&world.guest(), None);
        assert_eq!(form.error(), (400, "unauthorized_client"), "{of}");
        assert_eq!(world.guest().sign_in("/acme/shop", "ann", PASSWORD).error(), (400, "unauthorized_client"), "{of}");
        let (id, secret) = &world.acme.app_client;
        assert_eq!(sign_in(&world.guest().basic(id, secret), None).error(), (400, "unauthorized_client"), "{of}");
        let pin = [("grant_type", "pin"), ("username", "ann"), ("pin", "4711")];
        assert_eq!(ask(&world.guest(), &pin).error(), (400, "unauthorized_client"), "{of}");
        assert_eq!(sign_in(&listed, None).status, 200, "{of}: a client that lists it was let in by name");
        assert_eq!(world.guest().sign_in("/rival/shop", "ann", PASSWORD).status, 200, "{of}");
        assert_eq!(world.guest().sign_in("/management", "acme-admin", PASSWORD).status, 200, "{of}");
        assert_eq!(admin(&world).put(path, &json!({ "password_grant": "on" })).status, 200, "{of}");
        assert_eq!(sign_in(&world.guest(), None).status, 200, "{of}");
    }
}

#[test]
fn a_session_is_bound_to_its_client_and_its_scope_only_shrinks() {
    let world = world();
    let (client, other) = (service(&world), service(&world));
    let caller = by_basic(&world, &client);
    let begun = sign_in(&caller, Some("profile api"));
    assert_eq!(begun.text_of("scope"), "api profile");
    assert_eq!(claims(&begun.token())["client_id"], client["client_id"]);
    let token = begun.text_of("refresh_token");
    assert_eq!(refresh(&by_basic(&world, &other), token, &[]).error(), (400, "invalid_grant"));
    assert_eq!(refresh(&world.guest(), token, &[]).error(), (401, "invalid_client"));
    assert_eq!(refresh(&caller, token, &[("scope", "profile email")]).error(), (400, "invalid_scope"));
    let narrow = refresh(&caller, token, &[("scope", "profile")]);
    assert_eq!(narrow.text_of("scope"), "profile");
    // The session keeps what was granted (RFC 6749 §6).
    assert_eq!(refresh(&caller, narrow.text_of("refresh_token"), &[]).text_of("scope"), "api profile");
}

#[test]
fn what_a_registration_lost_its_sessions_lose() {
    let world = world();
    let client = service(&world);
    let (caller, path) = (by_basic(&world, &client), format!("{CLIENTS}/{}", text(&client, "client_id")));
    let change = |body| assert_eq!(admin(&world).put(&path, &body).status, 200, "{body}");
    let begun = sign_in(&caller, None);
    change(json!({ "scope": "profile" }));
    let narrowed = refresh(&caller, begun.text_of("refresh_token"), &[]);
    assert_eq!(narrowed.text_of("scope"), "profile");
    change(json!({ "scope": "reports" }));
    assert_eq!(refresh(&caller, narrowed.text_of("refresh_token"), &[]).error(), (400, "invalid_grant"));
    change(json!({ "scope": "profile", "grant_types": ["password", "client_credentials"] }));
    assert_eq!(refresh(&caller, narrowed.text_of("refresh_token"), &[]).error(), (400, "unauthorized_client"));
    assert_eq!(sign_in(&caller, None).json.get("refresh_token"), None, "it did not register for sessions");
}

#[test]
fn sessions_of_a_client_last_as_long_as_it_registered() {
    let world = world();
    let client = registered(
        &world,
        json!({
            "client_name": "Short", "grant_types": ["password", "refresh_token"],
            "access_token_ttl": 120_000, "refresh_token_ttl": 600_000,
        }),
    );
    let caller = by_basic(&world, &client);
    let begun = sign_in(&caller, None);
    assert_eq!(begun.json["expires_in"], 120);
    let longer = [("grant_type", "password"), ("username", "ann"), ("password", PASSWORD), ("ttl", "120001")];
    assert_eq!(ask(&caller, &longer).error(), (400, "invalid_request"));
    let went_on = refresh(&caller, begun.text_of("refresh_token"), &[]);
    assert_eq!(went_on.json["expires_in"], 120);
    world.server.advance(std::time::Duration::from_secs(600));
    assert_eq!(refresh(&caller, went_on.text_of("refresh_token"), &[]).error(), (400, "invalid_grant"));
}
