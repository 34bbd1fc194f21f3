//! The keys of pairwise subjects. One never changes once it is made, so nothing makes a known one untrue.

use std::sync::Arc;

use super::{Directory, DirectoryError};
use crate::crypto::pairwise::{PairwiseKey, ROW};
use crate::domain::id::TenantId;
use crate::store::Store;

impl Directory {
    /// The key with which the tenant's pairwise subjects are made; `None` while none was needed.
    ///
    /// *Errors*: `Vault` for one that does not open, `Pairwise` for one that is none.
    pub async fn pairwise_key(&self, tenant: TenantId) -> Result<Option<Arc<PairwiseKey>>, DirectoryError> {
        if let Some(key) = self.shelves.pairwise.get(&tenant) {
            return Ok(Some(key));
        }
        let this = self.clone();
        let load = move |store: &Store| {
            let opened = this.shelves.pairwise.fill(tenant, || -> Result<_, DirectoryError> {
                let Some(sealed) = store.find_tenant_secret(tenant, ROW)? else { return Ok(None) };
                let bytes = this.vault.open(&PairwiseKey::binding(tenant), &sealed)?;
                PairwiseKey::parse(&bytes).map(|key| Some(Arc::new(key))).ok_or(DirectoryError::Pairwise(tenant))
            });
            Ok(opened)
        };
        self.store.point(load).await?
    }
}
