//! Metrics for Prometheus, in the OpenMetrics text format. Every label comes from a closed list.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use prometheus_client::collector::Collector;
use prometheus_client::encoding::{DescriptorEncoder, EncodeLabelSet, EncodeMetric, text};
use prometheus_client::metrics::counter::{ConstCounter, Counter};
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::metrics::info::Info;
use prometheus_client::registry::{Registry, Unit};

use crate::domain::authority::Authority;

/// The media type of [`Metrics::render`].
pub const METRICS_CONTENT_TYPE: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// From half a millisecond, which memory answers in, to the longest wait that a request may be allowed.
const BUCKETS: [f64; 14] = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0];

/// How a token was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GrantLabel {
    Password,
    Pin,
    ClientCredentials,
    RefreshToken,
    AuthorizationCode,
    DeviceCode,
    TokenExchange,
    JwtBearer,
    /// Absent, unknown or misspelled.
    Other,
}

impl GrantLabel {
    /// The label of a request's `grant_type`.
    pub fn of(grant_type: &str) -> Self {
        [
            Self::Password,
            Self::Pin,
            Self::ClientCredentials,
            Self::RefreshToken,
            Self::AuthorizationCode,
            Self::DeviceCode,
            Self::TokenExchange,
            Self::JwtBearer,
        ]
        .into_iter()
        .find(|label| label.as_str() == grant_type)
        .unwrap_or(Self::Other)
    }

    const fn as_str(self) -> &'static str {
        match self {
            Self::Password => "password",
            Self::Pin => "pin",
            Self::ClientCredentials => "client_credentials",
            Self::RefreshToken => "refresh_token",
            Self::AuthorizationCode => "authorization_code",
            Self::DeviceCode => "urn:ietf:params:oauth:grant-type:device_code",
            Self::TokenExchange => "urn:ietf:params:oauth:grant-type:token-exchange",
            Self::JwtBearer => "urn:ietf:params:oauth:grant-type:jwt-bearer",
            Self::Other => "other",
        }
    }
}

/// What became of a token request.
///
/// *Spec*: the refusals are those of RFC 6749 §5.2.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenOutcome {
    Issued,
    InvalidRequest,
    InvalidClient,
    InvalidGrant,
    UnauthorizedClient,
    UnsupportedGrantType,
    InvalidScope,
    /// Turned away with 503.
    Busy,
    /// The server's own fault.
    Failed,
    /// A refusal in words of Usergrid's alone.
    Other,
}

impl TokenOutcome {
    /// The label of the error code that was answered, or of `ok`.
    pub fn of(code: &str) -> Self {
        match code {
            "ok" => Self::Issued,
            "invalid_request" => Self::InvalidRequest,
            "invalid_client" => Self::InvalidClient,
            "invalid_grant" => Self::InvalidGrant,
            "unauthorized_client" => Self::UnauthorizedClient,
            "unsupported_grant_type" => Self::UnsupportedGrantType,
            "invalid_scope" => Self::InvalidScope,
            "temporarily_unavailable" => Self::Busy,
            "server_error" => Self::Failed,
            _ => Self::Other,
        }
    }

