//! The condition of a list. Every piece of it is true or false and never null, so that `not` means what it says.
//! Values of another kind than the field's never match; that is no error (Usergrid).

use super::super::IN_TIME;
use super::columns::{Columns, Holds, Own};
use super::statement::Statement;
use crate::domain::clock::Moment;
use crate::domain::query::{Circle, Comparison, Field, Filter, Value};
use crate::domain::term::{
    Cap, Pattern, Word, after_prefix, has_words, place_fields, text_key, wanted_words, whole_key, words_of,
};
use uuid::Uuid;
use uuid::fmt::Hyphenated;

/// What filters are made of for one collection.
pub struct Filters<'a> {
    pub columns: &'a Columns,
}

/// Never true, on either database.
const NEVER: &str = "1 = 0";
/// Always true.
const ALWAYS: &str = "1 = 1";
/// `LIKE` takes this character before one that means itself.
const ESCAPE: char = '!';

impl Filters<'_> {
    /// Adds the condition, in parentheses.
    pub fn push(&self, statement: &mut Statement, filter: &Filter) {
        statement.code("(");
        match filter {
            Filter::And(left, right) => {
                self.push(statement, left);
                statement.code(" AND ");
                self.push(statement, right);
            }
            Filter::Or(left, right) => {
                self.push(statement, left);
                statement.code(" OR ");
                self.push(statement, right);
            }
            Filter::Not(filter) => {
                statement.code("NOT ");
                self.push(statement, filter);
            }
            Filter::Compare { field, comparison, value } => match self.columns.find(field) {
                Some(own) => own_compares(statement, own, *comparison, value),
                None => term_compares(statement, field, *comparison, value),
            },
            Filter::Contains { field, text } => self.contains(statement, field, text),
            Filter::Within { field, circle } => within(statement, field, *circle),
        }
        statement.code(")");
    }

    /// Names have columns of their own, and their words stand among the terms as those of every other text do.
    fn contains(&self, statement: &mut Statement, field: &Field, text: &str) {
        let words = wanted_words(text);
        match self.columns.find(field).map(|own| own.holds) {
            _ if words.is_empty() => statement.code(NEVER),
            None | Some(Holds::Name | Holds::MaybeName) => {
                statement.code("e.id IN (SELECT t.entity_id");
                of_field(statement, &field.key());
                for (position, word) in words.iter().enumerate() {
                    statement.code(if position == 0 { "t.words" } else { " AND t.words" });
                    like_word(statement, word);
                }
                statement.code(")")
            }
            Some(Holds::Constant(constant)) => statement.code(decided(has_words(&words_of(constant), &words))),
            Some(_) => statement.code(NEVER),
        };
    }
}

/// ` LIKE '% word %'`
fn like_word(statement: &mut Statement, word: &Word) {
    let pattern = match word {
        Word::Whole(word) => format!("% {} %", escaped(word)),
        Word::Beginning(word) => format!("% {}%", escaped(word)),
    };
    statement.code(" LIKE ").text(pattern).code(" ESCAPE '!'");
}

/// A condition that needs no row.
fn decided(is_met: bool) -> &'static str {
    if is_met { ALWAYS } else { NEVER }
}

/// Whether a text that is the same for all compares so.
fn constant_compares(constant: &str, comparison: Comparison, value: &Value) -> bool {
    let operand = match value {
        Value::Text(text) => text.clone(),
        Value::Id(id) => id.to_string(),
        Value::Number(_) | Value::Flag(_) => return false,
    };
    if let Some(pattern) = Pattern::parse(&operand).filter(|_| comparison == Comparison::Equal) {
        return pattern.is_met_by(constant);
    }
    let operand = whole_key(&operand);
    match comparison {
        Comparison::Equal => constant == operand,
        Comparison::Less => constant < operand.as_str(),
        Comparison::LessOrEqual => constant <= operand.as_str(),
        Comparison::Greater => constant > operand.as_str(),
        Comparison::GreaterOrEqual => constant >= operand.as_str(),
    }
}

