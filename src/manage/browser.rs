//! Browsers that are signed in: begun by a proof, found by their cookie, ended by their holder or from above. The value
//! of the cookie changes at every proof, so that none that was known before is worth anything after (RT-9).

use std::time::Duration;

use serde_json::json;
use uuid::Uuid;

use super::{Actor, Holder, ManageError, Registry};
use crate::crypto::token_text::Opaque;
use crate::domain::authority::Principal;
use crate::domain::browser::{BrowserSession, Ending, SessionDetails};
use crate::domain::clock::Moment;
use crate::domain::id::{RegisteredId, TenantId};
use crate::domain::journal::ChangeKind;
use crate::domain::place::Place;
use crate::domain::revocation::RevocationTarget;
use crate::domain::secret::Secret;
use crate::domain::token::SignInEvent;
use crate::store::{Journal, Store};

/// The last use of a session is written down at most so often.
const SEEN_STEP: Duration = Duration::from_secs(60);
/// The most of a browser's own name that is kept. *Units*: characters.
const DEVICE_MAX: usize = 200;

/// A browser, as a request tells of it.
#[derive(Clone, Debug, Default)]
pub struct Browser {
    /// As it names itself.
    pub device: Option<String>,
    pub source: Option<String>,
}

/// A session that was begun, with the value of its cookie: the only time that anyone sees it.
#[derive(Clone, Debug)]
pub struct Begun {
    pub session: BrowserSession,
    pub cookie: Secret,
}

/// A browser that is signed in, and as whom.
#[derive(Clone, Debug)]
pub struct Signed {
    pub session: BrowserSession,
    pub principal: Principal,
    /// How the person is called.
    pub name: String,
}

impl Registry {
    /// Who is signed in at the browser that has this cookie; `None` for a value that opens nothing, or nothing more.
    /// *Tenancy*: the place; the cookie of another place is unknown here.
    pub async fn browser_session(&self, place: &Place, cookie: &Secret) -> Result<Option<Signed>, ManageError> {
        let Some(digest) = Opaque::Session.digest(cookie) else { return Ok(None) };
        let tenant = place.tenant();
        let found = self.store.point(move |store| store.find_browser_session(tenant, &digest)).await?;
        let Some(mut session) = found.filter(|session| self.is_live(session)) else { return Ok(None) };
        let Some(principal) = session.principal(place) else { return Ok(None) };
        let revoked = self.directory.revocations(tenant).await?;
        if revoked.find(session.holder, &[session.id], session.auth_time).is_some() {
            return Ok(None);
        }
        let Some(holder) = self.find_holder(place, &session.holder.to_string()).await? else { return Ok(None) };
        if holder.uuid() != session.holder || !holder.person().activated || holder.person().disabled {
            return Ok(None);
        }
        let now = self.clock.now();
        if now.since(session.seen) >= SEEN_STEP {
            session.seen = now;
            let id = session.id;
            self.store.blocking(move |store| store.touch_browser_session(tenant, id, now)).await?;
        }
        let name = name_of(&holder);
        Ok(Some(Signed { session, principal, name }))
    }

    /// Whether time has not ended a session yet.
    pub(super) fn is_live(&self, session: &BrowserSession) -> bool {
        let now = self.clock.now();
        session.ended.is_none() && now < session.expires && now.since(session.seen) < self.policy.sessions.idle
    }

    /// Signs a browser in as whoever has just proved themselves. The same person again keeps their session under
    /// another cookie; another person ends the former one's session, as if they had signed out.
    pub async fn begin_browser_session(
        &self,
        place: &Place,
        (principal, event): (Principal, &SignInEvent),
        former: Option<&BrowserSession>,
        browser: Browser,
    ) -> Result<Begun, ManageError> {
        let tenant = place.tenant();
        let cookie = Opaque::Session.make(&*self.entropy);
        let digest = Opaque::Session.digest(&cookie).ok_or(ManageError::StalePage)?;
        // Dated after every watermark, or it would be born dead.
        let revoked = self.directory.revocations(tenant).await?;
        let now = self.clock.now().max(revoked.earliest_issue(principal.uuid()));
        let own = former.filter(|former| former.holder == principal.uuid());
        let details = SessionDetails {
            device: browser.device.map(|device| device.chars().take(DEVICE_MAX).collect()),
            source: browser.source,
            acr: event.acr.clone(),
            amr: event.amr.clone(),
            clients: own.map(|own| own.details.clients.clone()).unwrap_or_default(),
        };
        let session = BrowserSession {
            tenant,
            id: own.map_or_else(|| self.draw_id(), |own| own.id),
            digest,
            authority: principal.authority(),
            holder: principal.uuid(),
            details,
            auth_time: now,
            seen: now,
            created: own.map_or(now, |own| own.created),
            expires: now.plus(self.policy.sessions.absolute),
            ended: None,
        };
        if let Some(own) = own
            && self.renew(&session, own, principal).await?
        {
            return Ok(Begun { session, cookie });
        }
        // A session of theirs that ended in this moment does not live again.
        let session = BrowserSession { id: self.draw_id(), created: now, ..session };
        self.insert(&session, former.filter(|_| own.is_none()), principal).await?;
        Ok(Begun { session, cookie })
    }

