//! Token exchange (RFC 8693): what a client that registered for it gets for another's token, and what it never gets.

use std::time::Duration;

use serde_json::{Value, json};
use tokengrid::domain::authority::Authority;
use tokengrid::domain::registered::{AuthMethod, GrantType};

use super::flow::{App, app, is_alive};
use crate::access::mint::{Mint, claims, with};
use crate::support::{Answer, PASSWORD, World, superuser_on, world, world_with};

const EXCHANGE: &str = "urn:ietf:params:oauth:grant-type:token-exchange";
const ACCESS: &str = "urn:ietf:params:oauth:token-type:access_token";
const JWT: &str = "urn:ietf:params:oauth:token-type:jwt";
const STOCK: &str = "https://stock.example/api";

/// The program that ann uses, and the service behind it.
struct Stage {
    world: World,
    front: App,
    back: App,
}

fn stage() -> Stage {
    let world = world();
    let (front, back) = (front(&world), back(&world));
    Stage { world, front, back }
}

fn front(world: &World) -> App {
    app(world, |metadata| {
        metadata.grant_types = vec![GrantType::Password, GrantType::RefreshToken];
        metadata.scope = "api openid offline_access read write secret".parse().unwrap();
        metadata.resources = vec![STOCK.to_owned()];
    })
}

fn back(world: &World) -> App {
    app(world, |metadata| {
        metadata.grant_types = vec![GrantType::TokenExchange, GrantType::ClientCredentials];
        metadata.scope = "api read write own".parse().unwrap();
        metadata.resources = vec![STOCK.to_owned()];
    })
}

impl Stage {
    fn sign_in(&self, said: &[(&str, &str)]) -> Answer {
        let own = [("grant_type", "password"), ("username", "ann"), ("password", PASSWORD)];
        let answer = self.front.token(&self.world, &[&own[..], said].concat());
        assert_eq!(answer.status, 200, "{}", answer.text);
        answer
    }

    /// Ann's token by the program.
    fn subject(&self) -> String {
        self.sign_in(&[("scope", "api read write secret")]).token()
    }

    /// The service's own token.
    fn own(&self) -> String {
        self.back.token(&self.world, &[("grant_type", "client_credentials")]).token()
    }

    fn exchange(&self, subject: &str, said: &[(&str, &str)]) -> Answer {
        exchange(&self.world, &self.back, subject, said)
    }

    /// Lets the service act for whoever the subject is.
    fn delegate(&self, subject: &str) -> Answer {
        self.exchange(subject, &[("actor_token", &self.own()), ("actor_token_type", ACCESS)])
    }
}

fn exchange(world: &World, by: &App, subject: &str, said: &[(&str, &str)]) -> Answer {
    let own = [("grant_type", EXCHANGE), ("subject_token", subject), ("subject_token_type", ACCESS)];
    let kept = own.into_iter().filter(|(name, _)| said.iter().all(|(other, _)| other != name));
    let all: Vec<(&str, &str)> = kept.chain(said.iter().copied()).filter(|(_, value)| !value.is_empty()).collect();
    by.token(world, &all)
}

#[track_caller]
fn refused(answer: &Answer, code: &str) {
    assert_eq!(answer.error(), (400, code), "{}", answer.text);
    assert!(answer.json.get("access_token").is_none());
    assert_eq!(answer.header("cache-control"), "no-store");
}

#[test]
fn s2_2_1_the_answer_names_the_kind_of_the_token_and_has_no_refresh_token() {
    let stage = stage();
    let subject = stage.subject();
    for kind in [ACCESS, JWT] {
        let answer = stage.exchange(&subject, &[("subject_token_type", kind), ("requested_token_type", ACCESS)]);
        assert_eq!(answer.status, 200, "{}", answer.text);
        assert_eq!(answer.text_of("issued_token_type"), ACCESS);
        assert_eq!((answer.text_of("token_type"), answer.text_of("scope")), ("Bearer", "api read write"));
        assert!(answer.json.get("refresh_token").is_none() && answer.json.get("user").is_none());
        let (old, new) = (claims(&subject), claims(answer.text_of("access_token")));
        for same in ["iss", "sub", "sid", "authority", "org", "app", "aud", "amr", "auth_time"] {
            assert_eq!(new[same], old[same], "{same}");
        }
        assert_eq!(new["client_id"], stage.back.client_id());
        assert!(new.get("act").is_none() && is_alive(&stage.world, answer.text_of("access_token")));
    }
}