fn own_compares(statement: &mut Statement, own: Own, comparison: Comparison, value: &Value) {
    match (own.holds, value) {
        (Holds::Constant(constant), value) => {
            statement.code(decided(constant_compares(constant, comparison, value)));
        }
        (Holds::Id, value) => match id_of(value) {
            Some(id) => {
                statement.code(own.code).code(sign(comparison)).id(id);
            }
            None => {
                statement.code(NEVER);
            }
        },
        (Holds::Name | Holds::MaybeName, Value::Text(text)) => {
            statement.code(own.code).code(" IS NOT NULL AND ");
            compare_text(statement, own.code, comparison, text, whole_key);
        }
        (Holds::Name | Holds::MaybeName, Value::Id(id)) => {
            statement.code(own.code).code(" IS NOT NULL AND ");
            compare_text(statement, own.code, comparison, &id.to_string(), whole_key);
        }
        (Holds::Moment, Value::Number(millis)) => compare_moment(statement, own, comparison, *millis),
        (Holds::Flag, Value::Flag(flag)) => {
            statement.code(own.code).code(sign(comparison)).flag(*flag);
        }
        (Holds::Whole, Value::Number(number)) => {
            statement.code(own.code).code(sign(comparison)).number(*number);
        }
        _ => {
            statement.code(NEVER);
        }
    }
}

/// A UUID, bare or in a string.
fn id_of(value: &Value) -> Option<Uuid> {
    match value {
        Value::Id(id) => Some(*id),
        Value::Text(text) => Uuid::try_parse(text.trim()).ok().filter(|_| text.trim().len() == Hyphenated::LENGTH),
        Value::Number(_) | Value::Flag(_) => None,
    }
}

/// Moments are kept to the microsecond and compared as whole milliseconds, which is what clients see.
fn compare_moment(statement: &mut Statement, own: Own, comparison: Comparison, millis: f64) {
    let (floor, ceiling) = (moment(millis.floor()), moment(millis.ceil()));
    let next = moment(millis.floor() + 1.0);
    match comparison {
        Comparison::Equal if floor == ceiling => {
            statement.code(own.code).code(" >= ").moment(floor);
            statement.code(" AND ").code(own.code).code(" < ").moment(next)
        }
        Comparison::Equal => statement.code(NEVER),
        Comparison::Less => statement.code(own.code).code(" < ").moment(ceiling),
        Comparison::GreaterOrEqual => statement.code(own.code).code(" >= ").moment(ceiling),
        Comparison::LessOrEqual => statement.code(own.code).code(" < ").moment(next),
        Comparison::Greater => statement.code(own.code).code(" >= ").moment(next),
    };
}

/// The moment of a whole number of milliseconds, held within the years that both databases keep.
fn moment(millis: f64) -> Moment {
    const YEAR_10000: f64 = 253_402_300_800_000.0;
    // The digits of a whole float are those of an integer; there is no conversion that needs no cast.
    Moment::from_millis(format!("{:.0}", millis.clamp(0.0, YEAR_10000)).parse().unwrap_or_default())
}

fn term_compares(statement: &mut Statement, field: &Field, comparison: Comparison, value: &Value) {
    statement.code("e.id IN (");
    select_terms(statement, "SELECT t.entity_id", field, comparison, value);
    statement.code(")");
}

/// Whether a list may begin with the entities of this comparison: an index names them and no others.
pub fn is_narrow(columns: &Columns, filter: &Filter) -> bool {
    let Filter::Compare { field, comparison: Comparison::Equal, value } = filter else { return false };
    let is_start = match value {
        Value::Flag(_) => false,
        Value::Number(_) | Value::Id(_) => true,
        Value::Text(text) => Pattern::parse(text).is_none_or(|pattern| !pattern.start.is_empty()),
    };
    is_start && columns.find(field).is_none()
}

/// A subquery for the entities with a term that compares so; `head` says what it selects.
pub fn select_terms(
    statement: &mut Statement,
    head: &'static str,
    field: &Field,
    comparison: Comparison,
    value: &Value,
) {
    statement.code(head);
    of_field(statement, &field.key());
    match value {
        Value::Number(number) => {
            statement.code("t.number").code(sign(comparison)).number(*number);
        }
        Value::Flag(flag) => flag_kind(statement, comparison, *flag),
        Value::Id(id) => compare_text(statement, "t.text_key", comparison, &id.to_string(), text_key),
        Value::Text(text) => compare_text(statement, "t.text_key", comparison, text, text_key),
    }
}

