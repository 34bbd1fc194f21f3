//! Every method of the store, on SQLite always, and on PostgreSQL too when `TEST_DATABASE_URL` names a server where
//! its role, which must not be a superuser, may create databases.

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use diesel::connection::SimpleConnection;
use diesel::{Connection, PgConnection};
use serde_json::{Map, json};
use uuid::Uuid;

use super::side::{Scope, Side, query};
use super::{DatabaseUrl, Durability, Provision, Store, StoreError, StoreOptions};
use crate::domain::clock::Moment;
use crate::domain::id::{AdminId, AppId, OrgId, TenantId, UserId};
use crate::domain::name::{Email, TenantName, Username};
use crate::domain::secret::{Sealed, Secret};
use crate::domain::tenant::{AppSettings, Application, OrgSettings, Organization, Switch};
use crate::domain::user::{Admin, AppUser, Person, WithPassword};

mod clients;
mod listing;
mod maintenance;
mod members;
mod migrations;
mod people;
mod postgres;
mod provision;
mod refresh;
mod registered;
mod revocation;
mod sqlite;
mod tenants;

/// Runs the test on a fresh store of each kind.
fn each(test: impl Fn(&Store)) {
    on_sqlite(&test);
    on_postgres(&test);
}

fn on_sqlite(test: impl Fn(&Store)) {
    let folder = tempfile::tempdir().expect("a folder");
    let store = open(DatabaseUrl::Sqlite(folder.path().join("store.db")));
    store.migrate().expect("migrations apply");
    test(&store);
}

fn on_postgres(test: impl Fn(&Store)) {
    let Some(scratch) = Scratch::create() else { return };
    let store = scratch.open();
    store.migrate().expect("migrations apply");
    test(&store);
}

fn open(url: DatabaseUrl) -> Store {
    Store::open(&options(url)).expect("the database opens")
}

fn options(url: DatabaseUrl) -> StoreOptions {
    StoreOptions {
        url,
        pool_size: 4,
        checkout_timeout: Duration::from_secs(10),
        durability: Durability::Normal,
        prepared_statements: Switch::On,
    }
}

/// A PostgreSQL database of one test, dropped with it.
struct Scratch {
    server: String,
    name: String,
}

