//! `config`, and what a wrong configuration is answered with: exit code 2 and one line that names the key.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use crate::support::Program;

#[test]
fn the_defaults_are_valid_and_nothing_is_made_to_check_them() {
    let program = Program::embedded();
    let checked = program.run(&["config", "check"]);
    assert_eq!((checked.code, checked.out.as_str()), (Some(0), "The configuration is valid.\n"));
    assert!(!program.data().exists());
}

#[test]
fn a_printed_configuration_is_effective_complete_and_without_secrets() {
    let program = Program::embedded()
        .set("TOKENGRID_DATABASE__URL", "postgres://grid:hunter2@db.test/grid?sslmode=prefer")
        .set("TOKENGRID_SECURITY__MASTER_KEYS", "k7:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8");
    fs::write(program.file("grid.toml"), "[tokens]\naccess_ttl_seconds = 600\n[server]\nworkers = 3\n").unwrap();
    let printed = program.set("TOKENGRID_SERVER__WORKERS", "5").run(&[
        "--config",
        "grid.toml",
        "--data-dir",
        "elsewhere",
        "config",
        "print",
    ]);
    assert_eq!(printed.code, Some(0), "{}", printed.err);
    for line in [
        r#"url = "postgres://grid:[secret]@db.test/grid?sslmode=prefer""#,
        r#"master_keys = ["k7:[secret]"]"#,
        "access_ttl_seconds = 600",
        "workers = 5",
        r#"data_dir = "elsewhere""#,
        "refresh_ttl_seconds = 2592000",
    ] {
        assert!(printed.out.lines().any(|found| found == line), "lacks {line}:\n{}", printed.out);
    }
    assert!(!printed.out.contains("hunter2") && !printed.out.contains("AAECAw"), "{}", printed.out);
}

#[test]
fn a_wrong_file_is_one_line_that_names_the_key_and_exit_code_2() {
    let program = Program::embedded();
    for (text, fault) in [
        ("[server]\nlisten = 5", "server.listen (file grid.toml): "),
        ("[server]\nport = 80", "server.port (file grid.toml): there is no such option"),
        ("[passwords]\nmin_length = 0", "passwords.min_length (file grid.toml): 0 is not between 1 and 72"),
        ("[security]\nmaster_keys = [\"hunter2\"]", "security.master_keys (file grid.toml): entry 1 must look like"),
        ("[server\n", "file grid.toml, line 1: "),
    ] {
        fs::write(program.file("grid.toml"), text).unwrap();
        for command in [&["config", "check"][..], &["serve"], &["migrate"]] {
            let refused = program.run(&[&["--config", "grid.toml"], command].concat());
            assert_eq!(refused.code, Some(2), "{text}");
            assert!(refused.fault().starts_with(fault), "{}", refused.fault());
            assert!(!refused.err.contains("hunter2"));
        }
    }
    let missing = program.run(&["--config", "nowhere.toml", "config", "check"]);
    assert_eq!(missing.code, Some(2));
    assert!(missing.fault().starts_with("nowhere.toml: the configuration file cannot be read: "));
    assert!(!program.data().exists());
}

#[test]
fn a_wrong_environment_or_flag_is_one_line_that_names_it() {
    for (variable, value, fault) in [
        ("TOKENGRID_SERVER__PORT", "80", "server.port (environment TOKENGRID_SERVER__PORT): there is no such option"),
        (
            "TOKENGRID_TOKENS__ACCESS_TTL_SECONDS",
            "soon",
            "tokens.access_ttl_seconds (environment TOKENGRID_TOKENS__ACCESS_TTL_SECONDS): must be a whole number",
        ),
        (
            "TOKENGRID_DATABASE_URL",
            "sqlite:x",
            "database.url (environment TOKENGRID_DATABASE_URL): must be written TOKENGRID_DATABASE__URL",
        ),
    ] {
        let refused = Program::embedded().set(variable, value).run(&["config", "check"]);
        assert_eq!((refused.code, refused.fault()), (Some(2), fault));
    }
    let flag = Program::embedded().run(&["serve", "--listen", "localhost"]);
    assert_eq!(flag.code, Some(2));
    assert!(flag.fault().starts_with("server.listen (flag --listen): "), "{}", flag.fault());
    let url = Program::embedded().run(&["migrate", "--database-url", "mysql://root:hunter2@db/x"]);
    assert_eq!(url.code, Some(2));
    assert!(url.fault().starts_with("database.url (flag --database-url): must begin with"), "{}", url.fault());
    assert!(!url.err.contains("hunter2"));
}

