//! `grant_type=urn:ietf:params:oauth:grant-type:device_code` (RFC 8628): a device without a keyboard asks, shows a code,
//! and comes back until a person has answered at a page. Only the client that began may come back; whoever comes too
//! often is slowed down, and costs no more than a read.

use std::time::Duration;

use super::client::{self, Admitted};
use super::dispatch::Dispatcher;
use super::error::{DeviceFault, GrantError};
use super::family::{self, NewFamily};
use super::id_token::{self, Told};
use super::outcome::{Holder, Issued};
use super::oxide::{self, RefreshPlan, TokenIssuer};
use super::request::{GrantRequest, Origin, PresentedClient, ScopeRule};
use super::workbench::{Bound, Terms, Workbench};
use super::{lifetime, person, resource, scope};
use crate::crypto::token_text::{Opaque, UserCode};
use crate::domain::authority::Principal;
use crate::domain::clock::Moment;
use crate::domain::device::{DeviceDetails, DeviceGrant, DeviceState};
use crate::domain::place::Place;
use crate::domain::refresh::FamilyDetails;
use crate::domain::registered::{GrantType, RegisteredClient};
use crate::domain::secret::Secret;
use crate::domain::user::Identifier;
use crate::store::{DeviceBounds, Ground, Poll, Redeemed, Store, Waiting};

/// How long a person has to answer.
const LIFE: Duration = Duration::from_secs(600);
/// How long a device waits between two questions, and what is added where it does not (RFC 8628 §3.5).
const INTERVAL: Duration = Duration::from_secs(5);
/// Nobody is slowed down further; it is more than any honest device waits.
const INTERVAL_MAX: Duration = Duration::from_secs(60);
/// How many devices may wait: of one client, of one tenant.
const BOUNDS: DeviceBounds = DeviceBounds { of_client: 10_000, of_tenant: 50_000 };
/// How often another code is drawn where one is taken.
const DRAWS: usize = 4;

/// What a device asks for at the beginning.
#[derive(Clone, Debug)]
pub struct DeviceRequest {
    pub client: Option<PresentedClient>,
    pub scope: Option<String>,
    pub resources: Vec<String>,
    /// The thumbprint of the key whose possession the request proves.
    pub jkt: Option<String>,
    pub origin: Origin,
}

/// What a device is told (RFC 8628 §3.2).
#[derive(Clone, Debug)]
pub struct DeviceBeginning {
    pub device_code: Secret,
    pub user_code: String,
    pub verification_uri: String,
    pub verification_uri_complete: String,
    pub expires_in: Duration,
    pub interval: Duration,
}

impl Dispatcher {
    /// Lets a device wait for a person.
    ///
    /// *Errors*: those of the client, `UnauthorizedClient`, `UnknownScope`, `UnknownResource`, `Device(TooMany)`.
    /// *Tenancy*: a client of the place.
    pub async fn begin_device(&self, place: &Place, request: DeviceRequest) -> Result<DeviceBeginning, GrantError> {
        let this = self.workbench();
        let presented = request.client.as_ref().ok_or(GrantError::MissingClient)?;
        let admitted = client::authenticate(this, place, presented).await?;
        let client = permitted(&admitted)?;
        let scopes = scope::decide(request.scope.as_deref(), ScopeRule::Strict, &client.metadata.scope)?;
        if scopes.is_empty() {
            return Err(GrantError::UnknownScope);
        }
        let issuer = this.base.issuer(place);
        let details = DeviceDetails {
            event: None,
            answered: None,
            resources: resource::granted(&request.resources, Some(client), &issuer)?,
            device: request.origin.device,
            source: request.origin.source,
            jkt: request.jkt,
        };
        let device_code = Opaque::DeviceCode.make(&*this.entropy);
        let digest = Opaque::DeviceCode.digest(&device_code);
        let digest = digest.ok_or(GrantError::Protocol("a device code cannot be read"))?;
        let now = this.clock.now();
        let grant = DeviceGrant {
            tenant: place.tenant(),
            digest,
            user_code: digest,
            client: client.id,
            scopes,
            details,
            state: DeviceState::Pending,
            holder: None,
            session: None,
            pause: INTERVAL,
            polled: None,
            family: None,
            created: now,
            expires: now.plus(LIFE),
        };
        let user_code = keep(this, &grant).await?.to_string();
        let verification_uri = format!("{issuer}/signin/device");
        Ok(DeviceBeginning {
            device_code,
            verification_uri_complete: format!("{verification_uri}?user_code={user_code}"),
            verification_uri,
            user_code,
            expires_in: LIFE,
            interval: INTERVAL,
        })
    }
}

