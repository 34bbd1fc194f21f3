//! Refresh families: how a sign-in begins one, and what the use of one of its tokens means.

use std::time::Duration;

use uuid::Uuid;
use zeroize::Zeroizing;

use super::error::GrantError;
use super::oxide::RefreshPlan;
use super::workbench::Workbench;
use crate::crypto::entropy::uuid_v7;
use crate::crypto::token_text::render_refresh;
use crate::crypto::vault::{Binding, Purpose};
use crate::domain::authority::Principal;
use crate::domain::clock::Moment;
use crate::domain::id::TenantId;
use crate::domain::journal::{AuditEntry, Change, ChangeKind};
use crate::domain::place::Place;
use crate::domain::refresh::{FamilyDetails, RefreshFamily};
use crate::domain::revocation::{Revocation, RevocationTarget};
use crate::store::Journal;

/// A family that is about to be written.
pub(super) struct NewFamily(RefreshFamily);

impl NewFamily {
    /// Dates the family like its first token, so that both stand on the same side of every watermark.
    pub(super) fn dated(mut self, issued: Moment, scope: &str) -> RefreshFamily {
        self.0.expires = issued.plus(self.0.expires.since(self.0.created));
        (self.0.created, self.0.rotated) = (issued, issued);
        self.0.scope = scope.to_owned();
        self.0
    }

    /// Lets it descend from a browser's session.
    pub(super) fn of_session(mut self, session: Option<Uuid>) -> Self {
        self.0.session = session;
        self
    }

    /// Says how its holder signed in, from where, and what binds its tokens.
    pub(super) fn described(mut self, details: FamilyDetails) -> Self {
        self.0.details = details;
        self
    }

    pub(super) fn id(&self) -> Uuid {
        self.0.id
    }
}

/// Draws a new family and the text of its first token. It is bound to a client, if to any, and lasts for `life`.
pub(super) fn begin(
    this: &Workbench,
    place: &Place,
    principal: Principal,
    (client_id, life): (Option<String>, Duration),
) -> Result<(NewFamily, RefreshPlan), GrantError> {
    let now = this.clock.now();
    let id = uuid_v7(now, &*this.entropy);
    let mut key = Zeroizing::new([0_u8; 32]);
    this.entropy.fill(&mut *key);
    let row = id.to_string();
    let sealed = this.vault.seal(&binding(place.tenant(), &row), &*key, &*this.entropy)?;
    let family = RefreshFamily {
        tenant: place.tenant(),
        id,
        principal,
        client_id,
        scope: String::new(),
        key: sealed,
        head: 1,
        previous: None,
        rotated: now,
        created: now,
        expires: now.plus(life),
        ended: None,
        session: None,
        details: FamilyDetails::default(),
    };
    let token = render_refresh(&*key, id, family.head);
    Ok((NewFamily(family), RefreshPlan::Give { family: id, token }))
}

/// How a family's key is bound to its row.
pub(super) fn binding(tenant: TenantId, row: &str) -> Binding<'_> {
    Binding { tenant, purpose: Purpose::RefreshFamily, row }
}

/// What the use of a genuine token of a family means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Use {
    /// The head was used: its successor is made.
    Rotate(Step),
    /// The answer was lost: the same successor is given once more.
    Repeat {
        head: u32,
    },
    /// The answer was lost for long, and the successor never came back: another one takes its place.
    Replace(Step),
    /// A token that was already succeeded came back: one of two holders is a thief.
    Theft,
    Ended,
    Expired,
}

/// A change of a family's row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Step {
    pub(super) expected_head: u32,
    pub(super) head: u32,
    pub(super) previous: u32,
}

/// Decides what the use of generation `used` means (RFC 9700 §4.14.2, made safe for honest retries).
pub(super) fn decide(family: &RefreshFamily, used: u32, now: Moment, window: Duration) -> Use {
    if family.ended.is_some() {
        return Use::Ended;
    }
    if now >= family.expires {
        return Use::Expired;
    }
    let step = Step { expected_head: family.head, head: family.head.saturating_add(1), previous: used };
    if used == family.head {
        Use::Rotate(step)
    } else if Some(used) != family.previous {
        Use::Theft
    } else if now.since(family.rotated) <= window {
        Use::Repeat { head: family.head }
    } else {
        Use::Replace(step)
    }
}

/// A family that has to end.
pub(super) struct Ended {
    pub(super) tenant: TenantId,
    pub(super) family: Uuid,
    /// As the audit log names them.
    pub(super) holder: String,
}

/// Ends a family together with the access tokens of its session. `action` says why, in the audit log.
pub(super) async fn end(this: &Workbench, ended: Ended, action: &str) -> Result<(), GrantError> {
    let Ended { tenant, family, holder } = ended;
    let now = this.clock.now();
    let longest = this.directory.longest_token(tenant, this.policy.access_ttl_max).await?;
    let revocation = Revocation::revoked(tenant, RevocationTarget::Token(family), now, longest);
    let change = Change { id: uuid_v7(now, &*this.entropy), tenant, kind: ChangeKind::Revocations };
    let audit = AuditEntry {
        id: uuid_v7(now, &*this.entropy),
        tenant,
        at: now,
        actor: holder,
        action: action.to_owned(),
        detail: serde_json::json!({ "session": family }),
    };
    let journal = Journal { changes: vec![change], audit: vec![audit], ..Journal::default() };
    this.store.blocking(move |store| store.revoke(&revocation, &journal)).await?;
    this.directory.apply(&[change]);
    Ok(())
}

#[cfg(test)]
mod tests;
