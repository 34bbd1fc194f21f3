//! `grant_type=refresh_token` (RFC 6749 §6): a session goes on. Tokens rotate at every use; an honest retry gets the
//! same successor, a token that was already succeeded ends the family.

use super::client::{self, Admitted};
use super::error::GrantError;
use super::family::{self, Ended, Step, Use};
use super::id_token::{self, Told};
use super::outcome::Issued;
use super::oxide::{self, RefreshPlan};
use super::person::{self, Candidate};
use super::request::{GrantRequest, ScopeRule};
use super::workbench::{Bound, Terms, Workbench};
use super::{lifetime, resource};
use crate::crypto::token_text::{RefreshParts, parse_refresh, render_refresh};
use crate::crypto::vault::Binding;
use crate::domain::id::RegisteredId;
use crate::domain::place::Place;
use crate::domain::refresh::RefreshFamily;
use crate::domain::registered::{GrantType, RegisteredClient};
use crate::domain::scope::{OFFLINE_ACCESS, Scopes};
use crate::domain::user::Identifier;
use crate::store::Advance;
use zeroize::Zeroizing;

/// How often a use that lost the race for the row looks again. The second look meets the winner's successor.
const LOOKS: usize = 4;

pub(super) async fn run(this: &Workbench, place: &Place, request: &GrantRequest) -> Result<Issued, GrantError> {
    let text = request.refresh_token.as_ref().ok_or(GrantError::MissingParameter("refresh_token"))?;
    let client = client::accompany(this, place, request.client.as_ref()).await?;
    let proved = client.as_ref().map(Admitted::client_id);
    let parts = parse_refresh(text.expose()).ok_or(GrantError::UnknownRefreshToken)?;
    for _ in 0..LOOKS {
        let presented = Presented {
            parts: &parts,
            proved: proved.as_deref(),
            client: client.as_ref().and_then(Admitted::registered),
        };
        if let Some(issued) = attempt(this, place, request, &presented).await? {
            return Ok(issued);
        }
    }
    Err(GrantError::EndedRefreshToken)
}

/// A refresh token beside the client that proved itself.
struct Presented<'a> {
    parts: &'a RefreshParts,
    proved: Option<&'a str>,
    /// What that client registered, if it is a registered one.
    client: Option<&'a RegisteredClient>,
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
    let family = narrowed(family, presented.client)?;
    let candidate = load_holder(this, place, &family).await?;

    this.policy.may_begin_here(family.principal)?;
    candidate.may_sign_in(&this.policy.switches)?;
    let lifetime = lifetime::decide_for(presented.client, place.app_settings(), request.ttl, &this.policy)?;
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
    let own = this.base.issuer(place);
    let asked = if presented.client.is_some() { request.resources.as_slice() } else { &[] };
    let resources = resource::narrowed(asked, &family.details.resources, &own)?;
    let is_asked = request.scope_rule == ScopeRule::Strict || presented.client.is_some();
    let scope = request.scope.as_deref().filter(|_| is_asked);
    let bound = Bound::of(
        presented.client,
        &family.details,
        resource::audience(resources, scope.unwrap_or(&family.scope), &own),
    );
    let issuer = this.issuer(place, Terms { principal: family.principal, client_id, lifetime, refresh, bound }).await?;
    let minted = oxide::refresh(&oxide::RefreshUse { scope, family: &family, proved: presented.proved }, &issuer)?;
    let id_token = id_token::beside(this, place, (&issuer, &minted), told(&family, presented.client)).await?;

    if let Some(step) = step
        && !advance(this, &family, step).await?
    {
        return Ok(None);
    }
    let holder = person::shown(this, candidate, presented.client).await?;
    Ok(Some(Issued { id_token, ..Workbench::issued(minted, family.principal, holder) }))
}

/// The sign-in as the first ID token told it, but for the nonce (OpenID Connect Core §12.2).
fn told<'a>(family: &'a RefreshFamily, client: Option<&'a RegisteredClient>) -> Option<Told<'a>> {
    client.map(|client| Told { client, event: family.details.event.as_ref(), nonce: None, session: family.session })
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

/// The family as far as its client's registration still goes: what was taken from it since is not given again.
///
/// *Errors*: `UnauthorizedClient` where it may not refresh any more, `EndedRefreshToken` where no scope is left.
fn narrowed(mut family: RefreshFamily, client: Option<&RegisteredClient>) -> Result<RefreshFamily, GrantError> {
    let Some(client) = client else { return Ok(family) };
    if !client.metadata.allows(GrantType::RefreshToken) {
        return Err(GrantError::UnauthorizedClient(GrantType::RefreshToken));
    }
    let granted: Scopes = family.scope.split(' ').collect();
    let left = granted.common(&client.metadata.scope);
    if left.is_empty() {
        return Err(GrantError::EndedRefreshToken);
    }
    family.scope = left.to_string();
    Ok(family)
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
    let client = family.client_id.as_deref().and_then(RegisteredId::parse_client_id);
    let is_over = revoked.find(holder, &[family.id], family.created).is_some()
        || client.is_some_and(|client| revoked.find(client.uuid(), &[], family.created).is_some());
    if is_over || !session_goes_on(this, family).await? {
        return Err(GrantError::EndedRefreshToken);
    }
    let candidate = person::find(this, place, Identifier::Id(holder)).await?;
    candidate.ok_or(GrantError::EndedRefreshToken)
}

/// Whether the browser's session from which a family descends has not ended, or need not go on (OpenID Connect Core §11).
async fn session_goes_on(this: &Workbench, family: &RefreshFamily) -> Result<bool, GrantError> {
    let Some(session) = family.session else { return Ok(true) };
    if family.scope.split(' ').any(|word| word == OFFLINE_ACCESS) {
        return Ok(true);
    }
    let tenant = family.tenant;
    let found = this.store.point(move |store| store.find_browser_session_by_id(tenant, session)).await?;
    Ok(found.is_some_and(|session| session.ended.is_none() && this.clock.now() < session.expires))
}

async fn advance(this: &Workbench, family: &RefreshFamily, step: Step) -> Result<bool, GrantError> {
    let (tenant, id) = (family.tenant, family.id);
    let Step { expected_head, head, previous } = step;
    let advance = Advance { expected_head, head, previous: Some(previous), rotated: this.clock.now() };
    Ok(this.store.blocking(move |store| store.advance_refresh_family(tenant, id, &advance)).await?)
}

/// Ends a stolen family together with the access tokens of its session.
async fn end(this: &Workbench, family: &RefreshFamily) -> Result<GrantError, GrantError> {
    let ended = Ended { tenant: family.tenant, family: family.id, holder: family.principal.to_string() };
    family::end(this, ended, "end a session whose refresh token was used twice").await?;
    Ok(GrantError::ReusedRefreshToken)
}
