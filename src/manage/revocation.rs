//! Ending tokens of a whole tenant, for an operator who knows that a client's token has leaked.

use serde_json::json;

use super::{Actor, ManageError, Registry};
use crate::domain::id::{OrgId, TenantId};
use crate::domain::journal::ChangeKind;
use crate::domain::revocation::RevocationTarget;
use crate::domain::tenant::Application;
use crate::store::Journal;

impl Registry {
    /// Ends every token of the organization's client that was issued up to now.
    pub async fn revoke_org_client(&self, org: OrgId, actor: Actor) -> Result<(), ManageError> {
        let target = RevocationTarget::Principal(org.uuid());
        self.revoke(TenantId::MANAGEMENT, target, actor).await
    }

    /// Ends every token of the application that was issued up to now, its client's and its users', with the sessions
    /// behind them.
    pub async fn revoke_app(&self, app: &Application, actor: Actor) -> Result<(), ManageError> {
        self.revoke(app.id.into(), RevocationTarget::Tenant, actor).await
    }

    async fn revoke(&self, tenant: TenantId, target: RevocationTarget, actor: Actor) -> Result<(), ManageError> {
        let holder = match target {
            RevocationTarget::Principal(holder) => holder,
            RevocationTarget::Tenant | RevocationTarget::Token(_) | RevocationTarget::Spared(_) => tenant.uuid(),
        };
        let revocation = self.watermark(tenant, target).await?;
        let journal = Journal {
            changes: vec![self.change(tenant, ChangeKind::Revocations)],
            audit: vec![self.audit(tenant, actor, "revoke tokens", json!({ "holder": holder }))],
            ..Journal::default()
        };
        self.write(journal, move |store, journal| store.revoke(&revocation, journal)).await
    }
}
