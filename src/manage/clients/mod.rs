//! Registered clients: made, changed and removed by the administration of their tenant, or by themselves where it lets
//! them (RFC 7591, RFC 7592). *Tenancy*: every method takes the tenant whose client it is.

mod fault;
mod initial_token;
mod metadata;
mod registration;
mod secret;
mod uris;

use serde_json::{Map, Value, json};
use uuid::Uuid;

pub use fault::ClientFault;
pub use initial_token::NewInitialToken;
pub use registration::{Registered, Registrant};
pub use secret::NewRegisteredSecret;

use super::{Actor, ManageError, Registry};
use crate::domain::clock::Moment;
use crate::domain::id::{RegisteredId, TenantId};
use crate::domain::journal::{Change, ChangeKind};
use crate::domain::registered::{AuthMethod, ClientMetadata, KeptBy, RegisteredClient, SubjectType};
use crate::domain::revocation::{Revocation, RevocationTarget};
use crate::domain::tenant::Switch;
use crate::store::{Journal, NewRegistered, RegisteredChange, Store};
use crate::upstream::Question;

/// How many clients one answer shows.
const PAGE_DEFAULT: u32 = 100;
const PAGE_MAX: u32 = 1_000;

/// A client with the secret that it has just got, which nobody can read again.
#[derive(Clone, Debug)]
pub struct ShownClient {
    pub client: RegisteredClient,
    pub secret: Option<NewRegisteredSecret>,
}

impl Registry {
    /// Registers a client by the word of the administration.
    ///
    /// *Errors*: `MissingMember`, `Client` for metadata that cannot be.
    pub async fn create_client(
        &self,
        tenant: TenantId,
        given: &Map<String, Value>,
        actor: Actor,
    ) -> Result<ShownClient, ManageError> {
        let read = metadata::read(given, None, KeptBy::Management)?;
        let missing = ManageError::MissingMember { entity: "client", property: "client_name" };
        let name = read.name.ok_or(missing)?;
        self.check_client(&read.metadata, KeptBy::Management).await?;
        let (now, id) = (self.clock.now(), RegisteredId::new(self.draw_id()));
        let client = RegisteredClient {
            tenant,
            id,
            name,
            metadata: read.metadata,
            kept_by: KeptBy::Management,
            disabled: is_disabled(given)?.unwrap_or(false),
            registration_digest: None,
            created: now,
            modified: now,
        };
        let secret = needs_secret(&client.metadata).then(|| self.draw_client_secret(None, None));
        let new = NewRegistered {
            client: client.clone(),
            secret: secret.as_ref().map(|new| new.secret.clone()),
            permitted_by: None,
        };
        self.ensure_id_key_for(tenant, &client.metadata).await?;
        let journal = self.client_journal(&client, actor, "create client");
        self.write(journal, move |store, journal| store.insert_registered(&new, journal)).await?;
        Ok(ShownClient { client, secret })
    }

    /// The tenant's clients behind `after`, in the order of their making, and the id to go on after.
    ///
    /// *Errors*: `BadCursor` for an `after` that is no id of a client.
    pub async fn list_clients(
        &self,
        tenant: TenantId,
        after: Option<&str>,
        limit: Option<u32>,
    ) -> Result<(Vec<RegisteredClient>, Option<String>), ManageError> {
        let after = after.map(|text| named(text).ok_or(ManageError::BadCursor)).transpose()?;
        let limit = limit.unwrap_or(PAGE_DEFAULT).clamp(1, PAGE_MAX);
        let list = move |store: &Store| store.list_registered(tenant, after, limit);
        let clients = self.store.blocking(list).await?;
        let is_full = u32::try_from(clients.len()).is_ok_and(|count| count == limit);
        let next = clients.last().filter(|_| is_full).map(|client| client.id.client_id());
        Ok((clients, next))
    }

    /// The client of this `client_id` or UUID, a disabled one too.
    ///
    /// *Errors*: `UnknownClient`.
    pub async fn get_client(&self, tenant: TenantId, text: &str) -> Result<RegisteredClient, ManageError> {
        let unknown = || ManageError::UnknownClient(text.chars().take(64).collect());
        let id = named(text).ok_or_else(unknown)?;
        let found = self.store.point(move |store| store.find_registered(tenant, id)).await?;
        found.ok_or_else(unknown)
    }

