//! `grant_type=authorization_code` (RFC 6749 §4.1.3): a code becomes a session, once. A second use, at the same time or
//! later, is refused and ends what the first began; a use by the right client that is wrong spends the code, since its
//! text is then in other hands, while another client's use leaves it alone.

use super::error::{CodeFault, GrantError};
use super::family::{self, Ended, NewFamily};
use super::id_token::{self, Told};
use super::outcome::{Holder, Issued};
use super::oxide::{self, CodeUse, Minted, RefreshPlan, TokenIssuer};
use super::request::GrantRequest;
use super::workbench::{Bound, Terms, Workbench};
use super::{client, lifetime, person, resource};
use crate::crypto::pkce::{Challenge, Verifier};
use crate::crypto::token_text::Opaque;
use crate::domain::authority::Principal;
use crate::domain::code::AuthorizationCode;
use crate::domain::place::Place;
use crate::domain::refresh::FamilyDetails;
use crate::domain::registered::{GrantType, RegisteredClient};
use crate::domain::secret::Digest;
use crate::domain::user::Identifier;
use crate::store::{Ground, Redeemed};

pub(super) async fn run(this: &Workbench, place: &Place, request: &GrantRequest) -> Result<Issued, GrantError> {
    let presented = request.client.as_ref().ok_or(GrantError::MissingClient)?;
    let admitted = client::authenticate(this, place, presented).await?;
    admitted.demand(GrantType::AuthorizationCode)?;
    // The clients that tenants are born with were never given a code.
    let client = admitted.registered().ok_or(GrantError::UnauthorizedClient(GrantType::AuthorizationCode))?;
    let text = request.code.as_ref().ok_or(GrantError::MissingParameter("code"))?;
    let digest = Opaque::AuthorizationCode.digest(text).ok_or(GrantError::Code(CodeFault::Unknown))?;

    let code = load(this, place, &digest).await?;
    if code.client != client.id {
        return Err(GrantError::Code(CodeFault::OfAnotherClient));
    }
    if code.used.is_some() {
        return Err(reused(this, &code).await?);
    }
    if this.clock.now() >= code.expires {
        return Err(GrantError::Code(CodeFault::Expired));
    }
    if let Err(fault) = decide(&code, client, request) {
        let (tenant, now) = (place.tenant(), this.clock.now());
        this.store.blocking(move |store| store.spend_authorization_code(tenant, &digest, now)).await?;
        return Err(GrantError::Code(fault));
    }
    redeem(this, place, (code, client), request).await
}

/// *Tenancy*: only codes of the place's tenant.
async fn load(this: &Workbench, place: &Place, digest: &Digest) -> Result<AuthorizationCode, GrantError> {
    let (tenant, digest) = (place.tenant(), *digest);
    let code = this.store.point(move |store| store.find_authorization_code(tenant, &digest)).await?;
    code.ok_or(GrantError::Code(CodeFault::Unknown))
}

/// Whether the request is from whoever made the authorization request, as far as it can show that.
fn decide(code: &AuthorizationCode, client: &RegisteredClient, request: &GrantRequest) -> Result<(), CodeFault> {
    let details = &code.details;
    match request.redirect_uri.as_deref() {
        Some(uri) if uri == code.redirect_uri => {}
        Some(_) => return Err(CodeFault::WrongRedirect),
        // OAuth 2.1 has it no more: the verifier says the same, and better. Without one it is owed (RFC 6749 §4.1.3).
        None if details.challenge.is_none() && details.redirect_named => return Err(CodeFault::WrongRedirect),
        None => {}
    }
    match (details.challenge.as_deref().map(Challenge::parse), &request.code_verifier) {
        (None, None) if client.metadata.may_skip_challenge() => {}
        (Some(Some(challenge)), Some(text)) => {
            let verifier = Verifier::parse(text).ok_or(CodeFault::WrongVerifier)?;
            if !challenge.accepts(&verifier) {
                return Err(CodeFault::WrongVerifier);
            }
        }
        // A verifier without a challenge: somebody took the challenge away (RFC 9700 §4.8.2).
        _ => return Err(CodeFault::WrongVerifier),
    }
    if details.jkt.is_some() && details.jkt != request.jkt {
        return Err(CodeFault::WrongKey);
    }
    if !code.scopes.is_within(&client.metadata.scope) {
        return Err(CodeFault::Withdrawn);
    }
    Ok(())
}

