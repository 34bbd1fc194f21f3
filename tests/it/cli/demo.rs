//! `serve --demo`: what a newcomer pastes works, and nothing known to everyone is left where others could use it.

use crate::support::{PATIENCE, Program, Serving, mode, pasted};

/// The five lines that the greeting offers.
fn offered(serving: &Serving) -> Vec<String> {
    let mut lines = Vec::new();
    while lines.len() < 5 {
        let line = serving.lines.recv_timeout(PATIENCE).expect("five curl lines");
        if line.starts_with("curl ") {
            lines.push(line);
        }
    }
    lines
}

#[test]
fn each_of_the_five_printed_lines_works_when_pasted() {
    let program = Program::embedded();
    let serving = program.serve(&["--demo"]);
    let lines = offered(&serving);

    let answers: Vec<_> = lines.iter().map(|line| pasted(line)).collect();
    for token in &answers[..4] {
        assert_eq!(token["access_token"].as_str().unwrap().split('.').count(), 3, "{token}");
        assert_eq!(token["expires_in"], 3_600, "{token}");
    }
    assert_eq!(answers[0]["user"]["username"], "john.doe");
    assert_eq!(answers[0]["user"]["email"], "john.doe@example.com");
    assert_eq!(answers[1]["application"].as_str().unwrap().len(), 36, "a UUID");
    assert_eq!(answers[2]["organization"]["name"], "my-org");
    let apps = answers[2]["organization"]["applications"].as_object().unwrap();
    assert!(apps.contains_key("my-org/my-app") && apps.contains_key("my-org/sandbox"), "{apps:?}");
    assert_eq!(answers[3]["user"]["username"], "testadmin");
    assert_eq!(answers[3]["user"]["organizations"]["my-org"]["name"], "my-org");
    assert_eq!(answers[4]["entities"][0]["username"], "john.doe");
    assert_eq!(answers[4]["entities"][0]["uuid"], answers[0]["user"]["uuid"]);

    let email = lines[0].replace(r#""john.doe""#, r#""john.doe@example.com""#);
    assert_eq!(pasted(&email)["user"]["uuid"], answers[0]["user"]["uuid"]);
}

#[test]
fn a_second_demo_finds_what_the_first_one_made() {
    let program = Program::embedded();
    let first = program.serve(&["--demo"]);
    let lines = offered(&first);
    let (user, app) = (pasted(&lines[0]), pasted(&lines[1]));
    let old_address = first.address.clone();
    first.stop();

    let second = program.serve(&["--demo"]);
    let again: Vec<_> = offered(&second).iter().map(|line| line.replace(&second.address, &old_address)).collect();
    assert_eq!(again, lines, "the same credentials");
    let renewed = second.client().form(
        "/my-org/my-app/token",
        &format!("grant_type=refresh_token&refresh_token={}", user["refresh_token"].as_str().unwrap()),
    );
    assert_eq!(renewed.json["user"]["uuid"], user["user"]["uuid"], "{}", renewed.text);
    assert_eq!(app["application"].as_str().unwrap().len(), 36);
}

#[test]
fn the_demo_refuses_to_listen_beyond_loopback_before_anything_is_made() {
    let program = Program::embedded();
    for address in ["0.0.0.0:0", "[::]:0", "192.0.2.1:8080"] {
        let refused = program.run(&["serve", "--demo", "--listen", address]);
        assert_eq!(refused.code, Some(2));
        assert_eq!(
            refused.fault(),
            format!(
                "server.listen: --demo has known passwords and serves on a loopback address only, not on {address}"
            )
        );
    }
    assert!(!program.data().exists());
}

#[test]
fn without_the_flag_nobody_has_a_known_password_even_beside_a_demo() {
    let program = Program::embedded();
    let demo = program.serve(&["--demo"]);
    assert_eq!(demo.client().sign_in("/my-org/my-app", "john.doe", "testpw").status, 200);
    assert_eq!(demo.client().sign_in("/management", "testadmin", "testadminpw").status, 200);
    demo.stop();

    let plain = program.serve(&[]);
    assert_eq!(plain.client().sign_in("/my-org/my-app", "john.doe", "testpw").status, 404, "no such application");
    assert_eq!(plain.client().sign_in("/management", "testadmin", "testadminpw").error(), (400, "invalid_grant"));
    let orgs = program.run(&["credentials", "my-org"]);
    assert_eq!(orgs.code, Some(1), "{orgs:?}");
}

#[test]
fn the_files_of_the_embedded_database_are_for_their_owner_alone() {
    let program = Program::embedded();
    let _serving = program.serve(&["--demo"]);
    let folder = program.data().join("demo");
    for name in ["master.key", "tokengrid.db", "tokengrid.db-wal"] {
        assert_eq!(mode(&folder.join(name)), 0o600, "{name}");
    }
}
