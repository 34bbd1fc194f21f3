//! The rows of browsers that are signed in, and what goes with the end of one.

use diesel::prelude::*;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{Conn, from_json, logout_notice, refresh_family, revocation};
use crate::domain::authority::Authority;
use crate::domain::browser::{BrowserSession, Ending, SessionDetails};
use crate::domain::clock::Moment;
use crate::domain::id::{RegisteredId, TenantId};
use crate::domain::revocation::{Revocation, RevocationTarget};
use crate::domain::secret::Digest;
use crate::store::columns::RowId;
use crate::store::error::StoreError;
use crate::store::schema::browser_session;

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = browser_session)]
struct Row {
    tenant_id: RowId,
    id: RowId,
    digest: Vec<u8>,
    authority: String,
    principal: RowId,
    details: Value,
    auth_time: Moment,
    seen: Moment,
    created: Moment,
    expires: Moment,
    ended: Option<Moment>,
}

impl Row {
    fn new(session: &BrowserSession) -> Self {
        Self {
            tenant_id: RowId(session.tenant.uuid()),
            id: RowId(session.id),
            digest: session.digest.0.to_vec(),
            authority: session.authority.as_str().to_owned(),
            principal: RowId(session.holder),
            details: json!(session.details),
            auth_time: session.auth_time,
            seen: session.seen,
            created: session.created,
            expires: session.expires,
            ended: session.ended,
        }
    }

    fn into_domain(self) -> Result<BrowserSession, StoreError> {
        let corrupt = |what| StoreError::corrupt("browser_session", what);
        let authority: Option<Authority> = self.authority.parse().ok();
        Ok(BrowserSession {
            tenant: TenantId::new(self.tenant_id.0),
            id: self.id.0,
            digest: Digest(self.digest.try_into().ok().ok_or_else(|| corrupt("digest of another length"))?),
            authority: authority.ok_or_else(|| corrupt("unknown authority"))?,
            holder: self.principal.0,
            details: from_json::<SessionDetails>("browser_session", self.details)?,
            auth_time: self.auth_time,
            seen: self.seen,
            created: self.created,
            expires: self.expires,
            ended: self.ended,
        })
    }
}

/// Adds a session.
pub fn insert(conn: &mut Conn, session: &BrowserSession) -> Result<(), StoreError> {
    diesel::insert_into(browser_session::table).values(Row::new(session)).execute(conn)?;
    Ok(())
}

/// The session whose cookie has this digest, an ended or expired one too.
pub fn find(conn: &mut Conn, tenant: TenantId, digest: &Digest) -> Result<Option<BrowserSession>, StoreError> {
    let row: Option<Row> = browser_session::table
        .filter(browser_session::tenant_id.eq(RowId(tenant.uuid())))
        .filter(browser_session::digest.eq(digest.0.to_vec()))
        .select(Row::as_select())
        .first(conn)
        .optional()?;
    row.map(Row::into_domain).transpose()
}

/// The session of this id, an ended or expired one too.
pub fn get(conn: &mut Conn, tenant: TenantId, id: Uuid) -> Result<Option<BrowserSession>, StoreError> {
    let row: Option<Row> = browser_session::table
        .find((RowId(tenant.uuid()), RowId(id)))
        .select(Row::as_select())
        .first(conn)
        .optional()?;
    row.map(Row::into_domain).transpose()
}

/// The sessions of one holder that have not ended or expired, newest first.
pub fn list_of(
    conn: &mut Conn,
    tenant: TenantId,
    holder: Uuid,
    now: Moment,
) -> Result<Vec<BrowserSession>, StoreError> {
    browser_session::table
        .filter(browser_session::tenant_id.eq(RowId(tenant.uuid())))
        .filter(browser_session::principal.eq(RowId(holder)))
        .filter(browser_session::ended.is_null())
        .filter(browser_session::expires.gt(now))
        .order(browser_session::id.desc())
        .select(Row::as_select())
        .load(conn)?
        .into_iter()
        .map(Row::into_domain)
        .collect()
}

/// Gives a live session another cookie and what a new proof of its holder changes; false when the former cookie is not
/// the row's any more.
pub fn renew(conn: &mut Conn, session: &BrowserSession, former: &Digest) -> Result<bool, StoreError> {
    let same = browser_session::table
        .find((RowId(session.tenant.uuid()), RowId(session.id)))
        .filter(browser_session::digest.eq(former.0.to_vec()))
        .filter(browser_session::ended.is_null());
    let values = (
        browser_session::digest.eq(session.digest.0.to_vec()),
        browser_session::details.eq(json!(session.details)),
        browser_session::auth_time.eq(session.auth_time),
        browser_session::seen.eq(session.seen),
        browser_session::expires.eq(session.expires),
    );
    Ok(diesel::update(same).set(values).execute(conn)? == 1)
}

