//! Exports as Usergrid's tools write them, made for a test, and moved into its server.

use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use tokengrid::manage::moving::{Move, MoveReport, Remark};

use crate::support::TestServer;

pub const ORG: &str = "3a2f8e10-84a5-11e3-884d-f18e8f6fb3bc";
pub const APP: &str = "4b3f8e10-84a5-11e3-884d-f18e8f6fb3bc";
pub const SECRET: &str = "YXA6b3BlbiBzZXNhbWUsIHNhaWQgdGhl";
pub const ORG_SECRET: &str = "b3U6b3BlbiBzZXNhbWUsIHNhaWQgdGhl";
/// bcrypt of `correct horse`, by another implementation, as Usergrid stores it.
pub const BCRYPT: &str = "JDJhJDA0JGFiY2RlZmdoaWprbG1ub3BxcnN0dXVqeWRPVFNmSUgvZDVvVUhwc3lncVY1WDl4SkxRYzZl";

/// A UUID of a test: time-based, as Usergrid's are.
pub fn id(number: u32) -> String {
    format!("{number:08x}-84a5-11e3-884d-f18e8f6fb3bc")
}

pub fn org() -> Value {
    json!({ "uuid": ORG, "name": "Legacy", "admins": [], "motto": "as ever",
            "credentials": { "secret": { "secret": ORG_SECRET, "cryptoChain": ["plaintext"] } } })
}

pub fn app() -> Value {
    json!({ "type": "application", "uuid": APP, "name": "legacy/shop", "created": 1_390_000_000_000_i64,
            "accesstokenttl": "86400000", "theme": { "color": "red" },
            "metadata": { "dictionaries": { "credentials": { "secret": { "secret": SECRET } } } } })
}

/// A line of the tool that exports an application: the entity with what stands beside it.
pub fn line(entity: Value, dictionaries: Value) -> Value {
    json!({ "organization": "legacy", "application": "legacy/shop", "entity": entity, "dictionaries": dictionaries })
}

/// The members of an account in good standing.
pub fn account(number: u32, username: &str) -> Value {
    json!({ "uuid": id(number), "type": "user", "username": username, "email": format!("{username}@old.example"),
            "name": format!("The {username}"), "activated": true, "created": 1_390_000_000_000_i64,
            "modified": 1_391_000_000_000_i64, "picture": "http://pictures.example/a.png", "city": "Berlin",
            "metadata": { "path": "/users" } })
}

pub fn credentials(chain: &[&str], secret: &str) -> Value {
    json!({ "password": { "recoverable": false, "encrypted": true, "secret": secret, "cryptoChain": chain,
                          "created": 1_390_000_000_000_i64, "hashType": null, "cipher": null } })
}

/// A user whose password is everyone's.
pub fn user(number: u32, username: &str) -> Value {
    line(account(number, username), json!({ "credentials": credentials(&["bcrypt"], BCRYPT) }))
}

/// A folder that holds an export.
pub struct Export(tempfile::TempDir);

impl Export {
    pub fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    pub fn path(&self) -> PathBuf {
        self.0.path().to_owned()
    }

    pub fn write(&self, name: &str, text: &str) -> &Self {
        let file = self.0.path().join(name);
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::fs::write(file, text).unwrap();
        self
    }

    pub fn lines(&self, name: &str, values: &[Value]) -> &Self {
        let lines: Vec<String> = values.iter().map(Value::to_string).collect();
        self.write(name, &lines.join("\n"))
    }
}

pub fn plan(source: &Path) -> Move {
    Move { source: source.to_owned(), rename: [].into_iter().collect(), into: None, dry_run: false, bcrypt_cost: 4 }
}

/// Moves everything of a folder in.
pub fn move_in(server: &TestServer, export: &Export) -> MoveReport {
    server.core.registry.move_in(&plan(&export.path())).expect("the export is read")
}

/// A server with an organization and an application of one file of lines, and these lines too.
pub fn moved(server: &TestServer, lines: &[Value]) -> MoveReport {
    let export = Export::new();
    let all: Vec<Value> = [org(), app()].into_iter().chain(lines.iter().cloned()).collect();
    export.lines("export.json", &all);
    move_in(server, &export)
}

/// The remarks as `what: why`.
pub fn remarks(report: &MoveReport) -> Vec<String> {
    report.remarks.iter().map(|Remark { what, why, .. }| format!("{what}: {why}")).collect()
}
