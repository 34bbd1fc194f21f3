//! A token at each of the four authority levels, with the bodies that Usergrid's clients read.

use tokengrid::domain::authority::Authority;

use crate::support::{World, world};

pub(super) fn claims(token: &str) -> serde_json::Value {
    use base64::Engine;
    let payload = token.split('.').nth(1).unwrap();
    let bytes = base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(payload).unwrap();
    serde_json::from_slice(&bytes).unwrap()
}

#[test]
fn an_app_user_signs_in_with_their_password() {
    let World { server, acme, .. } = world();
    let answer = server.guest().sign_in("/acme/shop", "ANN", "correct horse");
    assert_eq!(answer.status, 200, "{}", answer.text);
    assert_eq!(answer.json["token_type"], "Bearer");
    assert_eq!(answer.json["expires_in"], 3_600);
    assert_eq!(answer.json["scope"], "api");
    assert_eq!(answer.json["user"]["uuid"], acme.user.id.to_string());
    assert_eq!(answer.json["user"]["username"], "ann");
    assert_eq!(answer.json["user"]["email"], "ann@example.test");
    assert_eq!(answer.json["user"]["type"], "user");
    assert_eq!(answer.json["user"]["activated"], true);
    assert!(answer.text_of("refresh_token").starts_with("cmUt"));
    assert_eq!(answer.header("content-type"), "application/json");
    assert_eq!(answer.header("cache-control"), "no-store");
    assert_eq!(answer.header("pragma"), "no-cache");
}

#[test]
fn an_app_client_gets_its_application() {
    let World { server, acme, .. } = world();
    let (id, secret) = &acme.app_client;
    for place in ["/acme/shop", "/management"] {
        let answer = server.guest().client_token(place, id, secret);
        assert_eq!(answer.status, 200, "{}", answer.text);
        assert_eq!(answer.json["application"], acme.app.id.to_string());
        assert_eq!(answer.json["refresh_token"], serde_json::Value::Null);
        assert_eq!(claims(&answer.token())["iss"], format!("{}/acme/shop", server.base));
    }
}

#[test]
fn an_org_client_gets_its_organization_at_both_doors() {
    let World { server, acme, .. } = world();
    let (id, secret) = &acme.org_client;
    for place in ["/acme/shop", "/management"] {
        let answer = server.guest().client_token(place, id, secret);
        assert_eq!(answer.status, 200, "{}", answer.text);
        let organization = &answer.json["organization"];
        assert_eq!(organization["uuid"], acme.org.id.to_string());
        assert_eq!(organization["name"], "acme");
        assert_eq!(organization["properties"], serde_json::json!({}));
        assert_eq!(organization["applications"]["acme/shop"], acme.app.id.to_string());
        assert_eq!(organization["users"]["acme-admin"]["email"], "admin@acme.test");
        assert_eq!(claims(&answer.token())["iss"], format!("{}/management", server.base));
    }
}

#[test]
fn an_admin_gets_their_organizations() {
    let World { server, acme, .. } = world();
    let answer = server.guest().sign_in("/management", "admin@acme.test", "correct horse");
    assert_eq!(answer.status, 200, "{}", answer.text);
    let user = &answer.json["user"];
    assert_eq!(user["uuid"], acme.admin.id.to_string());
    assert_eq!(user["adminUser"], true);
    assert_eq!(user["properties"], serde_json::json!({}));
    assert_eq!(user["organizations"]["acme"]["applications"]["acme/shop"], acme.app.id.to_string());
    assert_eq!(user["organizations"].as_object().unwrap().len(), 1);
    assert_eq!(answer.json["passwordChanged"], 1_767_225_600_000_i64);
}

#[test]
fn a_token_says_who_holds_it_and_where() {
    let World { server, acme, .. } = world();
    let claims = claims(&acme.token(&server.guest(), Authority::AppUser));
    assert_eq!(claims["iss"], format!("{}/acme/shop", server.base));
    assert_eq!(claims["aud"], claims["iss"]);
    assert_eq!(claims["sub"], acme.user.id.to_string());
    assert_eq!(claims["authority"], "app_user");
    assert_eq!(claims["org"], acme.org.id.to_string());
    assert_eq!(claims["app"], acme.app.id.to_string());
    assert_eq!(claims["client_id"], acme.app_client.0);
    assert_eq!(claims["iat"], 1_767_225_600_i64);
    assert_eq!(claims["exp"], 1_767_225_600_i64 + 3_600);
}