#[test]
fn s2_1_what_is_missing_or_of_another_kind_is_an_invalid_request() {
    let stage = stage();
    let (subject, own) = (stage.subject(), stage.own());
    let kind = "urn:ietf:params:oauth:token-type:";
    for said in [
        &[("subject_token", "")][..],
        &[("subject_token_type", "")],
        &[("subject_token_type", "access_token")],
        &[("subject_token_type", &format!("{kind}id_token"))],
        &[("subject_token_type", &format!("{kind}refresh_token"))],
        &[("subject_token_type", &format!("{kind}saml2"))],
        &[("requested_token_type", &format!("{kind}refresh_token"))],
        &[("requested_token_type", &format!("{kind}id_token"))],
        &[("actor_token", &own)],
        &[("actor_token_type", ACCESS)],
        &[("actor_token", &own), ("actor_token_type", &format!("{kind}saml1"))],
        &[("actor_token", "not.a.token"), ("actor_token_type", ACCESS)],
    ] {
        refused(&stage.exchange(&subject, said), "invalid_request");
    }
    let twice = format!("grant_type={EXCHANGE}&subject_token={subject}&subject_token={subject}");
    assert_eq!(stage.back.caller(&stage.world).form("/acme/shop/token", &twice).status, 400);
}

#[test]
fn s2_1_only_confidential_clients_that_registered_for_it_exchange() {
    let stage = stage();
    let (world, subject) = (&stage.world, stage.subject());
    refused(&exchange(world, &stage.front, &subject, &[]), "unauthorized_client");
    let public = app(world, |metadata| {
        metadata.grant_types = vec![GrantType::TokenExchange];
        metadata.token_endpoint_auth_method = AuthMethod::None;
        metadata.scope = "read".parse().unwrap();
    });
    refused(&exchange(world, &public, &subject, &[]), "unauthorized_client");
    let body = format!("grant_type={EXCHANGE}&subject_token={subject}&subject_token_type={ACCESS}");
    let (id, secret) = &world.acme.app_client;
    refused(&world.guest().basic(id, secret).form("/acme/shop/token", &body), "unauthorized_client");
    assert_eq!(world.guest().form("/acme/shop/token", &body).error(), (401, "invalid_client"));
    let wrong = world.guest().basic(&stage.back.client_id(), "another").form("/acme/shop/token", &body);
    assert_eq!(wrong.error(), (401, "invalid_client"));
}

#[test]
fn s2_2_2_what_is_no_live_access_token_of_this_issuer_is_refused() {
    let stage = stage();
    let world = &stage.world;
    let signed_in = stage.sign_in(&[("scope", "openid read")]);
    let good = signed_in.token();
    assert_eq!(stage.exchange(&good, &[]).status, 200);
    let mint = Mint::of(world, world.acme.app.id);
    let changed = |changes: &Value| mint.sign(&mint.header(), &with(&claims(&good), changes));
    let foreign = world.rival.token(&world.guest(), Authority::AppUser);
    let mut typed = mint.header();
    typed["typ"] = json!("JWT");
    for (what, bad) in [
        ("a refresh token", signed_in.text_of("refresh_token").to_owned()),
        ("an ID token", signed_in.text_of("id_token").to_owned()),
        ("another tenant's token", foreign.clone()),
        ("an organization's token", world.acme.token(&world.guest(), Authority::OrgClient)),
        ("a cut token", good[..good.len() - 2].to_owned()),
        ("another type", mint.sign(&typed, &claims(&good))),
        ("another audience", changed(&json!({ "aud": "https://other.example" }))),
        ("another issuer", changed(&json!({ "iss": claims(&foreign)["iss"] }))),
        ("a token that contradicts itself", changed(&json!({ "sub": world.rival.user.id, "org": world.rival.org.id }))),
        ("a bound token", changed(&json!({ "cnf": { "jkt": "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I" } }))),
        ("a lent token", changed(&json!({ "lender": { "sub": world.acme.admin.id, "authority": "admin" } }))),
        ("a user who is not there", changed(&json!({ "sub": world.rival.user.id }))),
    ] {
        let answer = stage.exchange(&bad, &[]);
        assert_eq!(answer.error(), (400, "invalid_request"), "{what}: {}", answer.text);
        assert_eq!(answer.text_of("error_description"), "The subject_token is not valid here, or not acceptable.");
    }
    // At its own issuer the foreign token would do; the client is unknown there.
    let body = format!("grant_type={EXCHANGE}&subject_token={foreign}&subject_token_type={ACCESS}");
    let there = stage.back.caller(world).form("/rival/shop/token", &body);
    assert_eq!(there.error(), (401, "invalid_client"));
    world.server.advance(Duration::from_secs(3_600));
    refused(&stage.exchange(&good, &[]), "invalid_request");
}

