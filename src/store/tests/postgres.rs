//! What only PostgreSQL does.

use std::cell::Cell;

use diesel::sql_types::BigInt;
use diesel::{QueryableByName, RunQueryDsl, sql_query};

use super::clients::{a_key, a_secret};
use super::refresh::{a_family, a_user_of};
use super::*;
use crate::domain::journal::AuditEntry;
use crate::domain::key::KeyState;
use crate::domain::revocation::{Revocation, RevocationReason, RevocationTarget};
use crate::store::side::Posture;
use crate::store::{Conflict, Journal, postgres};

const TENANT_TABLES: [&str; 6] = ["app_user", "audit", "client_secret", "refresh_family", "revocation", "signing_key"];

#[derive(QueryableByName)]
struct Count {
    #[diesel(sql_type = BigInt)]
    count: i64,
}

fn side(store: &Store) -> &postgres::Database {
    match store.side() {
        Side::Postgres(database) => database,
        Side::Sqlite(_) => panic!("a store on PostgreSQL"),
    }
}

/// Counts without naming a tenant, so that row-level security alone decides.
fn counts(store: &Store, scope: Scope) -> [i64; 6] {
    TENANT_TABLES.map(|table| {
        let sql = format!("SELECT count(*) AS count FROM {table}");
        side(store).read(scope, |conn| Ok(sql_query(&sql).get_result::<Count>(conn)?.count)).expect("a read")
    })
}

/// Puts one row into each tenant table.
fn fill(store: &Store) -> TenantId {
    let (_, app) = a_tenant(store, "acme");
    let tenant = TenantId::from(app);
    let entry = AuditEntry {
        id: fresh(),
        tenant,
        at: at(0),
        actor: "operator".to_owned(),
        action: "test".to_owned(),
        detail: json!({}),
    };
    let new = Provision {
        users: vec![a_user(app, "john", None)],
        secrets: vec![(tenant, a_secret(0))],
        keys: vec![a_key(tenant, "k", KeyState::Active)],
        journal: Journal { audit: vec![entry], ..Journal::default() },
        ..Provision::default()
    };
    store.provision(&new).expect("a write");
    store.insert_refresh_family(&a_family(a_user_of(app), 0)).expect("a write");
    let target = RevocationTarget::Tenant;
    let (watermark, expires) = (at(0), at(9));
    let revocation = Revocation { tenant, target, reason: RevocationReason::Revoked, watermark, expires };
    store.revoke(&revocation, &Journal::default()).expect("a write");
    tenant
}

#[test]
fn without_a_tenant_or_in_another_one_a_query_sees_nothing() {
    on_postgres(|store| {
        let tenant = fill(store);
        assert_eq!(counts(store, Scope::Tenant(tenant)), [1; 6], "TEST_DATABASE_URL must not name a superuser");
        // The connections of the pool have been used by now, so that the setting is empty on some and absent on others.
        for _ in 0..8 {
            assert_eq!(counts(store, Scope::Registry), [0; 6]);
        }
        assert_eq!(counts(store, Scope::Tenant(TenantId::MANAGEMENT)), [0; 6]);
    });
}

#[test]
fn a_row_cannot_be_written_into_another_tenant() {
    on_postgres(|store| {
        let tenant = fill(store);
        let elsewhere = TenantId::new(fresh());
        let moved = format!("UPDATE client_secret SET tenant_id = '{elsewhere}'");
        let refused = side(store).write(tenant, |conn| Ok(conn.batch_execute(&moved)?));
        assert!(matches!(refused, Err(StoreError::Database { .. })), "{refused:?}");
        let untouched = "DELETE FROM client_secret";
        side(store).write(elsewhere, |conn| Ok(conn.batch_execute(untouched)?)).expect("a write that meets no row");
        assert_eq!(counts(store, Scope::Tenant(tenant)), [1; 6]);
    });
}

#[test]
fn reads_cannot_write() {
    on_postgres(|store| {
        let tenant = fill(store);
        let refused =
            side(store).read(Scope::Tenant(tenant), |conn| Ok(conn.batch_execute("DELETE FROM client_secret")?));
        assert!(matches!(refused, Err(StoreError::Database { .. })), "{refused:?}");
    });
}

#[test]
fn a_list_that_takes_too_long_is_given_up_and_its_connection_goes_on() {
    on_postgres(|store| {
        let tenant = fill(store);
        let count =
            |scope, sql: &str| side(store).read(scope, |conn| Ok(sql_query(sql).get_result::<Count>(conn)?.count));
        let slow = count(Scope::Listing(tenant), "SELECT 1::bigint AS count FROM pg_sleep(60)");
        assert!(matches!(slow, Err(StoreError::TooSlow)), "{slow:?}");
        // Whatever the server's language, and whatever else it says after as long a time.
        let in_german = "DO $$ BEGIN PERFORM pg_sleep(60); EXCEPTION WHEN query_canceled THEN
            RAISE EXCEPTION 'Zeitueberschreitung' USING ERRCODE = '57014'; END $$";
        let slow = side(store).read(Scope::Listing(tenant), |conn| Ok(conn.batch_execute(in_german)?));
        assert!(matches!(slow, Err(StoreError::TooSlow)), "{slow:?}");
        let broken = side(store).read(Scope::Listing(tenant), |conn| Ok(conn.batch_execute("SELECT 1 / 0")?));
        assert!(matches!(broken, Err(StoreError::Database { .. })), "{broken:?}");
        let sql = "SELECT count(*) AS count FROM app_user WHERE current_setting('statement_timeout') = '5s'";
        assert_eq!(count(Scope::Listing(tenant), sql).expect("a list"), 1);
        assert_eq!(count(Scope::Tenant(tenant), sql).expect("a read"), 0, "the bound ends with its transaction");
    });
}

