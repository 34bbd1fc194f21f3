//! The rows of devices that wait.

use std::time::Duration;

use diesel::prelude::*;
use serde_json::Value;
use uuid::Uuid;

use super::{Conn, digest_of, from_json, to_json};
use crate::domain::clock::Moment;
use crate::domain::device::{DeviceAnswer, DeviceGrant, DeviceState};
use crate::domain::id::{RegisteredId, TenantId};
use crate::domain::secret::Digest;
use crate::store::columns::RowId;
use crate::store::devices::{DeviceBounds, Poll};
use crate::store::error::StoreError;
use crate::store::schema::device_grant;

const TABLE: &str = "device_grant";

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = device_grant)]
struct Row {
    tenant_id: RowId,
    digest: Vec<u8>,
    user_code: String,
    client_id: RowId,
    scope: String,
    details: Value,
    state: String,
    authority: Option<String>,
    principal: Option<RowId>,
    session: Option<RowId>,
    pause: i64,
    polled: Option<Moment>,
    family: Option<RowId>,
    created: Moment,
    expires: Moment,
}

impl Row {
    fn new(grant: &DeviceGrant) -> Result<Self, StoreError> {
        Ok(Self {
            tenant_id: RowId(grant.tenant.uuid()),
            digest: grant.digest.0.to_vec(),
            user_code: hex(&grant.user_code),
            client_id: RowId(grant.client.uuid()),
            scope: grant.scopes.to_string(),
            details: to_json(&grant.details)?,
            state: grant.state.as_str().to_owned(),
            authority: grant.holder.map(|(authority, _)| authority.as_str().to_owned()),
            principal: grant.holder.map(|(_, holder)| RowId(holder)),
            session: grant.session.map(RowId),
            pause: millis(grant.pause),
            polled: grant.polled,
            family: grant.family.map(RowId),
            created: grant.created,
            expires: grant.expires,
        })
    }

    fn into_domain(self) -> Result<DeviceGrant, StoreError> {
        let authority = self.authority.map(|word| word.parse().map_err(|cause| StoreError::corrupt(TABLE, cause)));
        Ok(DeviceGrant {
            tenant: TenantId::new(self.tenant_id.0),
            digest: digest_of(TABLE, &self.digest)?,
            user_code: unhex(&self.user_code)?,
            client: RegisteredId::new(self.client_id.0),
            scopes: self.scope.parse().map_err(|cause| StoreError::corrupt(TABLE, cause))?,
            details: from_json(TABLE, self.details)?,
            state: DeviceState::parse(&self.state).ok_or_else(|| StoreError::corrupt(TABLE, "state"))?,
            holder: authority.transpose()?.zip(self.principal.map(|id| id.0)),
            session: self.session.map(|id| id.0),
            pause: Duration::from_millis(u64::try_from(self.pause).unwrap_or(0)),
            polled: self.polled,
            family: self.family.map(|id| id.0),
            created: self.created,
            expires: self.expires,
        })
    }
}

