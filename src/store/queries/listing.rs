//! Listing entities: a query becomes one bound statement, and one page of rows comes back.

mod columns;
mod filter;
mod order;
mod statement;

use diesel::deserialize::{FromSql, QueryableByName, Result as Deserialized};
use diesel::prelude::*;
use diesel::row::{Field, NamedRow};
use diesel::sql_types::{BigInt, Bool, Double, Text};

use self::columns::Columns;
use self::filter::{Filters, is_narrow, select_terms};
use self::order::SortKey;
use self::statement::{MarkKind, Statement};
use super::{Conn, IN_TIME, PLANS_ALONE};
use crate::domain::clock::Moment;
use crate::domain::id::AppId;
use crate::domain::link::LinkDirection;
use crate::domain::query::{Filter, Within};
use crate::store::columns::{Instant, RowId, Uid};
use crate::store::error::StoreError;
use crate::store::listing::{Listing, Mark, Page};

type Db = <Conn as Connection>::Backend;

/// One page; `None` when the marks to go on from are none of this list.
pub fn list(conn: &mut Conn, app: AppId, listing: &Listing) -> Result<Option<Page>, StoreError> {
    let Some(statement) = statement(app, listing) else { return Ok(None) };
    let mut rows: Vec<Row> = statement.load(conn)?;
    let limit = usize::try_from(listing.asked.limit).unwrap_or(usize::MAX);
    let is_more = rows.len() > limit;
    rows.truncate(limit);
    let end = rows.last().filter(|_| is_more).map(|row| row.marks.clone());
    Ok(Some(Page { ids: rows.into_iter().map(|row| row.id.0).collect(), end }))
}

/// The statement of one page, with one row more than wanted, which tells whether others follow.
pub fn statement(app: AppId, listing: &Listing) -> Option<Statement> {
    let asked = &listing.asked;
    let columns = Columns::of(asked.collection);
    let key = SortKey::new(&columns, &asked.query.order, asked.turn);
    let mut conditions = Conditions::new(listing);
    let mut statement = Statement::new(app, asked.collection);
    statement.code("SELECT e.id AS id");
    key.select(&mut statement);
    statement.code(" FROM ");
    let begins = conditions.begin(&mut statement, &columns);
    statement.code(columns.table);
    key.join(&mut statement);
    statement.code(" WHERE ").code(IN_TIME).code("e.tenant_id = ").tenant().code(if begins {
        " AND e.id = b.id"
    } else {
        ""
    });
    conditions.push(&mut statement, &columns);
    if let Some(marks) = &listing.after {
        statement.code(" AND ");
        key.after(&mut statement, marks)?;
    }
    key.order(&mut statement);
    statement.code(" LIMIT ").whole(i64::from(asked.limit) + 1);
    Some(statement)
}

/// All that an entity of the list has to meet.
struct Conditions<'a> {
    within: Option<&'a Within>,
    filters: Vec<&'a Filter>,
}

impl<'a> Conditions<'a> {
    fn new(listing: &'a Listing) -> Self {
        let mut filters = Vec::new();
        if let Some(filter) = &listing.asked.query.filter {
            split(filter, &mut filters);
        }
        Self { within: listing.within.as_ref(), filters }
    }

    /// Lets the list begin with the few that one condition names, where the database has to be told to: the links, or
    /// else a comparison that an index answers. They become `b`.
    fn begin(&mut self, statement: &mut Statement, columns: &Columns) -> bool {
        if PLANS_ALONE {
            return false;
        }
        if let Some(within) = self.within.take() {
            statement.code("(");
            select_links(statement, within);
        } else {
            let narrow = self.filters.iter().position(|filter| is_narrow(columns, filter));
            let Some(Filter::Compare { field, comparison, value }) = narrow.map(|at| self.filters.remove(at)) else {
                return false;
            };
            statement.code("(");
            select_terms(statement, "SELECT DISTINCT t.entity_id AS id", field, *comparison, value);
        }
        statement.code(") AS b CROSS JOIN ");
        true
    }

    fn push(&self, statement: &mut Statement, columns: &Columns) {
        for filter in &self.filters {
            statement.code(" AND ");
            Filters { columns }.push(statement, filter);
        }
        if let Some(within) = self.within {
            statement.code(" AND e.id IN (");
            select_links(statement, within);
            statement.code(")");
        }
    }
}

/// The filters that have to hold together.
fn split<'a>(filter: &'a Filter, into: &mut Vec<&'a Filter>) {
    match filter {
        Filter::And(left, right) => {
            split(left, into);
            split(right, into);
        }
        other => into.push(other),
    }
}

fn select_links(statement: &mut Statement, within: &Within) {
    let (listed, end) = match within.direction {
        LinkDirection::Outgoing => ("SELECT l.to_id AS id", " AND l.from_id = "),
        LinkDirection::Incoming => ("SELECT l.from_id AS id", " AND l.to_id = "),
    };
    statement.code(listed).code(" FROM link AS l WHERE ").code(IN_TIME).code("l.tenant_id = ").tenant();
    statement.code(" AND l.kind = ").text(within.kind.as_str()).code(end).id(within.end);
}

/// An id and the sort key at which it stands.
struct Row {
    id: RowId,
    marks: Vec<Mark>,
}

impl QueryableByName<Db> for Row {
    fn build<'a>(row: &impl NamedRow<'a, Db>) -> Deserialized<Self> {
        let mut marks = Vec::new();
        for index in 1..row.field_count() {
            let field = diesel::row::RowIndex::idx(row, index).and_then(|index| diesel::row::Row::get(row, index));
            let field = field.ok_or("a column is missing")?;
            let kind = field.field_name().and_then(MarkKind::of).ok_or("a column has no kind")?;
            let value = field.value();
            marks.push(match kind {
                MarkKind::Id => Mark::Id(<RowId as FromSql<Uid, Db>>::from_nullable_sql(value)?.0),
                MarkKind::Text => Mark::Text(<String as FromSql<Text, Db>>::from_nullable_sql(value)?),
                MarkKind::Flag => Mark::Flag(<bool as FromSql<Bool, Db>>::from_nullable_sql(value)?),
                MarkKind::Whole => Mark::Whole(<i64 as FromSql<BigInt, Db>>::from_nullable_sql(value)?),
                MarkKind::Moment => Mark::Moment(<Moment as FromSql<Instant, Db>>::from_nullable_sql(value)?.micros()),
                MarkKind::Number => Mark::Number(<f64 as FromSql<Double, Db>>::from_nullable_sql(value)?.to_bits()),
            });
        }
        Ok(Self { id: NamedRow::get::<Uid, RowId>(row, "id")?, marks })
    }
}
