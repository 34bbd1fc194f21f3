//! TLS on the way out (RFC 3207, RFC 8314): by it or not at all, and only to whom the operator trusts.

use std::path::PathBuf;
use std::time::Duration;

use tempfile::TempDir;
use tokengrid::config::{Settings, SmtpTls};
use tokengrid::domain::mail::MailState;
use tokengrid::domain::secret::Secret;

use crate::support::{Authority, Program, SmtpServer, Way, World, eventually, world_with};

/// Asks for a new password for acme's user.
fn ask(world: &World) {
    let asked = world.guest().form("/acme/shop/users/resetpw", "email=ann%40example.test");
    assert_eq!(asked.status, 200, "{}", asked.text);
}

fn has_sent(world: &World) -> bool {
    let mails = world.server.core.store.list_mails(world.acme.app.id.into(), None, 100).unwrap();
    mails.iter().any(|mail| mail.state == MailState::Sent)
}

/// Settings that send under TLS and with credentials.
fn under_tls(settings: &mut Settings, tls: SmtpTls, trusted: &PathBuf) {
    SmtpServer::configure(settings);
    settings.mail.smtp_tls = tls;
    settings.mail.smtp_ca_file.clone_from(trusted);
    settings.mail.smtp_username = "grid".to_owned();
    settings.mail.smtp_password = Secret::new("hunter2");
}

/// An authority and the file of its certificate.
fn authority() -> (Authority, TempDir, PathBuf) {
    let (authority, folder) = (Authority::new(), tempfile::tempdir().unwrap());
    let file = folder.path().join("authority.pem");
    authority.write(&file);
    (authority, folder, file)
}

/// Asks for a mail and waits for the failure of the first attempt; the mail is still in the outbox.
fn refusal(world: &World, smtp: &SmtpServer) -> String {
    ask(world);
    let due = world.server.core.clock.now().plus(Duration::from_secs(30));
    let failed = || {
        let mails = world.server.core.store.list_mails(world.acme.app.id.into(), None, 100).unwrap();
        mails.into_iter().find(|mail| mail.state == MailState::Queued && mail.next_attempt == due)
    };
    eventually("an attempt failed", || failed().is_some());
    let mail = failed().unwrap();
    assert!(mail.attempts == 1 && !mail.sealed.bytes.is_empty(), "{mail:?}");
    eventually("the conversation ended", || smtp.conversations() == 1);
    assert!(smtp.taken().is_empty());
    mail.last_error.unwrap()
}

#[test]
fn under_starttls_nothing_but_the_greeting_goes_in_the_clear() {
    let (authority, _folder, file) = authority();
    let smtp = SmtpServer::reached_by(Way::StartTls(authority.server("127.0.0.1")));
    let world = world_with(|settings| under_tls(settings, SmtpTls::StartTls, &file));
    ask(&world);
    assert_eq!(smtp.wait_for(1)[0].to, "ann@example.test");
    assert_eq!(smtp.in_the_clear(), ["EHLO 127.0.0.1", "STARTTLS"]);
    eventually("it is sent", || has_sent(&world));
}

#[test]
fn under_tls_nothing_at_all_goes_in_the_clear() {
    let (authority, _folder, file) = authority();
    let smtp = SmtpServer::reached_by(Way::Tls(authority.server("127.0.0.1")));
    let world = world_with(|settings| under_tls(settings, SmtpTls::Tls, &file));
    ask(&world);
    assert_eq!(smtp.wait_for(1)[0].to, "ann@example.test");
    assert!(smtp.in_the_clear().is_empty());
    eventually("it is sent", || has_sent(&world));
}

#[test]
fn a_certificate_that_is_not_trusted_gets_no_mail_and_it_waits() {
    let (authority, _folder, file) = authority();
    let ways = [
        (SmtpTls::StartTls, Way::StartTls(authority.server("127.0.0.1"))),
        (SmtpTls::Tls, Way::Tls(authority.server("127.0.0.1"))),
    ];
    for (tls, way) in ways {
        let smtp = SmtpServer::reached_by(way);
        let world = world_with(|settings| under_tls(settings, tls, &PathBuf::new()));
        let error = refusal(&world, &smtp);
        assert!(error.contains("certificate"), "{error}");
        assert!(smtp.in_the_clear().iter().all(|line| ["EHLO 127.0.0.1", "STARTTLS"].contains(&line.as_str())));
        // Once the operator trusts the authority, the same mail goes.
        let server = world.server.restart_with(|settings| under_tls(settings, tls, &file));
        let world = World { server, ..world };
        world.server.advance(Duration::from_secs(30));
        assert_eq!(smtp.wait_for(1).len(), 1);
    }
}

#[test]
fn a_certificate_of_another_name_gets_no_mail() {
    let (authority, _folder, file) = authority();
    let smtp = SmtpServer::reached_by(Way::Tls(authority.server("mail.example.test")));
    let world = world_with(|settings| under_tls(settings, SmtpTls::Tls, &file));
    let error = refusal(&world, &smtp);
    assert!(error.contains("certificate"), "{error}");
}

#[test]
fn a_mail_server_that_offers_no_starttls_hears_neither_credentials_nor_mail() {
    let (_authority, _folder, file) = authority();
    let smtp = SmtpServer::start();
    let world = world_with(|settings| under_tls(settings, SmtpTls::StartTls, &file));
    refusal(&world, &smtp);
    let heard = smtp.in_the_clear();
    assert_eq!(heard.first().map(String::as_str), Some("EHLO 127.0.0.1"));
    assert!(heard[1..].iter().all(|line| line == "QUIT"), "{heard:?}");
}

#[test]
fn a_file_of_authorities_that_cannot_be_used_ends_the_start_in_one_line() {
    let files = [
        (None, "mail.smtp_ca_file: authority.pem cannot be read: "),
        (Some(""), "mail: smtp_ca_file holds no certificate in PEM"),
        (
            Some("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"),
            "mail: the certificates cannot be used",
        ),
        (Some("-----BEGIN CERTIFICATE-----\nAA"), "mail: the certificates cannot be used"),
    ];
    for (text, fault) in files {
        let program = Program::embedded().set("TOKENGRID_MAIL__SMTP_HOST", "127.0.0.1");
        let program = program.set("TOKENGRID_MAIL__SMTP_CA_FILE", "authority.pem");
        if let Some(text) = text {
            std::fs::write(program.file("authority.pem"), text).unwrap();
        }
        let refused = program.run(&["serve", "--listen", "127.0.0.1:0"]);
        let line = refused.err.lines().last().unwrap();
        assert_eq!(refused.code, Some(2), "{line}");
        assert!(line.starts_with(&format!("tokengrid: {fault}")), "{line}");
    }
}
