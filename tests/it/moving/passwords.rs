//! Passwords of every chain sign in over HTTP, are rehashed by it, and sign in again.

use serde_json::{Value, json};
use tokengrid::domain::id::AppId;
use tokengrid::domain::user::Identifier;
use uuid::Uuid;

use super::export::{APP, BCRYPT, account, credentials, id, line, moved, user};
use crate::support::{PASSWORD, TestServer};

/// The stored hash of a user.
fn hash(server: &TestServer, username: &str) -> Option<String> {
    let app = AppId::new(Uuid::try_parse(APP).unwrap());
    let found = server.core.store.find_user_with_password(app, &Identifier::parse(username)).unwrap();
    found.expect("the user is here").hash.map(|hash| hash.expose().to_owned())
}

fn with(username: &str, number: u32, credentials: Value) -> Value {
    line(account(number, username), json!({ "credentials": credentials }))
}

#[test]
fn every_chain_signs_in_after_the_move_and_is_rehashed() {
    let server = TestServer::start(|_| {});
    let old = json!({ "password": { "secret": "8rpwQiXFx-5nbzIB6iVr9XeeaHc", "hashType": "md5", "cipher": "sha-1" } });
    let cases: Vec<(&str, Value, &str)> = vec![
        ("bcrypt", credentials(&["bcrypt"], BCRYPT), PASSWORD),
        ("sha", credentials(&["sha-1"], "L55TUjtiq8FBorTWAZ0jy6g129A"), PASSWORD),
        ("md", credentials(&["md5"], "M2NiNGU3MzI2MzFmNDdlNmViOTYxZjM0NTU0YjdjZGU"), PASSWORD),
        (
            "mdbcrypt",
            credentials(
                &["md5", "bcrypt"],
                "JDJhJDA0JGFiY2RlZmdoaWprbG1ub3BxcnN0dXVlS2p5dENmSnJiTnpDb1pObk11VmR2Wm1RUVFkMk1t",
            ),
            PASSWORD,
        ),
        (
            "shabcrypt",
            credentials(
                &["sha-1", "bcrypt"],
                "JDJhJDA0JGFiY2RlZmdoaWprbG1ub3BxcnN0dXVhOWdqTTR3bC5NZXJ0dDBtYlFDcmtSVG5HdVA3eXRP",
            ),
            PASSWORD,
        ),
        ("older", old, "secret"),
        ("clear", credentials(&["plaintext"], "Y29ycmVjdCBob3JzZQ"), PASSWORD),
    ];
    let lines: Vec<Value> =
        (1..).zip(&cases).map(|(number, (name, held, _))| with(name, number, held.clone())).collect();
    let report = moved(&server, &lines);
    assert_eq!(report.tally("users").new, 7, "{:?}", report.remarks);
    for (name, _, password) in &cases {
        let before = hash(&server, name).expect("a hash");
        assert_eq!(before.starts_with("usergrid:"), *name != "clear", "{before}");
        assert!(!before.contains("correct"), "nothing lies in clear");
        assert_eq!(server.guest().sign_in("/legacy/shop", name, "wrong").error(), (400, "invalid_grant"), "{name}");
        assert_eq!(hash(&server, name).as_deref(), Some(before.as_str()), "a wrong password changes nothing");
        let answer = server.guest().sign_in("/legacy/shop", name, password);
        assert_eq!(answer.status, 200, "{name}: {}", answer.text);
        let after = hash(&server, name).expect("a hash");
        assert!(after.starts_with("$2b$04$"), "{name}: {after}");
        assert_eq!(server.guest().sign_in("/legacy/shop", name, password).status, 200, "{name}");
    }
}

#[test]
fn a_password_longer_than_bcrypt_reads_goes_on_working_and_is_not_rehashed() {
    let server = TestServer::start(|_| {});
    let secret = "JDJhJDA0JGFiY2RlZmdoaWprbG1ub3BxcnN0dXVOdC4wYWg5N2dIWTNGN0pDMVo2RVhtUWMwYlFCaElP";
    moved(&server, &[with("long", 1, credentials(&["bcrypt"], secret))]);
    let before = hash(&server, "long");
    assert_eq!(server.guest().sign_in("/legacy/shop", "long", &"p".repeat(80)).status, 200);
    assert_eq!(hash(&server, "long"), before);
    assert_eq!(server.guest().sign_in("/legacy/shop", "long", &"p".repeat(72)).status, 200);
    assert!(hash(&server, "long").is_some_and(|hash| hash.starts_with("$2b$")));
}

#[test]
fn a_pin_lies_in_no_clear_and_signs_in() {
    let server = TestServer::start(|_| {});
    let held = json!({ "pin": { "secret": "4711", "cryptoChain": ["plaintext"] } });
    moved(&server, &[with("pia", 1, held)]);
    let form = "grant_type=pin&username=pia&pin=";
    assert_eq!(server.guest().form("/legacy/shop/token", &format!("{form}4712")).error(), (400, "invalid_grant"));
    assert_eq!(server.guest().form("/legacy/shop/token", &format!("{form}4711")).status, 200);
}

#[test]
fn credentials_that_cannot_be_followed_are_in_the_report_and_their_owner_is_here_without_a_password() {
    let server = TestServer::start(|_| {});
    let report = moved(&server, &[with("odd", 1, credentials(&["scrypt"], "abc")), user(2, "even")]);
    assert_eq!(report.tally("users").new, 2);
    let why = "user odd: its password is not taken over: the way of hashing \"scrypt\" is not known";
    assert_eq!(super::export::remarks(&report), [why]);
    assert_eq!(hash(&server, "odd"), None);
    assert_eq!(server.guest().sign_in("/legacy/shop", "odd", "abc").error(), (400, "invalid_grant"));
}

#[test]
fn a_bcrypt_cost_that_is_never_computed_is_in_the_report() {
    let server = TestServer::start(|_| {});
    let dear = "JDJhJDMxJGFiY2RlZmdoaWprbG1ub3BxcnN0dXVqeWRPVFNmSUgvZDVvVUhwc3lncVY1WDl4SkxRYzZl";
    let report = moved(&server, &[with("dear", 1, credentials(&["bcrypt"], dear))]);
    let why =
        "user dear: its password is not taken over: a bcrypt hash of cost 31 cannot be computed here: 4 to 15 can";
    assert_eq!(super::export::remarks(&report), [why]);
    assert_eq!(hash(&server, "dear"), None);
}

#[test]
fn accounts_at_rest_stay_at_rest() {
    let server = TestServer::start(|_| {});
    let lines: Vec<Value> = [("resting", "activated", false), ("shut", "disabled", true)]
        .into_iter()
        .zip(1..)
        .map(|((name, member, value), number)| {
            let mut account = account(number, name);
            account[member] = json!(value);
            line(account, json!({ "credentials": credentials(&["bcrypt"], BCRYPT) }))
        })
        .collect();
    moved(&server, &lines);
    for (name, sentence) in [("resting", "user not activated"), ("shut", "user disabled")] {
        let answer = server.guest().sign_in("/legacy/shop", name, PASSWORD);
        assert_eq!((answer.error(), answer.text_of("error_description")), ((400, "invalid_grant"), sentence));
    }
    assert_eq!(id(1), "00000001-84a5-11e3-884d-f18e8f6fb3bc");
}
