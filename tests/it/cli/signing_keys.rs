//! `keys rotate`: a new key is published before it signs, and no valid token is refused for it.

use serde_json::Value;

use crate::support::{Client, Program, eventually};

fn kids(client: &Client, place: &str) -> Vec<String> {
    let keys = client.get(&format!("{place}/.well-known/jwks.json")).json;
    keys["keys"].as_array().unwrap().iter().map(|key| key["kid"].as_str().unwrap().to_owned()).collect()
}

fn kid_of(token: &str) -> String {
    use base64::Engine;
    let header = base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(token.split('.').next().unwrap()).unwrap();
    serde_json::from_slice::<Value>(&header).unwrap()["kid"].as_str().unwrap().to_owned()
}

fn seeded() -> (Program, String) {
    let program = Program::fresh().set("TOKENGRID_DIRECTORY__STALENESS_MS", "100");
    let made = program.json(&["org", "create", "acme", "--admin-username", "ada", "--admin-email", "ada@acme.test"]);
    (program, made["admin"]["password"].as_str().unwrap().to_owned())
}

#[test]
fn a_rotated_key_is_published_and_does_not_sign_yet() {
    let (program, password) = seeded();
    let serving = program.serve(&[]);
    let client = serving.client();
    let before = kids(&client, "/management");
    let rotated = program.json(&["keys", "rotate", "management"]);
    assert_eq!((&rotated["algorithm"], &rotated["state"]), (&"ES256".into(), &"published".into()));
    let new = rotated["kid"].as_str().unwrap().to_owned();
    eventually("the new key is published", || kids(&client, "/management").contains(&new));
    assert_eq!(kids(&client, "/management").len(), 2);
    assert_eq!(kid_of(&client.sign_in("/management", "ada", &password).token()), before[0]);
}

#[test]
fn a_key_rotated_now_signs_at_once_and_the_old_tokens_hold() {
    let (program, password) = seeded();
    let serving = program.serve(&[]);
    let client = serving.client();
    let old = client.sign_in("/management", "ada", &password).token();
    let rotated = program.json(&["keys", "rotate", "management", "--now"]);
    assert_eq!(rotated["state"], "active");
    eventually("the new key signs", || {
        let token = client.sign_in("/management", "ada", &password).token();
        kid_of(&token) == rotated["kid"].as_str().unwrap()
    });
    assert_eq!(client.bearer(&old).get("/management/me").status, 200);
    assert_eq!(kids(&client, "/management").len(), 2, "the old key still verifies");
}

#[test]
fn an_application_rotates_to_the_algorithm_that_it_asks_for() {
    let (program, _) = seeded();
    program.json(&["app", "set", "acme/sandbox", "algorithm=EdDSA"]);
    let text = program.run(&["keys", "rotate", "acme/sandbox", "--now"]);
    assert_eq!(text.code, Some(0), "{}", text.err);
    assert!(text.out.starts_with("Key ") && text.out.ends_with(" (EdDSA) is active.\n"), "{}", text.out);
    let serving = program.serve(&[]);
    let keys = serving.client().get("/acme/sandbox/.well-known/jwks.json").json;
    let mut algorithms: Vec<_> = keys["keys"].as_array().unwrap().iter().map(|key| key["alg"].to_string()).collect();
    algorithms.sort();
    assert_eq!(algorithms, [r#""ES256""#, r#""EdDSA""#]);
    assert_eq!(program.run(&["keys", "rotate", "acme/nothing"]).code, Some(1));
}
