//! A statement made of SQL that this source holds and of bound values. No value can become SQL: code is `'static`.

use diesel::prelude::*;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::sql_types::{BigInt, Bool, Double, Text, Untyped};
use uuid::Uuid;

use super::super::Conn;
use super::Db;
use crate::domain::clock::Moment;
use crate::domain::id::AppId;
use crate::domain::query::Collection;
use crate::store::columns::{Instant, RowId, Uid};
use crate::store::listing::Mark;

/// A statement on the entities of one collection of one tenant.
pub struct Statement {
    tenant: AppId,
    collection: Collection,
    pieces: Vec<Piece>,
}

enum Piece {
    Code(&'static str),
    /// The name of a column of the sort key, by kind and position.
    Alias(MarkKind, usize),
    Id(RowId),
    Text(String),
    Number(f64),
    Flag(bool),
    Whole(i64),
    Moment(Moment),
}

/// What a column of the sort key holds; its name begins with the letter of its kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MarkKind {
    Id,
    Text,
    Flag,
    Whole,
    Moment,
    Number,
}

impl MarkKind {
    const ALL: [(Self, &'static str); 6] = [
        (Self::Id, "i"),
        (Self::Text, "t"),
        (Self::Flag, "f"),
        (Self::Whole, "w"),
        (Self::Moment, "m"),
        (Self::Number, "n"),
    ];

    /// The kind of the column of this name.
    pub fn of(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|(_, letter)| name.starts_with(letter)).map(|(kind, _)| kind)
    }

    fn letter(self) -> &'static str {
        Self::ALL.into_iter().find(|(kind, _)| *kind == self).map_or("", |(_, letter)| letter)
    }
}

impl Statement {
    /// An empty statement.
    pub fn new(tenant: AppId, collection: Collection) -> Self {
        Self { tenant, collection, pieces: Vec::new() }
    }

    /// The same statement behind the words that ask for its plan.
    #[cfg(test)]
    pub fn explained(mut self, explain: &'static str) -> Self {
        self.pieces.insert(0, Piece::Code(explain));
        self
    }

    fn push(&mut self, piece: Piece) -> &mut Self {
        self.pieces.push(piece);
        self
    }

    pub fn code(&mut self, code: &'static str) -> &mut Self {
        self.push(Piece::Code(code))
    }

    pub fn alias(&mut self, kind: MarkKind, position: usize) -> &mut Self {
        self.push(Piece::Alias(kind, position))
    }

    /// The tenant whose statement this is, and no other.
    pub fn tenant(&mut self) -> &mut Self {
        self.id(self.tenant.uuid())
    }

    pub fn collection(&mut self) -> &mut Self {
        self.text(self.collection.as_str())
    }

    pub fn id(&mut self, id: Uuid) -> &mut Self {
        self.push(Piece::Id(RowId(id)))
    }

    pub fn text(&mut self, text: impl Into<String>) -> &mut Self {
        self.push(Piece::Text(text.into()))
    }

    pub fn number(&mut self, number: f64) -> &mut Self {
        self.push(Piece::Number(number))
    }

    pub fn flag(&mut self, flag: bool) -> &mut Self {
        self.push(Piece::Flag(flag))
    }

    pub fn whole(&mut self, whole: i64) -> &mut Self {
        self.push(Piece::Whole(whole))
    }

    pub fn moment(&mut self, moment: Moment) -> &mut Self {
        self.push(Piece::Moment(moment))
    }

    /// Binds a mark; `None` when it is not of the kind.
    pub fn mark(&mut self, kind: MarkKind, mark: &Mark) -> Option<&mut Self> {
        Some(match (kind, mark) {
            (MarkKind::Id, Mark::Id(id)) => self.id(*id),
            (MarkKind::Text, Mark::Text(text)) => self.text(text),
            (MarkKind::Flag, Mark::Flag(flag)) => self.flag(*flag),
            (MarkKind::Whole, Mark::Whole(whole)) => self.whole(*whole),
            (MarkKind::Moment, Mark::Moment(micros)) => self.moment(Moment::from_micros(*micros)),
            (MarkKind::Number, Mark::Number(bits)) => self.number(f64::from_bits(*bits)),
            _ => return None,
        })
    }
}

impl QueryFragment<Db> for Statement {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Db>) -> QueryResult<()> {
        // There are as many statements as callers think of: kept ones would fill the memory of every connection.
        out.unsafe_to_cache_prepared();
        for piece in &self.pieces {
            match piece {
                Piece::Code(code) => out.push_sql(code),
                Piece::Alias(kind, position) => out.push_sql(&format!("{}{position}", kind.letter())),
                Piece::Id(id) => out.push_bind_param::<Uid, _>(id)?,
                Piece::Text(text) => out.push_bind_param::<Text, _>(text)?,
                Piece::Number(number) => out.push_bind_param::<Double, _>(number)?,
                Piece::Flag(flag) => out.push_bind_param::<Bool, _>(flag)?,
                Piece::Whole(whole) => out.push_bind_param::<BigInt, _>(whole)?,
                Piece::Moment(moment) => out.push_bind_param::<Instant, _>(moment)?,
            }
        }
        Ok(())
    }
}

impl QueryId for Statement {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl Query for Statement {
    type SqlType = Untyped;
}

impl RunQueryDsl<Conn> for Statement {}
