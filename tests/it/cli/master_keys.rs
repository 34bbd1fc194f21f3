//! Master keys: the key file of the embedded database, `keys generate`, and `keys rewrap` from an old key to a new one.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;

use crate::support::{Program, mode};

const OLD: &str = "old:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8";
const NEW: &str = "new:HxscGhkYFxYVFBMSERAPDg0MCwoJCAcGBQQDAgEAHR4";
const KEYS: &str = "TOKENGRID_SECURITY__MASTER_KEYS";

#[test]
fn a_generated_master_key_can_be_configured_as_it_is_printed() {
    let program = Program::fresh();
    let [first, second] = [(); 2].map(|()| program.run(&["keys", "generate", "2026-01"]));
    assert_eq!(first.code, Some(0), "{}", first.err);
    assert_ne!(first.out, second.out);
    let line = first.out.strip_suffix('\n').unwrap();
    assert!(line.starts_with("2026-01:") && line.len() == "2026-01:".len() + 43, "32 bytes in base64url: {line}");
    let program = program.set(KEYS, line);
    assert_eq!(program.run(&["config", "check"]).code, Some(0));
    program.json(&["org", "create", "acme", "--admin-username", "ada", "--admin-email", "ada@acme.test"]);
    assert_eq!(program.run(&["keys", "generate", "a b"]).code, Some(1));
}

#[test]
fn the_key_file_is_made_for_its_owner_alone_and_used_again() {
    let program = Program::embedded();
    assert_eq!(program.run(&["migrate"]).code, Some(0));
    let file = program.data().join("master.key");
    assert_eq!(mode(&file), 0o600);
    let key = fs::read_to_string(&file).unwrap();
    program.json(&["org", "create", "acme", "--admin-username", "ada", "--admin-email", "ada@acme.test"]);
    assert!(program.json(&["credentials", "acme"])["client_secret"].is_string());
    assert_eq!(fs::read_to_string(&file).unwrap(), key);
}

#[test]
fn a_key_file_that_others_may_read_is_refused() {
    let program = Program::embedded();
    program.run(&["migrate"]);
    let file = program.data().join("master.key");
    for bits in [0o640, 0o604] {
        fs::set_permissions(&file, Permissions::from_mode(bits)).unwrap();
        for command in [&["serve", "--listen", "127.0.0.1:0"][..], &["credentials", "acme"]] {
            let refused = program.run(command);
            assert_eq!(refused.code, Some(2));
            let expected = "security.master_keys: others may read the key file data/master.key; make its mode 0600";
            assert_eq!(refused.fault(), expected);
        }
    }
}

#[test]
fn a_lost_or_broken_key_file_is_refused_and_never_replaced() {
    let program = Program::embedded();
    program.run(&["migrate"]);
    let file = program.data().join("master.key");
    fs::write(&file, "k1:too short\n").unwrap();
    let broken = program.run(&["serve", "--listen", "127.0.0.1:0"]);
    assert_eq!(broken.code, Some(2));
    assert!(broken.fault().starts_with("security.master_keys: "), "{}", broken.fault());
    assert!(!broken.fault().contains("too short"), "it may be most of a key");

    fs::remove_file(&file).unwrap();
    let lost = program.run(&["serve", "--listen", "127.0.0.1:0"]);
    assert_eq!(lost.code, Some(2));
    let expected = "security.master_keys: the database exists, but its key file data/master.key is gone; \
                    restore it from a backup";
    assert_eq!(lost.fault(), expected);
    assert!(!file.exists());
}

#[test]
fn rewrap_moves_every_secret_to_the_new_key_so_that_the_old_one_can_go() {
    let program = Program::fresh().set(KEYS, OLD).set("TOKENGRID_SERVER__BASE_URL", "http://tokengrid.test");
    let org = program.json(&["org", "create", "acme", "--admin-username", "ada", "--admin-email", "ada@acme.test"]);
    let password = org["admin"]["password"].as_str().unwrap();
    let serving = program.serve(&[]);
    let session = serving.client().sign_in("/management", "ada", password);
    serving.stop();

    let program = program.set(KEYS, &format!("{NEW},{OLD}"));
    assert_eq!(program.json(&["credentials", "acme"])["client_secret"], org["credentials"]["client_secret"]);
    // The secrets of the organization and its sandbox, the keys of the sandbox and the management place, a session.
    assert_eq!(program.json(&["keys", "rewrap"]), serde_json::json!({ "rows": 5, "master_key": "new" }));
    let again = program.run(&["keys", "rewrap"]);
    assert_eq!(again.out, "0 rows are now sealed by master key new.\n");

    let program = program.set(KEYS, NEW);
    assert_eq!(program.json(&["credentials", "acme"])["client_secret"], org["credentials"]["client_secret"]);
    let serving = program.serve(&[]);
    assert_eq!(serving.client().bearer(&session.token()).get("/management/me").status, 200);
    let refresh = format!("grant_type=refresh_token&refresh_token={}", session.text_of("refresh_token"));
    let renewed = serving.client().form("/management/token", &refresh);
    assert_eq!(renewed.status, 200, "{}", renewed.text);
    assert_eq!(serving.client().bearer(&renewed.token()).get("/management/me").status, 200);
}

#[test]
fn a_master_key_that_is_gone_too_early_is_named() {
    let program = Program::fresh().set(KEYS, OLD);
    program.json(&["org", "create", "acme", "--admin-username", "ada", "--admin-email", "ada@acme.test"]);
    let program = program.set(KEYS, NEW);
    for command in [&["credentials", "acme"][..], &["keys", "rewrap"]] {
        let refused = program.run(command);
        assert_eq!(refused.code, Some(1), "{refused:?}");
        assert!(refused.fault().contains("old"), "{}", refused.fault());
    }
    assert!(program.json(&["credentials", "acme", "--rotate"])["client_secret"].is_string(), "nothing old is needed");
}
