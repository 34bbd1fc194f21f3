//! Devices that wait: kept by digest, answered once, used once. Each step is one conditional write, so that of many at
//! once one alone succeeds.

use std::time::Duration;

use super::Store;
use super::codes::{Approval, Ground, Redeemed};
use super::error::StoreError;
use super::journal::Journal;
use super::side::{Scope, query, transact};
use crate::domain::clock::Moment;
use crate::domain::device::{DeviceAnswer, DeviceGrant};
use crate::domain::id::TenantId;
use crate::domain::refresh::RefreshFamily;
use crate::domain::secret::Digest;

/// How many devices may wait.
#[derive(Clone, Copy, Debug)]
pub struct DeviceBounds {
    pub of_client: i64,
    pub of_tenant: i64,
}

/// What came of a wish to wait. Nothing was written but for the first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Waiting {
    Begun,
    /// Another device has the code.
    Taken,
    /// Too many wait.
    Full,
}

/// A question of a device.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Poll {
    /// It waited as long as it had to.
    InTime(Moment),
    /// It did not: from now on it waits this long.
    TooSoon(Duration),
}

impl Store {
    /// Keeps a device that waits.
    pub fn insert_device_grant(&self, grant: &DeviceGrant, most: &DeviceBounds) -> Result<Waiting, StoreError> {
        transact!(self, grant.tenant, |q, conn| {
            if !q::device_grant::has_room(conn, grant, most)? {
                return Ok(Waiting::Full);
            }
            let is_begun = q::device_grant::insert(conn, grant)?;
            Ok(if is_begun { Waiting::Begun } else { Waiting::Taken })
        })
    }

    /// The device of this code, whatever became of it.
    pub fn find_device_grant(&self, tenant: TenantId, digest: &Digest) -> Result<Option<DeviceGrant>, StoreError> {
        query!(self, Scope::Tenant(tenant), |q, conn| q::device_grant::find(conn, tenant, digest))
    }

    /// The device of which a person typed the code, whatever became of it.
    pub fn find_device_by_user_code(&self, tenant: TenantId, code: &Digest) -> Result<Option<DeviceGrant>, StoreError> {
        query!(self, Scope::Tenant(tenant), |q, conn| q::device_grant::find_by_user_code(conn, tenant, code))
    }

    /// Notes a question of a device as it was `seen`; false when another one was noted meanwhile.
    pub fn poll_device_grant(&self, seen: &DeviceGrant, poll: Poll) -> Result<bool, StoreError> {
        transact!(self, seen.tenant, |q, conn| q::device_grant::poll(conn, seen, poll))
    }

    /// Writes a person's answer to a device; false unless it still waited for one, and then nothing is written.
    pub fn answer_device_grant(
        &self,
        tenant: TenantId,
        (digest, answer): (&Digest, &DeviceAnswer),
        now: Moment,
        journal: &Journal,
    ) -> Result<bool, StoreError> {
        transact!(self, tenant, |q, conn| {
            let is_answered = q::device_grant::answer(conn, tenant, (digest, answer), now)?;
            if is_answered {
                q::append(conn, tenant, journal)?;
            }
            Ok(is_answered)
        })
    }

    /// Uses the code of a device that was let in, and keeps the family that comes of it, in one.
    pub fn redeem_device_grant(
        &self,
        grant: &DeviceGrant,
        family: &RefreshFamily,
        ground: Ground,
        now: Moment,
    ) -> Result<Redeemed, StoreError> {
        let tenant = grant.tenant;
        let approval = Approval {
            tenant,
            session: grant.session,
            holder: family.principal.uuid(),
            client: grant.client,
            scopes: &grant.scopes,
        };
        transact!(self, tenant, |q, conn| {
            let stands = q::authorization_code::stands(conn, &approval, ground, now)?;
            if !q::device_grant::spend(conn, tenant, &grant.digest, (now, stands.then_some(family.id)))? {
                return Ok(Redeemed::Spent);
            }
            if !stands {
                return Ok(Redeemed::Withdrawn);
            }
            q::refresh_family::insert(conn, family)?;
            Ok(Redeemed::Done)
        })
    }
}
