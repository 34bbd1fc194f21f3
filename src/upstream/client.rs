//! One question, one answer. Addresses are checked after the name was resolved, and exactly those are connected to, so
//! that no name can lead elsewhere between the two.

use std::error::Error;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::header::{ACCEPT, AGE, CACHE_CONTROL, CONTENT_TYPE, ETAG, HeaderMap, HeaderName, IF_NONE_MATCH};
use reqwest::{Client, ClientBuilder, redirect};
use rustls_platform_verifier::BuilderVerifierExt;
use url::{Host, Url, form_urlencoded};

use super::address::is_public;
use super::berth::Berths;
use super::error::UpstreamError;
use crate::domain::secret::Secret;
use crate::domain::tenant::Switch;

const USER_AGENT: &str = concat!("tokengrid/", env!("CARGO_PKG_VERSION"));

/// Which addresses may be asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// The public internet: for URLs that a tenant's admin chose.
    Public,
    /// The own network too: for URLs of the operator's configuration.
    Anywhere,
}

/// The bounds of every question.
#[derive(Clone, Debug)]
pub struct UpstreamPolicy {
    pub reach: Reach,
    /// Whether hosts other than this machine may be asked without TLS.
    pub plain_http: Switch,
    pub connect_timeout: Duration,
    /// From the first step to the last byte.
    pub timeout: Duration,
    /// *Units*: bytes of an answer's body.
    pub response_limit: usize,
    /// Questions under way at once; a quarter of them may go to one host.
    pub concurrent: usize,
}

/// What is asked.
#[derive(Clone, Debug)]
pub struct Question {
    url: Url,
    bearer: Option<Secret>,
    form: Option<Secret>,
    etag: Option<String>,
}

impl Question {
    /// A GET.
    pub fn get(url: Url) -> Self {
        Self { url, bearer: None, form: None, etag: None }
    }

    /// The same with a secret in the query, for servers that take it nowhere else.
    pub fn secret_in_query(mut self, name: &str, secret: &Secret) -> Self {
        self.url.query_pairs_mut().append_pair(name, secret.expose());
        self
    }

    /// The same with a bearer token in the header.
    pub fn bearer(mut self, token: &Secret) -> Self {
        self.bearer = Some(token.clone());
        self
    }

    /// A POST of these fields as a form.
    pub fn form(mut self, fields: &[(&str, &str)]) -> Self {
        let text = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        self.form = Some(Secret::new(text));
        self
    }

    /// Asks only for what differs from the copy of this tag (RFC 9110 §13.1.2).
    pub fn unless(mut self, etag: Option<&str>) -> Self {
        self.etag = etag.map(str::to_owned);
        self
    }
}

/// What came back.
#[derive(Clone, Debug)]
pub struct Reply {
    pub status: u16,
    pub body: Vec<u8>,
    pub cache_control: Option<String>,
    pub age: Option<u64>,
    pub etag: Option<String>,
}

/// The one way out. A clone shares everything.
#[derive(Clone)]
pub struct Upstream {
    policy: Arc<UpstreamPolicy>,
    berths: Arc<Berths>,
    /// Made at the first question: reading the system's certificates takes a while, and most commands never ask.
    client: Arc<OnceLock<Client>>,
}

impl Upstream {
    /// A way out within these bounds.
    pub fn new(policy: UpstreamPolicy) -> Self {
        let berths = Arc::new(Berths::new(policy.concurrent));
        Self { policy: Arc::new(policy), berths, client: Arc::default() }
    }

    /// A URL that may be asked as far as its text tells: its scheme, and its host where that is an address.
    ///
    /// *Errors*: `Url`, `ForbiddenAddress`.
    pub fn check(&self, url: &str) -> Result<Url, UpstreamError> {
        let url = Url::parse(url).ok().ok_or(UpstreamError::Url("it is no URL"))?;
        let host = url.host().ok_or(UpstreamError::Url("it has no host"))?;
        if !url.username().is_empty() || url.password().is_some() {
            return Err(UpstreamError::Url("it has a user or password"));
        }
        let address = match host {
            Host::Ipv4(address) => Some(IpAddr::V4(address)),
            Host::Ipv6(address) => Some(IpAddr::V6(address)),
            Host::Domain(_) => None,
        };
        if let Some(address) = address {
            self.policy.reach.admits(address)?;
        }
        let is_this_machine = match host {
            Host::Domain(name) => name == "localhost",
            Host::Ipv4(_) | Host::Ipv6(_) => address.is_some_and(|address| address.is_loopback()),
        };
        match url.scheme() {
            "https" => Ok(url),
            "http" if is_this_machine || self.policy.plain_http == Switch::On => Ok(url),
            _ => Err(UpstreamError::Url("it is not https")),
        }
    }

    /// Asks, and reads the whole answer. A status of failure is an answer, too.
    ///
    /// *Errors*: every cause of `UpstreamError`.
    pub async fn ask(&self, question: Question) -> Result<Reply, UpstreamError> {
        self.check(question.url.as_str())?;
        let host = question.url.host_str().unwrap_or_default();
        let _berth = self.berths.take(host).ok_or(UpstreamError::Busy)?;
        match tokio::time::timeout(self.policy.timeout, self.exchange(question)).await {
            Ok(done) => done,
            Err(_elapsed) => Err(UpstreamError::TimedOut),
        }
    }