    const fn as_str(self) -> &'static str {
        match self {
            Self::Issued => "issued",
            Self::InvalidRequest => "invalid_request",
            Self::InvalidClient => "invalid_client",
            Self::InvalidGrant => "invalid_grant",
            Self::UnauthorizedClient => "unauthorized_client",
            Self::UnsupportedGrantType => "unsupported_grant_type",
            Self::InvalidScope => "invalid_scope",
            Self::Busy => "busy",
            Self::Failed => "failed",
            Self::Other => "other",
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct TokenLabels {
    grant_type: &'static str,
    authority: &'static str,
    outcome: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct HttpLabels {
    method: &'static str,
    status: &'static str,
}

/// How often the directory could answer from memory, since the start.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DirectoryCounts {
    pub hits: u64,
    pub misses: u64,
}

/// What is measured of the password lane, which is older than the server's other metrics. A cheap clone.
#[derive(Clone, Debug)]
pub struct PasswordMetrics {
    wait: Histogram,
    busy: Counter,
}

impl Default for PasswordMetrics {
    fn default() -> Self {
        Self { wait: Histogram::new(BUCKETS), busy: Counter::default() }
    }
}

impl PasswordMetrics {
    /// Notes how long a password waited for its thread.
    pub fn observe_wait(&self, waited: Duration) {
        self.wait.observe(waited.as_secs_f64());
    }

    /// Counts a password that was turned away because the wait would have been too long.
    pub fn count_busy(&self) {
        self.busy.inc();
    }
}

/// All metrics of one server. A cheap clone of the same counters.
#[derive(Clone)]
pub struct Metrics {
    registry: Arc<Registry>,
    token_requests: Family<TokenLabels, Counter>,
    http_requests: Family<HttpLabels, Counter>,
    http_duration: Histogram,
}

impl Metrics {
    /// Makes the metrics of one server; `directory` is asked at each scrape.
    pub fn new(passwords: &PasswordMetrics, directory: impl Fn() -> DirectoryCounts + Send + Sync + 'static) -> Self {
        let mut registry = Registry::with_prefix("tokengrid");
        let token_requests = Family::default();
        let http_requests = Family::default();
        let http_duration = Histogram::new(BUCKETS);
        registry.register("build", "What is running", Info::new([("version", env!("CARGO_PKG_VERSION"))].to_vec()));
        registry.register("token_requests", "Requests for a token", token_requests.clone());
        registry.register("http_requests", "Requests answered", http_requests.clone());
        let took = "Time from the request's head to the answer's head";
        registry.register_with_unit("http_request_duration", took, Unit::Seconds, http_duration.clone());
        let waited = "Time a password waited for a hashing thread";
        registry.register_with_unit("password_wait", waited, Unit::Seconds, passwords.wait.clone());
        registry.register("password_busy", "Passwords turned away, the wait was too long", passwords.busy.clone());
        registry.register_collector(Box::new(DirectoryCollector(Box::new(directory))));
        Self { registry: Arc::new(registry), token_requests, http_requests, http_duration }
    }

    /// Counts a request for a token. `authority` is that of the token, or the one asked for; `None` when refused
    /// before it was known.
    pub fn count_token_request(&self, grant: GrantLabel, authority: Option<Authority>, outcome: TokenOutcome) {
        let labels = TokenLabels {
            grant_type: grant.as_str(),
            authority: authority.map_or("none", Authority::as_str),
            outcome: outcome.as_str(),
        };
        self.token_requests.get_or_create(&labels).inc();
    }

    /// Counts an answered request, and how long it took.
    pub fn count_http_request(&self, method: &str, status: u16, took: Duration) {
        let labels = HttpLabels { method: method_label(method), status: status_class(status) };
        self.http_requests.get_or_create(&labels).inc();
        self.http_duration.observe(took.as_secs_f64());
    }

    /// Everything as OpenMetrics text, of the type [`METRICS_CONTENT_TYPE`].
    ///
    /// *Errors*: a metric that cannot be written as text, which is a defect.
    pub fn render(&self) -> Result<String, fmt::Error> {
        let mut page = String::new();
        text::encode(&mut page, &self.registry)?;
        Ok(page)
    }
}

/// A method of the standards, or `other`: a caller may invent any word.
fn method_label(method: &str) -> &'static str {
    ["GET", "POST", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS"]
        .into_iter()
        .find(|known| *known == method)
        .unwrap_or("other")
}

fn status_class(status: u16) -> &'static str {
    match status {
        100..200 => "1xx",
        200..300 => "2xx",
        300..400 => "3xx",
        400..500 => "4xx",
        _ => "5xx",
    }
}

struct DirectoryCollector(Box<dyn Fn() -> DirectoryCounts + Send + Sync>);

impl fmt::Debug for DirectoryCollector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("DirectoryCollector")
    }
}

