//! Writing mails: rendered, sealed, and handed to the caller as rows that go into the transaction of their event.

use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;
use uuid::Uuid;

use super::error::MailError;
use super::sender::Bell;
use super::template::{self, Values, Words};
use super::throttle::{Throttle, WINDOW};
use crate::crypto::digest;
use crate::crypto::entropy::{Entropy, uuid_v7};
use crate::crypto::token_text::new_mail_token;
use crate::crypto::vault::{Binding, Purpose, Vault};
use crate::domain::clock::{Clock, Moment};
use crate::domain::id::TenantId;
use crate::domain::mail::{Mail, MailKind, MailState, MailTemplate, MailToken, TokenPurpose};
use crate::domain::name::Email;
use crate::domain::secret::{Digest, Secret};
use crate::store::{MailHorizon, Store};

/// How many times more mail those get who decide on the accounts of others.
const DECIDERS_SHARE: u32 = 10;

/// What happens to a mail that was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Delivery {
    /// A mail server is configured.
    Send,
    /// There is none: mails wait for one.
    Hold,
}

/// What the configuration says of mail.
#[derive(Clone, Debug)]
pub struct MailPolicy {
    pub delivery: Delivery,
    pub reset_ttl: Duration,
    pub confirm_ttl: Duration,
    pub keep: Duration,
    pub per_address: u32,
    pub per_source: u32,
}

/// Who a mail goes to.
#[derive(Clone, Debug)]
pub enum Recipient {
    Address(Email),
    /// Nobody has the address that was asked for; the key is counted like any other.
    Nobody(String),
}

/// A mail to be written.
pub struct Letter {
    pub tenant: TenantId,
    pub kind: MailKind,
    /// What it is sent for: the same event is mailed once.
    pub event: String,
    pub to: Recipient,
    pub values: Values,
}

/// Writes mails. A clone shares everything.
#[derive(Clone)]
pub struct Outbox {
    store: Store,
    vault: Arc<Vault>,
    clock: Arc<dyn Clock>,
    entropy: Arc<dyn Entropy>,
    policy: Arc<MailPolicy>,
    throttle: Arc<Throttle>,
    bell: Bell,
}

impl Outbox {
    /// An outbox over the store.
    pub fn new(
        store: Store,
        vault: Arc<Vault>,
        clock: Arc<dyn Clock>,
        entropy: Arc<dyn Entropy>,
        policy: MailPolicy,
    ) -> Self {
        let (policy, throttle) = (Arc::new(policy), Arc::new(Throttle::default()));
        Self { store, vault, clock, entropy, policy, throttle, bell: Bell::default() }
    }

    /// What the configuration says of mail.
    pub fn policy(&self) -> &MailPolicy {
        &self.policy
    }

    /// What wakes the sender, to be given to it.
    pub fn bell(&self) -> Bell {
        self.bell.clone()
    }

    /// Renders and seals a mail in the tenant's words. Nothing is kept before the caller writes the row.
    pub async fn write(&self, letter: Letter) -> Result<Mail, MailError> {
        let (tenant, kind) = (letter.tenant, letter.kind);
        let own = self.store.point(move |store| store.find_mail_template(tenant, kind)).await?;
        let words = template::render(kind, own.as_ref(), &letter.values)?;
        let now = self.clock.now();
        let id = uuid_v7(now, &*self.entropy);
        let row = id.to_string();
        let plain = serde_json::to_vec(&words)?;
        let sealed = self.vault.seal(&binding(tenant, &row), &plain, &*self.entropy)?;
        let (recipient, recipient_key, state) = match (letter.to, self.policy.delivery) {
            (Recipient::Nobody(key), _) => (String::new(), key, MailState::Void),
            (Recipient::Address(to), Delivery::Send) => (to.as_str().to_owned(), to.key(), MailState::Queued),
            (Recipient::Address(to), Delivery::Hold) => (to.as_str().to_owned(), to.key(), MailState::Held),
        };
        Ok(Mail {
            tenant,
            id,
            event: letter.event,
            recipient,
            recipient_key,
            kind,
            sealed,
            state,
            attempts: 0,
            next_attempt: now,
            last_error: None,
            created: now,
            sent: None,
        })
    }

