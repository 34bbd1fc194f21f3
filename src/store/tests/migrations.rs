//! The two sets of migrations make the same tables, and their keys begin with the tenant.

use std::collections::{BTreeMap, BTreeSet};

use diesel::sql_types::Text;
use diesel::{QueryableByName, RunQueryDsl, sql_query};

use super::*;
use crate::domain::query::{Asked, Collection};
use crate::domain::user::Identifier;
use crate::store::{Journal, Listing};

/// Tables that have the column `tenant_id` and are no tenant tables.
const REGISTRY: [&str; 3] = ["change_log", "logout_notice", "mail"];

#[derive(QueryableByName)]
struct Line {
    #[diesel(sql_type = Text)]
    line: String,
}

/// Every migration, oldest first.
const ALL: [&str; 4] = ["0001_foundation", "0002_usergrid", "0003_sign_in_names", "0004_oauth"];

/// The one column `line` of a query's answer.
fn ask(store: &Store, sql: &str) -> Vec<String> {
    let lines: Result<Vec<Line>, StoreError> = match store.side() {
        Side::Postgres(database) => database.bare(|conn| Ok(sql_query(sql).load(conn)?)),
        Side::Sqlite(database) => database.bare(|conn| Ok(sql_query(sql).load(conn)?)),
    };
    lines.expect("a read").into_iter().map(|line| line.line).collect()
}

/// Each column as `table.column`, with `?` where it may be null.
fn columns(store: &Store) -> BTreeSet<String> {
    let sql = match store.side() {
        Side::Postgres(_) => {
            "SELECT table_name || '.' || column_name || CASE is_nullable WHEN 'YES' THEN '?' ELSE '' END AS line
             FROM information_schema.columns WHERE table_schema = 'public'"
        }
        Side::Sqlite(_) => {
            "SELECT m.name || '.' || p.name || iif(p.\"notnull\" OR p.pk, '', '?') AS line
             FROM sqlite_master m JOIN pragma_table_info(m.name) p WHERE m.type = 'table'"
        }
    };
    ask(store, sql).into_iter().filter(|line| !line.starts_with("__diesel")).collect()
}

/// The columns of each primary key, in order.
fn primary_keys(store: &Store) -> BTreeMap<String, Vec<String>> {
    let sql = match store.side() {
        Side::Postgres(_) => {
            "SELECT k.table_name || '.' || k.column_name AS line FROM information_schema.key_column_usage k
             JOIN information_schema.table_constraints c USING (constraint_schema, constraint_name)
             WHERE c.constraint_type = 'PRIMARY KEY' ORDER BY k.table_name, k.ordinal_position"
        }
        Side::Sqlite(_) => {
            "SELECT m.name || '.' || p.name AS line FROM sqlite_master m JOIN pragma_table_info(m.name) p
             WHERE m.type = 'table' AND p.pk > 0 ORDER BY m.name, p.pk"
        }
    };
    let mut keys = BTreeMap::<String, Vec<String>>::new();
    for line in ask(store, sql) {
        let (table, column) = line.split_once('.').expect("table.column");
        keys.entry(table.to_owned()).or_default().push(column.to_owned());
    }
    keys.remove("__diesel_schema_migrations");
    keys
}

/// The indexes that migrations name.
fn indexes(store: &Store) -> BTreeSet<String> {
    let sql = match store.side() {
        Side::Postgres(_) => "SELECT indexname::text AS line FROM pg_indexes WHERE schemaname = 'public'",
        Side::Sqlite(_) => "SELECT name AS line FROM sqlite_master WHERE type = 'index'",
    };
    let is_named = |line: &String| !line.ends_with("_pkey") && !line.starts_with("sqlite_");
    ask(store, sql).into_iter().filter(is_named).collect()
}

fn tenant_tables(store: &Store) -> Vec<String> {
    let tables = columns(store).into_iter().filter_map(|line| line.strip_suffix(".tenant_id").map(str::to_owned));
    tables.filter(|table| !REGISTRY.contains(&table.as_str())).collect()
}

#[test]
fn both_databases_have_the_same_tables_columns_keys_and_indexes() {
    on_postgres(|postgres| {
        on_sqlite(|sqlite| {
            assert_eq!(columns(postgres), columns(sqlite));
            assert_eq!(primary_keys(postgres), primary_keys(sqlite));
            assert_eq!(indexes(postgres), indexes(sqlite));
        });
    });
}

