//! Signed tokens of an identity provider.

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use tokengrid::config::SsoKind;
use tokengrid::domain::clock::Clock;

use super::keys::{Pair, message};
use super::{SUPERUSER_EMAIL, settle};
use crate::support::{Answer, Host, PASSWORD, SUPERUSER, Says, World, world_with};

const ISSUER: &str = "https://id.example.test";
const AUDIENCE: &str = "tokengrid";

/// A world whose admins come by tokens of a provider on loopback.
struct Provider {
    world: World,
    host: Host,
    pair: Pair,
}

impl Provider {
    fn begin() -> Self {
        let pair = Pair::new("one");
        let host = Host::start(Says::json(json!({ "keys": [pair.jwk()] })));
        let url = host.url("/keys");
        let world = world_with(move |settings| {
            settle(settings);
            settings.sso.mode = SsoKind::Jwt;
            settings.sso.url = url;
            settings.sso.sign_in_url = "https://id.example.test/login".to_owned();
            settings.sso.issuer = ISSUER.to_owned();
            settings.sso.audience = AUDIENCE.to_owned();
        });
        Self { world, host, pair }
    }

    /// Claims that hold, with some of them otherwise; `null` leaves one out.
    fn claims(&self, otherwise: Value) -> Value {
        let now = self.world.server.clock.now().seconds();
        let mut claims = json!({
            "iss": ISSUER, "aud": AUDIENCE, "iat": now, "exp": now + 600, "email": "admin@acme.test",
        });
        let members = claims.as_object_mut().unwrap();
        members.extend(otherwise.as_object().unwrap().clone());
        members.retain(|_, value| !value.is_null());
        claims
    }

    fn me(&self, token: &str) -> Answer {
        self.world.guest().bearer(token).get("/management/me")
    }

    fn good(&self) -> String {
        self.pair.sign(&self.claims(json!({})))
    }
}

#[test]
fn a_token_of_the_provider_is_its_admins() {
    let provider = Provider::begin();
    let me = provider.me(&provider.good());
    assert_eq!(me.json["user"]["username"], "acme-admin", "{}", me.text);
    let caller = provider.world.guest().bearer(&provider.good());
    assert_eq!(caller.get("/management/orgs/acme").status, 200);
    assert_eq!(caller.get("/acme/shop").status, 200);
    assert_eq!(caller.get("/management/orgs/rival").error(), (401, "unauthorized"));
    assert_eq!(provider.host.count(), 1, "one fetch serves them all");
}

#[test]
fn me_says_what_the_provider_calls_the_admin() {
    let provider = Provider::begin();
    let known_as = |otherwise: Value| {
        let me = provider.me(&provider.pair.sign(&provider.claims(otherwise)));
        assert_eq!(me.status, 200, "{}", me.text);
        me.json.get("external_sso_user_id").cloned()
    };
    assert_eq!(known_as(json!({ "sub": "4711", "user_id": "other" })), Some(json!("4711")));
    assert_eq!(known_as(json!({ "user_id": "4712" })), Some(json!("4712")));
    assert_eq!(known_as(json!({})), None, "a name that may pass on to another is no id");
    let own = provider.world.superuser().get("/management/me");
    assert_eq!((own.status, own.json.get("external_sso_user_id")), (200, None), "a token of ours");
}

#[test]
fn a_username_counts_where_the_address_is_nobodys() {
    let provider = Provider::begin();
    let by_name = json!({ "email": null, "user_name": "Rival-Admin" });
    let me = provider.me(&provider.pair.sign(&provider.claims(by_name)));
    assert_eq!(me.json["user"]["username"], "rival-admin", "{}", me.text);
    for nobody in [
        json!({ "email": "stranger@example.test" }),
        json!({ "email": null }),
        json!({ "email": null, "user_name": provider.world.acme.admin.id }),
        json!({ "email": null, "user_name": "admin@acme.test" }),
        json!({ "email_verified": false }),
        json!({ "email_verified": "true" }),
    ] {
        let answer = provider.me(&provider.pair.sign(&provider.claims(nobody.clone())));
        assert_eq!(answer.error(), (401, "externalssoprovider_unactivated_adminuser"), "{nobody}");
    }
}

