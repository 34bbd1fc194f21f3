//! The one way from a token request to a token: load, decide, issue, commit.

use std::time::Duration;

use uuid::Uuid;

use super::client::{self, Admitted};
use super::error::GrantError;
use super::outcome::Issued;
use super::request::{GrantRequest, Origin, PresentedClient, Transport};
use super::session::Lender;
use super::workbench::{GrantPolicy, Workbench};
use super::{
    authorization_code, client_credentials, device, jwt_bearer, lifetime, password, pin, refresh_token, reissue,
    session, token_exchange,
};
use crate::domain::authority::Principal;
use crate::domain::id::UserId;
use crate::domain::place::{BaseUrl, Place};
use crate::domain::registered::GrantType;
use crate::domain::secret::Secret;
use crate::domain::tenant::Switch;
use crate::domain::token::{ACR_PASSWORD, SignInEvent};

/// The grant dispatcher. A clone shares everything.
#[derive(Clone)]
pub struct Dispatcher(Workbench);

const JWT_BEARER: &str = GrantType::JwtBearer.as_str();
const DEVICE_CODE: &str = GrantType::DeviceCode.as_str();
const TOKEN_EXCHANGE: &str = GrantType::TokenExchange.as_str();

/// The grants this server serves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Grant {
    Password,
    Pin,
    ClientCredentials,
    RefreshToken,
    AuthorizationCode,
    TokenExchange,
    JwtBearer,
    DeviceCode,
}

impl Grant {
    fn parse(grant_type: Option<&str>) -> Result<Self, GrantError> {
        match grant_type {
            None => Err(GrantError::MissingGrantType),
            Some("password") => Ok(Self::Password),
            Some("pin") => Ok(Self::Pin),
            Some("client_credentials") => Ok(Self::ClientCredentials),
            Some("refresh_token") => Ok(Self::RefreshToken),
            Some("authorization_code") => Ok(Self::AuthorizationCode),
            Some(TOKEN_EXCHANGE) => Ok(Self::TokenExchange),
            Some(JWT_BEARER) => Ok(Self::JwtBearer),
            Some(DEVICE_CODE) => Ok(Self::DeviceCode),
            Some(_) => Err(GrantError::UnsupportedGrantType),
        }
    }
}

/// Whether a grant is served under this name.
pub(super) fn is_served(name: &str) -> bool {
    Grant::parse(Some(name)).is_ok()
}

impl Dispatcher {
    /// A dispatcher over these tools.
    pub fn new(workbench: Workbench) -> Self {
        Self(workbench)
    }

    /// The tools, for the files of this room that serve the dispatcher.
    pub(super) fn workbench(&self) -> &Workbench {
        &self.0
    }

    /// The URL that every issuer begins with.
    pub fn base(&self) -> &BaseUrl {
        &self.0.base
    }

    /// What the configuration says of grants.
    pub fn policy(&self) -> &GrantPolicy {
        &self.0.policy
    }

    /// Serves a token request at a place.
    ///
    /// *Errors*: every cause of `GrantError`; nothing was written unless a stolen refresh family was ended.
    /// *Tenancy*: the place decides; credentials of any other tenant are refused like wrong ones.
    pub async fn exchange(&self, place: &Place, request: &GrantRequest) -> Result<Issued, GrantError> {
        if request.transport == Transport::Url && self.url_grants(place) == Switch::Off {
            return Err(GrantError::UrlGrantsOff);
        }
        let grant = Grant::parse(request.grant_type.as_deref())?;
        // Usergrid never had it, so nobody relies on it in a URL, where it would stay in logs (RFC 6749 §3.2).
        if grant == Grant::AuthorizationCode && request.transport == Transport::Url {
            return Err(GrantError::UrlGrantsOff);
        }
        match grant {
            Grant::Password => password::run(&self.0, place, request).await,
            Grant::Pin => pin::run(&self.0, place, request).await,
            Grant::ClientCredentials => client_credentials::run(&self.0, place, request).await,
            Grant::RefreshToken => refresh_token::run(&self.0, place, request).await,
            Grant::AuthorizationCode => authorization_code::run(&self.0, place, request).await,
            Grant::JwtBearer => jwt_bearer::run(&self.0, place, request).await,
            Grant::DeviceCode => device::run(&self.0, place, request).await,
            Grant::TokenExchange => token_exchange::run(&self.0, place, request).await,
        }
    }

