//! `tokengrid serve` and `tokengrid health`.

use std::io::{Read, Write};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::args::Serve;
use super::error::CommandError;
use super::print;
use crate::config::{Settings, SuperuserSettings};
use crate::domain::secret::Secret;
use crate::domain::tenant::Switch;
use crate::manage::{DEMO, Demo};
use crate::server::{Services, StartError, Tools};

/// How long the health check waits.
const HEALTH_TIMEOUT: Duration = Duration::from_secs(3);

/// Serves until a signal says stop.
pub(super) async fn run(mut settings: Settings, arguments: &Serve) -> Result<(), CommandError> {
    let address = settings.server.listen;
    if arguments.demo {
        if !address.ip().is_loopback() {
            return Err(StartError::DemoBeyondLoopback(address).into());
        }
        settings.server.data_dir = demo_folder(&settings.server.data_dir);
        settings.superuser = demo_superuser();
        if !settings.database.url.expose().is_empty() {
            tracing::warn!("--demo writes its known passwords into the configured database: never serve it to others");
        }
    }
    let listener = TcpListener::bind(address).map_err(|source| StartError::Listen { address, source })?;
    let bound = listener.local_addr().map_err(|source| StartError::Listen { address, source })?;
    let data_dir = settings.server.data_dir.clone();
    let services = Services::build(settings, Tools::default(), bound).await?;
    let base = services.dispatcher.base().clone();
    if bound.ip().is_unspecified() && base.as_str().contains(&bound.to_string()) {
        tracing::warn!(base_url = base.as_str(), "clients cannot reach this URL: set server.base_url");
    }
    if arguments.demo && !services.core.registry.may_hold_demo().await? {
        return Err(StartError::NotADemo.into());
    }
    let demo = if arguments.demo { Some(services.core.registry.ensure_demo().await?) } else { None };
    let running = services.start(listener).await?;
    let metrics = running.metrics.as_ref().map(|(_, address)| tracing::field::display(address));
    tracing::info!(%bound, base_url = base.as_str(), data_dir = %data_dir.display(), metrics, "serving");
    if let Some(demo) = &demo {
        print::text(&greeting(base.as_str(), demo));
    }
    Ok(running.finish().await?)
}

/// The demonstration keeps to a folder of its own, so that its known passwords never lie in a database that is
/// later served to others.
fn demo_folder(configured: &Path) -> PathBuf {
    configured.join("demo")
}

/// The superuser of the demonstration, whatever the configuration says: nothing else has a known password.
fn demo_superuser() -> SuperuserSettings {
    SuperuserSettings {
        enabled: Switch::On,
        username: DEMO.superuser.0.to_owned(),
        email: DEMO.superuser_email.to_owned(),
        password: Secret::new(DEMO.superuser.1),
    }
}

/// The lines that a newcomer pastes.
fn greeting(base: &str, demo: &Demo) -> String {
    let app = format!("{base}/{}/{}", DEMO.org, DEMO.app);
    let json = |body: serde_json::Value| format!("-H 'Content-Type: application/json' -d '{body}'");
    let password = |(username, password): (&str, &str)| {
        json(serde_json::json!({ "grant_type": "password", "username": username, "password": password }))
    };
    let client = |credentials: &crate::manage::Credentials| {
        json(serde_json::json!({
            "grant_type": "client_credentials",
            "client_id": credentials.client_id,
            "client_secret": credentials.client_secret.as_ref().map(Secret::expose),
        }))
    };
    let user = format!("curl -s -X POST {app}/token {}", password(DEMO.user));
    let token = format!("$({user} | sed 's/.*\"access_token\":\"\\([^\"]*\\)\".*/\\1/')");
    [
        format!("Tokengrid serves a demonstration at {base}. Stop it with Ctrl-C.\n"),
        format!("# application user\n{user}"),
        format!("# application client\ncurl -s -X POST {app}/token {}", client(&demo.app)),
        format!("# organization client\ncurl -s -X POST {base}/management/token {}", client(&demo.org)),
        format!("# admin\ncurl -s -X POST {base}/management/token {}", password(DEMO.admin)),
        format!("# a token in use\ncurl -s {app}/users/me -H \"Authorization: Bearer {token}\"\n"),
    ]
    .join("\n")
}

/// Asks the server on this machine whether it is ready; for container health checks.
pub(super) fn check_health(listen: SocketAddr) -> Result<(), CommandError> {
    let ip = match listen.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => IpAddr::V4(Ipv4Addr::LOCALHOST),
        IpAddr::V6(ip) if ip.is_unspecified() => IpAddr::V6(Ipv6Addr::LOCALHOST),
        ip => ip,
    };
    let address = SocketAddr::new(ip, listen.port());
    let mut stream = TcpStream::connect_timeout(&address, HEALTH_TIMEOUT)?;
    stream.set_read_timeout(Some(HEALTH_TIMEOUT))?;
    write!(stream, "GET /health/ready HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n")?;
    let mut answer = String::new();
    stream.take(4_096).read_to_string(&mut answer)?;
    let status = answer.lines().next().unwrap_or_default();
    if status.split(' ').nth(1) == Some("200") {
        print::line("ready");
        Ok(())
    } else {
        Err(CommandError::Unhealthy(status.to_owned()))
    }
}
