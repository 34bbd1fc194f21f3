//! Metadata tells the truth (security rule M-2): whatever an issuer's document lists is exercised against the real server,
//! and whatever it does not list is shown to fail. A name that nobody here knows how to exercise fails the test, so that
//! nothing is listed unproved.

use serde_json::{Value, json};
use tokengrid::domain::authority::Authority;
use tokengrid::domain::registered::{AuthMethod, GrantType};
use tokengrid::domain::tenant::{AppSettings, ClientRegistration, Switch};
use tokengrid::domain::token::Algorithm;
use tokengrid::manage::Actor;

use super::{introspect, minted, registered, statement};
use crate::support::{Answer, World, world};

const PLACES: [&str; 2] = ["/acme/shop", "/management"];

fn said(world: &World, place: &str) -> Value {
    world.guest().get(&format!("{place}/.well-known/openid-configuration")).json
}

fn list(said: &Value, member: &str) -> Vec<String> {
    let names = said[member].as_array().cloned().unwrap_or_default();
    names.iter().map(|name| name.as_str().unwrap().to_owned()).collect()
}

/// Every route that a member of the document may name, and with which method it is asked.
const ENDPOINTS: &[(&str, &str, &str)] = &[
    ("authorization_endpoint", "/authorize", "GET"),
    ("token_endpoint", "/token", "POST"),
    ("introspection_endpoint", "/introspect", "POST"),
    ("revocation_endpoint", "/revoke", "POST"),
    ("userinfo_endpoint", "/userinfo", "GET"),
    ("pushed_authorization_request_endpoint", "/par", "POST"),
    ("device_authorization_endpoint", "/device_authorization", "POST"),
    ("registration_endpoint", "/register", "POST"),
    ("end_session_endpoint", "/logout", "GET"),
    ("jwks_uri", "/.well-known/jwks.json", "GET"),
    ("revocation_feed_uri", "/revocations", "GET"),
    ("protected_resource_metadata_uri", "/.well-known/oauth-protected-resource", "GET"),
];

fn asked(world: &World, place: &str, path: &str, method: &str) -> Answer {
    if path == "/register" {
        // It speaks JSON, and looks at what is said before it says that it is not there.
        return world.guest().json(&format!("{place}{path}"), &json!({ "redirect_uris": ["https://app.example/cb"] }));
    }
    let form = (method == "POST").then_some("application/x-www-form-urlencoded");
    world.guest().send(method, &format!("{place}{path}"), form, "")
}

#[test]
fn every_endpoint_that_is_listed_answers_and_no_other_does() {
    let world = world();
    for place in PLACES {
        let said = said(&world, place);
        let issuer = said["issuer"].as_str().unwrap();
        for (member, path, method) in ENDPOINTS {
            let status = asked(&world, place, path, method).status;
            if said[*member].is_null() {
                assert!([404, 405].contains(&status), "{place}{path} answers {status} and is not listed");
            } else {
                assert_eq!(said[*member], format!("{issuer}{path}"));
                assert!(![404, 405, 500].contains(&status), "{place}{path} is listed and answers {status}");
            }
        }
        for (member, value) in said.as_object().unwrap() {
            let names_a_route = member.ends_with("_endpoint") || (member.ends_with("_uri") && value.is_string());
            let is_known = ENDPOINTS.iter().any(|(known, _, _)| known == member);
            assert!(!names_a_route || is_known, "nobody knows how to ask {member}");
        }
    }
}

#[test]
fn registration_is_listed_where_it_is_on() {
    let world = world();
    assert!(said(&world, "/acme/shop")["registration_endpoint"].is_null());
    set(&world, |own| AppSettings { registration_of_clients: ClientRegistration::Open, ..own });
    let said = said(&world, "/acme/shop");
    assert_eq!(said["registration_endpoint"], format!("{}/register", said["issuer"].as_str().unwrap()));
    let metadata = json!({ "redirect_uris": ["https://app.example/cb"] });
    assert_eq!(world.guest().json("/acme/shop/register", &metadata).status, 201);
}

fn set(world: &World, change: impl FnOnce(AppSettings) -> AppSettings) {
    world.server.wait(async {
        let app = &world.acme.app;
        world.registry().set_app(app, change(app.settings.clone()), Actor::Operator).await.unwrap();
    });
}

#[test]
fn every_grant_that_is_listed_is_served_and_no_other_is() {
    let world = world();
    for place in PLACES {
        let listed = list(&said(&world, place), "grant_types_supported");
        for name in &listed {
            assert!(GrantType::ALL.iter().any(|grant| grant.as_str() == name), "{name} is no grant of ours");
        }
        for grant in GrantType::ALL {
            let form = format!("grant_type={}", grant.as_str());
            let answer = world.guest().form(&format!("{place}/token"), &form);
            let is_served = answer.text_of("error") != "unsupported_grant_type";
            assert_eq!(is_served, listed.contains(&grant.as_str().to_owned()), "{place} {grant}: {}", answer.text);
        }
        for unlisted in
            ["implicit", "urn:openid:params:grant-type:ciba", "urn:ietf:params:oauth:grant-type:saml2-bearer"]
        {
            let answer = world.guest().form(&format!("{place}/token"), &format!("grant_type={unlisted}"));
            assert_eq!(answer.error(), (400, "unsupported_grant_type"), "{unlisted}");
        }
    }
}

