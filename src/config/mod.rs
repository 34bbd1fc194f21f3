//! Settings as structs, one file a section. Nothing here is global and nothing reads the environment by itself.
//!
//! Four layers, the later over the earlier: the compiled-in `config/default.toml`, a file, the environment, flags.
//! The structs have no defaults of their own, so the file is the manual and cannot drift.

mod audit;
mod database;
mod directory;
mod error;
mod explain;
mod keys;
mod layers;
mod limits;
mod logging;
mod mail;
mod management;
mod metrics;
mod passwords;
mod registration;
mod security;
mod server;
mod sessions;
mod sso;
mod superuser;
mod testing;
mod tls_client;
mod tokens;
mod units;
mod upstream;

use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::domain::secret::Secret;

pub use audit::AuditSettings;
pub use database::DatabaseSettings;
pub use directory::DirectorySettings;
pub use error::{ConfigError, Fault};
pub use explain::ExplainSettings;
pub use keys::KeySettings;
pub use layers::{Overrides, process_environment};
pub use limits::LimitSettings;
pub use logging::{LogFormat, LoggingSettings};
pub use mail::{MailSettings, SmtpTls};
pub use management::ManagementSettings;
pub use metrics::MetricsSettings;
pub use passwords::PasswordSettings;
pub use registration::RegistrationSettings;
pub use security::SecuritySettings;
pub use server::ServerSettings;
pub use sessions::SessionSettings;
pub use sso::{SsoKind, SsoSettings};
pub use superuser::SuperuserSettings;
pub use testing::TestingSettings;
pub use tls_client::TlsClientSettings;
pub use tokens::TokenSettings;
pub use units::ThreadCount;
pub use upstream::UpstreamSettings;

/// Everything that can be set, checked.
///
/// *Shape*: one field a section of `config/default.toml`. Serializing redacts secrets.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    pub server: ServerSettings,
    pub limits: LimitSettings,
    pub database: DatabaseSettings,
    pub tokens: TokenSettings,
    pub sessions: SessionSettings,
    pub keys: KeySettings,
    pub passwords: PasswordSettings,
    pub security: SecuritySettings,
    pub management: ManagementSettings,
    pub upstream: UpstreamSettings,
    pub tls_client: TlsClientSettings,
    pub sso: SsoSettings,
    pub mail: MailSettings,
    pub registration: RegistrationSettings,
    pub superuser: SuperuserSettings,
    pub audit: AuditSettings,
    pub explain: ExplainSettings,
    pub testing: TestingSettings,
    pub directory: DirectorySettings,
    pub logging: LoggingSettings,
    pub metrics: MetricsSettings,
}

/// Reads all layers and checks the outcome. `env` is the whole environment; foreign variables in it are passed over.
///
/// *Errors*: the first fault found, as one line that names the key and where its value came from.
pub fn load(
    file: Option<&Path>,
    env: impl IntoIterator<Item = (String, String)>,
    overrides: &Overrides,
) -> Result<Settings, ConfigError> {
    let layers = layers::stack(file, env, overrides)?;
    let settings: Settings = layers.extract().map_err(|error| error::reworded(&layers, error))?;
    settings.validate().map_err(|fault| fault.at(&layers))?;
    Ok(settings)
}

impl Settings {
    /// Checks every section, and what concerns two of them.
    ///
    /// *Errors*: the first fault, by key.
    pub fn validate(&self) -> Result<(), Fault> {
        self.server.validate()?;
        self.limits.validate()?;
        self.database.validate()?;
        self.tokens.validate()?;
        self.sessions.validate()?;
        self.keys.validate()?;
        self.passwords.validate()?;
        self.security.validate()?;
        self.upstream.validate()?;
        self.tls_client.validate()?;
        self.sso.validate()?;
        self.mail.validate()?;
        self.superuser.validate()?;
        self.audit.validate()?;
        self.explain.validate()?;
        self.directory.validate()?;
        self.logging.validate()?;
        self.metrics.validate(self.server.listen)?;
        self.validate_postgres()
    }

    /// What PostgreSQL needs beyond the embedded database.
    fn validate_postgres(&self) -> Result<(), Fault> {
        if !self.database.is_postgres() {
            return Ok(());
        }
        if self.security.master_keys.is_empty() {
            let problem = "PostgreSQL needs a master key that every node knows: make one with \
                           `tokengrid keys generate` and set TOKENGRID_SECURITY__MASTER_KEYS";
            return Err(Fault::new("security.master_keys", problem));
        }
        if self.database.demands_tls() && !cfg!(feature = "postgres-tls") {
            let problem = "asks for TLS, but this build has none: build with the feature `postgres-tls`";
            return Err(Fault::new("database.url", problem));
        }
        Ok(())
    }

    /// The database to open: the configured one, or the embedded one in the data folder.
    pub fn database_url(&self) -> Secret {
        if self.database.url.expose().is_empty() {
            let file = self.server.data_dir.join("tokengrid.db");
            return Secret::new(format!("sqlite:{}", file.display()));
        }
        self.database.url.clone()
    }

    /// The effective settings as TOML, with secrets redacted.
    pub fn print(&self) -> String {
        toml::to_string(self).unwrap_or_else(|error| format!("# cannot be printed: {error}\n"))
    }
}

#[cfg(test)]
mod tests;
