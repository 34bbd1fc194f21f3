//! The import table: which rooms of ours a room may use, and which foreign crates live in one room only.
//!
//! Every file reachable from `src/lib.rs` and `src/main.rs` is parsed, and each path in it is resolved: imports, types,
//! expressions, attributes and the inside of macros. `#[cfg(test)]` modules obey the same table; a unit test that needs
//! another room is an integration test. What no path names (a method of a value that was handed in) stays unseen.

mod modules;
mod paths;

use std::path::Path;

use modules::{Module, SourceTree};
use paths::{Target, Usage};

/// A room: the folder or file right below `src/`, and the rooms of ours that it may use besides itself.
/// `access::guard` stands for that module alone.
struct Room {
    name: &'static str,
    uses: &'static [&'static str],
}

const ROOMS: &[Room] = &[
    Room { name: "domain", uses: &[] },
    Room { name: "config", uses: &["domain"] },
    Room { name: "crypto", uses: &["domain"] },
    Room { name: "store", uses: &["domain"] },
    Room { name: "upstream", uses: &["domain"] },
    Room { name: "telemetry", uses: &["domain", "config"] },
    Room { name: "directory", uses: &["domain", "crypto", "store"] },
    Room { name: "mail", uses: &["domain", "crypto", "store"] },
    Room { name: "grant", uses: &["domain", "crypto", "store", "directory"] },
    Room { name: "access", uses: &["domain", "crypto", "store", "directory"] },
    Room {
        name: "manage",
        uses: &[
            "domain",
            "crypto",
            "store",
            "directory",
            "mail",
            "upstream",
            "access::guard",
            "access::external",
            "grant::external",
        ],
    },
    Room { name: "http", uses: &["domain", "grant", "access", "manage", "telemetry"] },
];

/// The rooms that put the others together; nothing is below them, so they may use everything and nobody may use them.
const ROOTS: &[&str] = &["cli", "lib", "main", "server"];

/// Foreign crates (a trailing `*` stands for any ending) and the only modules that may name them.
const HOMES: &[(&str, &[&str])] = &[
    ("actix_*", &["http", "server"]),
    ("askama", &["http"]),
    ("aws_lc_*", &["crypto"]),
    ("bcrypt", &["crypto"]),
    ("clap", &["cli"]),
    ("diesel*", &["store"]),
    ("figment", &["config"]),
    ("jsonwebtoken", &["crypto"]),
    ("lettre", &["mail"]),
    ("libsqlite3_sys", &["store"]),
    ("moka", &["directory"]),
    ("oxide_auth", &["grant::oxide"]),
    ("pq_sys", &["store"]),
    ("r2d2", &["store"]),
    ("rand", &["crypto"]),
    ("reqwest", &["upstream"]),
    ("rustls*", &["upstream"]),
    ("subtle", &["crypto"]),
    ("toml", &["config"]),
    ("utoipa", &["http::openapi"]),
];

/// Whether `path` is `prefix` or lies below it.
fn is_within(path: &str, prefix: &str) -> bool {
    path.strip_prefix(prefix).is_some_and(|rest| rest.is_empty() || rest.starts_with("::"))
}

/// The rule that `usage` breaks in `module`, if any.
fn broken_rule(module: &Module, usage: &Usage) -> Option<String> {
    let room = module.room();
    match &usage.target {
        Target::Foreign(krate) => {
            let matches = |name: &str| name.strip_suffix('*').map_or(name == krate, |start| krate.starts_with(start));
            let (_, homes) = HOMES.iter().find(|(name, _)| matches(name))?;
            let here = module.path.join("::");
            let at_home = homes.iter().any(|home| is_within(&here, home) || is_within(room, home));
            (!at_home).then(|| format!("`{krate}` lives only in {}", homes.join(", ")))
        }
        Target::Ours(_) if ROOTS.contains(&room) => None,
        Target::Ours(path) if path.is_empty() => Some("an import of the whole crate hides what is used".into()),
        Target::Ours(path) => {
            let (there, path) = (path[0].as_str(), path.join("::"));
            if there == room {
                return None;
            }
            let Some(row) = ROOMS.iter().find(|row| row.name == room) else {
                return Some(format!("room `{room}` has no row in the import table"));
            };
            if !row.uses.iter().any(|allowed| is_within(&path, allowed)) {
                return Some(format!("`{room}` may not use `{path}`"));
            }
            (usage.is_reexport && there != "domain")
                .then(|| format!("`{room}` may not pass on `{path}`: users of a room name it themselves"))
        }
    }
}

