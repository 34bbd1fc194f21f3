//! The rows of refresh families.

use diesel::prelude::*;
use serde_json::{Value, json};
use uuid::Uuid;

use super::Conn;
use crate::domain::authority::{Authority, Principal};
use crate::domain::clock::Moment;
use crate::domain::id::{AdminId, AppId, OrgId, TenantId, UserId};
use crate::domain::refresh::RefreshFamily;
use crate::domain::revocation::{Revocation, RevocationTarget};
use crate::domain::scope::OFFLINE_ACCESS;
use crate::domain::secret::Sealed;
use crate::store::columns::RowId;
use crate::store::error::StoreError;
use crate::store::maintenance::{SealedPlace, SealedRow};
use crate::store::refresh::Advance;
use crate::store::schema::refresh_family;

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = refresh_family)]
struct Row {
    tenant_id: RowId,
    id: RowId,
    authority: String,
    principal: RowId,
    org: Option<RowId>,
    app: Option<RowId>,
    client_id: Option<String>,
    scope: String,
    key: Vec<u8>,
    key_by: String,
    head: i64,
    previous: Option<i64>,
    rotated: Moment,
    created: Moment,
    expires: Moment,
    ended: Option<Moment>,
    session: Option<RowId>,
    details: Value,
}

impl Row {
    fn new(family: &RefreshFamily) -> Self {
        Self {
            tenant_id: RowId(family.tenant.uuid()),
            id: RowId(family.id),
            authority: family.principal.authority().as_str().to_owned(),
            principal: RowId(family.principal.uuid()),
            org: family.principal.org().map(|org| RowId(org.uuid())),
            app: family.principal.app().map(|app| RowId(app.uuid())),
            client_id: family.client_id.clone(),
            scope: family.scope.clone(),
            key: family.key.bytes.clone(),
            key_by: family.key.by.clone(),
            head: family.head.into(),
            previous: family.previous.map(i64::from),
            rotated: family.rotated,
            created: family.created,
            expires: family.expires,
            ended: family.ended,
            session: family.session.map(RowId),
            details: json!(family.details),
        }
    }

    fn into_domain(self) -> Result<RefreshFamily, StoreError> {
        let principal = self.principal().ok_or_else(|| StoreError::corrupt("refresh_family", "unknown principal"))?;
        Ok(RefreshFamily {
            tenant: TenantId::new(self.tenant_id.0),
            id: self.id.0,
            principal,
            client_id: self.client_id,
            scope: self.scope,
            key: Sealed { by: self.key_by, bytes: self.key },
            head: generation(self.head)?,
            previous: self.previous.map(generation).transpose()?,
            rotated: self.rotated,
            created: self.created,
            expires: self.expires,
            ended: self.ended,
            session: self.session.map(|session| session.0),
            details: serde_json::from_value(self.details)
                .map_err(|cause| StoreError::corrupt("refresh_family", cause))?,
        })
    }

    fn principal(&self) -> Option<Principal> {
        let (org, app) = (self.org.map(|org| OrgId::new(org.0)), self.app.map(|app| AppId::new(app.0)));
        Some(match self.authority.parse().ok()? {
            Authority::AppUser => Principal::AppUser { org: org?, app: app?, user: UserId::new(self.principal.0) },
            Authority::AppClient => Principal::AppClient { org: org?, app: app? },
            Authority::OrgClient => Principal::OrgClient { org: org? },
            Authority::Admin => Principal::Admin { admin: AdminId::new(self.principal.0) },
        })
    }
}

fn generation(number: i64) -> Result<u32, StoreError> {
    u32::try_from(number).map_err(|cause| StoreError::corrupt("refresh_family", cause))
}

/// Adds a family.
pub fn insert(conn: &mut Conn, family: &RefreshFamily) -> Result<(), StoreError> {
    diesel::insert_into(refresh_family::table).values(Row::new(family)).execute(conn)?;
    Ok(())
}

