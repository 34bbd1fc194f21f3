//! How accounts come in: confirmed by their owner, let in by whoever decides, made active again.
//! *Spec*: Usergrid's confirmation and activation; unlike there, nobody undoes a deactivation by asking for mail.

use std::sync::Arc;
use std::time::Duration;

use serde_json::json;
use uuid::Uuid;

use super::holder::{Holder, in_words, recipient};
use super::{ManageError, Registry, SignInPlace};
use crate::domain::id::AdminId;
use crate::domain::mail::{MailKind, Post, SpentToken, TokenPurpose};
use crate::domain::name::Email;
use crate::domain::place::Place;
use crate::domain::secret::Secret;
use crate::domain::switchboard::Toggle;
use crate::domain::tenant::{Organization, Switch};
use crate::domain::user::{Admin, AppUser, Person};
use crate::mail::{Letter, Recipient, Values, digest_of};
use crate::store::{AdminChange, Journal};

/// How often a confirmation that lost the race for the account looks again.
const LOOKS: usize = 3;

/// What came of a confirmation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Admitted {
    /// The account can be used now.
    Active,
    /// Someone still has to let it in.
    Waiting,
}

impl Registry {
    /// Takes an address as proved by its link. The account becomes active, unless someone has to let it in.
    ///
    /// *Errors*: as [`Registry::holder_of_token`].
    pub async fn confirm(&self, place: &Place, named: &str, token: &Secret) -> Result<Admitted, ManageError> {
        let holder = self.holder_of_token(place, named, (TokenPurpose::Confirm, token)).await?;
        let spent = self.spend(&holder, TokenPurpose::Confirm, token);
        self.take_in(place, holder, Some(spent)).await
    }

    /// A password was set by a link: that proves the address as well. The account is looked at anew, and once more when
    /// it changes meanwhile: who was shut out since the link was opened stays out.
    pub(super) async fn take_as_confirmed(&self, place: &Place, holder: Uuid) -> Result<(), ManageError> {
        let named = holder.to_string();
        for _ in 0..LOOKS {
            let found = self.find_holder(place, &named).await?;
            let Some(holder) = found.filter(|holder| !holder.person().confirmed) else { return Ok(()) };
            match self.take_in(place, holder, None).await {
                Err(ManageError::Overtaken) => {}
                done => return done.map(|_| ()),
            }
        }
        Err(ManageError::Overtaken)
    }

    async fn take_in(&self, place: &Place, holder: Holder, spent: Option<SpentToken>) -> Result<Admitted, ManageError> {
        let person = holder.person();
        let waits = !person.activated && (person.deactivated.is_some() || self.needs_approval(place));
        let (kind, admitted) = match waits {
            true => (MailKind::UserConfirmed, Admitted::Waiting),
            false => (MailKind::UserActivated, Admitted::Active),
        };
        let mut post = self.notice(place, kind, &holder).await?;
        if waits && person.deactivated.is_none() {
            add(&mut post, self.approval_post(place, &holder).await?);
        }
        post.spent = spent;
        let let_in = move |person: &mut Person| {
            person.confirmed = true;
            person.activated |= !waits;
        };
        self.admit(&holder, let_in, (post, "confirm account")).await?;
        Ok(admitted)
    }

    /// Lets an account in by a link: one that waited, or one that was deactivated and may come back.
    ///
    /// *Errors*: as [`Registry::holder_of_token`].
    pub async fn activate(&self, place: &Place, named: &str, token: &Secret) -> Result<(), ManageError> {
        let holder = self.holder_of_token(place, named, (TokenPurpose::Activate, token)).await?;
        let mut post = self.notice(place, MailKind::UserActivated, &holder).await?;
        post.spent = Some(self.spend(&holder, TokenPurpose::Activate, token));
        let let_in = |person: &mut Person| {
            person.activated = true;
            person.deactivated = None;
        };
        self.admit(&holder, let_in, (post, "activate account")).await
    }

    fn spend(&self, holder: &Holder, purpose: TokenPurpose, token: &Secret) -> SpentToken {
        SpentToken {
            tenant: holder.tenant(),
            digest: digest_of(token),
            purpose,
            holder: holder.uuid(),
            password_changed: holder.person().password_changed,
            now: self.clock.now(),
        }
    }

