//! The feed of what an issuer revoked (`docs/api/revocations.md`), and the bound that those who follow it keep: a revoked
//! token is refused at most 60 seconds later by a verifier that never asks about one. The verifier is the one of
//! `examples/resource-server/rust`.

#[path = "../../../examples/resource-server/rust/verifier.rs"]
mod verifier;

use std::time::Duration;

use serde_json::{Value, json};
use tokengrid::domain::authority::Authority::{self, Admin, AppClient, AppUser};
use tokengrid::domain::clock::Clock;
use tokengrid::domain::token::Algorithm;

use self::verifier::{Refused, Verifier};
use super::{is_signed_by, minted, registered, statement};
use crate::access::mint::{claims, switch_algorithm};
use crate::support::{Answer, World, world};

const FEED: &str = "/acme/shop/revocations";
const SIGNED: &str = "application/revocations+jwt";

fn now(world: &World) -> i64 {
    world.server.clock.now().seconds()
}

fn fetch(world: &World, path: &str) -> Answer {
    let answer = world.guest().send_with("GET", path, None, "", &[("accept", SIGNED)]);
    assert_eq!((answer.status, answer.header("content-type")), (200, SIGNED), "{}", answer.text);
    answer
}

/// A verifier of acme's shop with its keys, and no feed yet.
fn verifier(world: &World) -> Verifier {
    let issuer = format!("{}/acme/shop", world.server.base);
    let mut verifier = Verifier::new(&issuer, &issuer);
    verifier.take_keys(&world.guest().get("/acme/shop/.well-known/jwks.json").text).unwrap();
    verifier
}

fn follow(world: &World, verifier: &mut Verifier) {
    let path = verifier.cursor().map_or_else(|| FEED.to_owned(), |cursor| format!("{FEED}?since={cursor}"));
    verifier.take_feed(&fetch(world, &path).text, now(world)).unwrap();
}

fn end(world: &World, path: &str) {
    let answer = world.caller(&world.acme, Admin).put(path, &json!({}));
    assert_eq!(answer.status, 200, "{}", answer.text);
}

#[test]
fn a_revoked_token_is_refused_within_the_bound_whatever_is_kept_on_the_way() {
    let world = world();
    let mut verifier = verifier(&world);
    let token = world.acme.token(&world.guest(), AppUser);
    world.server.advance(Duration::from_secs(7));
    // The last document from before the end: a cache may hand it out for as long as it likes.
    let before = fetch(&world, FEED).text;
    verifier.take_feed(&before, now(&world)).unwrap();
    assert_eq!(verifier.verify(&token, now(&world)).unwrap()["sub"], world.acme.user.id.to_string());
    end(&world, "/acme/shop/users/ann/revoketokens");
    let revoked_at = now(&world);
    let mut refused_after = None;
    for second in 0..=60 {
        // A verifier whose every fetch is answered by that cache.
        let _ = verifier.take_feed(&before, revoked_at + second);
        if verifier.verify(&token, revoked_at + second).is_err() {
            refused_after = Some(second);
            break;
        }
    }
    assert!(refused_after.is_some_and(|seconds| seconds <= 60), "{refused_after:?}");
    // One that reaches the server refuses it at its next fetch, and says why.
    follow(&world, &mut verifier);
    assert_eq!(verifier.verify(&token, now(&world)), Err(Refused::Revoked));
}

#[test]
fn a_verifier_that_follows_every_15_seconds_never_refuses_a_good_token() {
    let world = world();
    let mut verifier = verifier(&world);
    let token = world.acme.token(&world.guest(), AppUser);
    for _ in 0..40 {
        follow(&world, &mut verifier);
        for second in 0..30 {
            assert!(verifier.verify(&token, now(&world) + second).is_ok(), "a missed fetch is forgiven");
        }
        world.server.advance(Duration::from_secs(15));
    }
}

