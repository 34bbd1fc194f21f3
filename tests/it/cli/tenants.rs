//! `org`, `app` and `user`: what they make is shown once, and works.

use serde_json::{Value, json};

use crate::support::{Database, Program};

const ORG: &[&str] = &["org", "create", "acme", "--admin-username", "ada", "--admin-email", "ada@acme.test"];

fn keys(value: &Value) -> Vec<&str> {
    value.as_object().unwrap().keys().map(String::as_str).collect()
}

#[test]
fn an_organization_comes_with_a_sandbox_an_admin_and_credentials_that_work() {
    let program = Program::fresh();
    let made = program.json(ORG);
    assert_eq!(keys(&made), ["organization", "sandbox", "admin", "credentials"]);
    assert_eq!(keys(&made["organization"]), ["uuid", "name"]);
    assert_eq!((&made["organization"]["name"], &made["sandbox"]["name"]), (&json!("acme"), &json!("sandbox")));
    assert_eq!(keys(&made["admin"]), ["uuid", "username", "password"]);
    assert_eq!(keys(&made["credentials"]), ["client_id", "client_secret"]);

    let serving = program.serve(&[]);
    let password = made["admin"]["password"].as_str().unwrap();
    assert!(password.len() >= 20, "{password}");
    let signed_in = serving.client().sign_in("/management", "ada@acme.test", password);
    assert_eq!(signed_in.json["user"]["uuid"], made["admin"]["uuid"], "{}", signed_in.text);
    let credentials = &made["credentials"];
    let [id, secret] = ["client_id", "client_secret"].map(|name| credentials[name].as_str().unwrap());
    let client = serving.client().client_token("/management", id, secret);
    assert_eq!(client.json["organization"]["uuid"], made["organization"]["uuid"], "{}", client.text);
    assert_eq!(client.json["organization"]["applications"]["acme/sandbox"], made["sandbox"]["uuid"]);
}

#[test]
fn an_application_and_its_user_are_made_and_work() {
    let program = Program::fresh();
    program.json(ORG);
    let app = program.json(&["app", "create", "acme/shop"]);
    assert_eq!(keys(&app), ["application", "credentials"]);
    assert_eq!(app["application"]["name"], "acme/shop");
    let user = program.json(&["user", "create", "acme/shop", "--username", "ann", "--email", "ann@example.test"]);
    assert_eq!(keys(&user), ["user"]);
    assert_eq!(keys(&user["user"]), ["uuid", "username", "password"]);

    let serving = program.serve(&[]);
    let signed_in = serving.client().sign_in("/acme/shop", "ann", user["user"]["password"].as_str().unwrap());
    assert_eq!(signed_in.json["user"]["uuid"], user["user"]["uuid"], "{}", signed_in.text);
    let [id, secret] = ["client_id", "client_secret"].map(|name| app["credentials"][name].as_str().unwrap());
    let client = serving.client().client_token("/acme/shop", id, secret);
    assert_eq!(client.json["application"], app["application"]["uuid"], "{}", client.text);
}

#[test]
fn a_generated_password_is_shown_once_and_logged_nowhere() {
    let program = Program::fresh();
    let made = program.run(ORG);
    assert_eq!(made.code, Some(0), "{}", made.err);
    let shown: Vec<&str> = made.out.lines().filter_map(|line| line.strip_prefix("Password (shown once): ")).collect();
    assert_eq!(shown.len(), 1, "{}", made.out);
    assert!(!made.err.contains(shown[0]));
    assert!(made.out.starts_with("Organization acme is created, with the application sandbox.\nAdmin ada\n"));

    let serving = program.serve(&[]);
    assert_eq!(serving.client().sign_in("/management", "ada", shown[0]).status, 200);
    assert!(serving.stop().iter().all(|line| !line.contains(shown[0])));
}

#[test]
fn a_password_from_standard_input_is_taken_and_not_shown() {
    let program = Program::fresh();
    let made = program.run_with(&[ORG, &["--admin-password-stdin", "--json"]].concat(), "correct horse\n");
    assert_eq!(made.code, Some(0), "{}", made.err);
    assert_eq!(serde_json::from_str::<Value>(&made.out).unwrap()["admin"]["password"], Value::Null);
    program.json(&["app", "create", "acme/shop"]);
    let create = ["user", "create", "acme/shop", "--username", "ann", "--email", "a@b.test", "--password-stdin"];
    let user = program.run_with(&create, "battery staple\r\n");
    assert_eq!((user.code, user.out.as_str()), (Some(0), "User ann is created in acme/shop.\n"));

    let serving = program.serve(&[]);
    assert_eq!(serving.client().sign_in("/management", "ada", "correct horse").status, 200);
    assert_eq!(serving.client().sign_in("/acme/shop", "ann", "battery staple").status, 200);
}

