//! The rows of an application's users.

use std::collections::{HashMap, HashSet};

use diesel::prelude::*;
use serde_json::{Map, Value};
use uuid::Uuid;

use super::person::{Keys, PersonRow, keys_of, person_columns};
use super::{Conn, from_json, sign_in_name, term};
use crate::domain::clock::Moment;
use crate::domain::id::{AppId, UserId};
use crate::domain::name::Email;
use crate::domain::query::Collection;
use crate::domain::secret::Secret;
use crate::domain::user::{AppUser, Identifier, Names, WithPassword};
use crate::store::columns::RowId;
use crate::store::error::StoreError;
use crate::store::passwords::NewPassword;
use crate::store::schema::{app_user, mail_token, social_identity};

/// How many rows one statement takes; SQLite bounds the number of values in one.
const ROWS_A_STATEMENT: usize = 500;
/// How many ids one statement names; the older SQLite takes 999 values.
const IDS_A_QUERY: usize = 500;

#[derive(Queryable, Insertable)]
#[diesel(table_name = app_user, treat_none_as_default_value = false)]
struct Row {
    tenant_id: RowId,
    id: RowId,
    hash: Option<String>,
    #[diesel(embed)]
    person: PersonRow,
}

impl Row {
    fn new(user: &WithPassword<AppUser>) -> Self {
        Self {
            tenant_id: RowId(user.who.app.uuid()),
            id: RowId(user.who.id.uuid()),
            hash: user.hash.as_ref().map(|hash| hash.expose().to_owned()),
            person: PersonRow::new(&user.who.person),
        }
    }

    fn into_domain(self) -> Result<WithPassword<AppUser>, StoreError> {
        let who = AppUser {
            id: UserId::new(self.id.0),
            app: AppId::new(self.tenant_id.0),
            person: self.person.into_domain("app_user")?,
        };
        Ok(WithPassword { who, hash: self.hash.map(Secret::new) })
    }
}

/// Sees to it that nobody's username is another's email: who is named by either would be taken for the other.
fn take_names(
    conn: &mut Conn,
    app: AppId,
    id: UserId,
    (before, after): (Option<&Keys>, Option<&Keys>),
) -> Result<(), StoreError> {
    let bearer = (app.into(), id.uuid());
    if let Some(after) = after {
        sign_in_name::claim(conn, bearer, after, before)?;
    }
    let Some(before) = before else { return Ok(()) };
    for key in sign_in_name::release(conn, bearer, before, after)? {
        let who = Identifier::EmailOrUsername(key.clone());
        if let Some(heir) = find(conn, app, &who)? {
            sign_in_name::hand_over(conn, (app.into(), heir.who.id.uuid()), &key)?;
        }
    }
    Ok(())
}

/// Adds a user with their hash and their terms, inside their application.
pub fn insert(conn: &mut Conn, user: &WithPassword<AppUser>) -> Result<(), StoreError> {
    diesel::insert_into(app_user::table).values(Row::new(user)).execute(conn)?;
    take_names(conn, user.who.app, user.who.id, (None, Some(&keys_of(&user.who.person))))?;
    term::insert(conn, user.who.app, Collection::Users, user.who.id.uuid(), &user.who.person.searchable())
}

/// The user of the application that `who` names.
pub fn find(conn: &mut Conn, app: AppId, who: &Identifier) -> Result<Option<WithPassword<AppUser>>, StoreError> {
    let tenant = app_user::table.filter(app_user::tenant_id.eq(RowId(app.uuid()))).select((
        app_user::tenant_id,
        app_user::id,
        app_user::hash,
        person_columns!(app_user),
    ));
    let by_username = |key| tenant.filter(app_user::username_key.eq(key));
    let row: Option<Row> = match who {
        Identifier::Id(id) => tenant.filter(app_user::id.eq(RowId(*id))).first(conn).optional()?,
        Identifier::Username(key) => by_username(key).first(conn).optional()?,
        Identifier::Email(key) => tenant.filter(app_user::email_key.eq(key)).first(conn).optional()?,
        // Two questions instead of one with OR, which SQLite answers by reading all users of the tenant.
        Identifier::EmailOrUsername(key) => match tenant.filter(app_user::email_key.eq(key)).first(conn).optional()? {
            None => by_username(key).first(conn).optional()?,
            by_email => by_email,
        },
    };
    row.map(Row::into_domain).transpose()
}

