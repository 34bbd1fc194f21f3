//! What the server and the command line share: an open store, its vault, and the use cases over them.

use std::sync::Arc;
use std::time::Duration;

use super::start::StartError;
use super::{mail, master_keys};
use crate::config::Settings;
use crate::crypto::entropy::{Entropy, SystemEntropy};
use crate::crypto::password::{LaneOptions, OnWait, PasswordLane, Wait};
use crate::crypto::vault::Vault;
use crate::directory::Directory;
use crate::domain::clock::{Clock, SystemClock};
use crate::domain::switchboard::{Switchboard, Toggle};
use crate::domain::tenant::Switch;
use crate::mail::Outbox;
use crate::manage::{ListingGate, NoticeBell, Registry, RegistryPolicy, SessionPolicy, SignInPlace};
use crate::store::{DatabaseUrl, Posture, Store, StoreOptions};
use crate::telemetry::PasswordMetrics;
use crate::upstream::{Reach, Upstream, UpstreamPolicy};

/// Time and chance. The server's come from the machine, a test brings its own.
#[derive(Clone)]
pub struct Tools {
    pub clock: Arc<dyn Clock>,
    pub entropy: Arc<dyn Entropy>,
}

impl Default for Tools {
    fn default() -> Self {
        Self { clock: Arc::new(SystemClock), entropy: Arc::new(SystemEntropy) }
    }
}

/// What to do about a database that is not of this version.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Schema {
    /// Bring it up to date.
    Migrate,
    /// Refuse, except for the embedded database, which has no other user: it is brought up to date, or made.
    RequireOrEmbed,
    /// The same for a database that must be there already.
    Require,
}

/// The open services below the outside.
#[derive(Clone)]
pub struct Core {
    pub store: Store,
    pub vault: Arc<Vault>,
    pub lane: PasswordLane,
    /// What `lane` is measured by.
    pub passwords: PasswordMetrics,
    pub directory: Directory,
    pub registry: Registry,
    pub clock: Arc<dyn Clock>,
    pub entropy: Arc<dyn Entropy>,
}

impl Core {
    /// Opens the database, the master keys and the password lane.
    pub async fn open(settings: &Settings, tools: Tools, schema: Schema) -> Result<Self, StartError> {
        let url = DatabaseUrl::parse(settings.database_url().expose())?;
        if let (Schema::Require, DatabaseUrl::Sqlite(path)) = (schema, &url)
            && !path.exists()
        {
            return Err(StartError::NoDatabase { path: path.clone() });
        }
        let vault = Arc::new(master_keys::open(settings, &url, &*tools.entropy)?);
        let store = open_store(settings, url, schema)?;
        warn_of_posture(&store)?;
        let lane = LaneOptions {
            threads: settings.passwords.threads.resolve(),
            cost: settings.passwords.bcrypt_cost,
            max_wait: settings.passwords.max_wait,
            queue_per_tenant: settings.passwords.queue_per_tenant,
        };
        let passwords = PasswordMetrics::default();
        let lane = PasswordLane::start(&lane, Arc::clone(&tools.entropy), measured_by(&passwords))?;
        let Tools { clock, entropy } = tools;
        let capacity = settings.directory.max_tenants;
        let directory = Directory::new(store.clone(), Arc::clone(&vault), Arc::clone(&clock), capacity)
            .with_patience(settings.directory.patience());
        let outbox = Outbox::new(
            store.clone(),
            Arc::clone(&vault),
            Arc::clone(&clock),
            Arc::clone(&entropy),
            mail::policy(&settings.mail),
        );
        let registry = Registry {
            store: store.clone(),
            directory: directory.clone(),
            lane: lane.clone(),
            vault: Arc::clone(&vault),
            clock: Arc::clone(&clock),
            entropy: Arc::clone(&entropy),
            outbox,
            notices: NoticeBell::default(),
            listings: ListingGate::default(),
            registrations: Arc::default(),
            guesses: Arc::default(),
            base: settings.server.base_url_at(settings.server.listen),
            switches: switchboard(settings),
            policy: Arc::new(RegistryPolicy {
                passwords: settings.passwords.policy(),
                management_algorithm: settings.management.algorithm,
                key_publish: settings.keys.publish,
                access_ttl_max: settings.tokens.access_ttl_max,
                audit_kept: settings.audit.kept(),
                management_clients: settings.management.registration_of_clients,
                registrations_per_source: settings.limits.registrations_per_source,
                client_certificates: match settings.tls_client.subject_header.is_empty() {
                    true => Switch::Off,
                    false => Switch::On,
                },
                sessions: session_policy(settings),
                admins_sign_in: sign_in_place(settings),
            }),
            upstream: upstream(settings, public_reach(settings)),
        };
        Ok(Self { store, vault, lane, passwords, directory, registry, clock, entropy })
    }
}