#[test]
fn settings_are_set_and_shown() {
    let program = Program::fresh();
    program.json(ORG);
    let org = program.json(&["org", "set", "acme", "retrievable_secrets=off"]);
    assert_eq!(org["settings"]["retrievable_secrets"], "off");
    let app =
        program.json(&["app", "set", "acme/sandbox", "accesstokenttl=60000", "algorithm=EdDSA", "url_grants=off"]);
    assert_eq!(app["settings"]["accesstokenttl"], 60_000);
    assert_eq!(app["settings"]["algorithm"], "EdDSA");
    assert_eq!(app["settings"]["url_grants"], "off");
    assert_eq!(app["settings"]["url_tokens"], "on", "what was not named stays");
}

#[test]
fn what_cannot_be_made_is_said_in_one_line_with_exit_code_1() {
    let program = Program::fresh();
    program.json(ORG);
    let user = |app| ["user", "create", app, "--username", "ann", "--email", "ann@example.test"];
    program.json(&user("acme/sandbox"));
    for (arguments, fault) in [
        (ORG, "This organization name is taken."),
        (
            &["org", "create", "other", "--admin-username", "ADA", "--admin-email", "b@acme.test"][..],
            "This username is taken.",
        ),
        (&["app", "create", "acme/Sandbox"], "This application name is taken."),
        (&["app", "create", "nobody/shop"], "nobody"),
        (&user("acme/shop"), "acme/shop"),
        (&["user", "create", "acme/sandbox", "--username", "ANN", "--email", "b@c.test"], "This username is taken."),
        (
            &["user", "create", "acme/sandbox", "--username", "bob", "--email", "ANN@example.test"],
            "This email is taken.",
        ),
    ] {
        let refused = program.run(arguments);
        assert_eq!(refused.code, Some(1), "{arguments:?}: {refused:?}");
        assert!(refused.fault().to_lowercase().contains(&fault.to_lowercase()), "{arguments:?}: {}", refused.fault());
    }
    let empty = program.run_with(&[&user("acme/sandbox")[..], &["--password-stdin"]].concat(), "\n");
    assert_eq!(empty.code, Some(1));
    assert_eq!(empty.fault(), "the password could not be read from standard input: it is empty");
}

#[test]
fn wrong_usage_is_exit_code_2_with_the_usage() {
    let program = Program::embedded();
    for arguments in [
        &[][..],
        &["sing"],
        &["app", "create", "acme"],
        &["user", "create", "acme/shop", "--username", "ann"],
        &["credentials", "acme", "--keep-old", "60"],
        &["org", "create", "a b", "--admin-username", "ada", "--admin-email", "a@b.test"],
    ] {
        let refused = program.run(arguments);
        assert_eq!(refused.code, Some(2), "{arguments:?}");
        assert_eq!(refused.out, "");
        assert!(refused.err.contains("Usage:") || refused.err.contains("--help"), "{}", refused.err);
    }
    assert!(!program.data().exists(), "nothing is made for a command that was not understood");
    assert_eq!(program.run(&["--version"]).out, concat!("tokengrid ", env!("CARGO_PKG_VERSION"), "\n"));
}

#[test]
fn a_command_migrates_the_embedded_database_alone_and_serve_any() {
    let program = Program::bare();
    let first = program.run(ORG);
    if Database::is_embedded() {
        assert_eq!(first.code, Some(0), "{}", first.err);
    } else {
        assert_eq!(first.code, Some(2));
        assert_eq!(first.fault(), "database.url: the database is not of this version; run `tokengrid migrate`");
        let migrated = program.run(&["migrate"]);
        assert_eq!((migrated.code, migrated.out.as_str()), (Some(0), "The database is up to date.\n"));
        program.json(ORG);
    }
    assert_eq!(program.run(&["migrate"]).out, "The database is up to date.\n", "again changes nothing");
    assert!(program.json(&["credentials", "acme"])["client_secret"].is_string());

    let unmigrated = Program::bare();
    let serving = unmigrated.serve(&[]);
    assert_eq!(serving.client().get("/health/ready").status, 200);
}

#[test]
fn further_members_of_an_account_come_back_unchanged() {
    let program = Program::fresh();
    program.json(ORG);
    let create = ["user", "create", "acme/sandbox", "--username", "bob", "--email", "bob@acme.test"];
    let given = r#"{"shoe":{"size":42.5,"laces":[true,null]},"Motto":"ä"}"#;
    let bob = program.json(&[&create[..], &["--properties", given]].concat());
    let password = bob["user"]["password"].as_str().unwrap();
    let signed_in = program.serve(&[]).client().sign_in("/acme/sandbox", "bob", password);
    assert_eq!(signed_in.json["user"]["shoe"], serde_json::json!({ "size": 42.5, "laces": [true, null] }));
    assert_eq!(signed_in.json["user"]["Motto"], "ä");

    let eve = ["user", "create", "acme/sandbox", "--username", "eve", "--email", "eve@acme.test", "--properties"];
    for (properties, code) in [(r#"{"uuid":"x"}"#, 1), (r#"{"password":"x"}"#, 1), ("[]", 2), ("{", 2)] {
        assert_eq!(program.run(&[&eve[..], &[properties]].concat()).code, Some(code), "{properties}");
    }
}