/// Sets the password if its hash is still the one seen. A pin ends with the password before: both sign in.
pub fn set_password(conn: &mut Conn, app: AppId, user: UserId, new: &NewPassword) -> Result<bool, StoreError> {
    let own =
        app_user::table.filter(app_user::tenant_id.eq(RowId(app.uuid()))).filter(app_user::id.eq(RowId(user.uuid())));
    let values = (
        app_user::hash.eq(new.hash.expose()),
        app_user::password_changed.eq(new.changed),
        app_user::pin_hash.eq(None::<String>),
    );
    let written = match &new.seen {
        Some(seen) => diesel::update(own.filter(app_user::hash.eq(seen.expose()))).set(values).execute(conn)?,
        None => diesel::update(own.filter(app_user::hash.is_null())).set(values).execute(conn)?,
    };
    Ok(written == 1)
}

/// Sets all but the password if the user is still as seen; the moment of their last change tells.
pub fn update(conn: &mut Conn, user: &AppUser, seen: Moment) -> Result<bool, StoreError> {
    let same = app_user::table
        .filter(app_user::tenant_id.eq(RowId(user.app.uuid())))
        .filter(app_user::id.eq(RowId(user.id.uuid())))
        .filter(app_user::modified.eq(seen));
    let before: Option<Keys> = same.select((app_user::username_key, app_user::email_key)).first(conn).optional()?;
    let Some(before) = before else { return Ok(false) };
    let person = &user.person;
    let values = (
        app_user::username.eq(person.username.as_str()),
        app_user::username_key.eq(person.username.key()),
        app_user::email.eq(person.email.as_ref().map(Email::as_str)),
        app_user::email_key.eq(person.email.as_ref().map(Email::key)),
        app_user::name.eq(person.name.as_deref()),
        app_user::properties.eq(Value::Object(person.properties.clone())),
        app_user::activated.eq(person.activated),
        app_user::confirmed.eq(person.confirmed),
        app_user::disabled.eq(person.disabled),
        app_user::deactivated.eq(person.deactivated),
        app_user::modified.eq(person.modified),
    );
    let is_set = diesel::update(same).set(values).execute(conn)? == 1;
    if is_set {
        take_names(conn, user.app, user.id, (Some(&before), Some(&keys_of(person))))?;
        term::replace(conn, user.app, Collection::Users, user.id.uuid(), &person.searchable())?;
    }
    Ok(is_set)
}

/// Sets or takes away a pin; false when there is no such user.
pub fn set_pin(conn: &mut Conn, app: AppId, user: UserId, pin: Option<&Secret>) -> Result<bool, StoreError> {
    let own =
        app_user::table.filter(app_user::tenant_id.eq(RowId(app.uuid()))).filter(app_user::id.eq(RowId(user.uuid())));
    Ok(diesel::update(own).set(app_user::pin_hash.eq(pin.map(Secret::expose))).execute(conn)? == 1)
}

/// The hash of a user's pin.
pub fn pin(conn: &mut Conn, app: AppId, user: UserId) -> Result<Option<Secret>, StoreError> {
    let own =
        app_user::table.filter(app_user::tenant_id.eq(RowId(app.uuid()))).filter(app_user::id.eq(RowId(user.uuid())));
    let hash: Option<Option<String>> = own.select(app_user::pin_hash).first(conn).optional()?;
    Ok(hash.flatten().map(Secret::new))
}

