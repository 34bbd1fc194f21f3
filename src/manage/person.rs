//! People: what a new account is made of, and the creation of application users.

use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::taken::of_person;
use super::user::set_picture;
use super::{Actor, ManageError, Registry};
use crate::crypto::entropy::uuid_v7;
use crate::domain::id::{AppId, TenantId, UserId};
use crate::domain::mail::Post;
use crate::domain::name::{Email, NameError, Username};
use crate::domain::secret::Secret;
use crate::domain::user::{AppUser, Person, WithPassword};
use crate::store::{Journal, Provision};

/// A new account as asked for.
#[derive(Clone, Debug)]
pub struct NewPerson {
    pub username: String,
    pub email: Option<String>,
    pub name: Option<String>,
    /// Without one the account cannot sign in by password.
    pub password: Option<Secret>,
    /// Further members, returned unchanged.
    pub properties: Map<String, Value>,
}

/// Members of an account that are the server's own; a property may not bear their names.
pub(super) const OWN_MEMBERS: [&str; 14] = [
    "activated",
    "confirmed",
    "created",
    "deactivated",
    "disabled",
    "email",
    "metadata",
    "modified",
    "name",
    "password",
    "pin",
    "type",
    "username",
    "uuid",
];

impl Registry {
    /// Creates a user of an application.
    ///
    /// *Errors*: `Name`, `PasswordPolicy`, `OwnMember`, `Taken` for username or email. *Tenancy*: unique within the application.
    pub async fn create_user(&self, app: AppId, new: NewPerson, actor: Actor) -> Result<AppUser, ManageError> {
        let user = self.new_user(app, new).await?;
        let created = user.who.clone();
        let entry = self.audit(app, actor, "create user", json!({ "user": created.id }));
        let provision = Provision {
            users: vec![user],
            journal: Journal { changes: Vec::new(), audit: vec![entry], ..Journal::default() },
            ..Provision::default()
        };
        let written = self.store.blocking(move |store| store.provision(&provision)).await;
        written.map_err(|cause| ManageError::from(cause).of_value(|what| of_person(&created.person, what)))?;
        Ok(created)
    }

    /// A user ready to be written.
    pub(super) async fn new_user(&self, app: AppId, new: NewPerson) -> Result<WithPassword<AppUser>, ManageError> {
        let (mut person, hash) = self.new_person(app.into(), new).await?;
        set_picture(&mut person);
        Ok(WithPassword { who: AppUser { id: UserId::new(self.draw_id()), app, person }, hash })
    }

    /// Checks and hashes what any account needs.
    pub(super) async fn new_person(
        &self,
        tenant: TenantId,
        new: NewPerson,
    ) -> Result<(Person, Option<Secret>), ManageError> {
        let named = |field| move |source: NameError| ManageError::Name { field, source };
        let username = Username::parse(&new.username).map_err(named("username"))?;
        let email = new.email.as_deref().map(Email::parse).transpose().map_err(named("email"))?;
        if let Some(password) = &new.password {
            self.check_password_policy(password)?;
        }
        if let Some(own) = OWN_MEMBERS.into_iter().find(|own| new.properties.contains_key(*own)) {
            return Err(ManageError::OwnMember(own));
        }
        let hash = match new.password {
            Some(password) => Some(self.lane.hash(tenant, password).await?),
            None => None,
        };
        let now = self.clock.now();
        let person = Person {
            username,
            email,
            name: new.name,
            properties: new.properties,
            activated: true,
            confirmed: true,
            disabled: false,
            deactivated: None,
            password_changed: hash.is_some().then_some(now),
            created: now,
            modified: now,
        };
        Ok((person, hash))
    }

    pub(super) fn draw_id(&self) -> Uuid {
        uuid_v7(self.clock.now(), &*self.entropy)
    }
}

/// Links that were mailed to an address end with it: whoever reads it no longer speaks for the account. They end too
/// when someone above shuts the account: no link of before lets it in again.
pub(super) fn links_lost(tenant: TenantId, holder: Uuid, (before, after): (&Person, &Person)) -> Post {
    let is_moved = before.email.as_ref().map(Email::key) != after.email.as_ref().map(Email::key);
    Post {
        voided: (is_moved || after.is_shut_since(before)).then_some((tenant, holder)).into_iter().collect(),
        ..Post::default()
    }
}