#[test]
fn s2_2_2_a_token_that_was_ended_is_not_exchanged() {
    let stage = stage();
    let world = &stage.world;
    let subject = stage.subject();
    let ended = world.guest().bearer(&subject).form("/acme/shop/users/ann/revoketoken", &format!("token={subject}"));
    assert_eq!(ended.status, 200, "{}", ended.text);
    refused(&stage.exchange(&subject, &[]), "invalid_request");

    let subject = stage.subject();
    let admin = world.caller(&world.acme, Authority::Admin);
    assert_eq!(admin.put("/acme/shop/users/ann", &json!({ "disabled": true })).status, 200);
    refused(&stage.exchange(&subject, &[]), "invalid_request");
}

#[test]
fn s2_2_2_a_target_that_the_client_does_not_know_is_an_invalid_target() {
    let stage = stage();
    let subject = stage.subject();
    let issuer = format!("{}/acme/shop", stage.world.server.base);
    for (name, unknown) in [
        ("resource", "https://other.example"),
        ("audience", "other"),
        ("resource", "https://stock.example/api/"),
        ("resource", "not a uri"),
        ("audience", &format!("{}/rival/shop", stage.world.server.base)),
    ] {
        refused(&stage.exchange(&subject, &[(name, unknown)]), "invalid_target");
    }
    refused(&stage.exchange(&subject, &[("resource", STOCK), ("audience", "other")]), "invalid_target");
    let aud = |said: &[(&str, &str)]| claims(&stage.exchange(&subject, said).token())["aud"].clone();
    assert_eq!(aud(&[("resource", STOCK)]), json!(STOCK));
    assert_eq!(aud(&[("audience", STOCK)]), json!(STOCK));
    assert_eq!(aud(&[("resource", STOCK), ("audience", &issuer)]), json!([issuer, STOCK]));
    assert_eq!(aud(&[]), json!(issuer));
}

#[test]
fn s5_a_token_for_elsewhere_never_becomes_one_for_this_server() {
    let stage = stage();
    let issuer = format!("{}/acme/shop", stage.world.server.base);
    let for_stock = stage.sign_in(&[("scope", "api read"), ("resource", STOCK)]).token();
    assert!(!is_alive(&stage.world, &for_stock));
    refused(&stage.exchange(&for_stock, &[("audience", &issuer)]), "invalid_target");
    let again = stage.exchange(&for_stock, &[]).token();
    assert_eq!(claims(&again)["aud"], json!(STOCK));
    assert!(!is_alive(&stage.world, &again));
}

