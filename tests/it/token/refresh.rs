//! `refresh_token` (RFC 6749 §6): a session goes on for its holder, and for nobody else.

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::json;
use tokengrid::domain::id::TenantId;
use tokengrid::domain::tenant::AppSettings;
use tokengrid::manage::Actor;
use uuid::Uuid;

use super::four_levels::claims;
use super::{WRONG_REFRESH, assert_oauth, form, refresh, successor};
use crate::support::{Account, PASSWORD, World, world};

const DAY: Duration = Duration::from_secs(86_400);
/// Longer than the window in which a lost answer is given again.
const LATER: Duration = Duration::from_secs(11);

/// Both kinds of people who get refresh tokens.
const PEOPLE: [(&str, &str); 2] = [("/acme/shop", "ann"), ("/management", "acme-admin")];

/// The family that a token names, as anyone can read it.
pub(super) fn family(token: &str) -> Uuid {
    let bytes = URL_SAFE_NO_PAD.decode(token.strip_prefix("cmUt").unwrap()).unwrap();
    Uuid::from_slice(&bytes[..16]).unwrap()
}

/// The token with one bit of its proof turned.
pub(super) fn forge(token: &str) -> String {
    with_byte(token, 30, |byte| byte ^ 1)
}

fn with_byte(token: &str, at: usize, change: impl Fn(u8) -> u8) -> String {
    let mut bytes = URL_SAFE_NO_PAD.decode(token.strip_prefix("cmUt").unwrap()).unwrap();
    bytes[at] = change(bytes[at]);
    format!("cmUt{}", URL_SAFE_NO_PAD.encode(bytes))
}

fn sign_in(world: &World, (place, name): (&str, &str)) -> String {
    successor(&world.guest().sign_in(place, name, PASSWORD))
}

#[track_caller]
fn assert_refused(world: &World, place: &str, token: &str) {
    assert_oauth(&refresh(&world.guest(), place, token), 400, "invalid_grant", WRONG_REFRESH);
}

#[test]
fn a_refresh_token_is_opaque_text_of_a_fixed_shape_and_never_the_same() {
    let world = world();
    for person in PEOPLE {
        let (one, two) = (sign_in(&world, person), sign_in(&world, person));
        for token in [&one, &two] {
            assert_eq!(token.len(), 74);
            assert!(token.starts_with("cmUt"));
            assert!(token.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte)), "{token}");
        }
        assert_ne!(family(&one), family(&two));
    }
}

#[test]
fn each_use_rotates_the_token_and_keeps_the_session() {
    let world = world();
    for (place, name) in PEOPLE {
        let first = world.guest().sign_in(place, name, PASSWORD);
        let begun = claims(&first.token());
        let mut token = successor(&first);
        let mut seen = vec![token.clone()];
        for _ in 0..3 {
            world.server.advance(LATER);
            let answer = refresh(&world.guest(), place, &token);
            token = successor(&answer);
            assert!(!seen.contains(&token), "a successor is new");
            seen.push(token.clone());
            let now = claims(&answer.token());
            for claim in ["sid", "sub", "iss", "aud", "client_id", "scope", "authority", "org", "app"] {
                assert_eq!(now[claim], begun[claim], "{claim}");
            }
            assert_ne!(now["jti"], begun["jti"]);
            assert_eq!(answer.json["expires_in"], 3_600);
            assert_eq!(answer.json["token_type"], "Bearer");
            assert_eq!(answer.json["user"]["username"], name);
            assert_eq!(answer.header("cache-control"), "no-store");
        }
        assert_eq!(begun["sid"], family(&token).to_string());
    }
}

#[test]
fn a_refresh_token_is_taken_in_every_encoding() {
    let world = world();
    for (place, name) in PEOPLE {
        let path = format!("{place}/token");
        let token = sign_in(&world, (place, name));
        let json = json!({ "grant_type": "refresh_token", "refresh_token": token });
        let token = successor(&world.guest().json(&path, &json));
        let query = form(&[("grant_type", "refresh_token"), ("refresh_token", &token)]);
        let token = successor(&world.guest().get(&format!("{path}?{query}")));
        // The access token that ran out may stand beside it.
        successor(&refresh(&world.guest().bearer("stale"), place, &token));
    }
}

