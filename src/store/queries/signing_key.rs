//! The rows of signing keys.

use diesel::prelude::*;
use diesel::upsert::excluded;
use serde_json::Value;

use super::Conn;
use crate::domain::clock::Moment;
use crate::domain::id::TenantId;
use crate::domain::key::{KeyPurpose, KeyState, SigningKey};
use crate::domain::secret::Sealed;
use crate::domain::token::Algorithm;
use crate::store::columns::RowId;
use crate::store::error::StoreError;
use crate::store::maintenance::{SealedPlace, SealedRow};
use crate::store::schema::signing_key;

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = signing_key)]
struct Row {
    tenant_id: RowId,
    kid: String,
    algorithm: String,
    state: String,
    public: Option<Value>,
    private: Vec<u8>,
    private_by: String,
    created: Moment,
    gone_at: Option<Moment>,
    purpose: String,
}

impl Row {
    fn new(tenant: TenantId, key: &SigningKey) -> Self {
        Self {
            tenant_id: RowId(tenant.uuid()),
            kid: key.kid.clone(),
            algorithm: key.algorithm.as_str().to_owned(),
            state: key.state.as_str().to_owned(),
            public: key.public.clone(),
            private: key.private.bytes.clone(),
            private_by: key.private.by.clone(),
            created: key.created,
            gone_at: key.gone_at,
            purpose: key.purpose.as_str().to_owned(),
        }
    }

    fn into_domain(self) -> Result<SigningKey, StoreError> {
        let unknown = || StoreError::corrupt("signing_key", "unknown algorithm, purpose or state");
        Ok(SigningKey {
            tenant: TenantId::new(self.tenant_id.0),
            kid: self.kid,
            algorithm: Algorithm::parse(&self.algorithm).ok_or_else(unknown)?,
            purpose: KeyPurpose::parse(&self.purpose).ok_or_else(unknown)?,
            state: KeyState::parse(&self.state).ok_or_else(unknown)?,
            public: self.public,
            private: Sealed { by: self.private_by, bytes: self.private },
            created: self.created,
            gone_at: self.gone_at,
        })
    }
}

/// Adds a key to its tenant.
pub fn insert(conn: &mut Conn, key: &SigningKey) -> Result<(), StoreError> {
    diesel::insert_into(signing_key::table).values(Row::new(key.tenant, key)).execute(conn)?;
    Ok(())
}

/// Adds a key, or moves a known one on: its algorithm, purpose and public half never change.
pub fn upsert(conn: &mut Conn, tenant: TenantId, key: &SigningKey) -> Result<(), StoreError> {
    diesel::insert_into(signing_key::table)
        .values(Row::new(tenant, key))
        .on_conflict((signing_key::tenant_id, signing_key::kid))
        .do_update()
        .set((
            signing_key::state.eq(excluded(signing_key::state)),
            signing_key::gone_at.eq(excluded(signing_key::gone_at)),
            signing_key::private.eq(excluded(signing_key::private)),
            signing_key::private_by.eq(excluded(signing_key::private_by)),
        ))
        .execute(conn)?;
    Ok(())
}

/// Removes the keys of these names.
pub fn remove(conn: &mut Conn, tenant: TenantId, kids: &[String]) -> Result<(), StoreError> {
    for kid in kids {
        diesel::delete(signing_key::table.find((RowId(tenant.uuid()), kid))).execute(conn)?;
    }
    Ok(())
}

/// The tenant's keys, oldest first.
pub fn list(conn: &mut Conn, tenant: TenantId) -> Result<Vec<SigningKey>, StoreError> {
    signing_key::table
        .filter(signing_key::tenant_id.eq(RowId(tenant.uuid())))
        .order((signing_key::created, signing_key::kid))
        .select(Row::as_select())
        .load(conn)?
        .into_iter()
        .map(Row::into_domain)
        .collect()
}

/// The `kid`s of the keys that sign.
pub fn list_active(conn: &mut Conn, tenant: TenantId) -> Result<Vec<String>, StoreError> {
    Ok(signing_key::table
        .filter(signing_key::tenant_id.eq(RowId(tenant.uuid())))
        .filter(signing_key::state.eq(KeyState::Active.as_str()))
        .select(signing_key::kid)
        .load(conn)?)
}

/// Private halves under another master key than `not_by`.
pub fn list_sealed(conn: &mut Conn, tenant: TenantId, not_by: &str, limit: u32) -> Result<Vec<SealedRow>, StoreError> {
    let rows = signing_key::table
        .filter(signing_key::tenant_id.eq(RowId(tenant.uuid())))
        .filter(signing_key::private_by.ne(not_by))
        .limit(limit.into())
        .select((signing_key::kid, signing_key::private, signing_key::private_by))
        .load::<(String, Vec<u8>, String)>(conn)?;
    let place = |(kid, bytes, by)| SealedRow { place: SealedPlace::SigningKey(kid), sealed: Sealed { by, bytes } };
    Ok(rows.into_iter().map(place).collect())
}

/// Replaces the private half if it is still `old`.
pub fn replace_sealed(
    conn: &mut Conn,
    tenant: TenantId,
    kid: &str,
    old: &Sealed,
    new: &Sealed,
) -> Result<bool, StoreError> {
    let same = signing_key::table
        .find((RowId(tenant.uuid()), kid))
        .filter(signing_key::private.eq(&old.bytes))
        .filter(signing_key::private_by.eq(&old.by));
    let values = (signing_key::private.eq(&new.bytes), signing_key::private_by.eq(&new.by));
    Ok(diesel::update(same).set(values).execute(conn)? == 1)
}
