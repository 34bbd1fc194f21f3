//! The authorization endpoint of every place: a browser comes with a client's request, and leaves with its answer.
//! *Spec*: RFC 6749 §3.1, §4.1; RFC 9207; OpenID Connect Core §3.1.2.

use actix_web::HttpResponse;
use actix_web::http::{Method, StatusCode};
use askama::Template;
use url::form_urlencoded;

use super::visit::{Fields, Purpose, Stage, Visit, targets};
use super::{Frame, Framing, page, theme_of};
use crate::domain::registered::ClientMetadata;
use crate::grant::{
    AuthorizationRequest, AuthorizeError, AuthorizeParameters, AuthorizeRefusal, Redirect, ResponseMode, Step,
};
use crate::http::error::{Refusal, Voice, Worded};
use crate::http::extract::call::Call;
use crate::manage::Theme;

/// The answer to the client as a form, which its person sends by a button where no script does.
#[derive(Template)]
#[template(path = "hand_over.html")]
struct HandOver<'a> {
    title: &'a str,
    place: &'a Theme,
    uri: &'a str,
    parameters: &'a [(&'static str, String)],
}

/// `GET|POST {issuer}/authorize`
pub async fn authorize(call: Call) -> Result<HttpResponse, Refusal> {
    let place = call.place().await?;
    let said = Fields::read(&call)?;
    let visit = Visit::begin(&call, &place).await?;
    if call.request.method() == Method::POST {
        // The cookie comes with no form of another site, but with the GET that follows it.
        let said = AuthorizeParameters::read(said.into_pairs());
        let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(said.pairs()).finish();
        return Ok(visit.go(&format!("authorize?{query}")));
    }
    if let Some(sealed) = said.get("resume") {
        return match visit.opened(sealed, &[Stage::Resume]) {
            Ok(kept) => resume(&visit, kept.purpose).await,
            Err(answer) => Ok(*answer),
        };
    }
    match call.state.dispatcher.open(&place, &AuthorizeParameters::read(said.into_pairs())).await {
        Ok(opened) => advance(&visit, opened.request).await,
        Err(AuthorizeRefusal::Page(cause)) => Ok(told(&visit, &cause)),
        Err(AuthorizeRefusal::Redirect(redirect)) => Ok(leave(&visit, redirect)),
    }
}

async fn resume(visit: &Visit<'_>, purpose: Purpose) -> Result<HttpResponse, Refusal> {
    match purpose {
        Purpose::Authorize(request) => advance(visit, *request).await,
        Purpose::Here(_) | Purpose::SignOut { .. } => Ok(visit.stale()),
    }
}

/// Does what comes next of a request.
pub(super) async fn advance(visit: &Visit<'_>, request: AuthorizationRequest) -> Result<HttpResponse, Refusal> {
    let (state, place) = (&visit.call.state, visit.place);
    let seen = visit.seen();
    let allowed = match &seen {
        Some(seen) => state.registry.allowed(place, seen.principal, request.client).await.map(Some),
        None => Ok(None),
    };
    let allowed = allowed.map_err(|cause| visit.call.refuse(&cause))?;
    match (state.dispatcher.next(place, &request, seen.as_ref(), allowed.as_ref()).await, seen) {
        (Ok(Step::SignIn), _) | (Ok(_), None) => super::signin::ask(visit, request).await,
        (Ok(Step::SelectAccount), Some(_)) => super::signin::select(visit, request).await,
        (Ok(Step::Consent), Some(_)) => super::consent::ask(visit, request).await,
        (Ok(Step::Approve), Some(seen)) => match state.dispatcher.approve(place, &request, &seen).await {
            Ok(redirect) => {
                if let Some(signed) = &visit.signed {
                    let noted = state.registry.note_client(&signed.session, request.client).await;
                    noted.map_err(|cause| visit.call.refuse(&cause))?;
                }
                Ok(leave(visit, redirect))
            }
            Err(cause) => Ok(told(visit, &cause)),
        },
        (Err(cause), _) if is_for_the_person(&cause) => Ok(told(visit, &cause)),
        (Err(cause), _) => Ok(decline(visit, &request, cause)),
    }
}

/// Tells the client that there is no code.
pub(super) fn decline(visit: &Visit<'_>, request: &AuthorizationRequest, cause: AuthorizeError) -> HttpResponse {
    leave(visit, visit.call.state.dispatcher.decline(visit.place, request, cause))
}

/// Where nothing is known of the client any more, or we failed, nobody is sent anywhere.
fn is_for_the_person(cause: &AuthorizeError) -> bool {
    matches!(
        cause,
        AuthorizeError::UnknownClient
            | AuthorizeError::DisabledClient
            | AuthorizeError::UnregisteredRedirect
            | AuthorizeError::Failed(_)
    )
}

/// The browser goes to the client, by a redirect or by a form.
pub(super) fn leave(visit: &Visit<'_>, redirect: Redirect) -> HttpResponse {
    let sentence = redirect.cause.as_ref().map(|cause| {
        tracing::info!(code = cause.code(), %cause, "an authorization request was refused");
        cause.answer(Voice::OAuth).description
    });
    let redirect = match sentence {
        Some(sentence) => redirect.described(&sentence),
        None => redirect,
    };
    match redirect.mode {
        ResponseMode::Query => visit.go(&redirect.location()),
        ResponseMode::FormPost => {
            let theme = theme_of(visit.call, visit.place);
            let content = HandOver {
                title: "Back to the application",
                place: &theme,
                uri: &redirect.uri,
                parameters: &redirect.parameters,
            };
            let targets = targets(Some(&redirect.uri));
            let frame = Frame { status: StatusCode::OK, framing: Framing::Nobody, targets: &targets, scripted: true };
            visit.dressed(page(visit.call, &theme, &content, &frame))
        }
    }
}

/// Tells the person alone: nobody has proved where the client is to be found.
pub(super) fn told(visit: &Visit<'_>, cause: &AuthorizeError) -> HttpResponse {
    if let AuthorizeError::Failed(cause) = cause {
        return visit.failed(cause);
    }
    tracing::info!(code = cause.code(), %cause, "an authorization request was refused");
    let text = match cause {
        AuthorizeError::MissingClient | AuthorizeError::UnknownClient | AuthorizeError::DisabledClient => {
            "The application that sent you here is not known here, or may not sign people in (invalid_client)."
        }
        AuthorizeError::MissingRedirect | AuthorizeError::UnregisteredRedirect => {
            "The application wants you to be sent to an address that it has not registered (invalid redirect_uri)."
        }
        AuthorizeError::UnknownPushedRequest => {
            "The application's request is too old, or was used before (invalid_request_uri)."
        }
        _ => "The application that sent you here made a request that cannot be read (invalid_request).",
    };
    let text = format!("{text} Go back to it and try again; if that does not help, tell the people who run it.");
    visit.notice(StatusCode::BAD_REQUEST, ("You cannot be signed in", &text))
}

/// The client's name, and what it registered; `None` where it may not act any more.
pub(super) async fn client_of(
    visit: &Visit<'_>,
    request: &AuthorizationRequest,
) -> Result<Option<(String, ClientMetadata)>, Refusal> {
    let found = visit.call.state.registry.client_metadata(visit.place.tenant(), request.client).await;
    found.map_err(|cause| visit.call.refuse(&cause))
}
