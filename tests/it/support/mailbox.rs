//! Mails as people read them: out of the outbox of a server that has no mail server.

use tokengrid::domain::id::TenantId;
use tokengrid::domain::mail::{Mail, MailState};

use super::TestServer;

/// A mail and what it says.
#[derive(Clone, Debug)]
pub struct Letter {
    pub mail: Mail,
    pub to: String,
    pub subject: String,
    pub text: String,
    pub html: String,
}

impl Letter {
    /// The link, which ends the text.
    pub fn link(&self) -> String {
        self.text.lines().last().unwrap().to_owned()
    }

    /// The path of the link with its query, to be opened at the test's own address.
    pub fn path(&self) -> String {
        let link = self.link();
        link[link.find("//").unwrap() + 2..].split_once('/').map(|(_, path)| format!("/{path}")).unwrap()
    }

    /// The token in the link, where Usergrid's own tests look for it.
    pub fn token(&self) -> String {
        self.text.rsplit_once("token=").unwrap().1.to_owned()
    }
}

impl TestServer {
    /// The held mails of a tenant, oldest first.
    pub fn letters(&self, tenant: impl Into<TenantId>) -> Vec<Letter> {
        let registry = self.core.registry.clone();
        let mut mails = self.wait(registry.list_mails(tenant.into(), Some(1_000))).unwrap();
        mails.retain(|mail| mail.state == MailState::Held);
        mails.reverse();
        mails
            .into_iter()
            .map(|mail| {
                let words = registry.outbox.open(&mail).unwrap().unwrap();
                let (subject, text, html) = (words.subject, words.text, words.html);
                Letter { to: mail.recipient.clone(), subject, text, html, mail }
            })
            .collect()
    }

    /// The held mails of a tenant to one address, oldest first.
    pub fn letters_to(&self, tenant: impl Into<TenantId>, to: &str) -> Vec<Letter> {
        let mut letters = self.letters(tenant);
        letters.retain(|letter| letter.to == to);
        letters
    }

    /// The last held mail of a tenant to one address.
    pub fn last_letter(&self, tenant: impl Into<TenantId>, to: &str) -> Letter {
        self.letters_to(tenant, to).pop().unwrap_or_else(|| panic!("no mail to {to}"))
    }
}
