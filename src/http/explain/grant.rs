//! The rules behind `GrantError`.

use super::{Explained, USERGRID_TOKEN, failed, rule};
use crate::domain::failure::Failure;
use crate::domain::refusal::Explanation;
use crate::grant::GrantError;

const ENDPOINT: &str = "RFC 6749 §5.2";
const CLIENT: &str = "RFC 6749 §2.3";
const REFRESH: &str = "RFC 6749 §6";
const SCOPE: &str = "RFC 6749 §3.3";
const ROTATION: &str = "RFC 9700 §4.14.2";
const SEND_CLIENT: &str = "Send client_id and client_secret, by HTTP Basic or in the body.";
const SIGN_IN_AGAIN: &str = "Let the person sign in again.";

impl Explained for GrantError {
    #[rustfmt::skip]
    fn explain(&self) -> Explanation {
        match self {
            Self::UnknownPlace => rule("unknown_place", "There is no such organization and application.", USERGRID_TOKEN, "Check the names in the path."),
            Self::UrlGrantsOff => rule("url_grants_off", "A grant came in the URL, which is switched off here.", "RFC 9700 §4.3.2", "Send the grant in a POST body, or switch url_grants on."),
            Self::MissingGrantType => rule("missing_grant_type", "The request names no grant_type.", ENDPOINT, "Send grant_type."),
            Self::UnsupportedGrantType => rule("unsupported_grant_type", "The grant_type is not one that is served here.", ENDPOINT, "Send one of the grant types that docs/api/token.md lists."),
            Self::MissingParameter(name) => rule("missing_parameter", "A parameter that the grant needs is missing or empty.", ENDPOINT, "Send the parameter.").because(name),
            Self::UnknownUser => rule("unknown_user", "No user of this place has the name, address or id that was given.", "RFC 6749 §4.3.2", "Check the username and the place; accounts of other applications do not count here."),
            Self::WrongPassword => rule("wrong_password", "The user exists, and the password or pin is not theirs.", "RFC 6749 §4.3.2", "Let the person repeat it or set a new password."),
            Self::NotActivated => rule("not_activated", "The password was right, and the account waits for its activation.", USERGRID_TOKEN, "Activate the user."),
            Self::Disabled => rule("disabled", "The password was right, and the account is disabled.", USERGRID_TOKEN, "Set disabled to false if the person is to sign in."),
            Self::SignInElsewhere(_) => rule("sign_in_elsewhere", "Admins sign in at another server; passwords do not count here.", "[sso]", "Sign in at the server that sso.url names."),
            Self::NotConfirmed => rule("not_confirmed", "The admin has not confirmed the email address yet.", "management.admins_must_confirm", "Open the link that was mailed, or have it mailed again."),
            Self::MissingClient => rule("missing_client", "The grant needs a client, and none was named.", CLIENT, SEND_CLIENT),
            Self::MissingClientAtRefresh => rule("missing_client_at_refresh", "The session belongs to a client, which did not come with its refresh token.", REFRESH, SEND_CLIENT),
            Self::UnknownClient(_) => rule("unknown_client", "No client has this client_id.", CLIENT, "Check the client_id; it is listed under the credentials of its owner."),
            Self::WrongClientSecret(_) => rule("wrong_client_secret", "The client exists, and the secret is missing, wrong or replaced.", CLIENT, "Read the present secret under the credentials of its owner."),
            Self::ForeignClient(_) => rule("foreign_client", "The client belongs to another application or organization.", CLIENT, "Use a client of the place in the path."),
            Self::UnknownRefreshToken => rule("unknown_refresh_token", "The refresh token was never issued at this place, or was changed.", REFRESH, SIGN_IN_AGAIN),
            Self::ExpiredRefreshToken => rule("expired_refresh_token", "The session behind the refresh token has reached its end.", REFRESH, SIGN_IN_AGAIN),
            Self::EndedRefreshToken => rule("ended_refresh_token", "The session behind the refresh token was ended or revoked.", REFRESH, SIGN_IN_AGAIN),
            Self::ReusedRefreshToken => rule("reused_refresh_token", "The refresh token had a successor that was in use; the session was ended, since one of the two holders is a thief.", ROTATION, "Keep the newest refresh token alone, and let the person sign in again."),
            Self::RefreshTokenOfAnotherClient => rule("refresh_token_of_another_client", "The refresh token was issued to another client.", REFRESH, "Send it with the client that it was issued to."),
            Self::MissingProof => rule("missing_proof", "The client registered for proofs of its key, or the session is bound to one, and none came.", "RFC 9449 §5", "Send a DPoP header with a proof of the same key."),
            Self::RefreshTokenOfAnotherKey => rule("refresh_token_of_another_key", "The refresh token is bound to another key than the proof's.", "RFC 9449 §5", "Prove the key that the session began with."),
            Self::UnknownScope => rule("unknown_scope", "A word of the scope is not one that is granted here.", SCOPE, "Ask for fewer words, or leave scope out."),
            Self::ScopeExceeded => rule("scope_exceeded", "The scope is wider than what was granted at the sign-in.", REFRESH, "Ask for what was granted, or let the person sign in again."),
            Self::TtlTooLong { max } => rule("ttl_too_long", "The life that was asked for exceeds the longest one.", USERGRID_TOKEN, "Ask for less, or raise accesstokenttl.").because(format!("at most {} ms", max.as_millis())),
            Self::SessionOver => rule("session_over", "The session behind the token has ended.", USERGRID_TOKEN, SIGN_IN_AGAIN),
            Self::NotAnAdmin => rule("not_an_admin", "The token is valid, and its holder is no admin.", USERGRID_TOKEN, "Come with the token of an admin."),
            Self::TokenOfClient => rule("token_of_client", "The token was given to a registered client, and is not renewed without its grant.", USERGRID_TOKEN, "Use the refresh token, as that client."),
            Self::WrongClientMethod(_) => rule("wrong_client_method", "The client proved itself, or would have, by another method than the registered one.", "RFC 7591 §2", "Use the client's token_endpoint_auth_method, or change it."),
            Self::WrongAssertion(cause) => rule("wrong_assertion", "The client's assertion does not verify.", "RFC 7523 §3", "Compare its kid, iss, sub, aud and exp with the registered keys and this issuer.").because(cause),
            Self::UsedAssertion => rule("used_assertion", "The client's assertion was used before.", "RFC 7523 §3", "Sign a new one, with a new jti, for each request."),
            Self::ClientKeys(cause) => rule("client_keys", "The keys of the client could not be had.", "RFC 7591 §2", "Look at its jwks or jwks_uri.").because(cause),
            Self::WrongCertificate => rule("wrong_certificate", "The certificate that was shown has another subject than the registered one.", "RFC 8705 §2.1", "Compare tls_client_auth_subject_dn with the certificate."),
            Self::UnauthorizedClient(grant) => rule("unauthorized_client", "The client is not registered for this grant.", "RFC 7591 §2", "Add the grant to its grant_types.").because(grant),
            Self::PasswordGrantOff => rule("password_grant_off", "Signing in by password is switched off here.", "RFC 9700 §2.4", "Use authorization codes, or switch the password grant on."),
            Self::Code(fault) => rule("unfit_code", "The authorization code is not taken.", "RFC 6749 §4.1.3", "Begin a new authorization request; send its redirect_uri and code_verifier once, with the same client.").because(fault),
            Self::UnknownResource => rule("unknown_resource", "A resource is unknown, not the client's, or was not granted.", "RFC 8707 §2", "Register the resource for the client, and ask for it in the authorization request."),
            Self::Exchange(fault) => rule("unfit_exchange", "A token of the exchange is not taken, or the exchange is not allowed.", "RFC 8693 §2.2.2", "Send tokens of this issuer that still hold, given to this client.").because(fault),
            Self::Assertion(fault) => rule("unfit_assertion", "The assertion of the other issuer is not taken.", "RFC 7523 §3", "Compare the assertion with the trusted issuer's entry here.").because(fault),
            Self::IssuerKeys(cause) => rule("issuer_keys", "The keys of the trusted issuer could not be had.", "RFC 7523 §3", "Look at the issuer's jwks_uri.").because(cause),
            Self::Device(fault) => rule("device", "The device code is not redeemed now, or not at all.", "RFC 8628 §3.5", "Pending is no fault: ask again after the interval. Otherwise begin anew.").because(fault),
            Self::NoSigningKey | Self::Protocol(_) | Self::Key(_) | Self::Vault(_) => failed(Failure::Internal),
            Self::Lane(cause) => failed(cause.failure()),
            Self::Directory(cause) => failed(cause.failure()),
            Self::Store(cause) => failed(cause.failure()),
        }
    }
}
