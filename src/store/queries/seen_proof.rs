//! The rows of what may be used once and was: proofs and assertions.

use diesel::prelude::*;

use super::Conn;
use crate::domain::clock::Moment;
use crate::domain::id::TenantId;
use crate::domain::secret::Digest;
use crate::store::columns::RowId;
use crate::store::error::StoreError;
use crate::store::schema::seen_proof;

/// Notes a use; false when it was noted before. The key decides, so that of two at once one alone is told true.
pub fn spend(
    conn: &mut Conn,
    tenant: TenantId,
    (kind, digest): (&str, &Digest),
    expires: Moment,
) -> Result<bool, StoreError> {
    let values = (
        seen_proof::tenant_id.eq(RowId(tenant.uuid())),
        seen_proof::kind.eq(kind),
        seen_proof::digest.eq(digest.0.to_vec()),
        seen_proof::expires.eq(expires),
    );
    Ok(diesel::insert_into(seen_proof::table).values(values).on_conflict_do_nothing().execute(conn)? == 1)
}

/// Removes what had expired by `now`: it is refused by its own end from then on.
pub fn purge(conn: &mut Conn, tenant: TenantId, now: Moment, limit: u32) -> Result<usize, StoreError> {
    let all = seen_proof::table.filter(seen_proof::tenant_id.eq(RowId(tenant.uuid())));
    let ended: Vec<(String, Vec<u8>)> = all
        .filter(seen_proof::expires.le(now))
        .select((seen_proof::kind, seen_proof::digest))
        .limit(limit.into())
        .load(conn)?;
    let (kinds, digests): (Vec<String>, Vec<Vec<u8>>) = ended.into_iter().unzip();
    let gone = all
        .filter(seen_proof::kind.eq_any(kinds))
        .filter(seen_proof::digest.eq_any(digests))
        // A digest of one kind that is still awaited under another stays.
        .filter(seen_proof::expires.le(now));
    Ok(diesel::delete(gone).execute(conn)?)
}
