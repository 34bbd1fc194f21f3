//! Sign-in with an account of another service: the service is asked whose token it is, and the account leads to one
//! user of the application. An account is known by the service's own name for it (`social_identity`), never by what a
//! user wrote about themselves, and an email address opens another's account only where the application's
//! administrator decided so. *Spec*: Usergrid `AuthResource`; security rules LINK-1 and LINK-2.

mod account;
mod facebook;
mod foursquare;
mod pingident;
mod profile;

use std::time::Duration;

use super::{Actor, ManageError, Registry};
use crate::domain::id::{AppId, UserId};
use crate::domain::secret::Secret;
use crate::domain::social::{ProviderSettings, SocialProvider};
use crate::upstream::{Question, Reply, UpstreamError};

/// Who was proved, and for how long where the service says so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Proved {
    pub user: UserId,
    pub lifetime: Option<Duration>,
}

/// A token of a service, at an application.
#[derive(Clone, Copy)]
struct Asked<'a> {
    token: &'a Secret,
    settings: &'a ProviderSettings,
}

impl Registry {
    /// Asks a service whose token it is, and finds or creates the user of the application.
    ///
    /// The account's state is not decided here: the sign-in that follows does it.
    ///
    /// *Errors*: `ProviderNotSet`, `ProviderRefused`, `Upstream`. *Tenancy*: the application; one outside account is
    /// another user in each.
    pub async fn prove_outside(
        &self,
        app: AppId,
        provider: SocialProvider,
        token: &Secret,
        actor: Actor,
    ) -> Result<Proved, ManageError> {
        let settings = self.provider_settings(app, provider).await?;
        let asked = Asked { token, settings: &settings };
        let profile = match provider {
            SocialProvider::Facebook => self.facebook_profile(asked).await?,
            SocialProvider::Foursquare => self.foursquare_profile(asked).await?,
            SocialProvider::Pingident => self.pingident_profile(asked).await?,
        };
        let lifetime = profile.lifetime;
        let user = self.account_of(app, profile, settings.link_by_email, actor).await?;
        Ok(Proved { user, lifetime })
    }

    /// Asks a service. A service that answers that it does not know the token has refused; one that fails has not.
    async fn ask_provider(&self, question: Question) -> Result<Reply, ManageError> {
        let reply = self.upstream.ask(question).await?;
        match reply.status {
            200..=299 => Ok(reply),
            429 | 500.. => Err(ManageError::Upstream(UpstreamError::Unusable)),
            _ => Err(ManageError::ProviderRefused),
        }
    }
}
