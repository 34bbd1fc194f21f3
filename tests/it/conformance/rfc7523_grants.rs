//! JWTs as grants (RFC 7521, RFC 7523): an issuer that an application trusts speaks for a user, once, and no further than
//! the application said.

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use serde_json::{Value, json};
use tokengrid::domain::authority::Authority;
use tokengrid::domain::clock::Clock;
use tokengrid::domain::registered::GrantType;

use super::flow::{App, app, is_alive};
use crate::access::mint::{claims, with};
use crate::sso::keys::Pair;
use crate::support::{Answer, Client, Host, PASSWORD, Says, World, world, world_with};

const BEARER: &str = "urn:ietf:params:oauth:grant-type:jwt-bearer";
const IDP: &str = "https://idp.example";
const TRUSTED: &str = "/management/orgs/acme/apps/shop/trusted-issuers";

/// A partner whose word acme's shop takes, and the client that brings it.
struct Stage {
    world: World,
    client: App,
    admin: Client,
    pair: Pair,
    id: String,
}

fn stage() -> Stage {
    stage_with(world(), |pair| json!({ "jwks": { "keys": [pair.jwk()] } }))
}

fn stage_with(world: World, keys: impl FnOnce(&Pair) -> Value) -> Stage {
    let client = partner(&world);
    let admin = world.caller(&world.acme, Authority::Admin);
    let pair = Pair::new("one");
    let said = with(&json!({ "issuer": IDP, "scope": "api read write" }), &keys(&pair));
    let made = admin.json(TRUSTED, &said);
    assert_eq!(made.status, 200, "{}", made.text);
    let id = made.json["entities"][0]["uuid"].as_str().unwrap().to_owned();
    Stage { world, client, admin, pair, id }
}

fn partner(world: &World) -> App {
    app(world, |metadata| {
        metadata.grant_types = vec![GrantType::JwtBearer];
        metadata.scope = "api read own openid offline_access".parse().unwrap();
    })
}

impl Stage {
    fn now(&self) -> i64 {
        self.world.server.clock.now().seconds()
    }

    /// What a good assertion says: about ann, for us, for a minute, and never said before.
    fn said(&self, changes: &Value) -> Value {
        let issuer = format!("{}/acme/shop", self.world.server.base);
        static SAID: AtomicU32 = AtomicU32::new(0);
        let jti = format!("a{}", SAID.fetch_add(1, Ordering::Relaxed));
        let now = self.now();
        with(&json!({ "iss": IDP, "sub": "ann", "aud": issuer, "iat": now, "exp": now + 60, "jti": jti }), changes)
    }

    fn assertion(&self, changes: &Value) -> String {
        self.pair.sign(&self.said(changes))
    }

    fn present(&self, assertion: &str, said: &[(&str, &str)]) -> Answer {
        let own = [("grant_type", BEARER), ("assertion", assertion)];
        self.client.token(&self.world, &[&own[..], said].concat())
    }

    /// Presents what says this.
    fn bring(&self, changes: &Value) -> Answer {
        self.present(&self.assertion(changes), &[])
    }

    fn change(&self, settings: &Value) {
        let answer = self.admin.put(&format!("{TRUSTED}/{}", self.id), settings);
        assert_eq!(answer.status, 200, "{}", answer.text);
    }
}

/// Whatever is wrong, this is said.
#[track_caller]
fn refused(answer: &Answer, what: &str) {
    assert_eq!(answer.error(), (400, "invalid_grant"), "{what}: {}", answer.text);
    assert_eq!(answer.text_of("error_description"), "The assertion is not accepted.", "{what}");
    assert_eq!(answer.header("cache-control"), "no-store");
}

#[test]
fn s2_1_the_word_of_a_trusted_issuer_gives_a_token_of_its_user() {
    let stage = stage();
    let answer = stage.bring(&json!({}));
    let token = answer.token();
    let said = claims(&token);
    assert_eq!(
        (said["sub"].as_str(), said["client_id"].as_str()),
        (Some(stage.world.acme.user.id.to_string().as_str()), Some(stage.client.client_id().as_str()))
    );
    assert_eq!(answer.text_of("scope"), "api read");
    // RFC 7521 §4.1: no session that outlasts the other issuer's word.
    assert!(answer.json.get("refresh_token").is_none() && answer.json.get("id_token").is_none());
    assert!(is_alive(&stage.world, &token));
}

