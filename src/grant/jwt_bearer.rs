//! `grant_type=urn:ietf:params:oauth:grant-type:jwt-bearer` (RFC 7523 §2.1, §3): another issuer's word for a user, taken
//! once, by the rule that the application set for that issuer, and for no more scopes than the rule names. Unknown
//! issuers, wrong signatures and users who are unknown or shut out are one answer.

use std::sync::Arc;
use std::time::Duration;

use serde_json::json;

use super::client::{self, Admitted};
use super::error::{AssertionFault, GrantError};
use super::external::Look;
use super::lifetime;
use super::outcome::{Holder, Issued};
use super::oxide::{self, RefreshPlan};
use super::person::{self, Candidate};
use super::request::GrantRequest;
use super::resource;
use super::workbench::{Bound, Terms, Workbench};
use crate::crypto::digest::sha256;
use crate::crypto::jwt::{Audiences, ForeignClaims, ForeignExpected, ForeignKeys, JwtError, Profile, peek_foreign};
use crate::domain::journal::AuditEntry;
use crate::domain::place::Place;
use crate::domain::registered::{GrantType, RegisteredClient};
use crate::domain::scope::{OFFLINE_ACCESS, OPENID, Scopes};
use crate::domain::secret::Secret;
use crate::domain::token::Algorithm;
use crate::domain::trusted::TrustedIssuer;
use crate::store::Journal;

/// Keeps the names of these assertions apart from what else is used once.
const KIND: &str = "grant_assertion";
const ALGORITHMS: [Algorithm; 3] = [Algorithm::ES256, Algorithm::EdDsa, Algorithm::RS256];
/// For us and nobody else: whoever else received it could use it here.
const PROFILE: Profile = Profile { audiences: Audiences::Sole, ..Profile::GRANT_ASSERTION };

pub(super) async fn run(this: &Workbench, place: &Place, request: &GrantRequest) -> Result<Issued, GrantError> {
    let presented = request.client.as_ref().ok_or(GrantError::MissingClient)?;
    let admitted = client::authenticate(this, place, presented).await?;
    let client = permitted(&admitted)?;
    let assertion = request.assertion.as_ref().ok_or(GrantError::MissingParameter("assertion"))?;
    let trusted = issuer_of(this, place, assertion).await?;
    let claims = verify(this, place, &trusted, assertion).await?;
    let candidate = person_of(this, place, &trusted, &claims).await?;
    let scope = granted(request.scope.as_deref(), &trusted.settings.scope, client)?;

    let principal = candidate.principal(place)?;
    let own = this.base.issuer(place);
    let resources = resource::granted(&request.resources, Some(client), &own)?;
    let longest = trusted.settings.access_token_ttl.map_or(Duration::MAX, Duration::from_millis);
    let lifetime = lifetime::decide_for(Some(client), place.app_settings(), request.ttl, &this.policy)?;
    let lifetime = lifetime.min(Duration::from_secs(longest.as_secs().max(1)));
    let bound =
        Bound { audience: resource::audience(resources, &scope, &own), jkt: request.jkt.clone(), ..Bound::default() };
    // A session would outlast the other issuer's word (RFC 7521 §4.1).
    let terms = Terms { principal, client_id: client.id.client_id(), lifetime, refresh: RefreshPlan::None, bound };
    let issuer = this.issuer(place, terms).await?;
    let minted = oxide::password(&scope, &issuer)?;
    let entry = AuditEntry {
        id: issuer.jti,
        tenant: place.tenant(),
        at: this.clock.now(),
        actor: format!("app_client:{}", client.id),
        action: "take a token by another issuer's word".to_owned(),
        detail: json!({ "issuer": trusted.issuer, "holder": principal.uuid(), "token": issuer.jti, "scope": scope }),
    };
    let journal = Journal { audit: vec![entry], ..Journal::default() };
    this.store.blocking(move |store| store.record(&journal)).await?;
    Ok(Workbench::issued(minted, principal, Holder::Registered))
}

/// A client that registered for this; those that tenants are born with never did.
fn permitted(admitted: &Admitted) -> Result<&RegisteredClient, GrantError> {
    admitted.demand(GrantType::JwtBearer)?;
    admitted.registered().ok_or(GrantError::UnauthorizedClient(GrantType::JwtBearer))
}

