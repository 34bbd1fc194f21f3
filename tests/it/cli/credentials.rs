//! `credentials`: client secrets, read back and rotated, also while a server runs.

use serde_json::Value;

use crate::support::{Client, Program, eventually};

/// A program with the organization `acme` and its application `sandbox`.
fn seeded() -> Program {
    let program = Program::fresh();
    program.json(&["org", "create", "acme", "--admin-username", "ada", "--admin-email", "ada@acme.test"]);
    program
}

fn pair(credentials: &Value) -> (String, String) {
    let member = |name: &str| credentials[name].as_str().unwrap().to_owned();
    (member("client_id"), member("client_secret"))
}

fn status(client: &Client, (id, secret): &(String, String)) -> u16 {
    client.client_token("/management", id, secret).status
}

#[test]
fn credentials_are_read_back_and_tell_which_client_they_are_of() {
    let program = seeded();
    let (org, app) =
        (pair(&program.json(&["credentials", "acme"])), pair(&program.json(&["credentials", "acme/sandbox"])));
    assert_eq!(pair(&program.json(&["credentials", "ACME"])), org, "names have no case");
    let text = program.run(&["credentials", "acme/sandbox"]);
    assert_eq!(text.out, format!("client_id {}\nclient_secret {}\n", app.0, app.1));
    let serving = program.serve(&[]);
    assert_eq!([&org, &app].map(|pair| status(&serving.client(), pair)), [200, 200]);
}

#[test]
fn a_rotated_secret_ends_the_old_one_at_once_or_when_asked() {
    let program = seeded();
    let first = pair(&program.json(&["credentials", "acme"]));
    let second = pair(&program.json(&["credentials", "acme", "--rotate", "--keep-old", "3600"]));
    assert_eq!(second.0, first.0);
    let serving = program.serve(&[]);
    assert_eq!([&first, &second].map(|pair| status(&serving.client(), pair)), [200, 200]);
    serving.stop();

    let third = pair(&program.json(&["credentials", "acme", "--rotate"]));
    let serving = program.serve(&[]);
    assert_eq!([&first, &second, &third].map(|pair| status(&serving.client(), pair)), [401, 401, 200]);
}

#[test]
fn a_secret_that_is_not_kept_readable_is_shown_at_its_rotation_only() {
    let program = seeded();
    program.json(&["org", "set", "acme", "retrievable_secrets=off"]);
    let rotated = pair(&program.json(&["credentials", "acme", "--rotate"]));
    let read = program.json(&["credentials", "acme"]);
    assert_eq!((read["client_id"].as_str(), &read["client_secret"]), (Some(rotated.0.as_str()), &Value::Null));
    let text = program.run(&["credentials", "acme"]);
    assert!(text.out.ends_with("The secret cannot be read back; --rotate makes a new one.\n"), "{}", text.out);
    assert_eq!(status(&program.serve(&[]).client(), &rotated), 200);
}

#[test]
fn a_running_server_sees_a_rotation_made_beside_it() {
    let program = seeded().set("TOKENGRID_DIRECTORY__STALENESS_MS", "100");
    let old = pair(&program.json(&["credentials", "acme"]));
    let serving = program.serve(&[]);
    assert_eq!(status(&serving.client(), &old), 200, "and the directory holds the secret now");
    let new = pair(&program.json(&["credentials", "acme", "--rotate"]));
    eventually("the old secret is refused", || status(&serving.client(), &old) == 401);
    assert_eq!(status(&serving.client(), &new), 200);
}

#[test]
fn a_running_server_meets_tenants_made_beside_it() {
    let program = seeded().set("TOKENGRID_DIRECTORY__STALENESS_MS", "100");
    let serving = program.serve(&[]);
    assert_eq!(serving.client().sign_in("/acme/shop", "ann", "correct horse").status, 404, "and it is remembered");
    program.json(&["app", "create", "acme/shop"]);
    let create = ["user", "create", "acme/shop", "--username", "ann", "--email", "a@b.test", "--password-stdin"];
    assert_eq!(program.run_with(&create, "correct horse").code, Some(0));
    eventually("the new user signs in", || {
        serving.client().sign_in("/acme/shop", "ann", "correct horse").status == 200
    });
}
