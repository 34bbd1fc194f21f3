//! Browsers that are signed in, what their people have allowed, and whom the end of a session is told to.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::authority::{Authority, Principal};
use super::clock::Moment;
use super::id::{AdminId, RegisteredId, TenantId, UserId};
use super::place::Place;
use super::scope::Scopes;
use super::secret::Digest;
use super::token::SignInEvent;

/// The most clients that one session remembers; no person uses more from one browser.
const CLIENTS_MAX: usize = 100;

/// Who is signed in at one browser. The cookie's value is not kept, only its digest; the id is the `sid` of ID tokens.
#[derive(Clone, Debug)]
pub struct BrowserSession {
    pub tenant: TenantId,
    pub id: Uuid,
    /// SHA-256 of the cookie's value.
    pub digest: Digest,
    /// `AppUser`, or `Admin` for the management plane.
    pub authority: Authority,
    /// The user or the admin.
    pub holder: Uuid,
    pub details: SessionDetails,
    /// When the person last proved who they are: revocation watermarks compare with this.
    pub auth_time: Moment,
    /// The last use, as exact as a minute.
    pub seen: Moment,
    pub created: Moment,
    /// The absolute end, whatever the use.
    pub expires: Moment,
    pub ended: Option<Moment>,
}

impl BrowserSession {
    /// Who is signed in, as the holder of tokens; `None` where the place is not one for such people.
    pub fn principal(&self, place: &Place) -> Option<Principal> {
        match (self.authority, place) {
            (Authority::AppUser, Place::App { org, app }) => {
                Some(Principal::AppUser { org: org.id, app: app.id, user: UserId::new(self.holder) })
            }
            (Authority::Admin, Place::Management) => Some(Principal::Admin { admin: AdminId::new(self.holder) }),
            _ => None,
        }
    }

    /// How they signed in.
    pub fn event(&self) -> SignInEvent {
        SignInEvent {
            auth_time: self.auth_time.seconds(),
            acr: self.details.acr.clone(),
            amr: self.details.amr.clone(),
        }
    }
}

/// What a session remembers for its holder to see, and for its tokens to say.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct SessionDetails {
    /// The browser, as it names itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub device: Option<String>,
    /// The address from which the person signed in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub acr: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub amr: Vec<String>,
    /// The clients that were let in from here, the last one last.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub clients: Vec<Uuid>,
}

impl SessionDetails {
    /// Notes that a client was let in; false where that was the last thing noted already.
    pub fn note(&mut self, client: RegisteredId) -> bool {
        if self.clients.last() == Some(&client.uuid()) {
            return false;
        }
        self.clients.retain(|known| *known != client.uuid());
        if self.clients.len() >= CLIENTS_MAX {
            self.clients.remove(0);
        }
        self.clients.push(client.uuid());
        true
    }
}

/// What ends with a browser's session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// The person signs out: what they let go on without them goes on (Back-Channel Logout §2.7, `offline_access`).
    SignOut,
    /// The session was ended by name: every token that came of it ends, too.
    Whole,
}

/// What a person allowed a client, remembered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Consent {
    pub tenant: TenantId,
    /// The user or the admin.
    pub holder: Uuid,
    pub client: RegisteredId,
    pub scope: Scopes,
    pub created: Moment,
    pub modified: Moment,
}

/// A client to be told that a session ended (OpenID Connect Back-Channel Logout 1.0).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogoutNotice {
    pub tenant: TenantId,
    /// Made of session and client, so that one client hears of one end once. It is the `jti` of every attempt.
    pub id: Uuid,
    pub client: RegisteredId,
    /// The user or the admin; the client is told the subject that it knows.
    pub holder: Uuid,
    pub session: Uuid,
    pub uri: String,
    pub attempts: u32,
    pub next_attempt: Moment,
    pub created: Moment,
}

impl LogoutNotice {
    /// The id of the one notice to this client about this session.
    pub fn id_of(session: Uuid, client: RegisteredId) -> Uuid {
        Uuid::from_u128(session.as_u128().rotate_left(64) ^ client.uuid().as_u128())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_remembers_its_clients_once_and_the_last_one_last() {
        let id = |number| RegisteredId::new(Uuid::from_u128(number));
        let mut details = SessionDetails::default();
        assert!(details.note(id(1)) && details.note(id(2)) && details.note(id(1)));
        assert!(!details.note(id(1)), "nothing new");
        assert_eq!(details.clients, [id(2).uuid(), id(1).uuid()]);
        for number in 0..200 {
            details.note(id(number));
        }
        assert_eq!((details.clients.len(), details.clients.last()), (CLIENTS_MAX, Some(&id(199).uuid())));
    }

    #[test]
    fn notices_of_two_clients_or_two_sessions_have_two_ids() {
        let (one, two) = (Uuid::from_u128(1), Uuid::from_u128(2));
        let id = |session, client| LogoutNotice::id_of(session, RegisteredId::new(client));
        assert_ne!(id(one, two), id(two, one));
        assert_ne!(id(one, one), id(one, two));
        assert_eq!(id(one, two), id(one, two));
    }
}
