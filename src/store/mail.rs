//! The outbox, the tokens in mails' links, and applications' own words for mails.

use uuid::Uuid;

use super::Store;
use super::error::StoreError;
use super::journal::Journal;
use super::side::{Scope, query, transact};
use crate::domain::clock::Moment;
use crate::domain::id::TenantId;
use crate::domain::mail::{Mail, MailKind, MailTemplate, MailToken};
use crate::domain::secret::Digest;

/// What came of an attempt to send.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The mail server took it; its body is forgotten.
    Sent { at: Moment },
    /// To be tried again.
    Later { at: Moment, error: String },
    /// Never to be tried again; its body is kept for the administrators.
    Failed { error: String },
}

/// How long mails are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MailHorizon {
    /// Void mails from before this moment go.
    pub void: Moment,
    /// Mails that wait for nothing go when they are from before this moment.
    pub others: Moment,
}

impl Store {
    /// Writes mail that no other row goes with: new tokens and new mails of a journal.
    pub fn post(&self, tenant: TenantId, journal: &Journal) -> Result<(), StoreError> {
        transact!(self, tenant, |q, conn| q::append(conn, tenant, journal))
    }

    /// One mail of the tenant.
    pub fn find_mail(&self, tenant: TenantId, id: Uuid) -> Result<Option<Mail>, StoreError> {
        query!(self, Scope::Tenant(tenant), |q, conn| q::mail::find(conn, tenant, id))
    }

    /// The tenant's mails behind `before`, newest first; void ones are left out.
    pub fn list_mails(&self, tenant: TenantId, before: Option<Uuid>, limit: u32) -> Result<Vec<Mail>, StoreError> {
        query!(self, Scope::Tenant(tenant), |q, conn| q::mail::list(conn, tenant, before, limit))
    }

    /// How many mails the tenant has written to an address since a moment, void ones too.
    pub fn count_mails_to(&self, tenant: TenantId, recipient_key: &str, since: Moment) -> Result<u32, StoreError> {
        query!(self, Scope::Tenant(tenant), |q, conn| q::mail::count_to(conn, tenant, recipient_key, since))
    }

    /// Mails of every tenant that may be tried now, the longest due first.
    pub fn list_due_mails(&self, now: Moment, limit: u32) -> Result<Vec<Mail>, StoreError> {
        query!(self, Scope::Registry, |q, conn| q::mail::list_due(conn, now, limit))
    }

    /// Takes a due mail until `until`; `None` when another sender was faster.
    pub fn claim_mail(&self, due: &Mail, until: Moment) -> Result<Option<Mail>, StoreError> {
        let is_ours = transact!(self, due.tenant, |q, conn| q::mail::claim(conn, due, until))?;
        let claimed = Mail { next_attempt: until, attempts: due.attempts.saturating_add(1), ..due.clone() };
        Ok(is_ours.then_some(claimed))
    }

    /// Writes down what came of a claimed mail; false when the claim had ended and another sender took it.
    pub fn finish_mail(&self, claimed: &Mail, outcome: &Outcome) -> Result<bool, StoreError> {
        transact!(self, claimed.tenant, |q, conn| q::mail::finish(conn, claimed, outcome))
    }

    /// Lets mails go that waited for a mail server since a moment. Returns how many.
    pub fn release_held_mails(&self, since: Moment, now: Moment) -> Result<usize, StoreError> {
        transact!(self, TenantId::MANAGEMENT, |q, conn| q::mail::release(conn, since, now))
    }

    /// Removes up to `limit` of the tenant's mails from beyond the horizon. Returns how many went.
    pub fn purge_mails(&self, tenant: TenantId, horizon: MailHorizon, limit: u32) -> Result<usize, StoreError> {
        transact!(self, tenant, |q, conn| q::mail::purge(conn, tenant, horizon.void, horizon.others, limit))
    }

    /// The token of this digest, an expired one too.
    pub fn find_mail_token(&self, tenant: TenantId, digest: &Digest) -> Result<Option<MailToken>, StoreError> {
        query!(self, Scope::Tenant(tenant), |q, conn| q::mail_token::find(conn, tenant, digest))
    }

    /// The tenant's own words for a kind of mail.
    pub fn find_mail_template(&self, tenant: TenantId, kind: MailKind) -> Result<Option<MailTemplate>, StoreError> {
        query!(self, Scope::Tenant(tenant), |q, conn| q::mail_template::find(conn, tenant, kind))
    }

    /// Sets the tenant's own words for a kind of mail.
    pub fn set_mail_template(
        &self,
        tenant: TenantId,
        template: &MailTemplate,
        journal: &Journal,
    ) -> Result<(), StoreError> {
        transact!(self, tenant, |q, conn| {
            q::mail_template::upsert(conn, tenant, template)?;
            q::append(conn, tenant, journal)
        })
    }

    /// Goes back to the server's words; false when there were no others, and then nothing is written.
    pub fn remove_mail_template(
        &self,
        tenant: TenantId,
        kind: MailKind,
        journal: &Journal,
    ) -> Result<bool, StoreError> {
        transact!(self, tenant, |q, conn| {
            let found = q::mail_template::remove(conn, tenant, kind)?;
            if found {
                q::append(conn, tenant, journal)?;
            }
            Ok(found)
        })
    }
}