/// The trusted issuer that an assertion names. Only a hint until its signature holds. *Tenancy*: the place.
async fn issuer_of(this: &Workbench, place: &Place, assertion: &Secret) -> Result<TrustedIssuer, GrantError> {
    let peeked = peek_foreign(assertion.expose());
    let named = peeked.map_err(|cause| GrantError::Assertion(AssertionFault::Unverified(cause)))?.issuer;
    let tenant = place.tenant();
    let found = this.store.point(move |store| store.find_trusted_issuer(tenant, &named)).await?;
    found.ok_or(GrantError::Assertion(AssertionFault::UntrustedIssuer))
}

/// Verifies an assertion and uses it up.
async fn verify(
    this: &Workbench,
    place: &Place,
    trusted: &TrustedIssuer,
    assertion: &Secret,
) -> Result<ForeignClaims, GrantError> {
    let own = this.base.issuer(place);
    let expected = ForeignExpected {
        profile: &PROFILE,
        algorithms: &ALGORITHMS,
        issuer: &trusted.issuer,
        subject: None,
        audiences: &[&own],
        now: this.clock.now(),
    };
    let text = assertion.expose();
    let unverified = |cause| GrantError::Assertion(AssertionFault::Unverified(cause));
    let verified = match keys(this, trusted, Look::Kept).await?.verify(text, &expected) {
        // A key that the kept set lacks may be new.
        Err(JwtError::UnknownKey) if trusted.settings.jwks_uri.is_some() => {
            keys(this, trusted, Look::Again).await?.verify(text, &expected)
        }
        other => other,
    };
    let claims = verified.map_err(unverified)?;
    let id = claims.id.as_ref().ok_or(unverified(JwtError::Malformed))?;
    let (tenant, digest) = (place.tenant(), sha256(&format!("{}\n{id}", trusted.issuer)));
    let expires = claims.expires;
    match this.store.blocking(move |store| store.spend_proof(tenant, KIND, digest, expires)).await? {
        true => Ok(claims),
        false => Err(GrantError::Assertion(AssertionFault::Used)),
    }
}

async fn keys(this: &Workbench, trusted: &TrustedIssuer, look: Look) -> Result<Arc<ForeignKeys>, GrantError> {
    let unknown = GrantError::Assertion(AssertionFault::Unverified(JwtError::UnknownKey));
    match (&trusted.settings.jwks, &trusted.settings.jwks_uri) {
        (Some(jwks), _) => ForeignKeys::parse_registered(jwks).map(Arc::new).ok().ok_or(unknown),
        (None, Some(url)) => Ok(this.keys.keys(url, look).await.map_err(GrantError::IssuerKeys)?),
        (None, None) => Err(unknown),
    }
}

/// The user whom the claims name, if they may sign in. *Tenancy*: the place.
async fn person_of(
    this: &Workbench,
    place: &Place,
    trusted: &TrustedIssuer,
    claims: &ForeignClaims,
) -> Result<Candidate, GrantError> {
    let fault = |fault| GrantError::Assertion(fault);
    let named = trusted.settings.subject.identify(&claims.all).ok_or(fault(AssertionFault::NoSubject))?;
    let found = person::find(this, place, named).await?.ok_or(fault(AssertionFault::UnknownUser))?;
    match found.may_sign_in(&this.policy.switches) {
        Ok(()) => Ok(found),
        Err(_shut) => Err(fault(AssertionFault::AccountShut)),
    }
}

/// What the rule and the client's registration both name. The user was never asked, so that nothing of a sign-in is
/// among it.
fn granted(requested: Option<&str>, rule: &Scopes, client: &RegisteredClient) -> Result<String, GrantError> {
    let allowed = rule.common(&client.metadata.scope);
    let allowed: Scopes = allowed.iter().filter(|word| ![OPENID, OFFLINE_ACCESS].contains(word)).collect();
    let granted = match requested {
        None => allowed,
        Some(words) => {
            let asked: Scopes = words.parse().map_err(|_bad| GrantError::UnknownScope)?;
            if !asked.is_within(&allowed) {
                return Err(GrantError::ScopeExceeded);
            }
            asked
        }
    };
    if granted.is_empty() { Err(GrantError::UnknownScope) } else { Ok(granted.to_string()) }
}
