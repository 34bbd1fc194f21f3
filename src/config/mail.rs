//! `[mail]`: how mail leaves the server, how long it is tried, and how much of it may be asked for.

use std::path::PathBuf;
use std::time::Duration;

use serde::{Deserialize, Serialize, Serializer};

use super::error::{Fault, within};
use super::units;
use crate::domain::name::Email;
use crate::domain::secret::Secret;
use crate::domain::tenant::Switch;

/// How the way to the mail server is protected.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SmtpTls {
    /// Not at all: for a mail server on the same machine.
    None,
    /// From the second line on (RFC 3207); without it nothing is sent.
    StartTls,
    /// From the first byte on (RFC 8314).
    Tls,
}

/// The `[mail]` section.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MailSettings {
    /// Empty: mail is held.
    pub smtp_host: String,
    pub smtp_port: u16,
    pub smtp_tls: SmtpTls,
    /// Certificates to trust beside the system's. Empty: none.
    pub smtp_ca_file: PathBuf,
    /// Empty: the mail server asks for no credentials.
    pub smtp_username: String,
    #[serde(serialize_with = "print_secret")]
    pub smtp_password: Secret,
    #[serde(rename = "smtp_timeout_seconds", with = "units::seconds")]
    pub smtp_timeout: Duration,
    pub from: String,
    pub from_name: String,
    pub reply_to: String,
    #[serde(rename = "poll_ms", with = "units::millis")]
    pub poll: Duration,
    #[serde(rename = "retry_first_seconds", with = "units::seconds")]
    pub retry_first: Duration,
    #[serde(rename = "retry_longest_seconds", with = "units::seconds")]
    pub retry_longest: Duration,
    #[serde(rename = "give_up_seconds", with = "units::seconds")]
    pub give_up: Duration,
    #[serde(rename = "keep_seconds", with = "units::seconds")]
    pub keep: Duration,
    #[serde(rename = "reset_ttl_seconds", with = "units::seconds")]
    pub reset_ttl: Duration,
    #[serde(rename = "confirm_ttl_seconds", with = "units::seconds")]
    pub confirm_ttl: Duration,
    /// Mails to one address of one tenant in an hour that nobody with rights asked for.
    pub per_address: u32,
    /// Requests of one network address in an hour that may lead to a mail.
    pub per_source: u32,
    /// Whether opening a link of activation or confirmation is enough (Usergrid), or a button has to be pressed.
    pub links_act: Switch,
}

impl MailSettings {
    /// Checks the section by itself.
    ///
    /// *Errors*: the first fault, by key.
    pub fn validate(&self) -> Result<(), Fault> {
        let address = |key, text: &str| match Email::parse(text) {
            Err(_) if !text.is_empty() => Err(Fault::new(key, format!("{text:?} is not an email address"))),
            _ => Ok(()),
        };
        address("mail.from", &self.from)?;
        address("mail.reply_to", &self.reply_to)?;
        if self.from.is_empty() {
            return Err(Fault::new("mail.from", "must be an email address"));
        }
        if self.from_name.contains(char::is_control) {
            return Err(Fault::new("mail.from_name", "must be one line"));
        }
        if !self.smtp_username.is_empty() && self.smtp_tls == SmtpTls::None && !self.is_near() {
            return Err(Fault::new("mail.smtp_tls", "must not be none where a password goes to another machine"));
        }
        within("mail.smtp_timeout_seconds", self.smtp_timeout.as_secs(), 1..=300)?;
        within("mail.poll_ms", self.poll.as_millis(), 10..=60_000)?;
        within("mail.retry_first_seconds", self.retry_first.as_secs(), 1..=3_600)?;
        within("mail.retry_longest_seconds", self.retry_longest.as_secs(), 1..=86_400)?;
        within("mail.give_up_seconds", self.give_up.as_secs(), 60..=2_592_000)?;
        within("mail.keep_seconds", self.keep.as_secs(), 3_600..=31_536_000)?;
        within("mail.reset_ttl_seconds", self.reset_ttl.as_secs(), 60..=86_400)?;
        within("mail.confirm_ttl_seconds", self.confirm_ttl.as_secs(), 60..=2_592_000)?;
        within("mail.per_address", self.per_address, 1..=1_000)?;
        within("mail.per_source", self.per_source, 1..=1_000_000)
    }

    fn is_near(&self) -> bool {
        let host = self.smtp_host.as_str();
        host == "localhost" || host.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
    }
}

fn print_secret<S: Serializer>(secret: &Secret, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(if secret.expose().is_empty() { "" } else { "[secret]" })
}
