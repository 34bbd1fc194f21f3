//! A tree as a text again: one spelling for all that mean the same. What is printed parses back to itself.

use std::fmt;

use super::{Comparison, Direction, Filter, Order, Query, Select, Selected, Value};

impl fmt::Display for Query {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "select {}", self.select)?;
        if let Some(filter) = &self.filter {
            write!(f, " where {filter}")?;
        }
        for (position, order) in self.order.iter().enumerate() {
            write!(f, "{} {order}", if position == 0 { " order by" } else { "," })?;
        }
        Ok(())
    }
}

impl fmt::Display for Select {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self::Fields(fields) = self else { return f.write_str("*") };
        let is_aliased = fields.iter().any(|selected| selected.alias.is_some());
        f.write_str(if is_aliased { "{" } else { "" })?;
        for (position, Selected { alias, field }) in fields.iter().enumerate() {
            f.write_str(if position == 0 { "" } else { "," })?;
            if is_aliased {
                write!(f, "{}:", alias.as_deref().unwrap_or(field.as_str()))?;
            }
            f.write_str(field.as_str())?;
        }
        f.write_str(if is_aliased { "}" } else { "" })
    }
}

impl fmt::Display for Filter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::And(left, right) => write!(f, "{} and {}", Inner(left, Level::All), Inner(right, Level::One)),
            Self::Or(left, right) => write!(f, "{} or {}", Inner(left, Level::Any), Inner(right, Level::All)),
            Self::Not(filter) => write!(f, "not {}", Inner(filter, Level::One)),
            Self::Compare { field, comparison, value } => write!(f, "{} {comparison} {value}", field.as_str()),
            Self::Contains { field, text } => write!(f, "{} contains {}", field.as_str(), Quoted(text)),
            Self::Within { field, circle } => {
                let (metres, latitude, longitude) = (circle.metres, circle.latitude, circle.longitude);
                write!(f, "{} within {metres:?} of {latitude:?},{longitude:?}", field.as_str())
            }
        }
    }
}

/// How tightly a filter binds; a looser one stands in parentheses.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Level {
    Any,
    All,
    One,
}

struct Inner<'a>(&'a Filter, Level);

impl fmt::Display for Inner<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(filter, wanted) = self;
        let own = match filter {
            Filter::Or(..) => Level::Any,
            Filter::And(..) => Level::All,
            _ => Level::One,
        };
        if own < *wanted { write!(f, "({filter})") } else { write!(f, "{filter}") }
    }
}

impl fmt::Display for Comparison {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Equal => "=",
            Self::Less => "<",
            Self::LessOrEqual => "<=",
            Self::Greater => ">",
            Self::GreaterOrEqual => ">=",
        })
    }
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            // A float prints the shortest digits that it is read back from.
            Self::Number(number) => write!(f, "{number:?}"),
            Self::Flag(flag) => write!(f, "{flag}"),
            Self::Id(id) => write!(f, "{id}"),
            Self::Text(text) => write!(f, "{}", Quoted(text)),
        }
    }
}

struct Quoted<'a>(&'a str);

impl fmt::Display for Quoted<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "'{}'", self.0.replace('\\', "\\\\").replace('\'', "\\'"))
    }
}

impl fmt::Display for Order {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let direction = match self.direction {
            Direction::Ascending => "asc",
            Direction::Descending => "desc",
        };
        write!(f, "{} {direction}", self.field.as_str())
    }
}