#[test]
fn the_superuser_comes_by_no_outside_token() {
    let provider = Provider::begin();
    for claims in [json!({ "email": SUPERUSER_EMAIL }), json!({ "email": null, "user_name": SUPERUSER.0 })] {
        let answer = provider.me(&provider.pair.sign(&provider.claims(claims)));
        assert_eq!(answer.error(), (401, "externalssoprovider_unactivated_adminuser"));
    }
}

#[test]
fn a_token_for_someone_else_or_another_time_is_refused() {
    let provider = Provider::begin();
    let now = provider.world.server.clock.now().seconds();
    for otherwise in [
        json!({ "iss": "https://id.example.test/" }),
        json!({ "iss": null }),
        json!({ "aud": "tokengrid2" }),
        json!({ "aud": ["a", "b"] }),
        json!({ "aud": [] }),
        json!({ "aud": null }),
        json!({ "exp": null }),
        json!({ "exp": "9999999999" }),
        json!({ "exp": 9999999999.5 }),
        json!({ "iat": null }),
        json!({ "iat": now + 61 }),
        json!({ "nbf": now + 61 }),
        json!({ "nbf": "soon" }),
    ] {
        let answer = provider.me(&provider.pair.sign(&provider.claims(otherwise.clone())));
        assert_eq!(answer.error(), (401, "auth_unverified_oath"), "{otherwise}");
    }
    for otherwise in [json!({ "exp": now }), json!({ "exp": -1 }), json!({ "iat": now - 700_000 })] {
        let answer = provider.me(&provider.pair.sign(&provider.claims(otherwise.clone())));
        assert_eq!(answer.error(), (401, "expired_token"), "{otherwise}");
    }
    let several = provider.pair.sign(&provider.claims(json!({ "aud": ["other", AUDIENCE], "nbf": now })));
    assert_eq!(provider.me(&several).status, 200);
}

#[test]
fn no_other_algorithm_type_or_form_is_taken() {
    let provider = Provider::begin();
    let claims = provider.claims(json!({}));
    let header = |change: Value| {
        let mut header = provider.pair.header();
        header.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        header
    };
    let mut tokens: Vec<String> = [
        json!({ "alg": "none" }),
        json!({ "alg": "RS512" }),
        json!({ "alg": "PS256" }),
        json!({ "alg": "ES256" }),
        json!({ "alg": "rs256" }),
        json!({ "typ": "logout+jwt" }),
        json!({ "crit": ["exp"] }),
        json!({ "kid": 1 }),
    ]
    .into_iter()
    .map(|change| provider.pair.sign_as(&header(change), &claims))
    .collect();
    // Without a signature, and signed by what everyone can read.
    let unsigned = message(&header(json!({ "alg": "none" })), &claims.to_string());
    tokens.push(format!("{unsigned}."));
    let by_public_key = message(&header(json!({ "alg": "HS256" })), &claims.to_string());
    let key = jsonwebtoken::EncodingKey::from_secret(provider.pair.pem().as_bytes());
    let mac = jsonwebtoken::crypto::sign(by_public_key.as_bytes(), &key, jsonwebtoken::Algorithm::HS256).unwrap();
    tokens.push(format!("{by_public_key}.{mac}"));
    // Signed by another key under this one's name, and by a key that the token brings along.
    let thief = Pair::new("one");
    tokens.push(thief.sign(&claims));
    tokens.push(thief.sign_as(&header(json!({ "jwk": thief.jwk(), "jku": "https://evil.test/keys" })), &claims));
    // A claim that stands twice.
    let text = claims.to_string();
    let twice = text.replacen('{', "{\"email\":\"admin@rival.test\",", 1);
    tokens.push(provider.pair.sign_message(&message(&provider.pair.header(), &twice)));
    // Another payload behind a good signature.
    let good = provider.good();
    let (head, signature) = (good.split('.').next().unwrap(), good.rsplit('.').next().unwrap());
    let other = URL_SAFE_NO_PAD.encode(provider.claims(json!({ "email": "admin@rival.test" })).to_string());
    tokens.push(format!("{head}.{other}.{signature}"));
    for token in tokens {
        assert_eq!(provider.me(&token).error(), (401, "auth_unverified_oath"), "{token}");
    }
    assert_eq!(provider.me(&good).status, 200);
}

