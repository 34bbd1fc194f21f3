//! The client side of a grant: whether a client has proved itself, by which method, and what it may then ask for.
//! Unknown, wrong and foreign clients are one answer, at one cost. *Spec*: RFC 6749 §2.3.

mod assertion;
mod own;
mod registered;

use std::borrow::Cow;
use std::sync::Arc;

use super::error::GrantError;
use super::request::{ClientProof, PresentedClient};
use super::workbench::Workbench;
use crate::directory::KnownRegistered;
use crate::domain::authority::Principal;
use crate::domain::id::RegisteredId;
use crate::domain::place::Place;
use crate::domain::registered::{GrantType, RegisteredClient};
use crate::domain::scope::{API, OFFLINE_ACCESS, OPENID, Scopes};

/// A client that has proved itself, as far as one of its kind can.
#[derive(Clone, Debug)]
pub enum Admitted {
    /// The client that an application or an organization was born with.
    Own(Principal),
    /// One that is registered with the place. A public one has proved nothing but to know its id.
    Registered(Arc<KnownRegistered>),
}

impl Admitted {
    /// Its `client_id`.
    pub fn client_id(&self) -> String {
        match self {
            Self::Own(principal) => principal.subject(),
            Self::Registered(known) => known.client().id.client_id(),
        }
    }

    /// What it registered, if it is a registered one.
    pub fn registered(&self) -> Option<&RegisteredClient> {
        match self {
            Self::Own(_) => None,
            Self::Registered(known) => Some(known.client()),
        }
    }

    /// Who it is as the holder of a token of its own, asked for at `place`.
    pub fn principal(&self, place: &Place) -> Principal {
        match self {
            Self::Own(principal) => *principal,
            Self::Registered(known) => known.principal(place),
        }
    }

    /// Checks that a grant is one that it may use.
    ///
    /// *Errors*: `UnauthorizedClient` for what a registration does not list, and for what no public client may use:
    /// tokens of its own (RFC 6749 §4.4) and people's passwords (RFC 9700 §2.4).
    pub fn demand(&self, grant: GrantType) -> Result<(), GrantError> {
        let Some(client) = self.registered() else { return Ok(()) };
        let is_for_any = !matches!(grant, GrantType::ClientCredentials | GrantType::Password);
        match client.metadata.allows(grant) && (is_for_any || !client.metadata.is_public()) {
            true => Ok(()),
            false => Err(GrantError::UnauthorizedClient(grant)),
        }
    }

    /// All that it may ever ask for.
    pub fn scopes(&self) -> Scopes {
        match self.registered() {
            Some(client) => client.metadata.scope.clone(),
            None => [API, OPENID, "profile", "email", "groups", "roles", OFFLINE_ACCESS].into_iter().collect(),
        }
    }
}

/// Proves a client at a place.
///
/// *Errors*: as [`super::Dispatcher::authenticate`].
pub(super) async fn authenticate(
    this: &Workbench,
    place: &Place,
    presented: &PresentedClient,
) -> Result<Admitted, GrantError> {
    this.directory.ensure_fresh().await?;
    let named = named(presented)?;
    match RegisteredId::parse_client_id(&named) {
        Some(id) => registered::authenticate(this, place, id, presented).await.map(Admitted::Registered),
        None => {
            let known = this.directory.client(&named).await?;
            own::admit(place, known.as_ref(), presented, this.clock.now()).map(Admitted::Own)
        }
    }
}

/// The client beside a person's grant. One that has something to prove must do so; none at all, and the place's own
/// without a proof, mean that the application signs its user in by itself.
///
/// *Errors*: as [`authenticate`].
pub(super) async fn accompany(
    this: &Workbench,
    place: &Place,
    presented: Option<&PresentedClient>,
) -> Result<Option<Admitted>, GrantError> {
    match presented {
        None => Ok(None),
        Some(client) if is_own_unproved(place, client) => Ok(None),
        Some(client) => authenticate(this, place, client).await.map(Some),
    }
}

fn is_own_unproved(place: &Place, presented: &PresentedClient) -> bool {
    // A certificate on the way is no claim: the proxy states it for whoever connects.
    let is_bare = matches!(presented.proof, ClientProof::None | ClientProof::Certificate(_));
    is_bare && presented.id == own_id(place)
}

impl PresentedClient {
    /// Which registered client this would be, if what it shows holds.
    pub fn registered_id(&self) -> Option<RegisteredId> {
        named(self).ok().and_then(|named| RegisteredId::parse_client_id(&named))
    }
}

/// The client id under which a place itself asks: its own client for an application, a word for the management plane.
pub(super) fn own_id(place: &Place) -> String {
    place.client_id()
}

/// Which client is meant. An assertion names it, too, and must name the same (RFC 7521 §4.2).
fn named(presented: &PresentedClient) -> Result<Cow<'_, str>, GrantError> {
    let id = Cow::Borrowed(presented.id.as_str());
    let ClientProof::Assertion(assertion) = &presented.proof else { return Ok(id) };
    let subject = assertion::named(assertion)?;
    match presented.id.is_empty() || presented.id == subject {
        true => Ok(Cow::Owned(subject)),
        false => Err(GrantError::UnknownClient(presented.method)),
    }
}

#[cfg(test)]
mod tests;
