//! Links by which an organization's founders show that its address is theirs.

use serde_json::json;

use super::admission::add;
use super::holder::in_words;
use super::{Actor, Holder, ManageError, Registry};
use crate::domain::authority::Principal;
use crate::domain::id::TenantId;
use crate::domain::mail::{MailKind, Post, SpentToken, TokenPurpose};
use crate::domain::name::{Email, lookup_key};
use crate::domain::place::Place;
use crate::domain::secret::Secret;
use crate::domain::switchboard::Toggle;
use crate::domain::tenant::{Organization, Switch};
use crate::domain::user::Admin;
use crate::mail::{Letter, Recipient, Values, digest_of};
use crate::store::Journal;

impl Registry {
    /// What goes out with a new organization: to an owner who is new what lets them in, and where organizations confirm
    /// themselves the link to do so.
    pub(super) async fn registration_post(
        &self,
        org: &Organization,
        owner: &Admin,
        (is_known, actor): (bool, Actor),
    ) -> Result<Post, ManageError> {
        let holder = Holder::Admin(owner.clone());
        let mut post = match is_known {
            true => Post::default(),
            false => self.first_post(&holder).await?,
        };
        let confirms = self.switches.get(Toggle::OrganizationsMustConfirm) == Switch::On
            && !self.signs_admins_in_elsewhere()
            && self.has_room_for(&Place::Management, &holder).await?;
        if let (true, Some(email)) = (confirms && !matches!(actor, Actor::Operator), holder.address()) {
            add(&mut post, self.founding_post(Some(org), Recipient::Address(email)).await?);
        }
        Ok(post)
    }

    /// What goes out with a new admin, unless their address has had its share of what strangers cause: the account is
    /// made without, and may ask for it later.
    pub(super) async fn first_post(&self, holder: &Holder) -> Result<Post, ManageError> {
        match self.has_room_for(&Place::Management, holder).await? {
            true => self.welcome_post(&Place::Management, holder).await,
            false => Ok(Post::default()),
        }
    }

    /// Lets a stranger register where that makes this server write mail, as often as their network may cause any.
    ///
    /// *Errors*: `TooMuchMail`.
    pub fn admit_registration(&self, source: &str) -> Result<(), ManageError> {
        let causes = [Toggle::AdminsMustConfirm, Toggle::ApproveAdmins, Toggle::OrganizationsMustConfirm];
        if causes.iter().all(|toggle| self.switches.get(*toggle) == Switch::Off) {
            return Ok(());
        }
        self.outbox.admit(source).map_err(|retry_after| ManageError::TooMuchMail { retry_after })
    }

    /// A mail with the link that confirms an organization.
    pub(super) async fn founding_post(&self, org: Option<&Organization>, to: Recipient) -> Result<Post, ManageError> {
        let (tenant, purpose, kind) = (TenantId::MANAGEMENT, TokenPurpose::Confirm, MailKind::OrganizationConfirmation);
        let id = org.map_or_else(|| self.draw_id(), |org| org.id.uuid());
        let (token, row) = self.outbox.draw_token(tenant, purpose, id, None);
        let (issuer, act) = (self.base.issuer(&Place::Management), purpose.as_str());
        let values = Values {
            link: Some(format!("{issuer}/organizations/{id}/{act}?token={}", token.expose())),
            lifetime: Some(in_words(self.outbox.lifetime(purpose))),
            organization: org.map(|org| org.name.to_string()),
            ..Values::default()
        };
        let event = format!("{}:{id}:{}", kind.as_str(), self.draw_id());
        let mail = self.outbox.write(Letter { tenant, kind, event, to, values }).await?;
        Ok(Post { issued: vec![row], mails: vec![mail], ..Post::default() })
    }

    /// Uses the link of an organization up, and tells its admins.
    ///
    /// *Errors*: `MailToken` for a token that is not valid, whichever organization the path names; `OtherHolder`.
    pub async fn use_org_link(&self, named: &str, purpose: TokenPurpose, token: &Secret) -> Result<(), ManageError> {
        let (tenant, digest) = (TenantId::MANAGEMENT, digest_of(token));
        let found = self.store.point(move |store| store.find_mail_token(tenant, &digest)).await?;
        let now = self.clock.now();
        let found = found.filter(|row| row.purpose == purpose && row.expires > now).ok_or(ManageError::MailToken)?;
        let org = self.directory.org_named(named).await?.filter(|org| org.id.uuid() == found.holder);
        let org = org.ok_or_else(|| ManageError::OtherHolder(named.to_owned()))?;
        let mut post = Post::default();
        for email in self.founders(&org).await? {
            let (kind, to) = (MailKind::OrganizationActivated, Recipient::Address(email));
            let values = Values { organization: Some(org.name.to_string()), ..Values::default() };
            let event = format!("{}:{}:{}", kind.as_str(), org.id, self.draw_id());
            let mail = self.outbox.write(Letter { tenant, kind, event, to, values }).await?;
            add(&mut post, Post { mails: vec![mail], ..Post::default() });
        }
        let holder = org.id.uuid();
        post.spent = Some(SpentToken { tenant, digest, purpose, holder, password_changed: None, now });
        let actor = Actor::Caller(Principal::OrgClient { org: org.id });
        let audit = vec![self.audit(org.id, actor, "confirm organization", json!({ "organization": org.id }))];
        let journal = Journal { changes: Vec::new(), audit, post };
        self.write(journal, move |store, journal| store.post(tenant, journal)).await
    }

    /// Mails the link of an organization again. Silent where there is none, and where enough was asked for.
    pub async fn reactivate_org(&self, named: &str, source: &str) -> Result<(), ManageError> {
        if !self.outbox.admits(source) {
            return Ok(());
        }
        let org = self.directory.org_named(named).await?;
        let first = match &org {
            Some(org) => self.founders(org).await?.into_iter().next(),
            None => None,
        };
        let (to, key) = match first {
            Some(email) => (Recipient::Address(email.clone()), email.key()),
            None => (Recipient::Nobody(lookup_key(named)), lookup_key(named)),
        };
        if !self.outbox.has_room(TenantId::MANAGEMENT, &key).await? {
            return Ok(());
        }
        let post = self.founding_post(org.as_deref(), to).await?;
        self.post(&Place::Management, post).await
    }

    async fn founders(&self, org: &Organization) -> Result<Vec<Email>, ManageError> {
        let id = org.id;
        let mut admins = self.store.blocking(move |store| store.list_admins_of(id)).await?;
        admins.sort_by_key(|admin| admin.person.created);
        Ok(admins.into_iter().filter_map(|admin| admin.person.email).collect())
    }
}
