//! The rules behind `AuthorizeError` and `PushError`.

use super::{Explained, rule};
use crate::domain::refusal::Explanation;
use crate::grant::{AuthorizeError, PushError};

const REQUEST: &str = "RFC 6749 §4.1.1";
const REDIRECT: &str = "RFC 6749 §3.1.2.4";
const PROMPT: &str = "OpenID Connect Core §3.1.2.6";
const ASK: &str = "Send the request without prompt=none, so that the person can be asked.";

impl Explained for AuthorizeError {
    #[rustfmt::skip]
    fn explain(&self) -> Explanation {
        match self {
            Self::MissingClient => rule("missing_client", "The request names no client.", REQUEST, "Send client_id."),
            Self::UnknownClient => rule("unknown_client", "No client of this place has this client_id.", REQUEST, "Check the client_id and the place."),
            Self::DisabledClient => rule("disabled_client", "The client is disabled.", REQUEST, "Enable it if it is to be used."),
            Self::MissingRedirect => rule("missing_redirect", "There is no redirect_uri, and not just one is registered.", REDIRECT, "Send redirect_uri."),
            Self::UnregisteredRedirect => rule("unregistered_redirect", "The redirect_uri is not registered, letter for letter.", REDIRECT, "Register it, or send a registered one."),
            Self::UnknownPushedRequest => rule("unknown_pushed_request", "The request_uri is unknown, used, expired or of another client.", "RFC 9126 §4", "Push the request again."),
            Self::TwoAddresses => rule("repeated_parameter", "The client_id or the redirect_uri came twice.", REQUEST, "Send each once."),
            Self::Repeated(name) => rule("repeated_parameter", "A parameter came more than once.", REQUEST, "Send it once.").because(name),
            Self::Missing(name) => rule("missing_parameter", "A parameter that is needed is missing.", REQUEST, "Send it.").because(name),
            Self::Malformed(name) => rule("malformed_parameter", "A parameter cannot be read or taken.", REQUEST, "Look at how the client makes it.").because(name),
            Self::TooLarge => rule("request_too_large", "The request is larger than one may be.", "RFC 9126 §2.3", "Send less."),
            Self::UnsupportedResponseType => rule("unsupported_response_type", "The response_type is not code.", "RFC 6749 §3.1.1", "Send response_type=code."),
            Self::UnauthorizedClient => rule("unauthorized_client", "The client is not registered for authorization codes.", "RFC 7591 §2", "Add authorization_code to its grant_types."),
            Self::NotPushed => rule("not_pushed", "The client has to push its requests.", "RFC 9126 §5", "Push the request first."),
            Self::UnknownScope => rule("unknown_scope", "A scope is unknown or not registered for the client.", "RFC 6749 §3.3", "Ask for fewer, or register the scope."),
            Self::UnknownResource => rule("unknown_resource", "A resource is unknown or not registered for the client.", "RFC 8707 §2", "Register the resource."),
            Self::RequestObject | Self::RequestUri => rule("request_object", "A request object came, by value or by reference.", "OpenID Connect Core §6", "Push the request instead."),
            Self::Registration => rule("registration_in_request", "A registration came with the request.", "OpenID Connect Core §7.2.1", "Register the client before."),
            Self::LoginRequired => rule("login_required", "Nobody is signed in, and nobody may be asked.", PROMPT, ASK),
            Self::AccountSelectionRequired => rule("account_selection_required", "An account has to be chosen, and nobody may be asked.", PROMPT, ASK),
            Self::ConsentRequired => rule("consent_required", "The consent is missing, and nobody may be asked.", PROMPT, ASK),
            Self::InteractionRequired => rule("interaction_required", "A person has to do something, and nobody may be asked.", PROMPT, ASK),
            Self::Declined => rule("declined", "The person declined.", "RFC 6749 §4.1.2.1", "Nothing: it was their choice."),
            Self::TooManyCodes | Self::TooManyRequests => rule("too_many_waiting", "Too many codes or pushed requests of the client wait to be used.", "RFC 9126 §2.3", "Use them, or wait until they expire."),
            Self::AccountRefused(cause) | Self::Failed(cause) => cause.explain(),
        }
    }
}

impl Explained for PushError {
    fn explain(&self) -> Explanation {
        match self {
            Self::Client(cause) => cause.explain(),
            Self::Request(cause) => cause.explain(),
        }
    }
}
