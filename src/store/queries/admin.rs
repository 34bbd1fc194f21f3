//! The rows of admins.

use diesel::prelude::*;
use serde_json::Value;

use super::person::{Keys, PersonRow, keys_of, person_columns};
use super::{Conn, sign_in_name};
use crate::domain::id::{AdminId, OrgId, TenantId};
use crate::domain::name::Email;
use crate::domain::secret::Secret;
use crate::domain::user::{Admin, Identifier, WithPassword};
use crate::store::admins::AdminChange;
use crate::store::columns::RowId;
use crate::store::error::StoreError;
use crate::store::passwords::NewPassword;
use crate::store::schema::{admin, membership};

#[derive(Queryable, Insertable)]
#[diesel(table_name = admin, treat_none_as_default_value = false)]
struct Row {
    id: RowId,
    hash: Option<String>,
    #[diesel(embed)]
    person: PersonRow,
}

impl Row {
    fn into_domain(self) -> Result<WithPassword<Admin>, StoreError> {
        let who = Admin { id: AdminId::new(self.id.0), person: self.person.into_domain("admin")? };
        Ok(WithPassword { who, hash: self.hash.map(Secret::new) })
    }
}

/// As for users: no admin's username is another's email.
fn take_names(conn: &mut Conn, id: AdminId, before: Option<&Keys>, after: &Keys) -> Result<(), StoreError> {
    let bearer = (TenantId::MANAGEMENT, id.uuid());
    sign_in_name::claim(conn, bearer, after, before)?;
    let Some(before) = before else { return Ok(()) };
    for key in sign_in_name::release(conn, bearer, before, Some(after))? {
        if let Some(heir) = find(conn, &Identifier::EmailOrUsername(key.clone()))? {
            sign_in_name::hand_over(conn, (TenantId::MANAGEMENT, heir.who.id.uuid()), &key)?;
        }
    }
    Ok(())
}

/// Adds an admin with their hash. The transaction has entered the management tenant, here and at every change.
pub fn insert(conn: &mut Conn, new: &WithPassword<Admin>) -> Result<(), StoreError> {
    let row = Row {
        id: RowId(new.who.id.uuid()),
        hash: new.hash.as_ref().map(|hash| hash.expose().to_owned()),
        person: PersonRow::new(&new.who.person),
    };
    diesel::insert_into(admin::table).values(row).execute(conn)?;
    take_names(conn, new.who.id, None, &keys_of(&new.who.person))
}

/// The admin that `who` names.
pub fn find(conn: &mut Conn, who: &Identifier) -> Result<Option<WithPassword<Admin>>, StoreError> {
    let all = admin::table.select((admin::id, admin::hash, person_columns!(admin)));
    let by_username = |key| all.filter(admin::username_key.eq(key));
    let row: Option<Row> = match who {
        Identifier::Id(id) => all.filter(admin::id.eq(RowId(*id))).first(conn).optional()?,
        Identifier::Username(key) => by_username(key).first(conn).optional()?,
        Identifier::Email(key) => all.filter(admin::email_key.eq(key)).first(conn).optional()?,
        // Two questions instead of one with OR, as for users.
        Identifier::EmailOrUsername(key) => match all.filter(admin::email_key.eq(key)).first(conn).optional()? {
            None => by_username(key).first(conn).optional()?,
            by_email => by_email,
        },
    };
    row.map(Row::into_domain).transpose()
}

/// The admins of an organization, by username.
pub fn list_of(conn: &mut Conn, org: OrgId) -> Result<Vec<Admin>, StoreError> {
    admin::table
        .inner_join(membership::table.on(membership::admin_id.eq(admin::id)))
        .filter(membership::org_id.eq(RowId(org.uuid())))
        .order(admin::username_key)
        .select((admin::id, admin::hash, person_columns!(admin)))
        .load::<Row>(conn)?
        .into_iter()
        .map(|row| Ok(row.into_domain()?.who))
        .collect()
}

/// Writes what changes of an admin; false when there is none, or none as it was seen.
pub fn change(conn: &mut Conn, change: &AdminChange) -> Result<bool, StoreError> {
    let row = || admin::table.filter(admin::id.eq(RowId(change.admin.uuid())));
    if let Some(seen) = change.seen {
        // First of all, so that whoever else changes the row waits for us, or we have seen what they wrote.
        let same = row().filter(admin::modified.eq(seen));
        if diesel::update(same).set(admin::modified.eq(change.at)).execute(conn)? == 0 {
            return Ok(false);
        }
    }
    if let Some(person) = &change.profile {
        let before: Option<Keys> = row().select((admin::username_key, admin::email_key)).first(conn).optional()?;
        let Some(before) = before else { return Ok(false) };
        let values = (
            admin::username.eq(person.username.as_str()),
            admin::username_key.eq(person.username.key()),
            admin::email.eq(person.email.as_ref().map(|email| email.as_str())),
            admin::email_key.eq(person.email.as_ref().map(Email::key)),
            admin::name.eq(person.name.as_deref()),
            admin::properties.eq(Value::Object(person.properties.clone())),
        );
        diesel::update(row()).set(values).execute(conn)?;
        take_names(conn, change.admin, Some(&before), &keys_of(person))?;
    }
    if let Some(standing) = change.standing {
        let values = (
            admin::activated.eq(standing.activated),
            admin::confirmed.eq(standing.confirmed),
            admin::disabled.eq(standing.disabled),
            admin::deactivated.eq(standing.deactivated),
        );
        diesel::update(row()).set(values).execute(conn)?;
    }
    if let Some(hash) = &change.hash {
        let values = (admin::hash.eq(hash.expose()), admin::password_changed.eq(change.at));
        diesel::update(row()).set(values).execute(conn)?;
    }
    Ok(diesel::update(row()).set(admin::modified.eq(change.at)).execute(conn)? == 1)
}

/// Sets the password if its hash is still the one seen.
pub fn set_password(conn: &mut Conn, id: AdminId, new: &NewPassword) -> Result<bool, StoreError> {
    let own = admin::table.filter(admin::id.eq(RowId(id.uuid())));
    let values = (admin::hash.eq(new.hash.expose()), admin::password_changed.eq(new.changed));
    let written = match &new.seen {
        Some(seen) => diesel::update(own.filter(admin::hash.eq(seen.expose()))).set(values).execute(conn)?,
        None => diesel::update(own.filter(admin::hash.is_null())).set(values).execute(conn)?,
    };
    Ok(written == 1)
}

/// Sets the hash if it is still `old`.
pub fn replace_hash(conn: &mut Conn, id: AdminId, old: &Secret, new: &Secret) -> Result<bool, StoreError> {
    let same = admin::table.filter(admin::id.eq(RowId(id.uuid()))).filter(admin::hash.eq(old.expose()));
    Ok(diesel::update(same).set(admin::hash.eq(new.expose())).execute(conn)? == 1)
}

/// Gives a password to an admin who has none; false where there is one, or no such admin.
pub fn give_hash(conn: &mut Conn, id: AdminId, hash: &Secret) -> Result<bool, StoreError> {
    let bare = admin::table.find(RowId(id.uuid())).filter(admin::hash.is_null());
    Ok(diesel::update(bare).set(admin::hash.eq(hash.expose())).execute(conn)? == 1)
}
