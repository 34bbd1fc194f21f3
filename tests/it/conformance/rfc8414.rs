//! RFC 8414, authorization server metadata; security rules M-1, M-3.

use serde_json::{Value, json};

use crate::support::{Client, World, world, world_with};

fn document(world: &World, path: &str) -> Value {
    let answer = world.guest().get(path);
    assert_eq!((answer.status, answer.header("content-type")), (200, "application/json"), "{path}: {}", answer.text);
    answer.json
}

#[test]
fn s3_3_the_issuer_is_the_url_that_the_document_was_fetched_for() {
    let world = world();
    let base = &world.server.base;
    for (place, issuer) in [("acme/shop", "acme/shop"), ("rival/shop", "rival/shop"), ("management", "management")] {
        let paths = [
            format!("/{place}/.well-known/oauth-authorization-server"),
            format!("/{place}/.well-known/openid-configuration"),
            format!("/.well-known/oauth-authorization-server/{place}"),
            format!("/.well-known/openid-configuration/{place}"),
        ];
        let documents = paths.map(|path| document(&world, &path));
        assert_eq!(documents[0]["issuer"], format!("{base}/{issuer}"));
        assert!(documents.iter().all(|other| *other == documents[0]), "one document at every address");
    }
}

#[test]
fn s2_the_issuer_of_the_document_is_that_of_the_tokens() {
    let world = world();
    let token = world.guest().sign_in("/acme/shop", "ann", "correct horse").token();
    let said = document(&world, "/acme/shop/.well-known/oauth-authorization-server");
    assert_eq!(said["issuer"], crate::access::mint::claims(&token)["iss"]);
}

#[test]
fn s3_3_no_spelling_makes_a_second_issuer() {
    let world = world();
    let (org, app) = (world.acme.org.id, world.acme.app.id);
    let spellings = [
        "ACME/Shop".to_owned(),
        format!("{org}/{app}"),
        format!("orgs/{org}/shop"),
        format!("acme/{app}"),
        format!("{app}"),
        "acme/apps/shop".to_owned(),
        "orgs/acme/shop".to_owned(),
        "/acme//shop".to_owned(),
    ];
    for spelling in spellings {
        for word in ["oauth-authorization-server", "openid-configuration"] {
            let said = document(&world, &format!("/{spelling}/.well-known/{word}"));
            assert_eq!(said["issuer"], format!("{}/acme/shop", world.server.base), "{spelling}");
        }
    }
    for spelling in ["ACME/Shop".to_owned(), format!("{org}/{app}")] {
        let said = document(&world, &format!("/.well-known/oauth-authorization-server/{spelling}"));
        assert_eq!(said["issuer"], format!("{}/acme/shop", world.server.base), "{spelling}");
    }
}

#[test]
fn s3_1_the_host_of_a_request_does_not_make_an_issuer() {
    let world = world();
    let headers = [("host", "evil.example"), ("x-forwarded-host", "evil.example")];
    let path = "/acme/shop/.well-known/openid-configuration";
    let answer = world.guest().send_with("GET", path, None, "", &headers);
    assert_eq!(answer.json["issuer"], format!("{}/acme/shop", world.server.base));
    assert!(!answer.text.contains("evil"));
    let world = world_with(|settings| {
        settings.server.base_url = Some(tokengrid::domain::place::BaseUrl::new("https://id.example/"));
    });
    let said = document(&world, path);
    assert_eq!(said["issuer"], "https://id.example/acme/shop");
    assert_eq!(said["token_endpoint"], "https://id.example/acme/shop/token");
}

#[test]
fn s3_unknown_places_have_no_metadata() {
    let world = world();
    for place in ["acme/none", "none/shop", "~/shop", "management/shop"] {
        for word in ["oauth-authorization-server", "openid-configuration", "oauth-protected-resource"] {
            for path in [format!("/{place}/.well-known/{word}"), format!("/.well-known/{word}/{place}")] {
                assert_eq!(world.guest().get(&path).status, 404, "{path}");
            }
        }
    }
    assert_eq!(world.guest().get("/.well-known/openid-configuration").status, 404, "the server itself is no issuer");
}

#[test]
fn s2_required_members_are_there_and_no_empty_ones() {
    let world = world();
    for place in ["acme/shop", "management"] {
        let said = document(&world, &format!("/{place}/.well-known/oauth-authorization-server"));
        let issuer = said["issuer"].as_str().unwrap();
        assert_eq!(said["token_endpoint"], format!("{issuer}/token"));
        assert_eq!(said["jwks_uri"], format!("{issuer}/.well-known/jwks.json"));
        assert_eq!(said["introspection_endpoint"], format!("{issuer}/introspect"));
        assert_eq!(said["revocation_endpoint"], format!("{issuer}/revoke"));
        assert!(said["response_types_supported"].is_array());
        assert!(said.as_object().unwrap().values().all(|value| !value.is_null()));
        for (member, value) in said.as_object().unwrap() {
            let is_empty = value.as_array().is_some_and(Vec::is_empty);
            assert!(!is_empty || member == "response_types_supported", "{member} is empty (§3.2)");
        }
    }
}

/// Asks again with what the first answer said of itself.
fn again(guest: &Client, path: &str, tag: &str) -> (u16, String) {
    let answer = guest.send_with("GET", path, None, "", &[("if-none-match", tag)]);
    (answer.status, answer.text)
}

#[test]
fn documents_may_be_kept_and_are_asked_for_by_their_tag() {
    let world = world();
    let guest = world.guest();
    for word in ["openid-configuration", "oauth-authorization-server", "oauth-protected-resource", "jwks.json"] {
        let path = format!("/acme/shop/.well-known/{word}");
        let answer = guest.get(&path);
        assert_eq!(answer.header("cache-control"), "public, max-age=300", "{word}");
        let tag = answer.header("etag").to_owned();
        assert_eq!(guest.get(&path).header("etag"), tag, "{word}");
        assert_eq!(again(&guest, &path, &tag), (304, String::new()), "{word}");
        assert_eq!(again(&guest, &path, &format!("\"x\", {tag}")), (304, String::new()), "{word}");
        assert_eq!(again(&guest, &path, "\"other\""), (200, answer.text), "{word}");
    }
}

#[test]
fn a_key_set_has_another_tag_once_its_keys_change() {
    let world = world();
    let path = "/acme/shop/.well-known/jwks.json";
    let before = world.guest().get(path);
    world.server.wait(async {
        let (promotion, actor) = (tokengrid::manage::Promotion::Now, tokengrid::manage::Actor::Operator);
        world.registry().rotate_keys(world.acme.app.id.into(), promotion, actor).await.unwrap();
    });
    let after = world.guest().get(path);
    assert_ne!(before.header("etag"), after.header("etag"));
    assert_eq!(again(&world.guest(), path, before.header("etag")).0, 200);
    assert_eq!(after.json["keys"].as_array().map(Vec::len), Some(2));
    assert!(after.json["keys"].as_array().unwrap().iter().all(|key| key["d"].is_null() && key["use"] == json!("sig")));
}
