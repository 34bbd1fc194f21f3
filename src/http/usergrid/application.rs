//! The application plane's routes on the application itself and on the calling user.

use actix_web::HttpResponse;

use super::envelope::Envelope;
use super::view;
use crate::domain::place::Place;
use crate::http::error::Refusal;
use crate::http::extract::call::{Call, Entered};

/// `GET /{org}/{app}`: the application as an entity.
pub async fn read(call: Call) -> Result<HttpResponse, Refusal> {
    let Entered { place, org, app, .. } = call.enter().await?;
    let entity = view::application(&org, &app);
    Ok(envelope(&call, &place, "get").path("/").entities(vec![entity]).into_response(call.state.clock.now()))
}

/// `GET /{org}/{app}/users/me`: the calling user; always theirs to read (Usergrid).
pub async fn read_me(call: Call) -> Result<HttpResponse, Refusal> {
    let place = call.place().await?;
    let session = call.session(&place).await?;
    let (app, user) = call.state.guard.self_in(session.as_ref(), &place).map_err(|cause| call.refuse(&cause))?;
    let user = call.state.registry.get_user(app, user).await.map_err(|cause| call.refuse_holder(&cause))?;
    let entity = view::user_with_metadata(&user);
    Ok(envelope(&call, &place, "get").path("/users").entities(vec![entity]).into_response(call.state.clock.now()))
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
