//! Users of an application: how they come, change, rest and go.

use serde_json::json;

use super::admission::add;
use super::person::links_lost;
use super::taken::of_person;
use super::user_members::UserMembers;
use super::{Actor, Asker, ManageError, Registry, SaidBy};
use crate::crypto::digest::md5_hex;
use crate::domain::clock::Moment;
use crate::domain::id::{AppId, UserId};
use crate::domain::journal::ChangeKind;
use crate::domain::name::Email;
use crate::domain::revocation::{Revocation, RevocationReason, RevocationTarget};
use crate::domain::tenant::{Application, CollectionCounts};
use crate::domain::user::{AppUser, Identifier, Person, WithPassword};
use crate::store::{Journal, NewUser, Store};

/// How often a change that lost the race for the row looks again.
const LOOKS: usize = 8;

impl Registry {
    /// A user of an application, named by UUID, email or username. *Tenancy*: the application.
    ///
    /// *Errors*: `UnknownEntity` by UUID, `UnknownName` by anything else: clients tell the two apart (Usergrid).
    pub async fn get_user_named(&self, app: AppId, who: Identifier, asked: &str) -> Result<AppUser, ManageError> {
        let is_id = matches!(who, Identifier::Id(_));
        let found = self.store.point(move |store| store.find_user(app, &who)).await?;
        found.ok_or_else(|| match is_id {
            true => ManageError::UnknownEntity(asked.to_owned()),
            false => ManageError::UnknownName(asked.to_owned()),
        })
    }

    /// Creates a user from what a body says. Everything is checked before anything is written.
    ///
    /// *Errors*: `RegistrationClosed` for a guest where guests may not; `RequiredProperty`, `Name`, `PasswordPolicy`,
    /// `ShortPin`, `TooLong`; `Taken` for a username or an email that is taken.
    pub async fn sign_up(
        &self,
        app: &Application,
        members: UserMembers,
        actor: Actor,
        source: &str,
    ) -> Result<AppUser, ManageError> {
        let rules = app.settings.registration;
        if matches!(actor, Actor::Guest) && !rules.is_open() {
            return Err(ManageError::RegistrationClosed);
        }
        let now = self.clock.now();
        let mut person = members.create(&rules, now)?;
        if let Some(password) = members.password() {
            self.check_password_policy(password)?;
        }
        let pin = match members.pin() {
            Some(pin) => Some(self.hash_pin(app.id, pin.clone()).await?),
            None => None,
        };
        let hash = match members.password() {
            Some(password) => Some(self.lane.hash(app.id.into(), password.clone()).await?),
            None => None,
        };
        person.password_changed = hash.is_some().then_some(now);
        set_picture(&mut person);
        let who = AppUser { id: UserId::new(self.draw_id()), app: app.id, person };
        let asker = match members.by() {
            SaidBy::Administration => Asker::Above,
            SaidBy::Anyone => Asker::Stranger(source),
        };
        self.write_user(NewUser { user: WithPassword { who: who.clone(), hash }, pin }, actor, asker).await?;
        Ok(who)
    }

    /// Writes a user who is ready.
    async fn write_user(&self, new: NewUser, actor: Actor, asker: Asker<'_>) -> Result<(), ManageError> {
        let who = new.user.who.clone();
        let entry = self.audit(who.app, actor, "create user", json!({ "user": who.id }));
        let post = self.sign_up_post(&who, asker).await?;
        let journal = Journal { changes: Vec::new(), audit: vec![entry], post };
        let written = self.write(journal, move |store, journal| store.create_user(&new, journal)).await;
        written.map_err(|cause| cause.of_value(|what| of_person(&who.person, what)))
    }

    /// Puts what a body says over a user.
    ///
    /// A user who is deactivated or disabled by it, or has to prove another address, loses every token at once.
    ///
    /// *Errors*: `UnknownEntity`, `Name`,
    /// `RequiredProperty`, `Taken`, `TooLong`.
    pub async fn update_user(
        &self,
        id: UserId,
        (app, members): (&Application, &UserMembers),
        actor: Actor,
    ) -> Result<AppUser, ManageError> {
        let change = |person: &mut Person, now| members.update(&app.settings.registration, person, now);
        self.change_user(app.id, id, (actor, "update user"), change).await
    }

