//! A listing as a request asks for it.

use uuid::Uuid;

use super::{Collection, Query, QueryError};
use crate::domain::link::{LinkDirection, LinkKind};

/// Which end of the list comes first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Turn {
    /// As the query orders; without an order the newest come first.
    #[default]
    AsOrdered,
    /// The other way round.
    Reversed,
}

/// What a request asks a collection for.
#[derive(Clone, Debug, PartialEq)]
pub struct Asked {
    pub collection: Collection,
    pub query: Query,
    pub turn: Turn,
    /// How many at most, at least 1 and at most [`Asked::MAX_LIMIT`].
    pub limit: u32,
    /// Where an earlier page of the same list ended.
    pub cursor: Option<String>,
}

impl Asked {
    /// Usergrid: how many come where nobody says.
    pub const DEFAULT_LIMIT: u32 = 10;
    /// Usergrid: how many may come at once; who asks for more gets as many.
    pub const MAX_LIMIT: u32 = 1000;

    /// The first page of what `text` asks for.
    ///
    /// *Errors*: those of [`Query::parse`].
    pub fn parse(collection: Collection, text: &str) -> Result<Self, QueryError> {
        let query = Query::parse(text)?;
        Ok(Self { collection, query, turn: Turn::AsOrdered, limit: Self::DEFAULT_LIMIT, cursor: None })
    }
}

/// Restricts a listing to what is linked to one entity.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Within {
    pub kind: LinkKind,
    /// The group, role or user that the listed ones are linked to.
    pub end: Uuid,
    pub direction: LinkDirection,
}
