//! Accounts of the management plane: made, and changed by their holder or by the superuser.

use std::time::Duration;

use serde_json::{Map, Value, json};

use super::person::links_lost;
use super::taken::of_person;
use super::{Actor, Holder, ManageError, NewPerson, Registry};
use crate::domain::id::{AdminId, TenantId};
use crate::domain::journal::ChangeKind;
use crate::domain::name::{Email, NameError, Username};
use crate::domain::revocation::{Revocation, RevocationReason, RevocationTarget};
use crate::domain::secret::Secret;
use crate::domain::switchboard::Toggle;
use crate::domain::tenant::Switch;
use crate::domain::user::{Admin, Standing, WithPassword};
use crate::store::{AdminChange, Journal, Provision, Store};

/// A new admin as asked for.
#[derive(Clone, Debug)]
pub struct NewAdmin {
    /// Their email address where it is missing (Usergrid).
    pub username: Option<String>,
    pub email: Option<String>,
    pub name: Option<String>,
    /// Without one they cannot sign in until they have set one.
    pub password: Option<Secret>,
    /// Further members, returned unchanged.
    pub properties: Map<String, Value>,
}

impl From<NewPerson> for NewAdmin {
    fn from(new: NewPerson) -> Self {
        Self {
            username: Some(new.username),
            email: new.email,
            name: new.name,
            password: new.password,
            properties: new.properties,
        }
    }
}

/// What is to change of an admin's account; what is `None` stays.
#[derive(Clone, Debug, Default)]
pub struct AdminUpdate {
    pub username: Option<String>,
    pub name: Option<String>,
    pub email: Option<String>,
    /// Merged into the properties; `""` takes one away.
    pub properties: Map<String, Value>,
    /// Whether the account may be used: the superuser's to decide.
    pub standing: Option<Standing>,
}

impl Registry {
    /// Creates an admin who belongs to no organization yet.
    ///
    /// *Errors*: `Name`, `PasswordPolicy`, `OwnMember`, `Taken`; nothing was created then.
    pub async fn create_admin(&self, new: NewAdmin, actor: Actor) -> Result<Admin, ManageError> {
        let new = self.new_admin(new, actor).await?;
        let admin = new.who.clone();
        let detail = json!({ "admin": admin.id });
        let entry = self.audit(TenantId::MANAGEMENT, actor.or(admin.id), "create admin", detail);
        let post = self.first_post(&Holder::Admin(admin.clone())).await?;
        let provision = Provision {
            admins: vec![new],
            journal: Journal { changes: Vec::new(), audit: vec![entry], post },
            ..Provision::default()
        };
        let written = self.store.blocking(move |store| store.provision(&provision)).await;
        written.map_err(|cause| ManageError::from(cause).of_value(|what| of_person(&admin.person, what)))?;
        self.outbox.ring();
        Ok(admin)
    }

    /// An admin ready to be written, who waits for a confirmation or an approval where the switches say so.
    pub(super) async fn new_admin(&self, new: NewAdmin, actor: Actor) -> Result<WithPassword<Admin>, ManageError> {
        let username = new.username.or_else(|| new.email.clone()).unwrap_or_default();
        let person = NewPerson {
            username,
            email: new.email,
            name: new.name,
            password: new.password,
            properties: new.properties,
        };
        let (person, hash) = self.new_person(TenantId::MANAGEMENT, person).await?;
        let mut person = person;
        person.set_standing(self.first_standing(actor));
        Ok(WithPassword { who: Admin { id: AdminId::new(self.draw_id()), person }, hash })
    }

    fn first_standing(&self, actor: Actor) -> Standing {
        let is_free = matches!(actor, Actor::Operator);
        let waits = |toggle| !is_free && self.switches.get(toggle) == Switch::On;
        let confirmed = !waits(Toggle::AdminsMustConfirm);
        Standing {
            activated: confirmed && !waits(Toggle::ApproveAdmins),
            confirmed,
            disabled: false,
            deactivated: None,
        }
    }

    /// Changes an admin's account. One that may no longer be used loses its tokens in the same step.
    ///
    /// *Errors*: `Superuser` for the account that the configuration keeps; `Name`, `Taken`.
    pub async fn update_admin(&self, admin: Admin, update: AdminUpdate, actor: Actor) -> Result<Admin, ManageError> {
        if admin.id == AdminId::SUPERUSER {
            return Err(ManageError::Superuser);
        }
        let named = |field| move |source: NameError| ManageError::Name { field, source };
        let Admin { id, mut person } = admin;
        let before = person.clone();
        if let Some(username) = &update.username {
            person.username = Username::parse(username).map_err(named("username"))?;
        }
        if let Some(email) = &update.email {
            person.email = Some(Email::parse(email).map_err(named("email"))?);
        }
        person.name = update.name.or(person.name);
        merge(&mut person.properties, update.properties);
        // Later than any change before, so that whoever decides by the account as it was is too late.
        let at = self.clock.now().max(before.modified.plus(Duration::from_micros(1)));
        let mut change = AdminChange::of(id, at);
        change.profile = Some(person.clone());
        if let Some(standing) = update.standing {
            change.standing = Some(standing);
            change.revocation = self.end_by(id, standing).await?;
            person.set_standing(standing);
        }
        let ended = change.revocation.iter().map(|ended| self.change(ended.tenant, ChangeKind::Revocations));
        let journal = Journal {
            changes: ended.collect(),
            audit: vec![self.audit(TenantId::MANAGEMENT, actor, "update admin", json!({ "admin": id }))],
            post: links_lost(TenantId::MANAGEMENT, id.uuid(), (&before, &person)),
        };
        let write = move |store: &Store, journal: &Journal| store.change_admin(&change, journal);
        let written = self.write(journal, write).await;
        match written.map_err(|cause| cause.of_value(|what| of_person(&person, what)))? {
            true => Ok(Admin { id, person }),
            false => Err(ManageError::UnknownUser(id.to_string())),
        }
    }

    async fn end_by(&self, admin: AdminId, standing: Standing) -> Result<Option<Revocation>, ManageError> {
        let reason = match standing {
            Standing { disabled: true, .. } => RevocationReason::Disabled,
            Standing { activated: false, .. } => RevocationReason::Deactivated,
            Standing { .. } => return Ok(None),
        };
        let ended = self.watermark(TenantId::MANAGEMENT, RevocationTarget::Principal(admin.uuid())).await?;
        Ok(Some(Revocation { reason, ..ended }))
    }
}

/// Merges properties over others; an empty text takes one away (Usergrid).
pub(super) fn merge(properties: &mut Map<String, Value>, over: Map<String, Value>) {
    for (key, value) in over {
        if value.as_str() == Some("") {
            properties.remove(&key);
        } else {
            properties.insert(key, value);
        }
    }
}
