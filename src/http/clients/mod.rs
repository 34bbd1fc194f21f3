//! Registered clients: kept by the administration of their tenant below `/management`, and by themselves at
//! `{issuer}/register`.

mod initial_tokens;
mod management;
pub mod registration;
mod secrets;
mod trusted_issuers;
mod view;

pub use initial_tokens::{collection as initial_tokens, item as initial_token};
pub use management::{collection as clients, item as client};
pub use secrets::{collection as secrets, item as secret};
pub use trusted_issuers::{collection as trusted_issuers, item as trusted_issuer};

use crate::domain::authority::Principal;
use crate::domain::id::TenantId;
use crate::domain::place::{Place, PlaceName};
use crate::http::error::Refusal;
use crate::http::extract::call::Call;
use crate::manage::Actor;

/// Whose clients a request is about, and who asks: for an application whoever has access to its organization, for the
/// management plane the superuser. An application's own clients are not among them: none may make its equals.
///
/// *Errors*: 401 for anyone else, 404 for an application that is not there.
async fn administered(call: &Call) -> Result<(TenantId, Actor), Refusal> {
    let session = call.session(&Place::Management).await?;
    if call.segment("org").is_empty() {
        let admin = call.state.guard.superuser(session.as_ref()).map_err(|cause| call.refuse(&cause))?;
        return Ok((TenantId::MANAGEMENT, Actor::Caller(Principal::Admin { admin })));
    }
    let (org, caller) = call.organization(session.as_ref()).await?;
    let name = PlaceName::App { org: org.id.to_string(), app: call.segment("app").to_owned() };
    let place = call.state.registry.place(&name).await.map_err(|cause| call.refuse(&cause))?;
    let Some(Place::App { app, .. }) = place else { return Err(call.unknown_place()) };
    Ok((app.id.into(), Actor::Caller(caller)))
}
