//! The rows that say whose a name is by which somebody signs in, where it could be another's too: an email, or a
//! username that reads like one. One row a name, so that whoever comes second is refused by its key, however close
//! behind: a look before the write would not see what another transaction is about to write.
//!
//! *Tenancy*: names of admins are rows of the management tenant. The transaction has entered the tenant.

use std::collections::HashSet;

use diesel::prelude::*;
use uuid::Uuid;

use super::Conn;
use super::person::Keys;
use crate::domain::id::TenantId;
use crate::store::columns::RowId;
use crate::store::error::{Conflict, StoreError};
use crate::store::schema::sign_in_name;

/// How many rows one statement takes.
const ROWS_A_STATEMENT: usize = 1_000;

/// Whose names are written: of which tenant, and of whom.
pub type Bearer = (TenantId, Uuid);

/// The names among these keys, and what to call each where it is taken.
fn names((username, email): &Keys) -> Vec<(&str, Conflict)> {
    let mut names: Vec<_> =
        Some((username.as_str(), Conflict::Username)).filter(|(key, _)| key.contains('@')).into_iter().collect();
    let email = email.as_deref().filter(|email| email != username);
    names.extend(email.map(|key| (key, Conflict::Email)));
    names
}

/// Gives somebody the names that they bear now and did not bear before.
///
/// *Errors*: `Conflict(Username)`, `Conflict(Email)` for one that another bears.
pub fn claim(conn: &mut Conn, bearer: Bearer, keys: &Keys, before: Option<&Keys>) -> Result<(), StoreError> {
    let borne = before.map(names).unwrap_or_default();
    for (key, conflict) in names(keys) {
        if borne.iter().any(|(had, _)| *had == key) {
            continue;
        }
        let new = diesel::insert_into(sign_in_name::table).values(row(bearer, key)).on_conflict_do_nothing();
        if new.execute(conn)? == 0 {
            return Err(StoreError::Conflict(conflict));
        }
    }
    Ok(())
}

/// Takes the names away that somebody bears no more; answers which others may bear now.
pub fn release(conn: &mut Conn, bearer: Bearer, before: &Keys, keys: Option<&Keys>) -> Result<Vec<String>, StoreError> {
    let kept = keys.map(names).unwrap_or_default();
    let gone = names(before).into_iter().map(|(key, _)| key).filter(|key| kept.iter().all(|(kept, _)| kept != key));
    let gone: Vec<String> = gone.map(str::to_owned).collect();
    if !gone.is_empty() {
        remove(conn, bearer.0, &[bearer.1], &gone)?;
    }
    Ok(gone)
}

/// Gives a name to whoever bears it without having it, as two could before names were kept.
pub fn hand_over(conn: &mut Conn, heir: Bearer, key: &str) -> Result<(), StoreError> {
    diesel::insert_into(sign_in_name::table).values(row(heir, key)).on_conflict_do_nothing().execute(conn)?;
    Ok(())
}

/// Gives many their names, who are all new; answers those who cannot have theirs and have none now.
pub fn claim_all(conn: &mut Conn, tenant: TenantId, new: &[(Uuid, Keys)]) -> Result<HashSet<Uuid>, StoreError> {
    let wanted: Vec<(&str, Uuid)> =
        new.iter().flat_map(|(id, keys)| names(keys).into_iter().map(|(key, _)| (key, *id))).collect();
    let mut refused = HashSet::new();
    for some in wanted.chunks(ROWS_A_STATEMENT) {
        let rows: Vec<_> = some.iter().map(|(key, id)| row((tenant, *id), key)).collect();
        let claims = diesel::insert_into(sign_in_name::table).values(rows).on_conflict_do_nothing();
        let had: Vec<(String, RowId)> =
            claims.returning((sign_in_name::name_key, sign_in_name::holder_id)).get_results(conn)?;
        if had.len() < some.len() {
            let had: HashSet<(&str, Uuid)> = had.iter().map(|(key, id)| (key.as_str(), id.0)).collect();
            refused.extend(some.iter().filter(|claim| !had.contains(claim)).map(|(_, id)| *id));
        }
    }
    if !refused.is_empty() {
        let holders: Vec<Uuid> = refused.iter().copied().collect();
        let of_refused = wanted.iter().filter(|(_, id)| refused.contains(id));
        let keys: Vec<String> = of_refused.map(|(key, _)| (*key).to_owned()).collect();
        remove(conn, tenant, &holders, &keys)?;
    }
    Ok(refused)
}

fn remove(conn: &mut Conn, tenant: TenantId, holders: &[Uuid], keys: &[String]) -> Result<(), StoreError> {
    let of_tenant = sign_in_name::table.filter(sign_in_name::tenant_id.eq(RowId(tenant.uuid())));
    let held = of_tenant
        .filter(sign_in_name::name_key.eq_any(keys))
        .filter(sign_in_name::holder_id.eq_any(holders.iter().map(|id| RowId(*id))));
    diesel::delete(held).execute(conn)?;
    Ok(())
}

type Values<'a> = (
    diesel::dsl::Eq<sign_in_name::tenant_id, RowId>,
    diesel::dsl::Eq<sign_in_name::name_key, &'a str>,
    diesel::dsl::Eq<sign_in_name::holder_id, RowId>,
);

fn row((tenant, holder): Bearer, key: &str) -> Values<'_> {
    (
        sign_in_name::tenant_id.eq(RowId(tenant.uuid())),
        sign_in_name::name_key.eq(key),
        sign_in_name::holder_id.eq(RowId(holder)),
    )
}