#[test]
fn a_rotated_key_is_found_and_unknown_names_do_not_hammer_the_host() {
    let provider = Provider::begin();
    assert_eq!(provider.me(&provider.good()).status, 200);
    let two = Pair::new("two");
    provider.host.says(Says::json(json!({ "keys": [provider.pair.jwk(), two.jwk()] })));
    let rotated = |provider: &Provider| two.sign(&provider.claims(json!({})));
    // Within a minute of the last look the set is believed.
    assert_eq!(provider.me(&rotated(&provider)).error(), (401, "auth_unverified_oath"));
    provider.world.server.advance(Duration::from_secs(61));
    assert_eq!(provider.me(&rotated(&provider)).status, 200);
    assert_eq!(provider.me(&provider.good()).status, 200);
    assert_eq!(provider.host.count(), 2);
    let unknown = Pair::new("nobody's");
    for _ in 0..20 {
        assert_eq!(provider.me(&unknown.sign(&provider.claims(json!({})))).status, 401);
    }
    assert_eq!(provider.host.count(), 2);
}

#[test]
fn a_dead_key_host_does_not_break_keys_that_are_known() {
    let provider = Provider::begin();
    assert_eq!(provider.me(&provider.good()).status, 200);
    provider.host.says(Says::Closed);
    provider.world.server.advance(Duration::from_secs(7_200));
    assert_eq!(provider.me(&provider.good()).status, 200);
    let asked = provider.host.count();
    for _ in 0..10 {
        assert_eq!(provider.me(&provider.good()).status, 200);
    }
    assert_eq!(provider.host.count(), asked, "a dead host is left alone for a while");
    provider.host.says(Says::json(json!({ "keys": "none" })));
    provider.world.server.advance(Duration::from_secs(11));
    assert_eq!(provider.me(&provider.good()).status, 200, "a set that cannot be read replaces none");
}

#[test]
fn a_key_host_that_was_never_reached_is_a_failure_that_may_pass() {
    let provider = Provider::begin();
    provider.host.says(Says::Closed);
    for _ in 0..5 {
        assert_eq!(provider.me(&provider.good()).error(), (503, "temporarily_unavailable"));
    }
    assert_eq!(provider.host.count(), 1);
    provider.host.says(Says::json(json!({ "keys": [provider.pair.jwk()] })));
    provider.world.server.advance(Duration::from_secs(11));
    assert_eq!(provider.me(&provider.good()).status, 200);
}

#[test]
fn keys_are_asked_for_again_as_their_headers_say() {
    let provider = Provider::begin();
    let headers = vec![("cache-control", "max-age=600".to_owned()), ("etag", "\"v1\"".to_owned())];
    let body = json!({ "keys": [provider.pair.jwk()] }).to_string();
    provider.host.says(Says::Answer(200, headers, body));
    assert_eq!(provider.me(&provider.good()).status, 200);
    provider.world.server.advance(Duration::from_secs(599));
    assert_eq!(provider.me(&provider.good()).status, 200);
    assert_eq!(provider.host.count(), 1);
    provider.host.says(Says::Answer(304, vec![("cache-control", "max-age=600".to_owned())], String::new()));
    provider.world.server.advance(Duration::from_secs(2));
    assert_eq!(provider.me(&provider.good()).status, 200);
    assert!(provider.host.heard()[1].contains("if-none-match: \"v1\""), "{:?}", provider.host.heard());
    provider.world.server.advance(Duration::from_secs(599));
    assert_eq!(provider.me(&provider.good()).status, 200);
    assert_eq!(provider.host.count(), 2);
}

#[test]
fn a_public_key_instead_of_a_set_will_do() {
    for wrap in [|pem: String| pem, |pem: String| json!({ "alg": "SHA256withRSA", "value": pem }).to_string()] {
        let provider = Provider::begin();
        provider.host.says(Says::Answer(200, Vec::new(), wrap(provider.pair.pem())));
        assert_eq!(provider.me(&provider.good()).status, 200);
    }
}

