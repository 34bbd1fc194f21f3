//! Every query, once, one file a table. This folder is compiled twice, as a child of `postgres` and of `sqlite`, which
//! give it `Conn` and `enter`. Rows are private to their file; domain types go in and come out.

use diesel::RunQueryDsl;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use uuid::Uuid;

use super::{Conn, IN_TIME, PLANS_ALONE, enter, has_migrations};
use crate::domain::id::{RegisteredId, TenantId};
use crate::domain::revocation::Revocation;
use crate::domain::secret::Digest;
use crate::store::error::StoreError;
use crate::store::journal::Journal;
use crate::store::passwords::NewPassword;

pub mod admin;
pub mod app_user;
pub mod application;
pub mod audit;
pub mod authorization_code;
pub mod browser_session;
pub mod change_log;
pub mod client_secret;
pub mod consent;
pub mod device_grant;
pub mod group;
pub mod initial_access_token;
pub mod legacy_token;
pub mod link;
pub mod listing;
pub mod logout_notice;
pub mod mail;
pub mod mail_template;
pub mod mail_token;
pub mod membership;
pub mod migration;
pub mod moving;
pub mod oauth_client;
pub mod oauth_client_secret;
pub mod organization;
pub mod password_history;
pub mod permission;
mod person;
mod post;
pub mod provision;
pub mod pushed_request;
pub mod refresh_family;
pub mod refusal;
pub mod revocation;
pub mod role;
pub mod seen_proof;
pub mod sign_in_name;
pub mod signin_provider;
pub mod signing_key;
pub mod social_identity;
pub mod tenant_secret;
pub mod term;
pub mod token_activity;
pub mod trusted_issuer;

/// The smallest question there is.
pub fn ping(conn: &mut Conn) -> Result<(), StoreError> {
    diesel::select(diesel::dsl::sql::<diesel::sql_types::Integer>("1")).execute(conn)?;
    Ok(())
}

/// Writes the journal inside the running transaction, which has entered the tenant `entered`.
pub fn append(conn: &mut Conn, entered: TenantId, journal: &Journal) -> Result<(), StoreError> {
    for change in &journal.changes {
        change_log::insert(conn, change)?;
    }
    let mut entered = entered;
    post::append(conn, &mut entered, &journal.post)?;
    for entry in &journal.audit {
        if entry.tenant != entered {
            enter(conn, entry.tenant)?;
            entered = entry.tenant;
        }
        audit::insert(conn, entry)?;
    }
    Ok(())
}

/// Ends tokens inside the running transaction, which has entered `entered` and is there again afterwards.
pub fn revoke(conn: &mut Conn, entered: TenantId, ended: &Revocation) -> Result<(), StoreError> {
    enter(conn, ended.tenant)?;
    revocation::apply(conn, ended, None)?;
    enter(conn, entered)
}

/// What follows from a password that was set: the former is remembered, and what it opened ends.
pub fn settle_password(
    conn: &mut Conn,
    tenant: TenantId,
    holder: Uuid,
    new: &NewPassword,
    journal: &Journal,
) -> Result<(), StoreError> {
    if let Some(former) = &new.seen {
        password_history::push(conn, tenant, holder, (former, new.changed), new.keep)?;
    }
    revocation::apply(conn, &new.ends, new.spare)?;
    append(conn, tenant, journal)
}

/// Ends what a registered client was given, whoever holds it, inside the running transaction of its tenant.
pub fn end_registered(conn: &mut Conn, client: RegisteredId, ended: &Revocation) -> Result<(), StoreError> {
    revocation::apply(conn, ended, None)?;
    refresh_family::end_of_client(conn, ended.tenant, &client.client_id(), ended.watermark)
}

/// A digest as a column kept it.
fn digest_of(column: &str, bytes: &[u8]) -> Result<Digest, StoreError> {
    <[u8; 32]>::try_from(bytes).map(Digest).map_err(|cause| StoreError::corrupt(column, cause))
}

/// Settings as a JSON column keeps them.
fn to_json(settings: &impl Serialize) -> Result<Value, StoreError> {
    serde_json::to_value(settings).map_err(|cause| StoreError::corrupt("settings", cause))
}

/// Settings as a JSON column kept them.
fn from_json<T: DeserializeOwned>(table: &str, value: Value) -> Result<T, StoreError> {
    serde_json::from_value(value).map_err(|cause| StoreError::corrupt(table, cause))
}