/// Every break of the table in `tree`, one line each: `file:line: rule`.
fn violations(tree: &SourceTree) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for module in &tree.modules {
        for usage in paths::usages(module) {
            if let Some(rule) = broken_rule(module, &usage) {
                found.push(format!("{}:{}: {rule}", module.file, usage.line));
            }
        }
    }
    found.sort();
    found.dedup();
    found
}

#[test]
fn every_room_uses_only_what_the_table_allows() {
    let tree = SourceTree::read(Path::new(env!("CARGO_MANIFEST_DIR")));
    let found = violations(&tree);
    assert!(found.is_empty(), "the import table is broken:\n{}", found.join("\n"));
}

#[test]
fn every_source_file_belongs_to_the_crate() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let tree = SourceTree::read(root);
    let orphans: Vec<String> = modules::rust_files(&root.join("src"))
        .into_iter()
        .map(|file| modules::shown(root, &file))
        .filter(|file| tree.modules.iter().all(|module| module.file != *file))
        .collect();
    assert!(orphans.is_empty(), "no `mod` leads to {orphans:?}");
}

/// The rules that `source` breaks as the file of module `path`, each with its line.
fn broken(path: &str, source: &str) -> Vec<String> {
    violations(&SourceTree::from_source(path, source))
}

#[test]
fn an_import_of_a_forbidden_room_is_found_with_file_and_line() {
    assert_eq!(
        broken("http::oauth", "use crate::domain::id;\n\nuse crate::store::Store;\n"),
        ["src/http/oauth.rs:3: `http` may not use `store::Store`"]
    );
}

#[test]
fn allowed_uses_are_silent() {
    let silent = [
        ("directory", "use crate::store::Store; use moka::sync::Cache; use super::crypto::keys;"),
        ("grant::oxide::issuer", "use oxide_auth::primitives::issuer::Issuer; use super::super::outcome;"),
        ("http::routes", "use actix_web::web; use crate::telemetry::metrics; pub(crate) struct A;"),
        ("manage::user", "use crate::access::guard; fn f() { guard::check(crate::access::guard::ANY); }"),
        ("server", "pub use crate::store::Store; use crate::http; fn f() { actix_web::rt::spawn(g()); }"),
        ("cli", "#[derive(clap::Parser)] struct A; use crate::server;"),
        ("store::queries", "pub use crate::domain::id::AppId; use diesel::prelude::*; use diesel_migrations as m;"),
        ("domain", "/// See `crate::store` and diesel::Queryable.\nfn store() { let rand = 1; rand + toml }"),
    ];
    for (path, source) in silent {
        assert_eq!(broken(path, source), Vec::<String>::new(), "{path}: {source}");
    }
}

#[test]
fn every_way_to_name_a_forbidden_room_is_found() {
    let ways = [
        "use crate::{domain::id, store};",
        "use crate::store as rows;",
        "use crate::store::*;",
        "use {crate::domain, crate::store::Store};",
        "use super::super::store::Store;",
        "use super::{super::store, page};",
        "use tokengrid::store::Store;",
        "use ::tokengrid::store::Store;",
        "fn f() { crate::store::open(); }",
        "fn f() { use crate::store::Store; }",
        "fn f(s: &crate::store::Store) {}",
        "fn f<T: Into<crate::store::Store>>() {}",
        "fn f() { <crate::store::Store as Clone>::clone(&s); }",
        "impl crate::store::Rows for () {}",
        "struct S { rows: Option<super::super::store::Store> }",
        "mod inner { use super::super::super::store::Store; }",
        "#[cfg(test)] mod tests { use crate::store::Store; }",
        "fn f() { println!(\"{}\", crate::store::open()); }",
        "fn f() { assert!(matches!(s, super::super::store::Store { .. })); }",
        "macro_rules! m { () => { $crate::store::open() } }",
        "macro_rules! m { () => { use crate::{domain, store::Store}; } }",
        "#[serde(with = \"crate::store::columns\")] struct S;",
        "#[derive(crate::store::Row)] struct S;",
    ];
    for source in ways {
        let found = broken("http::usergrid", source);
        assert_eq!(found.len(), 1, "{source}: {found:?}");
        assert!(found[0].contains("`http` may not use `store"), "{source}: {found:?}");
    }
}

