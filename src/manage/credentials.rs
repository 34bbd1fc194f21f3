//! Client credentials: shown to their owner, and rotated.

use std::time::Duration;

use serde_json::json;

use super::{Actor, ManageError, Registry};
use crate::crypto::digest;
use crate::crypto::token_text::new_client_secret;
use crate::crypto::vault::{Binding, Purpose};
use crate::domain::client::{ClientId, ClientSecret};
use crate::domain::id::TenantId;
use crate::domain::journal::ChangeKind;
use crate::domain::revocation::{Revocation, RevocationTarget};
use crate::domain::secret::Secret;
use crate::domain::tenant::Switch;
use crate::store::{Journal, NewSecret, Store};

/// A client's id and, where it can be shown, its secret.
#[derive(Clone, Debug)]
pub struct Credentials {
    pub client_id: ClientId,
    /// `None` when the organization switched retrieval off, or no secret exists.
    pub client_secret: Option<Secret>,
}

impl Registry {
    /// Reads a client's present credentials back.
    pub async fn credentials(&self, client: ClientId) -> Result<Credentials, ManageError> {
        let owner = client.owner();
        let secrets = self.store.point(move |store| store.list_client_secrets(owner)).await?;
        let now = self.clock.now();
        let newest = secrets.iter().filter(|secret| secret.is_live(now)).max_by_key(|secret| secret.created);
        let sealed = newest.and_then(|secret| secret.sealed.as_ref().map(|sealed| (secret.id.to_string(), sealed)));
        let client_secret = match sealed {
            Some((row, sealed)) => {
                let text = self.vault.open(&binding(owner, &row), sealed)?;
                Some(Secret::new(String::from_utf8_lossy(&text)))
            }
            None => None,
        };
        Ok(Credentials { client_id: client, client_secret })
    }

    /// Gives a client a new secret. The old ones work for `keep_old` more. When that is zero they end at once, and with
    /// them every token that was issued to the client: who replaces a secret without grace fears that it has leaked.
    pub async fn rotate_credentials(
        &self,
        client: ClientId,
        keep_old: Duration,
        actor: Actor,
    ) -> Result<Credentials, ManageError> {
        let owner = client.owner();
        let retrievable = self.retrievable_secrets(client).await?;
        let (secret, credentials) = self.new_secret(client, retrievable)?;
        let detail = json!({ "client_id": client, "old_secrets_live_seconds": keep_old.as_secs() });
        let mut changes = vec![self.change(owner, ChangeKind::ClientSecrets)];
        let revocation = match keep_old.is_zero() {
            true => Some(self.end_of_client(client).await?),
            false => None,
        };
        changes.extend(revocation.iter().map(|ended| self.change(ended.tenant, ChangeKind::Revocations)));
        let audit = vec![self.audit(owner, actor, "rotate credentials", detail)];
        let new = NewSecret { secret, replaced_expire: self.clock.now().plus(keep_old), revocation };
        let write = move |store: &Store, journal: &Journal| store.rotate_client_secret(owner, &new, journal);
        self.write(Journal { changes, audit, ..Journal::default() }, write).await?;
        Ok(credentials)
    }

    /// The end of every token of a client that was issued up to now. Whatever reaches beyond one application was signed
    /// by the management plane.
    pub(super) async fn end_of_client(&self, client: ClientId) -> Result<Revocation, ManageError> {
        let issuer = match client {
            ClientId::App(app) => app.into(),
            ClientId::Org(_) => TenantId::MANAGEMENT,
        };
        self.watermark(issuer, RevocationTarget::Principal(client.owner().uuid())).await
    }

    async fn retrievable_secrets(&self, client: ClientId) -> Result<Switch, ManageError> {
        let org = match client {
            ClientId::Org(org) => Some(org),
            ClientId::App(app) => self.directory.app(app).await?.map(|app| app.org),
        };
        let org = match org {
            Some(org) => self.directory.org(org).await?,
            None => None,
        };
        org.map(|org| org.settings.retrievable_secrets)
            .ok_or_else(|| ManageError::UnknownOrganization(client.owner().to_string()))
    }

    /// Draws a secret: the row to write, and the text to show.
    pub(super) fn new_secret(
        &self,
        client: ClientId,
        retrievable: Switch,
    ) -> Result<(ClientSecret, Credentials), ManageError> {
        let text = new_client_secret(client, &*self.entropy);
        let secret = self.secret_of(client, &text, retrievable)?;
        Ok((secret, Credentials { client_id: client, client_secret: Some(text) }))
    }

    /// The row of a secret whose text is known.
    pub(super) fn secret_of(
        &self,
        client: ClientId,
        text: &Secret,
        retrievable: Switch,
    ) -> Result<ClientSecret, ManageError> {
        let owner = client.owner();
        let id = self.draw_id();
        let row = id.to_string();
        let sealed = match retrievable {
            Switch::On => Some(self.vault.seal(&binding(owner, &row), text.expose().as_bytes(), &*self.entropy)?),
            Switch::Off => None,
        };
        let digest = digest::sha256(text.expose());
        Ok(ClientSecret { id, digest, sealed, created: self.clock.now(), expires: None })
    }
}

/// How a secret's sealed copy is bound to its row.
fn binding(owner: TenantId, row: &str) -> Binding<'_> {
    Binding { tenant: owner, purpose: Purpose::ClientSecret, row }
}