impl Collector for DirectoryCollector {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> fmt::Result {
        let DirectoryCounts { hits, misses } = (self.0)();
        for (name, help, count) in [
            ("directory_hits", "Lookups answered from memory", hits),
            ("directory_misses", "Lookups that asked the database", misses),
        ] {
            let counter = ConstCounter::new(count);
            let metric = encoder.encode_descriptor(name, help, None, counter.metric_type())?;
            counter.encode(metric)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rendered(act: impl FnOnce(&Metrics)) -> String {
        let passwords = PasswordMetrics::default();
        passwords.observe_wait(Duration::from_millis(30));
        passwords.count_busy();
        let metrics = Metrics::new(&passwords, || DirectoryCounts { hits: 7, misses: 2 });
        act(&metrics);
        metrics.render().expect("text")
    }

    #[test]
    fn a_page_holds_every_metric() {
        let page = rendered(|metrics| {
            metrics.count_token_request(GrantLabel::Password, Some(Authority::AppUser), TokenOutcome::Issued);
            metrics.count_token_request(GrantLabel::of("x'y"), None, TokenOutcome::UnsupportedGrantType);
            metrics.count_http_request("POST", 200, Duration::from_millis(3));
        });
        for line in [
            concat!("tokengrid_build_info{version=\"", env!("CARGO_PKG_VERSION"), "\"} 1"),
            "tokengrid_token_requests_total{grant_type=\"password\",authority=\"app_user\",outcome=\"issued\"} 1",
            "tokengrid_token_requests_total{grant_type=\"other\",authority=\"none\",\
             outcome=\"unsupported_grant_type\"} 1",
            "tokengrid_http_requests_total{method=\"POST\",status=\"2xx\"} 1",
            "tokengrid_http_request_duration_seconds_bucket{le=\"0.0025\"} 0",
            "tokengrid_http_request_duration_seconds_bucket{le=\"0.005\"} 1",
            "tokengrid_password_wait_seconds_count 1",
            "tokengrid_password_busy_total 1",
            "tokengrid_directory_hits_total 7",
            "tokengrid_directory_misses_total 2",
        ] {
            assert!(page.lines().any(|found| found == line), "the page lacks {line}\n{page}");
        }
        assert!(page.ends_with("# EOF\n"));
    }

    #[test]
    fn a_clone_counts_into_the_same_page() {
        let page = rendered(|metrics| metrics.clone().count_http_request("GET", 200, Duration::ZERO));
        assert!(page.contains("tokengrid_http_requests_total{method=\"GET\",status=\"2xx\"} 1"), "{page}");
    }

    #[test]
    fn invented_methods_share_one_label() {
        let page = rendered(|metrics| {
            for method in ["BREW", "get", "PROPFIND"] {
                metrics.count_http_request(method, 405, Duration::ZERO);
            }
        });
        assert!(page.contains("tokengrid_http_requests_total{method=\"other\",status=\"4xx\"} 3"), "{page}");
    }

    #[test]
    fn grant_types_are_labelled_by_exact_name() {
        assert_eq!(GrantLabel::of("password"), GrantLabel::Password);
        assert_eq!(GrantLabel::of("client_credentials"), GrantLabel::ClientCredentials);
        assert_eq!(GrantLabel::of("refresh_token"), GrantLabel::RefreshToken);
        assert_eq!(GrantLabel::of("Password"), GrantLabel::Other);
    }

    #[test]
    fn outcomes_are_labelled_by_the_code_that_was_answered() {
        assert_eq!(TokenOutcome::of("ok").as_str(), "issued");
        assert_eq!(TokenOutcome::of("temporarily_unavailable").as_str(), "busy");
        assert_eq!(TokenOutcome::of("server_error").as_str(), "failed");
        assert_eq!(TokenOutcome::of("no such code").as_str(), "other");
        for code in ["invalid_request", "invalid_client", "invalid_grant", "unauthorized_client", "invalid_scope"] {
            assert_eq!(TokenOutcome::of(code).as_str(), code);
        }
    }
}
