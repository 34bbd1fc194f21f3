//! How many users a second move in from an export of Usergrid: on a fresh embedded database, with the settings of the
//! compiled-in defaults. Run with `cargo bench --bench import`; `IMPORT_USERS` says how many.

#![expect(
    clippy::expect_used,
    clippy::print_stdout,
    reason = "a benchmark stops at the first thing that is wrong, and prints"
)]

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;
use std::time::Instant;

use tokengrid::config::{self, Overrides};
use tokengrid::manage::moving::Move;
use tokengrid::server::{Core, Schema, Tools};

const ROUNDS: usize = 3;

fn main() {
    // `cargo test --benches` only asks whether this runs at all.
    let is_measured = std::env::args().any(|argument| argument == "--bench");
    let asked = std::env::var("IMPORT_USERS").ok().and_then(|count| count.parse().ok());
    let users: u32 = asked.unwrap_or(if is_measured { 100_000 } else { 100 });
    let folder = tempfile::tempdir().expect("a folder");
    let export = folder.path().join("export.json");
    write_export(&export, users);
    let mut rates: Vec<f64> = (0..ROUNDS).map(|round| measure(&export, folder.path(), (round, users))).collect();
    rates.sort_by(f64::total_cmp);
    let median = rates.get(ROUNDS / 2).copied().unwrap_or_default();
    println!("import: {users} users, median of {ROUNDS}: {median:.0} users/s");
}

fn measure(export: &Path, folder: &Path, (round, users): (usize, u32)) -> f64 {
    let data = folder.join(format!("data-{round}"));
    let overrides = Overrides { data_dir: Some(data.display().to_string()), ..Overrides::default() };
    let settings = config::load(None, [], &overrides).expect("the defaults");
    std::fs::create_dir_all(&data).expect("a folder");
    let core = tokio::runtime::Builder::new_current_thread()
        .build()
        .expect("a runtime")
        .block_on(Core::open(&settings, Tools::default(), Schema::Migrate))
        .expect("a database");
    let plan = Move {
        source: export.to_owned(),
        rename: Default::default(),
        into: None,
        dry_run: false,
        bcrypt_cost: settings.passwords.bcrypt_cost,
    };
    let start = Instant::now();
    let report = core.registry.move_in(&plan).expect("the export moves in");
    let took = start.elapsed();
    assert_eq!(report.tally("users").new, u64::from(users), "{:?}", report.remarks.first());
    let rate = f64::from(users) / took.as_secs_f64();
    println!("round {round}: {users} users in {took:.2?}: {rate:.0} users/s");
    rate
}

/// One organization, one application, and users as Usergrid's tool writes them: a bcrypt hash and a few properties.
fn write_export(path: &Path, users: u32) {
    let mut out = BufWriter::new(File::create(path).expect("a file"));
    let org = "3a2f8e10-84a5-11e3-884d-f18e8f6fb3bc";
    let app = "4b3f8e10-84a5-11e3-884d-f18e8f6fb3bc";
    let chain = r#"{"recoverable":false,"encrypted":true,"cryptoChain":["bcrypt"],"created":1400000000000,"secret":"JDJhJDA5JGFiY2RlZmdoaWprbG1ub3BxcnN0dXU1aTJaV3VMTk1MSkUucC5LYlZVLzlCTVFkLnlTM1Zl"}"#;
    let mut line = |text: String| writeln!(out, "{text}").expect("a line");
    line(format!(r#"{{"type":"organization","uuid":"{org}","name":"acme","admins":[]}}"#));
    line(format!(r#"{{"type":"application","uuid":"{app}","name":"acme/shop"}}"#));
    for user in 0..users {
        // The first part of a time-based UUID turns over quickly: its order is not the order of time.
        let id = format!("{:08x}-84a5-11e3-884d-{:012x}", user.wrapping_mul(2_654_435_761), user);
        line(format!(
            r#"{{"organization":"acme","application":"acme/shop","entity":{{"uuid":"{id}","type":"user","created":1390000000000,"modified":1390000000000,"username":"user{user}","email":"user{user}@example.test","name":"User Number {user}","activated":true,"picture":"http://www.gravatar.com/avatar/{user:032x}","city":"Berlin","age":{},"metadata":{{"path":"/users/{id}"}}}},"dictionaries":{{"credentials":{{"password":{chain}}}}}}}"#,
            user % 90
        ));
    }
}
