//! The tokens that let programs register themselves: handed out by the administration, for so many clients and so long.

use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::{ClientFault, read_expiry, read_name, secret::LIFE};
use crate::crypto::digest::sha256;
use crate::crypto::token_text::Opaque;
use crate::domain::id::TenantId;
use crate::domain::registered::InitialToken;
use crate::domain::secret::Secret;
use crate::manage::{Actor, ManageError, Registry};
use crate::store::{Journal, Store};

/// The most tokens that one answer shows.
const SHOWN_MAX: u32 = 1_000;
/// How long a token lives where nothing is said. *Units*: seconds; a week.
const LIFE_DEFAULT: u64 = 604_800;
const USES_MAX: u32 = 1_000_000;

/// A token with its text, which is kept nowhere.
#[derive(Clone, Debug)]
pub struct NewInitialToken {
    pub token: InitialToken,
    pub text: Secret,
}

impl Registry {
    /// Makes a token. *Shape*: `{"name":"..","uses":1,"expires_in":604800}`; these are the defaults.
    ///
    /// *Errors*: `Client` for a number that cannot be.
    pub async fn create_initial_token(
        &self,
        tenant: TenantId,
        given: &Map<String, Value>,
        actor: Actor,
    ) -> Result<NewInitialToken, ManageError> {
        let now = self.clock.now();
        let default = now.plus(std::time::Duration::from_secs(LIFE_DEFAULT));
        let text = Opaque::InitialToken.make(&*self.entropy);
        let token = InitialToken {
            id: self.draw_id(),
            name: read_name(given)?,
            digest: sha256(text.expose()),
            uses_left: Some(read_uses(given)?),
            created: now,
            expires: Some(read_expiry(given, now, LIFE)?.unwrap_or(default)),
        };
        let detail = json!({ "token": token.id, "name": token.name, "uses": token.uses_left });
        let audit = vec![self.audit(tenant, actor, "create initial access token", detail)];
        let journal = Journal { audit, ..Journal::default() };
        let row = token.clone();
        let insert = move |store: &Store, journal: &Journal| store.insert_initial_token(tenant, &row, journal);
        self.write(journal, insert).await?;
        Ok(NewInitialToken { token, text })
    }

    /// The tokens, oldest first, without their texts. Those that are used up are among them until they are cleared away.
    pub async fn list_initial_tokens(&self, tenant: TenantId) -> Result<Vec<InitialToken>, ManageError> {
        Ok(self.store.point(move |store| store.list_initial_tokens(tenant, SHOWN_MAX)).await?)
    }

    /// Ends a token. The clients that it let in stay.
    ///
    /// *Errors*: `UnknownEntity`.
    pub async fn delete_initial_token(&self, tenant: TenantId, text: &str, actor: Actor) -> Result<(), ManageError> {
        let unknown = || ManageError::UnknownEntity(text.chars().take(64).collect());
        let id = Uuid::try_parse(text).map_err(|_no_id| unknown())?;
        let audit = vec![self.audit(tenant, actor, "delete initial access token", json!({ "token": id }))];
        let journal = Journal { audit, ..Journal::default() };
        let remove = move |store: &Store, journal: &Journal| store.remove_initial_token(tenant, id, journal);
        if self.write(journal, remove).await? { Ok(()) } else { Err(unknown()) }
    }
}

fn read_uses(given: &Map<String, Value>) -> Result<u32, ClientFault> {
    match given.get("uses") {
        None | Some(Value::Null) => Ok(1),
        Some(value) => {
            let uses = value.as_u64().and_then(|uses| u32::try_from(uses).ok());
            let uses = uses.filter(|uses| (1..=USES_MAX).contains(uses));
            uses.ok_or(ClientFault::Metadata("uses", "must be a whole number from 1 to 1000000"))
        }
    }
}
