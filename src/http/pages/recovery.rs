//! Forgotten passwords of users and admins. The answers are the same whether an account exists or not; stock says
//! otherwise and lets anybody find out (the wire's own list of its defects, 9).

use actix_web::HttpResponse;
use actix_web::http::{Method, StatusCode};

use super::{Ask, Frame, Framing, NewPassword, Notice, Said, page, theme_of, wants_json};
use crate::domain::mail::TokenPurpose;
use crate::domain::place::Place;
use crate::domain::secret::Secret;
use crate::http::error::{Refusal, RequestError};
use crate::http::extract::call::Call;
use crate::http::usergrid::envelope::Envelope;
use crate::manage::ManageError;

/// Usergrid's clients look for these words in the pages, and for `password set`.
const INVALID: &str = "invalid token";
const UNEQUAL: &str = "Passwords didn't match";

/// `GET|POST /management/users/resetpw`, `/{org}/{app}/users/resetpw`: asks for an address, and mails a link there.
pub async fn ask(call: Call) -> Result<HttpResponse, Refusal> {
    let place = call.place().await?;
    call.keeps_accounts_of(&place)?;
    let framing = if matches!(place, Place::Management) { Framing::Portals } else { Framing::Nobody };
    if call.request.method() != Method::POST {
        return Ok(ask_page(&call, &place, (None, true), framing));
    }
    let said = Said::read(&call)?;
    match said.text("email").or_else(|| said.text("username")) {
        Some(named) => {
            send(&call, &place, named).await?;
            Ok(on_its_way(&call, &place, framing))
        }
        None if wants_json(&call) => Err(call.refuse(&RequestError::Missing("email"))),
        None => Ok(ask_page(&call, &place, (Some("Please fill in your email address."), true), framing)),
    }
}

/// `GET|POST /management/users/{user}/resetpw`, `/{org}/{app}/users/{user}/resetpw`: with a token the form for a new
/// password; a POST without one mails a link.
pub async fn reset(call: Call) -> Result<HttpResponse, Refusal> {
    let place = call.place().await?;
    call.keeps_accounts_of(&place)?;
    let said = Said::read(&call)?;
    let named = call.named("user")?;
    match (&said.token, call.request.method()) {
        (None, &Method::POST) => {
            send(&call, &place, &named).await?;
            Ok(on_its_way(&call, &place, Framing::Nobody))
        }
        (None, _) => Ok(ask_page(&call, &place, (None, false), Framing::Nobody)),
        (Some(token), &Method::POST) => set(&call, &place, &named, (&said, token)).await,
        (Some(token), _) => {
            let wanted = (TokenPurpose::ResetPassword, token);
            match call.state.registry.holder_of_token(&place, &named, wanted).await {
                Ok(_) => Ok(form(&call, &place, token, None)),
                Err(cause) => refused(&call, &place, cause),
            }
        }
    }
}

async fn send(call: &Call, place: &Place, named: &str) -> Result<(), Refusal> {
    let sent = call.state.registry.ask_for_reset(place, named, &call.source()).await;
    sent.map_err(|cause| call.refuse(&cause))
}

async fn set(
    call: &Call,
    place: &Place,
    named: &str,
    (said, token): (&Said, &Secret),
) -> Result<HttpResponse, Refusal> {
    let first = said.text("password1").or_else(|| said.text("password")).or_else(|| said.text("newpassword"));
    let second = said.text("password2").or(if wants_json(call) { first } else { None });
    let Some(password) = first.filter(|first| Some(*first) == second) else {
        // The token is looked at first: a form is shown to whoever has a valid one alone.
        return match call.state.registry.holder_of_token(place, named, (TokenPurpose::ResetPassword, token)).await {
            Ok(_) if wants_json(call) && first.is_none() => Err(call.refuse(&RequestError::Missing("password1"))),
            Ok(_) if wants_json(call) => Err(call.refuse(&RequestError::PasswordsDiffer)),
            Ok(_) => Ok(form(call, place, token, Some(UNEQUAL))),
            Err(cause) => refused(call, place, cause),
        };
    };
    match call.state.registry.reset_password(place, named, token, Secret::new(password)).await {
        Ok(()) if wants_json(call) => Ok(json(call, "set user password")),
        Ok(()) => Ok(notice(call, place, ("Your new password", "Your new password set: you can sign in with it now."))),
        Err(cause @ (ManageError::PasswordPolicy(_) | ManageError::RecentlyUsedPassword)) if !wants_json(call) => {
            Ok(form(call, place, token, Some(&cause.to_string())))
        }
        Err(cause) => refused(call, place, cause),
    }
}

fn ask_page(call: &Call, place: &Place, (wrong, asks_address): (Option<&str>, bool), framing: Framing) -> HttpResponse {
    let theme = theme_of(call, place);
    let content = Ask { title: "Forgot your password?", place: &theme, wrong, asks_address };
    page(call, &theme, &content, &Frame { framing, ..Frame::from(StatusCode::OK) })
}

/// The one answer to whoever asks for a mail.
fn on_its_way(call: &Call, place: &Place, framing: Framing) -> HttpResponse {
    if wants_json(call) {
        return json(call, "send password reset mail");
    }
    let theme = theme_of(call, place);
    let text = "If we know this account and its address, a mail with a link is on its way. It can take a few minutes; \
                look among the unwanted mail too.";
    page(
        call,
        &theme,
        &Notice { title: "Check your mail", place: &theme, text },
        &Frame { framing, ..Frame::from(StatusCode::OK) },
    )
}

fn form(call: &Call, place: &Place, token: &Secret, wrong: Option<&str>) -> HttpResponse {
    let theme = theme_of(call, place);
    let content = NewPassword { title: "Choose a new password", place: &theme, wrong, token: token.expose() };
    page(call, &theme, &content, &Frame::from(StatusCode::OK))
}

/// A link that does not serve, as a page or as JSON.
pub(super) fn refused(call: &Call, place: &Place, cause: ManageError) -> Result<HttpResponse, Refusal> {
    if wants_json(call) {
        return Err(call.refuse(&cause));
    }
    let (status, text) = match &cause {
        // Usergrid answers this page with 200.
        ManageError::MailToken => (
            StatusCode::OK,
            format!(
                "This link is not valid any more ({INVALID}). It may have been used, or be too old. Ask for another."
            ),
        ),
        ManageError::OtherHolder(_) => {
            (StatusCode::BAD_REQUEST, "Could not find the account that this link is for at this address.".to_owned())
        }
        _ => return Err(call.refuse(&cause)),
    };
    let theme = theme_of(call, place);
    let content = Notice { title: "This link does not work", place: &theme, text: &text };
    Ok(page(call, &theme, &content, &Frame::from(status)))
}

pub(super) fn notice(call: &Call, place: &Place, (title, text): (&str, &str)) -> HttpResponse {
    let theme = theme_of(call, place);
    page(call, &theme, &Notice { title, place: &theme, text }, &Frame::from(StatusCode::OK))
}

pub(super) fn json(call: &Call, action: &'static str) -> HttpResponse {
    Envelope::new(call.started).action(action).ok().into_response(call.state.clock.now())
}