    /// Lays an account to rest: nobody signs in to it until the administration activates it again.
    ///
    /// *Errors*: `UnknownEntity`.
    pub async fn deactivate_user(&self, app: AppId, id: UserId, actor: Actor) -> Result<AppUser, ManageError> {
        let change = |person: &mut Person, now| {
            person.activated = false;
            person.deactivated = Some(now);
            Ok(())
        };
        self.change_user(app, id, (actor, "deactivate user"), change).await
    }

    async fn change_user(
        &self,
        app: AppId,
        id: UserId,
        (actor, action): (Actor, &str),
        change: impl Fn(&mut Person, Moment) -> Result<(), ManageError>,
    ) -> Result<AppUser, ManageError> {
        for _ in 0..LOOKS {
            let user = self.get_user_named(app, Identifier::Id(id.uuid()), &id.to_string()).await?;
            let (before, seen) = (user.person.clone(), user.person.modified);
            let mut user = user;
            change(&mut user.person, self.clock.now())?;
            // By this moment another writer knows that the row is not what they read.
            user.person.modified = self.clock.now().max(Moment::from_micros(seen.micros().saturating_add(1)));
            let ends = match standing_lost(&before, &user.person) {
                Some(reason) => Some(self.end_of(app, id, reason).await?),
                None => None,
            };
            let changes = ends.iter().map(|_| self.change(app, ChangeKind::Revocations)).collect();
            let audit = vec![self.audit(app, actor, action, json!({ "user": id }))];
            let row = user.clone();
            let write = move |store: &Store, journal: &Journal| store.save_user(&row, seen, ends.as_ref(), journal);
            let mut post = links_lost(app.into(), id.uuid(), (&before, &user.person));
            if before.confirmed && !user.person.confirmed && user.person.deactivated.is_none() {
                add(&mut post, self.proof_post(&user).await?);
            }
            let saved = self.write(Journal { changes, audit, post }, write).await;
            if saved.map_err(|cause| cause.of_value(|what| of_person(&user.person, what)))? {
                return Ok(user);
            }
        }
        Err(ManageError::Overtaken)
    }

    /// Removes a user with everything that was theirs; their names are free at once and their tokens dead.
    ///
    /// *Errors*: `UnknownEntity`.
    pub async fn delete_user(&self, user: &AppUser, actor: Actor) -> Result<(), ManageError> {
        let (app, id) = (user.app, user.id);
        let ends = self.end_of(app, id, RevocationReason::Deleted).await?;
        let journal = Journal {
            changes: vec![self.change(app, ChangeKind::Revocations)],
            audit: vec![self.audit(app, actor, "delete user", json!({ "user": id }))],
            ..Journal::default()
        };
        let write = move |store: &Store, journal: &Journal| store.delete_user(app, id, &ends, journal);
        let was_there = self.write(journal, write).await?;
        was_there.then_some(()).ok_or_else(|| ManageError::UnknownEntity(id.to_string()))
    }

    /// How many users, groups and roles an application has.
    pub async fn count_collections(&self, app: AppId) -> Result<CollectionCounts, ManageError> {
        Ok(self.store.blocking(move |store| store.count_collections(app)).await?)
    }

    async fn end_of(&self, app: AppId, id: UserId, reason: RevocationReason) -> Result<Revocation, ManageError> {
        let ends = self.watermark(app.into(), RevocationTarget::Principal(id.uuid())).await?;
        Ok(Revocation { reason, ..ends })
    }
}

/// Why the tokens of a person end who was in good standing before a change.
fn standing_lost(before: &Person, after: &Person) -> Option<RevocationReason> {
    if !before.disabled && after.disabled {
        Some(RevocationReason::Disabled)
    } else if before.activated && !after.activated {
        Some(RevocationReason::Deactivated)
    } else {
        None
    }
}

/// Usergrid: who has an email and no picture gets the one that Gravatar keeps under that email.
pub(super) fn set_picture(person: &mut Person) {
    if let Some(email) = &person.email
        && !person.properties.contains_key("picture")
    {
        person.properties.insert("picture".to_owned(), json!(picture(email)));
    }
}

fn picture(email: &Email) -> String {
    format!("http://www.gravatar.com/avatar/{}", md5_hex(&email.as_str().to_lowercase()))
}