    /// Puts what a body says over a client; `null` takes a member back to its default. One that is disabled loses every
    /// token, and everyone the sessions that they began by it.
    ///
    /// *Errors*: `UnknownClient`, `Client`, `Overtaken`.
    pub async fn update_client(
        &self,
        tenant: TenantId,
        text: &str,
        given: &Map<String, Value>,
        actor: Actor,
    ) -> Result<ShownClient, ManageError> {
        let known = self.get_client(tenant, text).await?;
        let read = metadata::read(given, Some(&known), KeptBy::Management)?;
        self.check_client(&read.metadata, KeptBy::Management).await?;
        let mut client = known.clone();
        client.name = read.name.unwrap_or(client.name);
        client.metadata = read.metadata;
        client.disabled = is_disabled(given)?.unwrap_or(known.disabled);
        self.save_client(&known, client, actor).await
    }

    /// Removes a client with everything that it was given.
    ///
    /// *Errors*: `UnknownClient`.
    pub async fn delete_client(
        &self,
        tenant: TenantId,
        text: &str,
        actor: Actor,
    ) -> Result<RegisteredClient, ManageError> {
        let client = self.get_client(tenant, text).await?;
        self.remove_client(&client, actor).await?;
        Ok(client)
    }

    async fn remove_client(&self, client: &RegisteredClient, actor: Actor) -> Result<(), ManageError> {
        let (tenant, id) = (client.tenant, client.id);
        let ended = self.end_of_registered(client).await?;
        let mut journal = self.client_journal(client, actor, "delete client");
        journal.changes.push(self.change(tenant, ChangeKind::Revocations));
        let remove = move |store: &Store, journal: &Journal| store.remove_registered(tenant, id, &ended, journal);
        match self.write(journal, remove).await? {
            true => Ok(()),
            false => Err(ManageError::UnknownClient(id.client_id())),
        }
    }

    /// Writes a client as changed, with what follows from the change.
    async fn save_client(
        &self,
        known: &RegisteredClient,
        mut client: RegisteredClient,
        actor: Actor,
    ) -> Result<ShownClient, ManageError> {
        let seen = known.modified;
        client.modified = self.clock.now().max(Moment::from_micros(seen.micros().saturating_add(1)));
        let (had, has) = (needs_secret(&known.metadata), needs_secret(&client.metadata));
        let secret = (has && !had).then(|| self.draw_client_secret(None, None));
        let ends = match client.disabled && !known.disabled {
            true => Some(self.end_of_registered(&client).await?),
            false => None,
        };
        self.ensure_id_key_for(client.tenant, &client.metadata).await?;
        let mut journal = self.client_journal(&client, actor, "set client");
        journal.changes.extend(ends.iter().map(|ended| self.change(ended.tenant, ChangeKind::Revocations)));
        let change = RegisteredChange {
            client: client.clone(),
            seen,
            ends,
            drops_secrets: had && !has,
            secret: secret.as_ref().map(|new| new.secret.clone()),
        };
        match self.write(journal, move |store, journal| store.save_registered(&change, journal)).await? {
            true => Ok(ShownClient { client, secret }),
            false => Err(ManageError::Overtaken),
        }
    }

    /// The end of every token that was issued by way of a client, its own and those of people: a verifier asks for the
    /// client of a token, too.
    async fn end_of_registered(&self, client: &RegisteredClient) -> Result<Revocation, ManageError> {
        self.watermark(client.tenant, RevocationTarget::Principal(client.id.uuid())).await
    }

    /// Checks metadata as far as it can be: by itself, and by what this server may ask others.
    async fn check_client(&self, metadata: &ClientMetadata, by: KeptBy) -> Result<(), ManageError> {
        metadata::check(metadata, by)?;
        let by_certificate = metadata.token_endpoint_auth_method == AuthMethod::TlsClientAuth;
        if by_certificate && self.policy.client_certificates == Switch::Off {
            let problem = "tls_client_auth is not configured on this server";
            return Err(ClientFault::Metadata("token_endpoint_auth_method", problem).into());
        }
        for (member, url) in [
            ("jwks_uri", &metadata.jwks_uri),
            ("sector_identifier_uri", &metadata.sector_identifier_uri),
            ("backchannel_logout_uri", &metadata.backchannel_logout_uri),
        ] {
            let is_fine = url
                .as_deref()
                .is_none_or(|url| !url.contains(['#', '*']) && url.len() <= 2_048 && self.upstream.check(url).is_ok());
            fault::demand(is_fine, member, "must be an https URL of a public host, without a fragment")?;
        }
        self.check_sector(metadata).await
    }