    async fn admit(
        &self,
        holder: &Holder,
        let_in: impl FnOnce(&mut Person),
        (post, action): (Post, &str),
    ) -> Result<(), ManageError> {
        let audit = vec![self.audit(holder.tenant(), holder.actor(), action, json!({ "holder": holder.uuid() }))];
        let journal = Journal { changes: Vec::new(), audit, post };
        let seen = holder.person().modified;
        let now = self.clock.now().max(seen.plus(Duration::from_micros(1)));
        let written = match holder.clone() {
            Holder::User { mut user, .. } => {
                let_in(&mut user.person);
                user.person.modified = now;
                self.write(journal, move |store, journal| store.save_user(&user, seen, None, journal)).await?
            }
            Holder::Admin(Admin { id, mut person }) => {
                let_in(&mut person);
                let mut change = AdminChange { seen: Some(seen), ..AdminChange::of(id, now) };
                change.standing = Some(person.standing());
                self.write(journal, move |store, journal| store.change_admin(&change, journal)).await?
            }
        };
        written.then_some(()).ok_or(ManageError::Overtaken)
    }

    /// Mails what an account needs to come in: a link to confirm, a request to whoever decides, or the news that it is
    /// active. The link that undoes a deactivation is mailed for someone above the account alone. Silent where nobody
    /// is, and where enough was asked for.
    pub async fn reactivate(
        &self,
        place: &Place,
        named: &str,
        (source, caller): (&str, Caller),
    ) -> Result<(), ManageError> {
        if caller == Caller::Stranger && !self.outbox.admits(source) {
            return Ok(());
        }
        let holder = self.find_holder(place, named).await?.filter(|holder| holder.address().is_some());
        let (to, key) = recipient(holder.as_ref().and_then(Holder::address), named);
        if !self.outbox.has_room(place.tenant(), &key).await? {
            return Ok(());
        }
        let post = match &holder {
            Some(holder) if !holder.person().confirmed => {
                self.link_post(place, Some(holder), (MailKind::UserConfirmation, to)).await?
            }
            Some(holder) if holder.person().activated => self.notice(place, MailKind::UserActivated, holder).await?,
            Some(holder) if caller == Caller::Above => {
                self.link_post(place, Some(holder), (MailKind::UserActivation, to)).await?
            }
            Some(holder) if holder.person().deactivated.is_none() && self.needs_approval(place) => {
                self.approval_post(place, holder).await?
            }
            _ => self.link_post(place, None, (MailKind::UserConfirmation, Recipient::Nobody(key))).await?,
        };
        self.post(place, post).await
    }

    pub(super) fn signs_admins_in_elsewhere(&self) -> bool {
        matches!(self.policy.admins_sign_in, SignInPlace::Elsewhere(_))
    }

    /// Whether someone has to let new accounts of a place in.
    pub(super) fn needs_approval(&self, place: &Place) -> bool {
        match place {
            Place::App { app, .. } => app.settings.registration.requires_admin_approval(),
            Place::Management => self.switches.get(Toggle::ApproveAdmins) == Switch::On,
        }
    }

    /// What goes out with a new account: a link to confirm, or a request to whoever decides.
    pub(super) async fn welcome_post(&self, place: &Place, holder: &Holder) -> Result<Post, ManageError> {
        let person = holder.person();
        if matches!(holder, Holder::Admin(_)) && self.signs_admins_in_elsewhere() {
            // Their links are not answered here.
            return Ok(Post::default());
        }
        match holder.address() {
            Some(email) if !person.confirmed => {
                let to = Recipient::Address(email);
                self.link_post(place, Some(holder), (MailKind::UserConfirmation, to)).await
            }
            _ if !person.activated => self.approval_post(place, holder).await,
            _ => Ok(Post::default()),
        }
    }

