//! Single sign-on of admins by another server: tokens of an identity provider (`jwt`) or of a central Tokengrid or
//! Usergrid (`central`). The superuser is never meant by such a token. *Spec*: Usergrid's external SSO providers.

mod central;
mod jwt;
mod memory;
mod organizations;

use std::sync::Arc;
use std::time::Duration;

use futures_util::future::BoxFuture;
use serde_json::{Map, Value};
use url::Url;

use super::{ManageError, Registry};
use crate::access::external::{ExternalError, Vouched, Voucher};
use crate::crypto::jwt::{ForeignKeys, JwtError};
use crate::domain::clock::Clock;
use crate::domain::failure::Failure;
use crate::domain::id::AdminId;
use crate::domain::secret::Secret;
use crate::domain::tenant::Switch;
use crate::domain::token::Algorithm;
use crate::domain::user::Admin;
use crate::upstream::{Kept, KeptOptions, Upstream, UpstreamError};
use memory::Memory;

/// Who speaks for admins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SsoMode {
    /// Signed tokens of an identity provider, checked against the keys that it publishes (Usergrid: `apigee`).
    Jwt,
    /// A central server, which is asked (Usergrid: `usergrid`).
    Central,
}

/// What the configuration says of it.
#[derive(Clone, Debug)]
pub struct SsoPolicy {
    pub mode: SsoMode,
    /// Of the keys, or of the central server.
    pub url: String,
    pub issuer: String,
    pub audience: String,
    pub algorithms: Vec<Algorithm>,
    pub email_claim: String,
    pub username_claim: String,
    /// Whether the central server's people and organizations are made here.
    pub provision: Switch,
    /// How long an answer of the central server holds.
    pub cache: Duration,
    /// How long keys are fresh when their host does not say.
    pub keys_fresh: Duration,
    /// An older token is refused, so that a revocation is remembered longer than what it ended.
    pub longest_token: Duration,
}

/// The single sign-on. It stands beside the registry, in which it finds and makes admins.
pub struct SignOn {
    registry: Registry,
    upstream: Upstream,
    policy: SsoPolicy,
    url: Url,
    keys: Kept<ForeignKeys>,
    memory: Memory,
}

impl SignOn {
    /// A sign-on that asks by `upstream`, which may reach the operator's own network.
    ///
    /// *Errors*: a URL that cannot be asked.
    pub fn new(registry: Registry, upstream: Upstream, policy: SsoPolicy) -> Result<Self, UpstreamError> {
        let url = upstream.check(&policy.url)?;
        let clock: Arc<dyn Clock> = Arc::clone(&registry.clock);
        let options = KeptOptions { url: url.clone(), default_age: policy.keys_fresh, read: ForeignKeys::parse };
        let keys = Kept::new(upstream.clone(), clock, options);
        Ok(Self { registry, upstream, policy, url, keys, memory: Memory::default() })
    }

    /// Whether tokens are checked by published keys, and where those are.
    pub fn key_url(&self) -> Option<&str> {
        (self.policy.mode == SsoMode::Jwt).then_some(self.policy.url.as_str())
    }

    /// The claims of an identity provider's token, verified.
    ///
    /// *Errors*: as for a bearer token; `Refused` where a central server speaks, whose tokens have none.
    pub async fn token_details(&self, token: &Secret) -> Result<Map<String, Value>, ExternalError> {
        match self.policy.mode {
            SsoMode::Jwt => Ok(self.verified(token).await?.0.all),
            SsoMode::Central => Err(ExternalError::Refused(JwtError::Malformed)),
        }
    }

    /// The admin, if they are someone whom an outside token may mean.
    fn admitted(admin: Option<Admin>) -> Result<AdminId, ExternalError> {
        match admin {
            None => Err(ExternalError::NoAdmin),
            Some(admin) if admin.id == AdminId::SUPERUSER => Err(ExternalError::NoAdmin),
            Some(admin) if !admin.person.activated => Err(ExternalError::Deactivated),
            Some(admin) if admin.person.disabled => Err(ExternalError::Disabled),
            Some(admin) => Ok(admin.id),
        }
    }
}

impl Voucher for SignOn {
    fn vouch<'a>(&'a self, token: &'a Secret) -> BoxFuture<'a, Result<Vouched, ExternalError>> {
        Box::pin(async move {
            match self.policy.mode {
                SsoMode::Jwt => self.vouch_by_jwt(token).await,
                SsoMode::Central => self.vouch_by_central(token).await,
            }
        })
    }
}

impl From<UpstreamError> for ExternalError {
    fn from(cause: UpstreamError) -> Self {
        Self::Failed { failure: cause.failure(), cause: cause.to_string() }
    }
}

impl From<ManageError> for ExternalError {
    fn from(cause: ManageError) -> Self {
        let failure = match &cause {
            ManageError::Store(cause) => cause.failure(),
            ManageError::Directory(cause) => cause.failure(),
            _ => Failure::Internal,
        };
        Self::Failed { failure, cause: cause.to_string() }
    }
}