#[test]
fn a_write_that_lost_a_race_is_run_again_a_few_times() {
    on_postgres(|store| {
        for (code, message) in [("40001", "could not serialize"), ("40P01", "deadlock detected")] {
            let raise = format!("DO $$ BEGIN RAISE EXCEPTION '{message}' USING ERRCODE = '{code}'; END $$");
            let attempts = Cell::new(0);
            let write = |failures: u32| {
                attempts.set(0);
                side(store).write(TenantId::MANAGEMENT, |conn| {
                    attempts.set(attempts.get() + 1);
                    if attempts.get() <= failures { Ok(conn.batch_execute(&raise)?) } else { Ok(()) }
                })
            };
            write(1).expect("the second attempt");
            assert_eq!(attempts.get(), 2, "{code}");
            let refused = write(u32::MAX);
            assert!(matches!(refused, Err(StoreError::Database { .. })), "{refused:?}");
            assert_eq!(attempts.get(), 6, "{code}");
        }
        store.ping().expect("the connections are still good");
    });
}

#[test]
fn lost_connections_are_replaced_before_anyone_notices() {
    let Some(scratch) = Scratch::create() else { return };
    let store = scratch.open();
    store.migrate().expect("migrations apply");
    let tenant = fill(&store);
    // As after a restart of the server: every connection of the pool is gone, and the pool does not know.
    let kill_all = || {
        let of_database = format!("FROM pg_stat_activity WHERE datname = '{}'", scratch.name);
        scratch.on_server(&format!("SELECT pg_terminate_backend(pid, 5000) {of_database}"));
    };
    kill_all();
    store.ping().expect("a registry read");
    kill_all();
    assert_eq!(store.list_client_secrets(tenant).expect("a tenant read").len(), 1);
    kill_all();
    store.record(&Journal::default()).expect("a write");
}

#[test]
fn prepared_statements_can_be_switched_off() {
    let Some(scratch) = Scratch::create() else { return };
    let options = StoreOptions { prepared_statements: Switch::Off, ..options(scratch.url()) };
    let store = Store::open(&options).expect("it opens");
    store.migrate().expect("migrations apply");
    let tenant = fill(&store);
    assert_eq!(store.list_client_secrets(tenant).expect("a read").len(), 1);
    let kept = "SELECT count(*) AS count FROM pg_prepared_statements";
    let kept = side(&store).read(Scope::Tenant(tenant), |conn| Ok(sql_query(kept).get_result::<Count>(conn)?.count));
    assert_eq!(kept.expect("a read"), 0);
}

#[test]
fn the_posture_of_a_plain_role_on_this_machine_is_told() {
    on_postgres(|store| {
        let Posture::Server { bypasses_row_security, encrypted, .. } = store.posture().expect("a read") else {
            panic!("a server")
        };
        assert_eq!((bypasses_row_security, encrypted), (false, false));
    });
}

#[cfg(not(feature = "postgres-tls"))]
#[test]
fn a_url_that_asks_for_tls_is_refused_before_connecting() {
    for mode in ["require", "verify-ca", "verify-full"] {
        let url = DatabaseUrl::parse(&format!("postgres://u@nowhere.invalid/d?connect_timeout=1&sslmode={mode}"));
        let refused = Store::open(&options(url.expect("a good URL"))).err();
        assert!(matches!(refused, Some(StoreError::TlsNotBuilt)), "{mode}: {refused:?}");
    }
}

#[test]
fn a_server_that_does_not_answer_is_unavailable() {
    let url = DatabaseUrl::parse("postgres://u@127.0.0.1:1/d").expect("a good URL");
    let patience = Duration::from_millis(200);
    let refused = Store::open(&StoreOptions { checkout_timeout: patience, ..options(url) }).err();
    assert!(matches!(refused, Some(StoreError::Unavailable { .. })), "{refused:?}");
}

#[test]
fn a_conflict_is_known_by_its_constraint() {
    assert_eq!(postgres::conflict("organization_name"), Conflict::OrganizationName);
    assert_eq!(postgres::conflict("app_user_email"), Conflict::Email);
    assert_eq!(postgres::conflict("signing_key_active"), Conflict::SigningKey);
    assert_eq!(postgres::conflict("signing_key_active_id_token"), Conflict::SigningKey);
    assert_eq!(postgres::conflict("client_secret_current"), Conflict::ClientSecret);
    assert_eq!(postgres::conflict("audit_pkey"), Conflict::Other);
}
