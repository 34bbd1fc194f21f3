//! A fresh database for each test: a file, or where `TEST_DATABASE_URL` is set a copy of a migrated PostgreSQL one.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use diesel::connection::SimpleConnection;
use diesel::{Connection, PgConnection, QueryResult, SqliteConnection};
use tokengrid::domain::id::TenantId;
use tokengrid::domain::tenant::Switch;
use tokengrid::store::{DatabaseUrl, Durability, Store, StoreOptions};

/// A database that goes when it is dropped.
pub struct Database {
    pub url: String,
    dropped: Option<String>,
}

impl Database {
    /// A new database of the kind that this run tests, without any row.
    pub fn fresh(folder: &std::path::Path) -> Self {
        match server() {
            None => Self { url: format!("sqlite:{}", folder.join("tokengrid.db").display()), dropped: None },
            Some(server) => {
                let template = template(server);
                let name = name("test");
                execute(server, &format!("CREATE DATABASE {name} TEMPLATE {template}"));
                Self { url: with_name(server, &name), dropped: Some(name) }
            }
        }
    }
}

impl Database {
    /// Runs a statement, in the words of the kind of database.
    pub fn run(&self, sqlite: &str, postgres: &str) {
        match self.url.strip_prefix("sqlite:") {
            Some(path) => {
                let mut connection = SqliteConnection::establish(path).expect("the file opens");
                let patient = format!("PRAGMA busy_timeout = 20000; {sqlite}");
                connection.batch_execute(&patient).expect("the statement runs");
            }
            None => execute(&self.url, postgres),
        }
    }

    /// Changes rows of one tenant, by a statement that means the same in both kinds of SQL.
    pub fn run_for(&self, tenant: TenantId, statement: &str) {
        let scope = format!("SELECT set_config('tokengrid.tenant', '{}', true)", tenant.uuid());
        self.run(statement, &format!("BEGIN; {scope}; {statement}; COMMIT"));
    }

    /// A database of the kind that this run tests, without any table.
    pub fn bare(folder: &std::path::Path) -> Self {
        let Some(server) = server() else { return Self::fresh(folder) };
        let name = name("bare");
        execute(server, &format!("CREATE DATABASE {name}"));
        Self { url: with_name(server, &name), dropped: Some(name) }
    }

    /// Whether this run tests the embedded database.
    pub fn is_embedded() -> bool {
        server().is_none()
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        if let (Some(server), Some(name)) = (server(), &self.dropped) {
            // Autovacuum may be at work there: a plain role may not end it by FORCE, but a plain DROP ends it and waits.
            let is_gone = (0..5).any(|_| {
                ["WITH (FORCE)", ""].iter().any(|how| attempt(server, &format!("DROP DATABASE {name} {how}")).is_ok())
            });
            assert!(is_gone || std::thread::panicking(), "{name} stays");
        }
    }
}

/// The PostgreSQL server of this run.
pub fn server() -> Option<&'static str> {
    static SERVER: OnceLock<Option<String>> = OnceLock::new();
    SERVER.get_or_init(|| std::env::var("TEST_DATABASE_URL").ok()).as_deref()
}

/// One migrated database a process, that the others are copied from.
fn template(server: &str) -> &'static str {
    static TEMPLATE: OnceLock<String> = OnceLock::new();
    TEMPLATE.get_or_init(|| {
        let name = name("template");
        execute(server, &format!("CREATE DATABASE {name}"));
        let store = Store::open(&StoreOptions {
            url: DatabaseUrl::parse(&with_name(server, &name)).unwrap(),
            pool_size: 1,
            checkout_timeout: Duration::from_secs(20),
            durability: Durability::Normal,
            prepared_statements: Switch::On,
        })
        .unwrap();
        store.migrate().unwrap();
        name
    })
}

fn name(kind: &str) -> String {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    format!("tokengrid_{kind}_{}_{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed))
}

fn with_name(server: &str, name: &str) -> String {
    let (base, _) = server.rsplit_once('/').expect("TEST_DATABASE_URL names a database");
    format!("{base}/{name}")
}

fn execute(server: &str, statement: &str) {
    attempt(server, statement).expect("the statement holds, and the test role may create databases");
}

fn attempt(server: &str, statement: &str) -> QueryResult<()> {
    PgConnection::establish(server).expect("the database can be reached").batch_execute(statement)
}