/// The family of this id, ended and expired ones too.
pub fn find(conn: &mut Conn, tenant: TenantId, id: Uuid) -> Result<Option<RefreshFamily>, StoreError> {
    refresh_family::table
        .find((RowId(tenant.uuid()), RowId(id)))
        .select(Row::as_select())
        .first(conn)
        .optional()?
        .map(Row::into_domain)
        .transpose()
}

/// A family as its session knows it.
pub struct OfSession {
    pub id: Uuid,
    pub client_id: Option<String>,
    /// Whether it goes on after its person signs out.
    pub is_offline: bool,
}

/// The families that come of a browser's session and have not ended.
pub fn list_of_session(conn: &mut Conn, tenant: TenantId, session: Uuid) -> Result<Vec<OfSession>, StoreError> {
    let rows: Vec<(RowId, Option<String>, String)> = refresh_family::table
        .filter(refresh_family::tenant_id.eq(RowId(tenant.uuid())))
        .filter(refresh_family::session.eq(RowId(session)))
        .filter(refresh_family::ended.is_null())
        .select((refresh_family::id, refresh_family::client_id, refresh_family::scope))
        .load(conn)?;
    let family = |(id, client_id, scope): (RowId, Option<String>, String)| OfSession {
        id: id.0,
        client_id,
        is_offline: scope.split(' ').any(|word| word == OFFLINE_ACCESS),
    };
    Ok(rows.into_iter().map(family).collect())
}

/// The families of one holder with one client that have not ended.
pub fn list_of_client(
    conn: &mut Conn,
    tenant: TenantId,
    holder: Uuid,
    client_id: &str,
) -> Result<Vec<Uuid>, StoreError> {
    let rows: Vec<RowId> = refresh_family::table
        .filter(refresh_family::tenant_id.eq(RowId(tenant.uuid())))
        .filter(refresh_family::principal.eq(RowId(holder)))
        .filter(refresh_family::client_id.eq(client_id))
        .filter(refresh_family::ended.is_null())
        .select(refresh_family::id)
        .load(conn)?;
    Ok(rows.into_iter().map(|id| id.0).collect())
}

/// The families of one holder that have not ended or expired, newest first.
pub fn list_of(conn: &mut Conn, tenant: TenantId, holder: Uuid, now: Moment) -> Result<Vec<RefreshFamily>, StoreError> {
    refresh_family::table
        .filter(refresh_family::tenant_id.eq(RowId(tenant.uuid())))
        .filter(refresh_family::principal.eq(RowId(holder)))
        .filter(refresh_family::ended.is_null())
        .filter(refresh_family::expires.gt(now))
        .order(refresh_family::id.desc())
        .select(Row::as_select())
        .load(conn)?
        .into_iter()
        .map(Row::into_domain)
        .collect()
}

/// Steps on if the head is the expected one and the family has not ended.
pub fn advance(conn: &mut Conn, tenant: TenantId, id: Uuid, step: &Advance) -> Result<bool, StoreError> {
    let expected = refresh_family::table
        .find((RowId(tenant.uuid()), RowId(id)))
        .filter(refresh_family::head.eq(i64::from(step.expected_head)))
        .filter(refresh_family::ended.is_null());
    let values = (
        refresh_family::head.eq(i64::from(step.head)),
        refresh_family::previous.eq(step.previous.map(i64::from)),
        refresh_family::rotated.eq(step.rotated),
    );
    Ok(diesel::update(expected).set(values).execute(conn)? == 1)
}

/// Ends a family that has not ended.
fn end(conn: &mut Conn, tenant: TenantId, id: Uuid, at: Moment) -> Result<bool, StoreError> {
    let live = refresh_family::table.find((RowId(tenant.uuid()), RowId(id))).filter(refresh_family::ended.is_null());
    Ok(diesel::update(live).set(refresh_family::ended.eq(at)).execute(conn)? == 1)
}

