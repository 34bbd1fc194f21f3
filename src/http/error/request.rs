//! The words of requests that could not be read, and of routes that do not exist.

use actix_web::http::StatusCode;

use super::{Answer, Voice, Worded};
use crate::domain::query::QueryError;
use crate::http::extract::body::BodyError;
use crate::http::extract::parameters::ParameterError;

impl Worded for ParameterError {
    fn answer(&self, _voice: Voice) -> Answer {
        let bad = |code, sentence: String| Answer::new(StatusCode::BAD_REQUEST, code, sentence);
        match self {
            Self::Repeated(name) => {
                Answer::oauth("invalid_request", format!("The parameter {name} was given more than once."))
            }
            Self::WrongType("ttl") => bad("illegal_argument", "ttl must be a number >= 0".to_owned()),
            Self::WrongType(name) => bad("illegal_argument", format!("The parameter {name} has the wrong type.")),
            Self::IllegalCharacter(name) => {
                Answer::oauth("invalid_request", format!("The parameter {name} has an illegal character."))
            }
            Self::MalformedJson(_) => bad("json_parse", "The body is not valid JSON.".to_owned()),
            Self::NotAnObject => bad("json_parse", "The body must be a JSON object.".to_owned()),
            Self::MalformedForm(_) => Answer::oauth("invalid_request", "The form cannot be decoded."),
            Self::NoBody => bad("illegal_argument", "missing json post data".to_owned()),
        }
    }
}

impl Worded for BodyError {
    fn answer(&self, _voice: Voice) -> Answer {
        match self {
            Self::TooLarge { limit } => Answer::new(
                StatusCode::PAYLOAD_TOO_LARGE,
                // As where the announced length alone was too large.
                "body_too_large",
                format!("The body must have at most {limit} bytes."),
            ),
            Self::TooSlow => {
                Answer::new(StatusCode::REQUEST_TIMEOUT, "request_timeout", "The body did not arrive in time.")
            }
            Self::CutShort(_) => {
                Answer::new(StatusCode::BAD_REQUEST, "invalid_request", "The body ended before it was complete.")
            }
        }
    }
}

impl Worded for QueryError {
    fn answer(&self, _voice: Voice) -> Answer {
        let code = match self {
            Self::Token { .. } | Self::OpenString { .. } => "query_token",
            Self::Expected { .. }
            | Self::TooLong(_)
            | Self::TooDeep(_)
            | Self::TooManyTerms(_)
            | Self::TooManyWords(_)
            | Self::TooManyQueryWords(_)
            | Self::TooManyOrders(_)
            | Self::TooManyFields(_)
            | Self::NoPlaceOnEarth => "query_parse",
        };
        Answer::new(StatusCode::BAD_REQUEST, code, self.to_string())
    }
}

