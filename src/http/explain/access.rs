//! The rules behind `AccessError`.

use super::{Explained, failed, rule};
use crate::access::external::ExternalError;
use crate::access::{AccessError, Need};
use crate::domain::failure::Failure;
use crate::domain::refusal::Explanation;
use crate::domain::revocation::RevocationReason;

const BEARER: &str = "RFC 6750 §3.1";
const LEVELS: &str = "Usergrid: authentication levels";
const NEW_TOKEN: &str = "Ask for a new token.";
const RIGHT_CLIENT: &str = "Check the pair under the credentials of its owner, and that it belongs to this place.";

impl Explained for AccessError {
    #[rustfmt::skip]
    fn explain(&self) -> Explanation {
        match self {
            Self::EmptyBearer => rule("empty_bearer", "The Authorization header says Bearer and has no token.", "RFC 6750 §2.1", "Send the token behind the word."),
            Self::Ambiguous => rule("ambiguous_credentials", "The Authorization header cannot be read, or holds two credentials.", "RFC 9110 §11.6.2", "Send one Authorization header with one credential."),
            Self::UrlTokensOff => rule("url_tokens_off", "A token came in the URL, which is switched off here.", "RFC 6750 §2.3", "Send it in the Authorization header, or switch url_tokens on."),
            Self::UrlSecretsOff => rule("url_secrets_off", "A client secret came in the URL, which is switched off here.", "RFC 6749 §2.3.1", "Send it by HTTP Basic or in a body, or switch url_grants on."),
            Self::Unverified(cause) => rule("unverified_token", "The token does not verify with the keys, the issuer and the audience of this place.", "RFC 9068 §4", "Compare the token as it was seen with the issuer's key set and metadata; ask for a new token here.").because(cause),
            Self::UnverifiedLegacy => rule("unverified_legacy_token", "The token of Usergrid was not signed with a configured salt, or such tokens are not taken any more.", "tokens.legacy_salts", NEW_TOKEN),
            Self::UnknownLegacy => rule("unknown_legacy_token", "The token of Usergrid was not moved in.", "tokens.legacy_salts", NEW_TOKEN),
            Self::Expired => rule("expired_token", "The token's exp lies behind the server's clock.", "RFC 9068 §4", "Ask for a new token; compare the clocks if it was new."),
            Self::Revoked(RevocationReason::Revoked) => rule("revoked_token", "The token, its session or all tokens of its holder were revoked.", BEARER, NEW_TOKEN),
            Self::Revoked(RevocationReason::Deactivated) => rule("deactivated_holder", "The token's holder was deactivated after it was issued.", BEARER, "Activate the account if it is to be used."),
            Self::Revoked(RevocationReason::Disabled) => rule("disabled_holder", "The token's holder was disabled after it was issued.", BEARER, "Enable the account if it is to be used."),
            Self::Revoked(RevocationReason::Deleted) => rule("deleted_holder", "The token's holder was deleted after it was issued.", BEARER, "Forget the token."),
            Self::TenantGone => rule("tenant_gone", "The organization or application of the token does not exist any more.", BEARER, "Forget the token."),
            Self::HolderGone => rule("holder_gone", "The account of the token does not exist any more.", BEARER, "Forget the token."),
            Self::WrongClientParameters => rule("wrong_client_parameters", "The client_id and client_secret among the parameters are not a pair of a client.", "RFC 6749 §2.3.1", RIGHT_CLIENT),
            Self::WrongClientBasic => rule("wrong_client_basic", "The pair in the Basic header is not one of a client.", "RFC 6749 §2.3.1", RIGHT_CLIENT),
            Self::WrongSuperuser => rule("wrong_superuser", "The Basic header names the superuser, and the password is wrong.", "[superuser]", "Use the password of the configuration."),
            Self::Forbidden(need) => forbidden(*need),
            Self::InsufficientScope(scope) => rule("insufficient_scope", "The token is valid, and was not given for this.", BEARER, "Ask for a token with the scope; the client must be registered for it.").because(scope),
            Self::TokenOfAnotherClient => rule("token_of_another_client", "The token was issued to another client, and stays alive.", "RFC 7009 §2.1", "Let the client that it was issued to revoke it."),
            Self::UnsupportedTokenType => rule("unsupported_token_type", "Tokens of this kind cannot be revoked.", "RFC 7009 §2.2.1", "Revoke access and refresh tokens alone."),
            Self::Proof(cause) => cause.explain(),
            Self::External(cause) => external(cause),
            Self::Directory(cause) => failed(cause.failure()),
            Self::Store(cause) => failed(cause.failure()),
            Self::Key(_) | Self::Vault(_) => failed(Failure::Internal),
        }
    }
}

#[rustfmt::skip]
fn forbidden(need: Need) -> Explanation {
    match need {
        Need::Organization => rule("no_organization_access", "The caller has no access to the organization in the path.", LEVELS, "Come as one of its admins or as its client."),
        Need::Application => rule("no_application_access", "The caller has no access to the application in the path.", LEVELS, "Come as its client, its organization's client or an admin of the organization."),
        Need::Admin => rule("no_admin_access", "Only the admin whom the path names may do this.", LEVELS, "Come with that admin's token."),
        Need::Guest => rule("no_guest_access", "The caller brought no credentials, and the application has no role for guests.", LEVELS, "Bring a token, or make the role guest."),
        Need::System => rule("no_system_access", "Only the superuser may do this.", LEVELS, "Come as the superuser."),
        Need::Permission => rule("no_permission", "No permission of the caller's roles, groups or own lets this method at this path.", "Usergrid: permissions", "Add a permission for the method and the path, or call with a client's token."),
    }
}

#[rustfmt::skip]
fn external(cause: &ExternalError) -> Explanation {
    const TOKENS: &str = "[sso]";
    match cause {
        ExternalError::Refused(cause) => rule("unverified_outside_token", "The token of the other server does not verify.", TOKENS, "Compare it with that server's key and issuer in the configuration.").because(cause),
        ExternalError::Expired => rule("expired_outside_token", "The token of the other server has expired.", TOKENS, "Sign in there again."),
        ExternalError::NoAdmin => rule("no_admin_of_outside_token", "The token of the other server holds, and no admin here is meant by it.", TOKENS, "Add the admin here."),
        ExternalError::Deactivated => rule("deactivated_outside_admin", "The admin of the other server's token is deactivated here.", TOKENS, "Activate the admin."),
        ExternalError::Disabled => rule("disabled_outside_admin", "The admin of the other server's token is disabled here.", TOKENS, "Enable the admin."),
        ExternalError::Failed { failure, .. } => failed(*failure),
    }
}