    /// Who is told pairwise identifiers must belong to one sector: one host, or a list that its own host publishes
    /// (OpenID Connect Core §8.1).
    async fn check_sector(&self, metadata: &ClientMetadata) -> Result<(), ManageError> {
        let refuse = |problem| ManageError::from(ClientFault::Metadata("sector_identifier_uri", problem));
        let Some(url) = &metadata.sector_identifier_uri else {
            let host = |uri: &String| url::Url::parse(uri).ok().and_then(|url| url.host_str().map(str::to_owned));
            let mut hosts: Vec<_> = metadata.redirect_uris.iter().map(host).collect();
            hosts.dedup();
            let is_one = metadata.subject_type == SubjectType::Public || hosts.len() <= 1;
            return if is_one { Ok(()) } else { Err(refuse("must be there where redirect URIs have several hosts")) };
        };
        let answer = self.upstream.ask(Question::get(self.upstream.check(url)?)).await;
        let listed = answer.ok().filter(|reply| reply.status == 200);
        let listed: Option<Vec<String>> = listed.and_then(|reply| serde_json::from_slice(&reply.body).ok());
        let listed = listed.ok_or_else(|| refuse("must publish a JSON list of URIs"))?;
        match metadata.redirect_uris.iter().all(|uri| listed.contains(uri)) {
            true => Ok(()),
            false => Err(refuse("must list every redirect URI")),
        }
    }

    fn client_journal(&self, client: &RegisteredClient, actor: Actor, action: &str) -> Journal {
        let detail = json!({
            "client_id": client.id.client_id(),
            "name": client.name,
            "disabled": client.disabled,
            "metadata": client.metadata,
        });
        Journal {
            changes: vec![self.client_change(client.tenant)],
            audit: vec![self.audit(client.tenant, actor, action, detail)],
            ..Journal::default()
        }
    }

    fn client_change(&self, tenant: TenantId) -> Change {
        self.change(tenant, ChangeKind::RegisteredClients)
    }
}

/// Whether a client proves itself by a secret.
fn needs_secret(metadata: &ClientMetadata) -> bool {
    matches!(metadata.token_endpoint_auth_method, AuthMethod::ClientSecretBasic | AuthMethod::ClientSecretPost)
}

/// Reads how a path names a client.
fn named(text: &str) -> Option<RegisteredId> {
    RegisteredId::parse_client_id(text).or_else(|| Uuid::try_parse(text).ok().map(RegisteredId::new))
}

fn is_disabled(given: &Map<String, Value>) -> Result<Option<bool>, ClientFault> {
    match given.get("disabled") {
        None | Some(Value::Null) => Ok(None),
        Some(Value::Bool(is_disabled)) => Ok(Some(*is_disabled)),
        Some(_) => Err(ClientFault::Metadata("disabled", "must be true or false")),
    }
}

/// How long something lives that the administration makes: seconds from now.
fn read_expiry(
    given: &Map<String, Value>,
    now: Moment,
    (least, most): (u64, u64),
) -> Result<Option<Moment>, ClientFault> {
    match given.get("expires_in") {
        None | Some(Value::Null) => Ok(None),
        Some(value) => {
            let seconds = value.as_u64().filter(|seconds| (least..=most).contains(seconds));
            let seconds =
                seconds.ok_or(ClientFault::Metadata("expires_in", "must be a number of seconds, at most ten years"))?;
            Ok(Some(now.plus(std::time::Duration::from_secs(seconds))))
        }
    }
}

/// A name that the administration gives, to know one from another.
fn read_name(given: &Map<String, Value>) -> Result<Option<String>, ClientFault> {
    match given.get("name") {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) if text.chars().count() <= 128 && !text.chars().any(char::is_control) => {
            Ok(Some(text.clone()).filter(|text| !text.trim().is_empty()))
        }
        Some(_) => Err(ClientFault::Metadata("name", "must be a text of at most 128 characters")),
    }
}
