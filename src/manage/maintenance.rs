//! What keeps the house clean: expired rows go, due keys move on, sealed rows follow the current master key.

use std::time::Duration;

use super::{ManageError, Registry};
use crate::crypto::vault::{Binding, Purpose};
use crate::domain::id::TenantId;
use crate::store::{SealedPlace, Store, StoreError};

const TENANTS_A_PAGE: u32 = 500;
const ROWS_A_BATCH: u32 = 1_000;
/// How long the change log is kept: far longer than any node stays behind.
const CHANGE_LOG_KEPT: Duration = Duration::from_secs(86_400);

/// What one round of maintenance did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Cleaned {
    pub tenants: usize,
    pub rows: usize,
    pub key_rings_moved: usize,
}

impl Registry {
    /// One round over every tenant, in small steps that never lock the hot path.
    pub async fn maintain(&self) -> Result<Cleaned, ManageError> {
        let mut cleaned = Cleaned::default();
        let mut after = None;
        loop {
            let page = self.tenants_after(after).await?;
            let Some(last) = page.last().copied() else { break };
            for tenant in page {
                // One tenant that cannot be served must not stop the others.
                if let Err(cause) = self.maintain_tenant(tenant, &mut cleaned).await {
                    tracing::warn!(%tenant, %cause, "maintenance of one tenant failed");
                }
            }
            after = Some(last);
        }
        let now = self.clock.now();
        let purge = move |store: &Store| store.purge_moved_tokens(now, ROWS_A_BATCH);
        cleaned.rows = cleaned.rows.saturating_add(self.purge_all(purge).await?);
        let horizon = self.clock.now().minus(CHANGE_LOG_KEPT);
        let purge = move |store: &Store| store.purge_changes(horizon, ROWS_A_BATCH);
        cleaned.rows = cleaned.rows.saturating_add(self.purge_all(purge).await?);
        Ok(cleaned)
    }

    async fn maintain_tenant(&self, tenant: TenantId, cleaned: &mut Cleaned) -> Result<(), ManageError> {
        cleaned.tenants = cleaned.tenants.saturating_add(1);
        let now = self.clock.now();
        let purge = move |store: &Store| store.purge(tenant, now, ROWS_A_BATCH);
        cleaned.rows = cleaned.rows.saturating_add(self.purge_all(purge).await?);
        let horizon = self.outbox.horizon();
        let purge = move |store: &Store| store.purge_mails(tenant, horizon, ROWS_A_BATCH);
        cleaned.rows = cleaned.rows.saturating_add(self.purge_all(purge).await?);
        let horizon = now.minus(self.policy.sessions.notice_give_up);
        let purge = move |store: &Store| store.purge_notices(tenant, horizon, ROWS_A_BATCH);
        cleaned.rows = cleaned.rows.saturating_add(self.purge_all(purge).await?);
        let horizon = now.minus(self.policy.audit_kept);
        let purge = move |store: &Store| store.purge_audit(tenant, horizon, ROWS_A_BATCH);
        cleaned.rows = cleaned.rows.saturating_add(self.purge_all(purge).await?);
        if self.advance_keys(tenant).await? {
            cleaned.key_rings_moved = cleaned.key_rings_moved.saturating_add(1);
        }
        Ok(())
    }

    /// Purges batch by batch until nothing expired is left.
    async fn purge_all(
        &self,
        purge: impl Fn(&Store) -> Result<usize, StoreError> + Clone + Send + 'static,
    ) -> Result<usize, ManageError> {
        let mut gone: usize = 0;
        loop {
            match self.store.blocking(purge.clone()).await? {
                0 => return Ok(gone),
                batch => gone = gone.saturating_add(batch),
            }
        }
    }

    /// Seals every row again that another master key than the current one sealed. Answers how many rows moved.
    /// May be stopped and run again; a row that changes meanwhile is met by the next run.
    pub async fn rewrap(&self) -> Result<usize, ManageError> {
        let mut moved: usize = 0;
        let mut after = None;
        loop {
            let page = self.tenants_after(after).await?;
            let Some(last) = page.last().copied() else { return Ok(moved) };
            for tenant in page {
                moved = moved.saturating_add(self.rewrap_tenant(tenant).await?);
            }
            after = Some(last);
        }
    }

    async fn rewrap_tenant(&self, tenant: TenantId) -> Result<usize, ManageError> {
        let mut moved: usize = 0;
        loop {
            let current = self.vault.current().to_owned();
            let list = move |store: &Store| store.list_sealed(tenant, &current, ROWS_A_BATCH);
            let rows = self.store.blocking(list).await?;
            let before = moved;
            for row in rows {
                let (purpose, name) = match &row.place {
                    SealedPlace::ClientSecret(id) => (Purpose::ClientSecret, id.to_string()),
                    SealedPlace::SigningKey(kid) => (Purpose::SigningKey, kid.clone()),
                    SealedPlace::RefreshFamily(id) => (Purpose::RefreshFamily, id.to_string()),
                    SealedPlace::SigninProvider(word) => (Purpose::SigninProvider, word.clone()),
                    SealedPlace::Mail(id) => (Purpose::Mail, id.to_string()),
                    SealedPlace::TenantSecret(row) => (Purpose::TenantSecret, row.clone()),
                };
                let binding = Binding { tenant, purpose, row: &name };
                let plain = self.vault.open(&binding, &row.sealed)?;
                let sealed = self.vault.seal(&binding, &plain, &*self.entropy)?;
                let replace = move |store: &Store| store.replace_sealed(tenant, &row.place, &row.sealed, &sealed);
                if self.store.blocking(replace).await? {
                    moved = moved.saturating_add(1);
                }
            }
            if moved == before {
                return Ok(moved);
            }
        }
    }

    async fn tenants_after(&self, after: Option<TenantId>) -> Result<Vec<TenantId>, ManageError> {
        Ok(self.store.blocking(move |store| store.list_tenants(after, TENANTS_A_PAGE)).await?)
    }
}
