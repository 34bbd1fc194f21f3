//! RFC 9728, protected resource metadata.

use serde_json::json;
use tokengrid::domain::tenant::{AppSettings, Switch};
use tokengrid::manage::Actor;

use crate::support::world;

#[test]
fn s3_3_the_resource_is_the_one_that_was_asked_for() {
    let world = world();
    let base = &world.server.base;
    for place in ["acme/shop", "management"] {
        let paths = [
            format!("/{place}/.well-known/oauth-protected-resource"),
            format!("/.well-known/oauth-protected-resource/{place}"),
        ];
        for path in paths {
            let answer = world.guest().get(&path);
            assert_eq!(answer.status, 200, "{path}");
            assert_eq!(answer.json["resource"], format!("{base}/{place}"));
            assert_eq!(answer.json["resource_name"], place);
        }
    }
}

#[test]
fn s2_the_servers_that_it_names_issue_tokens_that_it_takes() {
    let world = world();
    let guest = world.guest();
    let said = guest.get("/acme/shop/.well-known/oauth-protected-resource").json;
    let base = &world.server.base;
    assert_eq!(said["authorization_servers"], json!([format!("{base}/acme/shop"), format!("{base}/management")]));
    for (place, name) in [("/acme/shop", "ann"), ("/management", "acme-admin")] {
        let token = guest.sign_in(place, name, "correct horse").token();
        assert_eq!(guest.bearer(&token).get("/acme/shop/users").status, 200, "{place}");
    }
    let management = guest.get("/management/.well-known/oauth-protected-resource").json;
    assert_eq!(management["authorization_servers"], json!([format!("{base}/management")]));
}

#[test]
fn s2_tokens_are_taken_by_the_methods_that_it_names_and_no_others() {
    let world = world();
    let guest = world.guest();
    let token = guest.sign_in("/acme/shop", "ann", "correct horse").token();
    let path = "/acme/shop/.well-known/oauth-protected-resource";
    assert_eq!(guest.get(path).json["bearer_methods_supported"], json!(["header", "body", "query"]));
    assert_eq!(guest.bearer(&token).get("/acme/shop/users").status, 200);
    let by_body = guest.form("/acme/shop/users/ann/revoketoken", &format!("access_token={token}&token=x"));
    assert_eq!(by_body.status, 200, "{}", by_body.text);
    assert_eq!(guest.get(&format!("/acme/shop/users?access_token={token}")).status, 200);
    world.server.wait(async {
        let app = &world.acme.app;
        let settings = AppSettings { url_tokens: Switch::Off, ..app.settings.clone() };
        world.registry().set_app(app, settings, Actor::Operator).await.unwrap();
    });
    assert_eq!(guest.get(path).json["bearer_methods_supported"], json!(["header", "body"]));
    assert_eq!(guest.get(&format!("/acme/shop/users?access_token={token}")).status, 401);
}
