//! `tokengrid revoke`, and what a command does where there is nothing to work on.

use serde_json::json;

use crate::support::{Program, eventually};

const ORG: &[&str] = &["org", "create", "acme", "--admin-username", "ada", "--admin-email", "ada@acme.test"];

#[test]
fn an_operator_ends_the_tokens_of_a_client() {
    let program = Program::fresh();
    let org = program.json(ORG);
    let pair = program.json(&["credentials", "acme/sandbox"]);
    let serving = program.serve(&[]);
    let text = |value: &serde_json::Value| value.as_str().unwrap().to_owned();
    let token = |place: &str, pair: &serde_json::Value| {
        serving.client().client_token(place, &text(&pair["client_id"]), &text(&pair["client_secret"])).token()
    };
    let (of_org, of_app) = (token("/management", &org["credentials"]), token("/acme/sandbox", &pair));
    let is_heard = |token: &str| serving.client().bearer(token).get("/acme/sandbox").status == 200;
    assert!(is_heard(&of_org) && is_heard(&of_app));

    assert_eq!(program.json(&["revoke", "acme/sandbox"]), json!({ "revoked": "acme/sandbox" }));
    eventually("the server hears of it", || !is_heard(&of_app));
    assert!(is_heard(&of_org), "the organization's client is another");
    assert_eq!(program.json(&["revoke", "acme"]), json!({ "revoked": "acme" }));
    eventually("the server hears of it", || !is_heard(&of_org));
    assert!(is_heard(&token("/acme/sandbox", &pair)), "a new token is alive");
}

#[test]
fn a_mistyped_data_folder_makes_no_database() {
    let program = Program::embedded();
    let refused = program.run(&["--data-dir", "nowhere", "credentials", "acme"]);
    assert_eq!(refused.code, Some(2));
    assert!(refused.fault().starts_with("database.url: there is no database at nowhere/"), "{}", refused.fault());
    assert!(!program.file("nowhere").exists());
}

#[test]
fn the_demonstration_stays_out_of_other_peoples_databases() {
    let program = Program::fresh();
    program.json(ORG);
    let refused = program.run(&["serve", "--demo", "--listen", "127.0.0.1:0"]);
    assert_eq!(refused.code, Some(2));
    assert!(refused.err.contains("tokengrid: --demo keeps to itself"), "{}", refused.err);
}
