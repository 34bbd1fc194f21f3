//! Device authorization (RFC 8628): a device without a keyboard is let in by its person at another screen.

use std::time::Duration;

use serde_json::json;
use tokengrid::domain::authority::Authority;
use tokengrid::domain::registered::{AuthMethod, GrantType};

use super::flow::{App, app, id_claims, is_alive};
use crate::access::mint::claims;
use crate::support::{Answer, Browser, PASSWORD, Page, World, superuser_on, world, world_with};

const DEVICE: &str = "urn:ietf:params:oauth:grant-type:device_code";
const PAGE: &str = "/acme/shop/signin/device";

/// A television of acme's shop: a public client.
struct Stage {
    world: World,
    tv: App,
}

fn stage() -> Stage {
    let world = world();
    let tv = tv(&world);
    Stage { world, tv }
}

fn tv(world: &World) -> App {
    app(world, |metadata| {
        metadata.grant_types = vec![GrantType::DeviceCode, GrantType::RefreshToken];
        metadata.token_endpoint_auth_method = AuthMethod::None;
        metadata.scope = "openid profile api offline_access".parse().unwrap();
        metadata.first_party = false;
    })
}

/// What a device was told.
struct Begun {
    device_code: String,
    user_code: String,
    complete: String,
}

impl Stage {
    fn begin_with(&self, app: &App, said: &str) -> Answer {
        let body = if app.is_public { format!("client_id={}&{said}", app.client_id()) } else { said.to_owned() };
        app.caller(&self.world).form("/acme/shop/device_authorization", &body)
    }

    fn begin(&self) -> Begun {
        let answer = self.begin_with(&self.tv, "scope=openid api");
        assert_eq!(answer.status, 200, "{}", answer.text);
        let text = |name: &str| answer.text_of(name).to_owned();
        let complete = text("verification_uri_complete");
        Begun {
            device_code: text("device_code"),
            user_code: text("user_code"),
            complete: complete.strip_prefix(&self.world.server.base).unwrap().to_owned(),
        }
    }

    fn poll(&self, begun: &Begun) -> Answer {
        self.tv.token(&self.world, &[("grant_type", DEVICE), ("device_code", &begun.device_code)])
    }

    /// A browser at which ann signs in on the way to this page; the page that she gets to.
    fn visit(&self, path: &str) -> (Browser, Page) {
        let browser = Browser::new(self.world.guest());
        let page = browser.follow(browser.get(path));
        assert_eq!(page.title(), "Sign in");
        let page = browser.sign_in(&page, "ann", PASSWORD);
        (browser, page)
    }

    /// Ann answers.
    fn answer(&self, begun: &Begun, action: &str) -> (Browser, Page) {
        let (browser, page) = self.visit(&begun.complete);
        let told = browser.press(&page, action, &[]);
        (browser, told)
    }

    fn wait(&self, seconds: u64) {
        self.world.server.advance(Duration::from_secs(seconds));
    }
}

#[track_caller]
fn refused(answer: &Answer, code: &str) {
    assert_eq!(answer.error(), (400, code), "{}", answer.text);
    assert!(answer.json.get("access_token").is_none());
    assert_eq!(answer.header("cache-control"), "no-store");
}

#[test]
fn s3_2_a_device_is_told_its_codes_and_where_its_person_goes() {
    let stage = stage();
    let answer = stage.begin_with(&stage.tv, "scope=openid");
    assert_eq!((answer.status, answer.header("cache-control")), (200, "no-store"), "{}", answer.text);
    assert_eq!((&answer.json["expires_in"], &answer.json["interval"]), (&json!(600), &json!(5)));
    let code = answer.text_of("user_code");
    assert_eq!((code.len(), code.matches('-').count()), (9, 1));
    assert!(code.chars().all(|letter| "BCDFGHJKLMNPQRSTVWXZ-".contains(letter)), "{code}");
    // 256 bits behind four letters.
    assert_eq!(answer.text_of("device_code").len(), 47);
    let uri = format!("{}{PAGE}", stage.world.server.base);
    assert_eq!(answer.text_of("verification_uri"), uri);
    assert_eq!(answer.text_of("verification_uri_complete"), format!("{uri}?user_code={code}"));
    let other = stage.begin_with(&stage.tv, "scope=openid");
    assert_ne!(other.text_of("device_code"), answer.text_of("device_code"));
    assert_ne!(other.text_of("user_code"), code);
}

