//! OpenID Connect Core §5.3, UserInfo; security rules O-5, T-12, T-13.

use serde_json::{Value, json};
use tokengrid::domain::authority::Authority::{self, Admin, AppClient, AppUser};

use super::{is_signed_by, minted, registered, statement};
use crate::access::mint::{Mint, claims, with};
use crate::support::{Answer, World, world};

const PATH: &str = "/acme/shop/userinfo";

fn token(world: &World, scope: &str) -> String {
    minted(world, &json!({ "scope": scope }))
}

fn ask(world: &World, token: &str) -> Answer {
    world.guest().bearer(token).get(PATH)
}

#[test]
fn s5_3_1_a_token_is_brought_by_the_header_or_by_a_form() {
    let world = world();
    let token = token(&world, "openid profile");
    let by_header = ask(&world, &token);
    assert_eq!((by_header.status, by_header.header("content-type")), (200, "application/json"));
    assert_eq!(by_header.header("cache-control"), "no-store");
    let guest = world.guest();
    assert_eq!(guest.bearer(&token).form(PATH, "").json, by_header.json);
    assert_eq!(guest.form(PATH, &format!("access_token={token}")).json, by_header.json);
    // Neither in a URL nor twice (RFC 6750 §2).
    assert_eq!(guest.get(&format!("{PATH}?access_token={token}")).status, 401);
    assert_eq!(guest.bearer(&token).form(PATH, &format!("access_token={token}")).error(), (400, "invalid_request"));
}

#[test]
fn s5_3_2_claims_follow_the_scopes() {
    let world = world();
    let members = |scope: &str| {
        let answer = ask(&world, &token(&world, scope));
        assert_eq!(answer.status, 200, "{scope}: {}", answer.text);
        assert_eq!(answer.json["sub"], world.acme.user.id.to_string(), "{scope}");
        let mut names: Vec<String> = answer.json.as_object().unwrap().keys().cloned().collect();
        names.sort_unstable();
        names
    };
    assert_eq!(members("openid"), ["sub"]);
    assert_eq!(members("openid email"), ["email", "email_verified", "sub"]);
    let profile = members("openid profile");
    assert!(
        profile.contains(&"preferred_username".to_owned()) && !profile.contains(&"email".to_owned()),
        "{profile:?}"
    );
    assert_eq!(members("openid groups roles"), ["groups", "roles", "sub"]);
    assert_eq!(ask(&world, &token(&world, "openid email")).json["email"], "ann@example.test");
}

#[test]
fn groups_and_the_roles_that_come_with_them_are_told() {
    let world = world();
    let admin = world.caller(&world.acme, Admin);
    assert_eq!(admin.json("/acme/shop/groups", &json!({ "path": "staff", "title": "Staff" })).status, 200);
    assert_eq!(admin.json("/acme/shop/roles", &json!({ "name": "editor", "title": "Editor" })).status, 200);
    assert_eq!(admin.json("/acme/shop/roles", &json!({ "name": "owner", "title": "Owner" })).status, 200);
    for path in ["groups/staff/users/ann", "roles/editor/groups/staff", "roles/owner/users/ann"] {
        let answer = admin.send("POST", &format!("/acme/shop/{path}"), None, "");
        assert_eq!(answer.status, 200, "{path}: {}", answer.text);
    }
    let said = ask(&world, &token(&world, "openid groups roles")).json;
    assert_eq!((&said["groups"], &said["roles"]), (&json!(["staff"]), &json!(["editor", "owner"])));
}

