//! The rules behind requests that could not be read, and routes that do not exist.

use super::{Explained, USERGRID_API, rule};
use crate::domain::query::QueryError;
use crate::domain::refusal::Explanation;
use crate::http::error::RequestError;
use crate::http::extract::body::BodyError;
use crate::http::extract::parameters::ParameterError;

const PARAMETERS: &str = "RFC 6749 §3.2";
const JSON: &str = "RFC 8259";
const QUERIES: &str = "docs/api/query.md";
const AS_SAID: &str = "Do as the error_description says.";

impl Explained for ParameterError {
    #[rustfmt::skip]
    fn explain(&self) -> Explanation {
        match self {
            Self::Repeated(name) => rule("repeated_parameter", "A parameter came more than once, in the body and the URL together.", PARAMETERS, "Send it once.").because(name),
            Self::WrongType(name) => rule("wrong_parameter_type", "A parameter of the JSON body is no text.", PARAMETERS, "Send it as a string.").because(name),
            Self::IllegalCharacter(name) => rule("illegal_character", "A parameter has a NUL character.", PARAMETERS, "Look at how the client encodes it.").because(name),
            Self::MalformedJson(_) => rule("malformed_json", "The body begins like JSON and is none.", JSON, "Look at how the client writes the body."),
            Self::NotAnObject => rule("not_an_object", "The body is JSON and no object.", JSON, "Send one object."),
            Self::MalformedForm(_) => rule("malformed_form", "The form or the query is not percent-encoded as it must be.", "RFC 6749 appendix B", "Look at how the client encodes its parameters."),
            Self::NoBody => rule("no_body", "The request has no body and no parameters.", USERGRID_API, "Send the parameters in the body."),
        }
    }
}

impl Explained for BodyError {
    #[rustfmt::skip]
    fn explain(&self) -> Explanation {
        match self {
            Self::TooLarge { .. } => rule("body_too_large", "The body is larger than limits.body_bytes.", "RFC 9110 §15.5.14", "Send less, or raise the limit."),
            Self::TooSlow => rule("slow_body", "The body did not arrive in time.", "RFC 9110 §15.5.9", "Look at the network between."),
            Self::CutShort(_) => rule("body_cut_short", "The connection ended before the body did, or its compression is broken.", "RFC 9112 §8", "Look at the network between."),
        }
    }
}

impl Explained for QueryError {
    #[rustfmt::skip]
    fn explain(&self) -> Explanation {
        match self {
            Self::Token { .. } | Self::OpenString { .. } | Self::Expected { .. } => rule("unreadable_query", "The query is not spelled as the query language is.", QUERIES, AS_SAID),
            Self::TooLong(_)
            | Self::TooDeep(_)
            | Self::TooManyTerms(_)
            | Self::TooManyWords(_)
            | Self::TooManyQueryWords(_)
            | Self::TooManyOrders(_)
            | Self::TooManyFields(_) => rule("query_too_large", "The query asks for more than one may.", QUERIES, "Ask for less at once."),
            Self::NoPlaceOnEarth => rule("unfit_location", "A location or distance of the query is none on earth.", QUERIES, AS_SAID),
        }
    }
}

impl Explained for RequestError {
    #[rustfmt::skip]
    fn explain(&self) -> Explanation {
        match self {
            Self::UnknownRoute => rule("unknown_route", "Nothing is served at this path.", USERGRID_API, "Check the path against /openapi.json."),
            Self::UnknownApplication(_) => rule("unknown_place", "There is no such organization and application.", USERGRID_API, "Check the names in the path."),
            Self::MethodNotAllowed | Self::WholeCollection => rule("method_not_allowed", "The path is served, and not with this method.", "RFC 9110 §15.5.6", "Use a method of the Allow header."),
            Self::UnknownEncoding => rule("unknown_encoding", "The body is packed in a way that is not unpacked here.", "RFC 9110 §8.4", "Send it as gzip, deflate or as it is."),
            Self::TwoClientMethods => rule("two_client_methods", "The client proved itself in two ways, or named two clients.", "RFC 6749 §2.3", "Use exactly one way."),
            Self::MalformedAuthorization => rule("malformed_authorization", "The Authorization header cannot be read, or holds two credentials.", "RFC 7617", "Send one Authorization header with one credential."),
            Self::BadTtl => rule("unfit_ttl", "ttl is no whole number of milliseconds.", "Usergrid: token endpoint", "Send digits alone."),
            Self::BadCallback => rule("unfit_callback", "The callback is not the name of a function.", "Usergrid: JSONP", "Send a plain name."),
            Self::MissingOutsideToken => rule("missing_outside_token", "The token of the other service is missing.", "docs/api/social.md", "Send it."),
            Self::NoTokenProvider | Self::ForeignKeyUrl => rule("no_token_provider", "No identity provider, or another one, is configured.", "[sso]", "Compare the request with the configuration."),
            Self::KeptElsewhere(_) => rule("kept_elsewhere", "The accounts of admins are kept by another server.", "[sso]", "Do it there."),
            Self::PasswordsDiffer => rule("passwords_differ", "The two new passwords are not the same.", USERGRID_API, AS_SAID),
            Self::Missing(name) => rule("missing_parameter", "A parameter that is needed is missing or empty.", USERGRID_API, "Send the parameter.").because(name),
            Self::BatchTooLong(_) => rule("batch_too_long", "The batch has too many entities.", USERGRID_API, "Send several batches."),
            Self::RegistrationClosed => rule("registration_closed", "Public registration of organizations is switched off.", "[registration]", "Let the superuser create it."),
            Self::Unconfirmed => rule("unconfirmed_deletion", "The confirmation names another application than the path.", USERGRID_API, AS_SAID),
            Self::UnknownSetting => rule("unknown_setting", "The body names a setting that does not exist.", USERGRID_API, "Leave it out."),
            Self::NotImplemented => rule("not_implemented", "Usergrid does this, and this server does not.", "docs/usergrid.md", "See what is different."),
            Self::NoTestProperties => rule("test_properties_off", "Test properties are switched off.", "[testing]", "Switch them on for a conformance run alone."),
            Self::TooManyFailures(_) => rule("too_many_failures", "Too many proofs of clients failed from this source.", "limits.client_failures_per_minute", "Mend the client's credentials, and wait."),
            Self::FormOnly => rule("form_only", "The parameters did not come in a form in the body.", PARAMETERS, "Send application/x-www-form-urlencoded."),
            Self::AssertionType => rule("assertion_type", "A client assertion has no client_assertion_type, or an unknown one.", "RFC 7521 §4.2", "Send the type for JWTs."),
            Self::ClientInUrl => rule("client_in_url", "Client credentials came in the URL.", "RFC 6749 §2.3.1", "Send them in the body or the header."),
            Self::MissingOrganization
            | Self::BadNumber(_)
            | Self::BadExcept
            | Self::NoPermissionProperty
            | Self::NoPermissionParameter
            | Self::BadCursor
            | Self::BadLimit => rule("unfit_parameter", "A parameter is missing, or is not what it must be.", USERGRID_API, AS_SAID),
        }
    }
}
