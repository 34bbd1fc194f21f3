//! Drives the library's state machines: they ask, we answer from what was loaded.

use std::borrow::Cow;

use chrono::{DateTime, Utc};
use oxide_auth::code_grant::client_credentials::{self as credentials_flow, ClientCredentials};
use oxide_auth::code_grant::error::AccessTokenErrorType;
use oxide_auth::code_grant::refresh::{self as refresh_flow, Refresh};
use oxide_auth::primitives::grant::{Extensions, Grant};
use oxide_auth::primitives::issuer::Issuer;
use oxide_auth::primitives::registrar::{ClientUrl, Registrar};
use oxide_auth::primitives::scope::Scope;

use super::desk::{ClientDesk, nowhere};
use super::issuer::{Minted, RecordingIssuer, TokenIssuer, words};
use crate::domain::refresh::RefreshFamily;
use crate::grant::error::GrantError;

/// The client credentials flow for a client that was admitted.
pub(in crate::grant) fn client_credentials(
    client: &str,
    scope: &str,
    issuer: &TokenIssuer,
) -> Result<Minted, GrantError> {
    use credentials_flow::{Input, Output};
    let desk = ClientDesk { admitted: Some(client), public: None };
    let request = CredentialsRequest { client, scope };
    let mut machine = ClientCredentials::new(&request);
    let mut input = Input::None;
    loop {
        input = match machine.advance(input) {
            Output::Authenticate { client, passdata } => {
                desk.check(client, Some(passdata)).map_err(|_refusal| PROTOCOL)?;
                Input::Authenticated
            }
            Output::Binding { client_id } => {
                let bound = ClientUrl { client_id: Cow::Owned(client_id.to_owned()), redirect_uri: None };
                Input::Bound { bound_client: desk.bound_redirect(bound).map_err(|_refusal| PROTOCOL)? }
            }
            Output::Extend => Input::Extended { extensions: Extensions::new() },
            Output::Negotiate { bound_client, scope } => {
                let pre_grant = desk.negotiate(bound_client.clone(), scope).map_err(|_refusal| PROTOCOL)?;
                Input::Negotiated { pre_grant }
            }
            Output::Ok { pre_grant, .. } => return issue(pre_grant.scope.clone(), issuer),
            Output::Err(_) => return Err(GrantError::Protocol("client_credentials was refused by the protocol core")),
        };
    }
}

/// The password flow is not in the library: the caller has proved the person, and the same issuer makes the token.
pub(in crate::grant) fn password(scope: &str, issuer: &TokenIssuer) -> Result<Minted, GrantError> {
    issue(scope.parse().map_err(|_invalid| GrantError::UnknownScope)?, issuer)
}

/// One use of a refresh token that is genuine and may be used.
pub(in crate::grant) struct RefreshUse<'a> {
    /// The narrower scope asked for.
    pub(in crate::grant) scope: Option<&'a str>,
    pub(in crate::grant) family: &'a RefreshFamily,
    /// The client that proved itself.
    pub(in crate::grant) proved: Option<&'a str>,
}

/// The refresh flow.
pub(in crate::grant) fn refresh(used: &RefreshUse<'_>, issuer: &TokenIssuer) -> Result<Minted, GrantError> {
    use refresh_flow::{Input, Output};
    let bound_to = issuer.terms.client_id.as_str();
    let is_public = used.family.client_id.is_none();
    let desk = ClientDesk { admitted: used.proved, public: is_public.then_some(bound_to) };
    let recovered = Grant { scope: parse_scope(&used.family.scope)?, ..blank_grant(issuer)? };
    let mut recording = RecordingIssuer { inner: issuer, recovered: Some(recovered), failure: None };
    let mut machine = Refresh::new(used);
    let mut input = Input::None;
    loop {
        input = match machine.advance(input) {
            Output::Unauthenticated { client, pass } => {
                desk.check(client, pass).map_err(|_refusal| GrantError::RefreshTokenOfAnotherClient)?;
                Input::Authenticated { scope: used.scope.map(Cow::Borrowed) }
            }
            Output::RecoverRefresh { token } => {
                let grant = recording.recover_refresh(token).map_err(|()| PROTOCOL)?.map(Box::new);
                Input::Recovered { scope: used.scope.map(Cow::Borrowed), grant }
            }
            Output::Refresh { token, grant } => {
                let scope = words(&grant.scope);
                let made = recording.refresh(token, *grant).map_err(|()| recording.take_failure())?;
                return Ok(issuer.minted(&made.token, &scope));
            }
            Output::Ok(_) => return Err(GrantError::Protocol("the refresh flow ended before a token was made")),
            Output::Err(mut refusal) => {
                return Err(match refusal.description().map(|description| description.kind()) {
                    Some(AccessTokenErrorType::InvalidScope) => GrantError::ScopeExceeded,
                    Some(AccessTokenErrorType::InvalidGrant) => GrantError::RefreshTokenOfAnotherClient,
                    _ => GrantError::Protocol("refresh_token was refused by the protocol core"),
                });
            }
        };
    }
}

