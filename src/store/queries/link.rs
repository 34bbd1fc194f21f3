//! The rows that say who belongs to what.

use diesel::prelude::*;
use uuid::Uuid;

use super::Conn;
use crate::domain::clock::Moment;
use crate::domain::id::AppId;
use crate::domain::link::{Link, LinkDirection, LinkKind};
use crate::store::columns::RowId;
use crate::store::error::StoreError;
use crate::store::schema::link;

/// Adds a link; one that is there stays as it is.
pub fn insert(conn: &mut Conn, app: AppId, new: Link, now: Moment) -> Result<(), StoreError> {
    let values = (
        link::tenant_id.eq(RowId(app.uuid())),
        link::kind.eq(new.kind.as_str()),
        link::from_id.eq(RowId(new.from)),
        link::to_id.eq(RowId(new.to)),
        link::created.eq(now),
    );
    diesel::insert_into(link::table).values(values).on_conflict_do_nothing().execute(conn)?;
    Ok(())
}

/// Removes a link; false when there is none.
pub fn delete(conn: &mut Conn, app: AppId, old: Link) -> Result<bool, StoreError> {
    let same = link::table.find((RowId(app.uuid()), old.kind.as_str(), RowId(old.from), RowId(old.to)));
    Ok(diesel::delete(same).execute(conn)? == 1)
}

/// Whether the link is there.
pub fn is_there(conn: &mut Conn, app: AppId, asked: Link) -> Result<bool, StoreError> {
    let same = link::table.find((RowId(app.uuid()), asked.kind.as_str(), RowId(asked.from), RowId(asked.to)));
    Ok(diesel::select(diesel::dsl::exists(same)).get_result(conn)?)
}

/// The other ends of the links of one kind that `ends` have, in the order of their ids, each once.
pub fn list(
    conn: &mut Conn,
    app: AppId,
    (kind, direction): (LinkKind, LinkDirection),
    ends: &[Uuid],
) -> Result<Vec<Uuid>, StoreError> {
    let of_kind = link::table.filter(link::tenant_id.eq(RowId(app.uuid()))).filter(link::kind.eq(kind.as_str()));
    let ends = ends.iter().map(|id| RowId(*id));
    let found: Vec<RowId> = match direction {
        LinkDirection::Outgoing => {
            of_kind.filter(link::from_id.eq_any(ends)).select(link::to_id).distinct().load(conn)?
        }
        LinkDirection::Incoming => {
            of_kind.filter(link::to_id.eq_any(ends)).select(link::from_id).distinct().load(conn)?
        }
    };
    let mut found: Vec<Uuid> = found.into_iter().map(|id| id.0).collect();
    found.sort_unstable();
    Ok(found)
}

/// Removes every link of an entity that is to go, whatever its kind and from either end.
pub fn remove_all_of(conn: &mut Conn, app: AppId, end: Uuid) -> Result<(), StoreError> {
    for kind in LinkKind::ALL {
        // Two statements a kind, each led by its index; one with OR reads all links of the kind on SQLite.
        let of_kind = || link::table.filter(link::tenant_id.eq(RowId(app.uuid()))).filter(link::kind.eq(kind.as_str()));
        diesel::delete(of_kind().filter(link::from_id.eq(RowId(end)))).execute(conn)?;
        diesel::delete(of_kind().filter(link::to_id.eq(RowId(end)))).execute(conn)?;
    }
    Ok(())
}
