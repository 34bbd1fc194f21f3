//! `grant_type=urn:ietf:params:oauth:grant-type:token-exchange` (RFC 8693): a confidential client that registered for it
//! gets a token for another's token of the same issuer. The new one never outlives, outscopes or outlasts the old: it
//! ends with the session and with the holder behind it. Nothing crosses from one tenant to another.

mod decide;
mod shown;

use std::time::Duration;

use serde_json::json;

use super::client::{self, Admitted};
use super::error::{ExchangeFault, GrantError, Party};
use super::lifetime;
use super::outcome::{Holder, Issued};
use super::oxide::{self, RefreshPlan, TokenIssuer};
use super::request::{ExchangeParameters, GrantRequest};
use super::workbench::{Bound, Terms, Workbench};
use crate::domain::authority::Authority;
use crate::domain::clock::Moment;
use crate::domain::journal::AuditEntry;
use crate::domain::place::Place;
use crate::domain::registered::{GrantType, RegisteredClient};
use crate::domain::secret::Secret;
use crate::domain::token::SignInEvent;
use crate::store::Journal;
use decide::{Decision, decide};
use shown::Shown;

/// *Spec*: RFC 8693 §3.
const ACCESS_TOKEN: &str = "urn:ietf:params:oauth:token-type:access_token";
/// The same tokens by their form: ours are JWTs.
const JWT: &str = "urn:ietf:params:oauth:token-type:jwt";

pub(super) async fn run(this: &Workbench, place: &Place, request: &GrantRequest) -> Result<Issued, GrantError> {
    let presented = request.client.as_ref().ok_or(GrantError::MissingClient)?;
    let admitted = client::authenticate(this, place, presented).await?;
    let client = permitted(&admitted)?;
    let (subject, actor) = tokens(&request.exchange)?;
    let jkt = request.jkt.as_deref();
    let subject = shown::load(this, place, client, (Party::Subject, subject, jkt)).await?;
    let actor = match actor {
        Some(token) => Some(shown::load(this, place, client, (Party::Actor, token, jkt)).await?),
        None => None,
    };
    let decision = decide(client, &this.base.issuer(place), request, (&subject, actor.as_ref()))?;
    let issuer = prepare(this, place, (client, request), (&subject, actor.as_ref(), &decision)).await?;
    let minted = oxide::password(&decision.scope, &issuer)?;
    note(this, place, client, (&subject, actor.as_ref(), &decision, &issuer)).await?;
    let principal = subject.principal;
    Ok(Issued { issued_token_type: Some(ACCESS_TOKEN), ..Workbench::issued(minted, principal, Holder::Registered) })
}

/// A client that can prove itself and registered for this; those that tenants are born with never did.
fn permitted(admitted: &Admitted) -> Result<&RegisteredClient, GrantError> {
    admitted.demand(GrantType::TokenExchange)?;
    let confidential = admitted.registered().filter(|client| !client.metadata.is_public());
    confidential.ok_or(GrantError::UnauthorizedClient(GrantType::TokenExchange))
}

/// The tokens of the request, each of a kind that is taken (RFC 8693 §2.1).
fn tokens(said: &ExchangeParameters) -> Result<(&Secret, Option<&Secret>), GrantError> {
    let subject = said.subject_token.as_ref().ok_or(GrantError::MissingParameter("subject_token"))?;
    let kind = said.subject_token_type.as_deref().ok_or(GrantError::MissingParameter("subject_token_type"))?;
    if kind != ACCESS_TOKEN && kind != JWT {
        return Err(GrantError::Exchange(ExchangeFault::TokenType("subject_token_type")));
    }
    if said.requested_token_type.as_deref().is_some_and(|kind| kind != ACCESS_TOKEN) {
        return Err(GrantError::Exchange(ExchangeFault::TokenType("requested_token_type")));
    }
    match (&said.actor_token, said.actor_token_type.as_deref()) {
        (None, None) => Ok((subject, None)),
        (Some(actor), Some(ACCESS_TOKEN | JWT)) => Ok((subject, Some(actor))),
        (Some(_), Some(_)) => Err(GrantError::Exchange(ExchangeFault::TokenType("actor_token_type"))),
        (Some(_), None) => Err(GrantError::MissingParameter("actor_token_type")),
        (None, Some(_)) => Err(GrantError::MissingParameter("actor_token")),
    }
}

/// The issuer of the new token. Its life is cut to what the tokens behind it have left.
async fn prepare(
    this: &Workbench,
    place: &Place,
    (client, request): (&RegisteredClient, &GrantRequest),
    (subject, actor, decision): (&Shown, Option<&Shown>, &Decision),
) -> Result<TokenIssuer, GrantError> {
    let principal = subject.principal;
    let of_users = place.app_settings().filter(|_| principal.authority() == Authority::AppUser);
    let wished = lifetime::decide_for(Some(client), of_users, request.ttl, &this.policy)?;
    let claims = &subject.claims;
    let event =
        claims.auth_time.map(|auth_time| SignInEvent { auth_time, acr: claims.acr.clone(), amr: claims.amr.clone() });
    let bound = Bound {
        audience: decision.audience.clone(),
        event,
        jkt: request.jkt.clone(),
        act: decision.act.clone(),
        lender: None,
    };
    // Without a session the token itself stands for one: whoever ends it by name ends what came of it.
    let refresh = RefreshPlan::Session(claims.sid.unwrap_or(claims.jti));
    let terms = Terms { principal, client_id: client.id.client_id(), lifetime: wished, refresh, bound };
    let mut issuer = this.issuer(place, terms).await?;
    let ends = actor.map_or(claims.exp, |actor| claims.exp.min(actor.claims.exp));
    issuer.terms.lifetime = issuer.terms.lifetime.min(left(ends, issuer.issued)?);
    Ok(issuer)
}

/// How long a token has that was dated `issued`, when it must not outlive `ends`.
fn left(ends: i64, issued: Moment) -> Result<Duration, GrantError> {
    let left = u64::try_from(ends.saturating_sub(issued.seconds())).unwrap_or(0);
    if left == 0 { Err(GrantError::Exchange(ExchangeFault::Expired)) } else { Ok(Duration::from_secs(left)) }
}

/// Writes down who became or acts for whom, before anyone has the token.
async fn note(
    this: &Workbench,
    place: &Place,
    client: &RegisteredClient,
    (subject, actor, decision, issuer): (&Shown, Option<&Shown>, &Decision, &TokenIssuer),
) -> Result<(), GrantError> {
    let entry = AuditEntry {
        id: issuer.jti,
        tenant: place.tenant(),
        at: this.clock.now(),
        actor: format!("app_client:{}", client.id),
        action: "exchange a token".to_owned(),
        detail: json!({
            "kind": if actor.is_some() { "delegation" } else { "impersonation" },
            "subject": subject.principal.to_string(),
            "actor": actor.map(|actor| actor.principal.to_string()),
            "from": subject.claims.jti,
            "token": issuer.jti,
            "scope": decision.scope,
            "audience": decision.audience,
        }),
    };
    let journal = Journal { audit: vec![entry], ..Journal::default() };
    Ok(this.store.blocking(move |store| store.record(&journal)).await?)
}
