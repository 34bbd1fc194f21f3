//! A new password by way of the mailbox. What a stranger hears never depends on whether an account exists, and neither
//! does what it costs: for nobody, a mail to nobody is written.

use super::holder::{Holder, in_words, recipient};
use super::password::{PasswordChange, Proof};
use super::{ManageError, Registry};
use crate::domain::mail::{MailKind, Post, TokenPurpose};
use crate::domain::place::Place;
use crate::domain::secret::Secret;
use crate::mail::{Letter, Recipient, Values, digest_of};
use crate::store::Journal;

impl Registry {
    /// Mails a link for a new password to whoever `named` is. Silent where nobody is, and where enough was asked for.
    pub async fn ask_for_reset(&self, place: &Place, named: &str, source: &str) -> Result<(), ManageError> {
        if !self.outbox.admits(source) {
            return Ok(());
        }
        let holder = self.find_holder(place, named).await?;
        let holder = holder.filter(|holder| holder.address().is_some());
        let (to, key) = recipient(holder.as_ref().and_then(Holder::address), named);
        if !self.outbox.has_room(place.tenant(), &key).await? {
            return Ok(());
        }
        let post = self.reset_post(place, holder.as_ref(), to).await?;
        self.post(place, post).await
    }

    /// A mail with a link for a new password.
    pub(super) async fn reset_post(
        &self,
        place: &Place,
        holder: Option<&Holder>,
        to: Recipient,
    ) -> Result<Post, ManageError> {
        let (tenant, purpose) = (place.tenant(), TokenPurpose::ResetPassword);
        let id = holder.map_or_else(|| self.draw_id(), Holder::uuid);
        let person = holder.map(Holder::person);
        let version = person.and_then(|person| person.password_changed);
        let (token, row) = self.outbox.draw_token(tenant, purpose, id, version);
        let values = Values {
            link: Some(self.mail_link(place, id, purpose, &token)),
            lifetime: Some(in_words(self.outbox.lifetime(purpose))),
            ..self.values(place, person)
        };
        let event = format!("resetpw:{}", self.draw_id());
        let mail = self.outbox.write(Letter { tenant, kind: MailKind::PasswordReset, event, to, values }).await?;
        Ok(Post { issued: vec![row], mails: vec![mail], ..Post::default() })
    }

    /// Writes mail that goes with no other row.
    pub(super) async fn post(&self, place: &Place, post: Post) -> Result<(), ManageError> {
        let (tenant, journal) = (place.tenant(), Journal { post, ..Journal::default() });
        self.write(journal, move |store, journal| store.post(tenant, journal)).await
    }

    /// Who a link is for, without using it up.
    ///
    /// *Errors*: `MailToken` for a token that is not valid, whoever the path names; `OtherHolder` for one that is, but
    /// for someone else than the path names, whether they exist or not.
    pub async fn holder_of_token(
        &self,
        place: &Place,
        named: &str,
        (purpose, token): (TokenPurpose, &Secret),
    ) -> Result<Holder, ManageError> {
        let (tenant, digest) = (place.tenant(), digest_of(token));
        let found = self.store.point(move |store| store.find_mail_token(tenant, &digest)).await?;
        let found = found.filter(|row| row.purpose == purpose && row.expires > self.clock.now());
        let holder = self.find_holder(place, named).await?;
        match (found, holder) {
            (None, _) => Err(ManageError::MailToken),
            (Some(row), Some(holder)) if row.holder == holder.uuid() => {
                let is_present = row.password_changed == holder.person().password_changed;
                if is_present { Ok(holder) } else { Err(ManageError::MailToken) }
            }
            (Some(_), _) => Err(ManageError::OtherHolder(named.to_owned())),
        }
    }

    /// Sets a new password by a link, uses the link up, and ends all tokens and sessions of the account. Who could use
    /// the link has also proved the address.
    ///
    /// *Errors*: as [`Registry::holder_of_token`], and those of a new password.
    pub async fn reset_password(
        &self,
        place: &Place,
        named: &str,
        token: &Secret,
        new: Secret,
    ) -> Result<(), ManageError> {
        let holder = self.holder_of_token(place, named, (TokenPurpose::ResetPassword, token)).await?;
        let change = PasswordChange { proof: Proof::Mailed(digest_of(token)), new, spare: None };
        match &holder {
            Holder::User { app, user, .. } => self.set_user_password(app.id, user.id, change, holder.actor()).await?,
            Holder::Admin(admin) => self.set_admin_password(admin.id, change, holder.actor()).await?,
        }
        if holder.person().confirmed { Ok(()) } else { self.take_as_confirmed(place, holder.uuid()).await }
    }
}
