//! The rows that say which user an outside account signs in as.

use diesel::prelude::*;

use super::Conn;
use crate::domain::clock::Moment;
use crate::domain::id::{AppId, UserId};
use crate::domain::social::SocialIdentity;
use crate::store::columns::RowId;
use crate::store::error::StoreError;
use crate::store::schema::{app_user, social_identity};

/// The user of the application that the account belongs to.
pub fn find(conn: &mut Conn, app: AppId, identity: &SocialIdentity) -> Result<Option<UserId>, StoreError> {
    let key = (RowId(app.uuid()), identity.provider.as_str(), identity.subject.as_str());
    let row: Option<RowId> =
        social_identity::table.find(key).select(social_identity::user_id).first(conn).optional()?;
    Ok(row.map(|id| UserId::new(id.0)))
}

/// Makes the account a user's.
pub fn insert(
    conn: &mut Conn,
    app: AppId,
    identity: &SocialIdentity,
    user: UserId,
    now: Moment,
) -> Result<(), StoreError> {
    let values = (
        social_identity::tenant_id.eq(RowId(app.uuid())),
        social_identity::provider.eq(identity.provider.as_str()),
        social_identity::subject.eq(&identity.subject),
        social_identity::user_id.eq(RowId(user.uuid())),
        social_identity::created.eq(now),
    );
    diesel::insert_into(social_identity::table).values(values).execute(conn)?;
    Ok(())
}

/// Forgets the account where its user is no more.
pub fn remove_orphan(conn: &mut Conn, app: AppId, identity: &SocialIdentity) -> Result<(), StoreError> {
    let key = (RowId(app.uuid()), identity.provider.as_str(), identity.subject.as_str());
    let Some(user) = find(conn, app, identity)? else { return Ok(()) };
    let owner = app_user::table.find((RowId(app.uuid()), RowId(user.uuid())));
    if !diesel::select(diesel::dsl::exists(owner)).get_result::<bool>(conn)? {
        diesel::delete(social_identity::table.find(key)).execute(conn)?;
    }
    Ok(())
}
