//! The rows of search terms: what users, groups and roles are found and sorted by, beside their own columns.

use diesel::prelude::*;
use serde_json::{Map, Value};
use uuid::Uuid;

use super::Conn;
use crate::domain::id::AppId;
use crate::domain::query::Collection;
use crate::domain::term::{Content, Term, terms_of};
use crate::store::columns::RowId;
use crate::store::error::StoreError;
use crate::store::schema::term;

/// As many rows as one statement takes; SQLite bounds the number of values in one.
const BATCH: usize = 64;
/// The same for many entities, whose statements are long and few.
const ROWS_A_STATEMENT: usize = 1_000;

// Nulls are written as nulls: a default would make SQLite take the rows one by one.
#[derive(Insertable)]
#[diesel(table_name = term, treat_none_as_default_value = false)]
struct Row {
    tenant_id: RowId,
    collection: &'static str,
    field: String,
    entity_id: RowId,
    ordinal: i64,
    kind: &'static str,
    number: Option<f64>,
    text_key: Option<String>,
    words: Option<String>,
}

impl Row {
    fn new(tenant: AppId, collection: Collection, id: Uuid, term: Term) -> Self {
        let (kind, number, text) = match term.content {
            // Their kind says it all: the index of numbers then holds numbers alone.
            Content::Flag(flag) => (if flag { "true" } else { "false" }, None, None),
            Content::Number(number) => ("number", Some(number), None),
            Content::Text { key, words } => ("text", None, Some((key, words))),
        };
        let (text_key, words) = text.unzip();
        Self {
            tenant_id: RowId(tenant.uuid()),
            collection: collection.as_str(),
            field: term.field,
            entity_id: RowId(id),
            ordinal: term.ordinal,
            kind,
            number,
            text_key,
            words,
        }
    }
}

/// Makes the entity found by what it is now: `entity` holds every text that it is found by, those with columns of their
/// own too, and its properties. To be called in the transaction that writes the entity.
pub fn replace(
    conn: &mut Conn,
    tenant: AppId,
    collection: Collection,
    id: Uuid,
    entity: &Map<String, Value>,
) -> Result<(), StoreError> {
    remove(conn, tenant, collection, id)?;
    insert(conn, tenant, collection, id, entity)
}

/// As [`replace`], for an entity that is new and has no terms yet.
pub fn insert(
    conn: &mut Conn,
    tenant: AppId,
    collection: Collection,
    id: Uuid,
    entity: &Map<String, Value>,
) -> Result<(), StoreError> {
    let mut rows = terms_of(entity).into_iter().map(|term| Row::new(tenant, collection, id, term));
    loop {
        let batch: Vec<Row> = rows.by_ref().take(BATCH).collect();
        if batch.is_empty() {
            return Ok(());
        }
        diesel::insert_into(term::table).values(batch).execute(conn)?;
    }
}

/// Makes the entity found by nothing. To be called in the transaction that removes the entity.
pub fn remove(conn: &mut Conn, tenant: AppId, collection: Collection, id: Uuid) -> Result<(), StoreError> {
    let terms = term::table
        .filter(term::tenant_id.eq(RowId(tenant.uuid())))
        .filter(term::collection.eq(collection.as_str()))
        .filter(term::entity_id.eq(RowId(id)));
    diesel::delete(terms).execute(conn)?;
    Ok(())
}

/// The terms of many new entities at once.
pub fn insert_all<'a>(
    conn: &mut Conn,
    tenant: AppId,
    collection: Collection,
    entities: impl Iterator<Item = (Uuid, &'a [Term])>,
) -> Result<(), StoreError> {
    let mut rows =
        entities.flat_map(|(id, terms)| terms.iter().map(move |term| Row::new(tenant, collection, id, term.clone())));
    loop {
        let batch: Vec<Row> = rows.by_ref().take(ROWS_A_STATEMENT).collect();
        if batch.is_empty() {
            return Ok(());
        }
        diesel::insert_into(term::table).values(batch).execute(conn)?;
    }
}