#[test]
fn a_lost_answer_is_given_again_letter_for_letter() {
    let world = world();
    for person @ (place, _) in PEOPLE {
        let token = sign_in(&world, person);
        let given = successor(&refresh(&world.guest(), place, &token));
        // RT-14: up to the last moment of the window, as often as asked.
        for wait in [0, 4, 6] {
            world.server.advance(Duration::from_secs(wait));
            assert_eq!(successor(&refresh(&world.guest(), place, &token)), given);
        }
        let next = successor(&refresh(&world.guest(), place, &given));
        assert_ne!(next, given);
        assert_eq!(successor(&refresh(&world.guest(), place, &given)), next);
    }
}

#[test]
fn a_retry_after_the_window_replaces_a_successor_that_was_never_used() {
    let world = world();
    for person @ (place, _) in PEOPLE {
        let token = sign_in(&world, person);
        let lost = successor(&refresh(&world.guest(), place, &token));
        world.server.advance(LATER);
        let replacement = successor(&refresh(&world.guest(), place, &token));
        assert_ne!(replacement, lost);
        assert_eq!(successor(&refresh(&world.guest(), place, &token)), replacement);
        successor(&refresh(&world.guest(), place, &replacement));
    }
}

#[test]
fn a_session_ends_thirty_days_after_sign_in_however_often_it_was_refreshed() {
    let world = world();
    for person @ (place, _) in PEOPLE {
        let mut token = sign_in(&world, person);
        for _ in 0..29 {
            world.server.advance(DAY);
            token = successor(&refresh(&world.guest(), place, &token));
        }
        world.server.advance(DAY - Duration::from_micros(1));
        token = successor(&refresh(&world.guest(), place, &token));
        world.server.advance(Duration::from_micros(1));
        assert_refused(&world, place, &token);
    }
}

#[test]
fn a_refresh_token_opens_only_the_place_where_it_was_given() {
    let world = world();
    let user = sign_in(&world, PEOPLE[0]);
    let admin = sign_in(&world, PEOPLE[1]);
    // ISO-1, RT-6: nothing is yielded, and nothing is burnt.
    for place in ["/acme/sandbox", "/rival/shop", "/management"] {
        assert_refused(&world, place, &user);
    }
    for place in ["/acme/shop", "/rival/shop"] {
        assert_refused(&world, place, &admin);
    }
    successor(&refresh(&world.guest(), "/acme/shop", &user));
    successor(&refresh(&world.guest(), "/management", &admin));
}

#[test]
fn a_forged_token_is_refused_and_does_not_end_the_family_it_names() {
    let world = world();
    for person @ (place, _) in PEOPLE {
        let first = sign_in(&world, person);
        let second = successor(&refresh(&world.guest(), place, &first));
        let third = successor(&refresh(&world.guest(), place, &second));
        // A turned proof; the generation of a first, a used and a coming token under another's proof.
        for forged in [
            forge(&third),
            with_byte(&third, 19, |_| 1),
            with_byte(&third, 19, |_| 2),
            with_byte(&third, 19, |_| 4),
            with_byte(&third, 16, |_| 255),
            with_byte(&third, 0, |byte| byte ^ 1),
        ] {
            assert_refused(&world, place, &forged);
        }
        successor(&refresh(&world.guest(), place, &third));
    }
}

#[test]
fn what_is_no_refresh_token_is_refused() {
    let world = world();
    let answer = world.guest().sign_in("/acme/shop", "ann", PASSWORD);
    let (access, token) = (answer.token(), successor(&answer));
    for wrong in [&access, &token[4..], &token[..73], &format!("{token}="), &token.to_uppercase(), "cmUt", "x"] {
        assert_refused(&world, "/acme/shop", wrong);
    }
    let none = world.guest().form("/acme/shop/token", "grant_type=refresh_token");
    assert_oauth(&none, 400, "invalid_request", "The parameter refresh_token is missing.");
    let none = world.guest().json("/acme/shop/token", &json!({ "grant_type": "refresh_token" }));
    assert_oauth(&none, 400, "invalid_grant", "invalid username or password");
    // The other way round: a refresh token is no access token.
    assert_eq!(world.guest().bearer(&token).get("/acme/shop/users/me").error(), (401, "auth_unverified_oath"));
}