/// A digest as text.
fn hex(digest: &Digest) -> String {
    digest.0.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn unhex(text: &str) -> Result<Digest, StoreError> {
    let pair = |at: usize| text.get(at..at.saturating_add(2)).and_then(|pair| u8::from_str_radix(pair, 16).ok());
    let bytes: Option<Vec<u8>> = (0..text.len()).step_by(2).map(pair).collect();
    digest_of(TABLE, &bytes.unwrap_or_default())
}

fn millis(span: Duration) -> i64 {
    i64::try_from(span.as_millis()).unwrap_or(i64::MAX)
}

/// Whether one more device may wait.
pub fn has_room(conn: &mut Conn, new: &DeviceGrant, most: &DeviceBounds) -> Result<bool, StoreError> {
    let waiting = || {
        device_grant::table
            .filter(device_grant::tenant_id.eq(RowId(new.tenant.uuid())))
            .filter(device_grant::expires.gt(new.created))
    };
    let of_client = waiting().filter(device_grant::client_id.eq(RowId(new.client.uuid())));
    let of_client: i64 = of_client.count().get_result(conn)?;
    let of_tenant: i64 = waiting().count().get_result(conn)?;
    Ok(of_client < most.of_client && of_tenant < most.of_tenant)
}

/// Adds a device; false when another has one of its codes.
pub fn insert(conn: &mut Conn, grant: &DeviceGrant) -> Result<bool, StoreError> {
    let added = diesel::insert_into(device_grant::table).values(Row::new(grant)?).on_conflict_do_nothing();
    Ok(added.execute(conn)? == 1)
}

/// The device of this code, whatever became of it.
pub fn find(conn: &mut Conn, tenant: TenantId, digest: &Digest) -> Result<Option<DeviceGrant>, StoreError> {
    let row: Option<Row> = device_grant::table
        .find((RowId(tenant.uuid()), digest.0.to_vec()))
        .select(Row::as_select())
        .first(conn)
        .optional()?;
    row.map(Row::into_domain).transpose()
}

/// The device of which a person typed the code, whatever became of it.
pub fn find_by_user_code(conn: &mut Conn, tenant: TenantId, code: &Digest) -> Result<Option<DeviceGrant>, StoreError> {
    let row: Option<Row> = device_grant::table
        .filter(device_grant::tenant_id.eq(RowId(tenant.uuid())))
        .filter(device_grant::user_code.eq(hex(code)))
        .select(Row::as_select())
        .first(conn)
        .optional()?;
    row.map(Row::into_domain).transpose()
}

/// Notes a question of a device, unless another one of it was noted since `seen`.
pub fn poll(conn: &mut Conn, seen: &DeviceGrant, poll: Poll) -> Result<bool, StoreError> {
    let same = device_grant::table
        .find((RowId(seen.tenant.uuid()), seen.digest.0.to_vec()))
        .filter(device_grant::pause.eq(millis(seen.pause)));
    let noted = match (poll, seen.polled) {
        (Poll::InTime(now), None) => diesel::update(same.filter(device_grant::polled.is_null()))
            .set(device_grant::polled.eq(now))
            .execute(conn)?,
        (Poll::InTime(now), Some(former)) => {
            let same = same.filter(device_grant::polled.eq(former));
            diesel::update(same).set(device_grant::polled.eq(now)).execute(conn)?
        }
        (Poll::TooSoon(pause), _) => diesel::update(same).set(device_grant::pause.eq(millis(pause))).execute(conn)?,
    };
    Ok(noted == 1)
}

/// Writes a person's answer; false unless the device still waits for one.
pub fn answer(
    conn: &mut Conn,
    tenant: TenantId,
    (digest, answer): (&Digest, &DeviceAnswer),
    now: Moment,
) -> Result<bool, StoreError> {
    let (authority, holder) = answer.holder;
    let waiting = device_grant::table
        .find((RowId(tenant.uuid()), digest.0.to_vec()))
        .filter(device_grant::state.eq(DeviceState::Pending.as_str()))
        .filter(device_grant::expires.gt(now));
    let values = (
        device_grant::state.eq(answer.state.as_str()),
        device_grant::authority.eq(authority.as_str()),
        device_grant::principal.eq(RowId(holder)),
        device_grant::session.eq(RowId(answer.session)),
        device_grant::details.eq(to_json(&answer.details)?),
    );
    Ok(diesel::update(waiting).set(values).execute(conn)? == 1)
}

/// Uses a device's code, noting what comes of it; false unless it was let in, and not used before.
pub fn spend(
    conn: &mut Conn,
    tenant: TenantId,
    digest: &Digest,
    (now, family): (Moment, Option<Uuid>),
) -> Result<bool, StoreError> {
    let open = device_grant::table
        .find((RowId(tenant.uuid()), digest.0.to_vec()))
        .filter(device_grant::state.eq(DeviceState::Approved.as_str()))
        .filter(device_grant::expires.gt(now));
    let values = (device_grant::state.eq(DeviceState::Used.as_str()), device_grant::family.eq(family.map(RowId)));
    Ok(diesel::update(open).set(values).execute(conn)? == 1)
}

/// Removes devices that had expired an hour before `now`: until then they are told so.
pub fn purge(conn: &mut Conn, tenant: TenantId, now: Moment, limit: u32) -> Result<usize, StoreError> {
    const TOLD: Duration = Duration::from_secs(3_600);
    let of_tenant = device_grant::tenant_id.eq(RowId(tenant.uuid()));
    let old: Vec<Vec<u8>> = device_grant::table
        .filter(of_tenant)
        .filter(device_grant::expires.le(now.minus(TOLD)))
        .select(device_grant::digest)
        .limit(limit.into())
        .load(conn)?;
    let all = device_grant::table.filter(of_tenant).filter(device_grant::digest.eq_any(old));
    Ok(diesel::delete(all).execute(conn)?)
}
