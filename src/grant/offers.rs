//! What a place offers clients, read from the very tables by which it serves them, and who gives back what they got.

use super::client;
use super::dispatch::{Dispatcher, is_served};
use super::error::GrantError;
use super::password;
use super::request::PresentedClient;
use crate::domain::place::Place;
use crate::domain::registered::{AuthMethod, GrantType};
use crate::domain::tenant::Switch;

impl Dispatcher {
    /// The grants that are served at a place under a registered name. Usergrid's `pin` has none; `password` counts where
    /// the application itself may use it.
    pub fn grants(&self, place: &Place) -> Vec<GrantType> {
        let is_open = |grant: GrantType| grant != GrantType::Password || password::permitted(place, None).is_ok();
        GrantType::ALL.into_iter().filter(|grant| is_served(grant.as_str()) && is_open(*grant)).collect()
    }

    /// How clients may prove themselves, where `certificates` says whether a proxy vouches for them.
    pub fn auth_methods(&self, certificates: Switch) -> Vec<AuthMethod> {
        let mut methods = vec![
            AuthMethod::ClientSecretBasic,
            AuthMethod::ClientSecretPost,
            AuthMethod::PrivateKeyJwt,
            AuthMethod::None,
        ];
        if certificates == Switch::On {
            methods.push(AuthMethod::TlsClientAuth);
        }
        methods
    }

    /// The id of a client that gives a token back: a public one, and the place's own without a proof, only name
    /// themselves (RFC 7009 §2.1).
    ///
    /// *Errors*: as [`Dispatcher::authenticate`].
    pub async fn identify(&self, place: &Place, presented: &PresentedClient) -> Result<String, GrantError> {
        let admitted = client::accompany(self.workbench(), place, Some(presented)).await?;
        Ok(admitted.map_or_else(|| place.client_id(), |admitted| admitted.client_id()))
    }
}
