//! Refresh tokens as those see them who ask about one or end it. Their use belongs to the grants.

use std::sync::Arc;

use super::error::AccessError;
use crate::crypto::token_text::parse_refresh;
use crate::crypto::vault::{Binding, Purpose, Vault};
use crate::domain::id::TenantId;
use crate::domain::refresh::RefreshFamily;
use crate::domain::secret::Secret;
use crate::store::Store;

/// Reads refresh tokens. A clone shares everything.
#[derive(Clone)]
pub struct Families {
    pub store: Store,
    pub vault: Arc<Vault>,
}

/// A refresh token that was written here.
pub(super) struct KnownRefresh {
    pub(super) family: RefreshFamily,
    /// Whether it is the one that may be used next. Its predecessor yields the same answer once more and no other.
    pub(super) is_head: bool,
}

impl Families {
    /// Whether a text has the form of a refresh token.
    pub(super) fn takes(token: &Secret) -> bool {
        parse_refresh(token.expose()).is_some()
    }

    /// The family of a genuine token, ended and expired ones too. *Tenancy*: only families of this tenant.
    pub(super) async fn find(&self, tenant: TenantId, token: &Secret) -> Result<Option<KnownRefresh>, AccessError> {
        let Some(parts) = parse_refresh(token.expose()) else { return Ok(None) };
        let id = parts.family;
        let found = self.store.point(move |store| store.find_refresh_family(tenant, id)).await?;
        let Some(family) = found else { return Ok(None) };
        let row = family.id.to_string();
        let key = self.vault.open(&Binding { tenant, purpose: Purpose::RefreshFamily, row: &row }, &family.key)?;
        let is_head = parts.generation == family.head;
        Ok(parts.is_authentic(&key).then_some(KnownRefresh { family, is_head }))
    }
}
