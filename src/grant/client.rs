//! The client side of a grant: whether a client has proved itself, and at which doors it may knock.

use super::error::GrantError;
use super::request::PresentedClient;
use crate::directory::KnownClient;
use crate::domain::authority::Principal;
use crate::domain::clock::Moment;
use crate::domain::place::Place;

/// Decides on a client's proof: known, one of its live secrets, and a door that is open to it.
pub(super) fn admit(
    place: &Place,
    known: Option<&KnownClient>,
    presented: &PresentedClient,
    now: Moment,
) -> Result<Principal, GrantError> {
    let client = known.ok_or(GrantError::UnknownClient(presented.method))?;
    let secret = presented.secret.as_ref().ok_or(GrantError::WrongClientSecret(presented.method))?;
    if !client.accepts(secret.expose(), now) {
        return Err(GrantError::WrongClientSecret(presented.method));
    }
    let principal = client.principal();
    if !may_knock(place, principal) {
        return Err(GrantError::ForeignClient(presented.method));
    }
    Ok(principal)
}

/// Decides on a client that comes beside a person's grant: one with a secret must prove itself, one without may only
/// be the place's own, which is what a public client of the application says.
///
/// Answers the id of a client that proved itself, which the refresh family is then bound to.
pub(super) fn accompany(
    place: &Place,
    known: Option<&KnownClient>,
    presented: Option<&PresentedClient>,
    now: Moment,
) -> Result<Option<String>, GrantError> {
    match presented {
        None => Ok(None),
        Some(client) if client.secret.is_none() && client.id == own_id(place) => Ok(None),
        Some(client) => admit(place, known, client, now).map(|_| Some(client.id.clone())),
    }
}

/// The client id under which a place itself asks: its own client for an application, a word for the management plane.
pub(super) fn own_id(place: &Place) -> String {
    place.client_id()
}

/// An application's door opens to its own client and to its organization's; the management door to every client.
fn may_knock(place: &Place, client: Principal) -> bool {
    match (place, client) {
        (Place::Management, Principal::AppClient { .. } | Principal::OrgClient { .. }) => true,
        (Place::App { app, .. }, Principal::AppClient { app: owner, .. }) => owner == app.id,
        (Place::App { org, .. }, Principal::OrgClient { org: owner }) => owner == org.id,
        (_, Principal::AppUser { .. } | Principal::Admin { .. } | Principal::Registered { .. }) => false,
    }
}

#[cfg(test)]
mod tests;
