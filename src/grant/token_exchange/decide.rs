//! What an exchange gives: a plain function of what the client registered, what it asks for, and what the tokens say.
//! *Spec*: RFC 8693 §2.1, §4; security rule X-2.

use super::shown::Shown;
use crate::domain::registered::RegisteredClient;
use crate::domain::scope::{OFFLINE_ACCESS, Scopes};
use crate::domain::token::{AccessClaims, Actor};
use crate::grant::error::{ExchangeFault, GrantError};
use crate::grant::request::GrantRequest;

/// The longest chain of actors that a token may name.
const ACTORS_MAX: usize = 4;

/// What the new token says beside its holder.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Decision {
    pub(super) scope: String,
    /// Nobody stands for the issuer itself.
    pub(super) audience: Vec<String>,
    pub(super) act: Option<Box<Actor>>,
}

/// Decides on an exchange whose tokens hold.
///
/// *Errors*: `ScopeExceeded`, `UnknownScope`, `UnknownResource`, and the faults of actors.
pub(super) fn decide(
    client: &RegisteredClient,
    issuer: &str,
    request: &GrantRequest,
    (subject, actor): (&Shown, Option<&Shown>),
) -> Result<Decision, GrantError> {
    let (subject, actor) = (&subject.claims, actor.map(|actor| &actor.claims));
    let own_id = client.id.client_id();
    Ok(Decision {
        scope: scope(request.scope.as_deref(), subject, client)?,
        audience: targets(request, subject, (client, issuer))?,
        act: act(&own_id, subject, actor)?,
    })
}

/// What the old token and the client both may. A token that goes out beside no session is none for later.
fn scope(requested: Option<&str>, subject: &AccessClaims, client: &RegisteredClient) -> Result<String, GrantError> {
    let had: Scopes = subject.scope.split(' ').filter(|word| !word.is_empty() && *word != OFFLINE_ACCESS).collect();
    let allowed = had.common(&client.metadata.scope);
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

/// Whom the new token is for: resources that the client registered. The issuer is one only where the old token was for
/// it, too; what could not be used at this server does not become a token that can.
fn targets(
    request: &GrantRequest,
    subject: &AccessClaims,
    (client, issuer): (&RegisteredClient, &str),
) -> Result<Vec<String>, GrantError> {
    let was_for_us = subject.aud.contains(issuer);
    let is_known = |one: &str| {
        (was_for_us && one == issuer) || client.metadata.resources.iter().any(|registered| registered == one)
    };
    let mut targets: Vec<String> = request.resources.iter().chain(&request.exchange.audiences).cloned().collect();
    if targets.is_empty() && !was_for_us {
        targets = subject.aud.iter().filter(|one| is_known(one)).map(str::to_owned).collect();
    }
    if !targets.iter().all(|one| is_known(one)) {
        return Err(GrantError::UnknownResource);
    }
    targets.sort_unstable();
    targets.dedup();
    Ok(targets)
}

/// The chain of actors: whoever acts now stands before those who did. Without an actor's token the client acts as the
/// subject, and the chain stays as it was.
fn act(
    client_id: &str,
    subject: &AccessClaims,
    actor: Option<&AccessClaims>,
) -> Result<Option<Box<Actor>>, GrantError> {
    let fault = |fault| Err(GrantError::Exchange(fault));
    let acting = actor.map_or((client_id, client_id), |actor| (&actor.sub, &actor.client_id));
    let may =
        |allowed: &Actor| allowed.sub == acting.0 && allowed.client_id.as_ref().is_none_or(|client| client == acting.1);
    if !subject.may_act.as_deref().is_none_or(may) {
        return fault(ExchangeFault::MayNotAct);
    }
    let Some(actor) = actor else { return Ok(subject.act.clone()) };
    // Somebody else's token in this client's hands does not make it that somebody.
    if actor.client_id != client_id {
        return fault(ExchangeFault::ForeignActor);
    }
    // Its own chain would be lost beside the subject's.
    if actor.act.is_some() {
        return fault(ExchangeFault::DelegatedActor);
    }
    if depth(subject.act.as_deref()) >= ACTORS_MAX {
        return fault(ExchangeFault::TooManyActors);
    }
    Ok(Some(Box::new(Actor {
        sub: actor.sub.clone(),
        client_id: Some(actor.client_id.clone()),
        act: subject.act.clone(),
    })))
}

fn depth(mut actor: Option<&Actor>) -> usize {
    let mut depth: usize = 0;
    while let Some(inner) = actor {
        depth = depth.saturating_add(1);
        actor = inner.act.as_deref();
    }
    depth
}
