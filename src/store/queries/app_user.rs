//! The rows of an application's users.

use std::collections::HashMap;

use diesel::prelude::*;
use uuid::Uuid;

use super::Conn;
use super::person::{PersonRow, person_columns};
use crate::domain::clock::Moment;
use crate::domain::id::{AppId, UserId};
use crate::domain::secret::Secret;
use crate::domain::user::{AppUser, Identifier, WithPassword};
use crate::store::admission::Admission;
use crate::store::columns::RowId;
use crate::store::error::StoreError;
use crate::store::passwords::NewPassword;
use crate::store::schema::app_user;

/// How many ids one statement names; the older SQLite takes 999 values.
const IDS_A_QUERY: usize = 500;

#[derive(Queryable, Insertable)]
#[diesel(table_name = app_user)]
struct Row {
    tenant_id: RowId,
    id: RowId,
    hash: Option<String>,
    #[diesel(embed)]
    person: PersonRow,
}

impl Row {
    fn into_domain(self) -> Result<WithPassword<AppUser>, StoreError> {
        let who = AppUser {
            id: UserId::new(self.id.0),
            app: AppId::new(self.tenant_id.0),
            person: self.person.into_domain("app_user")?,
        };
        Ok(WithPassword { who, hash: self.hash.map(Secret::new) })
    }
}

/// Adds a user with their hash, inside their application.
pub fn insert(conn: &mut Conn, user: &WithPassword<AppUser>) -> Result<(), StoreError> {
    let row = Row {
        tenant_id: RowId(user.who.app.uuid()),
        id: RowId(user.who.id.uuid()),
        hash: user.hash.as_ref().map(|hash| hash.expose().to_owned()),
        person: PersonRow::new(&user.who.person),
    };
    diesel::insert_into(app_user::table).values(row).execute(conn)?;
    Ok(())
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

/// Sets the password if its hash is still the one seen.
pub fn set_password(conn: &mut Conn, app: AppId, user: UserId, new: &NewPassword) -> Result<bool, StoreError> {
    let own =
        app_user::table.filter(app_user::tenant_id.eq(RowId(app.uuid()))).filter(app_user::id.eq(RowId(user.uuid())));
    let values = (app_user::hash.eq(new.hash.expose()), app_user::password_changed.eq(new.changed));
    let written = match &new.seen {
        Some(seen) => diesel::update(own.filter(app_user::hash.eq(seen.expose()))).set(values).execute(conn)?,
        None => diesel::update(own.filter(app_user::hash.is_null())).set(values).execute(conn)?,
    };
    Ok(written == 1)
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

/// Lets a user in; false when there is none.
pub fn admit(conn: &mut Conn, app: AppId, user: UserId, admission: &Admission) -> Result<bool, StoreError> {
    let row = || app_user::table.find((RowId(app.uuid()), RowId(user.uuid())));
    let mut found = diesel::update(row()).set(app_user::modified.eq(admission.now)).execute(conn)? == 1;
    if admission.confirmed {
        found &= diesel::update(row()).set(app_user::confirmed.eq(true)).execute(conn)? == 1;
    }
    if admission.activated {
        let active = (app_user::activated.eq(true), app_user::deactivated.eq(None::<Moment>));
        found &= diesel::update(row()).set(active).execute(conn)? == 1;
    }
    Ok(found)
}
