//! Where the answer to an authorization request goes: a redirect URI that is proved to be the client's.
//! *Spec*: RFC 6749 §3.1.2, §4.1.2; RFC 9207 §2; RFC 9700 §4.11.

use super::error::AuthorizeError;
use super::parameters::AuthorizeParameters;
use super::redirect::{Redirect, ResponseMode};
use super::request::AuthorizationRequest;
use crate::domain::redirect;
use crate::domain::registered::RegisteredClient;

/// A proved address with what every answer there repeats.
pub(super) struct Address<'a> {
    pub(super) uri: &'a str,
    pub(super) mode: ResponseMode,
    pub(super) state: Option<&'a str>,
    /// `iss`: who answers, so that no other server's answer passes for ours (mix-up).
    pub(super) issuer: &'a str,
}

impl<'a> Address<'a> {
    /// Proves the address of a request that is still unread.
    ///
    /// *Errors*: those that are for the person alone.
    pub(super) fn prove(
        client: &'a RegisteredClient,
        said: &'a AuthorizeParameters,
        issuer: &'a str,
    ) -> Result<Self, AuthorizeError> {
        if said.repeated().is_some_and(|name| name == "redirect_uri") {
            return Err(AuthorizeError::TwoAddresses);
        }
        let registered = client.metadata.redirect_uris.as_slice();
        let uri = match (said.get("redirect_uri"), registered) {
            (Some(named), all) if all.iter().any(|one| redirect::is_same(one, named)) => named,
            (Some(_), _) => return Err(AuthorizeError::UnregisteredRedirect),
            (None, [only]) => only.as_str(),
            (None, _) => return Err(AuthorizeError::MissingRedirect),
        };
        // A mode that cannot be read is told in the default one.
        let mode = said.get("response_mode").and_then(ResponseMode::parse).unwrap_or_default();
        Ok(Self { uri, mode, state: said.get("state"), issuer })
    }

    /// The address of a request that was read.
    pub(super) fn of(request: &'a AuthorizationRequest, issuer: &'a str) -> Self {
        Self { uri: &request.redirect_uri, mode: request.mode, state: request.state.as_deref(), issuer }
    }

    /// Sends the client a code.
    pub(super) fn give(&self, code: &str) -> Redirect {
        self.say(vec![("code", code.to_owned())], None)
    }

    /// Tells the client why there is none.
    pub(super) fn refuse(&self, cause: AuthorizeError) -> Redirect {
        self.say(vec![("error", cause.code().to_owned())], Some(cause))
    }

    fn say(&self, mut parameters: Vec<(&'static str, String)>, cause: Option<AuthorizeError>) -> Redirect {
        parameters.extend(self.state.map(|state| ("state", state.to_owned())));
        parameters.push(("iss", self.issuer.to_owned()));
        Redirect { uri: self.uri.to_owned(), mode: self.mode, parameters, cause }
    }
}
