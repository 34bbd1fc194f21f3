//! The words of `ManageError`.

use actix_web::http::StatusCode;

use super::{Answer, Body, Challenge, Voice, Worded};
use crate::access::{AccessError, Need};
use crate::domain::failure::DATABASE_RETRY;
use crate::manage::{ClientFault, ManageError, Unique};

impl Worded for ManageError {
    fn answer(&self, voice: Voice) -> Answer {
        match self {
            Self::UnknownOrganization(_) | Self::UnknownUser(_) | Self::OtherHolder(_) => {
                Answer::new(StatusCode::BAD_REQUEST, "management", self.to_string())
            }
            Self::UnknownApplication(_) => {
                Answer::new(StatusCode::NOT_FOUND, "organization_application_not_found", self.to_string())
            }
            Self::Name { .. }
            | Self::OwnMember(_)
            | Self::MailToken
            | Self::NoAddress
            | Self::Template(_)
            | Self::BadCursor
            | Self::Credentials(_) => Answer::new(StatusCode::BAD_REQUEST, "illegal_argument", self.to_string()),
            Self::UnknownClient(_) => Answer::new(StatusCode::NOT_FOUND, "entity_not_found", self.to_string()),
            Self::Client(fault) => wrong_metadata(fault, voice),
            Self::TooManySecrets(_) => Answer::new(StatusCode::BAD_REQUEST, "illegal_argument", self.to_string()),
            Self::NoClientRegistration => Answer {
                status: StatusCode::NOT_FOUND,
                ..Answer::oauth("not_found", "Clients do not register themselves here.")
            },
            Self::RegistrationToken => Answer {
                body: Body::OAuth,
                ..Answer::unauthorized(
                    "invalid_token",
                    "The token is missing, unknown, expired or used up.",
                    Challenge::InvalidToken,
                )
            },
            Self::TooManyGuesses { retry_after } => Answer {
                status: StatusCode::TOO_MANY_REQUESTS,
                retry_after: Some(*retry_after),
                ..Answer::oauth("temporarily_unavailable", self.to_string())
            },
            Self::TooManyRegistrations { retry_after } => Answer {
                status: StatusCode::TOO_MANY_REQUESTS,
                retry_after: Some(*retry_after),
                ..Answer::oauth("temporarily_unavailable", "Too many clients were registered from here.")
            },
            Self::TooManyClients => Answer {
                status: StatusCode::FORBIDDEN,
                ..Answer::oauth("access_denied", "No more clients can be registered here.")
            },
            Self::NoSuchApplication { .. } | Self::NoSuchMember(_) => {
                Answer::new(StatusCode::NOT_FOUND, "entity_not_found", self.to_string())
            }
            Self::ApplicationExists => {
                Answer::new(StatusCode::CONFLICT, "application_already_exists", self.to_string())
            }
            Self::ApplicationInTheWay => Answer::new(StatusCode::CONFLICT, "conflict", self.to_string()),
            Self::LastMember => Answer::new(StatusCode::BAD_REQUEST, "unable_to_leave_organization", self.to_string()),
            Self::Superuser | Self::Illegal(_) => {
                Answer::new(StatusCode::BAD_REQUEST, "illegal_argument", self.to_string())
            }
            Self::PasswordPolicy(_) => {
                Answer::new(StatusCode::BAD_REQUEST, "error_password_policy_violation", self.to_string())
            }
            Self::WrongOldPassword => {
                Answer::new(StatusCode::BAD_REQUEST, "auth_invalid_username_or_password", self.to_string())
            }
            Self::RecentlyUsedPassword => Answer::new(StatusCode::CONFLICT, "recently_used_password", self.to_string()),
            Self::ConfiguredPassword => Answer::new(StatusCode::BAD_REQUEST, "illegal_argument", self.to_string()),
            Self::Overtaken => Answer::new(StatusCode::CONFLICT, "conflict", self.to_string()),
            Self::MissingMember { .. } | Self::WrongMember { .. } | Self::Permission(_) | Self::GroupPath(_) => {
                Answer::new(StatusCode::BAD_REQUEST, "illegal_argument", self.to_string())
            }
            Self::TooLong { .. } | Self::ShortPin(_) => {
                Answer::new(StatusCode::BAD_REQUEST, "illegal_argument", self.to_string())
            }
            Self::RequiredProperty { .. } => {
                Answer::new(StatusCode::BAD_REQUEST, "required_property_not_found", self.to_string())
            }
            // As for a guest whose role does not let them.
            Self::RegistrationClosed => AccessError::Forbidden(Need::Permission).answer(voice),
            Self::UnknownName(_) => Answer::new(StatusCode::NOT_FOUND, "service_resource_not_found", self.to_string()),
            Self::UnknownEntity(_) => Answer::new(StatusCode::NOT_FOUND, "entity_not_found", self.to_string()),
            Self::Taken { what, value } => Answer::new(
                StatusCode::BAD_REQUEST,
                "duplicate_unique_property_exists",
                not_unique(*what, value.as_deref()),
            ),
            Self::UnknownProvider | Self::UnknownProviderSetting(_) | Self::ProviderSetting(..) => {
                Answer::new(StatusCode::BAD_REQUEST, "illegal_argument", self.to_string())
            }
            Self::ProviderNotSet => Answer::oauth("invalid_request", self.to_string()),
            Self::ProviderRefused => Answer::oauth("invalid_grant", "invalid user"),
            Self::Upstream(cause) => Answer::failure(cause.failure(), cause),
            Self::KeysChanged => Answer::new(StatusCode::CONFLICT, "conflict", self.to_string()),
            Self::Lane(cause) => Answer::failure(cause.failure(), cause),
            Self::Directory(cause) => Answer::failure(cause.failure(), cause),
            Self::Store(cause) => Answer::failure(cause.failure(), cause),
            Self::TooManyListings | Self::SlowQuery => {
                Answer { description: self.to_string().into(), ..Answer::unavailable(DATABASE_RETRY) }
            }
            Self::TooMuchMail { retry_after } => Answer {
                retry_after: Some(*retry_after),
                ..Answer::new(StatusCode::TOO_MANY_REQUESTS, "too_many_requests", self.to_string())
            },

            Self::StalePage => Answer::new(StatusCode::BAD_REQUEST, "illegal_argument", self.to_string()),
            Self::UnknownTrustedIssuer(_)
            | Self::UnknownMail(_)
            | Self::UnknownTemplate(_)
            | Self::UnknownSession(_)
            | Self::UnknownConsent(_) => Answer::new(StatusCode::NOT_FOUND, "entity_not_found", self.to_string()),
            Self::Key(_) | Self::Vault(_) | Self::Mail(_) | Self::Cursor(_) => Answer::failed(),
        }
    }
}

