//! The registrar as the library sees it. Clients were admitted before (`grant::client`); it only repeats that verdict.

use std::borrow::Cow;
use std::sync::LazyLock;

use oxide_auth::primitives::registrar::{
    BoundClient, ClientUrl, ExactUrl, PreGrant, RegisteredUrl, Registrar, RegistrarError,
};
use oxide_auth::primitives::scope::Scope;

/// The library binds every client to a redirect URL, also in flows that never redirect; nothing ever follows this one.
static NOWHERE: LazyLock<Option<RegisteredUrl>> =
    LazyLock::new(|| ExactUrl::new("urn:ietf:wg:oauth:2.0:oob".to_owned()).ok().map(RegisteredUrl::Exact));

/// The verdict on one request's client.
pub(super) struct ClientDesk<'a> {
    /// The client that proved itself.
    pub(super) admitted: Option<&'a str>,
    /// The client that needs no proof, because the grant was given without one.
    pub(super) public: Option<&'a str>,
}

impl Registrar for ClientDesk<'_> {
    fn bound_redirect<'b>(&self, bound: ClientUrl<'b>) -> Result<BoundClient<'b>, RegistrarError> {
        let nowhere = NOWHERE.as_ref().ok_or(RegistrarError::PrimitiveError)?;
        Ok(BoundClient { client_id: bound.client_id, redirect_uri: Cow::Owned(nowhere.clone()) })
    }

    fn negotiate(&self, client: BoundClient<'_>, scope: Option<Scope>) -> Result<PreGrant, RegistrarError> {
        Ok(PreGrant {
            client_id: client.client_id.into_owned(),
            redirect_uri: client.redirect_uri.into_owned(),
            scope: scope.ok_or(RegistrarError::PrimitiveError)?,
        })
    }

    fn check(&self, client_id: &str, passphrase: Option<&[u8]>) -> Result<(), RegistrarError> {
        let verdict = if passphrase.is_some() { self.admitted } else { self.public };
        if verdict == Some(client_id) { Ok(()) } else { Err(RegistrarError::Unspecified) }
    }
}

/// A URL for the fields that must hold one.
pub(super) fn nowhere() -> Option<url::Url> {
    NOWHERE.as_ref().map(|registered| registered.clone().into_url())
}