impl Scratch {
    fn create() -> Option<Self> {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let server = std::env::var("TEST_DATABASE_URL").ok()?;
        let name = format!("store_{}_{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
        let scratch = Self { server, name };
        scratch.on_server(&format!("CREATE DATABASE {}", scratch.name));
        Some(scratch)
    }

    fn url(&self) -> DatabaseUrl {
        let (base, parameters) = self.server.split_once('?').unwrap_or((&self.server, ""));
        let (host, _) = base.rsplit_once('/').expect("a URL with a database");
        DatabaseUrl::parse(&format!("{host}/{}?{parameters}", self.name)).expect("a good URL")
    }

    fn open(&self) -> Store {
        open(self.url())
    }

    fn on_server(&self, sql: &str) {
        let mut conn = PgConnection::establish(&self.server).expect("TEST_DATABASE_URL answers");
        conn.batch_execute(sql).expect("the server obeys");
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let mut conn = PgConnection::establish(&self.server).expect("TEST_DATABASE_URL answers");
        // By force where a connection is left; not where the server's own vacuum is at work, which only the plain
        // statement may send away.
        let is_gone = ["WITH (FORCE)", ""]
            .iter()
            .any(|how| conn.batch_execute(&format!("DROP DATABASE {} {how}", self.name)).is_ok());
        assert!(is_gone || std::thread::panicking(), "{} is left", self.name);
    }
}

/// Runs a statement that no method of the store would.
fn tamper(store: &Store, tenant: TenantId, sql: &str) {
    match store.side() {
        Side::Postgres(database) => database.write(tenant, |conn| Ok(conn.batch_execute(sql)?)),
        Side::Sqlite(database) => database.write(|conn| Ok(conn.batch_execute(sql)?)),
    }
    .expect("the statement runs");
}

/// A UUIDv7 of its own millisecond, in order.
fn fresh() -> Uuid {
    static COUNT: AtomicU32 = AtomicU32::new(1);
    uuid_at(i64::from(COUNT.fetch_add(1, Ordering::Relaxed)))
}

fn uuid_at(millis: i64) -> Uuid {
    let stamp = u128::try_from(millis).expect("after 1970") << 80;
    Uuid::from_u128(stamp | 0x7000_8000_0000_0000_0001)
}

/// Some seconds after a fixed day, with microseconds that must not get lost.
fn at(seconds: i64) -> Moment {
    Moment::from_micros(1_900_000_000_123_457 + seconds * 1_000_000)
}

fn name(text: &str) -> TenantName {
    TenantName::parse(text).expect("a legal name")
}

fn an_org(text: &str) -> Organization {
    Organization {
        id: OrgId::new(fresh()),
        name: name(text),
        properties: a_map(),
        settings: OrgSettings::default(),
        created: at(0),
        modified: at(0),
    }
}

fn an_app(org: OrgId, text: &str) -> Application {
    Application {
        id: AppId::new(fresh()),
        org,
        name: name(text),
        properties: Map::new(),
        settings: AppSettings::default(),
        created: at(0),
        modified: at(0),
    }
}

fn a_map() -> Map<String, serde_json::Value> {
    let value = json!({ "π": ["\"\\\n", 1.5, -7, 1_234_567_890_123_i64, true, null], "deep": { "a": {}, "b": [] } });
    value.as_object().expect("an object").clone()
}

fn a_person(username: &str, email: Option<&str>) -> Person {
    Person {
        username: Username::parse(username).expect("a legal username"),
        email: email.map(|email| Email::parse(email).expect("a legal email")),
        name: Some("A. Person".to_owned()),
        properties: a_map(),
        activated: true,
        confirmed: false,
        disabled: false,
        deactivated: None,
        password_changed: Some(at(3)),
        created: at(1),
        modified: at(2),
    }
}

fn a_user(app: AppId, username: &str, email: Option<&str>) -> WithPassword<AppUser> {
    let who = AppUser { id: UserId::new(fresh()), app, person: a_person(username, email) };
    WithPassword { who, hash: Some(Secret::new("old hash")) }
}

fn an_admin(username: &str, email: Option<&str>) -> WithPassword<Admin> {
    let who = Admin { id: AdminId::new(fresh()), person: a_person(username, email) };
    WithPassword { who, hash: Some(Secret::new("old hash")) }
}

fn sealed(by: &str, bytes: &[u8]) -> Sealed {
    Sealed { by: by.to_owned(), bytes: bytes.to_vec() }
}

/// Creates an organization with one application.
fn a_tenant(store: &Store, org_name: &str) -> (OrgId, AppId) {
    let org = an_org(org_name);
    let app = an_app(org.id, "shop");
    let ids = (org.id, app.id);
    store
        .provision(&Provision { organizations: vec![org], applications: vec![app], ..Provision::default() })
        .expect("a new tenant");
    ids
}

#[test]
fn a_living_store_answers_and_a_full_pool_is_busy() {
    each(|store| store.ping().expect("a sign of life"));

    let folder = tempfile::tempdir().expect("a folder");
    let small = |url| {
        let patience = Duration::from_millis(50);
        Store::open(&StoreOptions { pool_size: 1, checkout_timeout: patience, ..options(url) }).expect("it opens")
    };
    let scratch = Scratch::create();
    let urls = [Some(DatabaseUrl::Sqlite(folder.path().join("store.db"))), scratch.as_ref().map(Scratch::url)];
    for store in urls.into_iter().flatten().map(small) {
        store.migrate().expect("migrations apply");
        let nested = query!(store, Scope::Registry, |q, conn| q::ping(conn).map(|()| store.ping()));
        assert!(matches!(nested, Ok(Err(StoreError::Busy))), "{nested:?}");
    }
}

#[test]
fn reads_and_writes_can_be_awaited() {
    let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    each(|store| {
        runtime.block_on(async {
            store.blocking(|store| store.record(&super::Journal::default())).await.expect("a write");
            store.point(Store::ping).await.expect("a read");
        });
    });
}