#[test]
fn s5_scopes_shrink_and_never_grow() {
    let stage = stage();
    let subject = stage.subject();
    // `secret` is not the client's, `own` not the subject's, `other` nobody's.
    for beyond in ["secret", "own", "other", "read secret", "read own", "read  write"] {
        refused(&stage.exchange(&subject, &[("scope", beyond)]), "invalid_scope");
    }
    let narrow = stage.exchange(&subject, &[("scope", "read")]);
    assert_eq!(narrow.text_of("scope"), "read");
    let narrow = narrow.token();
    refused(&stage.exchange(&narrow, &[("scope", "read write")]), "invalid_scope");
    assert_eq!(stage.exchange(&narrow, &[]).text_of("scope"), "read");
    // Nothing that both have.
    let nothing = stage.sign_in(&[("scope", "openid secret offline_access")]).token();
    refused(&stage.exchange(&nothing, &[]), "invalid_scope");
}

#[test]
fn s5_the_new_token_never_outlives_the_old_ones() {
    let stage = stage();
    let world = &stage.world;
    let subject = stage.sign_in(&[("ttl", "100000")]).token();
    world.server.advance(Duration::from_secs(40));
    let answer = stage.exchange(&subject, &[]);
    assert_eq!(answer.json["expires_in"], 60);
    assert_eq!(claims(&answer.token())["exp"], claims(&subject)["exp"]);
    assert_eq!(stage.exchange(&subject, &[("ttl", "7000")]).json["expires_in"], 7);
    let actor = stage.back.token(world, &[("grant_type", "client_credentials"), ("ttl", "20000")]).token();
    let delegated = stage.exchange(&subject, &[("actor_token", &actor), ("actor_token_type", ACCESS)]);
    assert_eq!(delegated.json["expires_in"], 20);
    world.server.advance(Duration::from_secs(60));
    refused(&stage.exchange(&subject, &[]), "invalid_request");
}

#[test]
fn s5_the_new_token_ends_with_the_session_and_with_the_holder() {
    let stage = stage();
    let world = &stage.world;
    let subject = stage.subject();
    let (one, two) = (stage.exchange(&subject, &[]).token(), stage.delegate(&subject).token());
    let three = stage.exchange(&two, &[]).token();
    assert!([&one, &two, &three].iter().all(|token| is_alive(world, token)));
    let ended = world.guest().bearer(&subject).form("/acme/shop/users/ann/revoketoken", &format!("token={subject}"));
    assert_eq!(ended.status, 200);
    assert!([&one, &two, &three].iter().all(|token| !is_alive(world, token)));

    let next = stage.exchange(&stage.subject(), &[]).token();
    let admin = world.caller(&world.acme, Authority::Admin);
    assert!(is_alive(world, &next));
    assert_eq!(admin.put("/acme/shop/users/ann", &json!({ "disabled": true })).status, 200);
    assert!(!is_alive(world, &next));
}

#[test]
fn s4_1_whoever_acts_stands_before_those_who_did() {
    let stage = stage();
    let world = &stage.world;
    let other = back(world);
    let id = |app: &App| app.client_id();
    let first = stage.delegate(&stage.subject()).token();
    assert_eq!(claims(&first)["act"], json!({ "sub": id(&stage.back), "client_id": id(&stage.back) }));
    let own = other.token(world, &[("grant_type", "client_credentials")]).token();
    let second = exchange(world, &other, &first, &[("actor_token", &own), ("actor_token_type", JWT)]).token();
    let inner = claims(&first)["act"].clone();
    assert_eq!(claims(&second)["act"], json!({ "sub": id(&other), "client_id": id(&other), "act": inner }));
    assert_eq!(claims(&second)["sub"], claims(&first)["sub"]);
    // Without an actor the chain stays as it was.
    let third = stage.exchange(&second, &[]).token();
    assert_eq!(claims(&third)["act"], claims(&second)["act"]);
}

#[test]
fn s4_1_the_chain_of_actors_is_bounded() {
    let stage = stage();
    let mut token = stage.subject();
    for _ in 0..4 {
        token = stage.delegate(&token).token();
    }
    let answer = stage.delegate(&token);
    refused(&answer, "invalid_request");
    assert_eq!(answer.text_of("error_description"), "The chain of actors is too long.");
    assert_eq!(stage.exchange(&token, &[]).status, 200, "impersonation makes it no longer");
}

