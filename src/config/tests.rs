//! The layers, the words of a refusal, and the promise that the default file and the manual name every option.

use std::fs;
use std::io::Write;

use tempfile::NamedTempFile;

use super::*;
use crate::domain::database::Durability;
use crate::domain::tenant::Switch;
use crate::domain::token::Algorithm;

const DEFAULTS: &str = include_str!("../../config/default.toml");

fn env(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

fn file(text: &str) -> NamedTempFile {
    let mut file = NamedTempFile::new().expect("a temporary file");
    file.write_all(text.as_bytes()).expect("a written file");
    file
}

fn defaults() -> Settings {
    load(None, [], &Overrides::default()).expect("the compiled-in defaults")
}

fn refusal_of_env(name: &str, value: &str) -> String {
    load(None, env(&[(name, value)]), &Overrides::default()).expect_err("a refusal").to_string()
}

/// The refusal of a file, with its path replaced by FILE.
fn refusal_of_file(text: &str) -> String {
    let file = file(text);
    let refusal = load(Some(file.path()), [], &Overrides::default()).expect_err("a refusal").to_string();
    refusal.replace(&file.path().display().to_string(), "FILE")
}

/// `section.key` of every value in a TOML text.
fn keys_of(text: &str) -> Vec<String> {
    let table: toml::Table = text.parse().expect("TOML");
    let mut keys = Vec::new();
    for (section, values) in &table {
        keys.extend(values.as_table().expect("a section").keys().map(|key| format!("{section}.{key}")));
    }
    keys.sort();
    keys
}

#[test]
fn the_default_file_names_every_option_and_nothing_else() {
    assert_eq!(keys_of(DEFAULTS), keys_of(&defaults().print()));
}

#[test]
fn every_option_of_the_default_file_has_a_comment() {
    let lines: Vec<&str> = DEFAULTS.lines().collect();
    for pair in lines.windows(2) {
        assert!(!pair[1].contains(" = ") || pair[1].starts_with('#') || pair[0].starts_with("# "), "{}", pair[1]);
    }
}

#[test]
fn the_manual_names_every_option_with_its_default() {
    let manual = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/configuration.md");
    let manual = fs::read_to_string(manual).expect("the manual");
    let table: toml::Table = DEFAULTS.parse().expect("TOML");
    for (section, values) in &table {
        for (key, value) in values.as_table().expect("a section") {
            let row = format!("| `{section}.{key}` | `{value}` |");
            assert!(manual.contains(&row), "the manual lacks: {row}");
        }
    }
}

#[test]
fn defaults_are_as_documented() {
    let settings = defaults();
    assert_eq!(settings.server.listen.to_string(), "127.0.0.1:8080");
    assert_eq!(settings.server.base_url_at(settings.server.listen).as_str(), "http://127.0.0.1:8080");
    assert_eq!(settings.server.cors_origins, ["*"]);
    assert_eq!(settings.database_url().expose(), "sqlite:data/tokengrid.db");
    assert_eq!(settings.database.durability, Durability::Full);
    assert_eq!(settings.tokens.access_ttl_max.as_secs(), 604_800);
    assert_eq!(settings.directory.staleness.as_millis(), 1_000);
    assert_eq!((settings.management.url_grants, settings.management.algorithm), (Switch::On, Algorithm::ES256));
    assert_eq!(settings.metrics.listen.map(|address| address.port()), Some(9464));
    assert!(settings.passwords.threads.resolve() >= 1);
}

#[test]
fn a_later_layer_overrides_an_earlier_one() {
    let file = file("[server]\nlisten = \"127.0.0.1:1\"\nworkers = 1\ndata_dir = \"file\"\n");
    let env = env(&[("TOKENGRID_SERVER__LISTEN", "127.0.0.1:2"), ("TOKENGRID_SERVER__WORKERS", "2")]);
    let overrides = Overrides { listen: Some("127.0.0.1:3".to_owned()), ..Overrides::default() };
    let settings = load(Some(file.path()), env, &overrides).expect("settings");
    assert_eq!(settings.server.listen.port(), 3);
    assert_eq!(settings.server.workers.resolve(), 2);
    assert_eq!(settings.database_url().expose(), "sqlite:file/tokengrid.db");
    assert_eq!(settings.server.shutdown_timeout.as_secs(), 30);
}

#[test]
fn lists_in_the_environment_are_separated_by_commas() {
    let env = env(&[
        ("TOKENGRID_SERVER__CORS_ORIGINS", "https://a.example, https://b.example"),
        ("TOKENGRID_METRICS__LISTEN", "off"),
        ("TOKENGRID_LOGGING__LEVEL", "info,tokengrid=debug"),
        ("TOKENGRID_PORT", "tcp://10.0.0.1:8080"),
        ("PATH", "/bin"),
    ]);
    let settings = load(None, env, &Overrides::default()).expect("settings");
    assert_eq!(settings.server.cors_origins, ["https://a.example", "https://b.example"]);
    assert_eq!(settings.metrics.listen, None);
    assert_eq!(settings.logging.level, "info,tokengrid=debug");
}

#[test]
fn a_bad_variable_is_one_line_with_key_and_origin() {
    for (name, value, line) in [
        (
            "TOKENGRID_SERVER__LISTEN",
            "abc",
            r#"server.listen (environment TOKENGRID_SERVER__LISTEN): "abc" is not an address like 127.0.0.1:8080"#,
        ),
        (
            "TOKENGRID_SERVER__LISTNE",
            "127.0.0.1:1",
            "server.listne (environment TOKENGRID_SERVER__LISTNE): there is no such option",
        ),
        (
            "TOKENGRID_SEVRER__LISTEN",
            "127.0.0.1:1",
            "sevrer.listen (environment TOKENGRID_SEVRER__LISTEN): there is no such option",
        ),
        (
            "TOKENGRID_SERVER_LISTEN",
            "127.0.0.1:1",
            "server.listen (environment TOKENGRID_SERVER_LISTEN): must be written TOKENGRID_SERVER__LISTEN",
        ),
        (
            "TOKENGRID_DATABASE__POOL_SIZE",
            "many",
            "database.pool_size (environment TOKENGRID_DATABASE__POOL_SIZE): must be a whole number",
        ),
        (
            "TOKENGRID_DATABASE__DURABILITY",
            "some",
            "database.durability (environment TOKENGRID_DATABASE__DURABILITY): must be one of: full, normal",
        ),
        (
            "TOKENGRID_TOKENS__ACCESS_TTL_SECONDS",
            "700000",
            "tokens.access_ttl_seconds (environment TOKENGRID_TOKENS__ACCESS_TTL_SECONDS): \
             must not be above tokens.access_ttl_max_seconds",
        ),
        (
            "TOKENGRID_LOGGING__LEVEL",
            "inof",
            r#"logging.level (environment TOKENGRID_LOGGING__LEVEL): "inof" is not a level like info"#,
        ),
    ] {
        assert_eq!(refusal_of_env(name, value), line);
    }
}

#[test]
fn a_bad_file_is_one_line_with_key_and_path() {
    for (text, line) in [
        ("[server]\nlisten = 8080", "server.listen (file FILE): must be a string"),
        ("server = 5", "server (file FILE): must be a table"),
        ("[server]\nlisen = \"a\"", "server.lisen (file FILE): there is no such option"),
        ("[sever]\n", "sever (file FILE): there is no such option"),
        ("[server]\ncors_origins = \"*\"", "server.cors_origins (file FILE): must be a list of strings"),
        ("[management]\nurl_tokens = true", "management.url_tokens (file FILE): must be a string"),
        (
            "[database]\npool_size = -1",
            "database.pool_size (file FILE): is out of range for a whole number of this option",
        ),
        ("[passwords]\nbcrypt_cost = 3", "passwords.bcrypt_cost (file FILE): 3 is not between 4 and 15"),
        ("[directory]\nstaleness_ms = 99", "directory.staleness_ms (file FILE): 99 is not between 100 and 60000"),
        ("[metrics]\nlisten = \"127.0.0.1:8080\"", "metrics.listen (file FILE): must differ from server.listen"),
        (
            "[server]\nbase_url = \"https://id.example.com/\"",
            "server.base_url (file FILE): must be written https://id.example.com",
        ),
    ] {
        assert_eq!(refusal_of_file(text), line);
    }
}

#[test]
fn a_bad_flag_names_the_flag() {
    let overrides = Overrides { database_url: Some(Secret::new("mysql://me:hunter2@db")), ..Overrides::default() };
    let refusal = load(None, [], &overrides).expect_err("a refusal").to_string();
    assert_eq!(refusal, "database.url (flag --database-url): must begin with sqlite:, postgres:// or postgresql://");
}

#[test]
fn a_bad_default_is_named_when_another_key_breaks_it() {
    assert_eq!(
        refusal_of_file("[tokens]\naccess_ttl_max_seconds = 60"),
        "tokens.access_ttl_seconds (built-in default): must not be above tokens.access_ttl_max_seconds"
    );
}

#[test]
fn a_refusal_never_repeats_what_may_be_a_secret() {
    for text in [
        "[security]\nmaster_keys = \"a:hunter2\"",
        "[security]\nmaster_keys = [\"a:hunter2\"]",
        "[security]\nmaster_keys = [{ a = \"hunter2\" }]",
        "[database]\nurl = [\"hunter2\"]",
        "[database]\nurl = \"hunter2\"",
        "[database]\nurl = \"hunter2\" \"hunter2\"",
        "[database]\nurl = hunter2",
    ] {
        let refusal = refusal_of_file(text);
        assert!(!refusal.contains("hunter2"), "{refusal}");
        assert_eq!(refusal.lines().count(), 1, "{refusal}");
    }
}

#[test]
fn a_syntax_error_names_the_line() {
    for (text, line) in [("= 1", 1), ("[server]\n= 1\n", 2), ("[server]\n\nlisten = \"a\nworkers = 1\n", 3)] {
        let refusal = refusal_of_file(text);
        assert!(refusal.starts_with(&format!("file FILE, line {line}: ")), "{refusal}");
    }
}

#[test]
fn a_missing_file_is_an_error() {
    let refusal = load(Some(Path::new("/nonexistent/tokengrid.toml")), [], &Overrides::default());
    let refusal = refusal.expect_err("a refusal").to_string();
    assert!(refusal.starts_with("/nonexistent/tokengrid.toml: the configuration file cannot be read: "), "{refusal}");
}

#[test]
fn what_is_printed_can_be_read_again() {
    let env = env(&[
        ("TOKENGRID_SERVER__BASE_URL", "https://id.example.com"),
        ("TOKENGRID_TOKENS__ACCESS_TTL_SECONDS", "61"),
        ("TOKENGRID_DIRECTORY__STALENESS_MS", "250"),
        ("TOKENGRID_METRICS__LISTEN", "off"),
    ]);
    let printed = load(None, env, &Overrides::default()).expect("settings").print();
    let file = file(&printed);
    let again = load(Some(file.path()), [], &Overrides::default()).expect("the same settings");
    assert_eq!(again.print(), printed);
    assert_eq!((again.tokens.access_ttl.as_secs(), again.directory.staleness.as_millis()), (61, 250));
}

#[test]
fn odd_variable_names_are_refused_without_harm() {
    for name in ["TOKENGRID___", "TOKENGRID___X", "TOKENGRID_SERVER__", "TOKENGRID_SERVER__LISTEN__X"] {
        let refusal = refusal_of_env(name, "1");
        assert!(refusal.ends_with("there is no such option") && refusal.contains(name), "{refusal}");
    }
}

#[test]
fn printing_redacts_secrets() {
    let key = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8";
    let env = env(&[
        ("TOKENGRID_DATABASE__URL", "postgres://grid:hunter2@db/grid"),
        ("TOKENGRID_SECURITY__MASTER_KEYS", &format!("2026:{key}")),
    ]);
    let printed = load(None, env, &Overrides::default()).expect("settings").print();
    assert!(printed.contains("url = \"postgres://grid:[secret]@db/grid\""), "{printed}");
    assert!(printed.contains("master_keys = [\"2026:[secret]\"]"), "{printed}");
    assert!(!printed.contains("hunter2") && !printed.contains(key), "{printed}");
    let debugged = format!("{:?}", defaults());
    assert!(debugged.contains("url: [secret]"), "{debugged}");
}
