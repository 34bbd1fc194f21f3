//! Use cases on tenants, people, credentials and keys, one file a noun. Whoever may call them was decided before
//! (`access::guard`, or the operator at the command line); every write is journaled.

mod admin;
mod admission;
mod app_entity;
mod application;
mod browser;
mod clients;
mod consent;
mod credentials;
mod deletion;
mod demo;
mod device;
mod entity;
pub mod error;
mod feed;
mod founding;
mod group;
mod holder;
mod keys;
mod listing;
mod listing_gate;
mod logout;
mod logout_notice;
mod mail;
mod maintenance;
mod member;
mod membership;
pub mod moving;
mod organization;
mod page;
mod password;
mod permission;
mod person;
mod pin;
mod published_keys;
mod read;
mod recovery;
mod revocation;
mod role;
mod session;
mod signin_provider;
mod social;
pub mod sso;
mod superuser;
mod taken;
mod theme;
mod trusted_issuer;
mod user;
mod user_credentials;
mod user_members;

use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;

pub use admin::{AdminUpdate, NewAdmin};
use admission::Asker;
pub use admission::{Admitted, Caller};
pub use browser::{Begun, Browser, Signed};
pub use clients::{ClientFault, NewInitialToken, NewRegisteredSecret, Registered, Registrant, ShownClient};
pub use credentials::Credentials;
pub use demo::{DEMO, Demo};
pub use device::{DeviceVerdict, WaitingDevice};
pub use error::ManageError;
pub use feed::{Activity, FeedActor};
pub use holder::Holder;
pub use keys::{Promotion, Rotated};
pub use listing::Found;
pub use listing_gate::{LISTINGS_PER_TENANT, ListingGate, ListingPlace};
pub use logout::LogoutHint;
pub use logout_notice::NoticeBell;
pub use mail::{NewTemplate, ShownTemplate};
pub use member::Joined;
pub use organization::{CreatedOrg, NewOrg, NewRegistration, OrgUpdate, Owner};
pub use password::{PasswordChange, Proof};
pub use person::NewPerson;
pub use published_keys::PublishedKeys;
pub use session::{ShownSession, Which};
pub use signin_provider::ShownProvider;
pub use social::Proved;
pub use sso::{SignOn, SsoMode, SsoPolicy};
pub use taken::Unique;
pub use theme::Theme;
pub use user_credentials::UserCredentials;
pub use user_members::{SaidBy, UserMembers};

use crate::crypto::entropy::{Entropy, uuid_v7};
use crate::crypto::password::PasswordLane;
use crate::crypto::vault::Vault;
use crate::directory::Directory;
use crate::domain::authority::Principal;
use crate::domain::clock::Clock;
use crate::domain::id::{AdminId, TenantId};
use crate::domain::journal::{AuditEntry, Change, ChangeKind};
use crate::domain::password::PasswordPolicy;
use crate::domain::place::BaseUrl;
use crate::domain::switchboard::Switchboard;
use crate::domain::tenant::{ClientRegistration, Switch};
use crate::domain::token::Algorithm;
use crate::mail::{Outbox, Throttle};
use crate::store::{Journal, Store};
use crate::upstream::Upstream;

/// What the configuration says of tenants, passwords and keys.
#[derive(Clone, Debug)]
pub struct RegistryPolicy {
    /// What new passwords must be made of.
    pub passwords: PasswordPolicy,
    /// What the management issuer's keys are made for.
    pub management_algorithm: Algorithm,
    /// How long a new key is published before it signs.
    pub key_publish: Duration,
    /// The longest life of a token where nothing else is set.
    pub access_ttl_max: Duration,
    /// How long the audit log is kept.
    pub audit_kept: Duration,
    /// Who may register clients with the management issuer by themselves.
    pub management_clients: ClientRegistration,
    /// How many clients one source may register in an hour.
    pub registrations_per_source: u32,
    /// Whether a proxy states the certificates of clients.
    pub client_certificates: Switch,
    pub sessions: SessionPolicy,
    pub admins_sign_in: SignInPlace,
}

/// What the configuration says of browsers that are signed in.
#[derive(Clone, Copy, Debug)]
pub struct SessionPolicy {
    /// Without a use for so long a session is over.
    pub idle: Duration,
    /// After so long it is over, whatever its use.
    pub absolute: Duration,
    pub notice_retry_first: Duration,
    pub notice_retry_longest: Duration,
    pub notice_give_up: Duration,
    /// How long an attempt may take: nobody else tries meanwhile.
    pub notice_lease: Duration,
}

/// Where admins sign in: what decides which links mails to them may hold.
#[derive(Clone, Debug)]
pub enum SignInPlace {
    Here,
    /// Another server speaks for them; by its page, where it is known.
    Elsewhere(Option<String>),
}

/// Who does it, for the audit log.
#[derive(Clone, Copy, Debug)]
pub enum Actor {
    /// The command line.
    Operator,
    /// A caller without credentials.
    Guest,
    Caller(Principal),
}

impl From<Option<Principal>> for Actor {
    fn from(caller: Option<Principal>) -> Self {
        caller.map_or(Self::Guest, Self::Caller)
    }
}

impl Actor {
    /// An admin in place of a guest, for what a guest did to become that admin.
    fn or(self, admin: AdminId) -> Self {
        match self {
            Self::Guest => Self::Caller(Principal::Admin { admin }),
            known => known,
        }
    }

    fn text(self) -> String {
        match self {
            Self::Operator => "operator".to_owned(),
            Self::Guest => "guest".to_owned(),
            Self::Caller(principal) => principal.to_string(),
        }
    }
}

/// The use cases. A clone shares everything.
#[derive(Clone)]
pub struct Registry {
    pub store: Store,
    pub directory: Directory,
    pub lane: PasswordLane,
    pub vault: Arc<Vault>,
    pub clock: Arc<dyn Clock>,
    pub entropy: Arc<dyn Entropy>,
    pub switches: Switchboard,
    pub policy: Arc<RegistryPolicy>,
    /// The way to providers that an application's administrator named.
    pub upstream: Upstream,
    pub outbox: Outbox,
    /// Wakes whoever tells clients of ended sessions.
    pub notices: NoticeBell,
    pub listings: ListingGate,
    /// How often each source registered a client.
    pub registrations: Arc<Throttle>,
    /// Wrong codes of devices.
    pub guesses: Arc<Throttle>,
    /// What every link in a mail begins with.
    pub base: BaseUrl,
}

impl Registry {
    fn change(&self, tenant: impl Into<TenantId>, kind: ChangeKind) -> Change {
        Change { id: uuid_v7(self.clock.now(), &*self.entropy), tenant: tenant.into(), kind }
    }

    fn audit(&self, tenant: impl Into<TenantId>, actor: Actor, action: &str, detail: Value) -> AuditEntry {
        let now = self.clock.now();
        AuditEntry {
            id: uuid_v7(now, &*self.entropy),
            tenant: tenant.into(),
            at: now,
            actor: actor.text(),
            action: action.to_owned(),
            detail,
        }
    }

    /// Runs a write and then makes this node's directory forget what it made untrue.
    async fn write<T: Send + 'static>(
        &self,
        journal: Journal,
        write: impl FnOnce(&Store, &Journal) -> Result<T, crate::store::StoreError> + Send + 'static,
    ) -> Result<T, ManageError> {
        let has_mail = !journal.post.mails.is_empty();
        let changes = journal.changes.clone();
        let written = self.store.blocking(move |store| write(store, &journal)).await?;
        self.directory.apply(&changes);
        if has_mail {
            self.outbox.ring();
        }
        Ok(written)
    }
}