#[test]
fn s3_an_assertion_that_breaks_a_rule_is_an_invalid_grant() {
    let stage = stage();
    let now = stage.now();
    let base = &stage.world.server.base;
    for bad in [
        json!({ "iss": null }),
        json!({ "iss": "https://idp.example/" }),
        json!({ "iss": "https://evil.example" }),
        json!({ "iss": format!("{base}/acme/shop") }),
        json!({ "sub": null }),
        json!({ "sub": "" }),
        json!({ "aud": null }),
        json!({ "aud": format!("{base}/acme/shop/token") }),
        json!({ "aud": format!("{base}/acme/shop/") }),
        json!({ "aud": format!("{base}/rival/shop") }),
        json!({ "aud": [format!("{base}/acme/shop"), "https://other.example"] }),
        json!({ "exp": null }),
        json!({ "exp": now }),
        json!({ "exp": now - 1 }),
        json!({ "exp": now + 3_600 }),
        json!({ "exp": (now + 60).to_string() }),
        json!({ "nbf": now + 120 }),
        json!({ "iat": now + 120 }),
        json!({ "iat": now - 3_600 }),
        json!({ "jti": null }),
        json!({ "jti": "" }),
    ] {
        refused(&stage.bring(&bad), &bad.to_string());
    }
    assert_eq!(stage.bring(&json!({})).status, 200);
    let good = stage.said(&json!({}));
    let other = Pair::new("one");
    refused(&stage.present(&other.sign(&good), &[]), "another key of the same name");
    refused(&stage.present("no.jwt.atall", &[]), "no JWT");
    let mut header = stage.pair.header();
    for typ in ["at+jwt", "logout+jwt", "dpop+jwt", "client-authentication+jwt"] {
        header["typ"] = json!(typ);
        refused(&stage.present(&stage.pair.sign_as(&header, &good), &[]), typ);
    }
    for alg in ["none", "HS256", "PS256"] {
        let mut header = stage.pair.header();
        header["alg"] = json!(alg);
        refused(&stage.present(&stage.pair.sign_as(&header, &good), &[]), alg);
    }
    let mut stranger = stage.pair.header();
    stranger["kid"] = json!("two");
    refused(&stage.present(&stage.pair.sign_as(&stranger, &good), &[]), "an unknown key");
    assert_eq!(stage.present("", &[]).error(), (400, "invalid_request"));
}

#[test]
fn s3_an_assertion_is_taken_once() {
    let stage = stage();
    let assertion = stage.assertion(&json!({}));
    assert_eq!(stage.present(&assertion, &[]).status, 200);
    refused(&stage.present(&assertion, &[]), "the second use");
    // The same name by itself, and once more.
    refused(&stage.bring(&json!({ "jti": stage.said(&json!({}))["jti"], "sub": "nobody" })), "nobody");
    let named = json!({ "jti": "a name" });
    assert_eq!(stage.bring(&named).status, 200);
    refused(&stage.bring(&named), "another assertion of the same name");
}

#[test]
fn s3_one_of_many_uses_at_once_succeeds() {
    let stage = stage();
    let assertion = stage.assertion(&json!({}));
    let body = format!("grant_type={BEARER}&assertion={assertion}");
    let caller = stage.client.caller(&stage.world);
    let statuses: Vec<u16> = std::thread::scope(|scope| {
        let uses: Vec<_> =
            (0..24).map(|_| scope.spawn(|| caller.clone().form("/acme/shop/token", &body).status)).collect();
        uses.into_iter().map(|used| used.join().unwrap()).collect()
    });
    assert_eq!(statuses.iter().filter(|status| **status == 200).count(), 1, "{statuses:?}");
    assert!(statuses.iter().all(|status| [200, 400].contains(status)));
}

#[test]
fn s3_unknown_and_shut_out_users_are_one_answer() {
    let stage = stage();
    refused(&stage.bring(&json!({ "sub": "nobody" })), "unknown");
    // By its rule a username and nothing else.
    refused(&stage.bring(&json!({ "sub": stage.world.acme.user.id })), "an id");
    refused(&stage.bring(&json!({ "sub": "ann@example.test" })), "an address");
    assert_eq!(stage.bring(&json!({})).status, 200);
    let token = stage.bring(&json!({})).token();
    for shut in ["disabled", "activated"] {
        let change = |shuts: bool| json!({ shut: if shut == "disabled" { shuts } else { !shuts } });
        assert_eq!(stage.admin.put("/acme/shop/users/ann", &change(true)).status, 200);
        refused(&stage.bring(&json!({})), shut);
        assert_eq!(stage.admin.put("/acme/shop/users/ann", &change(false)).status, 200);
        assert_eq!(stage.bring(&json!({})).status, 200, "{shut}");
    }
    assert!(!is_alive(&stage.world, &token), "it ended with the account");
}

