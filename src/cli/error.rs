//! Why a command failed, and the exit code that says so.

use std::io;
use std::process::ExitCode;

use crate::config::ConfigError;
use crate::crypto::vault::VaultError;
use crate::manage::ManageError;
use crate::server::StartError;

/// Why a command failed.
#[derive(Debug, thiserror::Error)]
pub(super) enum CommandError {
    #[error(transparent)]
    Config(#[from] ConfigError),
    #[error(transparent)]
    Start(#[from] StartError),
    #[error("{0}")]
    Manage(#[from] ManageError),
    #[error("{0}")]
    Store(#[from] crate::store::StoreError),
    #[error("{0}")]
    Move(#[from] crate::manage::moving::MoveError),
    #[error("{0}")]
    Vault(#[from] VaultError),
    #[error("{0}")]
    Grant(#[from] crate::grant::GrantError),
    #[error("{0}")]
    Io(#[from] io::Error),
    #[error("{0}")]
    Telemetry(#[from] crate::telemetry::TelemetryError),
    #[error("the password could not be read from standard input: it is empty")]
    EmptyPassword,
    #[error("not healthy: {0}")]
    Unhealthy(String),
}

impl CommandError {
    /// 2 for what the operator has to configure, 1 for what went wrong.
    pub(super) fn exit_code(&self) -> ExitCode {
        match self {
            Self::Config(_) | Self::Start(_) => ExitCode::from(2),
            _ => ExitCode::FAILURE,
        }
    }
}