    /// Draws the token of a link: the text for the mail, and the row to write.
    pub fn draw_token(
        &self,
        tenant: TenantId,
        purpose: TokenPurpose,
        holder: Uuid,
        password_changed: Option<Moment>,
    ) -> (Secret, MailToken) {
        let text = new_mail_token(&*self.entropy);
        let now = self.clock.now();
        let digest = digest_of(&text);
        let expires = now.plus(self.lifetime(purpose));
        (text, MailToken { tenant, digest, purpose, holder, password_changed, created: now, expires })
    }

    /// How long a token lives.
    pub fn lifetime(&self, purpose: TokenPurpose) -> Duration {
        match purpose {
            TokenPurpose::ResetPassword => self.policy.reset_ttl,
            TokenPurpose::Activate | TokenPurpose::Confirm => self.policy.confirm_ttl,
        }
    }

    /// Whether a source may ask for another mail.
    pub fn admits(&self, source: &str) -> bool {
        self.admit(source).is_ok()
    }

    /// As [`Outbox::admits`], for an answer that says so.
    ///
    /// *Errors*: how long the source has to wait.
    pub fn admit(&self, source: &str) -> Result<(), Duration> {
        self.throttle.admit(source, self.policy.per_source, self.clock.now())
    }

    /// Whether an address has had fewer mails of the tenant than strangers may cause.
    pub async fn has_room(&self, tenant: TenantId, recipient_key: &str) -> Result<bool, MailError> {
        Ok(self.count_mails(tenant, recipient_key).await? < self.policy.per_address)
    }

    /// As [`Outbox::has_room`], for one who decides on the accounts of others and hears of each.
    pub async fn has_room_to_decide(&self, tenant: TenantId, recipient_key: &str) -> Result<bool, MailError> {
        let most = self.policy.per_address.saturating_mul(DECIDERS_SHARE);
        Ok(self.count_mails(tenant, recipient_key).await? < most)
    }

    async fn count_mails(&self, tenant: TenantId, recipient_key: &str) -> Result<u32, MailError> {
        let (key, since) = (recipient_key.to_owned(), self.clock.now().minus(WINDOW));
        Ok(self.store.point(move |store| store.count_mails_to(tenant, &key, since)).await?)
    }

    /// The words of a mail; `None` once it was sent.
    pub fn open(&self, mail: &Mail) -> Result<Option<Words>, MailError> {
        open(&self.vault, mail)
    }

    /// Tells the sender that there is something to do.
    pub fn ring(&self) {
        self.bell.ring();
    }

    /// How long mails are kept, seen from now.
    pub fn horizon(&self) -> MailHorizon {
        let now = self.clock.now();
        MailHorizon { void: now.minus(WINDOW), others: now.minus(self.policy.keep) }
    }

    /// Checks an application's own words.
    pub fn check(&self, template: &MailTemplate) -> Result<(), MailError> {
        Ok(template::check(template)?)
    }

    /// The server's own words, as `{"subject":"..","text":".."}` with placeholders.
    pub fn default_of(&self, kind: MailKind) -> Value {
        let (subject, text) = template::default_of(kind);
        serde_json::json!({ "subject": subject, "text": text })
    }
}

/// The words of a mail; `None` once it was sent.
pub(super) fn open(vault: &Vault, mail: &Mail) -> Result<Option<Words>, MailError> {
    if mail.sealed.bytes.is_empty() {
        return Ok(None);
    }
    let row = mail.id.to_string();
    let plain = vault.open(&binding(mail.tenant, &row), &mail.sealed)?;
    Ok(Some(serde_json::from_slice(&plain)?))
}

/// What a token's text is kept and found by.
pub fn digest_of(token: &Secret) -> Digest {
    digest::sha256(token.expose())
}

fn binding(tenant: TenantId, row: &str) -> Binding<'_> {
    Binding { tenant, purpose: Purpose::Mail, row }
}
