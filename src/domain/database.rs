//! What the configuration and the store both say of a database, said once.

use serde::{Deserialize, Serialize};

/// When SQLite calls a write done. PostgreSQL's durability is its own server's setting.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Durability {
    /// After the disk has it, at every commit: what was acknowledged survives a power cut.
    #[default]
    Full,
    /// After the operating system has it: survives the death of the process; a power cut may lose the last commits.
    Normal,
}

/// Whether a PostgreSQL URL refuses a connection without TLS (libpq's `sslmode`).
pub fn demands_tls(url: &str) -> bool {
    let parameters = url.split_once('?').map_or("", |(_, parameters)| parameters);
    parameters
        .split('&')
        .filter_map(|parameter| parameter.strip_prefix("sslmode="))
        .any(|mode| mode == "require" || mode.starts_with("verify-"))
}