    async fn exchange(&self, question: Question) -> Result<Reply, UpstreamError> {
        let client = self.client()?;
        let mut request = match question.form {
            None => client.get(question.url),
            Some(form) => client
                .post(question.url)
                .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
                .body(form.expose().to_owned()),
        };
        request = request.header(ACCEPT, "application/json");
        if let Some(token) = question.bearer {
            request = request.bearer_auth(token.expose());
        }
        if let Some(etag) = question.etag {
            request = request.header(IF_NONE_MATCH, etag);
        }
        let mut response = request.send().await.map_err(broken)?;
        let status = response.status();
        if status.is_redirection() && status.as_u16() != 304 {
            return Err(UpstreamError::Redirected);
        }
        let limit = self.policy.response_limit;
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(broken)? {
            if body.len().saturating_add(chunk.len()) > limit {
                return Err(UpstreamError::TooLarge { limit });
            }
            body.extend_from_slice(&chunk);
        }
        let headers = response.headers();
        Ok(Reply {
            status: status.as_u16(),
            body,
            cache_control: text_of(headers, CACHE_CONTROL),
            age: text_of(headers, AGE).and_then(|age| age.parse().ok()),
            etag: text_of(headers, ETAG),
        })
    }

    fn client(&self) -> Result<Client, UpstreamError> {
        if let Some(client) = self.client.get() {
            return Ok(client.clone());
        }
        let made = self.make_client()?;
        Ok(self.client.get_or_init(|| made).clone())
    }

    fn make_client(&self) -> Result<Client, UpstreamError> {
        // Named here and not installed for the whole process: two libraries that bring one each would panic.
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let tls = rustls::ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .and_then(BuilderVerifierExt::with_platform_verifier)
            .map_err(UpstreamError::Certificates)?
            .with_no_client_auth();
        ClientBuilder::new()
            .tls_backend_preconfigured(tls)
            .dns_resolver(Arc::new(CheckedResolver(self.policy.reach)))
            .redirect(redirect::Policy::none())
            // A proxy of the environment would resolve names for us, unchecked.
            .no_proxy()
            .referer(false)
            .user_agent(USER_AGENT)
            .connect_timeout(self.policy.connect_timeout)
            // A kept connection would belong to the thread that opened it, and its address was checked long ago.
            .pool_max_idle_per_host(0)
            .build()
            .map_err(broken)
    }
}

impl Reach {
    fn admits(self, address: IpAddr) -> Result<(), UpstreamError> {
        match self {
            Self::Public if !is_public(address) => Err(UpstreamError::ForbiddenAddress),
            Self::Public | Self::Anywhere => Ok(()),
        }
    }
}

fn text_of(headers: &HeaderMap, name: HeaderName) -> Option<String> {
    headers.get(name).and_then(|value| value.to_str().ok()).map(str::to_owned)
}

/// The library's error without its URL, or our own resolver's refusal inside it.
fn broken(cause: reqwest::Error) -> UpstreamError {
    let mut source: Option<&(dyn Error + 'static)> = Some(&cause);
    while let Some(inner) = source {
        if inner.is::<NotPublic>() {
            return UpstreamError::ForbiddenAddress;
        }
        source = inner.source();
    }
    if cause.is_timeout() {
        return UpstreamError::TimedOut;
    }
    UpstreamError::Broken(cause.without_url())
}

/// The refusal of a name that leads into the own network.
#[derive(Debug, thiserror::Error)]
#[error("the name leads to an address that is not public")]
struct NotPublic;

/// The system's resolver, less the addresses that are out of reach.
struct CheckedResolver(Reach);

impl Resolve for CheckedResolver {
    fn resolve(&self, name: Name) -> Resolving {
        let reach = self.0;
        Box::pin(async move {
            let found: Vec<SocketAddr> = tokio::net::lookup_host((name.as_str(), 0)).await?.collect();
            // One inner address among outer ones is a trap: the whole name is refused.
            if found.iter().any(|address| reach.admits(address.ip()).is_err()) {
                return Err(NotPublic.into());
            }
            let addresses: Addrs = Box::new(found.into_iter());
            Ok(addresses)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn upstream(reach: Reach, plain_http: Switch) -> Upstream {
        Upstream::new(UpstreamPolicy {
            reach,
            plain_http,
            connect_timeout: Duration::from_secs(1),
            timeout: Duration::from_secs(1),
            response_limit: 10,
            concurrent: 1,
        })
    }

    #[test]
    fn a_strangers_url_is_https_and_leads_outside() {
        let public = upstream(Reach::Public, Switch::Off);
        assert!(public.check("https://graph.example.test/me").is_ok());
        for bad in [
            "http://graph.example.test/me",
            "https://127.0.0.1/",
            "https://[::1]/",
            "https://169.254.169.254/latest/meta-data",
            "https://2130706433/",
            "https://0x7f.1/",
            "https://[::ffff:10.0.0.1]/",
            "https://user:word@example.test/",
            "ftp://example.test/",
            "file:///etc/passwd",
            "gopher://example.test/",
            "graph.example.test",
            "",
        ] {
            assert!(public.check(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn plain_http_is_for_this_machine_unless_allowed() {
        let inner = upstream(Reach::Anywhere, Switch::Off);
        assert!(inner.check("http://127.0.0.1:1/").is_ok());
        assert!(inner.check("http://localhost/").is_ok());
        assert!(inner.check("http://10.0.0.1/").is_err());
        assert!(upstream(Reach::Anywhere, Switch::On).check("http://10.0.0.1/").is_ok());
        assert!(upstream(Reach::Public, Switch::On).check("http://10.0.0.1/").is_err());
    }

    #[test]
    fn a_name_that_leads_to_this_machine_is_refused_after_it_was_resolved() {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        let public = upstream(Reach::Public, Switch::On);
        let url = public.check("http://localhost:1/").expect("its text tells nothing");
        let refused = runtime.block_on(public.ask(Question::get(url))).expect_err("it is this machine");
        assert!(matches!(refused, UpstreamError::ForbiddenAddress), "{refused:?}");
    }
}
