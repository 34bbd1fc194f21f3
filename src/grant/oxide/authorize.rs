//! Drives the library's authorization flow. The client and its address were proved before; the machine asks for them in
//! its order, and why something was refused is kept beside it.

use std::borrow::Cow;

use oxide_auth::code_grant::authorization::{Authorization, Input, Output, Request};
use oxide_auth::code_grant::extensions::Pkce;
use oxide_auth::primitives::grant::Extensions;
use oxide_auth::primitives::registrar::{BoundClient, ExactUrl, PreGrant, RegisteredUrl};
use oxide_auth::primitives::scope::Scope;

use crate::crypto::pkce::{Challenge, METHOD};
use crate::domain::registered::RegisteredClient;
use crate::domain::scope::{OFFLINE_ACCESS, Scopes};
use crate::grant::GrantError;
use crate::grant::authorize::{AuthorizeError, AuthorizeParameters};

/// What client and server agree on before a person is asked.
pub(in crate::grant) struct Agreed {
    pub(in crate::grant) scopes: Scopes,
    pub(in crate::grant) challenge: Option<String>,
}

/// The authorization flow up to the person. *Spec*: RFC 6749 §4.1.1; RFC 7636 §4.3.
pub(in crate::grant) fn authorization(
    said: &AuthorizeParameters,
    client: &RegisteredClient,
    redirect_uri: &str,
) -> Result<Agreed, AuthorizeError> {
    let asked = Asked { said, client_id: client.id.client_id() };
    let mut agreed = Agreed { scopes: Scopes::default(), challenge: None };
    let mut machine = Authorization::new(&asked);
    let mut input = Input::None;
    loop {
        input = match machine.advance(input) {
            Output::Bind { client_id, .. } => {
                Input::Bound { request: &asked, bound_client: bound(client_id, redirect_uri)? }
            }
            Output::Extend => {
                agreed.challenge = challenge(said, client)?;
                Input::Extended(extensions(agreed.challenge.as_deref())?)
            }
            Output::Negotiate { bound_client, .. } => {
                agreed.scopes = scopes(said, client)?;
                let scope: Scope = agreed.scopes.to_string().parse().map_err(|_bad| AuthorizeError::UnknownScope)?;
                let pre_grant = PreGrant {
                    client_id: bound_client.client_id.to_string(),
                    redirect_uri: bound_client.redirect_uri.clone().into_owned(),
                    scope,
                };
                Input::Negotiated { pre_grant, state: None }
            }
            Output::Ok { .. } => return Ok(agreed),
            Output::Err(_) => return Err(refused(said)),
        };
    }
}

/// Why the machine refused of its own: all else was refused before it was told.
fn refused(said: &AuthorizeParameters) -> AuthorizeError {
    match said.get("response_type") {
        None => AuthorizeError::Missing("response_type"),
        Some("code") => AuthorizeError::UnknownScope,
        Some(_) => AuthorizeError::UnsupportedResponseType,
    }
}

fn bound(client_id: String, redirect_uri: &str) -> Result<BoundClient<'static>, AuthorizeError> {
    let proved = ExactUrl::new(redirect_uri.to_owned()).map_err(|_unread| AuthorizeError::UnregisteredRedirect)?;
    Ok(BoundClient { client_id: Cow::Owned(client_id), redirect_uri: Cow::Owned(RegisteredUrl::Exact(proved)) })
}

/// The challenge, by S256 alone. A method that is left out means `plain` (RFC 7636 §4.3), which is refused as well.
fn challenge(said: &AuthorizeParameters, client: &RegisteredClient) -> Result<Option<String>, AuthorizeError> {
    match (said.get("code_challenge"), said.get("code_challenge_method")) {
        (None, None) if client.metadata.may_skip_challenge() => Ok(None),
        (None, _) => Err(AuthorizeError::Missing("code_challenge")),
        (Some(_), None) => Err(AuthorizeError::Missing("code_challenge_method")),
        (Some(_), Some(method)) if method != METHOD => Err(AuthorizeError::Malformed("code_challenge_method")),
        (Some(text), Some(_)) if Challenge::parse(text).is_none() => Err(AuthorizeError::Malformed("code_challenge")),
        (Some(text), Some(_)) => Ok(Some(text.to_owned())),
    }
}

/// The scopes asked for, each one of the client's; without any, all that are the client's but going on without its
/// person, which has to be asked for by name. *Spec*: RFC 6749 §3.3: what is unknown is refused, never narrowed.
fn scopes(said: &AuthorizeParameters, client: &RegisteredClient) -> Result<Scopes, AuthorizeError> {
    let own = &client.metadata.scope;
    let Some(text) = said.get("scope") else {
        return Ok(own.iter().filter(|word| *word != OFFLINE_ACCESS).collect());
    };
    let asked: Scopes = text.parse().map_err(|_bad| AuthorizeError::UnknownScope)?;
    if asked.is_within(own) { Ok(asked) } else { Err(AuthorizeError::UnknownScope) }
}

/// The challenge as the library keeps it with a grant.
pub(super) fn extensions(challenge: Option<&str>) -> Result<Extensions, GrantError> {
    let mut kept = Extensions::new();
    let pkce = Pkce::optional();
    let encoded = pkce.challenge(Some(Cow::Borrowed(METHOD)), challenge.map(Cow::Borrowed));
    match encoded {
        Ok(Some(value)) => kept.set(&pkce, value),
        Ok(None) => {}
        Err(()) => return Err(GrantError::Protocol("a challenge that was checked was refused")),
    }
    Ok(kept)
}

/// The request as the machine reads it.
struct Asked<'a> {
    said: &'a AuthorizeParameters,
    client_id: String,
}

impl Request for Asked<'_> {
    fn valid(&self) -> bool {
        true
    }
    fn client_id(&self) -> Option<Cow<'_, str>> {
        Some(Cow::Borrowed(&self.client_id))
    }
    fn scope(&self) -> Option<Cow<'_, str>> {
        self.said.get("scope").map(Cow::Borrowed)
    }
    fn redirect_uri(&self) -> Option<Cow<'_, str>> {
        // Proved letter for letter before; the machine is told by `Bound`.
        None
    }
    fn state(&self) -> Option<Cow<'_, str>> {
        None
    }
    fn response_type(&self) -> Option<Cow<'_, str>> {
        self.said.get("response_type").map(Cow::Borrowed)
    }
    fn extension(&self, key: &str) -> Option<Cow<'_, str>> {
        self.said.get(key).map(Cow::Borrowed)
    }
}