/// Flags are kinds of their own, and false comes before true.
fn flag_kind(statement: &mut Statement, comparison: Comparison, flag: bool) {
    let holds = |own: bool| match comparison {
        Comparison::Equal => own == flag,
        Comparison::Less => !own & flag,
        Comparison::LessOrEqual => own <= flag,
        Comparison::Greater => own & !flag,
        Comparison::GreaterOrEqual => own >= flag,
    };
    statement.code(match (holds(false), holds(true)) {
        (false, false) => NEVER,
        (true, false) => "t.kind = 'false'",
        (false, true) => "t.kind = 'true'",
        (true, true) => "t.kind IN ('false', 'true')",
    });
}

/// The terms of one field.
fn of_field(statement: &mut Statement, field: &str) {
    statement.code(" FROM term AS t WHERE ").code(IN_TIME).code("t.tenant_id = ").tenant();
    statement.code(" AND t.collection = ").collection().code(" AND t.field = ").text(field).code(" AND ");
}

fn compare_text(
    statement: &mut Statement,
    column: &'static str,
    comparison: Comparison,
    text: &str,
    key: impl Fn(&str) -> String,
) {
    match Pattern::parse(text).filter(|_| comparison == Comparison::Equal) {
        Some(pattern) => like(statement, column, &pattern),
        None => {
            statement.code(column).code(sign(comparison)).text(key(text));
        }
    }
}

/// A pattern is a range of keys first, so that an index serves its beginning.
fn like(statement: &mut Statement, column: &'static str, pattern: &Pattern) {
    statement.code(column).code(" >= ").text(pattern.start.as_str());
    if let Some(end) = after_prefix(&pattern.start) {
        statement.code(" AND ").code(column).code(" < ").text(end);
    }
    if !pattern.is_prefix() {
        let parts: Vec<String> =
            std::iter::once(&pattern.start).chain(&pattern.rest).map(|part| escaped(part)).collect();
        statement.code(" AND ").code(column).code(" LIKE ").text(parts.join("%")).code(" ESCAPE '!'");
    }
}

fn escaped(text: &str) -> String {
    let escape = |c: char| [Some(ESCAPE).filter(|_| matches!(c, '%' | '_' | ESCAPE)), Some(c)];
    text.chars().flat_map(escape).flatten().collect()
}

/// The place lies on the cap: the square of the chord is no longer than it may be.
fn within(statement: &mut Statement, field: &Field, circle: Circle) {
    const JOINS: [&str; 2] = [
        " INNER JOIN term AS y ON y.tenant_id = x.tenant_id AND y.collection = x.collection \
         AND y.entity_id = x.entity_id AND y.ordinal = x.ordinal",
        " INNER JOIN term AS z ON z.tenant_id = x.tenant_id AND z.collection = x.collection \
         AND z.entity_id = x.entity_id AND z.ordinal = x.ordinal",
    ];
    /// Wider than the last digits of a sum, so that the range of `x` loses nothing that the chord would keep.
    const SLACK: f64 = 1e-9;
    let Cap { centre: [x, y, z], chord } = Cap::of(circle);
    let [x_field, y_field, z_field] = place_fields(&field.key());
    statement.code("e.id IN (SELECT x.entity_id FROM term AS x").code(JOINS[0]).code(JOINS[1]);
    statement.code(" WHERE ").code(IN_TIME).code("x.tenant_id = ").tenant().code(" AND x.collection = ").collection();
    statement.code(" AND x.field = ").text(x_field).code(" AND y.field = ").text(y_field);
    statement.code(" AND z.field = ").text(z_field);
    statement.code(" AND x.number >= ").number(x - chord - SLACK).code(" AND x.number <= ").number(x + chord + SLACK);
    statement.code(" AND (x.number - ").number(x).code(") * (x.number - ").number(x);
    statement.code(") + (y.number - ").number(y).code(") * (y.number - ").number(y);
    statement.code(") + (z.number - ").number(z).code(") * (z.number - ").number(z);
    statement.code(") <= ").number(chord * chord).code(")");
}

fn sign(comparison: Comparison) -> &'static str {
    match comparison {
        Comparison::Equal => " = ",
        Comparison::Less => " < ",
        Comparison::LessOrEqual => " <= ",
        Comparison::Greater => " > ",
        Comparison::GreaterOrEqual => " >= ",
    }
}
