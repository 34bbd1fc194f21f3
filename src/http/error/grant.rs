//! The words of `GrantError`. *Spec*: RFC 6749 §5.2; Usergrid's token endpoint, where most causes share one sentence.

use std::time::Duration;

use actix_web::http::StatusCode;

use super::{Answer, Challenge, Voice, Worded, machine, proof};
use crate::grant::{ClientMethod, GrantError};

const WRONG_LOGIN: &str = "invalid username or password";
const WRONG_REFRESH: &str = "The refresh token is invalid, expired or revoked.";

impl Worded for GrantError {
    fn answer(&self, voice: Voice) -> Answer {
        let is_oauth = voice == Voice::OAuth;
        match self {
            Self::UnknownPlace => Answer::new(
                StatusCode::NOT_FOUND,
                "organization_application_not_found",
                "Could not find application for the organization and application in this URL",
            ),
            Self::UrlGrantsOff => Answer::oauth("invalid_request", "Grants are accepted here in a POST body only."),
            Self::MissingGrantType if is_oauth => {
                Answer::oauth("invalid_request", "The parameter grant_type is missing.")
            }
            Self::UnsupportedGrantType if is_oauth => {
                Answer::oauth("unsupported_grant_type", "This grant_type is not supported.")
            }
            Self::MissingParameter(name) if is_oauth => {
                Answer::oauth("invalid_request", format!("The parameter {name} is missing."))
            }
            Self::MissingClient | Self::MissingClientAtRefresh if is_oauth => {
                client(Answer::oauth("invalid_client", "Client credentials are missing."))
            }
            // Usergrid: whatever is missing or unsupported sounds like a wrong password.
            Self::MissingGrantType
            | Self::UnsupportedGrantType
            | Self::MissingParameter(_)
            | Self::MissingClient
            | Self::UnknownUser
            | Self::WrongPassword => Answer::oauth("invalid_grant", WRONG_LOGIN),
            Self::UnknownClient(method)
            | Self::WrongClientSecret(method)
            | Self::ForeignClient(method)
            | Self::WrongClientMethod(method) => wrong_client(*method, voice),
            Self::WrongAssertion(_) | Self::UsedAssertion | Self::ClientKeys(_) | Self::WrongCertificate => {
                wrong_client(ClientMethod::Parameters, voice)
            }
            Self::UnauthorizedClient(_) => {
                Answer::oauth("unauthorized_client", "The client is not registered for this grant.")
            }
            Self::PasswordGrantOff => {
                Answer::oauth("unauthorized_client", "Signing in by password is switched off here.")
            }
            Self::NotActivated => Answer::oauth("invalid_grant", "user not activated"),
            Self::Disabled => Answer::oauth("invalid_grant", "user disabled"),
            Self::NotConfirmed => Answer {
                status: StatusCode::FORBIDDEN,
                ..Answer::oauth("invalid_grant", "User must be confirmed to authenticate")
            },
            Self::SignInElsewhere(url) => Answer::oauth("invalid_grant", format!("admin users must login via {url}")),
            Self::UnknownRefreshToken
            | Self::ExpiredRefreshToken
            | Self::EndedRefreshToken
            | Self::ReusedRefreshToken
            | Self::MissingClientAtRefresh
            | Self::RefreshTokenOfAnotherKey
            | Self::RefreshTokenOfAnotherClient => Answer::oauth("invalid_grant", WRONG_REFRESH),
            Self::MissingProof => proof::missing(),
            Self::Code(_) => Answer::oauth(
                "invalid_grant",
                "The authorization code is invalid, expired, used or of another request.",
            ),
            Self::Exchange(fault) => machine::exchange(*fault),
            Self::Assertion(_) | Self::IssuerKeys(_) => machine::assertion(),
            Self::Device(fault) => machine::device(*fault),
            Self::UnknownResource => {
                Answer::oauth("invalid_target", "A resource is unknown, not registered or was not granted.")
            }
            Self::UnknownScope | Self::ScopeExceeded => {
                Answer::oauth("invalid_scope", "The scope is unknown or exceeds what was granted.")
            }
            Self::TtlTooLong { max } => ttl_too_long(*max, voice),
            Self::SessionOver => Answer::unauthorized(
                "expired_token",
                "Unable to authenticate due to expired access token",
                Challenge::InvalidToken,
            ),
            Self::NotAnAdmin | Self::TokenOfClient => {
                Answer::unauthorized("unauthorized", "No admin user access authorized", Challenge::Bearer)
            }
            Self::Lane(cause) => Answer::failure(cause.failure(), cause).in_oauth_body(),
            Self::Directory(cause) => Answer::failure(cause.failure(), cause).in_oauth_body(),
            Self::Store(cause) => Answer::failure(cause.failure(), cause).in_oauth_body(),
            Self::NoSigningKey | Self::Protocol(_) | Self::Key(_) | Self::Vault(_) => Answer::failed().in_oauth_body(),
        }
    }
}

fn client(answer: Answer) -> Answer {
    Answer { status: StatusCode::UNAUTHORIZED, ..answer }
}

/// Unknown, wrong and foreign clients are one answer. Basic is challenged in every voice; a pair in a JSON body gets
/// what Usergrid's clients read.
fn wrong_client(method: ClientMethod, voice: Voice) -> Answer {
    match (method, voice) {
        (ClientMethod::Basic, _) => Answer {
            challenge: Some(Challenge::Basic),
            ..client(Answer::oauth("invalid_client", "Client authentication failed."))
        },
        (ClientMethod::Parameters, Voice::OAuth) => {
            client(Answer::oauth("invalid_client", "Client authentication failed."))
        }
        (ClientMethod::Parameters, Voice::Usergrid) => Answer::oauth("invalid_grant", WRONG_LOGIN),
    }
}

fn ttl_too_long(max: Duration, voice: Voice) -> Answer {
    let sentence = format!("Your token age cannot be more than the maximum age of {} milliseconds", max.as_millis());
    match voice {
        Voice::OAuth => Answer::oauth("invalid_request", sentence),
        Voice::Usergrid => Answer::new(StatusCode::BAD_REQUEST, "illegal_argument", sentence),
    }
}