    async fn renew(
        &self,
        session: &BrowserSession,
        former: &BrowserSession,
        principal: Principal,
    ) -> Result<bool, ManageError> {
        let journal = self.sign_in_journal(session, principal);
        let (session, former) = (session.clone(), former.digest);
        self.write(journal, move |store, journal| store.renew_browser_session(&session, &former, journal)).await
    }

    async fn insert(
        &self,
        session: &BrowserSession,
        former: Option<&BrowserSession>,
        principal: Principal,
    ) -> Result<(), ManageError> {
        let mut journal = self.sign_in_journal(session, principal);
        let replaced = match former {
            Some(former) => {
                journal.changes.push(self.change(session.tenant, ChangeKind::Revocations));
                let template = self.watermark(session.tenant, RevocationTarget::Principal(former.holder)).await?;
                Some((former.id, template))
            }
            None => None,
        };
        let (session, is_switch) = (session.clone(), replaced.is_some());
        let write = move |store: &Store, journal: &Journal| store.begin_browser_session(&session, replaced, journal);
        self.write(journal, write).await?;
        if is_switch {
            self.notices.ring();
        }
        Ok(())
    }

    fn sign_in_journal(&self, session: &BrowserSession, principal: Principal) -> Journal {
        let detail = json!({ "session": session.id, "source": session.details.source });
        let audit = vec![self.audit(session.tenant, Actor::Caller(principal), "sign in", detail)];
        Journal { audit, ..Journal::default() }
    }

    /// Remembers that a client was let in from a session.
    pub async fn note_client(&self, session: &BrowserSession, client: RegisteredId) -> Result<(), ManageError> {
        if session.details.clients.last() == Some(&client.uuid()) {
            return Ok(());
        }
        let (tenant, id, now) = (session.tenant, session.id, self.clock.now());
        Ok(self.store.blocking(move |store| store.note_client(tenant, id, client, now)).await?)
    }

    /// The person signs out: the session ends with all that was not meant to go on without them, and clients hear of it.
    /// False when it had ended before.
    pub async fn sign_out(&self, place: &Place, session: &BrowserSession) -> Result<bool, ManageError> {
        let actor = session.principal(place).into();
        self.end_browser_session(session, Ending::SignOut, (actor, "sign out")).await
    }

    /// Ends a session and every token that came of it; false when there is none that lives.
    ///
    /// *Tenancy*: the tenant.
    pub async fn end_session(&self, tenant: TenantId, session: Uuid, actor: Actor) -> Result<bool, ManageError> {
        let found = self.store.point(move |store| store.find_browser_session_by_id(tenant, session)).await?;
        match found {
            Some(session) => self.end_browser_session(&session, Ending::Whole, (actor, "end session")).await,
            None => Ok(false),
        }
    }

    /// The session that an ID token names, if it lives. *Tenancy*: the place.
    pub async fn live_session(&self, place: &Place, id: Uuid) -> Result<Option<BrowserSession>, ManageError> {
        let tenant = place.tenant();
        let found = self.store.point(move |store| store.find_browser_session_by_id(tenant, id)).await?;
        Ok(found.filter(|session| self.is_live(session)))
    }

    pub(super) async fn end_browser_session(
        &self,
        session: &BrowserSession,
        ending: Ending,
        (actor, action): (Actor, &str),
    ) -> Result<bool, ManageError> {
        let template = self.watermark(session.tenant, RevocationTarget::Principal(session.holder)).await?;
        let id = session.id;
        let journal = Journal {
            changes: vec![self.change(session.tenant, ChangeKind::Revocations)],
            audit: vec![self.audit(session.tenant, actor, action, json!({ "session": id, "holder": session.holder }))],
            ..Journal::default()
        };
        let write = move |store: &Store, journal: &Journal| store.end_browser_session(id, ending, &template, journal);
        let is_ended = self.write(journal, write).await?;
        self.notices.ring();
        Ok(is_ended)
    }

    /// The end of a session by time, as its holder sees it.
    pub(super) fn runs_out(&self, session: &BrowserSession) -> Moment {
        session.expires.min(session.seen.plus(self.policy.sessions.idle))
    }
}

/// How a page calls a person.
fn name_of(holder: &Holder) -> String {
    let person = holder.person();
    person.name.clone().filter(|name| !name.is_empty()).unwrap_or_else(|| person.username.as_str().to_owned())
}
