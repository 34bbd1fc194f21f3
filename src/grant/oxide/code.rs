//! Drives the library's access token flow for an authorization code. The client has proved itself and the code was found
//! to be its own; the machine compares address and verifier once more.

use std::borrow::Cow;

use chrono::{DateTime, Utc};
use oxide_auth::code_grant::accesstoken::{AccessToken, Authorization, Input, Output, Request};
use oxide_auth::code_grant::extensions::Pkce;
use oxide_auth::primitives::grant::{Extensions, Grant};
use oxide_auth::primitives::issuer::Issuer;

use super::authorize::extensions;
use super::issuer::{Minted, RecordingIssuer, TokenIssuer, words};
use super::machine::PROTOCOL;
use crate::domain::secret::Secret;
use crate::grant::error::{CodeFault, GrantError};

/// One use of a code that is genuine and may be used.
pub(in crate::grant) struct CodeUse<'a> {
    /// The one that the code is bound to, which is also what the request named if it named any.
    pub(in crate::grant) redirect_uri: &'a str,
    pub(in crate::grant) challenge: Option<&'a str>,
    pub(in crate::grant) verifier: Option<&'a Secret>,
    pub(in crate::grant) scope: &'a str,
}

/// The authorization code flow at the token endpoint. *Spec*: RFC 6749 §4.1.3; RFC 7636 §4.6.
pub(in crate::grant) fn code(used: &CodeUse<'_>, issuer: &TokenIssuer) -> Result<Minted, GrantError> {
    let asked = Asked { used, client_id: &issuer.terms.client_id };
    let mut recording = RecordingIssuer { inner: issuer, recovered: None, failure: None };
    let mut machine = AccessToken::new(&asked);
    let mut input = Input::None;
    loop {
        input = match machine.advance(input) {
            Output::Authenticate { .. } => Input::Authenticated,
            Output::Recover { .. } => Input::Recovered(Some(Box::new(grant(used, issuer)?))),
            Output::Extend { extensions } => {
                let pkce = Pkce::optional();
                let verifier = used.verifier.map(|verifier| Cow::Borrowed(verifier.expose()));
                let is_right = pkce.verify(extensions.remove(&pkce), verifier);
                is_right.map_err(|()| GrantError::Code(CodeFault::WrongVerifier))?;
                Input::Extended { access_extensions: Extensions::new() }
            }
            Output::Issue { grant } => {
                let made = recording.issue(grant.clone()).map_err(|()| recording.take_failure())?;
                return Ok(issuer.minted(&made.token, &words(&grant.scope)));
            }
            Output::Ok(_) => return Err(GrantError::Protocol("the code flow ended before a token was made")),
            Output::Err(_) => return Err(GrantError::Protocol("authorization_code was refused by the protocol core")),
        };
    }
}

/// The grant behind the code. Its end was decided before, by our own clock.
fn grant(used: &CodeUse<'_>, issuer: &TokenIssuer) -> Result<Grant, GrantError> {
    Ok(Grant {
        owner_id: issuer.terms.principal.subject(),
        client_id: issuer.terms.client_id.clone(),
        scope: used.scope.parse().map_err(|_bad| PROTOCOL)?,
        redirect_uri: used.redirect_uri.parse().map_err(|_bad| PROTOCOL)?,
        until: DateTime::<Utc>::MAX_UTC,
        extensions: extensions(used.challenge)?,
    })
}

/// The request as the machine reads it.
struct Asked<'a> {
    used: &'a CodeUse<'a>,
    client_id: &'a str,
}

impl Request for Asked<'_> {
    fn valid(&self) -> bool {
        true
    }
    fn code(&self) -> Option<Cow<'_, str>> {
        // The machine only carries it; the code was found by its digest.
        Some(Cow::Borrowed("proved"))
    }
    fn authorization(&self) -> Authorization<'_> {
        Authorization::Username(Cow::Borrowed(self.client_id))
    }
    fn client_id(&self) -> Option<Cow<'_, str>> {
        None
    }
    fn redirect_uri(&self) -> Option<Cow<'_, str>> {
        Some(Cow::Borrowed(self.used.redirect_uri))
    }
    fn grant_type(&self) -> Option<Cow<'_, str>> {
        Some(Cow::Borrowed("authorization_code"))
    }
    fn extension(&self, _key: &str) -> Option<Cow<'_, str>> {
        None
    }
}
