//! A person answers a device that waits for them: they type its code, see who asks, and allow it or not (RFC 8628 §3.3).
//! Guesses of codes are counted against the network, the person and the tenant, and found codes are not.

use serde_json::json;

use super::browser::Signed;
use super::{Actor, ManageError, Registry};
use crate::crypto::token_text::UserCode;
use crate::domain::device::{DeviceAnswer, DeviceDetails, DeviceGrant, DeviceState};
use crate::domain::place::Place;
use crate::store::{Journal, Store};

/// Wrong codes an hour: of one network and of one person, who type; of one tenant, where many guess together. Of 20^8
/// codes even all that may wait leave one guess in some hundred thousand a chance.
const WRONG_OF_ONE: u32 = 30;
const WRONG_OF_TENANT: u32 = 3_000;

/// A device that waits for an answer.
#[derive(Clone, Debug)]
pub struct WaitingDevice {
    pub grant: DeviceGrant,
    /// The code as it is shown on the device.
    pub code: String,
    /// What the client is called.
    pub client: String,
}

/// What a person says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeviceVerdict {
    Allow,
    Deny,
}

impl Registry {
    /// The device of a code that somebody typed; `None` for one that is wrong, over or answered.
    ///
    /// *Errors*: `TooManyGuesses`. *Tenancy*: the place.
    pub async fn waiting_device(
        &self,
        place: &Place,
        (signed, source): (&Signed, &str),
        typed: &str,
    ) -> Result<Option<WaitingDevice>, ManageError> {
        let (tenant, now) = (place.tenant(), self.clock.now());
        let counted = [
            (format!("{tenant}"), WRONG_OF_TENANT),
            (format!("{tenant} {source}"), WRONG_OF_ONE),
            (format!("{tenant} {}", signed.principal), WRONG_OF_ONE),
        ];
        if let Some(retry_after) = counted.iter().find_map(|(who, most)| self.guesses.wait(who, *most, now)) {
            return Err(ManageError::TooManyGuesses { retry_after });
        }
        let found = self.find_waiting(place, typed).await?;
        if found.is_none() {
            for (who, most) in &counted {
                // Whoever spends the last guess hears of it at the next one.
                let _ = self.guesses.admit(who, *most, now);
            }
        }
        Ok(found)
    }

    async fn find_waiting(&self, place: &Place, typed: &str) -> Result<Option<WaitingDevice>, ManageError> {
        let Some(code) = UserCode::parse(typed) else { return Ok(None) };
        let (tenant, digest) = (place.tenant(), code.digest());
        let found = self.store.point(move |store| store.find_device_by_user_code(tenant, &digest)).await?;
        let now = self.clock.now();
        let is_waiting = |grant: &DeviceGrant| grant.state == DeviceState::Pending && now < grant.expires;
        let Some(grant) = found.filter(is_waiting) else { return Ok(None) };
        let client = self.client_metadata(tenant, grant.client).await?;
        Ok(client.map(|(client, _)| WaitingDevice { grant, code: code.to_string(), client }))
    }

    /// Answers a device for whoever is signed in. What they allow is remembered like any consent, and can be taken back.
    /// False where it was answered or expired meanwhile.
    pub async fn answer_device(
        &self,
        place: &Place,
        device: &WaitingDevice,
        (signed, verdict): (&Signed, DeviceVerdict),
    ) -> Result<bool, ManageError> {
        let (tenant, grant, now) = (place.tenant(), &device.grant, self.clock.now());
        let (state, action) = match verdict {
            DeviceVerdict::Allow => {
                self.allow(place, signed.principal, (grant.client, &grant.scopes)).await?;
                (DeviceState::Approved, "let a device in")
            }
            DeviceVerdict::Deny => (DeviceState::Denied, "turn a device away"),
        };
        let answer = DeviceAnswer {
            state,
            holder: (signed.principal.authority(), signed.principal.uuid()),
            session: signed.session.id,
            details: DeviceDetails {
                event: Some(signed.session.event()),
                answered: Some(now.micros()),
                ..grant.details.clone()
            },
        };
        let detail = json!({ "client": grant.client.client_id(), "scope": grant.scopes.to_string() });
        let audit = vec![self.audit(tenant, Actor::Caller(signed.principal), action, detail)];
        let journal = Journal { audit, ..Journal::default() };
        let digest = grant.digest;
        let write =
            move |store: &Store, journal: &Journal| store.answer_device_grant(tenant, (&digest, &answer), now, journal);
        let is_answered = self.write(journal, write).await?;
        if is_answered && verdict == DeviceVerdict::Allow {
            self.note_client(&signed.session, grant.client).await?;
        }
        Ok(is_answered)
    }
}
