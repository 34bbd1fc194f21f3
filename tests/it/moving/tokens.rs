//! Tokens that Usergrid issued: they hold while a salt is configured, and end by everything that ends ours.

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use tokengrid::domain::secret::Secret;
use uuid::Uuid;

use super::export::{APP, ORG, account, app, id, line, moved, user};
use tokengrid::config::Settings;

use crate::support::{Client, TestServer};

const SALT: &str = "super secret token value";
/// The beginning of every test's time.
const NOW: i64 = 1_767_225_600_000;
const DAY: i64 = 86_400_000;

/// SHA-1 by the book, so that the expected text is not made by what reads it.
fn sha1(text: &str) -> [u8; 20] {
    let mut message = text.as_bytes().to_vec();
    let bits = u64::try_from(message.len()).unwrap() * 8;
    message.push(0x80);
    message.resize(message.len().next_multiple_of(64) + if message.len() % 64 > 56 { 64 } else { 0 }, 0);
    let end = message.len() - 8;
    message[end..].copy_from_slice(&bits.to_be_bytes());
    let mut h: [u32; 5] = [0x6745_2301, 0xEFCD_AB89, 0x98BA_DCFE, 0x1032_5476, 0xC3D2_E1F0];
    for block in message.chunks(64) {
        let mut w: Vec<u32> = block.chunks(4).map(|b| u32::from_be_bytes([b[0], b[1], b[2], b[3]])).collect();
        for i in 16..80 {
            w.push((w[i - 3] ^ w[i - 8] ^ w[i - 14] ^ w[i - 16]).rotate_left(1));
        }
        let [mut a, mut b, mut c, mut d, mut e] = h;
        for (i, word) in w.iter().enumerate() {
            let (f, k) = match i {
                0..=19 => ((b & c) | (!b & d), 0x5A82_7999),
                20..=39 => (b ^ c ^ d, 0x6ED9_EBA1),
                40..=59 => ((b & c) | (b & d) | (c & d), 0x8F1B_BCDC),
                _ => (b ^ c ^ d, 0xCA62_C1D6_u32),
            };
            let next = a.rotate_left(5).wrapping_add(f).wrapping_add(e).wrapping_add(k).wrapping_add(*word);
            (e, d, c, b, a) = (d, c, b.rotate_left(30), a, next);
        }
        for (sum, part) in h.iter_mut().zip([a, b, c, d, e]) {
            *sum = sum.wrapping_add(part);
        }
    }
    let mut digest = [0; 20];
    digest.chunks_mut(4).zip(h).for_each(|(bytes, word)| bytes.copy_from_slice(&word.to_be_bytes()));
    digest
}

/// The text of a token as Usergrid makes it.
fn text(number: u32, expires: i64, salt: &str) -> String {
    let uuid = Uuid::try_parse(&id(number)).unwrap();
    let mut bytes = uuid.as_bytes().to_vec();
    bytes.extend_from_slice(&expires.to_be_bytes());
    bytes.extend_from_slice(&sha1(&format!("ac{uuid}{salt}{expires}")));
    format!("YWMt{}", URL_SAFE_NO_PAD.encode(bytes))
}

/// The record of a token that began an hour ago and holds for a week.
fn record(number: u32, principal: &Value) -> Value {
    json!({ "uuid": id(number), "type": "access", "created": NOW - 3_600_000, "accessed": NOW, "inactive": 0,
            "duration": 7 * DAY, "principal": principal, "state": {} })
}

fn ann() -> Value {
    json!({ "type": "application_user", "uuid": id(1), "applicationId": APP })
}

fn expiry() -> i64 {
    NOW + 6 * DAY
}

fn everyone() -> Vec<Value> {
    vec![
        user(1, "ann"),
        record(101, &ann()),
        record(102, &json!({ "type": "application", "uuid": APP, "applicationId": APP })),
        record(103, &json!({ "type": "organization", "uuid": ORG })),
    ]
}

