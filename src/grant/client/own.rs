//! The clients that applications and organizations are born with: whether the secret is right, and at which doors they
//! may knock.

use crate::directory::{KnownClient, refuse_secret};
use crate::domain::authority::Principal;
use crate::domain::clock::Moment;
use crate::domain::place::Place;
use crate::grant::error::GrantError;
use crate::grant::request::PresentedClient;

/// Decides on a client's proof: known, one of its live secrets, and a door that is open to it.
pub(super) fn admit(
    place: &Place,
    known: Option<&KnownClient>,
    presented: &PresentedClient,
    now: Moment,
) -> Result<Principal, GrantError> {
    let secret = presented.secret();
    let Some(client) = known else {
        if let Some(secret) = secret {
            refuse_secret(secret.expose());
        }
        return Err(GrantError::UnknownClient(presented.method));
    };
    let secret = secret.ok_or(GrantError::WrongClientSecret(presented.method))?;
    if !client.accepts(secret.expose(), now) {
        return Err(GrantError::WrongClientSecret(presented.method));
    }
    let principal = client.principal();
    if !may_knock(place, principal) {
        return Err(GrantError::ForeignClient(presented.method));
    }
    Ok(principal)
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
