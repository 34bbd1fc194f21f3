//! A mail as the bytes of RFC 5322: plain text and HTML side by side, headers that no value can break out of.

use std::time::{Duration, UNIX_EPOCH};

use lettre::message::header::{Header, HeaderName, HeaderValue};
use lettre::message::{Mailbox, MultiPart};
use lettre::{Address, Message};

use super::template::{Words, one_line};
use crate::domain::mail::Mail;

/// `Auto-Submitted: auto-generated`, so that no out-of-office answer comes back (RFC 3834 §5).
#[derive(Clone)]
struct AutoSubmitted;

impl Header for AutoSubmitted {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("Auto-Submitted")
    }

    fn parse(_: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(Self)
    }

    fn display(&self) -> HeaderValue {
        HeaderValue::new(Self::name(), "auto-generated".to_owned())
    }
}

/// Who mail comes from.
#[derive(Clone, Debug)]
pub(super) struct Letterhead {
    pub(super) from: Mailbox,
    pub(super) reply_to: Option<Mailbox>,
    /// The right side of every Message-ID.
    pub(super) host: String,
}

impl Letterhead {
    /// Reads the configured addresses.
    ///
    /// *Errors*: an address that no mail server would take.
    pub(super) fn new(from: &str, name: &str, reply_to: Option<&str>, host: &str) -> Result<Self, String> {
        let name = Some(one_line(name)).filter(|name| !name.trim().is_empty());
        let reply_to = reply_to.map(|to| Ok::<_, String>(Mailbox::new(None, address(to)?))).transpose()?;
        Ok(Self { from: Mailbox::new(name, address(from)?), reply_to, host: host.to_owned() })
    }

    /// The whole message. The same mail has the same Message-ID at every attempt and on every node, so that a mail
    /// server that took it twice can tell.
    ///
    /// *Errors*: an address that cannot be written to, in words for the administrators.
    pub(super) fn message(&self, mail: &Mail, words: &Words) -> Result<Message, String> {
        let since_epoch = u64::try_from(mail.created.seconds()).unwrap_or(0);
        let mut builder = Message::builder()
            .from(self.from.clone())
            .to(Mailbox::new(None, address(&mail.recipient)?))
            .date(UNIX_EPOCH + Duration::from_secs(since_epoch))
            .message_id(Some(format!("<{}@{}>", mail.id, self.host)))
            .subject(one_line(&words.subject))
            .header(AutoSubmitted);
        if let Some(reply_to) = &self.reply_to {
            builder = builder.reply_to(reply_to.clone());
        }
        let both = MultiPart::alternative_plain_html(words.text.clone(), words.html.clone());
        builder.multipart(both).map_err(|cause| cause.to_string())
    }
}

fn address(text: &str) -> Result<Address, String> {
    text.parse().map_err(|cause: lettre::address::AddressError| format!("the address cannot be used: {cause}"))
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::domain::clock::Moment;
    use crate::domain::id::TenantId;
    use crate::domain::mail::{MailKind, MailState};
    use crate::domain::secret::Sealed;

    fn mail(recipient: &str) -> Mail {
        Mail {
            tenant: TenantId::MANAGEMENT,
            id: Uuid::from_u128(7),
            event: "e".to_owned(),
            recipient: recipient.to_owned(),
            recipient_key: recipient.to_owned(),
            kind: MailKind::PasswordReset,
            sealed: Sealed { by: String::new(), bytes: Vec::new() },
            state: MailState::Queued,
            attempts: 1,
            next_attempt: Moment::EPOCH,
            last_error: None,
            created: Moment::from_millis(1_767_225_600_000),
            sent: None,
        }
    }

    fn written(recipient: &str, subject: &str) -> Result<String, String> {
        let head = Letterhead::new("no-reply@id.example.com", "Grid\r\nX: y", Some("a@b.test"), "id.example.com")?;
        let words = Words { subject: subject.to_owned(), text: "Grüße".to_owned(), html: "<p>hi</p>".to_owned() };
        Ok(String::from_utf8(head.message(&mail(recipient), &words)?.formatted()).unwrap())
    }

    #[test]
    fn a_message_has_the_headers_of_an_automatic_mail() {
        let text = written("ann@example.test", "Password Reset").unwrap();
        for line in [
            "To: ann@example.test\r\n",
            "Reply-To: a@b.test\r\n",
            "Date: Thu, 01 Jan 2026 00:00:00 +0000\r\n",
            "Message-ID: <00000000-0000-0000-0000-000000000007@id.example.com>\r\n",
            "Subject: Password Reset\r\n",
            "Auto-Submitted: auto-generated\r\n",
            "Content-Type: multipart/alternative;",
            "Content-Type: text/plain; charset=utf-8\r\n",
            "Content-Type: text/html; charset=utf-8\r\n",
        ] {
            assert!(text.contains(line), "{line} in\n{text}");
        }
    }

    #[test]
    fn no_value_begins_a_header_of_its_own() {
        let text = written("ann@example.test", "Hi\r\nBcc: eve@example.test\n\nbody").unwrap();
        let headers = text.split("\r\n\r\n").next().unwrap();
        let names: Vec<&str> =
            headers.lines().filter(|line| !line.starts_with([' ', '\t'])).filter_map(|l| l.split(':').next()).collect();
        assert!(!names.contains(&"Bcc") && !names.contains(&"X"), "{headers}");
        for bad in ["ann@example.test\r\nBcc: eve@example.test", "ann@example.test, eve@example.test", "x"] {
            assert!(written(bad, "a").is_err(), "{bad}");
        }
    }
}