fn server(change: fn(&mut Settings)) -> TestServer {
    TestServer::start(change)
}

fn salted() -> TestServer {
    server(|settings| settings.tokens.legacy_salts = vec![Secret::new("retired"), Secret::new(SALT)])
}

fn bearer(server: &TestServer, number: u32) -> Client {
    server.guest().bearer(&text(number, expiry(), SALT))
}

fn me(client: &Client) -> (u16, String) {
    let answer = client.get("/legacy/shop/users/me");
    (answer.status, answer.text_of("error").to_owned())
}

fn refused(code: &str) -> (u16, String) {
    (401, code.to_owned())
}

#[test]
fn the_vector_of_usergrid_is_what_these_tests_make() {
    let bytes = sha1("ac8ae8a6ea-84a5-11e3-884d-f18e8f6fb3bcsuper secret token value1391138028622");
    assert_eq!(URL_SAFE_NO_PAD.encode(bytes), "MqyPOprNBDty-JnezkEceK_8dLU");
}

#[test]
fn tokens_of_every_level_that_were_moved_in_hold_for_what_they_stood_for() {
    let server = salted();
    let report = moved(&server, &everyone());
    assert_eq!(report.tally("tokens").new, 3, "{:?}", report.remarks);
    assert_eq!(me(&bearer(&server, 101)).0, 200);
    let form = format!("/legacy/shop/users/me?access_token={}", text(101, expiry(), SALT));
    assert_eq!(server.guest().get(&form).status, 200);
    assert_eq!(bearer(&server, 102).get("/legacy/shop/credentials").status, 200);
    assert_eq!(bearer(&server, 103).get("/management/orgs/legacy").status, 200);
    assert_eq!(bearer(&server, 101).get("/legacy/shop/credentials").status, 401, "a user is no client");
    assert_eq!(moved(&server, &everyone()).tally("tokens").here, 3);
}

#[test]
fn without_a_salt_they_are_foreign_texts() {
    let server = server(|_| {});
    moved(&server, &everyone());
    assert_eq!(me(&bearer(&server, 101)), refused("auth_unverified_oath"));
}

#[test]
fn another_salt_another_expiry_and_another_kind_do_not_hold() {
    let server = salted();
    moved(&server, &everyone());
    let guest = server.guest();
    for bad in [
        text(101, expiry(), "another salt"),
        text(101, expiry(), SALT).replace("YWMt", "ZW0t"),
        format!("{}A", text(101, expiry(), SALT)),
        text(101, expiry(), SALT)[..62].to_owned(),
        "YWMt".to_owned(),
    ] {
        assert_eq!(me(&guest.bearer(&bad)), refused("auth_unverified_oath"), "{bad}");
    }
    let prolonged = URL_SAFE_NO_PAD.decode(&text(101, expiry(), SALT)[4..]).map(|mut bytes| {
        bytes[23] ^= 1;
        format!("YWMt{}", URL_SAFE_NO_PAD.encode(bytes))
    });
    assert_eq!(me(&guest.bearer(&prolonged.unwrap())), refused("auth_unverified_oath"));
    assert_eq!(me(&bearer(&server, 999)), refused("auth_invalid"), "genuine, but not moved in");
}

#[test]
fn they_expire_by_their_own_word_by_their_row_and_by_the_configured_day() {
    let server = server(|settings| {
        settings.tokens.legacy_salts = vec![Secret::new(SALT)];
        settings.tokens.legacy_until = "2026-01-05".to_owned();
    });
    let mut brief = record(104, &ann());
    brief["duration"] = json!(2 * DAY);
    let mut over = record(105, &ann());
    over["duration"] = json!(1_000);
    let report = moved(&server, &[user(1, "ann"), record(101, &ann()), brief, over]);
    assert_eq!((report.tally("tokens").new, report.tally("tokens").left_out), (2, 1));
    assert_eq!(me(&server.guest().bearer(&text(101, NOW, SALT))), refused("expired_token"));
    assert_eq!((me(&bearer(&server, 101)).0, me(&bearer(&server, 104)).0), (200, 200));
    server.advance(Duration::from_secs(2 * 86_400));
    assert_eq!((me(&bearer(&server, 101)).0, me(&bearer(&server, 104))), (200, refused("expired_token")));
    server.advance(Duration::from_secs(2 * 86_400));
    assert_eq!(me(&bearer(&server, 101)), refused("expired_token"), "the day has come");
}