/// Keeps a device under a code that no other has.
async fn keep(this: &Workbench, grant: &DeviceGrant) -> Result<UserCode, GrantError> {
    for _ in 0..DRAWS {
        let user_code = UserCode::generate(&*this.entropy);
        let grant = DeviceGrant { user_code: user_code.digest(), ..grant.clone() };
        match this.store.blocking(move |store| store.insert_device_grant(&grant, &BOUNDS)).await? {
            Waiting::Begun => return Ok(user_code),
            Waiting::Taken => {}
            Waiting::Full => return Err(GrantError::Device(DeviceFault::TooMany)),
        }
    }
    Err(GrantError::Protocol("every user code that was drawn is taken"))
}

pub(super) async fn run(this: &Workbench, place: &Place, request: &GrantRequest) -> Result<Issued, GrantError> {
    let presented = request.client.as_ref().ok_or(GrantError::MissingClient)?;
    let admitted = client::authenticate(this, place, presented).await?;
    let client = permitted(&admitted)?;
    let text = request.device_code.as_ref().ok_or(GrantError::MissingParameter("device_code"))?;
    let unknown = GrantError::Device(DeviceFault::Unknown);
    let Some(digest) = Opaque::DeviceCode.digest(text) else { return Err(unknown) };
    let tenant = place.tenant();
    let found = this.store.point(move |store| store.find_device_grant(tenant, &digest)).await?;
    let Some(grant) = found.filter(|grant| grant.client == client.id) else { return Err(unknown) };
    if grant.details.jkt.is_some() && grant.details.jkt != request.jkt {
        return Err(unknown);
    }
    match grant.state {
        DeviceState::Used => Err(unknown),
        DeviceState::Denied => Err(GrantError::Device(DeviceFault::Denied)),
        _ if this.clock.now() >= grant.expires => Err(GrantError::Device(DeviceFault::Expired)),
        DeviceState::Pending => Err(GrantError::Device(wait(this, grant).await?)),
        DeviceState::Approved => redeem(this, place, (grant, client), request).await,
    }
}

/// A client that registered for this; those that tenants are born with never did.
fn permitted(admitted: &Admitted) -> Result<&RegisteredClient, GrantError> {
    admitted.demand(GrantType::DeviceCode)?;
    admitted.registered().ok_or(GrantError::UnauthorizedClient(GrantType::DeviceCode))
}

/// What a device hears that nobody has answered. One that asks too soon waits five seconds longer from then on. A storm
/// of questions writes no more than those steps: the others find their row changed, or at its longest wait.
async fn wait(this: &Workbench, grant: DeviceGrant) -> Result<DeviceFault, GrantError> {
    let now = this.clock.now();
    let is_too_soon = grant.polled.is_some_and(|polled| now.since(polled) < grant.pause);
    let poll = match is_too_soon {
        true if grant.pause >= INTERVAL_MAX => return Ok(DeviceFault::TooSoon),
        true => Poll::TooSoon((grant.pause + INTERVAL).min(INTERVAL_MAX)),
        false => Poll::InTime(now),
    };
    let is_noted = this.store.blocking(move |store| store.poll_device_grant(&grant, poll)).await?;
    Ok(if is_noted && !is_too_soon { DeviceFault::Pending } else { DeviceFault::TooSoon })
}

