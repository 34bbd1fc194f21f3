//! Programs that register themselves (RFC 7591) and keep their registration (RFC 7592), where the tenant lets them.

use serde_json::{Map, Value};

use super::metadata::{self, Read};
use super::{ClientFault, NewRegisteredSecret, needs_secret};
use crate::crypto::compare::same;
use crate::crypto::token_text::Opaque;
use crate::domain::authority::Principal;
use crate::domain::id::RegisteredId;
use crate::domain::place::Place;
use crate::domain::registered::{KeptBy, RegisteredClient};
use crate::domain::secret::{Digest, Secret};
use crate::domain::tenant::ClientRegistration;
use crate::manage::{Actor, ManageError, Registry};
use crate::store::{NewRegistered, Store};

/// More clients of one tenant do not register themselves.
const CLIENTS_MAX: u64 = 10_000;
/// What a client is called that brought no name.
const NAMELESS: &str = "A program without a name";
/// No text has this digest that anyone could find.
const NOBODYS: Digest = Digest([0; 32]);

/// Who asks to be registered.
#[derive(Clone, Copy, Debug)]
pub struct Registrant<'a> {
    /// The initial access token.
    pub token: Option<&'a Secret>,
    /// The caller's network.
    pub source: &'a str,
}

/// A client that keeps its own registration, as it is told.
#[derive(Clone, Debug)]
pub struct Registered {
    pub client: RegisteredClient,
    /// Where it has just got one.
    pub secret: Option<NewRegisteredSecret>,
    /// With which it reads and changes itself.
    pub token: Secret,
}

impl Registry {
    /// Registers a client by its own word.
    ///
    /// *Errors*: `NoClientRegistration` where the place does not have it, `TooManyRegistrations` for a source that asks
    /// too often, `RegistrationToken` without a token that permits it, `Client` for metadata that cannot be,
    /// `TooManyClients`. Nothing is written then, and no token loses a use.
    pub async fn register_client(
        &self,
        place: &Place,
        given: &Map<String, Value>,
        by: Registrant<'_>,
    ) -> Result<Registered, ManageError> {
        let mode = self.client_registration(place)?;
        let now = self.clock.now();
        let admitted = self.registrations.admit(by.source, self.policy.registrations_per_source, now);
        admitted.map_err(|retry_after| ManageError::TooManyRegistrations { retry_after })?;
        let permitted_by = self.permit(place, mode, by.token).await?;
        let Read { name, metadata } = metadata::read(given, None, KeptBy::Registration)?;
        self.check_client(&metadata, KeptBy::Registration).await?;
        let tenant = place.tenant();
        let count = self.store.blocking(move |store| store.count_registered(tenant, KeptBy::Registration)).await?;
        if count >= CLIENTS_MAX {
            return Err(ManageError::TooManyClients);
        }
        let token = Opaque::RegistrationToken.make(&*self.entropy);
        let client = RegisteredClient {
            tenant,
            id: RegisteredId::new(self.draw_id()),
            name: name.unwrap_or_else(|| NAMELESS.to_owned()),
            metadata,
            kept_by: KeptBy::Registration,
            disabled: false,
            registration_digest: Opaque::RegistrationToken.digest(&token),
            created: now,
            modified: now,
        };
        let secret = needs_secret(&client.metadata).then(|| self.draw_client_secret(None, None));
        let row = secret.as_ref().map(|new| new.secret.clone());
        let new = NewRegistered { client: client.clone(), secret: row, permitted_by };
        self.ensure_id_key_for(tenant, &client.metadata).await?;
        let journal = self.client_journal(&client, Actor::Guest, "register client");
        self.write(journal, move |store, journal| store.insert_registered(&new, journal)).await?;
        Ok(Registered { client, secret, token })
    }