#[test]
fn every_key_of_a_tenant_table_begins_with_the_tenant() {
    each(|store| {
        let keys = primary_keys(store);
        let tables = tenant_tables(store);
        let known = "app_group app_role app_user audit authorization_code browser_session client_secret consent \
                     device_grant granted_permission initial_access_token link mail_template mail_token oauth_client \
                     oauth_client_secret password_history pushed_request refresh_family refusal revocation seen_proof \
                     sign_in_name signin_provider signing_key social_identity tenant_secret term token_activity \
                     trusted_issuer";
        assert_eq!(tables.join(" "), known);
        for table in &tables {
            assert_eq!(keys[table].first().map(String::as_str), Some("tenant_id"), "{table}");
        }
        let definitions = match store.side() {
            Side::Postgres(_) => "SELECT indexdef AS line FROM pg_indexes WHERE schemaname = 'public'",
            Side::Sqlite(_) => "SELECT sql AS line FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL",
        };
        for definition in ask(store, definitions) {
            if tables.iter().any(|table| definition.contains(&format!("{table} "))) {
                assert!(definition.contains("(tenant_id"), "{definition}");
            }
        }
    });
}

#[test]
fn every_tenant_table_is_under_forced_row_level_security() {
    on_postgres(|store| {
        let forced = "SELECT relname::text AS line FROM pg_class JOIN pg_policy ON polrelid = pg_class.oid
            WHERE relrowsecurity AND relforcerowsecurity AND polcmd = '*' ORDER BY relname";
        assert_eq!(ask(store, forced), tenant_tables(store));
    });
}

#[test]
fn pending_migrations_are_named_and_applied_once() {
    let check = |store: &Store| {
        assert_eq!(store.pending_migrations().expect("a read"), ALL);
        assert_eq!(store.migrate().expect("migrations apply"), ALL);
        assert_eq!(store.migrate().expect("nothing to do"), Vec::<String>::new());
        assert_eq!(store.pending_migrations().expect("a read"), Vec::<String>::new());
    };
    let folder = tempfile::tempdir().expect("a folder");
    check(&open(DatabaseUrl::Sqlite(folder.path().join("store.db"))));
    if let Some(scratch) = Scratch::create() {
        check(&scratch.open());
    }
}

#[test]
fn nodes_that_start_at_once_migrate_once() {
    let folder = tempfile::tempdir().expect("a folder");
    let scratch = Scratch::create();
    let urls = [Some(DatabaseUrl::Sqlite(folder.path().join("store.db"))), scratch.as_ref().map(Scratch::url)];
    for url in urls.into_iter().flatten() {
        let nodes: Vec<Store> = (0..4).map(|_| open(url.clone())).collect();
        let applied: usize = std::thread::scope(|scope| {
            let running: Vec<_> = nodes.iter().map(|node| scope.spawn(|| node.migrate())).collect();
            running.into_iter().map(|node| node.join().expect("a thread").expect("migrations apply").len()).sum()
        });
        assert_eq!(applied, ALL.len());
    }
}

/// Takes back the last `count` migrations.
fn take_back(store: &Store, count: usize) {
    let downs = match store.side() {
        Side::Postgres(_) => [
            ("0004", include_str!("../../../migrations/postgres/0004_oauth/down.sql")),
            ("0003", include_str!("../../../migrations/postgres/0003_sign_in_names/down.sql")),
            ("0002", include_str!("../../../migrations/postgres/0002_usergrid/down.sql")),
            ("0001", include_str!("../../../migrations/postgres/0001_foundation/down.sql")),
        ],
        Side::Sqlite(_) => [
            ("0004", include_str!("../../../migrations/sqlite/0004_oauth/down.sql")),
            ("0003", include_str!("../../../migrations/sqlite/0003_sign_in_names/down.sql")),
            ("0002", include_str!("../../../migrations/sqlite/0002_usergrid/down.sql")),
            ("0001", include_str!("../../../migrations/sqlite/0001_foundation/down.sql")),
        ],
    };
    for (version, down) in downs.iter().take(count) {
        tamper(store, TenantId::MANAGEMENT, down);
        let forget = format!("DELETE FROM __diesel_schema_migrations WHERE version = '{version}'");
        tamper(store, TenantId::MANAGEMENT, &forget);
    }
}

