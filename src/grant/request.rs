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

/// Client credentials as presented, from Basic or from parameters, never from both.
#[derive(Clone, Debug)]
pub struct PresentedClient {
    pub id: String,
    /// `None` when only an id was named: a public client.
    pub secret: Option<Secret>,
    pub method: ClientMethod,
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
    pub scope: Option<String>,
    /// The life asked for; zero and absence mean the default.
    pub ttl: Option<Duration>,
}