#[test]
fn s5_3_3_without_openid_a_token_lacks_the_scope() {
    let world = world();
    for scope in ["api", "profile email", "openidx"] {
        let answer = ask(&world, &token(&world, scope));
        assert_eq!(answer.error(), (403, "insufficient_scope"), "{scope}");
        let challenge = answer.header("www-authenticate");
        assert!(challenge.starts_with("Bearer ") && challenge.contains(r#"scope="openid""#), "{challenge}");
    }
    for level in Authority::ALL {
        let place = if [AppUser, AppClient].contains(&level) { "/acme/shop" } else { "/management" };
        let own = world.acme.token(&world.guest(), level);
        let answer = world.guest().bearer(&own).get(&format!("{place}/userinfo"));
        assert_eq!(answer.error(), (403, "insufficient_scope"), "{level}");
    }
}

#[test]
fn s5_3_3_what_is_no_token_of_this_place_is_401() {
    let world = world();
    let guest = world.guest();
    let nothing = guest.get(PATH);
    assert_eq!((nothing.status, nothing.header("www-authenticate")), (401, r#"Bearer realm="Tokengrid""#));
    let good = token(&world, "openid");
    let mint = Mint::of(&world, world.acme.app.id);
    let elsewhere = minted(&world, &json!({ "scope": "openid", "aud": "https://orders.example" }));
    let id_token = mint.sign(&json!({ "typ": "JWT", "alg": "ES256", "kid": mint.kid }), &claims(&good));
    for bad in ["not.a.token".to_owned(), elsewhere, id_token, format!("{good}x")] {
        let answer = ask(&world, &bad);
        assert_eq!(answer.error(), (401, "invalid_token"));
        assert!(answer.header("www-authenticate").contains(r#"error="invalid_token""#));
    }
    // Another tenant's token, and this one's at another tenant.
    assert_eq!(guest.bearer(&good).get("/rival/shop/userinfo").error(), (401, "invalid_token"));
    assert_eq!(guest.bearer(&good).get("/management/userinfo").error(), (401, "invalid_token"));
    assert_eq!(guest.bearer(&good).get(PATH).status, 200);
}

#[test]
fn o_5_a_user_who_is_gone_or_shut_out_is_401() {
    let world = world();
    let token = token(&world, "openid");
    let admin = world.caller(&world.acme, Admin);
    assert_eq!(admin.put("/acme/shop/users/ann", &json!({ "disabled": true })).status, 200);
    assert_eq!(ask(&world, &token).error(), (401, "invalid_token"));
    assert_eq!(admin.put("/acme/shop/users/ann", &json!({ "disabled": false })).status, 200);
    world.server.advance(std::time::Duration::from_secs(1));
    let fresh = self::token(&world, "openid");
    assert_eq!(ask(&world, &fresh).status, 200);
    assert_eq!(admin.delete("/acme/shop/users/ann").status, 200);
    assert_eq!(ask(&world, &fresh).error(), (401, "invalid_token"));
}

#[test]
fn a_client_has_no_userinfo() {
    let world = world();
    let mint = Mint::of(&world, world.acme.app.id);
    let own = claims(&world.acme.token(&world.guest(), AppClient));
    let token = mint.sign(&mint.header(), &with(&own, &json!({ "scope": "openid" })));
    assert_eq!(ask(&world, &token).error(), (401, "invalid_token"));
}

#[test]
fn admins_have_userinfo_at_the_management_issuer() {
    let world = world();
    let mint = Mint::of(&world, tokengrid::domain::id::TenantId::MANAGEMENT);
    let own = claims(&world.acme.token(&world.guest(), Admin));
    let token = mint.sign(&mint.header(), &with(&own, &json!({ "scope": "openid email" })));
    let answer = world.guest().bearer(&token).get("/management/userinfo");
    assert_eq!(answer.status, 200, "{}", answer.text);
    let expected: Value = json!({ "sub": world.acme.admin.id, "email": "admin@acme.test", "email_verified": false });
    assert_eq!(answer.json, expected);
}

#[test]
fn s5_3_2_it_is_signed_where_the_client_registered_so() {
    let world = world();
    for algorithm in ["ES256", "EdDSA", "RS256"] {
        let (id, _) = registered(&world, &json!({ "userinfo_signed_response_alg": algorithm }));
        let token = minted(&world, &json!({ "scope": "openid email", "client_id": id }));
        let answer = ask(&world, &token);
        assert_eq!((answer.status, answer.header("content-type")), (200, "application/jwt"), "{}", answer.text);
        let keys = world.guest().get("/acme/shop/.well-known/jwks.json").json;
        let (header, said) = statement(&answer.text);
        assert_eq!((&header["alg"], &header["typ"]), (&json!(algorithm), &json!("JWT")));
        assert!(keys["keys"].as_array().unwrap().iter().any(|key| key["kid"] == header["kid"]));
        assert!(algorithm != "ES256" || is_signed_by(&answer.text, &keys));
        assert_eq!(said["iss"], format!("{}/acme/shop", world.server.base));
        assert_eq!(said["aud"], id);
        assert_eq!(said["email"], "ann@example.test");
        assert!(said["exp"].is_null(), "it must pass as no ID token");
        assert_eq!(ask(&world, &answer.text).error(), (401, "invalid_token"));
    }
}

#[test]
fn s8_1_a_pairwise_client_is_told_its_own_name_of_the_person() {
    let world = world();
    let pairwise = |host: &str| {
        let metadata = json!({ "subject_type": "pairwise", "redirect_uris": [format!("https://{host}/cb")],
            "grant_types": ["authorization_code"] });
        let (id, _) = registered(&world, &metadata);
        let token = minted(&world, &json!({ "scope": "openid profile", "client_id": id }));
        let answer = ask(&world, &token);
        assert_eq!(answer.status, 200, "{}", answer.text);
        assert!(!answer.text.contains(&world.acme.user.id.to_string()));
        answer.text_of("sub").to_owned()
    };
    let (one, again, other) = (pairwise("a.example"), pairwise("a.example"), pairwise("b.example"));
    assert_eq!(one, again);
    assert_ne!(one, other);
}

#[test]
fn a_token_of_a_client_that_was_removed_is_401() {
    let world = world();
    let (id, _) = registered(&world, &json!({}));
    let token = minted(&world, &json!({ "scope": "openid", "client_id": id }));
    assert_eq!(ask(&world, &token).status, 200);
    let admin = world.caller(&world.acme, Admin);
    assert_eq!(admin.delete(&format!("/management/orgs/acme/apps/shop/clients/{id}")).status, 200);
    assert_eq!(ask(&world, &token).error(), (401, "invalid_token"));
}
