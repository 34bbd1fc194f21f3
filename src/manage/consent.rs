//! What people allowed clients: remembered, asked for again when a client wants more, and taken back.

use serde_json::json;
use uuid::Uuid;

use super::{Actor, ManageError, Registry};
use crate::domain::authority::Principal;
use crate::domain::browser::Consent;
use crate::domain::id::{RegisteredId, TenantId};
use crate::domain::journal::ChangeKind;
use crate::domain::place::Place;
use crate::domain::revocation::RevocationTarget;
use crate::domain::scope::Scopes;
use crate::store::{Journal, Store};

impl Registry {
    /// What a person has allowed a client; nothing where they were never asked. *Tenancy*: the place.
    pub async fn allowed(
        &self,
        place: &Place,
        principal: Principal,
        client: RegisteredId,
    ) -> Result<Scopes, ManageError> {
        let (tenant, holder) = (place.tenant(), principal.uuid());
        let found = self.store.point(move |store| store.find_consent(tenant, holder, client)).await?;
        Ok(found.map(|consent| consent.scope).unwrap_or_default())
    }

    /// Remembers that a person allowed a client these scopes, beside those of before.
    pub async fn allow(
        &self,
        place: &Place,
        principal: Principal,
        (client, scopes): (RegisteredId, &Scopes),
    ) -> Result<(), ManageError> {
        let before = self.allowed(place, principal, client).await?;
        let now = self.clock.now();
        let (tenant, holder) = (place.tenant(), principal.uuid());
        let scope = before.joined(scopes);
        let consent = Consent { tenant, holder, client, scope, created: now, modified: now };
        let detail = json!({ "client": client.client_id(), "scope": scopes.to_string() });
        let audit = vec![self.audit(tenant, Actor::Caller(principal), "allow client", detail)];
        let journal = Journal { audit, ..Journal::default() };
        self.write(journal, move |store, journal| store.save_consent(&consent, journal)).await
    }

    /// All that a user or an admin has allowed, the last one first. *Tenancy*: the tenant.
    pub async fn list_consents(&self, tenant: TenantId, holder: Uuid) -> Result<Vec<Consent>, ManageError> {
        Ok(self.store.blocking(move |store| store.list_consents(tenant, holder)).await?)
    }

    /// Takes back what a client was allowed, and ends what it holds for that person.
    ///
    /// *Errors*: `UnknownConsent`. *Tenancy*: the tenant.
    pub async fn revoke_consent(
        &self,
        tenant: TenantId,
        (holder, client_id): (Uuid, &str),
        actor: Actor,
    ) -> Result<(), ManageError> {
        let unknown = || ManageError::UnknownConsent(client_id.to_owned());
        let client = RegisteredId::parse_client_id(client_id).ok_or_else(unknown)?;
        let template = self.watermark(tenant, RevocationTarget::Principal(holder)).await?;
        let detail = json!({ "client": client_id, "holder": holder });
        let journal = Journal {
            changes: vec![self.change(tenant, ChangeKind::Revocations)],
            audit: vec![self.audit(tenant, actor, "revoke consent", detail)],
            ..Journal::default()
        };
        let write = move |store: &Store, journal: &Journal| store.remove_consent(holder, client, &template, journal);
        self.write(journal, write).await?.then_some(()).ok_or_else(unknown)
    }
}