    /// What goes out with a new user, in the words of their application, within the limits of what strangers may cause:
    /// an account is made without the mail that would be beyond them, and may ask for it later.
    pub(super) async fn sign_up_post(&self, user: &AppUser, asker: Asker<'_>) -> Result<Post, ManageError> {
        let Some(place) = self.directory.place_of(user.app).await? else { return Ok(Post::default()) };
        let Place::App { org, app } = &place else { return Ok(Post::default()) };
        let notifies = app.settings.registration.notifies_admins();
        let is_in = user.person.activated && user.person.confirmed;
        if is_in && !notifies {
            return Ok(Post::default());
        }
        if matches!(asker, Asker::Stranger(source) if !self.outbox.admits(source)) {
            return Ok(Post::default());
        }
        let holder = Holder::User { org: Arc::clone(org), app: Arc::clone(app), user: user.clone() };
        let mut post = match self.has_room_for(&place, &holder).await? {
            true => self.welcome_post(&place, &holder).await?,
            false => Post::default(),
        };
        if notifies {
            add(&mut post, self.news_post(&place, &holder).await?);
        }
        Ok(post)
    }

    /// A link to prove the address that a user has now.
    pub(super) async fn proof_post(&self, user: &AppUser) -> Result<Post, ManageError> {
        let Some(place) = self.directory.place_of(user.app).await? else { return Ok(Post::default()) };
        let Place::App { org, app } = &place else { return Ok(Post::default()) };
        let holder = Holder::User { org: Arc::clone(org), app: Arc::clone(app), user: user.clone() };
        match self.has_room_for(&place, &holder).await? {
            true => self.welcome_post(&place, &holder).await,
            false => Ok(Post::default()),
        }
    }

    /// Whether the address of an account has had fewer mails than others may cause; who has none is written to by
    /// nobody.
    pub(super) async fn has_room_for(&self, place: &Place, holder: &Holder) -> Result<bool, ManageError> {
        match holder.address() {
            Some(email) => Ok(self.outbox.has_room(place.tenant(), &email.key()).await?),
            None => Ok(true),
        }
    }

    /// What goes out when someone joins an organization: to a new admin without a password first the link to choose
    /// one, and which proves the address as well. Where admins sign in elsewhere, the way there and no other link.
    pub(super) async fn invitation_post(
        &self,
        org: &Organization,
        admin: &Admin,
        has_password: bool,
    ) -> Result<Post, ManageError> {
        let (place, holder) = (Place::Management, Holder::Admin(admin.clone()));
        let Some(email) = holder.address() else { return Ok(Post::default()) };
        if !self.has_room_for(&place, &holder).await? {
            return Ok(Post::default());
        }
        let sign_on = match &self.policy.admins_sign_in {
            SignInPlace::Here => None,
            SignInPlace::Elsewhere(Some(page)) => Some(page.clone()),
            SignInPlace::Elsewhere(None) => return Ok(Post::default()),
        };
        let mut post = match has_password || sign_on.is_some() {
            true => self.welcome_post(&place, &holder).await?,
            false => self.reset_post(&place, Some(&holder), Recipient::Address(email.clone())).await?,
        };
        let (tenant, kind) = (place.tenant(), MailKind::UserInvited);
        let event = format!("{}:{}:{}:{}", kind.as_str(), org.id, admin.id, self.draw_id());
        let organization = Some(org.name.to_string());
        let values = Values { organization, link: sign_on, ..self.values(&place, Some(&admin.person)) };
        let invited = self.outbox.write(Letter { tenant, kind, event, to: Recipient::Address(email), values }).await?;
        add(&mut post, Post { mails: vec![invited], ..Post::default() });
        Ok(post)
    }

    /// A mail with a link to an account's holder.
    async fn link_post(
        &self,
        place: &Place,
        holder: Option<&Holder>,
        (kind, to): (MailKind, Recipient),
    ) -> Result<Post, ManageError> {
        let purpose = match kind {
            MailKind::UserConfirmation => TokenPurpose::Confirm,
            _ => TokenPurpose::Activate,
        };
        let id = holder.map_or_else(|| self.draw_id(), Holder::uuid);
        self.linked(place, (id, holder), (kind, purpose, to)).await
    }

