//! What administrators see and say of mail: the outbox of their tenant, and their own words for mails.
//!
//! A mail's body may hold a link, and a link is a credential of someone else. It is shown only while there is no mail
//! server to bring it to its owner, only to administrators who could set that account's password anyway, and every
//! look is written to the audit log.

use std::cmp::Reverse;

use serde_json::{Value, json};
use uuid::Uuid;

use super::{Actor, ManageError, Registry};
use crate::domain::id::TenantId;
use crate::domain::mail::{Mail, MailKind, MailState, MailTemplate};
use crate::mail::{PLACEHOLDERS, Words};
use crate::store::{Journal, Store};

/// The most mails one answer shows.
const SHOWN_MAX: u32 = 1_000;

/// A template as asked for.
#[derive(Clone, Debug)]
pub struct NewTemplate {
    pub subject: String,
    pub text: String,
    pub html: Option<String>,
}

/// The words that hold for one kind of mail.
#[derive(Clone, Debug)]
pub struct ShownTemplate {
    pub kind: MailKind,
    /// `None` where the server's own words hold.
    pub own: Option<MailTemplate>,
    /// The server's own words: `{"subject":"..","text":".."}`.
    pub default: Value,
    /// What a template may ask for.
    pub placeholders: &'static [&'static str],
}

impl Registry {
    /// The tenant's outbox, newest first. *Tenancy*: the tenant.
    pub async fn list_mails(&self, tenant: TenantId, limit: Option<u32>) -> Result<Vec<Mail>, ManageError> {
        let limit = limit.unwrap_or(100).clamp(1, SHOWN_MAX);
        let mut mails = self.store.blocking(move |store| store.list_mails(tenant, None, limit)).await?;
        mails.sort_by_key(|mail| Reverse((mail.created, mail.id)));
        Ok(mails)
    }

    /// One mail of the tenant's outbox, with its words while it is held.
    ///
    /// *Errors*: `UnknownMail`.
    pub async fn read_mail(
        &self,
        tenant: TenantId,
        id: &str,
        actor: Actor,
    ) -> Result<(Mail, Option<Words>), ManageError> {
        let unknown = || ManageError::UnknownMail(id.to_owned());
        let uuid = Uuid::try_parse(id).map_err(|_not_an_id| unknown())?;
        let found = self.store.point(move |store| store.find_mail(tenant, uuid)).await?;
        let mail = found.filter(|mail| mail.state != MailState::Void).ok_or_else(unknown)?;
        if mail.state != MailState::Held {
            return Ok((mail, None));
        }
        let words = self.outbox.open(&mail)?;
        let audit = vec![self.audit(tenant, actor, "read held mail", json!({ "mail": mail.id }))];
        let journal = Journal { audit, ..Journal::default() };
        self.write(journal, |store, journal| store.record(journal)).await?;
        Ok((mail, words))
    }

    /// The words that hold for a kind of mail.
    ///
    /// *Errors*: `UnknownTemplate`. *Tenancy*: the tenant.
    pub async fn get_mail_template(&self, tenant: TenantId, name: &str) -> Result<ShownTemplate, ManageError> {
        let kind = template_named(name)?;
        let own = self.store.point(move |store| store.find_mail_template(tenant, kind)).await?;
        Ok(ShownTemplate { kind, own, default: self.outbox.default_of(kind), placeholders: &PLACEHOLDERS })
    }

    /// Sets the tenant's own words for a kind of mail.
    ///
    /// *Errors*: `UnknownTemplate`, `Template`.
    pub async fn set_mail_template(
        &self,
        tenant: TenantId,
        (name, new): (&str, NewTemplate),
        actor: Actor,
    ) -> Result<(), ManageError> {
        let kind = template_named(name)?;
        let NewTemplate { subject, text, html } = new;
        let template = MailTemplate { kind, subject, text, html, modified: self.clock.now() };
        self.outbox.check(&template)?;
        let journal = self.template_journal(tenant, kind, (actor, "set mail template"));
        let write = move |store: &Store, journal: &Journal| store.set_mail_template(tenant, &template, journal);
        self.write(journal, write).await
    }

    /// Goes back to the server's words; nothing happens where they hold already.
    ///
    /// *Errors*: `UnknownTemplate`.
    pub async fn remove_mail_template(&self, tenant: TenantId, name: &str, actor: Actor) -> Result<(), ManageError> {
        let kind = template_named(name)?;
        let journal = self.template_journal(tenant, kind, (actor, "remove mail template"));
        let write = move |store: &Store, journal: &Journal| store.remove_mail_template(tenant, kind, journal);
        self.write(journal, write).await.map(|_| ())
    }

    fn template_journal(&self, tenant: TenantId, kind: MailKind, (actor, action): (Actor, &str)) -> Journal {
        let audit = vec![self.audit(tenant, actor, action, json!({ "template": kind.as_str() }))];
        Journal { audit, ..Journal::default() }
    }
}

fn template_named(name: &str) -> Result<MailKind, ManageError> {
    MailKind::parse(name).ok_or_else(|| ManageError::UnknownTemplate(name.to_owned()))
}
