//! What only SQLite does.

use diesel::{RunQueryDsl, sql_query};

use super::*;
use crate::store::side::Posture;
use crate::store::{Conflict, Journal};

#[cfg(unix)]
#[test]
fn the_files_belong_to_their_owner_alone() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().expect("a folder");
    let store = open(DatabaseUrl::Sqlite(folder.path().join("store.db")));
    store.migrate().expect("migrations apply");
    for file in ["store.db", "store.db-wal", "store.db-shm"] {
        let mode = std::fs::metadata(folder.path().join(file)).expect("the file").permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{file}");
    }
    assert_eq!(store.posture().expect("a read"), Posture::Embedded);
}

#[test]
fn a_file_that_cannot_be_made_is_named() {
    let refused = Store::open(&options(DatabaseUrl::Sqlite("/nowhere/at/all/store.db".into()))).err();
    assert!(matches!(refused, Some(StoreError::File { .. })), "{refused:?}");
}

#[test]
fn a_list_that_takes_too_long_is_given_up_and_its_connection_goes_on() {
    on_sqlite(|store| {
        let Side::Sqlite(database) = store.side() else { panic!("a store on SQLite") };
        let (_, app) = a_tenant(store, "acme");
        let endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n)
            SELECT count(*) FROM n WHERE list_in_time()";
        let slow = database.read(Scope::Listing(app.into()), |conn| Ok(sql_query(endless).execute(conn)?));
        assert!(matches!(slow, Err(StoreError::TooSlow)), "{slow:?}");
        let short = "SELECT 1 WHERE list_in_time() UNION ALL SELECT 2 WHERE list_in_time()";
        for _ in 0..100 {
            let next = database.read(Scope::Listing(app.into()), |conn| Ok(sql_query(short).execute(conn)?));
            next.expect("the time of the next list has only begun");
        }
    });
}

#[test]
fn readers_cannot_write() {
    on_sqlite(|store| {
        let Side::Sqlite(database) = store.side() else { return };
        let refused = database.read(Scope::Registry, |conn| Ok(conn.batch_execute("DELETE FROM audit")?));
        assert!(matches!(refused, Err(StoreError::Database { .. })), "{refused:?}");
    });
}

#[test]
fn many_writers_wait_for_each_other() {
    on_sqlite(|store| {
        std::thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| {
                    for _ in 0..25 {
                        store.record(&Journal::default()).expect("a write");
                        a_tenant(store, &format!("org-{}", fresh().simple()));
                    }
                });
            }
        });
        assert_eq!(store.list_tenants(None, 1_000).expect("a read").len(), 401);
    });
}

#[test]
fn a_conflict_is_known_by_its_columns() {
    let conflict = |columns: &str| crate::store::sqlite::conflict(&format!("UNIQUE constraint failed: {columns}"));
    assert_eq!(conflict("organization.name_key"), Conflict::OrganizationName);
    assert_eq!(conflict("app_user.tenant_id, app_user.email_key"), Conflict::Email);
    assert_eq!(conflict("signing_key.tenant_id"), Conflict::SigningKey);
    assert_eq!(conflict("signing_key.tenant_id, signing_key.algorithm"), Conflict::SigningKey);
    assert_eq!(conflict("audit.tenant_id, audit.id"), Conflict::Other);
    assert_eq!(crate::store::sqlite::conflict("disk I/O error"), Conflict::Other);
}