#[test]
fn s3_1_only_clients_that_registered_for_it_begin() {
    let stage = stage();
    let world = &stage.world;
    let confidential = app(world, |metadata| {
        metadata.grant_types = vec![GrantType::DeviceCode];
        metadata.scope = "api".parse().unwrap();
    });
    assert_eq!(stage.begin_with(&confidential, "").status, 200);
    let path = "/acme/shop/device_authorization";
    let unproved = world.guest().form(path, &format!("client_id={}", confidential.client_id()));
    assert_eq!(unproved.error(), (401, "invalid_client"));
    assert_eq!(world.guest().form(path, "scope=api").error(), (401, "invalid_client"));
    assert_eq!(world.guest().form(path, "client_id=nobody").error(), (401, "invalid_client"));
    let (id, secret) = &world.acme.app_client;
    assert_eq!(world.guest().basic(id, secret).form(path, "").error(), (400, "unauthorized_client"));
    let other = app(world, |_| {});
    assert_eq!(stage.begin_with(&other, "scope=openid").error(), (400, "unauthorized_client"));
    let there = world.guest().form("/rival/shop/device_authorization", &format!("client_id={}", stage.tv.client_id()));
    assert_eq!(there.error(), (401, "invalid_client"));
    assert_eq!(stage.begin_with(&stage.tv, "scope=other").error(), (400, "invalid_scope"));
    assert_eq!(stage.begin_with(&stage.tv, "resource=https://x.example").error(), (400, "invalid_target"));
    assert_eq!(stage.begin_with(&stage.tv, "scope=api&scope=openid").status, 400);
    assert_eq!(
        world.guest().json(path, &json!({ "client_id": stage.tv.client_id() })).error(),
        (400, "invalid_request")
    );
    assert_eq!(world.guest().get(path).status, 405);
}

#[test]
fn s3_5_a_device_waits_for_its_person_and_is_let_in_once() {
    let stage = stage();
    let begun = stage.begin();
    refused(&stage.poll(&begun), "authorization_pending");
    let (_, told) = stage.answer(&begun, "allow");
    assert_eq!((told.status(), told.title().as_str()), (200, "Your device is let in"));
    let answer = stage.poll(&begun);
    let token = answer.token();
    assert_eq!((answer.text_of("token_type"), answer.text_of("scope")), ("Bearer", "api openid"));
    assert!(is_alive(&stage.world, &token));
    let id = id_claims(&answer);
    let user = stage.world.acme.user.id.to_string();
    assert_eq!((id["sub"].as_str(), id["aud"].as_str()), (Some(user.as_str()), Some(stage.tv.client_id().as_str())));
    assert_eq!(id["amr"], json!(["pwd"]));
    assert!(id.get("nonce").is_none());
    assert_eq!(claims(&token)["client_id"], stage.tv.client_id());
    refused(&stage.poll(&begun), "invalid_grant");
    assert_eq!(stage.tv.refresh(&stage.world, answer.text_of("refresh_token")).status, 200);
}

#[test]
fn s3_5_whoever_asks_too_often_is_slowed_down_for_good() {
    let stage = stage();
    let begun = stage.begin();
    refused(&stage.poll(&begun), "authorization_pending");
    stage.wait(4);
    refused(&stage.poll(&begun), "slow_down");
    // Ten seconds since the last question in time, from now on.
    stage.wait(5);
    refused(&stage.poll(&begun), "slow_down");
    stage.wait(6);
    refused(&stage.poll(&begun), "authorization_pending");
    stage.wait(14);
    refused(&stage.poll(&begun), "slow_down");
    stage.wait(20);
    refused(&stage.poll(&begun), "authorization_pending");
    refused(&stage.poll(&stage.begin()), "authorization_pending");
}

#[test]
fn s3_5_a_storm_of_questions_is_slowed_down_and_bounded() {
    let stage = stage();
    let begun = stage.begin();
    let answers: Vec<String> = std::thread::scope(|scope| {
        let polls: Vec<_> = (0..40).map(|_| scope.spawn(|| stage_poll(&stage, &begun))).collect();
        polls.into_iter().map(|poll| poll.join().unwrap()).collect()
    });
    let pending = answers.iter().filter(|code| *code == "authorization_pending").count();
    assert_eq!(pending, 1, "{answers:?}");
    assert!(answers.iter().all(|code| ["authorization_pending", "slow_down"].contains(&code.as_str())));
    // However many there were, nobody waits longer than a minute.
    stage.wait(60);
    refused(&stage.poll(&begun), "authorization_pending");
}

fn stage_poll(stage: &Stage, begun: &Begun) -> String {
    stage.poll(begun).text_of("error").to_owned()
}

#[test]
fn s3_5_a_person_may_say_no() {
    let stage = stage();
    let begun = stage.begin();
    let (browser, told) = stage.answer(&begun, "deny");
    assert_eq!((told.status(), told.title().as_str()), (200, "The device was turned away"));
    refused(&stage.poll(&begun), "access_denied");
    // What was denied cannot be revived (security rule D-3).
    let again = browser.get(&begun.complete);
    assert_eq!(again.status(), 400);
    assert!(again.html().contains("no device that waits"));
    refused(&stage.poll(&begun), "access_denied");
}

