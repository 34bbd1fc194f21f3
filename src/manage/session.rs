//! The sessions of a person as they and their administration see them: browsers that are signed in, and what programs
//! hold that came of no browser that still is.

use std::collections::HashSet;

use serde_json::json;
use uuid::Uuid;

use super::{Actor, ManageError, Registry};
use crate::domain::browser::BrowserSession;
use crate::domain::clock::Moment;
use crate::domain::id::{RegisteredId, TenantId};
use crate::domain::journal::ChangeKind;
use crate::domain::refresh::RefreshFamily;
use crate::domain::revocation::RevocationTarget;
use crate::store::{Journal, Store};

/// One session as it is shown.
#[derive(Clone, Debug)]
pub struct ShownSession {
    pub id: Uuid,
    /// `browser`, or `token` for a refresh token that came of no browser which is still signed in.
    pub kind: &'static str,
    /// The clients that were let in, the last one last.
    pub clients: Vec<String>,
    pub device: Option<String>,
    pub source: Option<String>,
    pub created: Moment,
    pub seen: Moment,
    pub expires: Moment,
    /// Whether it is the one that the caller's own token belongs to.
    pub is_current: bool,
}

/// Which sessions are to end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Which {
    One(Uuid),
    /// And every other token of the person.
    All,
    AllButCurrent,
}

impl Registry {
    /// The live sessions of a user or an admin, the last begun first. `own` is the `sid` of the caller's token.
    /// *Tenancy*: the tenant.
    pub async fn list_sessions(
        &self,
        tenant: TenantId,
        holder: Uuid,
        own: Option<Uuid>,
    ) -> Result<Vec<ShownSession>, ManageError> {
        let now = self.clock.now();
        let load = move |store: &Store| {
            Ok((store.list_browser_sessions(tenant, holder, now)?, store.list_refresh_families(tenant, holder, now)?))
        };
        let (mut browsers, families) = self.store.blocking(load).await?;
        browsers.retain(|session| self.is_live(session));
        let live: HashSet<Uuid> = browsers.iter().map(|session| session.id).collect();
        let current = families.iter().find(|family| Some(family.id) == own).and_then(|family| family.session);
        let mut shown: Vec<ShownSession> =
            browsers.into_iter().map(|session| self.shown_browser(session, current)).collect();
        let alone = families.into_iter().filter(|family| family.session.is_none_or(|from| !live.contains(&from)));
        shown.extend(alone.map(|family| shown_family(family, own)));
        shown.sort_by_key(|session| std::cmp::Reverse((session.created, session.id)));
        Ok(shown)
    }

    fn shown_browser(&self, session: BrowserSession, current: Option<Uuid>) -> ShownSession {
        let client_id = |client: &Uuid| RegisteredId::new(*client).client_id();
        ShownSession {
            id: session.id,
            kind: "browser",
            expires: self.runs_out(&session),
            clients: session.details.clients.iter().map(client_id).collect(),
            device: session.details.device,
            source: session.details.source,
            created: session.created,
            seen: session.seen,
            is_current: current == Some(session.id),
        }
    }

    /// Ends sessions of a user or an admin, with every token that came of them.
    ///
    /// *Errors*: `UnknownSession` for one that is not theirs, or not any more. *Tenancy*: the tenant.
    pub async fn end_sessions(
        &self,
        tenant: TenantId,
        (holder, own): (Uuid, Option<Uuid>),
        which: Which,
        actor: Actor,
    ) -> Result<(), ManageError> {
        if which == Which::All {
            self.end_tokens(tenant, holder, RevocationTarget::Principal(holder), actor).await?;
            self.notices.ring();
            return Ok(());
        }
        let mut shown = self.list_sessions(tenant, holder, own).await?;
        shown.retain(|session| match which {
            Which::One(id) => session.id == id,
            Which::All | Which::AllButCurrent => !session.is_current,
        });
        if let (Which::One(id), true) = (which, shown.is_empty()) {
            return Err(ManageError::UnknownSession(id.to_string()));
        }
        for session in shown {
            match session.kind {
                "browser" => self.end_session(tenant, session.id, actor).await.map(|_| ())?,
                _ => self.end_tokens(tenant, holder, RevocationTarget::Token(session.id), actor).await?,
            }
        }
        Ok(())
    }

    async fn end_tokens(
        &self,
        tenant: TenantId,
        holder: Uuid,
        target: RevocationTarget,
        actor: Actor,
    ) -> Result<(), ManageError> {
        let mut revocation = self.watermark(tenant, RevocationTarget::Principal(holder)).await?;
        revocation.target = target;
        let detail = match target {
            RevocationTarget::Token(session) => json!({ "holder": holder, "session": session }),
            _ => json!({ "holder": holder }),
        };
        let journal = Journal {
            changes: vec![self.change(tenant, ChangeKind::Revocations)],
            audit: vec![self.audit(tenant, actor, "end session", detail)],
            ..Journal::default()
        };
        self.write(journal, move |store, journal| store.revoke(&revocation, journal)).await
    }
}

fn shown_family(family: RefreshFamily, own: Option<Uuid>) -> ShownSession {
    ShownSession {
        id: family.id,
        kind: "token",
        clients: family.client_id.into_iter().collect(),
        device: family.details.device,
        source: family.details.source,
        created: family.created,
        seen: family.rotated,
        expires: family.expires,
        is_current: Some(family.id) == own,
    }
}
