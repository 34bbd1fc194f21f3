//! Which index serves which list. A list that scans a large tenant for every page would pass every other test.

use diesel::deserialize::{QueryableByName, Result as Deserialized};
use diesel::pg::Pg;
use diesel::row::NamedRow;
use diesel::sql_types::Text;
use diesel::sqlite::Sqlite;

use super::*;
use crate::store::side::Side;
use crate::store::{postgres, sqlite};

/// One line of a plan: `detail` on SQLite, the only column on PostgreSQL.
struct Line(String);

impl QueryableByName<Sqlite> for Line {
    fn build<'a>(row: &impl NamedRow<'a, Sqlite>) -> Deserialized<Self> {
        NamedRow::get::<Text, String>(row, "detail").map(Self)
    }
}

impl QueryableByName<Pg> for Line {
    fn build<'a>(row: &impl NamedRow<'a, Pg>) -> Deserialized<Self> {
        NamedRow::get::<Text, String>(row, "QUERY PLAN").map(Self)
    }
}

/// How the database means to answer.
fn plan(store: &Store, app: AppId, listing: &Listing) -> String {
    use diesel::RunQueryDsl;
    let lines: Vec<Line> = match store.side() {
        Side::Sqlite(database) => database.read(Scope::Registry, |conn| {
            let statement = sqlite::queries::listing::statement(app, listing).expect("marks of this list");
            Ok(statement.explained("EXPLAIN QUERY PLAN ").load(conn)?)
        }),
        Side::Postgres(database) => database.write(app.into(), |conn| {
            // A few hundred rows are read whole in no time; what is asked is whether an index could serve at all.
            conn.batch_execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_sort = off")?;
            let statement = postgres::queries::listing::statement(app, listing).expect("marks of this list");
            Ok(statement.explained("EXPLAIN ").load(conn)?)
        }),
    }
    .expect("a plan");
    lines.into_iter().map(|Line(line)| line + "\n").collect()
}

/// The statement's text.
fn statement_of(store: &Store, app: AppId, listing: &Listing) -> String {
    match store.side() {
        Side::Sqlite(_) => {
            let statement = sqlite::queries::listing::statement(app, listing).expect("marks of this list");
            diesel::debug_query::<Sqlite, _>(&statement).to_string()
        }
        Side::Postgres(_) => {
            let statement = postgres::queries::listing::statement(app, listing).expect("marks of this list");
            diesel::debug_query::<Pg, _>(&statement).to_string()
        }
    }
}

fn with_people(store: &Store) -> AppId {
    let (_, app) = a_tenant(store, "acme");
    let users = some_users().into_iter().enumerate().map(|(number, person)| made::user(app, number, person)).collect();
    store.provision(&Provision { users, ..Provision::default() }).expect("new users");
    app
}

fn listing(store: &Store, app: AppId, text: &str, is_later: bool) -> Listing {
    let mut asked = Asked::parse(Collection::Users, text).expect("a query");
    asked.limit = 1;
    let after = is_later.then(|| page(store, app, &asked, None, None).end).flatten();
    assert_eq!(after.is_some(), is_later, "{text}");
    Listing { asked, within: None, after }
}

#[test]
fn first_and_later_pages_are_served_by_an_index_that_begins_with_the_tenant() {
    each(|store| {
        let app = with_people(store);
        for (text, index) in [
            ("", "app_user_created"),
            ("disabled = true", "app_user_created"),
            ("order by created", "app_user_created"),
            ("order by username", "app_user_username"),
            ("order by username desc", "app_user_username"),
        ] {
            for is_later in [false, true] {
                let plan = plan(store, app, &listing(store, app, text, is_later));
                assert!(plan.contains(index), "{text} {is_later}: {plan}");
                for slow in ["SCAN", "Seq Scan", "Sort", "TEMP B-TREE"] {
                    assert!(!plan.contains(slow), "{text} {is_later}: {plan}");
                }
                let (on_sqlite, on_postgres) = ("(tenant_id=?", "Index Cond: (tenant_id = ");
                let on_postgres_rows = "Index Cond: ((tenant_id = ";
                let is_led = [on_sqlite, on_postgres, on_postgres_rows].iter().any(|led| plan.contains(led));
                assert!(is_led, "{text} {is_later}: {plan}");
            }
        }
    });
}

#[test]
fn every_part_of_a_list_that_reads_row_by_row_asks_whether_there_is_time() {
    on_sqlite(|store| {
        let app = with_people(store);
        for text in [
            "",
            "city contains 'a*' and name = '*b*'",
            "age > 1 or not city = '*a'",
            "location within 1000 of 1, 2 and city = 'ann'",
            "select * where username = '*a' order by city",
        ] {
            let sql = statement_of(store, app, &listing(store, app, text, false));
            assert_eq!(sql.matches(" WHERE ").count(), sql.matches(" WHERE list_in_time() AND ").count(), "{sql}");
        }
    });
}

#[test]
fn words_of_a_name_are_looked_up_among_the_terms_once_and_not_row_by_row() {
    each(|store| {
        let app = with_people(store);
        for text in ["username contains 'a* b'", "not email contains 'a*'", "name contains 'a*'"] {
            let plan = plan(store, app, &listing(store, app, text, false));
            let is_among_terms = plan.contains("SEARCH t USING") || plan.contains(" on term t");
            assert!(is_among_terms && !plan.contains("CORRELATED"), "{text}: {plan}");
            let sql = statement_of(store, app, &listing(store, app, text, false));
            assert!(!sql.contains("replace("), "{text}: {sql}");
        }
    });
}

#[test]
fn equality_and_prefixes_of_properties_are_ranges_of_an_index() {
    each(|store| {
        let app = with_people(store);
        for (text, index, ranges) in [
            ("city = 'ann'", "term_text", "field=? AND text_key=?"),
            ("city = 'ann*'", "term_text", "field=? AND text_key>? AND text_key<?"),
            ("city = 'a*n'", "term_text", "field=? AND text_key>? AND text_key<?"),
            ("age = 1", "term_number", "field=? AND number=?"),
            ("age > 1", "term_number", "field=? AND number>?"),
            ("username = 'ann'", "app_user_username", "username_key=?"),
            ("username = 'user*'", "app_user_username", "username_key>? AND username_key<?"),
            ("email = 'ann@x.test'", "app_user_email", "email_key=?"),
        ] {
            // SQLite scans the ids that the index found, which is no scan of a table.
            let plan = plan(store, app, &listing(store, app, text, false)).replace("SCAN b\n", "");
            assert!(!plan.contains("SCAN") && !plan.contains("Seq Scan"), "{text}: {plan}");
            // PostgreSQL chooses among its indexes by how many rows it thinks there are; SQLite by their form alone.
            if matches!(store.side(), Side::Sqlite(_)) {
                assert!(plan.contains(index) && plan.contains(ranges), "{text}: {plan}");
            }
        }
    });
}