/// Removes a user's row and what they are found by; false when there is none.
pub fn delete(conn: &mut Conn, app: AppId, user: UserId) -> Result<bool, StoreError> {
    let own =
        app_user::table.filter(app_user::tenant_id.eq(RowId(app.uuid()))).filter(app_user::id.eq(RowId(user.uuid())));
    let keys: Option<Keys> = own.select((app_user::username_key, app_user::email_key)).first(conn).optional()?;
    let Some(keys) = keys else { return Ok(false) };
    term::remove(conn, app, Collection::Users, user.uuid())?;
    let is_gone = diesel::delete(own).execute(conn)? == 1;
    take_names(conn, app, user, (Some(&keys), None))?;
    Ok(is_gone)
}

/// How many users an application has.
pub fn count(conn: &mut Conn, app: AppId) -> Result<u64, StoreError> {
    let all: i64 = app_user::table.filter(app_user::tenant_id.eq(RowId(app.uuid()))).count().get_result(conn)?;
    Ok(u64::try_from(all).unwrap_or(0))
}

/// The users of these ids, in the order of the ids; unknown ones are left out.
pub fn find_all(conn: &mut Conn, app: AppId, ids: &[Uuid]) -> Result<Vec<AppUser>, StoreError> {
    let mut found = HashMap::with_capacity(ids.len());
    for some in ids.chunks(IDS_A_QUERY) {
        let rows: Vec<Row> = app_user::table
            .filter(app_user::tenant_id.eq(RowId(app.uuid())))
            .filter(app_user::id.eq_any(some.iter().map(|id| RowId(*id))))
            .select((app_user::tenant_id, app_user::id, app_user::hash, person_columns!(app_user)))
            .load(conn)?;
        for row in rows {
            found.insert(row.id.0, row.into_domain()?.who);
        }
    }
    Ok(ids.iter().filter_map(|id| found.remove(id)).collect())
}

/// Sets the hash if it is still `old`.
pub fn replace_hash(conn: &mut Conn, app: AppId, user: UserId, old: &Secret, new: &Secret) -> Result<bool, StoreError> {
    let same = app_user::table
        .filter(app_user::tenant_id.eq(RowId(app.uuid())))
        .filter(app_user::id.eq(RowId(user.uuid())))
        .filter(app_user::hash.eq(old.expose()));
    Ok(diesel::update(same).set(app_user::hash.eq(new.expose())).execute(conn)? == 1)
}

/// Adds those users whose id, username and email are all free, and no other's username or email; answers which they
/// are. Their terms are not written.
pub fn insert_free(conn: &mut Conn, app: AppId, users: &[WithPassword<AppUser>]) -> Result<Vec<Uuid>, StoreError> {
    let mut added = Vec::with_capacity(users.len());
    // In the order of their ids, so that neighbours in the table are written one after the other.
    let mut users: Vec<_> = users.iter().filter(|user| user.who.app == app).collect();
    users.sort_by_key(|user| user.who.id.uuid());
    for some in users.chunks(ROWS_A_STATEMENT) {
        let rows: Vec<Row> = some.iter().map(|user| Row::new(user)).collect();
        let new: Vec<(RowId, String, Option<String>)> = diesel::insert_into(app_user::table)
            .values(rows)
            .on_conflict_do_nothing()
            .returning((app_user::id, app_user::username_key, app_user::email_key))
            .get_results(conn)?;
        let new: Vec<(Uuid, Keys)> = new.into_iter().map(|(id, username, email)| (id.0, (username, email))).collect();
        let refused = sign_in_name::claim_all(conn, app.into(), &new)?;
        remove_new(conn, app, &refused)?;
        added.extend(new.into_iter().map(|(id, _)| id).filter(|id| !refused.contains(id)));
    }
    Ok(added)
}

/// Takes rows back that were written a moment ago, with nothing beside them yet.
fn remove_new(conn: &mut Conn, app: AppId, ids: &HashSet<Uuid>) -> Result<(), StoreError> {
    if ids.is_empty() {
        return Ok(());
    }
    let tenant = app_user::table.filter(app_user::tenant_id.eq(RowId(app.uuid())));
    diesel::delete(tenant.filter(app_user::id.eq_any(ids.iter().map(|id| RowId(*id))))).execute(conn)?;
    Ok(())
}

