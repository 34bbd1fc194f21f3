//! Authorization codes and pushed requests: kept by digest, used once. Each use is one conditional write, so that of many
//! at once one alone succeeds.

use serde_json::Value;
use uuid::Uuid;

use super::Store;
use super::error::StoreError;
use super::side::{Scope, query, transact};
use crate::domain::clock::Moment;
use crate::domain::code::{AuthorizationCode, PushedRequest};
use crate::domain::id::{RegisteredId, TenantId};
use crate::domain::refresh::RefreshFamily;
use crate::domain::scope::Scopes;
use crate::domain::secret::Digest;

/// How many codes may wait to be used.
#[derive(Clone, Copy, Debug)]
pub struct CodeBounds {
    pub of_person: i64,
    pub of_client: i64,
    pub of_tenant: i64,
}

/// How many pushed requests may wait to be used.
#[derive(Clone, Copy, Debug)]
pub struct PushBounds {
    pub of_client: i64,
    pub of_tenant: i64,
}

/// What an approval still has to stand on when its code is used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ground {
    /// The person's consent to these scopes.
    Consent,
    /// None: the client is the application's own.
    FirstParty,
}

/// What a person approved, as far as it can be taken back.
#[derive(Clone, Copy, Debug)]
pub struct Approval<'a> {
    pub tenant: TenantId,
    /// The browser's session in which they did.
    pub session: Option<Uuid>,
    /// The user or the admin.
    pub holder: Uuid,
    pub client: RegisteredId,
    pub scopes: &'a Scopes,
}

impl<'a> Approval<'a> {
    /// That of a code.
    pub fn of(code: &'a AuthorizationCode) -> Self {
        let AuthorizationCode { tenant, session, holder, client, .. } = *code;
        Self { tenant, session, holder, client, scopes: &code.scopes }
    }
}

/// What came of the use of a code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Redeemed {
    /// It is spent, and its family kept.
    Done,
    /// It was spent, or had expired: nothing was written.
    Spent,
    /// It is spent, but the person has ended the session or taken the consent back: no family was kept.
    Withdrawn,
}

impl Store {
    /// Keeps a code; false when too many wait already, and then nothing is written.
    pub fn insert_authorization_code(&self, code: &AuthorizationCode, most: &CodeBounds) -> Result<bool, StoreError> {
        transact!(self, code.tenant, |q, conn| {
            let has_room = q::authorization_code::has_room(conn, code, most)?;
            if has_room {
                q::authorization_code::insert(conn, code)?;
            }
            Ok(has_room)
        })
    }

    /// The code of this digest, a used or expired one too.
    pub fn find_authorization_code(
        &self,
        tenant: TenantId,
        digest: &Digest,
    ) -> Result<Option<AuthorizationCode>, StoreError> {
        query!(self, Scope::Tenant(tenant), |q, conn| q::authorization_code::find(conn, tenant, digest))
    }

    /// Uses a code up without anything coming of it; false when it was used before.
    pub fn spend_authorization_code(&self, tenant: TenantId, digest: &Digest, now: Moment) -> Result<bool, StoreError> {
        transact!(self, tenant, |q, conn| q::authorization_code::spend(conn, tenant, digest, (now, None)))
    }

    /// Uses a code and keeps the family that comes of it, in one.
    pub fn redeem_authorization_code(
        &self,
        code: &AuthorizationCode,
        family: &RefreshFamily,
        ground: Ground,
        now: Moment,
    ) -> Result<Redeemed, StoreError> {
        let tenant = code.tenant;
        transact!(self, tenant, |q, conn| {
            // Touched first, so that whoever takes either back meanwhile waits for us and finds the family.
            let stands = q::authorization_code::stands(conn, &Approval::of(code), ground, now)?;
            let family_id: Option<Uuid> = stands.then_some(family.id);
            if !q::authorization_code::spend(conn, tenant, &code.digest, (now, family_id))? {
                return Ok(Redeemed::Spent);
            }
            if !stands {
                return Ok(Redeemed::Withdrawn);
            }
            q::refresh_family::insert(conn, family)?;
            Ok(Redeemed::Done)
        })
    }

    /// Keeps a pushed request; false when too many wait already, and then nothing is written.
    pub fn insert_pushed_request(&self, request: &PushedRequest, most: &PushBounds) -> Result<bool, StoreError> {
        transact!(self, request.tenant, |q, conn| {
            let has_room = q::pushed_request::has_room(conn, request, most)?;
            if has_room {
                q::pushed_request::insert(conn, request)?;
            }
            Ok(has_room)
        })
    }

    /// Takes a pushed request of this client, once; `None` where there is none that holds.
    pub fn take_pushed_request(
        &self,
        tenant: TenantId,
        client: RegisteredId,
        digest: &Digest,
        now: Moment,
    ) -> Result<Option<Value>, StoreError> {
        transact!(self, tenant, |q, conn| q::pushed_request::take(conn, tenant, (client, digest), now))
    }
}