#[test]
fn s3_the_rule_says_which_claim_names_the_user_and_by_what() {
    let stage = stage();
    let user = &stage.world.acme.user;
    stage.change(&json!({ "subject": { "claim": "mail", "is": "email" } }));
    assert_eq!(stage.bring(&json!({ "sub": "x", "mail": "Ann@Example.test" })).status, 200);
    refused(&stage.bring(&json!({ "mail": "ann@example.test", "email_verified": false })), "unproved");
    refused(&stage.bring(&json!({ "mail": "ann" })), "a username is no address");
    refused(&stage.bring(&json!({})), "no such claim");
    stage.change(&json!({ "subject": { "claim": "sub", "is": "uuid" } }));
    assert_eq!(stage.bring(&json!({ "sub": user.id })).status, 200);
    refused(&stage.bring(&json!({ "sub": "ann" })), "a username is no id");
    refused(&stage.bring(&json!({ "sub": stage.world.rival.user.id })), "another tenant's user");
}

#[test]
fn s3_1_nothing_is_granted_beyond_the_rule_and_the_registration() {
    let stage = stage();
    let ask = |scope: &str| stage.present(&stage.assertion(&json!({})), &[("scope", scope)]);
    assert_eq!(ask("read").text_of("scope"), "read");
    // `write` is not the client's, `own` not the rule's; what belongs to a sign-in is nobody's here.
    for beyond in ["write", "own", "read own", "openid", "offline_access", "other"] {
        assert_eq!(ask(beyond).error(), (400, "invalid_scope"), "{beyond}");
    }
    stage.change(&json!({ "scope": "write openid" }));
    assert_eq!(stage.bring(&json!({})).error(), (400, "invalid_scope"));
}

#[test]
fn s3_1_a_token_lives_no_longer_than_the_rule_says() {
    let stage = stage();
    stage.change(&json!({ "access_token_ttl": 120_000 }));
    assert_eq!(stage.bring(&json!({})).json["expires_in"], 120);
    let shorter = stage.present(&stage.assertion(&json!({})), &[("ttl", "5000")]);
    assert_eq!(shorter.json["expires_in"], 5);
    stage.change(&json!({ "access_token_ttl": null }));
    assert_eq!(stage.bring(&json!({})).json["expires_in"], 3_600);
}

#[test]
fn s2_1_only_registered_clients_that_listed_the_grant_bring_assertions() {
    let stage = stage();
    let assertion = stage.assertion(&json!({}));
    let body = format!("grant_type={BEARER}&assertion={assertion}");
    let (id, secret) = &stage.world.acme.app_client;
    let own = stage.world.guest().basic(id, secret).form("/acme/shop/token", &body);
    assert_eq!(own.error(), (400, "unauthorized_client"));
    let other = app(&stage.world, |metadata| metadata.grant_types = vec![GrantType::ClientCredentials]);
    let other = other.token(&stage.world, &[("grant_type", BEARER), ("assertion", &assertion)]);
    assert_eq!(other.error(), (400, "unauthorized_client"));
    assert_eq!(stage.world.guest().form("/acme/shop/token", &body).error(), (401, "invalid_client"));
    assert_eq!(stage.present(&assertion, &[]).status, 200, "nothing was used up");
}

#[test]
fn s3_trust_is_of_one_application_and_ends_when_it_is_taken_back() {
    let stage = stage();
    let there = App::register(
        &stage.world,
        (stage.world.rival.place(), super::flow::place_of(&stage.world.rival)),
        |metadata| {
            metadata.grant_types = vec![GrantType::JwtBearer];
            metadata.scope = "api read".parse().unwrap();
        },
    );
    let for_rival = stage.assertion(&json!({ "aud": format!("{}/rival/shop", stage.world.server.base) }));
    refused(&there.token(&stage.world, &[("grant_type", BEARER), ("assertion", &for_rival)]), "not trusted there");
    assert_eq!(stage.admin.delete(&format!("{TRUSTED}/{}", stage.id)).status, 200);
    refused(&stage.bring(&json!({})), "trusted no more");
}

