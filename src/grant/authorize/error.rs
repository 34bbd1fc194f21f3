//! Why an authorization request was refused, by cause, and by which code its client hears of it.
//! *Spec*: RFC 6749 §4.1.2.1; OpenID Connect Core §3.1.2.6; RFC 8707 §2; RFC 9126 §2.3.

use super::redirect::Redirect;
use crate::grant::error::GrantError;

/// A refused or failed authorization request. `Display` is for the log; it holds no secret.
#[derive(Debug, thiserror::Error)]
pub enum AuthorizeError {
    // Told to the person alone: nobody has proved where the client is to be found.
    #[error("no client_id")]
    MissingClient,
    #[error("unknown client")]
    UnknownClient,
    #[error("client is disabled")]
    DisabledClient,
    #[error("no redirect_uri, and not just one is registered")]
    MissingRedirect,
    #[error("redirect_uri is not registered")]
    UnregisteredRedirect,
    #[error("request_uri is unknown, used, expired or of another client")]
    UnknownPushedRequest,
    /// Nobody knows which of the two is meant.
    #[error("client_id or redirect_uri came twice")]
    TwoAddresses,

    // Told to the client.
    #[error("{0} came more than once")]
    Repeated(&'static str),
    #[error("{0} is missing")]
    Missing(&'static str),
    #[error("{0} cannot be read")]
    Malformed(&'static str),
    #[error("the request is too large")]
    TooLarge,
    #[error("response_type is not code")]
    UnsupportedResponseType,
    #[error("the client may not ask for codes")]
    UnauthorizedClient,
    #[error("the client has to push its requests")]
    NotPushed,
    #[error("a scope is unknown or not the client's")]
    UnknownScope,
    #[error("a resource is unknown or not the client's")]
    UnknownResource,
    #[error("a request object came by value")]
    RequestObject,
    #[error("a request object came by reference")]
    RequestUri,
    #[error("a registration came with the request")]
    Registration,
    #[error("nobody is signed in, and nobody may be asked")]
    LoginRequired,
    #[error("an account has to be chosen, and nobody may be asked")]
    AccountSelectionRequired,
    #[error("consent is missing, and nobody may be asked")]
    ConsentRequired,
    #[error("a person has to do something, and nobody may be asked")]
    InteractionRequired,
    #[error("the person declined")]
    Declined,
    #[error("the account may not sign in")]
    AccountRefused(#[source] GrantError),
    #[error("too many codes of this client wait to be used")]
    TooManyCodes,
    #[error("too many pushed requests of this client wait to be used")]
    TooManyRequests,

    #[error(transparent)]
    Failed(#[from] GrantError),
}

impl AuthorizeError {
    /// The registered name of the error.
    pub fn code(&self) -> &'static str {
        match self {
            Self::UnknownClient | Self::DisabledClient => "invalid_client",
            Self::MissingClient
            | Self::MissingRedirect
            | Self::UnregisteredRedirect
            | Self::TwoAddresses
            | Self::Repeated(_)
            | Self::Missing(_)
            | Self::Malformed(_)
            | Self::TooLarge
            | Self::NotPushed => "invalid_request",
            Self::UnknownPushedRequest => "invalid_request_uri",
            Self::UnsupportedResponseType => "unsupported_response_type",
            Self::UnauthorizedClient => "unauthorized_client",
            Self::UnknownScope => "invalid_scope",
            Self::UnknownResource => "invalid_target",
            Self::RequestObject => "request_not_supported",
            Self::RequestUri => "request_uri_not_supported",
            Self::Registration => "registration_not_supported",
            Self::LoginRequired => "login_required",
            Self::AccountSelectionRequired => "account_selection_required",
            Self::ConsentRequired => "consent_required",
            Self::InteractionRequired => "interaction_required",
            Self::Declined | Self::AccountRefused(_) => "access_denied",
            Self::TooManyCodes | Self::TooManyRequests => "temporarily_unavailable",
            Self::Failed(_) => "server_error",
        }
    }
}

/// How a refusal of an authorization request travels.
#[derive(Debug)]
pub enum AuthorizeRefusal {
    /// To the person at the browser, who is sent nowhere: client or redirect URI were not proved (RFC 9700 §4.11).
    Page(AuthorizeError),
    /// To the client, whose redirect URI is its own.
    Redirect(Redirect),
}

impl From<AuthorizeError> for AuthorizeRefusal {
    fn from(cause: AuthorizeError) -> Self {
        Self::Page(cause)
    }
}

impl From<GrantError> for AuthorizeRefusal {
    fn from(cause: GrantError) -> Self {
        Self::Page(cause.into())
    }
}
