//! Mail as configured: what the outbox is told, and the thread that empties it.

use std::path::Path;
use std::sync::Arc;
use std::thread::{self, JoinHandle};
use std::time::Duration;
use std::{fs, io};

use actix_web::http::header::HeaderName;
use url::Url;

use super::core::Core;
use super::start::StartError;
use crate::config::{MailSettings, Settings, SmtpTls};
use crate::domain::place::BaseUrl;
use crate::http::state::PageOptions;
use crate::mail::{Bell, Delivery, MailPolicy, Protection, Sender, SenderPolicy, Smtp, SmtpOptions};

/// What the outbox is told.
pub(super) fn policy(settings: &MailSettings) -> MailPolicy {
    MailPolicy {
        delivery: if settings.smtp_host.is_empty() { Delivery::Hold } else { Delivery::Send },
        reset_ttl: settings.reset_ttl,
        confirm_ttl: settings.confirm_ttl,
        keep: settings.keep,
        per_address: settings.per_address,
        per_source: settings.per_source,
    }
}

/// What the pages behind links are told.
pub(super) fn page_options(settings: &Settings) -> PageOptions {
    let origins = &settings.server.frame_origins;
    PageOptions {
        frame_ancestors: if origins.is_empty() { "'none'".to_owned() } else { origins.join(" ") },
        client_address_header: HeaderName::try_from(settings.server.client_address_header.as_str()).ok(),
        links_act: settings.mail.links_act,
    }
}

/// The thread that empties the outbox.
pub(super) struct Postman {
    bell: Bell,
    thread: JoinHandle<()>,
}

impl Postman {
    /// Starts the thread; `None` where no mail server is configured.
    ///
    /// *Errors*: TLS or an address that cannot be used.
    pub(super) fn begin(core: &Core, settings: &MailSettings, base: &BaseUrl) -> Result<Option<Self>, StartError> {
        if settings.smtp_host.is_empty() {
            tracing::info!("no mail server is configured: mail is held in the outbox");
            return Ok(None);
        }
        let host = host_of(base);
        let smtp = Smtp::new(&smtp_options(settings, &host)?).map_err(StartError::Mail)?;
        let bell = core.registry.outbox.bell();
        let base = (core.store.clone(), Arc::clone(&core.vault), Arc::clone(&core.clock));
        let sender = Sender::new(base, smtp, sender_policy(settings, host), bell.clone()).map_err(StartError::Mail)?;
        let thread = thread::Builder::new().name("mail".to_owned()).spawn(move || sender.run());
        Ok(Some(Self { bell, thread: thread.map_err(|cause: io::Error| StartError::Thread(cause))? }))
    }

    /// Stops after the mail in hand, so that what the mail server took is written down.
    pub(super) fn end(self) {
        self.bell.stop();
        if self.thread.join().is_err() {
            tracing::error!("the mail thread panicked");
        }
    }
}

fn smtp_options(settings: &MailSettings, host: &str) -> Result<SmtpOptions, StartError> {
    let username = Some(settings.smtp_username.clone()).filter(|name| !name.is_empty());
    Ok(SmtpOptions {
        host: settings.smtp_host.clone(),
        port: settings.smtp_port,
        protection: match settings.smtp_tls {
            SmtpTls::None => Protection::None,
            SmtpTls::StartTls => Protection::StartTls,
            SmtpTls::Tls => Protection::Tls,
        },
        authorities: authorities(&settings.smtp_ca_file)?,
        credentials: username.map(|name| (name, settings.smtp_password.clone())),
        timeout: settings.smtp_timeout,
        hello: host.to_owned(),
    })
}

fn authorities(path: &Path) -> Result<Option<Vec<u8>>, StartError> {
    if path.as_os_str().is_empty() {
        return Ok(None);
    }
    let unreadable = |source| StartError::MailAuthorities { path: path.to_path_buf(), source };
    fs::read(path).map(Some).map_err(unreadable)
}

fn sender_policy(settings: &MailSettings, host: String) -> SenderPolicy {
    SenderPolicy {
        from: settings.from.clone(),
        from_name: settings.from_name.clone(),
        reply_to: Some(settings.reply_to.clone()).filter(|to| !to.is_empty()),
        host,
        poll: settings.poll,
        retry_first: settings.retry_first,
        retry_longest: settings.retry_longest,
        give_up: settings.give_up,
        // A conversation has about ten steps, each with its own patience.
        lease: settings.smtp_timeout.saturating_mul(12).saturating_add(Duration::from_secs(60)),
    }
}

fn host_of(base: &BaseUrl) -> String {
    Url::parse(base.as_str())
        .ok()
        .and_then(|url| url.host_str().map(str::to_owned))
        .unwrap_or_else(|| "localhost".to_owned())
}