#[test]
fn grants_that_need_nothing_else_give_tokens() {
    let world = world();
    let guest = world.guest();
    let listed = list(&said(&world, "/acme/shop"), "grant_types_supported");
    assert!(
        ["password", "refresh_token", "client_credentials"].iter().all(|name| listed.contains(&(*name).to_owned()))
    );
    let form = "grant_type=password&username=ann&password=correct%20horse";
    let signed_in = guest.form("/acme/shop/token", form);
    assert_eq!(signed_in.status, 200);
    let form = format!("grant_type=refresh_token&refresh_token={}", signed_in.text_of("refresh_token"));
    assert_eq!(guest.form("/acme/shop/token", &form).status, 200);
    let (id, secret) = &world.acme.app_client;
    assert_eq!(guest.client_token("/acme/shop", id, secret).status, 200);
}

#[test]
fn the_password_grant_is_listed_only_where_it_is_on() {
    let world = world();
    set(&world, |own| AppSettings { password_grant: Switch::Off, ..own });
    let listed = list(&said(&world, "/acme/shop"), "grant_types_supported");
    assert!(!listed.contains(&"password".to_owned()) && listed.contains(&"client_credentials".to_owned()));
    let form = "grant_type=password&username=ann&password=correct%20horse";
    assert_eq!(world.guest().form("/acme/shop/token", form).status, 400);
    assert!(list(&said(&world, "/rival/shop"), "grant_types_supported").contains(&"password".to_owned()));
}

/// Asks for a token of its own as a client that registered this method.
fn proved_by(world: &World, method: &str) -> Option<u16> {
    let form = "grant_type=client_credentials";
    let metadata = json!({ "token_endpoint_auth_method": method });
    let guest = world.guest();
    match method {
        "client_secret_basic" => {
            let (id, secret) = registered(world, &metadata);
            Some(guest.basic(&id, &secret).form("/acme/shop/token", form).status)
        }
        "client_secret_post" => {
            let (id, secret) = registered(world, &metadata);
            Some(guest.form("/acme/shop/token", &format!("{form}&client_id={id}&client_secret={secret}")).status)
        }
        "none" => {
            let public = json!({ "token_endpoint_auth_method": "none", "grant_types": ["authorization_code"],
                "redirect_uris": ["https://app.example/cb"] });
            let (id, _) = registered(world, &public);
            Some(guest.form("/acme/shop/revoke", &format!("token=unknown&client_id={id}")).status)
        }
        "private_key_jwt" => Some(by_assertion(world)),
        _ => None,
    }
}

fn by_assertion(world: &World) -> u16 {
    use tokengrid::domain::clock::Clock;
    // Any issuer's key is a key of a client to us.
    let mint = crate::access::mint::Mint::of(world, world.rival.app.id);
    let keys = world.guest().get("/rival/shop/.well-known/jwks.json").json;
    let metadata = json!({ "token_endpoint_auth_method": "private_key_jwt", "jwks": keys });
    let (id, _) = registered(world, &metadata);
    let now = world.server.clock.now().seconds();
    let header = json!({ "typ": "JWT", "alg": "ES256", "kid": mint.kid });
    let claims = json!({ "iss": id, "sub": id, "aud": format!("{}/acme/shop", world.server.base), "jti": "once",
        "iat": now, "exp": now + 60 });
    let assertion = mint.sign(&header, &claims);
    let kind = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
    let form = format!("grant_type=client_credentials&client_assertion_type={kind}&client_assertion={assertion}");
    world.guest().form("/acme/shop/token", &form).status
}

