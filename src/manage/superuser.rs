//! The superuser's account, kept in step with the configuration at every start. No request changes it.

use serde_json::{Map, json};

use super::{Actor, ManageError, Registry};
use crate::crypto::password::Verdict;
use crate::domain::id::{AdminId, TenantId};
use crate::domain::journal::ChangeKind;
use crate::domain::revocation::{Revocation, RevocationReason, RevocationTarget};
use crate::domain::superuser::Superuser;
use crate::domain::user::{Admin, Identifier, Person, Standing, WithPassword};
use crate::store::{AdminChange, Conflict, Journal, Provision, Store, StoreError};

impl Registry {
    /// Makes the account say what the configuration says: there, with this name and password; or disabled, its tokens
    /// dead. Safe to call from several nodes at once.
    ///
    /// *Errors*: `Taken` when another admin has the name or the address.
    pub async fn ensure_superuser(&self, wanted: Option<&Superuser>) -> Result<(), ManageError> {
        let known = self.find_superuser().await?;
        match (wanted, known) {
            (None, None) => Ok(()),
            (None, Some(known)) if known.who.person.disabled => Ok(()),
            (None, Some(_)) => self.retire_superuser().await,
            (Some(wanted), None) => match self.make_superuser(wanted).await {
                // Another node was first.
                Err(ManageError::Store(StoreError::Conflict(Conflict::Other))) => Ok(()),
                done => done,
            },
            (Some(wanted), Some(known)) => self.adjust_superuser(wanted, known).await,
        }
    }

    async fn find_superuser(&self) -> Result<Option<WithPassword<Admin>>, ManageError> {
        let id = Identifier::Id(AdminId::SUPERUSER.uuid());
        Ok(self.store.blocking(move |store| store.find_admin_with_password(&id)).await?)
    }

    async fn make_superuser(&self, wanted: &Superuser) -> Result<(), ManageError> {
        let hash = self.lane.hash(TenantId::MANAGEMENT, wanted.password.clone()).await?;
        let now = self.clock.now();
        let person = Person {
            username: wanted.username.clone(),
            email: Some(wanted.email.clone()),
            name: None,
            properties: Map::new(),
            activated: true,
            confirmed: true,
            disabled: false,
            deactivated: None,
            password_changed: Some(now),
            created: now,
            modified: now,
        };
        let who = Admin { id: AdminId::SUPERUSER, person };
        let entry = self.audit(TenantId::MANAGEMENT, Actor::Operator, "enable superuser", json!({}));
        let provision = Provision {
            admins: vec![WithPassword { who, hash: Some(hash) }],
            journal: Journal { changes: Vec::new(), audit: vec![entry], ..Journal::default() },
            ..Provision::default()
        };
        Ok(self.store.blocking(move |store| store.provision(&provision)).await?)
    }

    /// A new password ends what the old one signed in.
    async fn adjust_superuser(&self, wanted: &Superuser, known: WithPassword<Admin>) -> Result<(), ManageError> {
        let WithPassword { who: Admin { person, .. }, hash } = known;
        let verdict = self.lane.verify(TenantId::MANAGEMENT, wanted.password.clone(), hash).await?;
        let is_same_password = matches!(verdict, Verdict::Match { .. });
        let is_same_person = person.username == wanted.username && person.email.as_ref() == Some(&wanted.email);
        if is_same_password && is_same_person && !person.disabled {
            return Ok(());
        }
        let mut change = AdminChange::of(AdminId::SUPERUSER, self.clock.now());
        change.profile =
            Some(Person { username: wanted.username.clone(), email: Some(wanted.email.clone()), ..person });
        change.standing = Some(Standing { activated: true, confirmed: true, disabled: false, deactivated: None });
        if !is_same_password {
            change.hash = Some(self.lane.hash(TenantId::MANAGEMENT, wanted.password.clone()).await?);
            change.revocation = Some(self.end_of_superuser(RevocationReason::Revoked).await?);
        }
        self.change_superuser(change, "enable superuser").await
    }

    async fn retire_superuser(&self) -> Result<(), ManageError> {
        let mut change = AdminChange::of(AdminId::SUPERUSER, self.clock.now());
        change.standing = Some(Standing { activated: true, confirmed: true, disabled: true, deactivated: None });
        change.revocation = Some(self.end_of_superuser(RevocationReason::Disabled).await?);
        self.change_superuser(change, "disable superuser").await
    }

    async fn end_of_superuser(&self, reason: RevocationReason) -> Result<Revocation, ManageError> {
        let target = RevocationTarget::Principal(AdminId::SUPERUSER.uuid());
        let ended = self.watermark(TenantId::MANAGEMENT, target).await?;
        Ok(Revocation { reason, ..ended })
    }

    async fn change_superuser(&self, change: AdminChange, action: &str) -> Result<(), ManageError> {
        let journal = Journal {
            changes: vec![self.change(TenantId::MANAGEMENT, ChangeKind::Revocations)],
            audit: vec![self.audit(TenantId::MANAGEMENT, Actor::Operator, action, json!({}))],
            ..Journal::default()
        };
        let write = move |store: &Store, journal: &Journal| store.change_admin(&change, journal);
        self.write(journal, write).await.map(|_is_there| ())
    }
}
