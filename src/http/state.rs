//! What every handler may reach.

use std::sync::Arc;
use std::time::Duration;

use actix_web::http::header::HeaderName;

use crate::access::{Explainer, Failures, Feed, Guard, Introspector, Revoker, Statements, Verifier};
use crate::domain::clock::{Clock, Moment};
use crate::domain::place::BaseUrl;
use crate::domain::tenant::Switch;
use crate::grant::Dispatcher;
use crate::http::extract::client::CertificateHeader;
use crate::manage::{Registry, SignOn};
use crate::telemetry::Metrics;

/// Whether the server can serve, asked by the readiness route. Runs on the blocking pool.
pub type ReadinessCheck = Arc<dyn Fn() -> Result<(), String> + Send + Sync>;

/// The services behind the routes; one for all workers.
pub struct State {
    pub dispatcher: Dispatcher,
    pub verifier: Verifier,
    pub guard: Guard,
    pub revoker: Revoker,
    pub introspector: Introspector,
    pub statements: Statements,
    pub feed: Feed,
    /// Who failed to prove themselves at introspection and revocation.
    pub failures: Failures,
    pub explainer: Explainer,
    pub registry: Registry,
    /// Who speaks for admins, where that is another server.
    pub sign_on: Option<Arc<SignOn>>,
    pub base: BaseUrl,
    pub clock: Arc<dyn Clock>,
    pub metrics: Arc<Metrics>,
    pub is_ready: ReadinessCheck,
    /// *Units*: bytes.
    pub body_limit: usize,
    pub jwks_max_age: Duration,
    /// Whether tokens may come as `?access_token=` to the management place.
    pub management_url_tokens: Switch,
    /// Whether `/testproperties` is served.
    pub test_properties: Switch,
    pub started: Moment,
    pub pages: PageOptions,
    /// Where proxies state the certificates of clients; `None` switches `tls_client_auth` off.
    pub certificates: Option<CertificateHeader>,
}

/// What the pages for people need to know.
#[derive(Clone, Debug)]
pub struct PageOptions {
    /// The sources of `frame-ancestors` for the page that portals frame.
    pub frame_ancestors: String,
    /// The header in which the proxy in front states the caller's address.
    pub client_address_header: Option<HeaderName>,
    /// Whether opening a link of activation or confirmation is enough.
    pub links_act: Switch,
}