/// Makes the tokens and commits: nothing goes out unless this use was the first.
async fn redeem(
    this: &Workbench,
    place: &Place,
    (grant, client): (DeviceGrant, &RegisteredClient),
    request: &GrantRequest,
) -> Result<Issued, GrantError> {
    let principal = grant.principal(place).ok_or(GrantError::Device(DeviceFault::Unknown))?;
    still_there(this, place, (&grant, client), principal).await?;
    let (family, issuer) = prepare(this, place, (&grant, client), (principal, request)).await?;
    let minted = oxide::password(&grant.scopes.to_string(), &issuer)?;
    let told = Told { client, event: grant.details.event.as_ref(), nonce: None, session: grant.session };
    let id_token = id_token::beside(this, place, (&issuer, &minted), Some(told)).await?;

    let family = family.dated(issuer.issued, &minted.scope);
    let ground = if client.metadata.first_party { Ground::FirstParty } else { Ground::Consent };
    let now = this.clock.now();
    let redeem = move |store: &Store| store.redeem_device_grant(&grant, &family, ground, now);
    match this.store.blocking(redeem).await? {
        Redeemed::Done => Ok(Issued { id_token, ..Workbench::issued(minted, principal, Holder::Registered) }),
        Redeemed::Spent => Err(GrantError::Device(DeviceFault::Unknown)),
        Redeemed::Withdrawn => Err(GrantError::Device(DeviceFault::Withdrawn)),
    }
}

/// Whether nothing has happened to the person and the client since the device was let in.
async fn still_there(
    this: &Workbench,
    place: &Place,
    (grant, client): (&DeviceGrant, &RegisteredClient),
    principal: Principal,
) -> Result<(), GrantError> {
    let withdrawn = GrantError::Device(DeviceFault::Withdrawn);
    let revoked = this.directory.revocations(grant.tenant).await?;
    let answered = grant.details.answered.map_or(grant.created, Moment::from_micros);
    let is_over = revoked.find(principal.uuid(), grant.session.as_slice(), answered).is_some()
        || revoked.find(client.id.uuid(), &[], grant.created).is_some()
        || !grant.scopes.is_within(&client.metadata.scope);
    if is_over {
        return Err(withdrawn);
    }
    this.policy.may_begin_here(principal)?;
    let person = person::find(this, place, Identifier::Id(principal.uuid())).await?;
    person.ok_or(withdrawn)?.may_sign_in(&this.policy.switches)
}

/// The session that is about to begin, and the issuer of its first token.
async fn prepare(
    this: &Workbench,
    place: &Place,
    (grant, client): (&DeviceGrant, &RegisteredClient),
    (principal, request): (Principal, &GrantRequest),
) -> Result<(NewFamily, TokenIssuer), GrantError> {
    let lifetime = lifetime::decide_for(Some(client), place.app_settings(), request.ttl, &this.policy)?;
    let is_refreshable = client.metadata.allows(GrantType::RefreshToken);
    let life = if is_refreshable { lifetime::of_session(Some(client), &this.policy) } else { lifetime };
    let client_id = client.id.client_id();
    let (family, plan) = family::begin(this, place, principal, (Some(client_id.clone()), life))?;
    let details = FamilyDetails {
        event: grant.details.event.clone(),
        jkt: request.jkt.clone(),
        resources: grant.details.resources.clone(),
        device: request.origin.device.clone(),
        source: request.origin.source.clone(),
    };
    let own = this.base.issuer(place);
    let resources = resource::narrowed(&request.resources, &grant.details.resources, &own)?;
    let audience = resource::audience(resources, &grant.scopes.to_string(), &own);
    let bound = Bound::of(Some(client), &details, audience);
    let family = family.of_session(grant.session).described(details);
    let refresh = if is_refreshable { plan } else { RefreshPlan::Session(family.id()) };
    let issuer = this.issuer(place, Terms { principal, client_id, lifetime, refresh, bound }).await?;
    Ok((family, issuer))
}
