//! The rows of authorization codes.

use diesel::prelude::*;
use serde_json::Value;
use uuid::Uuid;

use super::{Conn, from_json, to_json};
use crate::domain::clock::Moment;
use crate::domain::code::AuthorizationCode;
use crate::domain::id::{RegisteredId, TenantId};
use crate::domain::scope::Scopes;
use crate::domain::secret::Digest;
use crate::store::codes::{Approval, CodeBounds, Ground};
use crate::store::columns::RowId;
use crate::store::error::StoreError;
use crate::store::schema::{authorization_code, browser_session, consent};

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = authorization_code)]
struct Row {
    tenant_id: RowId,
    digest: Vec<u8>,
    client_id: RowId,
    authority: String,
    principal: RowId,
    session: Option<RowId>,
    redirect_uri: String,
    scope: String,
    details: Value,
    created: Moment,
    expires: Moment,
    used: Option<Moment>,
    family: Option<RowId>,
}

impl Row {
    fn into_domain(self) -> Result<AuthorizationCode, StoreError> {
        const TABLE: &str = "authorization_code";
        let digest = <[u8; 32]>::try_from(self.digest.as_slice()).map_err(|cause| StoreError::corrupt(TABLE, cause))?;
        Ok(AuthorizationCode {
            tenant: TenantId::new(self.tenant_id.0),
            digest: Digest(digest),
            client: RegisteredId::new(self.client_id.0),
            authority: self.authority.parse().map_err(|cause| StoreError::corrupt(TABLE, cause))?,
            holder: self.principal.0,
            session: self.session.map(|session| session.0),
            redirect_uri: self.redirect_uri,
            scopes: self.scope.parse().map_err(|cause| StoreError::corrupt(TABLE, cause))?,
            details: from_json(TABLE, self.details)?,
            created: self.created,
            expires: self.expires,
            used: self.used,
            family: self.family.map(|family| family.0),
        })
    }
}

/// Whether one more code may wait.
pub fn has_room(conn: &mut Conn, new: &AuthorizationCode, most: &CodeBounds) -> Result<bool, StoreError> {
    let waiting = || {
        authorization_code::table
            .filter(authorization_code::tenant_id.eq(RowId(new.tenant.uuid())))
            .filter(authorization_code::expires.gt(new.created))
            .filter(authorization_code::used.is_null())
    };
    let of_person = waiting().filter(authorization_code::principal.eq(RowId(new.holder)));
    let of_person: i64 = of_person.count().get_result(conn)?;
    let of_client = waiting().filter(authorization_code::client_id.eq(RowId(new.client.uuid())));
    let of_client: i64 = of_client.count().get_result(conn)?;
    let of_tenant: i64 = waiting().count().get_result(conn)?;
    Ok(of_person < most.of_person && of_client < most.of_client && of_tenant < most.of_tenant)
}

/// Adds a code.
pub fn insert(conn: &mut Conn, code: &AuthorizationCode) -> Result<(), StoreError> {
    let row = Row {
        tenant_id: RowId(code.tenant.uuid()),
        digest: code.digest.0.to_vec(),
        client_id: RowId(code.client.uuid()),
        authority: code.authority.as_str().to_owned(),
        principal: RowId(code.holder),
        session: code.session.map(RowId),
        redirect_uri: code.redirect_uri.clone(),
        scope: code.scopes.to_string(),
        details: to_json(&code.details)?,
        created: code.created,
        expires: code.expires,
        used: code.used,
        family: code.family.map(RowId),
    };
    diesel::insert_into(authorization_code::table).values(row).execute(conn)?;
    Ok(())
}

/// The code of this digest, a used or expired one too.
pub fn find(conn: &mut Conn, tenant: TenantId, digest: &Digest) -> Result<Option<AuthorizationCode>, StoreError> {
    let row: Option<Row> = authorization_code::table
        .find((RowId(tenant.uuid()), digest.0.to_vec()))
        .select(Row::as_select())
        .first(conn)
        .optional()?;
    row.map(Row::into_domain).transpose()
}

/// Uses a code, noting what comes of it; false unless it was there, alive and unused.
pub fn spend(
    conn: &mut Conn,
    tenant: TenantId,
    digest: &Digest,
    (now, family): (Moment, Option<Uuid>),
) -> Result<bool, StoreError> {
    let unused = authorization_code::table
        .find((RowId(tenant.uuid()), digest.0.to_vec()))
        .filter(authorization_code::used.is_null())
        .filter(authorization_code::expires.gt(now));
    let values = (authorization_code::used.eq(now), authorization_code::family.eq(family.map(RowId)));
    Ok(diesel::update(unused).set(values).execute(conn)? == 1)
}

/// Whether the session in which something was approved lives and the consent still covers it. Both rows are touched, so
/// that who ends either meanwhile comes before or after us, and never beside.
pub fn stands(conn: &mut Conn, given: &Approval<'_>, ground: Ground, now: Moment) -> Result<bool, StoreError> {
    let tenant = RowId(given.tenant.uuid());
    if let Some(session) = given.session {
        let live = browser_session::table
            .find((tenant, RowId(session)))
            .filter(browser_session::ended.is_null())
            .filter(browser_session::expires.gt(now));
        let touched = diesel::update(live).set(browser_session::seen.eq(browser_session::seen)).execute(conn)?;
        if touched == 0 {
            return Ok(false);
        }
    }
    if ground == Ground::FirstParty {
        return Ok(true);
    }
    let consent = || consent::table.find((tenant, RowId(given.holder), RowId(given.client.uuid())));
    diesel::update(consent()).set(consent::modified.eq(consent::modified)).execute(conn)?;
    let scope: Option<String> = consent().select(consent::scope).first(conn).optional()?;
    let allowed: Option<Scopes> = scope.and_then(|scope| scope.parse().ok());
    Ok(allowed.is_some_and(|allowed| given.scopes.is_within(&allowed)))
}

/// Removes codes that had expired by `now`. One that was used stays a day, so that its second use still ends what the
/// first began.
pub fn purge(conn: &mut Conn, tenant: TenantId, now: Moment, limit: u32) -> Result<usize, StoreError> {
    const REMEMBERED: std::time::Duration = std::time::Duration::from_secs(86_400);
    let of_tenant = authorization_code::tenant_id.eq(RowId(tenant.uuid()));
    let is_old = authorization_code::expires.le(now).and(authorization_code::used.is_null());
    let is_forgotten = authorization_code::expires.le(now.minus(REMEMBERED));
    let old: Vec<Vec<u8>> = authorization_code::table
        .filter(of_tenant)
        .filter(is_old.or(is_forgotten))
        .select(authorization_code::digest)
        .limit(limit.into())
        .load(conn)?;
    let all = authorization_code::table.filter(of_tenant).filter(authorization_code::digest.eq_any(old));
    Ok(diesel::delete(all).execute(conn)?)
}

/// Removes every code of a holder who is gone.
pub fn remove_all_of(conn: &mut Conn, tenant: TenantId, holder: Uuid) -> Result<(), StoreError> {
    let all = authorization_code::table
        .filter(authorization_code::tenant_id.eq(RowId(tenant.uuid())))
        .filter(authorization_code::principal.eq(RowId(holder)));
    diesel::delete(all).execute(conn)?;
    Ok(())
}