#[test]
fn s2_1_an_actor_is_who_the_client_itself_has_a_token_of() {
    let stage = stage();
    let world = &stage.world;
    let (subject, other) = (stage.subject(), back(world));
    let by = |actor: &str| stage.exchange(&subject, &[("actor_token", actor), ("actor_token_type", ACCESS)]);
    let others = other.token(world, &[("grant_type", "client_credentials")]).token();
    refused(&by(&others), "invalid_request");
    refused(&by(&stage.subject()), "invalid_request");
    refused(&by(&world.rival.token(&world.guest(), Authority::AppUser)), "invalid_request");
    // Somebody acts for this actor: its own chain would be lost.
    let delegated = stage.delegate(&subject).token();
    refused(&by(&delegated), "invalid_request");
    assert_eq!(by(&stage.own()).status, 200);
}

#[test]
fn s4_4_may_act_names_who_alone_may() {
    let stage = stage();
    let world = &stage.world;
    let mint = Mint::of(world, world.acme.app.id);
    let own = claims(&stage.subject());
    let allowing = |who: Value| mint.sign(&mint.header(), &with(&own, &json!({ "may_act": who })));
    let back = stage.back.client_id();
    for (who, allowed) in [
        (json!({ "sub": back }), true),
        (json!({ "sub": back, "client_id": back }), true),
        (json!({ "sub": "somebody" }), false),
        (json!({ "sub": back, "client_id": "another" }), false),
        (json!({ "sub": world.acme.user.id }), false),
    ] {
        let subject = allowing(who.clone());
        for answer in [stage.exchange(&subject, &[]), stage.delegate(&subject)] {
            assert_eq!(answer.status == 200, allowed, "{who} {}", answer.text);
        }
    }
    assert_eq!(stage.exchange(&allowing(json!("somebody")), &[]).status, 400, "it is not what it must be");
}

#[test]
fn s1_1_the_audit_log_tells_impersonation_from_delegation() {
    let stage = stage();
    let world = &stage.world;
    let subject = stage.subject();
    let (_, _) = (stage.exchange(&subject, &[]).token(), stage.delegate(&subject).token());
    let entries = world.server.core.store.list_audit(world.acme.app.id.into(), 50).unwrap();
    let exchanges: Vec<_> = entries.iter().filter(|entry| entry.action == "exchange a token").collect();
    let mut kinds: Vec<&str> = exchanges.iter().map(|entry| entry.detail["kind"].as_str().unwrap()).collect();
    kinds.sort_unstable();
    assert_eq!(kinds, ["delegation", "impersonation"]);
    for entry in exchanges {
        assert_eq!(entry.actor, format!("app_client:{}", stage.back.id));
        assert_eq!(entry.detail["subject"], format!("app_user:{}", world.acme.user.id));
        assert_eq!(entry.detail["from"], claims(&subject)["jti"]);
        assert!(!entry.detail.to_string().contains(&subject));
    }
}

#[test]
fn s2_admins_tokens_are_exchanged_at_the_management_issuer() {
    let world = world_with(superuser_on);
    let said = json!({ "client_name": "service", "grant_types": [EXCHANGE], "scope": "api read" });
    let made = world.superuser().json("/management/clients", &said);
    assert_eq!(made.status, 200, "{}", made.text);
    let text = |name: &str| made.json["entities"][0][name].as_str().unwrap().to_owned();
    let service = world.guest().basic(&text("client_id"), &text("client_secret"));
    let admin = world.acme.token(&world.guest(), Authority::Admin);
    let body = |subject: &str| format!("grant_type={EXCHANGE}&subject_token={subject}&subject_token_type={ACCESS}");
    let answer = service.form("/management/token", &body(&admin));
    let token = answer.token();
    assert_eq!(claims(&token)["sub"], claims(&admin)["sub"]);
    assert_eq!(world.guest().bearer(&token).get("/management/orgs/acme").status, 200);
    assert_eq!(world.guest().bearer(&token).get("/management/orgs/rival").status, 401);
    let user = world.acme.token(&world.guest(), Authority::AppUser);
    refused(&service.form("/management/token", &body(&user)), "invalid_request");
}