/// *Spec*: RFC 7591 §3.2.2 for clients that register themselves.
fn wrong_metadata(fault: &ClientFault, voice: Voice) -> Answer {
    match (voice, fault) {
        (Voice::Usergrid, _) => Answer::new(StatusCode::BAD_REQUEST, "illegal_argument", fault.to_string()),
        (Voice::OAuth, ClientFault::RedirectUri(..)) => Answer::oauth("invalid_redirect_uri", fault.to_string()),
        (Voice::OAuth, ClientFault::Metadata(..) | ClientFault::UnknownMember(_) | ClientFault::NoObject) => {
            Answer::oauth("invalid_client_metadata", fault.to_string().replace('"', "'"))
        }
    }
}

/// Usergrid: an organization is a group of the management plane there, and found by its path.
fn not_unique(what: Unique, value: Option<&str>) -> String {
    let rule = match what {
        Unique::OrganizationName | Unique::GroupPath => {
            "Entity \"group\" requires that property named \"path\" be unique"
        }
        Unique::ApplicationName => "Entity \"application\" requires that property named \"name\" be unique",
        Unique::Username => "Entity \"user\" requires that property named \"username\" be unique",
        Unique::Email => "Entity \"user\" requires that property named \"email\" be unique",
        Unique::RoleName => "Entity \"role\" requires that property named \"name\" be unique",
    };
    match value {
        Some(value) => format!("{rule}, value of {value} exists"),
        None => rule.to_owned(),
    }
}
