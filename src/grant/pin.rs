//! `grant_type=pin`: a user signs in by their name and pin (Usergrid). As `password` in everything else: slow hashes
//! in the lane, the same cost for the unknown, the account's state asked once the pin was right.

use super::client;
use super::error::GrantError;
use super::outcome::Issued;
use super::password::{decide, permitted};
use super::person::Candidate;
use super::request::GrantRequest;
use super::session::{self, Wish};
use super::workbench::Workbench;
use crate::domain::place::Place;
use crate::domain::user::Identifier;
use crate::store::Store;

pub(super) async fn run(this: &Workbench, place: &Place, request: &GrantRequest) -> Result<Issued, GrantError> {
    // Admins have no pins.
    let Place::App { app, .. } = place else { return Err(GrantError::UnsupportedGrantType) };
    let username = request.username.as_deref().ok_or(GrantError::MissingParameter("username"))?;
    let pin = request.pin.as_ref().ok_or(GrantError::MissingParameter("pin"))?;
    let client = client::accompany(this, place, request.client.as_ref()).await?;
    // A pin is a short password, and whoever registers for the one gets no other rule for the other.
    permitted(place, client.as_ref())?;

    let (app, who) = (app.id, Identifier::parse(username));
    let found = this.store.point(move |store: &Store| store.find_user_with_pin(app, &who)).await?;
    let candidate = found.map(|user| Candidate::User(Box::new(user)));
    let hash = candidate.as_ref().and_then(Candidate::hash).cloned();
    let verdict = this.lane.verify(place.tenant(), pin.clone(), hash).await?;
    let candidate = decide(candidate, verdict)?;
    let wish = Wish::of(request, client.as_ref(), "pin");
    session::begin(this, place, &candidate, wish).await
}