#[test]
fn every_kind_of_end_reaches_a_verifier_by_the_whole_and_by_a_delta() {
    let world = world();
    let (mut by_delta, guest) = (verifier(&world), world.guest());
    follow(&world, &mut by_delta);
    let (client, secret) = registered(&world, &json!({}));
    let given = minted(&world, &json!({ "client_id": client, "sid": null }));
    let signed_in = guest.sign_in("/acme/shop", "ann", "correct horse");
    let of_session = signed_in.token();
    let of_client = world.acme.token(&guest, AppClient);
    let of_registered = guest.basic(&client, &secret).form("/acme/shop/token", "grant_type=client_credentials").token();
    let all = [&given, &of_session, &of_client, &of_registered];
    for token in all {
        assert!(by_delta.verify(token, now(&world)).is_ok());
    }
    let refused = |by_delta: &mut Verifier, token: &str| {
        world.server.advance(Duration::from_secs(15));
        follow(&world, by_delta);
        let mut fresh = verifier(&world);
        follow(&world, &mut fresh);
        let verdicts = [&fresh, by_delta].map(|verifier| verifier.verify(token, now(&world)).err());
        assert_eq!(verdicts[0], verdicts[1], "the whole and the deltas agree");
        verdicts[0] == Some(Refused::Revoked)
    };
    let (id, app_secret) = &world.acme.app_client;
    let form = format!("token={}", signed_in.text_of("refresh_token"));
    assert_eq!(guest.basic(id, app_secret).form("/acme/shop/revoke", &form).status, 200);
    assert!(refused(&mut by_delta, &of_session) && !refused(&mut by_delta, &given));
    let admin = world.caller(&world.acme, Admin);
    assert_eq!(admin.delete(&format!("/management/orgs/acme/apps/shop/clients/{client}")).status, 200);
    assert!(refused(&mut by_delta, &given) && refused(&mut by_delta, &of_registered));
    assert!(!refused(&mut by_delta, &of_client));
    let actor = tokengrid::manage::Actor::Operator;
    world.server.wait(world.registry().revoke_app(&world.acme.app, actor)).unwrap();
    assert!(refused(&mut by_delta, &of_client));
    let born_after = world.acme.token(&guest, AppUser);
    assert!(!refused(&mut by_delta, &born_after));
}

#[test]
fn a_session_that_outlives_a_change_of_password_outlives_it_everywhere() {
    let world = world();
    let guest = world.guest();
    let [own, other] = [(); 2].map(|()| world.acme.token(&guest, AppUser));
    let change = json!({ "oldpassword": "correct horse", "newpassword": "battery staple" });
    let answer = guest.bearer(&own).put("/acme/shop/users/me/password", &change);
    let answer =
        if answer.status == 404 { guest.bearer(&own).put("/acme/shop/users/ann/password", &change) } else { answer };
    assert_eq!(answer.status, 200, "{}", answer.text);
    let mut verifier = verifier(&world);
    follow(&world, &mut verifier);
    let heard = |token: &str| guest.bearer(token).get("/acme/shop/users/me").status == 200;
    for token in [own, other] {
        assert_eq!(verifier.verify(&token, now(&world)).is_ok(), heard(&token));
    }
}

#[test]
fn the_feed_names_nobody() {
    let world = world();
    let token = world.acme.token(&world.guest(), AppUser);
    end(&world, "/acme/shop/users/ann/revoketokens");
    let text = world.guest().get(FEED).text;
    let said = claims(&token);
    for id in [world.acme.user.id.to_string(), said["jti"].to_string(), said["sid"].to_string()] {
        assert!(!text.contains(id.trim_matches('"')), "{id}");
    }
    assert_eq!(serde_json::from_str::<Value>(&text).unwrap()["revocations"].as_array().map(Vec::len), Some(1));
    // Another tenant's feed says nothing of it.
    assert_eq!(world.guest().get("/rival/shop/revocations").json["revocations"], json!([]));
}

#[test]
fn the_signed_form_says_the_same_and_is_no_token() {
    let world = world();
    end(&world, "/acme/shop/users/ann/revoketokens");
    let signed = fetch(&world, FEED);
    let keys = world.guest().get("/acme/shop/.well-known/jwks.json").json;
    assert!(is_signed_by(&signed.text, &keys));
    let (header, said) = statement(&signed.text);
    assert_eq!(header["typ"], "revocations+jwt");
    assert_eq!(said, world.guest().get(FEED).json);
    assert_eq!(world.guest().bearer(&signed.text).get("/acme/shop/users/me").status, 401);
    let issuer = format!("{}/acme/shop", world.server.base);
    assert_eq!((&said["iss"], &said["exp"]), (&json!(issuer), &json!(said["iat"].as_i64().unwrap() + 60)));
}

