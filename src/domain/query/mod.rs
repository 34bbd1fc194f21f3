//! Usergrid's query language: a text becomes a typed tree, and a tree a text again. No SQL here, and no rows.
//! *Spec*: Usergrid `CpQueryFilter`; the grammar stands in `docs/api/query.md`.

mod asked;
mod lexer;
mod parser;
mod print;
mod project;
#[cfg(test)]
mod tests;

use uuid::Uuid;

pub use asked::{Asked, Turn, Within};
pub(super) use lexer::{begins_name, in_name};

/// The longest text. *Units*: bytes.
pub const MAX_LENGTH: usize = 4096;
/// How deep parentheses and `not` may nest.
pub const MAX_DEPTH: usize = 32;
/// How many comparisons one query may have. Each word of a `contains` counts as one.
pub const MAX_TERMS: usize = 64;
/// How many words one `contains` may ask for: the database looks through a text for each of them.
pub const MAX_WORDS: usize = 8;
/// How many words all the `contains` of one query may ask for.
pub const MAX_QUERY_WORDS: usize = 16;
/// How many fields one query may be ordered by.
pub const MAX_ORDER: usize = 4;
/// How many fields one query may select.
pub const MAX_FIELDS: usize = 64;

/// What can be listed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Collection {
    Users,
    Groups,
    Roles,
}

impl Collection {
    /// As rows and paths say it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Users => "users",
            Self::Groups => "groups",
            Self::Roles => "roles",
        }
    }
}

/// Why a text is no query. *Units*: `at` counts bytes from the beginning of the text.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum QueryError {
    #[error("The query has a character at position {at} that begins nothing.")]
    Token { at: usize },
    #[error("The string that begins at position {at} does not end.")]
    OpenString { at: usize },
    #[error("The query is not understood at position {at}: {expected} is expected there.")]
    Expected { at: usize, expected: &'static str },
    #[error("A query may have at most {0} bytes.")]
    TooLong(usize),
    #[error("A query may nest at most {0} deep.")]
    TooDeep(usize),
    #[error("A query may have at most {0} comparisons.")]
    TooManyTerms(usize),
    #[error("A comparison with 'contains' may ask for at most {0} words.")]
    TooManyWords(usize),
    #[error("A query may ask for at most {0} words with 'contains'.")]
    TooManyQueryWords(usize),
    #[error("A query may be ordered by at most {0} fields.")]
    TooManyOrders(usize),
    #[error("A query may select at most {0} fields.")]
    TooManyFields(usize),
    #[error("A distance is 0 or more metres, a latitude lies between -90 and 90, a longitude between -180 and 180.")]
    NoPlaceOnEarth,
}

/// A query as it was understood.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Query {
    pub select: Select,
    /// What an entity must meet; `None` for all.
    pub filter: Option<Filter>,
    /// The fields to sort by, the weightiest first; none for the order of creation.
    pub order: Vec<Order>,
}

/// Which members of an entity are shown.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Select {
    #[default]
    Everything,
    Fields(Vec<Selected>),
}

/// One member to be shown, perhaps under another name.
#[derive(Clone, Debug, PartialEq)]
pub struct Selected {
    pub alias: Option<String>,
    pub field: Field,
}

/// The name of a member, dotted where it lies deeper: `location.city`. As it was written; see [`Field::key`].
#[derive(Clone, Debug, PartialEq)]
pub struct Field(String);

impl Field {
    /// As written.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// As compared: names of members have no letter case (Usergrid).
    pub fn key(&self) -> String {
        super::term::field_key(&self.0)
    }
}

/// What an entity must meet.
#[derive(Clone, Debug, PartialEq)]
pub enum Filter {
    And(Box<Filter>, Box<Filter>),
    Or(Box<Filter>, Box<Filter>),
    Not(Box<Filter>),
    Compare {
        field: Field,
        comparison: Comparison,
        value: Value,
    },
    /// Every word of the text occurs; a word that ends with `*` stands for all that begin so.
    Contains {
        field: Field,
        text: String,
    },
    /// The place of the entity lies within a distance.
    Within {
        field: Field,
        circle: Circle,
    },
}

/// How two values are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Comparison {
    Equal,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

/// A value of a comparison.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    Number(f64),
    Flag(bool),
    Id(Uuid),
    /// With `*` for any characters, where it is compared for equality.
    Text(String),
}

/// A circle on the earth. *Units*: metres and degrees.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Circle {
    pub metres: f64,
    pub latitude: f64,
    pub longitude: f64,
}

/// One field to sort by. Entities without it come last, whichever the direction.
#[derive(Clone, Debug, PartialEq)]
pub struct Order {
    pub field: Field,
    pub direction: Direction,
}

/// A direction of sorting.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Direction {
    #[default]
    Ascending,
    Descending,
}

impl Direction {
    /// The other one.
    pub const fn turned(self) -> Self {
        match self {
            Self::Ascending => Self::Descending,
            Self::Descending => Self::Ascending,
        }
    }
}

impl Query {
    /// Reads a query; an empty text asks for everything.
    ///
    /// *Errors*: `Token` and `OpenString` for what is no word of the language, the others for what is no sentence.
    pub fn parse(text: &str) -> Result<Self, QueryError> {
        if text.len() > MAX_LENGTH {
            return Err(QueryError::TooLong(MAX_LENGTH));
        }
        parser::parse(lexer::read(text)?)
    }
}
