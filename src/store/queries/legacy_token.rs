//! The rows of tokens that another server issued, by the UUID inside them.

use diesel::prelude::*;
use uuid::Uuid;

use super::Conn;
use crate::domain::authority::Authority;
use crate::domain::clock::Moment;
use crate::domain::id::{AppId, OrgId};
use crate::domain::legacy::MovedToken;
use crate::store::columns::RowId;
use crate::store::error::StoreError;
use crate::store::schema::legacy_token;

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = legacy_token, treat_none_as_default_value = false)]
struct Row {
    id: RowId,
    authority: String,
    principal: RowId,
    org: Option<RowId>,
    app: Option<RowId>,
    issued: Moment,
    expires: Moment,
}

/// Adds those that are not there; answers how many were new.
pub fn insert(conn: &mut Conn, tokens: &[MovedToken]) -> Result<usize, StoreError> {
    let row = |token: &MovedToken| Row {
        id: RowId(token.id),
        authority: token.authority.as_str().to_owned(),
        principal: RowId(token.holder),
        org: token.org.map(|org| RowId(org.uuid())),
        app: token.app.map(|app| RowId(app.uuid())),
        issued: token.issued,
        expires: token.expires,
    };
    let rows: Vec<Row> = tokens.iter().map(row).collect();
    Ok(diesel::insert_into(legacy_token::table).values(&rows).on_conflict_do_nothing().execute(conn)?)
}

/// The token of this UUID.
pub fn find(conn: &mut Conn, id: Uuid) -> Result<Option<MovedToken>, StoreError> {
    let row: Option<Row> = legacy_token::table.find(RowId(id)).select(Row::as_select()).first(conn).optional()?;
    let read = |row: Row| {
        Ok(MovedToken {
            id: row.id.0,
            authority: row
                .authority
                .parse::<Authority>()
                .map_err(|cause| StoreError::corrupt("legacy_token", cause))?,
            holder: row.principal.0,
            org: row.org.map(|org| OrgId::new(org.0)),
            app: row.app.map(|app| AppId::new(app.0)),
            issued: row.issued,
            expires: row.expires,
        })
    };
    row.map(read).transpose()
}

/// Removes tokens that had expired by `now`.
pub fn purge(conn: &mut Conn, now: Moment, limit: u32) -> Result<usize, StoreError> {
    let ended: Vec<RowId> = legacy_token::table
        .filter(legacy_token::expires.le(now))
        .select(legacy_token::id)
        .limit(limit.into())
        .load(conn)?;
    Ok(diesel::delete(legacy_token::table.filter(legacy_token::id.eq_any(ended))).execute(conn)?)
}