    async fn linked(
        &self,
        place: &Place,
        (id, holder): (Uuid, Option<&Holder>),
        (kind, purpose, to): (MailKind, TokenPurpose, Recipient),
    ) -> Result<Post, ManageError> {
        let person = holder.map(Holder::person);
        let tenant = place.tenant();
        let (token, row) =
            self.outbox.draw_token(tenant, purpose, id, person.and_then(|person| person.password_changed));
        let values = Values {
            link: Some(self.mail_link(place, id, purpose, &token)),
            lifetime: Some(in_words(self.outbox.lifetime(purpose))),
            ..self.values(place, person)
        };
        let event = format!("{}:{}", kind.as_str(), self.draw_id());
        let mail = self.outbox.write(Letter { tenant, kind, event, to, values }).await?;
        Ok(Post { issued: vec![row], mails: vec![mail], ..Post::default() })
    }

    /// A mail without a link to an account's holder; none where there is no address.
    pub(super) async fn notice(&self, place: &Place, kind: MailKind, holder: &Holder) -> Result<Post, ManageError> {
        let Some(email) = holder.address() else { return Ok(Post::default()) };
        let event = format!("{}:{}", kind.as_str(), self.draw_id());
        let values = self.values(place, Some(holder.person()));
        let (tenant, to) = (place.tenant(), Recipient::Address(email));
        let mail = self.outbox.write(Letter { tenant, kind, event, to, values }).await?;
        Ok(Post { mails: vec![mail], ..Post::default() })
    }

    /// Asks those who decide to let an account in, each by a link of their own.
    pub(super) async fn approval_post(&self, place: &Place, holder: &Holder) -> Result<Post, ManageError> {
        let kind = match holder {
            Holder::User { .. } => MailKind::UserActivationRequest,
            Holder::Admin(_) => MailKind::AdminActivationRequest,
        };
        let mut post = Post::default();
        for email in self.deciders(place).await? {
            let to = Recipient::Address(email);
            let asked = self.linked(place, (holder.uuid(), Some(holder)), (kind, TokenPurpose::Activate, to)).await?;
            add(&mut post, asked);
        }
        Ok(post)
    }

    /// Tells those who decide of a new user.
    pub(super) async fn news_post(&self, place: &Place, holder: &Holder) -> Result<Post, ManageError> {
        let mut post = Post::default();
        for email in self.deciders(place).await? {
            let kind = MailKind::NewUser;
            let event = format!("{}:{}:{}", kind.as_str(), holder.uuid(), self.draw_id());
            let (tenant, to) = (place.tenant(), Recipient::Address(email));
            let values = self.values(place, Some(holder.person()));
            post.mails.push(self.outbox.write(Letter { tenant, kind, event, to, values }).await?);
        }
        Ok(post)
    }

    /// Who decides at a place: the organization's admins, or the superuser. Those whom others' accounts have filled the
    /// mailbox of are left out for a while; the accounts wait for them all the same.
    async fn deciders(&self, place: &Place) -> Result<Vec<Email>, ManageError> {
        let admins = match place {
            Place::App { org, .. } => {
                let org = org.id;
                self.store.blocking(move |store| store.list_admins_of(org)).await?
            }
            Place::Management => self.find_admin(&AdminId::SUPERUSER.to_string()).await?.into_iter().collect(),
        };
        let mut deciders = Vec::new();
        for email in admins.into_iter().filter(|admin| !admin.person.disabled).filter_map(|admin| admin.person.email) {
            if self.outbox.has_room_to_decide(place.tenant(), &email.key()).await? {
                deciders.push(email);
            }
        }
        Ok(deciders)
    }
}

/// Who asks for mail about an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Caller {
    /// Anybody.
    Stranger,
    /// Someone who administers the account.
    Above,
}

/// Who makes an account that mail is about.
#[derive(Clone, Copy, Debug)]
pub enum Asker<'a> {
    /// Anybody, from this network address.
    Stranger(&'a str),
    /// Someone who administers the accounts.
    Above,
}

/// Joins what two events want written. Mails keep their order: each is due a moment after the one before.
pub(super) fn add(post: &mut Post, more: Post) {
    post.issued.extend(more.issued);
    for mut mail in more.mails {
        if let Some(last) = post.mails.last() {
            mail.created = last.created.plus(Duration::from_micros(1)).max(mail.created);
            mail.next_attempt = mail.created;
        }
        post.mails.push(mail);
    }
}