#[test]
fn revoking_here_ends_an_outside_token_here() {
    let provider = Provider::begin();
    let (first, second) = (provider.good(), provider.pair.sign(&provider.claims(json!({ "n": 2 }))));
    let path = format!("/management/users/acme-admin/revoketoken?token={first}");
    assert_eq!(provider.world.guest().bearer(&first).send("PUT", &path, None, "").status, 200);
    assert_eq!(provider.me(&first).error(), (401, "auth_invalid"));
    assert_eq!(provider.me(&second).status, 200);
    let all = provider.world.guest().bearer(&second).send("PUT", "/management/users/me/revoketokens", None, "");
    assert_eq!(all.status, 200);
    assert_eq!(provider.me(&second).error(), (401, "auth_invalid"));
    provider.world.server.advance(Duration::from_secs(2));
    assert_eq!(provider.me(&provider.good()).status, 200, "a new one is another");
}

#[test]
fn an_admin_who_may_not_sign_in_may_not_by_an_outside_token_either() {
    let provider = Provider::begin();
    for (column, error) in [("disabled = true", "Disabled identity"), ("activated = false", "Unactivated identity")] {
        let statement = format!("UPDATE admin SET {column} WHERE username_key = 'acme-admin'");
        provider.world.server.sql(&statement, &statement);
        let answer = provider.me(&provider.good());
        assert_eq!((answer.error(), answer.text_of("error_description")), ((401, "authentication"), error));
        let back = "UPDATE admin SET disabled = false, activated = true";
        provider.world.server.sql(back, back);
    }
}

#[test]
fn passwords_of_admins_do_not_count_here_except_the_superusers() {
    let provider = Provider::begin();
    let guest = provider.world.guest();
    for (name, password) in [("acme-admin", PASSWORD), ("acme-admin", "wrong"), ("nobody", "x"), (SUPERUSER.0, "wrong")]
    {
        let answer = guest.sign_in("/management", name, password);
        assert_eq!(answer.error(), (400, "invalid_grant"), "{name}");
        assert_eq!(
            answer.text_of("error_description"),
            "admin users must login via https://id.example.test/login",
            "{name}"
        );
    }
    assert_eq!(guest.sign_in("/management", SUPERUSER.0, SUPERUSER.1).status, 200);
    assert_eq!(guest.sign_in("/acme/shop", "ann", PASSWORD).status, 200, "users of applications sign in as ever");
}

#[test]
fn an_admins_password_is_not_set_here() {
    let provider = Provider::begin();
    let body = json!({ "oldpassword": PASSWORD, "newpassword": "battery staple" });
    for caller in [provider.world.guest(), provider.world.guest().bearer(&provider.good())] {
        let answer = caller.json("/management/users/acme-admin/password", &body);
        assert_eq!(answer.error(), (400, "illegal_argument"), "{}", answer.text);
        assert!(answer.text_of("error_description").contains("admin users must login via"), "{}", answer.text);
    }
    let own = provider.world.guest().bearer(&provider.good());
    let put = own.send("PUT", "/management/users/acme-admin", Some("application/json"), &body.to_string());
    assert_eq!(put.error(), (400, "illegal_argument"), "{}", put.text);
}

#[test]
fn the_claims_of_a_token_are_shown_to_admins_and_no_other_key_url_is_asked() {
    let provider = Provider::begin();
    let (good, stranger) = (provider.good(), Host::start(Says::json(json!({ "keys": [Pair::new("x").jwk()] }))));
    let admin = provider.world.guest().bearer(&good);
    let shown = admin.get(&format!("/management/tokendetails?token={good}&provider=apigee"));
    assert_eq!(shown.json["data"]["email"], "admin@acme.test", "{}", shown.text);
    let own = provider.host.url("/keys");
    assert_eq!(admin.get(&format!("/management/tokendetails?token={good}&keyurl={own}")).status, 200);
    let foreign = admin.get(&format!("/management/tokendetails?token={good}&keyurl={}", stranger.url("/keys")));
    assert_eq!(foreign.error(), (400, "illegal_argument"));
    assert_eq!(stranger.count(), 0);
    assert_eq!(admin.get("/management/tokendetails?token=x").error(), (401, "auth_unverified_oath"));
    assert_eq!(admin.get("/management/tokendetails").error(), (400, "illegal_argument"));
    assert_eq!(provider.world.guest().get("/management/tokendetails?token=x").error(), (401, "unauthorized"));
}
