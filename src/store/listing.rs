//! One page of an application's users, groups or roles, found and sorted by whatever they hold.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::Store;
use super::error::StoreError;
use super::side::{Scope, query};
use crate::domain::id::AppId;
use crate::domain::query::{Asked, Within};

/// One value of the sort key at which a page ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Mark {
    Id(Uuid),
    Text(String),
    Flag(bool),
    Whole(i64),
    /// *Units*: UTC microseconds.
    Moment(i64),
    /// The bits of a float, because digits would not always bring the same float back.
    Number(u64),
}

/// What is listed.
#[derive(Clone, Debug)]
pub struct Listing {
    /// Its cursor is opened already and stands in `after`.
    pub asked: Asked,
    pub within: Option<Within>,
    /// Where the page before ended.
    pub after: Option<Vec<Mark>>,
}

/// One page of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    pub ids: Vec<Uuid>,
    /// Where this page ended, if others follow.
    pub end: Option<Vec<Mark>>,
}

impl Store {
    /// One page of the application's entities; `None` when `after` is no place in this list.
    ///
    /// *Errors*: `TooSlow`.
    pub fn list_entities(&self, app: AppId, listing: &Listing) -> Result<Option<Page>, StoreError> {
        query!(self, Scope::Listing(app.into()), |q, conn| q::listing::list(conn, app, listing))
    }
}
