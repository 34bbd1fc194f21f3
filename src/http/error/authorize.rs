//! The words of `AuthorizeError` and `PushError`: what a client reads in `error_description`, and a person on a page.
//! *Spec*: RFC 6749 §4.1.2.1; RFC 9126 §2.3.

use std::borrow::Cow;

use actix_web::http::StatusCode;

use super::{Answer, Voice, Worded};
use crate::grant::{AuthorizeError, PushError};

impl Worded for AuthorizeError {
    fn answer(&self, voice: Voice) -> Answer {
        let sentence: Cow<'static, str> = match self {
            Self::MissingClient => "The parameter client_id is missing.".into(),
            Self::UnknownClient | Self::DisabledClient => "The client is unknown or may not act.".into(),
            Self::MissingRedirect => "The parameter redirect_uri is missing.".into(),
            Self::UnregisteredRedirect => "The redirect_uri is not registered for this client.".into(),
            Self::UnknownPushedRequest => "The request_uri is unknown, expired or was used before.".into(),
            Self::TwoAddresses => "The client_id or the redirect_uri was given more than once.".into(),
            Self::Repeated(name) => format!("The parameter {name} was given more than once.").into(),
            Self::Missing(name) => format!("The parameter {name} is missing.").into(),
            Self::Malformed("code_challenge_method") => "The code_challenge_method must be S256.".into(),
            Self::Malformed(name) => format!("The parameter {name} cannot be taken.").into(),
            Self::TooLarge => "The request is too large.".into(),
            Self::UnsupportedResponseType => "The response_type must be code.".into(),
            Self::UnauthorizedClient => "The client is not registered for authorization codes.".into(),
            Self::NotPushed => "The request must be pushed before it is used here.".into(),
            Self::UnknownScope => "A scope is unknown or not registered for this client.".into(),
            Self::UnknownResource => "A resource is unknown or not registered for this client.".into(),
            Self::RequestObject => "Request objects are not taken; push the request instead.".into(),
            Self::RequestUri => "A request_uri is taken of pushed requests alone.".into(),
            Self::Registration => "Clients are not registered by their requests.".into(),
            Self::LoginRequired => "A person has to sign in.".into(),
            Self::AccountSelectionRequired => "A person has to choose an account.".into(),
            Self::ConsentRequired => "A person has to be asked for their consent.".into(),
            Self::InteractionRequired => "A person has to be asked.".into(),
            Self::Declined => "The person declined.".into(),
            Self::AccountRefused(_) => "The account may not sign in.".into(),
            Self::TooManyCodes | Self::TooManyRequests => {
                "Too many requests of this client wait to be used. Try again later.".into()
            }
            Self::Failed(cause) => return cause.answer(voice),
        };
        Answer { status: status(self), ..Answer::oauth(self.code(), sentence) }
    }
}

impl Worded for PushError {
    fn answer(&self, _voice: Voice) -> Answer {
        match self {
            Self::Client(cause) => cause.answer(Voice::OAuth),
            Self::Request(cause) => cause.answer(Voice::OAuth),
        }
    }
}

/// Where the client hears of it without a browser between.
fn status(cause: &AuthorizeError) -> StatusCode {
    match cause {
        AuthorizeError::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
        AuthorizeError::TooManyCodes | AuthorizeError::TooManyRequests => StatusCode::TOO_MANY_REQUESTS,
        _ => StatusCode::BAD_REQUEST,
    }
}
