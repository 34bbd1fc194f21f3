//! What a page of a large tenant costs: the first, and one behind nine tenths of the users.
//!
//! *Units*: `BENCH_USERS` users, 100,000 where it is not set, half of them in one city, each with a code of their own.

#![allow(clippy::expect_used, reason = "a benchmark stops at the first thing that is wrong")]

use std::sync::LazyLock;

use divan::Bencher;
use serde_json::{Map, json};
use tokengrid::config::{self, Overrides};
use tokengrid::crypto::entropy::{SystemEntropy, uuid_v7};
use tokengrid::domain::clock::Moment;
use tokengrid::domain::id::{AppId, UserId};
use tokengrid::domain::name::Username;
use tokengrid::domain::place::{Place, PlaceName};
use tokengrid::domain::query::{Asked, Collection};
use tokengrid::domain::user::{AppUser, Person, WithPassword};
use tokengrid::manage::Registry;
use tokengrid::server::{Services, Tools};
use tokengrid::store::Provision;

fn main() {
    divan::main();
}

/// A tenant of many users over SQLite.
struct House {
    runtime: tokio::runtime::Runtime,
    registry: Registry,
    app: AppId,
    users: u32,
    _folder: tempfile::TempDir,
}

static HOUSE: LazyLock<House> = LazyLock::new(|| {
    let folder = tempfile::tempdir().expect("a folder");
    let overrides = Overrides { data_dir: Some(folder.path().display().to_string()), ..Overrides::default() };
    let mut settings = config::load(None, [], &overrides).expect("the defaults");
    settings.passwords.bcrypt_cost = 4;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let address = "127.0.0.1:8080".parse().expect("an address");
    let services = runtime.block_on(Services::build(settings, Tools::default(), address)).expect("services");
    let registry = services.core.registry.clone();
    runtime.block_on(registry.ensure_demo()).expect("a demonstration");
    let name = PlaceName::App { org: "my-org".to_owned(), app: "my-app".to_owned() };
    let place = runtime.block_on(registry.place(&name)).expect("a directory").expect("the demonstration");
    let Place::App { app, .. } = place else { unreachable!("an application was named") };
    let users = std::env::var("BENCH_USERS").ok().and_then(|text| text.parse().ok()).unwrap_or(100_000);
    fill(&registry, app.id, users);
    House { runtime, registry, app: app.id, users, _folder: folder }
});

fn fill(registry: &Registry, app: AppId, users: u32) {
    let numbers: Vec<u32> = (0..users).collect();
    for numbers in numbers.chunks(5_000) {
        let users = numbers.iter().map(|number| WithPassword { who: user(app, *number), hash: None }).collect();
        registry.store.provision(&Provision { users, ..Provision::default() }).expect("new users");
    }
}

fn user(app: AppId, number: u32) -> AppUser {
    let created = Moment::from_millis(1_790_000_000_000 + i64::from(number));
    let city = if number.is_multiple_of(2) { "Oslo" } else { "Bergen" };
    let properties: Map<_, _> = json!({ "city": city, "code": format!("k{number}"), "age": number % 90 })
        .as_object()
        .cloned()
        .expect("an object");
    let person = Person {
        username: Username::parse(&format!("user{number:07}")).expect("a name"),
        email: None,
        name: Some(format!("John Smith{number}")),
        properties,
        activated: true,
        confirmed: true,
        disabled: false,
        deactivated: None,
        password_changed: None,
        created,
        modified: created,
    };
    AppUser { id: UserId::new(uuid_v7(created, &SystemEntropy)), app, person }
}

fn list(house: &House, asked: &Asked) -> Option<String> {
    house.runtime.block_on(house.registry.list_entities(house.app, asked, None)).expect("a page").cursor
}

/// The page of ten that lies behind so many others.
fn behind(house: &House, query: &str, skipped: u32) -> Asked {
    let mut asked = Asked::parse(Collection::Users, query).expect("a query");
    asked.limit = Asked::MAX_LIMIT;
    for _ in 0..skipped / Asked::MAX_LIMIT {
        asked.cursor = list(house, &asked);
    }
    Asked { limit: Asked::DEFAULT_LIMIT, ..asked }
}

const LISTS: [&str; 4] = ["", "order by username", "city = 'oslo'", "city = 'oslo' order by username"];

#[divan::bench(args = LISTS)]
fn first_page(bencher: Bencher<'_, '_>, query: &str) {
    let house = &*HOUSE;
    let asked = behind(house, query, 0);
    bencher.bench_local(|| list(house, &asked));
}

#[divan::bench(args = LISTS)]
fn page_behind_nine_tenths(bencher: Bencher<'_, '_>, query: &str) {
    let house = &*HOUSE;
    let found = if query.contains("city") { house.users / 2 } else { house.users };
    let asked = behind(house, query, found / 10 * 9);
    bencher.bench_local(|| list(house, &asked));
}

#[divan::bench(args = ["code = 'k4711'", "username = 'user0004711'", "username = 'user00047*'", "name = 'john smith471*'"])]
fn few_of_many(bencher: Bencher<'_, '_>, query: &str) {
    let house = &*HOUSE;
    let asked = behind(house, query, 0);
    bencher.bench_local(|| list(house, &asked));
}

#[divan::bench(args = ["name contains 'smith4711'", "order by age", "city = 'oslo' and age < 3 order by code desc"])]
fn what_reads_the_tenant(bencher: Bencher<'_, '_>, query: &str) {
    let house = &*HOUSE;
    let asked = behind(house, query, 0);
    bencher.bench_local(|| list(house, &asked));
}