#[test]
fn every_way_of_proof_that_is_listed_is_taken_and_no_other_is() {
    let world = world();
    let said = said(&world, "/acme/shop");
    let listed = list(&said, "token_endpoint_auth_methods_supported");
    for name in &listed {
        assert_eq!(proved_by(&world, name), Some(200), "{name}");
    }
    let all = [
        AuthMethod::ClientSecretBasic,
        AuthMethod::ClientSecretPost,
        AuthMethod::PrivateKeyJwt,
        AuthMethod::TlsClientAuth,
        AuthMethod::None,
    ];
    let unlisted = all.iter().map(|method| method.as_str()).filter(|name| !listed.contains(&(*name).to_owned()));
    for name in unlisted.chain(["client_secret_jwt", "self_signed_tls_client_auth"]) {
        let metadata = json!({ "client_name": "x", "grant_types": ["client_credentials"], "scope": "api",
            "token_endpoint_auth_method": name, "tls_client_auth_subject_dn": "CN=x" });
        let admin = world.caller(&world.acme, Authority::Admin);
        let answer = admin.json("/management/orgs/acme/apps/shop/clients", &metadata);
        assert_eq!(answer.status, 400, "{name}: {}", answer.text);
    }
    let at_introspection = list(&said, "introspection_endpoint_auth_methods_supported");
    let expected: Vec<String> =
        listed.iter().filter(|name| *name != "none").cloned().chain(["Bearer".into()]).collect();
    assert_eq!(at_introspection, expected);
    assert_eq!(list(&said, "revocation_endpoint_auth_methods_supported"), listed);
    let bearer = introspect(&world.caller(&world.acme, Authority::Admin), "/acme/shop", "x");
    assert_eq!(bearer.status, 200);
}

#[test]
fn every_signature_that_is_listed_is_made_and_no_other_is() {
    let world = world();
    let said = said(&world, "/acme/shop");
    for algorithm in Algorithm::ALL.map(Algorithm::as_str).into_iter().chain(["none", "PS256"]) {
        for (what, member) in [
            ("userinfo_signed_response_alg", "userinfo_signing_alg_values_supported"),
            ("introspection_signed_response_alg", "introspection_signing_alg_values_supported"),
            ("id_token_signed_response_alg", "id_token_signing_alg_values_supported"),
        ] {
            let is_listed = list(&said, member).contains(&algorithm.to_owned());
            let metadata = json!({ "client_name": "x", "grant_types": ["client_credentials"], "scope": "api openid",
                what: algorithm });
            let admin = world.caller(&world.acme, Authority::Admin);
            let answer = admin.json("/management/orgs/acme/apps/shop/clients", &metadata);
            assert_eq!(answer.status == 200, is_listed, "{what} {algorithm}: {}", answer.text);
            let client = &answer.json["entities"][0];
            let (id, secret) = (client["client_id"].as_str(), client["client_secret"].as_str());
            let signed = match (id, what) {
                (Some(id), "userinfo_signed_response_alg") => {
                    let token = minted(&world, &json!({ "scope": "openid", "client_id": id }));
                    world.guest().bearer(&token).get("/acme/shop/userinfo").text
                }
                (Some(id), "introspection_signed_response_alg") => {
                    introspect(&world.guest().basic(id, secret.unwrap()), "/acme/shop", "x").text
                }
                _ => continue,
            };
            assert_eq!(statement(&signed).0["alg"], algorithm, "{what}");
        }
    }
}

#[test]
fn what_is_said_of_authorization_stands_and_falls_with_its_endpoint() {
    let world = world();
    for place in PLACES {
        let said = said(&world, place);
        let is_served = !said["authorization_endpoint"].is_null();
        assert_eq!(list(&said, "response_types_supported").contains(&"code".to_owned()), is_served);
        assert_eq!(list(&said, "code_challenge_methods_supported") == ["S256"], is_served);
        assert_eq!(said["authorization_response_iss_parameter_supported"] == json!(true), is_served);
        let modes = list(&said, "response_modes_supported");
        assert!(!is_served || modes == ["query", "form_post"], "{modes:?}");
        assert_eq!(list(&said, "scopes_supported").contains(&"openid".to_owned()), is_served);
    }
}

#[test]
fn response_types_modes_and_challenges_are_taken_as_listed() {
    let world = world();
    let said = said(&world, "/acme/shop");
    if said["pushed_authorization_request_endpoint"].is_null() || said["authorization_endpoint"].is_null() {
        return;
    }
    let metadata = json!({ "grant_types": ["authorization_code"], "redirect_uris": ["https://app.example/cb"] });
    let (id, secret) = registered(&world, &metadata);
    let challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
    let push = |kind: &str, mode: &str, method: &str| {
        let form = format!(
            "client_id={id}&response_type={kind}&response_mode={mode}&scope=openid&redirect_uri=https://app.example/cb\
             &code_challenge={challenge}&code_challenge_method={method}"
        );
        world.guest().basic(&id, &secret).form("/acme/shop/par", &form).status == 201
    };
    let listed = |member: &str, name: &str| list(&said, member).contains(&name.to_owned());
    for kind in ["code", "token", "id_token", "code id_token", "code token", "none"] {
        assert_eq!(push(kind, "query", "S256"), listed("response_types_supported", kind), "{kind}");
    }
    for mode in ["query", "form_post", "fragment", "jwt", "query.jwt", "web_message"] {
        assert_eq!(push("code", mode, "S256"), listed("response_modes_supported", mode), "{mode}");
    }
    for method in ["S256", "plain", "S512"] {
        assert_eq!(push("code", "query", method), listed("code_challenge_methods_supported", method), "{method}");
    }
}
