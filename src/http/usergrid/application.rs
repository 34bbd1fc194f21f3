//! The application plane's routes on the application itself.

use std::sync::Arc;

use actix_web::HttpResponse;
use actix_web::http::Method;

use super::envelope::Envelope;
use super::view;
use crate::domain::place::Place;
use crate::http::error::Refusal;
use crate::http::extract::call::{Call, Entered};
use crate::manage::Actor;

/// `GET|PUT /{org}/{app}`: the application as an entity; PUT is for its administration.
pub async fn entity(call: Call) -> Result<HttpResponse, Refusal> {
    let Entered { place, org, app, session } = call.enter().await?;
    let (action, app) = if call.request.method() == Method::PUT {
        // No permission that an application grants reaches its settings.
        let caller = call.state.guard.application_admin(session.as_ref(), &place).await;
        let actor = Actor::Caller(caller.map_err(|cause| call.refuse(&cause))?);
        let changed = call.state.registry.update_app(&app, &call.object()?, actor).await;
        ("put", Arc::new(changed.map_err(|cause| call.refuse(&cause))?))
    } else {
        ("get", app)
    };
    let counts = call.state.registry.count_collections(app.id).await.map_err(|cause| call.refuse(&cause))?;
    let entity = view::application_with_collections(&org, &app, &counts);
    Ok(envelope(&call, &place, action).path("/").entities(vec![entity]).into_response(call.state.clock.now()))
}

/// The envelope that every answer of the application plane comes in.
pub(super) fn envelope(call: &Call, place: &Place, action: &'static str) -> Envelope {
    let envelope = Envelope::new(call.started).action(action).params(call.request.query_string());
    match place {
        Place::Management => envelope,
        Place::App { org, app } => envelope
            .application(app.id)
            .uri(call.state.base.issuer(place))
            .organization(org.name.as_str())
            .application_name(app.name.clone()),
    }
}