/// Notes a use.
pub fn touch(conn: &mut Conn, tenant: TenantId, id: Uuid, seen: Moment) -> Result<bool, StoreError> {
    let live = browser_session::table.find((RowId(tenant.uuid()), RowId(id))).filter(browser_session::ended.is_null());
    Ok(diesel::update(live).set(browser_session::seen.eq(seen)).execute(conn)? == 1)
}

/// Notes that a client was let in. The row is touched before it is read, so that of two who note each sees the other.
pub fn note(
    conn: &mut Conn,
    tenant: TenantId,
    id: Uuid,
    (client, seen): (RegisteredId, Moment),
) -> Result<(), StoreError> {
    if !touch(conn, tenant, id, seen)? {
        return Ok(());
    }
    let Some(mut session) = get(conn, tenant, id)? else { return Ok(()) };
    if session.details.note(client) {
        let row = browser_session::table.find((RowId(tenant.uuid()), RowId(id)));
        diesel::update(row).set(browser_session::details.eq(json!(session.details))).execute(conn)?;
    }
    Ok(())
}

/// Ends a session with the refresh families that come of it, and queues what its clients are told. False when it had
/// ended before. `template` is a revocation of the tenant from this moment on.
pub fn end(conn: &mut Conn, id: Uuid, ending: Ending, template: &Revocation) -> Result<bool, StoreError> {
    let Some(session) = get(conn, template.tenant, id)? else { return Ok(false) };
    let live = browser_session::table
        .find((RowId(template.tenant.uuid()), RowId(id)))
        .filter(browser_session::ended.is_null());
    if diesel::update(live).set(browser_session::ended.eq(template.watermark)).execute(conn)? != 1 {
        return Ok(false);
    }
    logout_notice::announce(conn, &session, template.watermark)?;
    for family in refresh_family::list_of_session(conn, template.tenant, id)? {
        if ending == Ending::Whole || !family.is_offline {
            let ended = Revocation { target: RevocationTarget::Token(family.id), ..*template };
            revocation::apply(conn, &ended, None)?;
        }
    }
    Ok(true)
}

/// Ends what a watermark covers. Clients hear of the end of one holder's sessions; where a whole tenant ends, they find
/// out by their tokens.
pub fn end_covered(conn: &mut Conn, revocation: &Revocation) -> Result<(), StoreError> {
    let covered = browser_session::table
        .filter(browser_session::tenant_id.eq(RowId(revocation.tenant.uuid())))
        .filter(browser_session::ended.is_null())
        .filter(browser_session::auth_time.le(revocation.watermark));
    match revocation.target {
        RevocationTarget::Tenant => {
            diesel::update(covered).set(browser_session::ended.eq(revocation.watermark)).execute(conn)?;
        }
        RevocationTarget::Principal(holder) => {
            let own = covered.filter(browser_session::principal.eq(RowId(holder)));
            let sessions: Vec<Row> = own.select(Row::as_select()).load(conn)?;
            diesel::update(own).set(browser_session::ended.eq(revocation.watermark)).execute(conn)?;
            for session in sessions {
                logout_notice::announce(conn, &session.into_domain()?, revocation.watermark)?;
            }
        }
        RevocationTarget::Token(_) | RevocationTarget::Spared(_) => {}
    }
    Ok(())
}

/// Removes sessions that had expired by `now`.
pub fn purge(conn: &mut Conn, tenant: TenantId, now: Moment, limit: u32) -> Result<usize, StoreError> {
    let all = browser_session::table.filter(browser_session::tenant_id.eq(RowId(tenant.uuid())));
    let expired: Vec<RowId> =
        all.filter(browser_session::expires.le(now)).select(browser_session::id).limit(limit.into()).load(conn)?;
    Ok(diesel::delete(all.filter(browser_session::id.eq_any(expired))).execute(conn)?)
}

/// Removes every session of a holder who is gone.
pub fn remove_all_of(conn: &mut Conn, tenant: TenantId, holder: Uuid) -> Result<(), StoreError> {
    let all = browser_session::table
        .filter(browser_session::tenant_id.eq(RowId(tenant.uuid())))
        .filter(browser_session::principal.eq(RowId(holder)));
    diesel::delete(all).execute(conn)?;
    Ok(())
}