    /// Proves a client at a place: one of its application or organization, or one that is registered there.
    ///
    /// *Errors*: those of which [`GrantError::is_of_client`] is true, all with one answer; a failure below.
    /// *Tenancy*: a registered client of another tenant is unknown here.
    pub async fn authenticate(&self, place: &Place, presented: &PresentedClient) -> Result<Admitted, GrantError> {
        client::authenticate(&self.0, place, presented).await
    }

    /// Signs in a user whom another way has proved; the account's state is checked here.
    ///
    /// *Errors*: `UnknownUser`, `NotActivated`, `Disabled`, `TtlTooLong`. *Tenancy*: a user of the place.
    pub async fn sign_in_user(
        &self,
        place: &Place,
        user: UserId,
        ttl: Option<Duration>,
        origin: &Origin,
    ) -> Result<Issued, GrantError> {
        session::begin_of_user(&self.0, place, user, (ttl, origin)).await
    }

    /// Whether the password is that of the person whom a name means at a place, and they may sign in: for our own pages,
    /// by the same rules, at the same cost and in the same line as the `password` grant.
    ///
    /// *Errors*: those of that grant. *Tenancy*: a user of the place's application, or an admin.
    pub async fn prove_person(
        &self,
        place: &Place,
        username: &str,
        password: &Secret,
    ) -> Result<(Principal, SignInEvent), GrantError> {
        let person = password::sign_in(&self.0, place, username, password).await?;
        let event = SignInEvent {
            auth_time: self.0.clock.now().seconds(),
            acr: Some(ACR_PASSWORD.to_owned()),
            amr: vec!["pwd".to_owned()],
        };
        Ok((person.principal(place)?, event))
    }

    /// Makes a token of a user for someone above them: without a refresh token, and with the caller in it, with whose own
    /// token it ends.
    ///
    /// *Errors*: as [`Dispatcher::sign_in_user`]; `NotAnAdmin` for a caller who is a user. *Tenancy*: a user of the
    /// place; that the caller is above it was decided before.
    pub async fn impersonate(
        &self,
        place: &Place,
        user: UserId,
        by: Lender,
        ttl: Option<Duration>,
    ) -> Result<Issued, GrantError> {
        session::lend(&self.0, place, user, by, ttl).await
    }

    /// The longest life that a token of a user of this place may have.
    pub fn longest_life(&self, place: &Place) -> Duration {
        lifetime::longest(place.app_settings(), &self.0.policy)
    }

    /// Whether proofs of keys must repeat a nonce of ours at this place.
    pub fn proof_nonces(&self, place: &Place) -> Switch {
        self.0.proof_nonces(place)
    }

    fn url_grants(&self, place: &Place) -> Switch {
        match place {
            Place::Management => self.0.policy.management_url_grants,
            Place::App { app, .. } => app.settings.url_grants,
        }
    }

    /// Makes a new token for an admin who has shown a valid one. `session` is the `sid` of that token: the new one
    /// dies with it; `client_id` is whom it was given to, where it says so.
    ///
    /// *Errors*: `NotAnAdmin` for any other level; `TokenOfClient`; the account's state as at sign-in.
    pub async fn reissue(
        &self,
        principal: Principal,
        (session, client_id): (Option<Uuid>, Option<&str>),
        ttl: Option<Duration>,
    ) -> Result<Issued, GrantError> {
        reissue::run(&self.0, principal, (session, client_id), ttl).await
    }
}
