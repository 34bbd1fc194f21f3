//! The words of `AccessError`. *Spec*: Usergrid's codes, on which its SDKs decide to log out; RFC 6750 §3 challenges.

use actix_web::http::StatusCode;

use super::{Answer, Challenge, Voice, Worded};
use crate::access::external::ExternalError;
use crate::access::{AccessError, Need};
use crate::domain::revocation::RevocationReason;

impl Worded for AccessError {
    fn answer(&self, voice: Voice) -> Answer {
        match voice {
            Voice::OAuth => in_standard_words(self.usergrid_answer()),
            Voice::Usergrid => self.usergrid_answer(),
        }
    }
}

/// The codes of RFC 6750 §3.1 in the body of RFC 6749 §5.2: one for every token that does not hold.
fn in_standard_words(answer: Answer) -> Answer {
    let answer = match answer.challenge {
        Some(Challenge::InvalidToken) => Answer {
            code: "invalid_token",
            description: "The access token is unknown, expired or revoked.".into(),
            ..answer
        },
        _ => answer,
    };
    answer.in_oauth_body()
}

impl AccessError {
    fn usergrid_answer(&self) -> Answer {
        let token = |code, sentence| Answer::unauthorized(code, sentence, Challenge::InvalidToken);
        match self {
            Self::EmptyBearer => token("invalid_request", "The bearer token is empty"),
            Self::Ambiguous => {
                Answer::new(StatusCode::BAD_REQUEST, "invalid_request", "The Authorization header cannot be read")
            }
            Self::UrlTokensOff => token("invalid_request", "Tokens are accepted here in the Authorization header only"),
            Self::UrlSecretsOff => Answer::unauthorized(
                "invalid_request",
                "Credentials are accepted here in the Authorization header or a body only",
                Challenge::Bearer,
            ),
            Self::Unverified(_) | Self::UnverifiedLegacy => {
                token("auth_unverified_oath", "Unable to authenticate OAuth credentials")
            }
            Self::Expired => token("expired_token", "Unable to authenticate due to expired access token"),
            Self::UnknownLegacy => token("auth_invalid", "Unable to authenticate"),
            Self::Revoked(reason) => match reason {
                RevocationReason::Revoked => token("auth_invalid", "Unable to authenticate"),
                RevocationReason::Deactivated => token("authentication", "Unactivated identity"),
                RevocationReason::Disabled => token("authentication", "Disabled identity"),
                RevocationReason::Deleted => gone(),
            },
            Self::TenantGone | Self::HolderGone => gone(),
            Self::WrongClientParameters => {
                Answer::unauthorized("invalid_client", "Unable to authenticate (OAuth)", Challenge::Bearer)
            }
            Self::WrongClientBasic => {
                Answer::unauthorized("auth_invalid_credentials", "Unable to authenticate", Challenge::Bearer)
            }
            // Usergrid: what is the superuser's alone is asked for by Basic. Nothing that a portal shows is.
            Self::WrongSuperuser | Self::Forbidden(Need::System) => {
                Answer::unauthorized("unauthorized", sentence(Need::System), Challenge::Basic)
            }
            Self::Forbidden(need) => Answer::unauthorized("unauthorized", sentence(*need), Challenge::Bearer),
            // RFC 6750 §3.1.
            Self::InsufficientScope(scope) => Answer {
                challenge: Some(Challenge::InsufficientScope(scope)),
                ..Answer::new(
                    StatusCode::FORBIDDEN,
                    "insufficient_scope",
                    format!("This needs a token with the scope {scope}"),
                )
            },
            // As for a refresh token at the token endpoint (RFC 6749 §5.2).
            Self::TokenOfAnotherClient => Answer::oauth("invalid_grant", "The token was issued to another client."),
            Self::UnsupportedTokenType => {
                Answer::oauth("unsupported_token_type", "Tokens of this kind cannot be revoked.")
            }
            Self::External(cause) => match cause {
                ExternalError::NoAdmin => Answer::unauthorized(
                    "externalssoprovider_unactivated_adminuser",
                    "No admin of this server belongs to this token",
                    Challenge::InvalidToken,
                ),
                ExternalError::Failed { failure, .. } => Answer::failure(*failure, cause),
                ExternalError::Refused(_)
                | ExternalError::Expired
                | ExternalError::Deactivated
                | ExternalError::Disabled => token("auth_unverified_oath", "Unable to authenticate OAuth credentials"),
            },
            Self::Directory(cause) => Answer::failure(cause.failure(), cause),
            Self::Store(cause) => Answer::failure(cause.failure(), cause),
            Self::Key(_) | Self::Vault(_) => Answer::failed(),
        }
    }
}

fn gone() -> Answer {
    Answer::unauthorized(
        "auth_bad_access_token",
        "Unable to authenticate due to corrupt access token",
        Challenge::InvalidToken,
    )
}

fn sentence(need: Need) -> &'static str {
    match need {
        Need::Organization => "No organization access authorized",
        Need::Application => "No application access authorized",
        Need::Guest => "No application guest access authorized",
        Need::Admin => "No admin user access authorized",
        Need::System => "No system access authorized",
        Need::Permission => "Subject does not have permission to access this resource",
    }
}