#[test]
fn postgresql_needs_a_configured_master_key() {
    let program = Program::embedded();
    for command in [&["serve", "--listen", "127.0.0.1:0"][..], &["migrate"], &["config", "check"]] {
        let url = ["--database-url", "postgres://grid:hunter2@127.0.0.1:1/grid"];
        let refused = program.run(&[command, &url].concat());
        assert_eq!(refused.code, Some(2));
        let expected = "security.master_keys (built-in default): PostgreSQL needs a master key that every node \
                        knows: make one with `tokengrid keys generate` and set TOKENGRID_SECURITY__MASTER_KEYS";
        assert_eq!(refused.fault(), expected);
    }
}

#[test]
fn a_database_that_cannot_be_had_is_one_line_without_its_password() {
    let program = Program::embedded()
        .set("TOKENGRID_SECURITY__MASTER_KEYS", "k1:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8")
        .set("TOKENGRID_DATABASE__CHECKOUT_TIMEOUT_MS", "200");
    let refused = program.run(&["migrate", "--database-url", "postgres://grid:hunter2@127.0.0.1:1/grid"]);
    assert_eq!(refused.code, Some(2));
    assert!(refused.fault().starts_with("database.url: the database cannot be reached"), "{}", refused.fault());
    assert!(!refused.err.contains("hunter2"));
    let folder = program.run(&["migrate", "--database-url", "sqlite:no/such/folder/x.db"]);
    assert_eq!(folder.code, Some(2));
    assert!(folder.fault().starts_with("database.url: the database file no/such/folder/x.db"), "{}", folder.fault());
}

#[test]
fn an_address_in_use_is_one_line_that_names_its_key() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let program = Program::embedded();
    let refused = program.run(&["serve", "--listen", &address]);
    assert_eq!(refused.code, Some(2));
    assert!(
        refused.fault().starts_with(&format!("server.listen: cannot listen on {address}: ")),
        "{}",
        refused.fault()
    );
    assert!(!program.data().exists());
}

#[cfg(not(feature = "postgres-tls"))]
#[test]
fn a_build_without_tls_refuses_a_url_that_asks_for_it() {
    let program = Program::embedded().set("TOKENGRID_SECURITY__MASTER_KEYS", crate::support::MASTER_KEY);
    for sslmode in ["require", "verify-ca", "verify-full"] {
        let url = format!("postgres://grid@127.0.0.1:1/grid?sslmode={sslmode}");
        let refused = program.run(&["migrate", "--database-url", &url]);
        assert_eq!(refused.code, Some(2));
        assert_eq!(
            refused.fault(),
            "database.url (flag --database-url): asks for TLS, but this build has none: \
             build with the feature `postgres-tls`"
        );
    }
}

#[cfg(feature = "postgres-tls")]
#[test]
fn a_build_with_tls_takes_a_url_that_asks_for_it() {
    let program = Program::embedded()
        .set("TOKENGRID_SECURITY__MASTER_KEYS", crate::support::MASTER_KEY)
        .set("TOKENGRID_DATABASE__CHECKOUT_TIMEOUT_MS", "200");
    let tried = program.run(&["migrate", "--database-url", "postgres://grid@127.0.0.1:1/grid?sslmode=require"]);
    assert!(tried.fault().starts_with("database.url: the database cannot be reached"), "{}", tried.fault());
}

#[test]
fn the_container_files_name_options_and_commands_that_exist() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let [image, compose] =
        ["Dockerfile", "docker-compose.yml"].map(|name| fs::read_to_string(root.join(name)).unwrap());
    let words = [image.as_str(), compose.as_str()].join("\n");
    let words = words.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
    let options: BTreeSet<&str> = words.filter(|word| word.starts_with("TOKENGRID_") && word.contains("__")).collect();
    assert!(
        options.contains("TOKENGRID_METRICS__LISTEN") && options.contains("TOKENGRID_DATABASE__URL"),
        "{options:?}"
    );
    for option in options {
        let checked = Program::embedded().command(&["config", "check"]).env(option, "0").output().unwrap();
        let said = String::from_utf8(checked.stderr).unwrap();
        assert!(!said.contains("there is no such option"), "{said}");
    }
    for (words, command) in [(r#"CMD ["serve"]"#, "serve"), (r#"CMD ["tokengrid", "health"]"#, "health")] {
        assert!(image.contains(words), "the image lacks {words}");
        assert_eq!(Program::embedded().run(&[command, "--help"]).code, Some(0));
    }
}