#[test]
fn one_token_ends_by_name_and_all_of_a_holder_by_a_watermark() {
    let server = salted();
    moved(&server, &[user(1, "ann"), record(101, &ann()), record(104, &ann()), record(105, &ann())]);
    let ended = text(101, expiry(), SALT);
    let client = bearer(&server, 104);
    let one = client.send("PUT", &format!("/legacy/shop/users/ann/revoketoken?token={ended}"), None, "");
    assert_eq!(one.status, 200, "{}", one.text);
    assert_eq!((me(&server.guest().bearer(&ended)), me(&client).0), (refused("auth_invalid"), 200));
    assert_eq!(client.send("POST", "/legacy/shop/users/ann/revoketokens", None, "").status, 200);
    for number in [104, 105] {
        assert_eq!(me(&bearer(&server, number)), refused("auth_invalid"));
    }
}

#[test]
fn the_state_of_the_account_counts() {
    let server = salted();
    let mut shut = account(2, "shut");
    shut["disabled"] = json!(true);
    let mut resting = account(3, "resting");
    resting["activated"] = json!(false);
    let of = |number: u32| json!({ "type": "application_user", "uuid": id(number), "applicationId": APP });
    moved(
        &server,
        &[
            line(shut, json!({})),
            line(resting, json!({})),
            record(102, &of(2)),
            record(103, &of(3)),
            record(104, &of(4)),
        ],
    );
    assert_eq!(me(&bearer(&server, 102)), refused("authentication"));
    assert_eq!(me(&bearer(&server, 103)), refused("authentication"));
    assert_eq!(me(&bearer(&server, 104)), refused("auth_bad_access_token"), "nobody is there");
}

#[test]
fn a_token_of_one_application_does_nothing_in_another() {
    let server = salted();
    let mut other = app();
    other["uuid"] = json!(id(8));
    other["name"] = json!("legacy/other");
    other["metadata"] = json!({});
    let mut twin = user(1, "ann");
    twin["application"] = json!("legacy/other");
    let foreign = record(106, &json!({ "type": "application_user", "uuid": id(1), "applicationId": id(77) }));
    let report = moved(&server, &[other, user(1, "ann"), twin, record(101, &ann()), foreign]);
    assert_eq!((report.tally("users").new, report.tally("tokens").left_out), (2, 1), "{:?}", report.remarks);
    let client = bearer(&server, 101);
    assert_eq!(me(&client).0, 200);
    for path in ["/legacy/other/users/me", "/legacy/other/users", "/legacy/other", "/management/orgs/legacy"] {
        let answer = client.get(path);
        assert_eq!(answer.error(), (401, "unauthorized"), "{path}: {}", answer.text);
    }
}

#[test]
fn maintenance_removes_what_has_expired() {
    let server = salted();
    moved(&server, &everyone());
    let uuid = Uuid::try_parse(&id(101)).unwrap();
    server.wait(server.core.registry.maintain()).unwrap();
    assert!(server.core.store.find_moved_token(uuid).unwrap().is_some());
    server.advance(Duration::from_secs(7 * 86_400));
    server.wait(server.core.registry.maintain()).unwrap();
    assert!(server.core.store.find_moved_token(uuid).unwrap().is_none());
}

#[test]
fn neither_reports_nor_settings_show_a_salt() {
    let mut settings = tokengrid::config::load(None, [], &tokengrid::config::Overrides::default()).unwrap();
    settings.tokens.legacy_salts = vec![Secret::new(SALT)];
    assert!(settings.print().contains("[secret]") && !settings.print().contains(SALT));
}
