//! The rows of clients that are to hear of the end of a session. Not under row-level security: the sender serves every
//! tenant.

use std::collections::BTreeSet;

use diesel::prelude::*;
use uuid::Uuid;

use super::{Conn, oauth_client, refresh_family};
use crate::domain::browser::{BrowserSession, LogoutNotice};
use crate::domain::clock::Moment;
use crate::domain::id::{RegisteredId, TenantId};
use crate::store::columns::RowId;
use crate::store::error::StoreError;
use crate::store::mail::Outcome;
use crate::store::schema::logout_notice;

const QUEUED: &str = "queued";
const SENT: &str = "sent";
const FAILED: &str = "failed";

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = logout_notice)]
struct Row {
    tenant_id: RowId,
    id: RowId,
    client_id: RowId,
    subject: String,
    session: RowId,
    uri: String,
    state: String,
    attempts: i64,
    next_attempt: Moment,
    created: Moment,
}

impl Row {
    fn new(notice: &LogoutNotice) -> Self {
        Self {
            tenant_id: RowId(notice.tenant.uuid()),
            id: RowId(notice.id),
            client_id: RowId(notice.client.uuid()),
            subject: notice.holder.to_string(),
            session: RowId(notice.session),
            uri: notice.uri.clone(),
            state: QUEUED.to_owned(),
            attempts: notice.attempts.into(),
            next_attempt: notice.next_attempt,
            created: notice.created,
        }
    }

    fn into_domain(self) -> Result<LogoutNotice, StoreError> {
        Ok(LogoutNotice {
            tenant: TenantId::new(self.tenant_id.0),
            id: self.id.0,
            client: RegisteredId::new(self.client_id.0),
            holder: Uuid::try_parse(&self.subject).map_err(|cause| StoreError::corrupt("logout_notice", cause))?,
            session: self.session.0,
            uri: self.uri,
            attempts: u32::try_from(self.attempts).unwrap_or(u32::MAX),
            next_attempt: self.next_attempt,
            created: self.created,
        })
    }
}

/// Queues a notice to every client of a session that asked for one; each hears of one end once.
pub fn announce(conn: &mut Conn, session: &BrowserSession, at: Moment) -> Result<(), StoreError> {
    let tenant = session.tenant;
    let mut clients: BTreeSet<Uuid> = session.details.clients.iter().copied().collect();
    let families = refresh_family::list_of_session(conn, tenant, session.id)?;
    let named = families.iter().filter_map(|family| family.client_id.as_deref());
    clients.extend(named.filter_map(RegisteredId::parse_client_id).map(RegisteredId::uuid));
    for client in clients {
        let client = RegisteredId::new(client);
        let Some(known) = oauth_client::find(conn, tenant, client)? else { continue };
        let Some(uri) = known.metadata.backchannel_logout_uri else { continue };
        let notice = LogoutNotice {
            tenant,
            id: LogoutNotice::id_of(session.id, client),
            client,
            holder: session.holder,
            session: session.id,
            uri,
            attempts: 0,
            next_attempt: at,
            created: at,
        };
        let row = diesel::insert_into(logout_notice::table).values(Row::new(&notice));
        row.on_conflict((logout_notice::tenant_id, logout_notice::id)).do_nothing().execute(conn)?;
    }
    Ok(())
}

/// Notices that may be tried now, the longest due first.
pub fn list_due(conn: &mut Conn, now: Moment, limit: u32) -> Result<Vec<LogoutNotice>, StoreError> {
    logout_notice::table
        .filter(logout_notice::state.eq(QUEUED))
        .filter(logout_notice::next_attempt.le(now))
        .order(logout_notice::next_attempt)
        .limit(limit.into())
        .select(Row::as_select())
        .load(conn)?
        .into_iter()
        .map(Row::into_domain)
        .collect()
}

/// Takes a due notice until `until`; false when another sender was faster.
pub fn claim(conn: &mut Conn, due: &LogoutNotice, until: Moment) -> Result<bool, StoreError> {
    let same = logout_notice::table
        .find((RowId(due.tenant.uuid()), RowId(due.id)))
        .filter(logout_notice::state.eq(QUEUED))
        .filter(logout_notice::next_attempt.eq(due.next_attempt))
        .filter(logout_notice::attempts.eq(i64::from(due.attempts)));
    let values = (logout_notice::next_attempt.eq(until), logout_notice::attempts.eq(logout_notice::attempts + 1));
    Ok(diesel::update(same).set(values).execute(conn)? == 1)
}

/// Writes down what came of a claimed notice; false when the claim had ended and another sender has it.
pub fn finish(conn: &mut Conn, claimed: &LogoutNotice, outcome: &Outcome) -> Result<bool, StoreError> {
    use logout_notice::{done, last_error, next_attempt, state};
    let ours = logout_notice::table
        .find((RowId(claimed.tenant.uuid()), RowId(claimed.id)))
        .filter(state.eq(QUEUED))
        .filter(logout_notice::attempts.eq(i64::from(claimed.attempts)));
    let changed = match outcome {
        Outcome::Sent { at } => diesel::update(ours)
            .set((state.eq(SENT), done.eq(Some(*at)), last_error.eq(None::<String>)))
            .execute(conn)?,
        Outcome::Later { at, error } => {
            diesel::update(ours).set((next_attempt.eq(*at), last_error.eq(Some(error)))).execute(conn)?
        }
        Outcome::Failed { error } => {
            diesel::update(ours).set((state.eq(FAILED), last_error.eq(Some(error)))).execute(conn)?
        }
    };
    Ok(changed == 1)
}

/// Removes a tenant's notices from before a moment that wait for nothing.
pub fn purge(conn: &mut Conn, tenant: TenantId, before: Moment, limit: u32) -> Result<usize, StoreError> {
    let of_tenant = logout_notice::tenant_id.eq(RowId(tenant.uuid()));
    let old: Vec<RowId> = logout_notice::table
        .filter(of_tenant)
        .filter(logout_notice::state.ne(QUEUED))
        .filter(logout_notice::created.le(before))
        .select(logout_notice::id)
        .limit(limit.into())
        .load(conn)?;
    Ok(diesel::delete(logout_notice::table.filter(of_tenant).filter(logout_notice::id.eq_any(old))).execute(conn)?)
}