#[test]
fn of_two_who_bore_one_name_before_names_were_kept_the_first_keeps_it() {
    each(|store| {
        let (_, app) = a_tenant(store, "acme");
        let (_, other) = a_tenant(store, "other");
        let mut first = a_user(app, "jane@example.com", None);
        first.who.person.created = at(0);
        let second = a_user(app, "jane", None);
        let alone = a_user(other, "jane", Some("jane@example.com"));
        let admin = an_admin("ann", Some("ann@example.com"));
        let users = vec![first.clone(), second.clone(), alone.clone()];
        store.provision(&Provision { users, admins: vec![admin.clone()], ..Provision::default() }).expect("people");
        take_back(store, 2);
        let email = "email = 'Jane@example.com', email_key = 'jane@example.com'";
        tamper(store, app.into(), &format!("UPDATE app_user SET {email} WHERE username_key = 'jane'"));
        assert_eq!(store.migrate().expect("migrations apply"), ALL[2..]);

        let find = |app, text| store.find_user(app, &Identifier::parse(text)).expect("a read").map(|user| user.id);
        assert_eq!(find(app, "jane@example.com"), Some(second.who.id), "who signs in stays as it was");
        assert_eq!(held(store, app.into(), "jane@example.com"), [first.who.id.uuid()]);
        assert_eq!(held(store, other.into(), "jane@example.com"), [alone.who.id.uuid()]);
        assert_eq!(held(store, TenantId::MANAGEMENT, "ann@example.com"), [admin.who.id.uuid()]);

        // When the first gives it up, the other has it, and nobody else can.
        let mut renamed = first.who.clone();
        renamed.person.username = Username::parse("june").expect("a name");
        assert!(store.save_user(&renamed, renamed.person.modified, None, &Journal::default()).expect("a write"));
        assert_eq!(held(store, app.into(), "jane@example.com"), [second.who.id.uuid()]);
    });
}

/// Whose a name is.
fn held(store: &Store, tenant: TenantId, key: &str) -> Vec<Uuid> {
    use crate::store::columns::RowId;
    use crate::store::schema::sign_in_name;
    use diesel::prelude::*;
    let row = sign_in_name::table.find((RowId(tenant.uuid()), key)).select(sign_in_name::holder_id);
    let found: Result<Vec<RowId>, StoreError> = match store.side() {
        Side::Postgres(database) => database.write(tenant, |conn| Ok(row.load(conn)?)),
        Side::Sqlite(database) => database.read(Scope::Registry, |conn| Ok(row.load(conn)?)),
    };
    found.expect("a read").into_iter().map(|id| id.0).collect()
}

#[test]
fn users_who_were_there_before_search_terms_are_found_by_them() {
    each(|store| {
        let tenants = ["acme", "rival"].map(|org| a_tenant(store, org).1);
        let users: Vec<_> = tenants
            .iter()
            .flat_map(|app| (0..600).map(|number| a_user(*app, &format!("user{number}"), None)))
            .collect();
        store.provision(&Provision { users, ..Provision::default() }).expect("new users");
        take_back(store, 3);

        assert_eq!(store.migrate().expect("migrations apply"), ALL[1..]);
        for app in tenants {
            use Collection::{Roles, Users};
            for (collection, query, found) in [
                (Users, "name = 'a. person'", 600),
                (Users, "username contains 'user*'", 600),
                (Users, "deep = 1", 0),
                (Users, "π = 1234567890123", 600),
                (Roles, "name contains 'guest'", 1),
                (Roles, "title = 'guest'", 1),
            ] {
                let mut asked = Asked::parse(collection, query).expect("a query");
                asked.limit = 1000;
                let listing = Listing { asked, within: None, after: None };
                let page = store.list_entities(app, &listing).expect("a read").expect("a page");
                assert_eq!((query, page.ids.len()), (query, found));
            }
        }
    });
}

#[test]
fn migrations_can_be_taken_back() {
    each(|store| {
        take_back(store, ALL.len());
        assert_eq!(columns(store), BTreeSet::new());
    });
}
