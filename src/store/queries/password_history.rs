//! The rows of former passwords.

use diesel::prelude::*;
use uuid::Uuid;

use super::Conn;
use crate::domain::clock::Moment;
use crate::domain::id::TenantId;
use crate::domain::secret::Secret;
use crate::store::columns::RowId;
use crate::store::error::StoreError;
use crate::store::schema::password_history::{self, created, hash, holder_id, tenant_id};

/// Remembers the password that was replaced at `at`, and forgets all but the newest `keep` of its holder.
pub fn push(
    conn: &mut Conn,
    tenant: TenantId,
    holder: Uuid,
    former: (&Secret, Moment),
    keep: u32,
) -> Result<(), StoreError> {
    let own = password_history::table.filter(tenant_id.eq(RowId(tenant.uuid()))).filter(holder_id.eq(RowId(holder)));
    if keep > 0 {
        let values = (
            tenant_id.eq(RowId(tenant.uuid())),
            holder_id.eq(RowId(holder)),
            created.eq(former.1),
            hash.eq(former.0.expose()),
        );
        diesel::insert_into(password_history::table).values(values).execute(conn)?;
    }
    let oldest: Option<Moment> =
        own.order(created.desc()).offset(keep.into()).limit(1).select(created).first(conn).optional()?;
    if let Some(oldest) = oldest {
        diesel::delete(own.filter(created.le(oldest))).execute(conn)?;
    }
    Ok(())
}

/// The newest `limit` former passwords, newest first.
pub fn list(conn: &mut Conn, tenant: TenantId, holder: Uuid, limit: u32) -> Result<Vec<Secret>, StoreError> {
    let hashes: Vec<String> = password_history::table
        .filter(tenant_id.eq(RowId(tenant.uuid())))
        .filter(holder_id.eq(RowId(holder)))
        .order(created.desc())
        .limit(limit.into())
        .select(hash)
        .load(conn)?;
    Ok(hashes.into_iter().map(Secret::new).collect())
}

/// Forgets everything of a holder who is gone.
pub fn remove(conn: &mut Conn, tenant: TenantId, holder: Uuid) -> Result<(), StoreError> {
    let own = password_history::table.filter(tenant_id.eq(RowId(tenant.uuid()))).filter(holder_id.eq(RowId(holder)));
    diesel::delete(own).execute(conn)?;
    Ok(())
}
