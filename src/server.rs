//! The composition root: settings become services, services become a running server. Tests call the same functions.

mod core;
mod mail;
mod master_keys;
mod metrics;
mod sso;
mod start;

use std::net::{IpAddr, SocketAddr, TcpListener};
use std::sync::Arc;

use actix_web::dev::{Server, ServerHandle};
use actix_web::http::header::HeaderName;
use actix_web::middleware::Compress;
use actix_web::web::Data;
use actix_web::{App, HttpServer};

pub use core::{Core, Schema, Tools};
pub use start::StartError;

use crate::access::external::Voucher;
use crate::access::{
    ExplainPolicy, Explainer, Failures, Families, Feed, Guard, Introspector, LegacyTokens, Proofs, Revoker, Statements,
    Verifier,
};
use crate::config::{Settings, TlsClientSettings};
use crate::crypto::entropy::uuid_v7;
use crate::crypto::nonce::NonceMint;
use crate::domain::place::BaseUrl;
use crate::domain::tenant::Switch;
use crate::grant::{Dispatcher, GrantPolicy, Workbench};
use crate::http::extract::client::CertificateHeader;
use crate::http::middleware::cors::CorsPolicy;
use crate::http::middleware::limits::Limits;
use crate::http::middleware::{Boundary, boundary};
use crate::http::routes;
use crate::http::state::State;
use crate::manage::{PublishedKeys, SignOn};
use crate::telemetry::{DirectoryCounts, Metrics};

/// Runs a command or a server to its end, on the runtime that both need.
pub fn block_on<T>(work: impl Future<Output = T>) -> T {
    actix_web::rt::System::new().block_on(work)
}

/// Everything that serves requests, not yet listening.
pub struct Services {
    pub core: Core,
    pub dispatcher: Dispatcher,
    state: Data<State>,
    boundary: Arc<Boundary>,
    settings: Settings,
}

/// A server that listens. Dropping it does not stop it; its handle does.
pub struct Running {
    pub server: Server,
    /// The listener for metrics and where it listens.
    pub metrics: Option<(Server, SocketAddr)>,
    background: start::Background,
}

impl Services {
    /// Puts the services together for a server that is reached at `bound`.
    ///
    /// *Errors*: the database, the master keys or the management issuer are not to be had.
    pub async fn build(settings: Settings, tools: Tools, bound: SocketAddr) -> Result<Self, StartError> {
        let mut core = Core::open(&settings, tools, Schema::Migrate).await?;
        core.registry.ensure_management_keys().await?;
        let base = settings.server.base_url_at(bound);
        core.registry.base = base.clone();
        let dispatcher = dispatcher(&core, &settings, base.clone());
        let sign_on = sso::sign_on(&core, &settings)?;
        let metrics = Arc::new(Metrics::new(&core.passwords, {
            let directory = core.directory.clone();
            move || {
                let (hits, misses) = directory.counts();
                DirectoryCounts { hits, misses }
            }
        }));
        let explainer = explainer(&core, &settings);
        let boundary = make_boundary(&core, &settings, &base, (Arc::clone(&metrics), explainer.clone()));
        let boundary = Arc::new(boundary);
        let state = Data::new(state(&core, &settings, dispatcher.clone(), Outside { metrics, sign_on, explainer })?);
        Ok(Self { core, dispatcher, state, boundary, settings })
    }

    /// Who verifies tokens and pairs here.
    pub fn verifier(&self) -> Verifier {
        self.state.verifier.clone()
    }

    /// Starts to serve on `listener`, and metrics beside it where configured. The superuser's account follows the
    /// configuration first: not before, since until here nothing was promised to the database.
    ///
    /// *Errors*: a listener cannot be used; the superuser's name is taken.
    pub async fn start(self, listener: TcpListener) -> Result<Running, StartError> {
        let superuser = self.settings.superuser.account()?;
        self.core.registry.ensure_superuser(superuser.as_ref()).await.map_err(StartError::superuser)?;
        let (state, around) = (self.state.clone(), Arc::clone(&self.boundary));
        let app = move || {
            App::new()
                .app_data(state.clone())
                .configure(routes::configure)
                .wrap(Compress::default())
                .wrap(boundary(Arc::clone(&around)))
        };
        let server = HttpServer::new(app)
            .workers(self.settings.server.workers.resolve())
            .shutdown_timeout(self.settings.server.shutdown_timeout.as_secs())
            .listen(listener)
            .map_err(StartError::listen(self.settings.server.listen))?
            .run();
        let metrics = match self.settings.metrics.listen {
            Some(address) => Some(metrics::serve(address, Arc::clone(&self.state.metrics))?),
            None => None,
        };
        let background = start::Background::begin(
            self.core.directory.clone(),
            self.core.registry.clone(),
            start::Rhythm {
                change_log: self.settings.directory.staleness,
                notices: self.settings.sessions.notice_poll,
            },
            mail::Postman::begin(&self.core, &self.settings.mail, &self.state.base)?,
            self.state.explainer.clone(),
        )?;
        Ok(Running { server, metrics, background })
    }
}

impl Running {
    /// A handle that stops the server from elsewhere.
    pub fn handle(&self) -> ServerHandle {
        self.server.handle()
    }

    /// Serves until a signal or the handle says stop; requests in flight finish first.
    pub async fn finish(self) -> std::io::Result<()> {
        let ended = match self.metrics {
            Some((metrics, _)) => {
                let handle = metrics.handle();
                actix_web::rt::spawn(metrics);
                let ended = self.server.await;
                handle.stop(false).await;
                ended
            }
            None => self.server.await,
        };
        self.background.end().await;
        ended
    }
}

