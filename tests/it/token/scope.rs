//! Scopes: one so far; a form is held to it, Usergrid's encodings are not.

use serde_json::json;

use super::{assert_oauth, form, successor};
use crate::support::{PASSWORD, world};

const WRONG_SCOPE: &str = "The scope is unknown or exceeds what was granted.";

#[test]
fn a_form_that_asks_for_nothing_we_know_is_refused_and_told_the_scope_otherwise() {
    let world = world();
    let (id, secret) = &world.acme.app_client;
    let person = [("grant_type", "password"), ("username", "ann"), ("password", PASSWORD)];
    let client = [("grant_type", "client_credentials"), ("client_id", id), ("client_secret", secret)];
    for grant in [&person[..], &client[..]] {
        let ask = |scope: &str| world.guest().form("/acme/shop/token", &form(&[grant, &[("scope", scope)]].concat()));
        for unknown in ["openid", "API", "apis", "openid profile"] {
            assert_oauth(&ask(unknown), 400, "invalid_scope", WRONG_SCOPE);
        }
        // T-7: the answer names what was given.
        for known in ["api", "api openid", "openid api", ""] {
            assert_eq!(ask(known).json["scope"], "api", "{known}");
        }
    }
}

#[test]
fn json_and_query_parse_a_scope_and_ignore_it() {
    let world = world();
    let body = json!({ "grant_type": "password", "username": "ann", "password": PASSWORD, "scope": "openid" });
    assert_eq!(world.guest().json("/acme/shop/token", &body).json["scope"], "api");
    let query = form(&[("grant_type", "password"), ("username", "ann"), ("password", PASSWORD), ("scope", "openid")]);
    assert_eq!(world.guest().get(&format!("/acme/shop/token?{query}")).json["scope"], "api");
}

#[test]
fn a_scope_is_refused_only_after_the_password_matched() {
    let world = world();
    let wrong = [("grant_type", "password"), ("username", "ann"), ("password", "wrong"), ("scope", "openid")];
    let answer = world.guest().form("/acme/shop/token", &form(&wrong));
    assert_oauth(&answer, 400, "invalid_grant", super::WRONG_LOGIN);
}

#[test]
fn a_scope_never_grows_at_refresh_and_asking_does_not_burn_the_token() {
    let world = world();
    let token = successor(&world.guest().sign_in("/acme/shop", "ann", PASSWORD));
    let ask = |scope| {
        let parameters = [("grant_type", "refresh_token"), ("refresh_token", &*token), ("scope", scope)];
        world.guest().form("/acme/shop/token", &form(&parameters))
    };
    // RT-4: every superset; RT-16: the refused request moved nothing.
    for superset in ["api openid", "openid", "API", "openid api"] {
        assert_oauth(&ask(superset), 400, "invalid_scope", WRONG_SCOPE);
    }
    let family = world.server.core.store.find_refresh_family(world.acme.app.id.into(), super::refresh::family(&token));
    assert_eq!(family.unwrap().unwrap().head, 1);
    assert_eq!(ask("api").json["scope"], "api");
}
