//! The rows of the tokens in mails' links.

use diesel::prelude::*;
use uuid::Uuid;

use super::Conn;
use crate::domain::clock::Moment;
use crate::domain::id::TenantId;
use crate::domain::mail::{MailToken, SpentToken, TokenPurpose};
use crate::domain::secret::Digest;
use crate::store::columns::RowId;
use crate::store::error::StoreError;
use crate::store::schema::mail_token;

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = mail_token)]
struct Row {
    tenant_id: RowId,
    digest: Vec<u8>,
    purpose: String,
    holder_id: RowId,
    password_changed: Option<Moment>,
    created: Moment,
    expires: Moment,
}

impl Row {
    fn into_domain(self) -> Result<MailToken, StoreError> {
        let digest = <[u8; 32]>::try_from(self.digest.as_slice())
            .map_err(|cause| StoreError::corrupt("mail_token.digest", cause))?;
        let purpose =
            TokenPurpose::parse(&self.purpose).ok_or_else(|| StoreError::corrupt("mail_token", "unknown purpose"))?;
        Ok(MailToken {
            tenant: TenantId::new(self.tenant_id.0),
            digest: Digest(digest),
            purpose,
            holder: self.holder_id.0,
            password_changed: self.password_changed,
            created: self.created,
            expires: self.expires,
        })
    }
}

/// Adds a token; the transaction has entered its tenant.
pub fn insert(conn: &mut Conn, token: &MailToken) -> Result<(), StoreError> {
    let row = Row {
        tenant_id: RowId(token.tenant.uuid()),
        digest: token.digest.0.to_vec(),
        purpose: token.purpose.as_str().to_owned(),
        holder_id: RowId(token.holder),
        password_changed: token.password_changed,
        created: token.created,
        expires: token.expires,
    };
    diesel::insert_into(mail_token::table).values(row).execute(conn)?;
    Ok(())
}

/// The token of this digest, an expired one too.
pub fn find(conn: &mut Conn, tenant: TenantId, digest: &Digest) -> Result<Option<MailToken>, StoreError> {
    let row: Option<Row> = mail_token::table
        .find((RowId(tenant.uuid()), digest.0.to_vec()))
        .select(Row::as_select())
        .first(conn)
        .optional()?;
    row.map(Row::into_domain).transpose()
}

/// Uses a token up; false unless it was there, alive, and issued for just this.
pub fn spend(conn: &mut Conn, wanted: &SpentToken) -> Result<bool, StoreError> {
    let row = mail_token::table
        .find((RowId(wanted.tenant.uuid()), wanted.digest.0.to_vec()))
        .filter(mail_token::purpose.eq(wanted.purpose.as_str()))
        .filter(mail_token::holder_id.eq(RowId(wanted.holder)))
        .filter(mail_token::expires.gt(wanted.now));
    let spent = match wanted.password_changed {
        Some(changed) => diesel::delete(row.filter(mail_token::password_changed.eq(changed))).execute(conn)?,
        None => diesel::delete(row.filter(mail_token::password_changed.is_null())).execute(conn)?,
    };
    Ok(spent == 1)
}

/// Ends every token of a holder.
pub fn void(conn: &mut Conn, tenant: TenantId, holder: Uuid) -> Result<(), StoreError> {
    let of_holder = mail_token::table
        .filter(mail_token::tenant_id.eq(RowId(tenant.uuid())))
        .filter(mail_token::holder_id.eq(RowId(holder)));
    diesel::delete(of_holder).execute(conn)?;
    Ok(())
}

/// Ends every token of a tenant.
pub fn void_all(conn: &mut Conn, tenant: TenantId) -> Result<(), StoreError> {
    diesel::delete(mail_token::table.filter(mail_token::tenant_id.eq(RowId(tenant.uuid())))).execute(conn)?;
    Ok(())
}

/// Removes tokens that had expired by `now`.
pub fn purge(conn: &mut Conn, tenant: TenantId, now: Moment, limit: u32) -> Result<usize, StoreError> {
    let of_tenant = mail_token::tenant_id.eq(RowId(tenant.uuid()));
    let old: Vec<Vec<u8>> = mail_token::table
        .filter(of_tenant)
        .filter(mail_token::expires.le(now))
        .select(mail_token::digest)
        .limit(limit.into())
        .load(conn)?;
    Ok(diesel::delete(mail_token::table.filter(of_tenant).filter(mail_token::digest.eq_any(old))).execute(conn)?)
}