fn dispatcher(core: &Core, settings: &Settings, base: BaseUrl) -> Dispatcher {
    let tokens = &settings.tokens;
    Dispatcher::new(Workbench {
        store: core.store.clone(),
        directory: core.directory.clone(),
        lane: core.lane.clone(),
        vault: Arc::clone(&core.vault),
        clock: Arc::clone(&core.clock),
        entropy: Arc::clone(&core.entropy),
        base,
        policy: Arc::new(GrantPolicy {
            access_ttl: tokens.access_ttl,
            access_ttl_max: tokens.access_ttl_max,
            refresh_ttl: tokens.refresh_ttl,
            refresh_retry_window: tokens.refresh_retry_window,
            management_url_grants: settings.management.url_grants,
            management_dpop_nonces: settings.management.dpop_nonces,
            admins_sign_in_at: settings.sso.elsewhere().map(str::to_owned),
            switches: core.registry.switches.clone(),
        }),
        keys: Arc::new(PublishedKeys::new(core.registry.upstream.clone(), Arc::clone(&core.clock))),
    })
}

/// What stands beside the services that every state has.
struct Outside {
    metrics: Arc<Metrics>,
    sign_on: Option<Arc<SignOn>>,
    explainer: Explainer,
}

fn explainer(core: &Core, settings: &Settings) -> Explainer {
    let explain = &settings.explain;
    let policy = ExplainPolicy { enabled: explain.enabled, kept: explain.kept(), per_minute: explain.per_minute };
    let (clock, entropy) = (Arc::clone(&core.clock), Arc::clone(&core.entropy));
    Explainer::new(core.store.clone(), core.directory.clone(), clock, entropy, policy)
}

fn state(core: &Core, settings: &Settings, dispatcher: Dispatcher, outside: Outside) -> Result<State, StartError> {
    let Outside { metrics, sign_on, explainer } = outside;
    let base = dispatcher.base().clone();
    let legacy = LegacyTokens {
        store: core.store.clone(),
        salts: settings.tokens.legacy_salts.clone().into(),
        until: settings.tokens.legacy_end(),
    };
    let nonces = Arc::new(NonceMint::new(&core.vault)?);
    let verifier = Verifier {
        proofs: Proofs { store: core.store.clone(), nonces, clock: Arc::clone(&core.clock) },
        directory: core.directory.clone(),
        clock: Arc::clone(&core.clock),
        base: base.clone(),
        external: sign_on.clone().map(|sign_on| -> Arc<dyn Voucher> { sign_on }),
        superuser: settings.superuser.account()?.map(Arc::new),
        legacy,
    };
    let guard = Guard { directory: core.directory.clone(), store: core.store.clone(), clock: Arc::clone(&core.clock) };
    let families = Families { store: core.store.clone(), vault: Arc::clone(&core.vault) };
    let introspector = Introspector { verifier: verifier.clone(), families: families.clone() };
    let revoker = Revoker {
        store: core.store.clone(),
        verifier: verifier.clone(),
        families,
        entropy: Arc::clone(&core.entropy),
        access_ttl_max: settings.tokens.access_ttl_max,
    };
    let (store, clock, directory) = (core.store.clone(), Arc::clone(&core.clock), core.directory.clone());
    let patience = settings.directory.patience();
    let is_ready = move || {
        store.ping().map_err(|cause| cause.to_string())?;
        if clock.now().since(directory.last_followed()) > patience {
            return Err("the change log has not been read for too long".to_owned());
        }
        Ok(())
    };
    Ok(State {
        dispatcher,
        verifier,
        guard,
        revoker,
        introspector,
        statements: Statements { directory: core.directory.clone() },
        feed: Feed { store: core.store.clone() },
        failures: Failures::new(settings.limits.client_failures),
        explainer,
        registry: core.registry.clone(),
        sign_on,
        base,
        clock: Arc::clone(&core.clock),
        metrics,
        is_ready: Arc::new(is_ready),
        body_limit: settings.limits.body_bytes,
        jwks_max_age: settings.keys.jwks_max_age,
        management_url_tokens: settings.management.url_tokens,
        test_properties: settings.testing.properties,
        started: core.clock.now(),
        pages: mail::page_options(settings),
        certificates: certificates(settings),
    })
}

/// Where proxies state the certificates of clients.
fn certificates(settings: &Settings) -> Option<CertificateHeader> {
    let TlsClientSettings { subject_header, trusted_proxies } = &settings.tls_client;
    let name = HeaderName::try_from(subject_header.as_str()).ok()?;
    let proxies = trusted_proxies.iter().map(IpAddr::to_canonical).collect();
    Some(CertificateHeader { name, proxies })
}

fn make_boundary(
    core: &Core,
    settings: &Settings,
    base: &BaseUrl,
    (metrics, explainer): (Arc<Metrics>, Explainer),
) -> Boundary {
    let limits = &settings.limits;
    let (clock, entropy) = (Arc::clone(&core.clock), Arc::clone(&core.entropy));
    let is_https = base.as_str().starts_with("https:");
    Boundary {
        limits: Limits { url: limits.uri_bytes, headers: limits.header_bytes, body: limits.body_bytes },
        cors: CorsPolicy::new(settings.server.cors_origins.clone()),
        strict_transport: if is_https { Switch::On } else { Switch::Off },
        clock: Arc::clone(&core.clock),
        new_trace: Arc::new(move || uuid_v7(clock.now(), &*entropy)),
        on_refused: Arc::new(move |refused| explainer.note(refused)),
        on_completed: Arc::new(move |completed| {
            metrics.count_http_request(completed.method.as_str(), completed.status.as_u16(), completed.duration);
        }),
    }
}
