//! The way out: one SMTP server, by `lettre`. *Spec*: RFC 5321, RFC 3207, RFC 8314.

use std::time::Duration;

use lettre::transport::smtp::Error as SmtpError;
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Certificate, Tls, TlsParameters};
use lettre::transport::smtp::extension::ClientId;
use lettre::{Message, SmtpTransport, Transport};

use super::template::one_line;
use crate::domain::secret::Secret;

/// How the way to the mail server is protected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Protection {
    None,
    /// TLS from the second line on; without it nothing is sent.
    StartTls,
    /// TLS from the first byte on.
    Tls,
}

/// Which mail server, and how to speak to it.
#[derive(Clone, Debug)]
pub struct SmtpOptions {
    pub host: String,
    pub port: u16,
    pub protection: Protection,
    /// Certificates to trust beside the system's. *Shape*: PEM.
    pub authorities: Option<Vec<u8>>,
    pub credentials: Option<(String, Secret)>,
    pub timeout: Duration,
    /// What we call ourselves.
    pub hello: String,
}

/// A mail server.
pub struct Smtp {
    transport: SmtpTransport,
}

/// A mail that was not taken, in words for the administrators.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Refused {
    /// Worth another try.
    ForNow(String),
    /// The recipient or the mail itself is not wanted.
    ForGood(String),
}

impl Smtp {
    /// Prepares the way; nothing is connected before the first mail.
    ///
    /// *Errors*: TLS that cannot be set up, as one line for the operator.
    pub fn new(options: &SmtpOptions) -> Result<Self, String> {
        let tls = match options.protection {
            Protection::None => Tls::None,
            Protection::StartTls => Tls::Required(parameters(options)?),
            Protection::Tls => Tls::Wrapper(parameters(options)?),
        };
        // "Dangerous" is the builder's word for choosing the protection by hand, as the lines above do.
        let mut builder = SmtpTransport::builder_dangerous(&options.host)
            .port(options.port)
            .tls(tls)
            .timeout(Some(options.timeout))
            .hello_name(ClientId::Domain(options.hello.clone()));
        if let Some((username, password)) = &options.credentials {
            builder = builder.credentials(Credentials::new(username.clone(), password.expose().to_owned()));
        }
        Ok(Self { transport: builder.build() })
    }

    pub(super) fn send(&self, message: &Message) -> Result<(), Refused> {
        match self.transport.send(message) {
            Ok(_) => Ok(()),
            Err(cause) => {
                let words = one_line(&cause.to_string());
                Err(if is_final(&cause) { Refused::ForGood(words) } else { Refused::ForNow(words) })
            }
        }
    }
}

/// Whom to trust, and which name the certificate must bear.
fn parameters(options: &SmtpOptions) -> Result<TlsParameters, String> {
    let mut builder = TlsParameters::builder(options.host.clone());
    if let Some(pem) = &options.authorities {
        // The reader below takes a file without any certificate for an empty list.
        if !String::from_utf8_lossy(pem).contains("-----BEGIN CERTIFICATE-----") {
            return Err("smtp_ca_file holds no certificate in PEM".to_owned());
        }
        builder = builder.add_root_certificate(Certificate::from_pem(pem).map_err(unusable)?);
    }
    builder.build().map_err(unusable)
}

fn unusable(cause: SmtpError) -> String {
    let why = std::error::Error::source(&cause).map_or_else(|| cause.to_string(), ToString::to_string);
    format!("the certificates cannot be used (smtp_ca_file): {}", one_line(&why))
}

/// Whether the mail server refused this very mail. Other failures, wrong credentials among them, are the way's: they
/// pass for every mail once someone mends it.
fn is_final(cause: &SmtpError) -> bool {
    let about_the_mail = ["501", "513", "521", "550", "551", "552", "553", "555", "556"];
    cause.is_permanent() && cause.status().is_some_and(|code| about_the_mail.contains(&code.to_string().as_str()))
}