    /// A client reads its own registration (RFC 7592 §2.1). Its secret is not in it: nobody can read that again.
    ///
    /// *Errors*: `NoClientRegistration`, `RegistrationToken`.
    pub async fn read_registration(
        &self,
        place: &Place,
        client_id: &str,
        token: Option<&Secret>,
    ) -> Result<Registered, ManageError> {
        self.client_registration(place)?;
        let token = token.ok_or(ManageError::RegistrationToken)?;
        let tenant = place.tenant();
        let found = match RegisteredId::parse_client_id(client_id) {
            Some(id) => self.store.point(move |store: &Store| store.find_registered(tenant, id)).await?,
            None => None,
        };
        let presented = Opaque::RegistrationToken.digest(token).ok_or(ManageError::RegistrationToken)?;
        let known = found.as_ref().and_then(|client| client.registration_digest).unwrap_or(NOBODYS);
        let is_right = same(&known.0, &presented.0);
        match found.filter(|client| is_right && !client.disabled) {
            Some(client) => Ok(Registered { client, secret: None, token: token.clone() }),
            None => Err(ManageError::RegistrationToken),
        }
    }

    /// A client says its registration anew (RFC 7592 §2.2). What the administration gave it beyond what it may say
    /// itself is gone then.
    ///
    /// *Errors*: as `read_registration`; `Client`, `Overtaken`.
    pub async fn replace_registration(
        &self,
        place: &Place,
        client_id: &str,
        token: Option<&Secret>,
        given: &Map<String, Value>,
    ) -> Result<Registered, ManageError> {
        let Registered { client: known, token, .. } = self.read_registration(place, client_id, token).await?;
        let names_itself = given.get("client_id").and_then(Value::as_str) == Some(client_id);
        super::fault::demand(names_itself, "client_id", "must be the client's own")?;
        let Read { name, metadata } = metadata::read(given, None, KeptBy::Registration)?;
        self.check_client(&metadata, KeptBy::Registration).await?;
        let name = name.unwrap_or_else(|| NAMELESS.to_owned());
        let client = RegisteredClient { name, metadata, ..known.clone() };
        let saved = self.save_client(&known, client, itself(place, &known)).await?;
        Ok(Registered { client: saved.client, secret: saved.secret, token })
    }

    /// A client removes itself (RFC 7592 §2.3).
    ///
    /// *Errors*: as `read_registration`.
    pub async fn remove_registration(
        &self,
        place: &Place,
        client_id: &str,
        token: Option<&Secret>,
    ) -> Result<(), ManageError> {
        let Registered { client, .. } = self.read_registration(place, client_id, token).await?;
        self.remove_client(&client, itself(place, &client)).await
    }

    /// Whether clients register themselves here at all. Asked before anything else of a request is looked at.
    ///
    /// *Errors*: `NoClientRegistration`.
    pub fn registers_clients(&self, place: &Place) -> Result<(), ManageError> {
        self.client_registration(place).map(|_mode| ())
    }

    /// Who may register here.
    fn client_registration(&self, place: &Place) -> Result<ClientRegistration, ManageError> {
        let mode = match place {
            Place::Management => self.policy.management_clients,
            Place::App { app, .. } => app.settings.registration_of_clients,
        };
        match mode {
            ClientRegistration::Off => Err(ManageError::NoClientRegistration),
            mode @ (ClientRegistration::Token | ClientRegistration::Open) => Ok(mode),
        }
    }

    /// The token that permits a registration, where one is asked for. It is used up with the client's row.
    async fn permit(
        &self,
        place: &Place,
        mode: ClientRegistration,
        token: Option<&Secret>,
    ) -> Result<Option<Digest>, ManageError> {
        if mode == ClientRegistration::Open {
            return Ok(None);
        }
        let digest = token.and_then(|token| Opaque::InitialToken.digest(token));
        let digest = digest.ok_or(ManageError::RegistrationToken)?;
        let (tenant, now) = (place.tenant(), self.clock.now());
        let ask = move |store: &Store| store.is_initial_token_live(tenant, &digest, now);
        if self.store.point(ask).await? { Ok(Some(digest)) } else { Err(ManageError::RegistrationToken) }
    }
}

impl From<ClientFault> for ManageError {
    fn from(fault: ClientFault) -> Self {
        Self::Client(fault)
    }
}

/// The client, for the audit log.
fn itself(place: &Place, client: &RegisteredClient) -> Actor {
    let (org, app) = match place {
        Place::Management => (None, None),
        Place::App { org, app } => (Some(org.id), Some(app.id)),
    };
    Actor::Caller(Principal::Registered { org, app, client: client.id })
}
