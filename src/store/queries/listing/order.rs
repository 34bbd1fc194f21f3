//! The sort key of a list: what to sort by, and how to go on behind the entity where a page ended. The place is found
//! by comparing keys, never by counting, so that page N costs what page 1 costs, and rows that come or go between two
//! pages neither repeat nor hide others.

use super::columns::{Columns, Holds, Own};
use super::statement::{MarkKind, Statement};
use crate::domain::query::{Direction, MAX_ORDER, Order, Turn};
use crate::store::listing::Mark;

/// One column of the key. Its values are never null, so that all of them compare.
struct Part {
    code: &'static str,
    kind: MarkKind,
    direction: Direction,
}

/// A field that is sorted by its terms: the first value that the entity has.
struct Joined {
    slot: &'static Slot,
    field: String,
}

/// The names of one joined field's columns.
struct Slot {
    join: [&'static str; 4],
    missing: &'static str,
    rank: &'static str,
    number: &'static str,
    text: &'static str,
}

/// The SQL of one slot.
macro_rules! slot {
    ($o:literal) => {
        Slot {
            join: [
                concat!(" LEFT JOIN term AS ", $o, " ON ", $o, ".tenant_id = "),
                concat!(" AND ", $o, ".collection = "),
                concat!(" AND ", $o, ".field = "),
                concat!(" AND ", $o, ".entity_id = e.id AND ", $o, ".ordinal = 0"),
            ],
            missing: concat!("(", $o, ".kind IS NULL)"),
            rank: concat!(
                "CAST(CASE ",
                $o,
                ".kind WHEN 'false' THEN 1 WHEN 'true' THEN 2 WHEN 'number' THEN 3 WHEN 'text' THEN 4 ELSE 0 END AS bigint)"
            ),
            number: concat!("coalesce(", $o, ".number, 0.0)"),
            text: concat!("coalesce(", $o, ".text_key, '')"),
        }
    };
}

/// One for each field that a query may be ordered by.
static SLOTS: [Slot; MAX_ORDER] = [slot!("o0"), slot!("o1"), slot!("o2"), slot!("o3")];

/// What a list is sorted by.
pub struct SortKey {
    parts: Vec<Part>,
    joined: Vec<Joined>,
}

impl SortKey {
    /// The key of an order; without one the newest come first.
    pub fn new(columns: &Columns, orders: &[Order], turn: Turn) -> Self {
        let turned = |direction: Direction| match turn {
            Turn::AsOrdered => direction,
            Turn::Reversed => direction.turned(),
        };
        let mut key = Self { parts: Vec::new(), joined: Vec::new() };
        let mut direction = turned(Direction::Descending);
        if orders.is_empty() {
            key.push(&Columns::created(), direction);
        }
        for (order, slot) in orders.iter().zip(&SLOTS) {
            direction = turned(order.direction);
            match columns.find(&order.field) {
                Some(own) => {
                    key.push(&own, direction);
                    if matches!(own.holds, Holds::Id | Holds::Name) {
                        // Nothing sorts alike any more, and an index serves the whole order.
                        return key;
                    }
                }
                None => key.push_terms(slot, order.field.key(), direction),
            }
        }
        key.push(&Columns::id(), direction);
        key
    }

    fn part(&mut self, code: &'static str, kind: MarkKind, direction: Direction) {
        self.parts.push(Part { code, kind, direction });
    }

    fn push(&mut self, own: &Own, direction: Direction) {
        match own.holds {
            Holds::Id => self.part(own.code, MarkKind::Id, direction),
            Holds::Name => self.part(own.code, MarkKind::Text, direction),
            Holds::MaybeName => {
                self.part("(e.email_key IS NULL)", MarkKind::Flag, Direction::Ascending);
                self.part("coalesce(e.email_key, '')", MarkKind::Text, direction);
            }
            Holds::Moment => self.part(own.code, MarkKind::Moment, direction),
            Holds::Flag => self.part(own.code, MarkKind::Flag, direction),
            Holds::Whole => self.part(own.code, MarkKind::Whole, direction),
            // What is the same for all puts nobody before another.
            Holds::Constant(_) => {}
        }
    }

    fn push_terms(&mut self, slot: &'static Slot, field: String, direction: Direction) {
        self.part(slot.missing, MarkKind::Flag, Direction::Ascending);
        self.part(slot.rank, MarkKind::Whole, direction);
        self.part(slot.number, MarkKind::Number, direction);
        self.part(slot.text, MarkKind::Text, direction);
        self.joined.push(Joined { slot, field });
    }

    /// The key's columns, to be read as marks.
    pub fn select(&self, statement: &mut Statement) {
        for (position, part) in self.parts.iter().enumerate() {
            statement.code(", ").code(part.code).code(" AS ").alias(part.kind, position);
        }
    }

    /// The terms that the key is made of.
    pub fn join(&self, statement: &mut Statement) {
        for Joined { slot, field } in &self.joined {
            let [tenant, collection, name, rest] = slot.join;
            statement.code(tenant).tenant().code(collection).collection().code(name).text(field).code(rest);
        }
    }

    pub fn order(&self, statement: &mut Statement) {
        for (position, part) in self.parts.iter().enumerate() {
            statement.code(if position == 0 { " ORDER BY " } else { ", " }).code(part.code).code(
                match part.direction {
                    Direction::Ascending => "",
                    Direction::Descending => " DESC",
                },
            );
        }
    }

    /// What comes behind the marks; `None` when they are none of this key.
    pub fn after(&self, statement: &mut Statement, marks: &[Mark]) -> Option<()> {
        if marks.len() != self.parts.len() {
            return None;
        }
        let (first, others) = self.parts.split_first()?;
        if others.iter().all(|part| part.direction == first.direction) {
            self.behind_row(statement, marks, first.direction)
        } else {
            behind(statement, &self.parts, marks)
        }
    }

    /// `(a, b) > (x, y)`: a comparison of rows, which indexes serve.
    fn behind_row(&self, statement: &mut Statement, marks: &[Mark], direction: Direction) -> Option<()> {
        statement.code("(");
        for (position, part) in self.parts.iter().enumerate() {
            statement.code(if position == 0 { "" } else { ", " }).code(part.code);
        }
        statement.code(")").code(sign(direction)).code("(");
        for (position, (part, mark)) in self.parts.iter().zip(marks).enumerate() {
            statement.code(if position == 0 { "" } else { ", " }).mark(part.kind, mark)?;
        }
        statement.code(")");
        Some(())
    }
}

/// `(a > x OR (a = x AND ..))`, where the columns do not all run the same way.
fn behind(statement: &mut Statement, parts: &[Part], marks: &[Mark]) -> Option<()> {
    let ((part, parts), (mark, marks)) = (parts.split_first()?, marks.split_first()?);
    statement.code("(").code(part.code).code(sign(part.direction)).mark(part.kind, mark)?;
    if !parts.is_empty() {
        statement.code(" OR (").code(part.code).code(" = ").mark(part.kind, mark)?.code(" AND ");
        behind(statement, parts, marks)?;
        statement.code(")");
    }
    statement.code(")");
    Some(())
}

fn sign(direction: Direction) -> &'static str {
    match direction {
        Direction::Ascending => " > ",
        Direction::Descending => " < ",
    }
}