#[test]
fn s3_5_codes_expire_after_ten_minutes() {
    let stage = stage();
    let (begun, approved) = (stage.begin(), stage.begin());
    let (browser, page) = stage.visit(&begun.complete);
    let (_, told) = stage.answer(&approved, "allow");
    assert_eq!(told.title(), "Your device is let in");
    stage.wait(600);
    refused(&stage.poll(&begun), "expired_token");
    refused(&stage.poll(&approved), "expired_token");
    assert_eq!(browser.press(&page, "allow", &[]).status(), 400);
    refused(&stage.poll(&begun), "expired_token");
    stage.wait(7_200);
    stage.world.server.wait(stage.world.registry().maintain()).unwrap();
    refused(&stage.poll(&begun), "invalid_grant");
}

#[test]
fn s3_4_only_the_client_that_began_comes_back() {
    let stage = stage();
    let world = &stage.world;
    let begun = stage.begin();
    let other = tv(world);
    let said = [("grant_type", DEVICE), ("device_code", begun.device_code.as_str())];
    refused(&other.token(world, &said), "invalid_grant");
    let (_, told) = stage.answer(&begun, "allow");
    assert_eq!(told.status(), 200);
    refused(&other.token(world, &said), "invalid_grant");
    let there = format!("grant_type={DEVICE}&client_id={}&device_code={}", stage.tv.client_id(), begun.device_code);
    assert_eq!(world.guest().form("/rival/shop/token", &there).error(), (401, "invalid_client"));
    for bad in ["", "x", &begun.user_code, &begun.device_code[..46]] {
        let answer = stage.tv.token(world, &[("grant_type", DEVICE), ("device_code", bad)]);
        refused(&answer, if bad.is_empty() { "invalid_request" } else { "invalid_grant" });
    }
    assert_eq!(stage.poll(&begun).status, 200, "nothing of that used the code up");
}

#[test]
fn s3_5_of_a_hundred_questions_at_once_one_is_answered() {
    let stage = stage();
    let begun = stage.begin();
    let (_, told) = stage.answer(&begun, "allow");
    assert_eq!(told.status(), 200);
    let answers: Vec<Answer> = std::thread::scope(|scope| {
        let polls: Vec<_> = (0..100).map(|_| scope.spawn(|| stage.poll(&begun))).collect();
        polls.into_iter().map(|poll| poll.join().unwrap()).collect()
    });
    assert_eq!(answers.iter().filter(|answer| answer.status == 200).count(), 1);
    for answer in answers.iter().filter(|answer| answer.status != 200) {
        refused(answer, "invalid_grant");
    }
}

#[test]
fn s5_4_the_page_names_the_client_and_asks_even_with_the_complete_address() {
    let stage = stage();
    let begun = stage.begin();
    let (browser, page) = stage.visit(&begun.complete);
    assert_eq!((page.status(), page.title().as_str()), (200, "Let the client in?"));
    for shown in [&begun.user_code, "the client", "The ann", "127.0.0.1", "know who you are here"] {
        assert!(page.html().contains(shown), "{shown} in {}", page.html());
    }
    assert!(page.answer.header("content-security-policy").contains("frame-ancestors 'none'"));
    refused(&stage.poll(&begun), "authorization_pending");
    // Nothing but a button of this page lets it in.
    assert_eq!(browser.post(PAGE, &format!("user_code={}&action=allow", begun.user_code)).status(), 400);
    assert_eq!(browser.press(&page, "allow", &[("action", "deny")]).status(), 400, "two answers are none");
    let from_elsewhere = [("sec-fetch-site", "cross-site")];
    let sealed = page.hidden("request");
    let form = url::form_urlencoded::Serializer::new(String::new())
        .append_pair("request", &sealed)
        .append_pair("action", "allow")
        .finish();
    assert_eq!(browser.go("POST", PAGE, &form, &from_elsewhere).status(), 400);
    let stranger = Browser::new(stage.world.guest());
    assert_eq!(stranger.post(PAGE, &form).status(), 400);
    stage.wait(5);
    refused(&stage.poll(&begun), "authorization_pending");
    assert_eq!(browser.press(&page, "allow", &[]).title(), "Your device is let in");
    assert_eq!(browser.press(&page, "allow", &[]).title(), "Too late", "once is enough");
    assert_eq!(stage.poll(&begun).status, 200);
}