pub(super) const PROTOCOL: GrantError = GrantError::Protocol("an answer did not fit the protocol core's question");

fn issue(scope: Scope, issuer: &TokenIssuer) -> Result<Minted, GrantError> {
    let mut recording = RecordingIssuer { inner: issuer, recovered: None, failure: None };
    let text = words(&scope);
    let grant = Grant { scope, ..blank_grant(issuer)? };
    let made = recording.issue(grant).map_err(|()| recording.take_failure())?;
    Ok(issuer.minted(&made.token, &text))
}

fn parse_scope(text: &str) -> Result<Scope, GrantError> {
    text.parse().map_err(|_invalid| GrantError::UnknownScope)
}

/// The library's grant for this issuer's principal and client. Its end is not ours: expiry was decided before, by our
/// own clock, so the library's look at the machine's clock must never decide anything.
fn blank_grant(issuer: &TokenIssuer) -> Result<Grant, GrantError> {
    Ok(Grant {
        owner_id: issuer.terms.principal.subject(),
        client_id: issuer.terms.client_id.clone(),
        scope: parse_scope(crate::domain::token::DEFAULT_SCOPE)?,
        redirect_uri: nowhere().ok_or(PROTOCOL)?,
        until: DateTime::<Utc>::MAX_UTC,
        extensions: Extensions::new(),
    })
}

/// A client credentials request whose credentials were already made one.
struct CredentialsRequest<'a> {
    client: &'a str,
    scope: &'a str,
}

impl credentials_flow::Request for CredentialsRequest<'_> {
    fn valid(&self) -> bool {
        true
    }
    fn authorization(&self) -> Option<(Cow<'_, str>, Cow<'_, [u8]>)> {
        // It has proved itself, in whichever way; the machine only repeats that.
        Some((Cow::Borrowed(self.client), Cow::Borrowed(&[][..])))
    }
    fn scope(&self) -> Option<Cow<'_, str>> {
        Some(Cow::Borrowed(self.scope))
    }
    fn grant_type(&self) -> Option<Cow<'_, str>> {
        Some(Cow::Borrowed("client_credentials"))
    }
    fn extension(&self, _key: &str) -> Option<Cow<'_, str>> {
        None
    }
}

impl refresh_flow::Request for RefreshUse<'_> {
    fn valid(&self) -> bool {
        true
    }
    fn refresh_token(&self) -> Option<Cow<'_, str>> {
        // The machine only carries it; the family is the token, already proved.
        Some(Cow::Borrowed("proved"))
    }
    fn scope(&self) -> Option<Cow<'_, str>> {
        self.scope.map(Cow::Borrowed)
    }
    fn grant_type(&self) -> Option<Cow<'_, str>> {
        Some(Cow::Borrowed("refresh_token"))
    }
    fn authorization(&self) -> Option<(Cow<'_, str>, Cow<'_, [u8]>)> {
        self.proved.map(|client| (Cow::Borrowed(client), Cow::Borrowed(&[][..])))
    }
    fn extension(&self, _key: &str) -> Option<Cow<'_, str>> {
        None
    }
}
