//! The outside providers of an application, set and shown by its organization. *Spec*: Usergrid `sia-provider`.

use actix_web::HttpResponse;
use actix_web::http::Method;

use super::envelope::Envelope;
use crate::domain::place::{Place, PlaceName};
use crate::domain::social::SocialProvider;
use crate::http::error::Refusal;
use crate::http::extract::call::Call;
use crate::manage::{Actor, ManageError};

/// `GET|POST /management/orgs/{org}/apps/{app}/sia-provider?provider_key=`: the secret is taken and never shown.
pub async fn of_application(call: Call) -> Result<HttpResponse, Refusal> {
    let session = call.session(&Place::Management).await?;
    let (org, caller) = call.organization(session.as_ref()).await?;
    let name = PlaceName::App { org: org.id.to_string(), app: call.segment("app").to_owned() };
    let place = call.state.registry.place(&name).await.map_err(|cause| call.refuse(&cause))?;
    let Some(Place::App { app, .. }) = place else { return Err(call.unknown_place()) };
    let provider = call.query("provider_key").and_then(|word| SocialProvider::parse(&word));
    let provider = provider.ok_or_else(|| call.refuse(&ManageError::UnknownProvider))?;
    let registry = &call.state.registry;
    let (action, shown) = if call.request.method() == Method::POST {
        let given = call.object()?;
        let set = registry.set_signin_provider(app.id, provider, &given, Actor::Caller(caller)).await;
        ("post signin provider configuration", set)
    } else {
        ("get signin provider configuration", registry.get_signin_provider(app.id, provider).await)
    };
    let shown = shown.map_err(|cause| call.refuse(&cause))?;
    Ok(Envelope::new(call.started).action(action).ok().data(shown).into_response(call.state.clock.now()))
}
