//! The name by which a client knows a person: the same for all, or one of the client's own sector.
//! *Spec*: OpenID Connect Core §2 `sub`, §8.

use crate::crypto::pairwise::{PairwiseKey, ROW};
use crate::domain::authority::Principal;
use crate::domain::id::{TenantId, UserId};
use crate::domain::registered::{RegisteredClient, SubjectType};
use crate::domain::secret::Sealed;
use crate::grant::error::GrantError;
use crate::grant::workbench::Workbench;

/// The `sub` of a person for a client; without one, the person's own id.
pub(super) async fn of(
    this: &Workbench,
    tenant: TenantId,
    principal: Principal,
    client: Option<&RegisteredClient>,
) -> Result<String, GrantError> {
    match client.filter(|client| client.metadata.subject_type == SubjectType::Pairwise) {
        None => Ok(principal.subject()),
        Some(client) => {
            let sector = client.metadata.sector().ok_or(GrantError::Protocol("a pairwise client without a sector"))?;
            let key = key(this, tenant).await?;
            Ok(key.subject(&sector, UserId::new(principal.uuid())))
        }
    }
}

/// The tenant's key for such names: made when it is first needed, and the same ever after.
async fn key(this: &Workbench, tenant: TenantId) -> Result<std::sync::Arc<PairwiseKey>, GrantError> {
    if let Some(key) = this.directory.pairwise_key(tenant).await? {
        return Ok(key);
    }
    let made = PairwiseKey::generate(&*this.entropy);
    let sealed: Sealed = this.vault.seal(&PairwiseKey::binding(tenant), made.bytes(), &*this.entropy)?;
    let now = this.clock.now();
    // Whoever is first makes it; the others read what was made.
    this.store.blocking(move |store| store.insert_tenant_secret(tenant, ROW, &sealed, now)).await?;
    this.directory.pairwise_key(tenant).await?.ok_or(GrantError::Protocol("a pairwise key was not kept"))
}