#[test]
fn the_state_of_the_account_counts_at_every_use() {
    let world = world();
    let tenant: TenantId = world.acme.app.id.into();
    let token = sign_in(&world, PEOPLE[0]);
    let set = |column: &str, value: &str| {
        let statement = format!("UPDATE app_user SET {column} = {value} WHERE username_key = 'ann'");
        world.server.sql_for(tenant, &statement);
    };
    // RT-7: at once, and only while it lasts.
    set("disabled", "TRUE");
    assert_oauth(&refresh(&world.guest(), "/acme/shop", &token), 400, "invalid_grant", "user disabled");
    set("disabled", "FALSE");
    set("activated", "FALSE");
    assert_oauth(&refresh(&world.guest(), "/acme/shop", &token), 400, "invalid_grant", "user not activated");
    set("activated", "TRUE");
    let token = successor(&refresh(&world.guest(), "/acme/shop", &token));
    world.server.sql_for(tenant, "DELETE FROM app_user WHERE username_key = 'ann'");
    assert_refused(&world, "/acme/shop", &token);

    let admin = sign_in(&world, PEOPLE[1]);
    let disable = "UPDATE admin SET disabled = TRUE WHERE username_key = 'acme-admin'";
    world.server.sql_for(TenantId::MANAGEMENT, disable);
    assert_oauth(&refresh(&world.guest(), "/management", &admin), 400, "invalid_grant", "user disabled");
}

#[test]
fn revoking_a_persons_tokens_ends_their_sessions_and_no_later_one() {
    let world = world();
    for ((place, name), users) in PEOPLE.into_iter().zip(["/acme/shop/users/ann", "/management/users/acme-admin"]) {
        let first = world.guest().sign_in(place, name, PASSWORD);
        let other = sign_in(&world, (place, name));
        let path = format!("{users}/revoketokens");
        let revoked = world.guest().bearer(&first.token()).send("PUT", &path, None, "");
        assert_eq!(revoked.status, 200, "{}", revoked.text);
        assert_refused(&world, place, &successor(&first));
        assert_refused(&world, place, &other);
        // Signed in again in the very same moment.
        let again = sign_in(&world, (place, name));
        successor(&refresh(&world.guest(), place, &again));
    }
}

#[test]
fn a_refreshed_token_lives_as_a_new_one_would() {
    let world = world();
    let token = sign_in(&world, PEOPLE[0]);
    let ask = |token: &str, ttl: &str| {
        let parameters = [("grant_type", "refresh_token"), ("refresh_token", token), ("ttl", ttl)];
        world.guest().form("/acme/shop/token", &form(&parameters))
    };
    let over = "Your token age cannot be more than the maximum age of 604800000 milliseconds";
    assert_oauth(&ask(&token, "604800001"), 400, "invalid_request", over);
    let answer = ask(&token, "90000");
    assert_eq!(answer.json["expires_in"], 90);
    let settings = AppSettings { accesstokenttl: Some(60_000), ..AppSettings::default() };
    world.server.wait(world.registry().set_app(&world.acme.app, settings, Actor::Operator)).unwrap();
    assert_eq!(ask(&successor(&answer), "").json["expires_in"], 60);
}

#[test]
fn a_session_survives_a_restart_together_with_its_retry() {
    let world = world();
    let tokens = PEOPLE.map(|person| sign_in(&world, person));
    let world = world.restart();
    let given: Vec<String> = PEOPLE
        .iter()
        .zip(&tokens)
        .map(|((place, _), token)| successor(&refresh(&world.guest(), place, token)))
        .collect();
    let world = world.restart();
    for (((place, _), token), given) in PEOPLE.iter().zip(&tokens).zip(&given) {
        assert_eq!(&successor(&refresh(&world.guest(), place, token)), given);
        successor(&refresh(&world.guest(), place, given));
    }
}

#[test]
fn another_persons_session_is_another_session() {
    let world = world();
    Account::named("bea").user(&world.server, &world.acme);
    let (ann, bea) = (sign_in(&world, PEOPLE[0]), sign_in(&world, ("/acme/shop", "bea")));
    assert_eq!(refresh(&world.guest(), "/acme/shop", &ann).json["user"]["username"], "ann");
    assert_eq!(refresh(&world.guest(), "/acme/shop", &bea).json["user"]["username"], "bea");
}
