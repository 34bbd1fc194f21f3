//! The rows of an application's users.

use diesel::prelude::*;

use super::person::{PersonRow, person_columns};
use super::{Conn, term};
use crate::domain::id::{AppId, UserId};
use crate::domain::query::Collection;
use crate::domain::secret::Secret;
use crate::domain::user::{AppUser, Identifier, WithPassword};
use crate::store::columns::RowId;
use crate::store::error::StoreError;
use crate::store::schema::app_user;

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

/// Adds a user with their hash and their terms, inside their application.
pub fn insert(conn: &mut Conn, user: &WithPassword<AppUser>) -> Result<(), StoreError> {
    let row = Row {
        tenant_id: RowId(user.who.app.uuid()),
        id: RowId(user.who.id.uuid()),
        hash: user.hash.as_ref().map(|hash| hash.expose().to_owned()),
        person: PersonRow::new(&user.who.person),
    };
    diesel::insert_into(app_user::table).values(row).execute(conn)?;
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
        // Two questions instead of one with OR, which SQLite answers by reading all users of the tenant.
        Identifier::EmailOrUsername(key) => match tenant.filter(app_user::email_key.eq(key)).first(conn).optional()? {
            None => by_username(key).first(conn).optional()?,
            by_email => by_email,
        },
    };
    row.map(Row::into_domain).transpose()
}

/// Sets the hash if it is still `old`.
pub fn replace_hash(conn: &mut Conn, app: AppId, user: UserId, old: &Secret, new: &Secret) -> Result<bool, StoreError> {
    let same = app_user::table
        .filter(app_user::tenant_id.eq(RowId(app.uuid())))
        .filter(app_user::id.eq(RowId(user.uuid())))
        .filter(app_user::hash.eq(old.expose()));
    Ok(diesel::update(same).set(app_user::hash.eq(new.expose())).execute(conn)? == 1)
}