/// Ends what a watermark covers but the family to spare, and the session that is named.
pub fn end_covered(conn: &mut Conn, revocation: &Revocation, spare: Option<Uuid>) -> Result<(), StoreError> {
    let covered = refresh_family::table
        .filter(refresh_family::tenant_id.eq(RowId(revocation.tenant.uuid())))
        .filter(refresh_family::ended.is_null())
        .filter(refresh_family::created.le(revocation.watermark));
    let ended = refresh_family::ended.eq(revocation.watermark);
    match revocation.target {
        RevocationTarget::Tenant => diesel::update(covered).set(ended).execute(conn)?,
        RevocationTarget::Principal(principal) => {
            let own = covered
                .filter(refresh_family::principal.eq(RowId(principal)))
                // No family has the nil UUID.
                .filter(refresh_family::id.ne(RowId(spare.unwrap_or_default())));
            diesel::update(own).set(ended).execute(conn)?
        }
        // A session is named by its family.
        RevocationTarget::Token(session) => usize::from(end(conn, revocation.tenant, session, revocation.watermark)?),
        RevocationTarget::Spared(_) => 0,
    };
    Ok(())
}

/// Ends the families that are bound to a client, whoever signed in by it.
pub fn end_of_client(conn: &mut Conn, tenant: TenantId, client_id: &str, at: Moment) -> Result<(), StoreError> {
    let bound = refresh_family::table
        .filter(refresh_family::tenant_id.eq(RowId(tenant.uuid())))
        .filter(refresh_family::client_id.eq(client_id))
        .filter(refresh_family::ended.is_null());
    diesel::update(bound).set(refresh_family::ended.eq(at)).execute(conn)?;
    Ok(())
}

/// Family keys under another master key than `not_by`.
pub fn list_sealed(conn: &mut Conn, tenant: TenantId, not_by: &str, limit: u32) -> Result<Vec<SealedRow>, StoreError> {
    let rows = refresh_family::table
        .filter(refresh_family::tenant_id.eq(RowId(tenant.uuid())))
        .filter(refresh_family::key_by.ne(not_by))
        .limit(limit.into())
        .select((refresh_family::id, refresh_family::key, refresh_family::key_by))
        .load::<(RowId, Vec<u8>, String)>(conn)?;
    let place = |(id, bytes, by): (RowId, _, _)| SealedRow {
        place: SealedPlace::RefreshFamily(id.0),
        sealed: Sealed { by, bytes },
    };
    Ok(rows.into_iter().map(place).collect())
}

/// Replaces the family's key if it is still `old`.
pub fn replace_sealed(
    conn: &mut Conn,
    tenant: TenantId,
    id: Uuid,
    old: &Sealed,
    new: &Sealed,
) -> Result<bool, StoreError> {
    let same = refresh_family::table
        .find((RowId(tenant.uuid()), RowId(id)))
        .filter(refresh_family::key.eq(&old.bytes))
        .filter(refresh_family::key_by.eq(&old.by));
    let values = (refresh_family::key.eq(&new.bytes), refresh_family::key_by.eq(&new.by));
    Ok(diesel::update(same).set(values).execute(conn)? == 1)
}

/// Removes families that had expired by `now`.
pub fn purge(conn: &mut Conn, tenant: TenantId, now: Moment, limit: u32) -> Result<usize, StoreError> {
    let all = refresh_family::table.filter(refresh_family::tenant_id.eq(RowId(tenant.uuid())));
    let expired: Vec<RowId> =
        all.filter(refresh_family::expires.le(now)).select(refresh_family::id).limit(limit.into()).load(conn)?;
    Ok(diesel::delete(all.filter(refresh_family::id.eq_any(expired))).execute(conn)?)
}

/// Removes every family of a holder who is gone.
pub fn remove_all_of(conn: &mut Conn, tenant: TenantId, holder: Uuid) -> Result<(), StoreError> {
    let all = refresh_family::table
        .filter(refresh_family::tenant_id.eq(RowId(tenant.uuid())))
        .filter(refresh_family::principal.eq(RowId(holder)));
    diesel::delete(all).execute(conn)?;
    Ok(())
}
