//! Browsers that are signed in, what their people allowed, and the notices of an ended session.

use uuid::Uuid;

use super::Store;
use super::error::StoreError;
use super::journal::Journal;
use super::mail::Outcome;
use super::side::{Scope, query, transact};
use crate::domain::browser::{BrowserSession, Consent, Ending, LogoutNotice};
use crate::domain::clock::Moment;
use crate::domain::id::{RegisteredId, TenantId};
use crate::domain::refresh::RefreshFamily;
use crate::domain::revocation::{Revocation, RevocationTarget};
use crate::domain::secret::Digest;

impl Store {
    /// Keeps a new session; one that the same browser had ends, as `replaced` says.
    pub fn begin_browser_session(
        &self,
        session: &BrowserSession,
        replaced: Option<(Uuid, Revocation)>,
        journal: &Journal,
    ) -> Result<(), StoreError> {
        transact!(self, session.tenant, |q, conn| {
            if let Some((former, template)) = &replaced {
                q::browser_session::end(conn, *former, Ending::SignOut, template)?;
            }
            q::browser_session::insert(conn, session)?;
            q::append(conn, session.tenant, journal)
        })
    }

    /// Gives a session another cookie after its holder proved themselves again; false when it ended meanwhile, or got
    /// another cookie, and then nothing is written.
    pub fn renew_browser_session(
        &self,
        session: &BrowserSession,
        former: &Digest,
        journal: &Journal,
    ) -> Result<bool, StoreError> {
        transact!(self, session.tenant, |q, conn| {
            let is_ours = q::browser_session::renew(conn, session, former)?;
            if is_ours {
                q::append(conn, session.tenant, journal)?;
            }
            Ok(is_ours)
        })
    }

    /// The session whose cookie has this digest, an ended or expired one too.
    pub fn find_browser_session(
        &self,
        tenant: TenantId,
        digest: &Digest,
    ) -> Result<Option<BrowserSession>, StoreError> {
        query!(self, Scope::Tenant(tenant), |q, conn| q::browser_session::find(conn, tenant, digest))
    }

    /// The session of this id, an ended or expired one too.
    pub fn find_browser_session_by_id(&self, tenant: TenantId, id: Uuid) -> Result<Option<BrowserSession>, StoreError> {
        query!(self, Scope::Tenant(tenant), |q, conn| q::browser_session::get(conn, tenant, id))
    }

    /// The sessions of a user or an admin that have not ended or expired, newest first.
    pub fn list_browser_sessions(
        &self,
        tenant: TenantId,
        holder: Uuid,
        now: Moment,
    ) -> Result<Vec<BrowserSession>, StoreError> {
        query!(self, Scope::Tenant(tenant), |q, conn| q::browser_session::list_of(conn, tenant, holder, now))
    }

    /// The refresh families of a user or an admin that have not ended or expired, newest first.
    pub fn list_refresh_families(
        &self,
        tenant: TenantId,
        holder: Uuid,
        now: Moment,
    ) -> Result<Vec<RefreshFamily>, StoreError> {
        query!(self, Scope::Tenant(tenant), |q, conn| q::refresh_family::list_of(conn, tenant, holder, now))
    }

    /// Writes down that a session was used.
    pub fn touch_browser_session(&self, tenant: TenantId, id: Uuid, seen: Moment) -> Result<bool, StoreError> {
        transact!(self, tenant, |q, conn| q::browser_session::touch(conn, tenant, id, seen))
    }

    /// Writes down that a client was let in from a session.
    pub fn note_client(
        &self,
        tenant: TenantId,
        id: Uuid,
        client: RegisteredId,
        seen: Moment,
    ) -> Result<(), StoreError> {
        transact!(self, tenant, |q, conn| q::browser_session::note(conn, tenant, id, (client, seen)))
    }

    /// Ends a session with what comes of it, and queues what its clients are told; false when it had ended before, and
    /// then nothing is written. `template` is a revocation of the session's tenant from this moment on.
    pub fn end_browser_session(
        &self,
        id: Uuid,
        ending: Ending,
        template: &Revocation,
        journal: &Journal,
    ) -> Result<bool, StoreError> {
        transact!(self, template.tenant, |q, conn| {
            let is_ended = q::browser_session::end(conn, id, ending, template)?;
            if is_ended {
                q::append(conn, template.tenant, journal)?;
            }
            Ok(is_ended)
        })
    }

    /// What a user or an admin allowed a client.
    pub fn find_consent(
        &self,
        tenant: TenantId,
        holder: Uuid,
        client: RegisteredId,
    ) -> Result<Option<Consent>, StoreError> {
        query!(self, Scope::Tenant(tenant), |q, conn| q::consent::find(conn, tenant, holder, client))
    }

    /// All that a user or an admin allowed, the last one first.
    pub fn list_consents(&self, tenant: TenantId, holder: Uuid) -> Result<Vec<Consent>, StoreError> {
        query!(self, Scope::Tenant(tenant), |q, conn| q::consent::list(conn, tenant, holder))
    }

    /// Remembers what a client is allowed from now on, all of it.
    pub fn save_consent(&self, consent: &Consent, journal: &Journal) -> Result<(), StoreError> {
        transact!(self, consent.tenant, |q, conn| {
            q::consent::upsert(conn, consent)?;
            q::append(conn, consent.tenant, journal)
        })
    }

    /// Forgets what a client was allowed and ends its refresh families of that holder; false when it was allowed
    /// nothing, and then nothing is written. `template` is a revocation of the tenant from this moment on.
    pub fn remove_consent(
        &self,
        holder: Uuid,
        client: RegisteredId,
        template: &Revocation,
        journal: &Journal,
    ) -> Result<bool, StoreError> {
        let tenant = template.tenant;
        transact!(self, tenant, |q, conn| {
            let found = q::consent::remove(conn, tenant, holder, client)?;
            if found {
                for family in q::refresh_family::list_of_client(conn, tenant, holder, &client.client_id())? {
                    let ended = Revocation { target: RevocationTarget::Token(family), ..*template };
                    q::revocation::apply(conn, &ended, None)?;
                }
                q::append(conn, tenant, journal)?;
            }
            Ok(found)
        })
    }

    /// Notices of every tenant that may be tried now, the longest due first.
    pub fn list_due_notices(&self, now: Moment, limit: u32) -> Result<Vec<LogoutNotice>, StoreError> {
        query!(self, Scope::Registry, |q, conn| q::logout_notice::list_due(conn, now, limit))
    }

    /// Takes a due notice until `until`; `None` when another sender was faster.
    pub fn claim_notice(&self, due: &LogoutNotice, until: Moment) -> Result<Option<LogoutNotice>, StoreError> {
        let is_ours = transact!(self, due.tenant, |q, conn| q::logout_notice::claim(conn, due, until))?;
        let claimed = LogoutNotice { next_attempt: until, attempts: due.attempts.saturating_add(1), ..due.clone() };
        Ok(is_ours.then_some(claimed))
    }

    /// Writes down what came of a claimed notice; false when the claim had ended and another sender took it.
    pub fn finish_notice(&self, claimed: &LogoutNotice, outcome: &Outcome) -> Result<bool, StoreError> {
        transact!(self, claimed.tenant, |q, conn| q::logout_notice::finish(conn, claimed, outcome))
    }

    /// Removes up to `limit` of the tenant's notices from before a moment that wait for nothing. Returns how many went.
    pub fn purge_notices(&self, tenant: TenantId, before: Moment, limit: u32) -> Result<usize, StoreError> {
        transact!(self, tenant, |q, conn| q::logout_notice::purge(conn, tenant, before, limit))
    }
}
