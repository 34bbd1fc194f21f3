//! `grant_type=refresh_token` (RFC 6749 §6): a session goes on. Tokens rotate at every use; an honest retry gets the
//! same successor, a token that was already succeeded ends the family.

use super::error::GrantError;
use super::family::{self, Step, Use};
use super::outcome::Issued;
use super::oxide::{self, RefreshPlan};
use super::person::{self, Candidate};
use super::request::{GrantRequest, ScopeRule};
use super::workbench::{Bound, Terms, Workbench};
use super::{client, lifetime};
use crate::crypto::entropy::uuid_v7;
use crate::crypto::token_text::{RefreshParts, parse_refresh, render_refresh};
use crate::crypto::vault::Binding;
use crate::domain::journal::{AuditEntry, Change, ChangeKind};
use crate::domain::place::Place;
use crate::domain::refresh::RefreshFamily;
use crate::domain::revocation::{Revocation, RevocationTarget};
use crate::domain::user::Identifier;
use crate::store::{Advance, Journal};
use zeroize::Zeroizing;

/// How often a use that lost the race for the row looks again. The second look meets the winner's successor.
const LOOKS: usize = 4;

pub(super) async fn run(this: &Workbench, place: &Place, request: &GrantRequest) -> Result<Issued, GrantError> {
    let text = request.refresh_token.as_ref().ok_or(GrantError::MissingParameter("refresh_token"))?;
    let known = this.presented(request.client.as_ref()).await?;
    let proved = client::accompany(place, known.as_ref(), request.client.as_ref(), this.clock.now())?;
    let parts = parse_refresh(text.expose()).ok_or(GrantError::UnknownRefreshToken)?;
    for _ in 0..LOOKS {
        if let Some(issued) =
            attempt(this, place, request, &Presented { parts: &parts, proved: proved.as_deref() }).await?
        {
            return Ok(issued);
        }
    }
    Err(GrantError::EndedRefreshToken)
}

/// A refresh token beside the client that proved itself.
struct Presented<'a> {
    parts: &'a RefreshParts,
    proved: Option<&'a str>,
}

/// One look at the row; `None` when another use of the same token changed it first.
async fn attempt(
    this: &Workbench,
    place: &Place,
    request: &GrantRequest,
    presented: &Presented<'_>,
) -> Result<Option<Issued>, GrantError> {
    let (family, key) = load(this, place, presented.parts).await?;
    belongs_to(&family, presented.proved)?;
    let candidate = load_holder(this, place, &family).await?;

    this.policy.may_begin_here(family.principal)?;
    candidate.may_sign_in(&this.policy.switches)?;
    let lifetime = lifetime::decide(place.app_settings(), request.ttl, &this.policy)?;
    let client_id = family.client_id.clone().unwrap_or_else(|| client::own_id(place));
    let used = presented.parts.generation;
    let (head, step) = match family::decide(&family, used, this.clock.now(), this.policy.refresh_retry_window) {
        Use::Rotate(step) | Use::Replace(step) => (step.head, Some(step)),
        Use::Repeat { head } => (head, None),
        Use::Ended => return Err(GrantError::EndedRefreshToken),
        Use::Expired => return Err(GrantError::ExpiredRefreshToken),
        Use::Theft => return Err(end(this, &family).await?),
    };

    let refresh = RefreshPlan::Give { family: family.id, token: render_refresh(&key, family.id, head) };
    let issuer = this
        .issuer(place, Terms { principal: family.principal, client_id, lifetime, refresh, bound: Bound::default() })
        .await?;
    let scope = request.scope.as_deref().filter(|_| request.scope_rule == ScopeRule::Strict);
    let minted = oxide::refresh(&oxide::RefreshUse { scope, family: &family, proved: presented.proved }, &issuer)?;

    if let Some(step) = step
        && !advance(this, &family, step).await?
    {
        return Ok(None);
    }
    Ok(Some(Workbench::issued(minted, family.principal, person::holder(this, candidate).await?)))
}

/// Whether the client that proved itself is the one the family is bound to. Asked before anything of the account is,
/// so that a stranger with a genuine token learns nothing of it.
///
/// *Errors*: `MissingClientAtRefresh` where proof is owed and none came (RFC 6749 §6), `RefreshTokenOfAnotherClient`.
fn belongs_to(family: &RefreshFamily, proved: Option<&str>) -> Result<(), GrantError> {
    match (&family.client_id, proved) {
        (None, _) => Ok(()),
        (Some(_), None) => Err(GrantError::MissingClientAtRefresh),
        (Some(bound), Some(proved)) if bound == proved => Ok(()),
        (Some(_), Some(_)) => Err(GrantError::RefreshTokenOfAnotherClient),
    }
}

/// Loads the family that a token names and proves the token genuine. *Tenancy*: only families of the place's tenant.
async fn load(
    this: &Workbench,
    place: &Place,
    parts: &RefreshParts,
) -> Result<(RefreshFamily, Zeroizing<Vec<u8>>), GrantError> {
    let (tenant, id) = (place.tenant(), parts.family);
    let family = this.store.point(move |store| store.find_refresh_family(tenant, id)).await?;
    let family = family.ok_or(GrantError::UnknownRefreshToken)?;
    let row = family.id.to_string();
    let binding: Binding<'_> = family::binding(tenant, &row);
    let key = this.vault.open(&binding, &family.key)?;
    if !parts.is_authentic(&key) {
        return Err(GrantError::UnknownRefreshToken);
    }
    Ok((family, key))
}

/// Loads the person behind a family and checks that no revocation covers their sign-in.
async fn load_holder(this: &Workbench, place: &Place, family: &RefreshFamily) -> Result<Candidate, GrantError> {
    let holder = family.principal.uuid();
    let revoked = this.directory.revocations(family.tenant).await?;
    if revoked.find(holder, &[family.id], family.created).is_some() {
        return Err(GrantError::EndedRefreshToken);
    }
    let candidate = person::find(this, place, Identifier::Id(holder)).await?;
    candidate.ok_or(GrantError::EndedRefreshToken)
}

async fn advance(this: &Workbench, family: &RefreshFamily, step: Step) -> Result<bool, GrantError> {
    let (tenant, id) = (family.tenant, family.id);
    let Step { expected_head, head, previous } = step;
    let advance = Advance { expected_head, head, previous: Some(previous), rotated: this.clock.now() };
    Ok(this.store.blocking(move |store| store.advance_refresh_family(tenant, id, &advance)).await?)
}

/// Ends a stolen family together with the access tokens of its session.
async fn end(this: &Workbench, family: &RefreshFamily) -> Result<GrantError, GrantError> {
    let now = this.clock.now();
    let longest = this.directory.longest_token(family.tenant, this.policy.access_ttl_max).await?;
    let revocation = Revocation::revoked(family.tenant, RevocationTarget::Token(family.id), now, longest);
    let change = Change { id: uuid_v7(now, &*this.entropy), tenant: family.tenant, kind: ChangeKind::Revocations };
    let audit = AuditEntry {
        id: uuid_v7(now, &*this.entropy),
        tenant: family.tenant,
        at: now,
        actor: family.principal.to_string(),
        action: "end a session whose refresh token was used twice".to_owned(),
        detail: serde_json::json!({ "session": family.id }),
    };
    let journal = Journal { changes: vec![change], audit: vec![audit], ..Journal::default() };
    this.store.blocking(move |store| store.revoke(&revocation, &journal)).await?;
    this.directory.apply(&[change]);
    Ok(GrantError::ReusedRefreshToken)
}