/// The users of these ids with their hashes, in no particular order.
pub fn list_with_passwords(
    conn: &mut Conn,
    app: AppId,
    ids: &[Uuid],
) -> Result<Vec<WithPassword<AppUser>>, StoreError> {
    let mut found = Vec::new();
    for some in ids.chunks(ROWS_A_STATEMENT) {
        let rows: Vec<Row> = app_user::table
            .filter(app_user::tenant_id.eq(RowId(app.uuid())))
            .filter(app_user::id.eq_any(some.iter().map(|id| RowId(*id))))
            .select((app_user::tenant_id, app_user::id, app_user::hash, person_columns!(app_user)))
            .load(conn)?;
        for row in rows {
            found.push(row.into_domain()?);
        }
    }
    Ok(found)
}

/// Which of these ids are users of the application.
pub fn list_known(conn: &mut Conn, app: AppId, ids: &[Uuid]) -> Result<Vec<Uuid>, StoreError> {
    let mut known = Vec::new();
    for some in ids.chunks(ROWS_A_STATEMENT) {
        let found: Vec<RowId> = app_user::table
            .filter(app_user::tenant_id.eq(RowId(app.uuid())))
            .filter(app_user::id.eq_any(some.iter().map(|id| RowId(*id))))
            .select(app_user::id)
            .load(conn)?;
        known.extend(found.into_iter().map(|id| id.0));
    }
    Ok(known)
}

/// Gives a password to a user who has none; false where there is one, or no such user.
pub fn give_hash(conn: &mut Conn, app: AppId, user: UserId, hash: &Secret) -> Result<bool, StoreError> {
    let bare = app_user::table.find((RowId(app.uuid()), RowId(user.uuid()))).filter(app_user::hash.is_null());
    Ok(diesel::update(bare).set(app_user::hash.eq(hash.expose())).execute(conn)? == 1)
}

/// Gives a pin to a user who has none.
pub fn give_pin(conn: &mut Conn, app: AppId, user: UserId, hash: &Secret) -> Result<bool, StoreError> {
    let bare = app_user::table.find((RowId(app.uuid()), RowId(user.uuid()))).filter(app_user::pin_hash.is_null());
    Ok(diesel::update(bare).set(app_user::pin_hash.eq(hash.expose())).execute(conn)? == 1)
}

/// How many users are read at once.
const BATCH: i64 = 500;

/// The id, username, email, name and properties of a user.
type Indexed = (RowId, String, Option<String>, Option<String>, Value);

/// Writes the terms of every user of the application, for a tenant whose users have none yet.
pub fn index(conn: &mut Conn, app: AppId) -> Result<(), StoreError> {
    let tenant = app_user::table.filter(app_user::tenant_id.eq(RowId(app.uuid())));
    let mut last = RowId(Uuid::nil());
    loop {
        let users: Vec<Indexed> = tenant
            .filter(app_user::id.gt(last))
            .order(app_user::id)
            .limit(BATCH)
            .select((app_user::id, app_user::username, app_user::email, app_user::name, app_user::properties))
            .load(conn)?;
        if users.is_empty() {
            return Ok(());
        }
        for (id, username, email, name, properties) in users {
            let properties: Map<String, Value> = from_json("app_user", properties)?;
            let names = Names { username: &username, email: email.as_deref(), name: name.as_deref() };
            term::insert(conn, app, Collection::Users, id.0, &names.searchable(&properties))?;
            last = id;
        }
    }
}

/// Removes what other tables keep of a user who is gone and no file of theirs knows how to remove.
pub fn remove_traces(conn: &mut Conn, app: AppId, user: UserId) -> Result<(), StoreError> {
    let (tenant, id) = (RowId(app.uuid()), RowId(user.uuid()));
    let mails = mail_token::table.filter(mail_token::tenant_id.eq(tenant)).filter(mail_token::holder_id.eq(id));
    diesel::delete(mails).execute(conn)?;
    let outside = social_identity::table.filter(social_identity::tenant_id.eq(tenant));
    diesel::delete(outside.filter(social_identity::user_id.eq(id))).execute(conn)?;
    Ok(())
}
