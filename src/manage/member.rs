//! Who administers an organization: admins join and leave it, and one of them always stays.

use serde_json::json;

use super::taken::of_person;
use super::{Actor, ManageError, NewAdmin, Registry};
use crate::domain::id::AdminId;
use crate::domain::journal::ChangeKind;
use crate::domain::name::lookup_key;
use crate::domain::tenant::Organization;
use crate::domain::user::Admin;
use crate::store::{Journal, Leaving, Provision, Store};

/// What came of adding an admin.
#[derive(Clone, Debug)]
pub struct Joined {
    pub admin: Admin,
    /// The account was made for it.
    pub is_new: bool,
    /// They belonged to the organization before.
    pub was_member: bool,
}

impl Registry {
    /// The admins of an organization, by username.
    pub async fn list_members(&self, org: &Organization) -> Result<Vec<Admin>, ManageError> {
        let org = org.id;
        Ok(self.store.blocking(move |store| store.list_admins_of(org)).await?)
    }

    /// An admin who may be a member: by UUID, email or username.
    ///
    /// *Errors*: `NoSuchMember`; the superuser is over every organization and in none.
    pub async fn get_candidate(&self, text: &str) -> Result<Admin, ManageError> {
        let found = self.find_admin(text).await?.filter(|admin| admin.id != AdminId::SUPERUSER);
        found.ok_or_else(|| ManageError::NoSuchMember(text.to_owned()))
    }

    /// The admin who is to be given something by this name. What reads like an email means whoever has it, not who took
    /// it as a username.
    ///
    /// *Errors*: `NoSuchMember`.
    pub async fn get_newcomer(&self, text: &str) -> Result<Admin, ManageError> {
        let found = self.get_candidate(text).await?;
        if found.person.is_meant_by(text) { Ok(found) } else { Err(ManageError::NoSuchMember(text.to_owned())) }
    }

    /// Adds the admin of an email address to an organization, and makes the account where there is none.
    ///
    /// *Errors*: `Name`, `PasswordPolicy`, `Taken` for a username; nothing was written then.
    pub async fn invite_member(&self, org: &Organization, new: NewAdmin, actor: Actor) -> Result<Joined, ManageError> {
        let email = new.email.clone().unwrap_or_default();
        // By the address alone: whoever took it as a username is not the one who was meant.
        let has_it = |admin: &Admin| admin.person.email.as_ref().is_some_and(|own| own.key() == lookup_key(&email));
        match self.get_candidate(&email).await {
            Ok(known) if has_it(&known) => return self.add_member(org, known, actor).await,
            Ok(_) | Err(ManageError::NoSuchMember(_)) => {}
            Err(cause) => return Err(cause),
        }
        let made = self.new_admin(new, actor).await?;
        let admin = made.who.clone();
        let entry = self.audit(org.id, actor, "create organization admin", json!({ "admin": admin.id }));
        let change = self.change(org.id, ChangeKind::Membership);
        let post = self.invitation_post(org, &admin, made.hash.is_some()).await?;
        let provision = Provision {
            admins: vec![made],
            memberships: vec![(org.id, admin.id)],
            journal: Journal { changes: vec![change], audit: vec![entry], post },
            ..Provision::default()
        };
        let written = self.store.blocking(move |store| store.provision(&provision)).await;
        written.map_err(|cause| ManageError::from(cause).of_value(|what| of_person(&admin.person, what)))?;
        self.directory.apply(&[change]);
        self.outbox.ring();
        Ok(Joined { admin, is_new: true, was_member: false })
    }

    /// Makes an admin a member; who is one already stays one.
    pub async fn add_member(&self, org: &Organization, admin: Admin, actor: Actor) -> Result<Joined, ManageError> {
        let journal = Journal {
            changes: vec![self.change(org.id, ChangeKind::Membership)],
            audit: vec![self.audit(org.id, actor, "add organization admin", json!({ "admin": admin.id }))],
            post: self.invitation_post(org, &admin, true).await?,
        };
        let (org, id) = (org.id, admin.id);
        let is_new = self.write(journal, move |store: &Store, journal: &Journal| store.add_member(org, id, journal));
        let was_member = !is_new.await?;
        Ok(Joined { admin, is_new: false, was_member })
    }

    /// Takes an admin out of an organization. Their access ends at once, whatever tokens they hold.
    ///
    /// *Errors*: `NoSuchMember`, `LastMember`.
    pub async fn remove_member(&self, org: &Organization, admin: &Admin, actor: Actor) -> Result<(), ManageError> {
        let journal = Journal {
            changes: vec![self.change(org.id, ChangeKind::Membership)],
            audit: vec![self.audit(org.id, actor, "remove organization admin", json!({ "admin": admin.id }))],
            ..Journal::default()
        };
        let (org, id, now) = (org.id, admin.id, self.clock.now());
        let write = move |store: &Store, journal: &Journal| store.remove_member(org, id, now, journal);
        match self.write(journal, write).await? {
            Leaving::Left => Ok(()),
            Leaving::NoMember => Err(ManageError::NoSuchMember(id.to_string())),
            Leaving::Last => Err(ManageError::LastMember),
        }
    }
}
