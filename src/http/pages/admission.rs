//! Links that confirm or activate an account, and the request for such a mail. Opening the link is enough, as in
//! Usergrid, unless something fetches it ahead of its reader; it grants nothing to whoever opens it.

use actix_web::HttpResponse;
use actix_web::http::{Method, StatusCode};

use super::recovery::{json, notice, refused};
use super::{Act, Frame, Said, is_prefetch, page, theme_of, wants_json};
use crate::domain::place::Place;
use crate::domain::secret::Secret;
use crate::domain::tenant::Switch;
use crate::http::error::Refusal;
use crate::http::extract::call::Call;
use crate::http::usergrid::envelope::Envelope;
use crate::manage::{Admitted, Caller, ManageError};

/// `GET|POST .../users/{user}/confirm?token=`
pub async fn confirm(call: Call) -> Result<HttpResponse, Refusal> {
    let place = call.place().await?;
    call.keeps_accounts_of(&place)?;
    let Some(token) = Said::read(&call)?.token else { return refused(&call, &place, ManageError::MailToken) };
    if only_looks(&call) {
        return Ok(button(&call, &place, &token, ("Confirm your address", "Is this your address?", "Yes, it is mine")));
    }
    match call.state.registry.confirm(&place, &call.named("user")?, &token).await {
        Ok(_) if wants_json(&call) => Ok(json(&call, "confirm user")),
        Ok(Admitted::Active) => {
            Ok(notice(&call, &place, ("Your address is confirmed", "Thank you. You can sign in now.")))
        }
        Ok(Admitted::Waiting) => {
            let text = "Thank you. An administrator still has to let you in; you will get a mail.";
            Ok(notice(&call, &place, ("Your address is confirmed", text)))
        }
        Err(cause) => refused(&call, &place, cause),
    }
}

/// `GET|POST .../users/{user}/activate?token=`
pub async fn activate(call: Call) -> Result<HttpResponse, Refusal> {
    let place = call.place().await?;
    call.keeps_accounts_of(&place)?;
    let Some(token) = Said::read(&call)?.token else { return refused(&call, &place, ManageError::MailToken) };
    if only_looks(&call) {
        let words = ("Activate the account", "The account can be used once it is active.", "Activate it");
        return Ok(button(&call, &place, &token, words));
    }
    match call.state.registry.activate(&place, &call.named("user")?, &token).await {
        Ok(()) if wants_json(&call) => Ok(json(&call, "activate user")),
        Ok(()) => Ok(notice(&call, &place, ("The account is active", "It can be used to sign in now."))),
        Err(cause) => refused(&call, &place, cause),
    }
}

/// `GET .../users/{user}/reactivate`: mails what the account needs to come in. Anybody may ask, nobody learns anything.
pub async fn reactivate(call: Call) -> Result<HttpResponse, Refusal> {
    let place = call.place().await?;
    call.keeps_accounts_of(&place)?;
    let source = call.source();
    let caller = caller_over(&call, &place).await?;
    let named = call.named("user")?;
    let sent = call.state.registry.reactivate(&place, &named, (&source, caller)).await;
    sent.map_err(|cause| call.refuse(&cause))?;
    Ok(Envelope::new(call.started).action("reactivate user").into_response(call.state.clock.now()))
}

/// Whether the caller stands above the accounts of the place. Credentials that do not hold are nobody's.
async fn caller_over(call: &Call, place: &Place) -> Result<Caller, Refusal> {
    let Ok(Some(session)) = call.session(place).await else { return Ok(Caller::Stranger) };
    let is_over = match place {
        Place::Management => call.state.guard.superuser(Some(&session)).is_ok(),
        Place::App { .. } => call.state.guard.application_admin(Some(&session), place).await.is_ok(),
    };
    Ok(if is_over { Caller::Above } else { Caller::Stranger })
}

/// Whether a link is only looked at: by HEAD, ahead of its reader, or where a button has to be pressed.
pub(super) fn only_looks(call: &Call) -> bool {
    match *call.request.method() {
        Method::POST => false,
        Method::GET => is_prefetch(call) || (call.state.pages.links_act == Switch::Off && !wants_json(call)),
        _ => true,
    }
}

pub(super) fn button(
    call: &Call,
    place: &Place,
    token: &Secret,
    (title, text, button): (&str, &str, &str),
) -> HttpResponse {
    let theme = theme_of(call, place);
    let content = Act { title, place: &theme, text, button, token: token.expose() };
    page(call, &theme, &content, &Frame::from(StatusCode::OK))
}