#[test]
fn s3_keys_are_fetched_where_the_issuer_publishes_them() {
    let pair = Pair::new("one");
    let host = Host::start(Says::json(json!({ "keys": [pair.jwk()] })));
    let world = world_with(|settings| {
        settings.upstream.allow_private = tokengrid::domain::tenant::Switch::On;
        settings.upstream.allow_plain_http = tokengrid::domain::tenant::Switch::On;
    });
    let url = host.url("/jwks");
    let stage = Stage { pair, ..stage_with(world, |_| json!({ "jwks_uri": url })) };
    assert_eq!(stage.bring(&json!({})).status, 200);
    assert_eq!(stage.bring(&json!({})).status, 200);
    assert_eq!(host.count(), 1, "they are kept");
    host.says(Says::status(500));
    assert_eq!(stage.bring(&json!({})).status, 200);
    // A new key is looked for, within reason.
    let two = Pair::new("two");
    host.says(Says::json(json!({ "keys": [two.jwk()] })));
    stage.world.server.advance(Duration::from_secs(120));
    let said = stage.said(&json!({}));
    assert_eq!(stage.present(&two.sign(&said), &[]).status, 200);
}

#[test]
fn issuers_are_kept_by_the_administration_alone() {
    let stage = stage();
    let (world, one) = (&stage.world, format!("{TRUSTED}/{}", stage.id));
    let shown = stage.admin.get(&one).json["entities"][0].clone();
    assert_eq!((shown["issuer"].as_str(), shown["scope"].as_str()), (Some(IDP), Some("api read write")));
    assert_eq!(shown["subject"], json!({ "claim": "sub", "is": "username" }));
    assert_eq!(stage.admin.get(TRUSTED).json["entities"].as_array().unwrap().len(), 1);
    let guest = world.guest();
    let others = [
        guest.clone(),
        world.caller(&world.rival, Authority::Admin),
        world.caller(&world.acme, Authority::AppUser),
        world.caller(&world.acme, Authority::AppClient),
    ];
    for other in others {
        assert_eq!(other.get(TRUSTED).status, 401);
        assert_eq!(other.delete(&one).status, 401);
    }
    let rivals = "/management/orgs/rival/apps/shop/trusted-issuers";
    let rival = world.caller(&world.rival, Authority::Admin);
    assert_eq!(rival.get(&format!("{rivals}/{}", stage.id)).error(), (404, "entity_not_found"));
    assert_eq!(rival.delete(&format!("{rivals}/{}", stage.id)).error(), (404, "entity_not_found"));
    let keys = json!({ "keys": [stage.pair.jwk()] });
    let good = json!({ "issuer": "https://two.example", "jwks": keys, "scope": "api" });
    for bad in [
        json!({ "issuer": null }),
        json!({ "issuer": "" }),
        json!({ "issuer": IDP }),
        json!({ "jwks": null }),
        json!({ "jwks": { "keys": [] } }),
        json!({ "jwks_uri": "https://two.example/jwks" }),
        json!({ "jwks": null, "jwks_uri": "http://two.example/jwks" }),
        json!({ "jwks": null, "jwks_uri": "https://127.0.0.1/jwks" }),
        json!({ "scope": null }),
        json!({ "scope": "" }),
        json!({ "subject": { "is": "name" } }),
        json!({ "subject": { "claim": "" } }),
        json!({ "access_token_ttl": 0 }),
        json!({ "access_token_ttl": "long" }),
        json!({ "jwk": {} }),
    ] {
        assert_eq!(stage.admin.json(TRUSTED, &with(&good, &bad)).status, 400, "{bad}");
    }
    assert_eq!(stage.admin.json(TRUSTED, &good).status, 200);
    assert_eq!(stage.admin.put(&one, &json!({ "issuer": "https://three.example" })).status, 400);
    let log = world.server.core.store.list_audit(world.acme.app.id.into(), 20).unwrap();
    assert_eq!(log.iter().filter(|entry| entry.action == "trust issuer").count(), 2);
}

#[test]
fn s2_1_a_password_is_not_asked_for_and_none_is_told() {
    let stage = stage();
    let answer = stage.present(&stage.assertion(&json!({})), &[("password", PASSWORD), ("username", "nobody")]);
    assert_eq!(claims(&answer.token())["sub"], stage.world.acme.user.id.to_string());
}
