//! Tokens that another server issued before a move. A registry table: the text of a token names no tenant.

use uuid::Uuid;

use super::Store;
use super::error::StoreError;
use super::side::{Scope, query, transact};
use crate::domain::clock::Moment;
use crate::domain::id::TenantId;
use crate::domain::legacy::MovedToken;

impl Store {
    /// The moved token with this UUID inside it.
    pub fn find_moved_token(&self, id: Uuid) -> Result<Option<MovedToken>, StoreError> {
        query!(self, Scope::Registry, |q, conn| q::legacy_token::find(conn, id))
    }

    /// Adds the tokens that are not there yet; answers how many were new.
    pub fn insert_moved_tokens(&self, tokens: &[MovedToken]) -> Result<usize, StoreError> {
        transact!(self, TenantId::MANAGEMENT, |q, conn| q::legacy_token::insert(conn, tokens))
    }

    /// Removes up to `limit` tokens that had expired by `now`. Returns how many went.
    pub fn purge_moved_tokens(&self, now: Moment, limit: u32) -> Result<usize, StoreError> {
        transact!(self, TenantId::MANAGEMENT, |q, conn| q::legacy_token::purge(conn, now, limit))
    }
}
