//! The secrets of registered clients: several may live side by side while one replaces another. Each is shown once.

use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::{ClientFault, needs_secret, read_expiry, read_name};
use crate::crypto::digest::sha256;
use crate::crypto::token_text::Opaque;
use crate::domain::clock::Moment;
use crate::domain::id::TenantId;
use crate::domain::registered::RegisteredSecret;
use crate::domain::secret::Secret;
use crate::manage::{Actor, ManageError, Registry};
use crate::store::{Journal, Store};

/// More live secrets are a sign of forgotten ones.
const SECRETS_MAX: usize = 10;
/// *Units*: seconds; ten years.
pub(super) const LIFE: (u64, u64) = (1, 315_576_000);

/// A secret with its text, which is kept nowhere.
#[derive(Clone, Debug)]
pub struct NewRegisteredSecret {
    pub secret: RegisteredSecret,
    pub text: Secret,
}

impl Registry {
    /// Draws a secret: the row to write, and the text to show.
    pub(super) fn draw_client_secret(&self, name: Option<String>, expires: Option<Moment>) -> NewRegisteredSecret {
        let text = Opaque::ClientSecret.make(&*self.entropy);
        let digest = sha256(text.expose());
        let secret = RegisteredSecret { id: self.draw_id(), name, digest, created: self.clock.now(), expires };
        NewRegisteredSecret { secret, text }
    }

    /// The secrets of a client, without their texts; those that expired are among them until they are cleared away.
    ///
    /// *Errors*: `UnknownClient`.
    pub async fn list_secrets_of_client(
        &self,
        tenant: TenantId,
        client: &str,
    ) -> Result<Vec<RegisteredSecret>, ManageError> {
        let id = self.get_client(tenant, client).await?.id;
        Ok(self.store.point(move |store| store.list_registered_secrets(tenant, id)).await?)
    }

    /// Gives a client one more secret. *Shape*: `{"name":"..","expires_in":seconds}`, both optional.
    ///
    /// *Errors*: `UnknownClient`; `Client` for one that proves itself in another way; `TooManySecrets`.
    pub async fn create_secret_of_client(
        &self,
        tenant: TenantId,
        client: &str,
        given: &Map<String, Value>,
        actor: Actor,
    ) -> Result<NewRegisteredSecret, ManageError> {
        let client = self.get_client(tenant, client).await?;
        if !needs_secret(&client.metadata) {
            let fault = ClientFault::Metadata("token_endpoint_auth_method", "of this client uses no secret");
            return Err(fault.into());
        }
        let expires = read_expiry(given, self.clock.now(), LIFE)?;
        let new = self.draw_client_secret(read_name(given)?, expires);
        let detail = json!({ "client_id": client.id.client_id(), "secret": new.secret.id, "name": new.secret.name });
        let journal = Journal {
            changes: vec![self.client_change(tenant)],
            audit: vec![self.audit(tenant, actor, "create client secret", detail)],
            ..Journal::default()
        };
        let (id, secret) = (client.id, new.secret.clone());
        let add = move |store: &Store, journal: &Journal| {
            store.add_registered_secret(tenant, (id, &secret), SECRETS_MAX, journal)
        };
        match self.write(journal, add).await? {
            true => Ok(new),
            false => Err(ManageError::TooManySecrets(SECRETS_MAX)),
        }
    }

    /// Ends one secret at once. Tokens that it got live on: who fears a leak disables the client.
    ///
    /// *Errors*: `UnknownClient`, `UnknownEntity` for a secret that it does not have.
    pub async fn delete_secret_of_client(
        &self,
        tenant: TenantId,
        client: &str,
        secret: &str,
        actor: Actor,
    ) -> Result<(), ManageError> {
        let client = self.get_client(tenant, client).await?;
        let unknown = || ManageError::UnknownEntity(secret.chars().take(64).collect());
        let id = Uuid::try_parse(secret).map_err(|_no_id| unknown())?;
        let detail = json!({ "client_id": client.id.client_id(), "secret": id });
        let journal = Journal {
            changes: vec![self.client_change(tenant)],
            audit: vec![self.audit(tenant, actor, "delete client secret", detail)],
            ..Journal::default()
        };
        let of = (client.id, id);
        let remove = move |store: &Store, journal: &Journal| store.remove_registered_secret(tenant, of, journal);
        if self.write(journal, remove).await? { Ok(()) } else { Err(unknown()) }
    }
}