#[test]
fn a_verifier_believes_no_other_document() {
    let world = world();
    let mut ours = verifier(&world);
    let mut take = |text: &str, now: i64| ours.take_feed(text, now);
    let good = fetch(&world, FEED).text;
    let at = now(&world);
    assert_eq!(take(&fetch(&world, "/rival/shop/revocations").text, at), Err(Refused::UnknownKey));
    assert_eq!(take(&world.acme.token(&world.guest(), AppUser), at), Err(Refused::WrongType));
    assert_eq!(take(&good[..good.len() - 4], at), Err(Refused::BadSignature));
    assert_eq!(take(&good, at + 60), Err(Refused::Expired));
    let delta = fetch(&world, &format!("{FEED}?since=1767225600000")).text;
    assert_eq!(take(&delta, at), Err(Refused::Stale), "a delta to what it never had");
    assert_eq!(take(&good, at), Ok(()));
    let token = world.acme.token(&world.guest(), AppUser);
    assert!(ours.verify(&token, at + 59).is_ok());
    assert_eq!(ours.verify(&token, at + 60), Err(Refused::Stale), "without news nobody is believed");
    assert_eq!(ours.verify(&good, at), Err(Refused::WrongType));
    for level in [AppClient, Authority::OrgClient] {
        let token = world.acme.token(&world.guest(), level);
        assert_eq!(ours.verify(&token, at).is_ok(), level == AppClient, "{level}");
    }
}

#[test]
fn it_is_kept_for_15_seconds_and_asked_for_by_its_tag() {
    let world = world();
    let ask = |tag: &str, accept: &str| {
        world.guest().send_with("GET", FEED, None, "", &[("if-none-match", tag), ("accept", accept)])
    };
    for accept in [SIGNED, "application/json"] {
        let first = ask("", accept);
        assert_eq!(first.header("cache-control"), "public, max-age=15");
        assert!(first.header("vary").to_ascii_lowercase().contains("accept"));
        let tag = first.header("etag").to_owned();
        assert_eq!(ask(&tag, accept).status, 304);
        world.server.advance(Duration::from_secs(15));
        assert_eq!(ask(&tag, accept).status, 200, "a new span has a new date");
        let tag = ask("", accept).header("etag").to_owned();
        end(&world, "/acme/shop/users/ann/revoketokens");
        assert_eq!(ask(&tag, accept).status, 200, "an end is told at once");
    }
    assert_ne!(ask("", SIGNED).header("etag"), ask("", "application/json").header("etag"));
}

#[test]
fn a_delta_holds_what_came_late_and_what_has_not_expired() {
    let world = world();
    end(&world, "/acme/shop/users/ann/revoketokens");
    let cursor = world.guest().get(FEED).text_of("next").to_owned();
    let count = |path: &str| world.guest().get(path).json["revocations"].as_array().unwrap().len();
    let delta = format!("{FEED}?since={cursor}");
    world.server.advance(Duration::from_secs(30));
    assert_eq!(count(&delta), 1, "a minute before the cursor is told once more: a transaction may have been slow");
    let later = world.guest().get(&delta).text_of("next").to_owned();
    world.server.advance(Duration::from_secs(120));
    let cursor = world.guest().get(&format!("{FEED}?since={later}")).text_of("next").to_owned();
    assert_eq!(count(&format!("{FEED}?since={cursor}")), 0);
    assert_eq!(count(FEED), 1);
    world.server.advance(Duration::from_secs(8 * 86_400));
    assert_eq!(count(FEED), 0, "no token that it covers lives");
    for bad in ["x", "-1", "1.5", "99999999999999999"] {
        assert_eq!(world.guest().get(&format!("{FEED}?since={bad}")).error(), (400, "invalid_request"), "{bad}");
    }
}

#[test]
fn an_issuer_of_symmetric_tokens_has_a_plain_feed_alone() {
    let world = world();
    switch_algorithm(&world, world.acme.app.id, Algorithm::HS256);
    let answer = world.guest().send_with("GET", FEED, None, "", &[("accept", SIGNED)]);
    assert_eq!((answer.status, answer.header("content-type")), (200, "application/json"));
}