#[test]
fn s3_3_a_code_is_typed_however_a_person_types_it() {
    let stage = stage();
    let (browser, page) = stage.visit(PAGE);
    assert_eq!((page.status(), page.title().as_str()), (200, "Let a device in"));
    for (hyphen, is_small) in [("-", true), ("+", false), ("", false)] {
        let begun = stage.begin();
        let typed = begun.user_code.replace('-', hyphen);
        let typed = if is_small { typed.to_lowercase() } else { typed };
        let page = browser.get(&format!("{PAGE}?user_code={typed}"));
        assert_eq!(page.status(), 200, "{}", page.html());
        assert_eq!(browser.press(&page, "allow", &[]).status(), 200);
        assert_eq!(stage.poll(&begun).status, 200);
    }
}

#[test]
fn s5_1_guesses_of_codes_are_limited() {
    let stage = stage();
    let (browser, _) = stage.visit(PAGE);
    let begun = stage.begin();
    let guess = |code: &str| browser.get(&format!("{PAGE}?user_code={code}"));
    for _ in 0..30 {
        assert_eq!(guess("BCDF-GHJK").status(), 400);
    }
    assert_eq!(guess("BCDF-GHJK").status(), 429);
    assert_eq!(guess(&begun.user_code).status(), 429, "a right one is not told from a wrong one");
    stage.wait(3_600);
    let begun = stage.begin();
    assert_eq!(guess(&begun.user_code).status(), 200);
}

#[test]
fn s5_2_what_happens_to_the_person_happens_to_the_device() {
    for ending in ["disabled", "sign out", "consent", "client"] {
        let stage = stage();
        let world = &stage.world;
        let begun = stage.begin();
        let (browser, told) = stage.answer(&begun, "allow");
        assert_eq!(told.status(), 200);
        let admin = world.caller(&world.acme, Authority::Admin);
        match ending {
            "disabled" => assert_eq!(admin.put("/acme/shop/users/ann", &json!({ "disabled": true })).status, 200),
            "sign out" => {
                let page = browser.get("/acme/shop/logout");
                assert_eq!(browser.press(&page, "signout", &[]).status(), 200);
            }
            "consent" => {
                let (tenant, holder) = (world.acme.app.id.into(), world.acme.user.id.uuid());
                let client = stage.tv.client_id();
                let actor = tokengrid::manage::Actor::Operator;
                world.server.wait(world.registry().revoke_consent(tenant, (holder, &client), actor)).unwrap();
            }
            _ => {
                let path = format!("/management/orgs/acme/apps/shop/clients/{}", stage.tv.client_id());
                assert_eq!(admin.put(&path, &json!({ "scope": "openid" })).status, 200);
            }
        }
        let answer = stage.poll(&begun);
        assert_eq!(answer.error(), (400, "invalid_grant"), "{ending} {}", answer.text);
    }
}

#[test]
fn s3_5_the_tokens_of_a_device_end_with_the_session_it_was_let_in_from() {
    let stage = stage();
    let begun = stage.begin();
    let (_, told) = stage.answer(&begun, "allow");
    assert_eq!(told.status(), 200);
    let answer = stage.poll(&begun);
    let session: uuid::Uuid = id_claims(&answer)["sid"].as_str().unwrap().parse().unwrap();
    let actor = tokengrid::manage::Actor::Operator;
    let ended = stage.world.registry();
    assert!(stage.world.server.wait(ended.end_session(stage.world.acme.app.id.into(), session, actor)).unwrap());
    assert!(!is_alive(&stage.world, &answer.token()));
    assert_eq!(stage.tv.refresh(&stage.world, answer.text_of("refresh_token")).error(), (400, "invalid_grant"));
}

#[test]
fn s3_admins_let_devices_of_the_management_issuer_in() {
    let world = world_with(superuser_on);
    let said = json!({ "client_name": "console", "grant_types": [DEVICE], "scope": "api openid",
                       "token_endpoint_auth_method": "none" });
    let made = world.superuser().json("/management/clients", &said);
    assert_eq!(made.status, 200, "{}", made.text);
    let id = made.json["entities"][0]["client_id"].as_str().unwrap().to_owned();
    let begun = world.guest().form("/management/device_authorization", &format!("client_id={id}"));
    assert_eq!(begun.status, 200, "{}", begun.text);
    let browser = Browser::new(world.guest());
    let path = begun.text_of("verification_uri_complete").strip_prefix(&world.server.base).unwrap().to_owned();
    let page = browser.follow(browser.get(&path));
    let page = browser.sign_in(&page, &world.acme.admin_name(), PASSWORD);
    assert_eq!(page.title(), "Let console in?");
    assert_eq!(browser.press(&page, "allow", &[]).status(), 200);
    let body = format!("grant_type={DEVICE}&client_id={id}&device_code={}", begun.text_of("device_code"));
    let token = world.guest().form("/management/token", &body).token();
    assert_eq!(claims(&token)["sub"], world.acme.admin.id.to_string());
    assert_eq!(world.guest().bearer(&token).get("/management/orgs/acme").status, 200);
}