#[test]
fn every_way_to_name_a_foreign_crate_is_found() {
    let ways = [
        "use diesel::prelude::*;",
        "use diesel as d;",
        "use ::diesel::PgConnection;",
        "use {serde::Serialize, diesel::PgConnection};",
        "extern crate diesel as d;",
        "fn f(c: &mut diesel::PgConnection) {}",
        "fn f() { diesel::delete(t); }",
        "fn f() { vec![diesel::insert_into(t)]; }",
        "#[derive(Clone, diesel::Queryable)] struct S;",
        "diesel::table! { t (id) { id -> Text, } }",
    ];
    for source in ways {
        let found = broken("manage::user", source);
        assert_eq!(found, ["src/manage/user.rs:1: `diesel` lives only in store"], "{source}");
    }
}

#[test]
fn each_foreign_crate_stays_in_its_room() {
    let strays = [
        ("domain", "actix_http"),
        ("http", "aws_lc_rs"),
        ("access", "jsonwebtoken"),
        ("store", "bcrypt"),
        ("store", "rand"),
        ("main", "clap"),
        ("server", "figment"),
        ("server", "toml"),
        ("directory", "diesel_migrations"),
        ("directory", "r2d2"),
        ("store", "moka"),
        ("manage", "reqwest"),
        ("server", "rustls_platform_verifier"),
        ("grant::dispatch", "oxide_auth"),
        ("grant::oxidetto", "oxide_auth"),
        ("telemetry", "actix_web"),
    ];
    for (path, krate) in strays {
        assert_eq!(broken(path, &format!("use {krate}::x;")).len(), 1, "{krate} in {path}");
    }
}

#[test]
fn the_table_is_no_wider_than_drawn() {
    let forbidden = [
        ("domain", "config"),
        ("config", "telemetry"),
        ("crypto", "store"),
        ("store", "crypto"),
        ("directory", "grant"),
        ("grant", "access"),
        ("access", "manage"),
        ("manage", "access::verify"),
        ("manage", "access::guardian"),
        ("manage", "telemetry"),
        ("upstream", "store"),
        ("grant", "upstream"),
        ("access", "upstream"),
        ("http", "upstream"),
        ("http", "crypto"),
        ("http", "directory"),
        ("http", "config"),
        ("grant", "http"),
        ("http", "server"),
        ("store", "cli"),
        ("attic", "domain"),
        ("domain", "attic"),
    ];
    for (room, other) in forbidden {
        assert_eq!(broken(room, &format!("use crate::{other}::x;")).len(), 1, "{other} in {room}");
    }
}

#[test]
fn the_root_is_not_imported_and_a_foreign_room_is_not_passed_on() {
    for source in ["use crate as root;", "use crate::*;", "use super::super as root;", "use crate::{self as root};"] {
        assert_eq!(
            broken("access::verify", source),
            ["src/access/verify.rs:1: an import of the whole crate hides what is used"],
            "{source}"
        );
    }
    assert_eq!(
        broken("access", "pub use crate::store::Store;"),
        ["src/access.rs:1: `access` may not pass on `store::Store`: users of a room name it themselves"]
    );
}

#[test]
fn a_file_compiled_under_two_modules_is_seen_from_both() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| {
        let file = folder.path().join("src").join(name);
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::fs::write(file, text).unwrap();
    };
    write("lib.rs", "mod store;");
    write("store/mod.rs", "mod sqlite { #[path = \"../queries/mod.rs\"] mod queries; mod extra; } mod plain;");
    write("store/sqlite/extra.rs", "");
    write("store/queries/mod.rs", "mod user;");
    write("store/queries/user.rs", "use super::super::super::page; use super::super::super::super::http;");
    write("store/plain.rs", "use super::super::http;");
    assert_eq!(
        violations(&SourceTree::read(folder.path())),
        ["src/store/plain.rs:1: `store` may not use `http`", "src/store/queries/user.rs:1: `store` may not use `http`"]
    );
}
