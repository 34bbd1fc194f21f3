//! `[tls_client]`: whose word counts on the certificates of clients.

use std::net::IpAddr;

use serde::{Deserialize, Serialize};

use super::error::Fault;

/// The `[tls_client]` section. An empty header switches `tls_client_auth` off.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TlsClientSettings {
    /// The header in which a proxy states the subject of a certificate that it has verified.
    pub subject_header: String,
    /// The proxies' own addresses.
    pub trusted_proxies: Vec<IpAddr>,
}

impl TlsClientSettings {
    /// Checks the section by itself.
    ///
    /// *Errors*: the first fault, by key.
    pub fn validate(&self) -> Result<(), Fault> {
        let is_token = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
        if !self.subject_header.bytes().all(is_token) {
            return Err(Fault::new("tls_client.subject_header", "must be the name of a header"));
        }
        if !self.subject_header.is_empty() && self.trusted_proxies.is_empty() {
            let problem = "must name the proxies whose header counts: anyone can send one";
            return Err(Fault::new("tls_client.trusted_proxies", problem));
        }
        Ok(())
    }
}
