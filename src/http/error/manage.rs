//! The words of `ManageError`, and of the failures that every room can bring up.

use std::time::Duration;

use actix_web::http::StatusCode;

use super::{Answer, Voice, Worded};
use crate::manage::ManageError;
use crate::manage::error::{DirectoryError, LaneError, StoreError};

/// How soon a database that cannot be reached is worth another try.
const DATABASE_RETRY: Duration = Duration::from_secs(2);

impl Worded for ManageError {
    fn answer(&self, _voice: Voice) -> Answer {
        match self {
            Self::UnknownOrganization(_) | Self::UnknownUser(_) => {
                Answer::new(StatusCode::BAD_REQUEST, "management", self.to_string())
            }
            Self::UnknownApplication(_) => {
                Answer::new(StatusCode::NOT_FOUND, "organization_application_not_found", self.to_string())
            }
            Self::Name { .. } => Answer::new(StatusCode::BAD_REQUEST, "illegal_argument", self.to_string()),
            Self::PasswordTooShort(min) => Answer::new(
                StatusCode::BAD_REQUEST,
                "error_password_policy_violation",
                format!("error_length_policy: must be at least {min} characters"),
            ),
            Self::Taken(_) => {
                Answer::new(StatusCode::BAD_REQUEST, "duplicate_unique_property_exists", self.to_string())
            }
            Self::KeysChanged => Answer::new(StatusCode::CONFLICT, "conflict", self.to_string()),
            Self::Lane(cause) => lane(cause),
            Self::Directory(cause) => directory(cause),
            Self::Store(cause) => store(cause),
            Self::Key(_) | Self::Vault(_) => Answer::failed(),
        }
    }
}

pub(super) fn lane(cause: &LaneError) -> Answer {
    match cause {
        LaneError::Busy { retry_after } => Answer::unavailable(*retry_after),
        LaneError::TooLong | LaneError::NulByte => {
            Answer::new(StatusCode::BAD_REQUEST, "error_password_policy_violation", cause.to_string())
        }
        LaneError::Stopped => Answer::unavailable(DATABASE_RETRY),
        LaneError::Cost(_) | LaneError::Hash(_) | LaneError::Thread(_) => Answer::failed(),
    }
}

pub(super) fn directory(cause: &DirectoryError) -> Answer {
    match cause {
        DirectoryError::Store(cause) => store(cause),
        DirectoryError::Key(_) => Answer::failed(),
    }
}

pub(super) fn store(cause: &StoreError) -> Answer {
    if cause.is_passing() { Answer::unavailable(DATABASE_RETRY) } else { Answer::failed() }
}
