//! The rows of revocations.

use diesel::dsl::case_when;
use diesel::prelude::*;
use diesel::upsert::excluded;
use uuid::Uuid;

use super::{Conn, browser_session, refresh_family};
use crate::domain::clock::Moment;
use crate::domain::id::TenantId;
use crate::domain::revocation::{Revocation, RevocationReason, RevocationTarget};
use crate::store::columns::RowId;
use crate::store::error::StoreError;
use crate::store::schema::revocation;

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = revocation)]
struct Row {
    tenant_id: RowId,
    target_kind: String,
    target_id: RowId,
    reason: String,
    watermark: Moment,
    expires: Moment,
}

impl Row {
    fn new(revocation: &Revocation) -> Self {
        let (target_kind, target_id) = match revocation.target {
            RevocationTarget::Principal(id) => ("principal", id),
            RevocationTarget::Tenant => ("tenant", Uuid::nil()),
            RevocationTarget::Token(id) => ("token", id),
            RevocationTarget::Spared(id) => ("spared", id),
        };
        Self {
            tenant_id: RowId(revocation.tenant.uuid()),
            target_kind: target_kind.to_owned(),
            target_id: RowId(target_id),
            reason: revocation.reason.as_str().to_owned(),
            watermark: revocation.watermark,
            expires: revocation.expires,
        }
    }

    fn into_domain(self) -> Result<Revocation, StoreError> {
        let target = match self.target_kind.as_str() {
            "principal" => RevocationTarget::Principal(self.target_id.0),
            "tenant" => RevocationTarget::Tenant,
            "token" => RevocationTarget::Token(self.target_id.0),
            "spared" => RevocationTarget::Spared(self.target_id.0),
            _ => return Err(StoreError::corrupt("revocation", "unknown target")),
        };
        Ok(Revocation {
            tenant: TenantId::new(self.tenant_id.0),
            target,
            reason: RevocationReason::parse(&self.reason)
                .ok_or_else(|| StoreError::corrupt("revocation", "unknown reason"))?,
            watermark: self.watermark,
            expires: self.expires,
        })
    }
}

/// Adds a revocation; where the target has one, the later watermark counts with its reason, and the later end.
fn upsert(conn: &mut Conn, new: &Revocation) -> Result<(), StoreError> {
    use revocation::{expires, reason, watermark};
    diesel::insert_into(revocation::table)
        .values(Row::new(new))
        .on_conflict((revocation::tenant_id, revocation::target_kind, revocation::target_id))
        .do_update()
        .set((
            reason.eq(case_when(watermark.gt(excluded(watermark)), reason).otherwise(excluded(reason))),
            watermark.eq(case_when(watermark.gt(excluded(watermark)), watermark).otherwise(excluded(watermark))),
            expires.eq(case_when(expires.gt(excluded(expires)), expires).otherwise(excluded(expires))),
        ))
        .execute(conn)?;
    Ok(())
}

/// Revokes, with the refresh families and browsers' sessions that end by it. `spare` is the session that a holder's watermark passes over.
pub fn apply(conn: &mut Conn, new: &Revocation, spare: Option<Uuid>) -> Result<(), StoreError> {
    if let Some(session) = spare {
        upsert(conn, &Revocation { target: RevocationTarget::Spared(session), ..*new })?;
    }
    upsert(conn, new)?;
    // First: what clients are told is read from the families.
    browser_session::end_covered(conn, new)?;
    refresh_family::end_covered(conn, new, spare)
}

/// The tenant's revocations that have not expired by `now`.
pub fn list(conn: &mut Conn, tenant: TenantId, now: Moment) -> Result<Vec<Revocation>, StoreError> {
    revocation::table
        .filter(revocation::tenant_id.eq(RowId(tenant.uuid())))
        .filter(revocation::expires.gt(now))
        .select(Row::as_select())
        .load(conn)?
        .into_iter()
        .map(Row::into_domain)
        .collect()
}

/// Removes revocations that had expired by `now`.
pub fn purge(conn: &mut Conn, tenant: TenantId, now: Moment, limit: u32) -> Result<usize, StoreError> {
    let expired =
        revocation::table.filter(revocation::tenant_id.eq(RowId(tenant.uuid()))).filter(revocation::expires.le(now));
    let some: Vec<RowId> = expired.select(revocation::target_id).limit(limit.into()).load(conn)?;
    Ok(diesel::delete(expired.filter(revocation::target_id.eq_any(some))).execute(conn)?)
}
