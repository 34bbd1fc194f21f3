//! What a token request asks for, whichever way it was encoded.

use std::time::Duration;

use crate::domain::secret::Secret;

/// How the parameters travelled; a place may refuse the second way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Transport {
    Body,
    /// In the URL, by GET, or to be answered as JSONP: Usergrid's forms.
    Url,
}

/// What happens to a scope that the server does not know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ScopeRule {
    /// `invalid_scope` (RFC 6749 §5.2).
    Strict,
    /// Usergrid: parsed and ignored.
    Lenient,
}

/// How a client presented itself; decides how its refusal is worded (RFC 6749 §5.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClientMethod {
    Basic,
    Parameters,
}

/// What a client shows of itself beside its id.
#[derive(Clone, Debug)]
pub enum ClientProof {
    /// Nothing, as a public client does.
    None,
    Secret(Secret),
    /// A JWT that it signed (RFC 7523 §2.2).
    Assertion(Secret),
    /// The subject of the certificate that it showed to a trusted proxy (RFC 8705 §2.1).
    Certificate(String),
}

/// Client credentials as presented, by exactly one method.
#[derive(Clone, Debug)]
pub struct PresentedClient {
    /// Empty beside an assertion that came without a `client_id`: it names its client itself.
    pub id: String,
    pub proof: ClientProof,
    pub method: ClientMethod,
}

impl PresentedClient {
    /// The secret, if that is what was shown.
    pub(super) fn secret(&self) -> Option<&Secret> {
        match &self.proof {
            ClientProof::Secret(secret) => Some(secret),
            ClientProof::None | ClientProof::Assertion(_) | ClientProof::Certificate(_) => None,
        }
    }
}

/// Where a sign-in comes from, as its holder is shown it in the list of their sessions.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Origin {
    /// The program, as it names itself.
    pub device: Option<String>,
    /// The network.
    pub source: Option<String>,
}

/// What a token exchange says beside what every grant does (RFC 8693 §2.1).
#[derive(Clone, Debug, Default)]
pub struct ExchangeParameters {
    pub subject_token: Option<Secret>,
    pub subject_token_type: Option<String>,
    pub actor_token: Option<Secret>,
    pub actor_token_type: Option<String>,
    pub requested_token_type: Option<String>,
    /// Targets by name; those by address are `resources`.
    pub audiences: Vec<String>,
}

/// A token request.
#[derive(Clone, Debug)]
pub struct GrantRequest {
    pub transport: Transport,
    pub scope_rule: ScopeRule,
    pub grant_type: Option<String>,
    pub username: Option<String>,
    pub password: Option<Secret>,
    pub pin: Option<Secret>,
    pub client: Option<PresentedClient>,
    pub refresh_token: Option<Secret>,
    pub code: Option<Secret>,
    /// RFC 7636 §4.5.
    pub code_verifier: Option<Secret>,
    pub redirect_uri: Option<String>,
    /// RFC 8707 §2.2.
    pub resources: Vec<String>,
    /// The thumbprint of the key whose possession the request proves (RFC 9449 §5); `None` without a proof.
    pub jkt: Option<String>,
    pub origin: Origin,
    pub exchange: ExchangeParameters,
    /// RFC 7521 §4.1.
    pub assertion: Option<Secret>,
    /// RFC 8628 §3.4.
    pub device_code: Option<Secret>,
    pub scope: Option<String>,
    /// The life asked for; zero and absence mean the default.
    pub ttl: Option<Duration>,
}
