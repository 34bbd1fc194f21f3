//! Where the token endpoint is: every spelling of a place, and places that are none.

use serde_json::json;

use super::form;
use crate::support::{PASSWORD, world};

#[test]
fn every_spelling_of_an_application_is_one_place() {
    let world = world();
    let (org, app) = (world.acme.org.id, world.acme.app.id);
    for place in [
        "/acme/shop".to_owned(),
        "/ACME/Shop".to_owned(),
        format!("/acme/{app}"),
        format!("/{org}/{app}"),
        "/acme/applications/shop".to_owned(),
        "/acme/apps/shop".to_owned(),
        "/acme/a/shop".to_owned(),
        format!("/acme/applications/{app}"),
        format!("/{org}/apps/{app}"),
        "/organizations/acme/shop".to_owned(),
        "/orgs/acme/shop".to_owned(),
        "/o/acme/shop".to_owned(),
        "/orgs/acme/apps/shop".to_owned(),
        format!("/orgs/{org}/shop"),
        format!("/orgs/{org}/a/{app}"),
        format!("/{app}"),
        format!("/applications/{app}"),
        format!("/apps/{app}"),
        "//acme///shop/".to_owned(),
    ] {
        for path in [format!("{place}/token"), format!("{place}/token/")] {
            let body = json!({ "grant_type": "password", "username": "ann", "password": PASSWORD });
            let answer = world.guest().json(&path, &body);
            assert_eq!(answer.status, 200, "{path}: {}", answer.text);
            assert_eq!(answer.json["user"]["uuid"], world.acme.user.id.to_string(), "{path}");
            // M-3: one issuer, whatever the spelling.
            let claims = super::four_levels::claims(&answer.token());
            assert_eq!(claims["iss"], format!("{}/acme/shop", world.server.base), "{path}");
        }
    }
}

#[test]
fn every_spelling_of_the_management_door_is_one_door() {
    let world = world();
    for path in ["/management/token", "/management/token/", "//management//token", "/management/me"] {
        let body = json!({ "grant_type": "password", "username": "acme-admin", "password": PASSWORD });
        let answer = world.guest().json(path, &body);
        assert_eq!(answer.json["user"]["username"], "acme-admin", "{path}: {}", answer.text);
    }
}

#[test]
fn an_unknown_place_is_404_before_the_credentials_are_looked_at() {
    let world = world();
    let (acme, rival) = (world.acme.org.id, world.rival.org.id);
    let app = world.acme.app.id;
    let nowhere = uuid::Uuid::from_u128(7);
    for (path, asked) in [
        ("/nowhere/shop/token".to_owned(), "nowhere/shop from URI: nowhere/shop/token".to_owned()),
        ("/acme/nowhere/token".to_owned(), "acme/nowhere from URI: acme/nowhere/token".to_owned()),
        // ISO-2: an application by its id under an organization that is not its own.
        (format!("/rival/{app}/token"), format!("rival/{app} from URI: rival/{app}/token")),
        (format!("/{rival}/{app}/token"), format!("{rival}/{app} from URI: {rival}/{app}/token")),
        (format!("/{acme}/{nowhere}/token"), format!("{acme}/{nowhere} from URI: {acme}/{nowhere}/token")),
    ] {
        let parameters = form(&[("grant_type", "password"), ("username", "ann"), ("password", PASSWORD)]);
        let json = json!({ "grant_type": "password", "username": "ann", "password": PASSWORD });
        let description = format!("Could not find application for {asked}");
        for answer in [
            world.guest().form(&path, &parameters),
            world.guest().json(&path, &json),
            world.guest().get(&format!("{path}?{parameters}")),
        ] {
            super::assert_envelope(&answer, 404, "organization_application_not_found", &description);
        }
    }
    let unknown_id = world.guest().sign_in(&format!("/{nowhere}"), "ann", PASSWORD);
    assert_eq!(unknown_id.error(), (404, "organization_application_not_found"));
}

#[test]
fn other_methods_are_405_and_grant_nothing() {
    let world = world();
    let body = json!({ "grant_type": "password", "username": "ann", "password": PASSWORD }).to_string();
    for method in ["PUT", "DELETE", "PATCH"] {
        let answer = world.guest().send(method, "/acme/shop/token", Some("application/json"), &body);
        assert_eq!(answer.error(), (405, "not_allowed"), "{method}");
        let answer = world.guest().send(method, "/management/token", Some("application/json"), &body);
        assert_eq!(answer.error(), (405, "not_allowed"), "{method}");
    }
}
