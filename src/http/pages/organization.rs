//! Links that confirm or activate an organization, and the request for such a mail.

use actix_web::HttpResponse;

use super::admission::{button, only_looks};
use super::recovery::{json, notice, refused};
use super::{Said, wants_json};
use crate::domain::mail::TokenPurpose;
use crate::domain::place::Place;
use crate::http::error::Refusal;
use crate::http::extract::call::Call;
use crate::http::usergrid::envelope::Envelope;
use crate::manage::ManageError;

/// `GET|POST /management/orgs/{org}/confirm?token=`
pub async fn confirm(call: Call) -> Result<HttpResponse, Refusal> {
    use_link(call, TokenPurpose::Confirm).await
}

/// `GET|POST /management/orgs/{org}/activate?token=`
pub async fn activate(call: Call) -> Result<HttpResponse, Refusal> {
    use_link(call, TokenPurpose::Activate).await
}

async fn use_link(call: Call, purpose: TokenPurpose) -> Result<HttpResponse, Refusal> {
    let place = Place::Management;
    call.keeps_admins()?;
    let Some(token) = Said::read(&call)?.token else { return refused(&call, &place, ManageError::MailToken) };
    if only_looks(&call) {
        let words = ("Activate the organization", "Is this organization yours?", "Yes, it is mine");
        return Ok(button(&call, &place, &token, words));
    }
    match call.state.registry.use_org_link(call.segment("org"), purpose, &token).await {
        Ok(()) if wants_json(&call) => Ok(json(&call, "activate organization")),
        Ok(()) => Ok(notice(&call, &place, ("The organization is active", "Thank you. You can work with it now."))),
        Err(cause) => refused(&call, &place, cause),
    }
}

/// `GET /management/orgs/{org}/reactivate`: mails the link again. Anybody may ask, nobody learns anything.
pub async fn reactivate(call: Call) -> Result<HttpResponse, Refusal> {
    call.keeps_admins()?;
    let sent = call.state.registry.reactivate_org(call.segment("org"), &call.source()).await;
    sent.map_err(|cause| call.refuse(&cause))?;
    Ok(Envelope::new(call.started).action("reactivate organization").into_response(call.state.clock.now()))
}