/// A request that reads well and asks for what cannot be.
#[derive(Clone, Debug, thiserror::Error)]
pub enum RequestError {
    #[error("no such route")]
    UnknownRoute,
    #[error("no such application")]
    UnknownApplication(String),
    #[error("method not allowed")]
    MethodNotAllowed,
    #[error("unknown content encoding")]
    UnknownEncoding,
    #[error("no form in the body")]
    FormOnly,
    #[error("two ways of client authentication at once")]
    TwoClientMethods,
    #[error("a client assertion without its type, or of an unknown one")]
    AssertionType,
    #[error("client credentials in the URL")]
    ClientInUrl,
    #[error("the Authorization header cannot be read")]
    MalformedAuthorization,
    #[error("ttl is not a number")]
    BadTtl,
    #[error("the JSONP callback is not a name")]
    BadCallback,
    #[error("no token of another service")]
    MissingOutsideToken,
    #[error("no identity provider is configured")]
    NoTokenProvider,
    #[error("another key URL than the configured one")]
    ForeignKeyUrl,
    /// With the address where they are kept.
    #[error("accounts of admins are kept elsewhere")]
    KeptElsewhere(String),
    #[error("the two passwords differ")]
    PasswordsDiffer,
    #[error("parameter {0} is missing")]
    Missing(&'static str),
    /// Usergrid: a collection is not removed as a whole.
    #[error("method not allowed on a collection")]
    WholeCollection,
    #[error("a batch of more than {0} entities")]
    BatchTooLong(usize),
    #[error("no organization is named")]
    MissingOrganization,
    #[error("parameter {0} is no number")]
    BadNumber(&'static str),
    #[error("public registration is switched off")]
    RegistrationClosed,
    #[error("another identifier is confirmed than is named")]
    Unconfirmed,
    #[error("no such setting")]
    UnknownSetting,
    #[error("not implemented")]
    NotImplemented,
    #[error("test properties are switched off")]
    NoTestProperties,
    #[error("no permission in the body")]
    NoPermissionProperty,
    #[error("no permission in the query")]
    NoPermissionParameter,
    #[error("limit is not a number of entities")]
    BadLimit,
    #[error("except is not current")]
    BadExcept,
}

impl Worded for RequestError {
    fn answer(&self, voice: Voice) -> Answer {
        match self {
            Self::UnknownRoute => Answer::new(StatusCode::NOT_FOUND, "not_found", "There is nothing at this URL."),
            Self::UnknownApplication(asked) => Answer::new(
                StatusCode::NOT_FOUND,
                "organization_application_not_found",
                format!("Could not find application for {asked}"),
            ),
            Self::MethodNotAllowed => {
                Answer::new(StatusCode::METHOD_NOT_ALLOWED, "not_allowed", "This URL does not serve this method.")
            }
            Self::FormOnly => {
                Answer::oauth("invalid_request", "The parameters are taken from a form in the body only.")
            }
            Self::UnknownEncoding => Answer::new(
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "not_supported",
                "The body may be encoded as gzip, deflate or identity.",
            ),
            Self::TwoClientMethods => {
                Answer::oauth("invalid_request", "Client credentials came in two ways; use exactly one.")
            }
            Self::AssertionType => Answer::oauth(
                "invalid_request",
                "client_assertion_type must be urn:ietf:params:oauth:client-assertion-type:jwt-bearer.",
            ),
            Self::ClientInUrl => {
                Answer::oauth("invalid_request", "Client credentials are taken from the body or the header alone.")
            }
            Self::MalformedAuthorization => {
                Answer::oauth("invalid_request", "The Authorization header cannot be read.")
            }
            Self::BadTtl if voice == Voice::OAuth => {
                Answer::oauth("invalid_request", "ttl must be a number of milliseconds, 0 or more.")
            }
            Self::BadTtl => Answer::new(StatusCode::BAD_REQUEST, "illegal_argument", "ttl must be a number >= 0"),
            Self::BadCallback => Answer::oauth("invalid_request", "The parameter callback is not a function name."),
            Self::MissingOutsideToken => Answer::oauth("invalid_request", "missing access token"),
            Self::NoTokenProvider => Answer::new(
                StatusCode::BAD_REQUEST,
                "illegal_argument",
                "No identity provider speaks for admins of this server.",
            ),
            Self::ForeignKeyUrl => Answer::new(
                StatusCode::BAD_REQUEST,
                "illegal_argument",
                "keyurl must be the one that this server is configured with.",
            ),
            Self::KeptElsewhere(url) => Answer::new(
                StatusCode::BAD_REQUEST,
                "illegal_argument",
                format!("The accounts of admins are not kept here: admin users must login via {url}"),
            ),
            Self::PasswordsDiffer => Answer::new(StatusCode::BAD_REQUEST, "illegal_argument", "Passwords didn't match"),
            Self::WholeCollection => Answer::new(
                StatusCode::METHOD_NOT_ALLOWED,
                "unsupported_service_operation",
                "A collection cannot be removed as a whole; remove its entities one by one.",
            ),
            Self::BatchTooLong(max) => Answer::new(
                StatusCode::BAD_REQUEST,
                "illegal_argument",
                format!("A batch may hold at most {max} entities."),
            ),
            Self::Missing(name) => {
                Answer::new(StatusCode::BAD_REQUEST, "illegal_argument", format!("{name} is required"))
            }
            Self::MissingOrganization => {
                Answer::new(StatusCode::BAD_REQUEST, "illegal_argument", "The organization parameter was missing")
            }
            Self::BadNumber(name) => {
                Answer::new(StatusCode::BAD_REQUEST, "illegal_argument", format!("{name} must be a whole number"))
            }
            Self::RegistrationClosed => {
                Answer::new(StatusCode::BAD_REQUEST, "illegal_argument", "Public organization registration is disabled")
            }
            Self::Unconfirmed => Answer::new(
                StatusCode::BAD_REQUEST,
                "illegal_argument",
                "confirm_application_identifier must be the application as this URL names it.",
            ),
            Self::UnknownSetting => Answer::new(
                StatusCode::BAD_REQUEST,
                "illegal_argument",
                "The body names a setting that does not exist.",
            ),
            Self::NotImplemented => {
                Answer::new(StatusCode::NOT_IMPLEMENTED, "not_implemented", "This server does not do this.")
            }
            Self::NoTestProperties => Answer::new(
                StatusCode::NOT_FOUND,
                "service_resource_not_found",
                "Test properties are switched off in the configuration.",
            ),
            Self::NoPermissionProperty => {
                Answer::new(StatusCode::BAD_REQUEST, "illegal_argument", "You must supply a 'permission' property")
            }
            Self::NoPermissionParameter => Answer::new(
                StatusCode::BAD_REQUEST,
                "illegal_argument",
                "You must supply a 'permission' query parameter",
            ),
            Self::BadExcept => Answer::new(StatusCode::BAD_REQUEST, "illegal_argument", "except must be current"),
            Self::BadLimit => {
                Answer::new(StatusCode::BAD_REQUEST, "illegal_argument", "limit must be a whole number, 1 or more")
            }
        }
    }
}
