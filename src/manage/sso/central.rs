//! A central Tokengrid or Usergrid: it is asked who the bearer of an unknown token is (`GET {url}/management/me`), and
//! its answer holds for a short while. What is revoked there is refused here when that while is over.

use std::sync::Arc;
use std::time::Duration;

use serde::Deserialize;
use serde_json::{Map, Value, json};
use url::Url;
use uuid::Uuid;

use super::SignOn;
use super::memory::Remembered;
use crate::access::external::{ExternalError, Vouched};
use crate::crypto::digest::sha256;
use crate::crypto::jwt::{JwtError, stated_issue};
use crate::domain::clock::Moment;
use crate::domain::id::{AdminId, TenantId};
use crate::domain::name::{Email, Username};
use crate::domain::secret::Secret;
use crate::domain::tenant::Switch;
use crate::domain::user::{Admin, Person, WithPassword};
use crate::manage::{Actor, ManageError};
use crate::store::{Journal, Provision, StoreError};
use crate::upstream::{Question, Reply, UpstreamError};

/// How long a refusal is remembered: a token is not sent twice within it.
const REFUSED_FOR: Duration = Duration::from_secs(10);
/// No token of either product is longer.
const LENGTH_MAX: usize = 8_192;

/// What the central server says of an admin. *Spec*: Usergrid `GET /management/me`.
#[derive(Deserialize)]
pub(super) struct CentralUser {
    pub(super) uuid: Uuid,
    username: String,
    email: Option<String>,
    name: Option<String>,
    #[serde(default = "yes")]
    activated: bool,
    #[serde(default)]
    confirmed: bool,
    #[serde(default)]
    disabled: bool,
    #[serde(default)]
    pub(super) organizations: Map<String, Value>,
}

fn yes() -> bool {
    true
}

#[derive(Deserialize)]
struct Me {
    user: CentralUser,
}

impl CentralUser {
    fn read(reply: &Reply) -> Option<Self> {
        let Me { user } = serde_json::from_slice(&reply.body).ok()?;
        let is_own_id = user.uuid.is_nil() || user.uuid == TenantId::MANAGEMENT.uuid();
        (!is_own_id).then_some(user)
    }

    /// An address counts only where the central server had it confirmed.
    fn email(&self) -> Option<Email> {
        self.email.as_deref().filter(|_| self.confirmed).and_then(|email| Email::parse(email).ok())
    }
}

impl SignOn {
    pub(super) async fn vouch_by_central(&self, token: &Secret) -> Result<Vouched, ExternalError> {
        let unknown = || ExternalError::Refused(JwtError::UnknownKey);
        let text = token.expose();
        if text.len() > LENGTH_MAX || !text.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(unknown());
        }
        let (digest, now) = (sha256(text), self.registry.clock.now());
        match self.memory.find(digest, now) {
            Some(Remembered::Held(vouched)) => return Ok(vouched),
            Some(Remembered::Refused) => return Err(unknown()),
            None => {}
        }
        let Some(user) = self.ask_central(token).await? else {
            self.memory.refuse(digest, (now, now.plus(REFUSED_FOR)));
            return Err(unknown());
        };
        let admin = self.admin_of(&user).await?;
        let until = now.plus(self.policy.cache);
        let issued = stated_issue(text).unwrap_or(Moment::EPOCH);
        let known_as = Some(Arc::from(user.uuid.to_string()));
        let vouched = Vouched { admin, known_as, issued, expires: until };
        self.memory.hold(digest, vouched.clone(), (now, until));
        Ok(vouched)
    }

    /// Asks with the token in the header; a server that does not look there gets it in the query, as Usergrid has it.
    async fn ask_central(&self, token: &Secret) -> Result<Option<CentralUser>, ExternalError> {
        let url = self.me_url()?;
        let mut reply = self.upstream.ask(Question::get(url.clone()).bearer(token)).await?;
        if reply.status == 400 {
            reply = self.upstream.ask(Question::get(url).secret_in_query("access_token", token)).await?;
        }
        match reply.status {
            200 => CentralUser::read(&reply).map(Some).ok_or_else(|| UpstreamError::Unusable.into()),
            400 | 401 | 403 => Ok(None),
            _ => Err(UpstreamError::Unusable.into()),
        }
    }

    fn me_url(&self) -> Result<Url, ExternalError> {
        let url = format!("{}/management/me", self.url.as_str().trim_end_matches('/'));
        Ok(self.upstream.check(&url)?)
    }

    /// The admin here whom the central server means: of the same UUID, or of the same confirmed address; a new one
    /// where they are made here. A username alone opens nobody's account.
    async fn admin_of(&self, user: &CentralUser) -> Result<AdminId, ExternalError> {
        if user.disabled {
            return Err(ExternalError::Disabled);
        }
        if !user.activated {
            return Err(ExternalError::Deactivated);
        }
        let by_id = self.registry.find_admin(&user.uuid.to_string()).await?;
        let is_theirs = by_id.is_some();
        let admin = match (by_id, user.email()) {
            (Some(admin), _) => Some(admin),
            (None, Some(email)) => {
                let found = self.registry.find_admin(email.as_str()).await?;
                found.filter(|admin| admin.person.email.as_ref().is_some_and(|own| own.key() == email.key()))
            }
            (None, None) => None,
        };
        match admin {
            None if self.policy.provision == Switch::On => {
                let admin = self.make_admin(user).await?;
                self.set_organizations(admin, user).await?;
                Ok(admin)
            }
            found => {
                let admin = Self::admitted(found)?;
                // Who was here before keeps the organizations that they were given here.
                if is_theirs && self.policy.provision == Switch::On {
                    self.set_organizations(admin, user).await?;
                }
                Ok(admin)
            }
        }
    }

    /// Makes the admin here under the UUID that they have there. They get no password.
    async fn make_admin(&self, user: &CentralUser) -> Result<AdminId, ExternalError> {
        if user.uuid == AdminId::SUPERUSER.uuid() {
            return Err(ExternalError::NoAdmin);
        }
        let Ok(username) = Username::parse(&user.username) else { return Err(ExternalError::NoAdmin) };
        let registry = &self.registry;
        let now = registry.clock.now();
        let id = AdminId::new(user.uuid);
        let person = Person {
            username,
            email: user.email(),
            name: user.name.clone(),
            properties: Map::new(),
            activated: true,
            confirmed: user.confirmed,
            disabled: false,
            deactivated: None,
            password_changed: None,
            created: now,
            modified: now,
        };
        let detail = json!({ "admin": id, "by": "single sign-on" });
        let entry = registry.audit(TenantId::MANAGEMENT, Actor::Guest, "create admin", detail);
        let provision = Provision {
            admins: vec![WithPassword { who: Admin { id, person }, hash: None }],
            journal: Journal { audit: vec![entry], ..Journal::default() },
            ..Provision::default()
        };
        match registry.store.blocking(move |store| store.provision(&provision)).await.map_err(ManageError::from) {
            Ok(()) => Ok(id),
            // A username of another admin here, or a twin request that came first.
            Err(ManageError::Taken { .. } | ManageError::Store(StoreError::Conflict(_))) => {
                Self::admitted(registry.find_admin(&user.uuid.to_string()).await?)
            }
            Err(cause) => Err(cause.into()),
        }
    }
}