/// Makes the tokens and commits: nothing goes out unless this use was the first.
async fn redeem(
    this: &Workbench,
    place: &Place,
    (code, client): (AuthorizationCode, &RegisteredClient),
    request: &GrantRequest,
) -> Result<Issued, GrantError> {
    let principal = code.principal(place).ok_or(GrantError::Code(CodeFault::Unknown))?;
    still_there(this, place, &code, principal).await?;
    let (family, issuer) = prepare(this, place, (&code, client), (principal, request)).await?;
    let minted = mint(&code, request, &issuer)?;
    let told =
        Told { client, event: Some(&code.details.event), nonce: code.details.nonce.as_deref(), session: code.session };
    let id_token = id_token::beside(this, place, (&issuer, &minted), Some(told)).await?;

    let family = family.dated(issuer.issued, &minted.scope);
    let ground = if client.metadata.first_party { Ground::FirstParty } else { Ground::Consent };
    let (spent, now) = (code.clone(), this.clock.now());
    let redeemed = move |store: &crate::store::Store| store.redeem_authorization_code(&spent, &family, ground, now);
    match this.store.blocking(redeemed).await? {
        Redeemed::Done => Ok(Issued { id_token, ..Workbench::issued(minted, principal, Holder::Registered) }),
        Redeemed::Withdrawn => Err(GrantError::Code(CodeFault::Withdrawn)),
        Redeemed::Spent => {
            // Another use of the same code was faster: what it began ends, too.
            let code = load(this, place, &code.digest).await?;
            Err(reused(this, &code).await?)
        }
    }
}

/// Whether nothing has happened to the person since they approved.
async fn still_there(
    this: &Workbench,
    place: &Place,
    code: &AuthorizationCode,
    principal: Principal,
) -> Result<(), GrantError> {
    let revoked = this.directory.revocations(code.tenant).await?;
    let sessions = code.session.as_slice();
    let is_over = revoked.find(code.holder, sessions, code.created).is_some()
        || revoked.find(code.client.uuid(), &[], code.created).is_some();
    if is_over {
        return Err(GrantError::Code(CodeFault::Withdrawn));
    }
    this.policy.may_begin_here(principal)?;
    let person = person::find(this, place, Identifier::Id(code.holder)).await?;
    person.ok_or(GrantError::Code(CodeFault::Withdrawn))?.may_sign_in(&this.policy.switches)
}

/// The session that is about to begin, and the issuer of its first token. There is always a session, so that a second use
/// has something to end; whether it can be refreshed is up to the registration.
async fn prepare(
    this: &Workbench,
    place: &Place,
    (code, client): (&AuthorizationCode, &RegisteredClient),
    (principal, request): (Principal, &GrantRequest),
) -> Result<(NewFamily, TokenIssuer), GrantError> {
    let details = &code.details;
    let lifetime = lifetime::decide_for(Some(client), place.app_settings(), request.ttl, &this.policy)?;
    let is_refreshable = client.metadata.allows(GrantType::RefreshToken);
    let life = if is_refreshable { lifetime::of_session(Some(client), &this.policy) } else { lifetime };
    let client_id = client.id.client_id();
    let (family, plan) = family::begin(this, place, principal, (Some(client_id.clone()), life))?;
    let family = family.of_session(code.session).described(FamilyDetails {
        event: Some(details.event.clone()),
        jkt: request.jkt.clone(),
        resources: details.resources.clone(),
        device: request.origin.device.clone(),
        source: request.origin.source.clone(),
    });
    let issuer = this.base.issuer(place);
    let resources = resource::narrowed(&request.resources, &details.resources, &issuer)?;
    let bound = Bound {
        audience: resource::audience(resources, &code.scopes.to_string(), &issuer),
        event: Some(details.event.clone()),
        jkt: request.jkt.clone(),
        act: None,
        lender: None,
    };
    let refresh = if is_refreshable { plan } else { RefreshPlan::Session(family.id()) };
    let issuer = this.issuer(place, Terms { principal, client_id, lifetime, refresh, bound }).await?;
    Ok((family, issuer))
}

fn mint(code: &AuthorizationCode, request: &GrantRequest, issuer: &TokenIssuer) -> Result<Minted, GrantError> {
    let used = CodeUse {
        redirect_uri: &code.redirect_uri,
        challenge: code.details.challenge.as_deref(),
        verifier: request.code_verifier.as_ref(),
        scope: &code.scopes.to_string(),
    };
    oxide::code(&used, issuer)
}

/// Ends what came of a code that is used again.
async fn reused(this: &Workbench, code: &AuthorizationCode) -> Result<GrantError, GrantError> {
    if let Some(family) = code.family {
        let holder = format!("{}:{}", code.authority, code.holder);
        let action = "end a session whose authorization code was used twice";
        family::end(this, Ended { tenant: code.tenant, family, holder }, action).await?;
    }
    Ok(GrantError::Code(CodeFault::Reused))
}