fn sign_in_place(settings: &Settings) -> SignInPlace {
    match settings.sso.elsewhere() {
        None => SignInPlace::Here,
        Some(_) => SignInPlace::Elsewhere(settings.sso.sign_in_page().map(str::to_owned)),
    }
}

/// The way to servers of others, within the configured bounds.
pub(super) fn upstream(settings: &Settings, reach: Reach) -> Upstream {
    let bounds = &settings.upstream;
    Upstream::new(UpstreamPolicy {
        reach,
        plain_http: bounds.allow_plain_http,
        connect_timeout: bounds.connect_timeout,
        timeout: bounds.timeout,
        response_limit: bounds.response_bytes,
        concurrent: bounds.concurrent,
    })
}

/// What is said of browsers that are signed in.
fn session_policy(settings: &Settings) -> SessionPolicy {
    let sessions = &settings.sessions;
    SessionPolicy {
        idle: sessions.idle,
        absolute: sessions.absolute,
        notice_retry_first: sessions.notice_retry_first,
        notice_retry_longest: sessions.notice_retry_longest,
        notice_give_up: sessions.notice_give_up,
        // An attempt is one question; what follows it is one write.
        notice_lease: settings.upstream.timeout.saturating_mul(2).saturating_add(Duration::from_secs(30)),
    }
}

/// How far a URL leads that a tenant's administrator chose.
fn public_reach(settings: &Settings) -> Reach {
    match settings.upstream.allow_private {
        Switch::On => Reach::Anywhere,
        Switch::Off => Reach::Public,
    }
}

/// What may be turned while the server runs, as the configuration has it at the start.
fn switchboard(settings: &Settings) -> Switchboard {
    let registration = &settings.registration;
    let board = Switchboard::new([
        (Toggle::PublicRegistration, registration.public),
        (Toggle::AdminsMustConfirm, settings.management.admins_must_confirm),
        (Toggle::OrganizationsMustConfirm, registration.organizations_must_confirm),
        (Toggle::ApproveAdmins, registration.approve_admins),
    ]);
    let superuser = &settings.superuser;
    board.set_property("usergrid.sysadmin.login.name", superuser.username.as_str().into());
    board.set_property("usergrid.sysadmin.login.email", superuser.email.as_str().into());
    let is_on = (superuser.enabled == Switch::On).to_string();
    board.set_property("usergrid.sysadmin.login.allowed", is_on.into());
    board
}

fn measured_by(passwords: &PasswordMetrics) -> OnWait {
    let passwords = passwords.clone();
    Arc::new(move |wait| match wait {
        Wait::Served(waited) => passwords.observe_wait(waited),
        Wait::TurnedAway => passwords.count_busy(),
    })
}

fn open_store(settings: &Settings, url: DatabaseUrl, schema: Schema) -> Result<Store, StartError> {
    let is_embedded = matches!(url, DatabaseUrl::Sqlite(_));
    let store = Store::open(&StoreOptions {
        url,
        pool_size: settings.database.pool_size,
        checkout_timeout: settings.database.checkout_timeout,
        durability: settings.database.durability,
        prepared_statements: settings.database.prepared_statements,
    })?;
    if schema == Schema::Migrate || is_embedded {
        for name in store.migrate()? {
            tracing::info!(name, "migration applied");
        }
    } else if !store.pending_migrations()?.is_empty() {
        return Err(StartError::SchemaBehind);
    }
    Ok(store)
}

fn warn_of_posture(store: &Store) -> Result<(), StartError> {
    if let Posture::Server { bypasses_row_security, encrypted, remote } = store.posture()? {
        if bypasses_row_security {
            tracing::warn!("the database role is a superuser or bypasses row-level security: use a plain role");
        }
        if remote && !encrypted {
            tracing::warn!("the connection to a remote PostgreSQL is not encrypted: use TLS (feature postgres-tls)");
        }
    }
    Ok(())
}
