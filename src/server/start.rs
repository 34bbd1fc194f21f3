//! Starting and stopping: why a start failed, and the work that runs beside the requests.

use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use super::mail::Postman;
use crate::access::Explainer;
use crate::config::Fault;
use crate::crypto::password::LaneError;
use crate::crypto::vault::VaultError;
use crate::directory::Directory;
use crate::manage::{ManageError, Registry};
use crate::store::StoreError;
use crate::upstream::UpstreamError;

/// Before the first round of maintenance: soon, so that a server that is often restarted has one too.
const FIRST_MAINTENANCE: Duration = Duration::from_secs(60);
/// Between two rounds of maintenance.
const MAINTENANCE: Duration = Duration::from_secs(600);

/// Between two batches of refusals.
const REFUSALS: Duration = Duration::from_millis(500);

/// Why the server or a command could not start. One line, for an operator.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    #[error("server.listen: cannot listen on {address}: {source}")]
    Listen { address: SocketAddr, source: io::Error },
    #[error("sso.url: {0}")]
    SignOn(#[source] UpstreamError),
    #[error("metrics.listen: cannot listen on {address}: {source}; another address or \"off\" will do")]
    MetricsListen { address: SocketAddr, source: io::Error },
    #[error("server.listen: --demo has known passwords and serves on a loopback address only, not on {0}")]
    DemoBeyondLoopback(SocketAddr),
    #[error(
        "security.master_keys: PostgreSQL needs a master key that every node knows; \
         make one with `tokengrid keys generate` and set TOKENGRID_SECURITY__MASTER_KEYS"
    )]
    NoMasterKey,
    #[error("security.master_keys: the key file {path} cannot be used: {source}")]
    KeyFile { path: PathBuf, source: io::Error },
    #[error("security.master_keys: others may read the key file {path}; make its mode 0600")]
    KeyFileReadable { path: PathBuf },
    #[error("security.master_keys: the database exists, but its key file {path} is gone; restore it from a backup")]
    LostMasterKey { path: PathBuf },
    #[error("--demo keeps to itself: the database at hand holds an organization that the demonstration did not make")]
    NotADemo,
    #[error(transparent)]
    Config(#[from] Fault),
    #[error("superuser.username, superuser.email: another admin has this name or address")]
    SuperuserTaken,
    #[error("security.master_keys: {0}")]
    Vault(#[from] VaultError),
    #[error("database.url: there is no database at {path}; `tokengrid serve` or `tokengrid org create` makes one")]
    NoDatabase { path: PathBuf },
    #[error("database.url: the database is not of this version; run `tokengrid migrate`")]
    SchemaBehind,
    #[error("database.url: {}", chain(.0))]
    Store(#[from] StoreError),
    #[error("passwords: {0}")]
    Lane(#[from] LaneError),
    #[error("{}", chain(.0))]
    Manage(#[from] ManageError),
    #[error("mail: {0}")]
    Mail(String),
    #[error("mail.smtp_ca_file: {path} cannot be read: {source}")]
    MailAuthorities { path: PathBuf, source: io::Error },
    #[error("a background thread cannot be started: {0}")]
    Thread(#[source] io::Error),
}

impl StartError {
    pub(super) fn superuser(cause: ManageError) -> Self {
        match cause {
            ManageError::Taken { .. } => Self::SuperuserTaken,
            other => Self::Manage(other),
        }
    }

    pub(super) fn listen(address: SocketAddr) -> impl FnOnce(io::Error) -> Self {
        move |source| Self::Listen { address, source }
    }
}

/// An error with its causes, on one line.
fn chain(error: &dyn std::error::Error) -> String {
    let mut line = error.to_string();
    let mut cause = error.source();
    while let Some(next) = cause {
        let text = next.to_string();
        if !line.contains(&text) {
            line = format!("{line}: {}", text.trim().replace('\n', " "));
        }
        cause = next.source();
    }
    line
}

/// How often the work beside the requests looks around.
#[derive(Clone, Copy, Debug)]
pub(super) struct Rhythm {
    pub(super) change_log: Duration,
    pub(super) notices: Duration,
}

/// The work beside the requests: telling clients of ended sessions, following the change log, maintenance, and writing
/// refusals.
pub(super) struct Background {
    stop: Sender<()>,
    follower: JoinHandle<()>,
    maintenance: actix_web::rt::task::JoinHandle<()>,
    notices: actix_web::rt::task::JoinHandle<()>,
    postman: Option<Postman>,
    explainer: Explainer,
    refusals: actix_web::rt::task::JoinHandle<()>,
}

impl Background {
    pub(super) fn begin(
        directory: Directory,
        registry: Registry,
        rhythm: Rhythm,
        postman: Option<Postman>,
        explainer: Explainer,
    ) -> Result<Self, StartError> {
        let (stop, stopped) = mpsc::channel();
        let follow = move || {
            while stopped.recv_timeout(rhythm.change_log) == Err(RecvTimeoutError::Timeout) {
                if let Err(cause) = directory.follow() {
                    tracing::warn!(%cause, "the change log could not be read");
                }
            }
        };
        let follower =
            thread::Builder::new().name("change-log".to_owned()).spawn(follow).map_err(StartError::Thread)?;
        let notices = actix_web::rt::spawn(tell(registry.clone(), rhythm.notices));
        let maintenance = actix_web::rt::spawn(maintain(registry));
        let refusals = actix_web::rt::spawn(write_refusals(explainer.clone()));
        Ok(Self { stop, follower, maintenance, notices, postman, explainer, refusals })
    }

    pub(super) async fn end(self) {
        self.maintenance.abort();
        self.notices.abort();
        self.refusals.abort();
        self.explainer.flush().await;
        if let Some(postman) = self.postman {
            postman.end();
        }
        drop(self.stop);
        if self.follower.join().is_err() {
            tracing::error!("the change-log thread panicked");
        }
    }
}

async fn write_refusals(explainer: Explainer) {
    loop {
        actix_web::rt::time::sleep(REFUSALS).await;
        explainer.flush().await;
    }
}

async fn tell(registry: Registry, poll: Duration) {
    loop {
        if let Err(cause) = registry.deliver_notices().await {
            tracing::warn!(%cause, "the notices of ended sessions could not be delivered");
        }
        registry.notices.wait(poll).await;
    }
}

async fn maintain(registry: Registry) {
    let mut pause = FIRST_MAINTENANCE;
    loop {
        actix_web::rt::time::sleep(pause).await;
        pause = MAINTENANCE;
        match registry.maintain().await {
            Ok(cleaned) => tracing::info!(?cleaned, "maintenance"),
            Err(cause) => tracing::warn!(%cause, "maintenance was cut short"),
        }
    }
}
