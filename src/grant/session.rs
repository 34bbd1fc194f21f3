//! The end of every sign-in of a person: whoever has proved who they are, in whichever way, gets their token here.

use std::time::Duration;

use uuid::Uuid;

use super::client::Admitted;
use super::error::GrantError;
use super::family;
use super::id_token::{self, Told};
use super::outcome::Issued;
use super::oxide::{self, RefreshPlan};
use super::person::{self, Candidate};
use super::request::{GrantRequest, Origin, ScopeRule};
use super::workbench::{Bound, Terms, Workbench};
use super::{client, lifetime, resource, scope};
use crate::domain::authority::Principal;
use crate::domain::client::ClientId;
use crate::domain::clock::Moment;
use crate::domain::id::UserId;
use crate::domain::journal::AuditEntry;
use crate::domain::place::Place;
use crate::domain::refresh::FamilyDetails;
use crate::domain::registered::{GrantType, RegisteredClient};
use crate::domain::token::{DEFAULT_SCOPE, LenderClaim, SignInEvent, moment_of};
use crate::domain::user::Identifier;
use crate::store::{Journal, Store};

/// What a sign-in asks for.
pub(super) struct Wish<'a> {
    /// The client that proved itself beside the person, to which the session is bound.
    pub client: Option<&'a Admitted>,
    pub scope: Option<&'a str>,
    pub scope_rule: ScopeRule,
    pub ttl: Option<Duration>,
    /// How they proved who they are (RFC 8176); `None` where another service says so.
    pub method: Option<&'static str>,
    pub resources: &'a [String],
    pub jkt: Option<&'a str>,
    pub origin: &'a Origin,
}

impl<'a> Wish<'a> {
    /// What a token request asks for.
    pub(super) fn of(request: &'a GrantRequest, client: Option<&'a Admitted>, method: &'static str) -> Self {
        Self {
            client,
            scope: request.scope.as_deref(),
            scope_rule: request.scope_rule,
            ttl: request.ttl,
            method: Some(method),
            resources: &request.resources,
            jkt: request.jkt.as_deref(),
            origin: &request.origin,
        }
    }

    /// A sign-in that asks for nothing but a life.
    pub(super) fn plain(ttl: Option<Duration>, method: Option<&'static str>, origin: &'a Origin) -> Self {
        let scope_rule = ScopeRule::Lenient;
        Self { client: None, scope: None, scope_rule, ttl, method, resources: &[], jkt: None, origin }
    }

    /// What the session says of itself.
    fn details(&self, resources: Vec<String>, now: Moment) -> FamilyDetails {
        let amr = self.method.map(str::to_owned).into_iter().collect();
        FamilyDetails {
            event: Some(SignInEvent { auth_time: now.seconds(), acr: None, amr }),
            jkt: self.jkt.map(str::to_owned),
            resources,
            device: self.origin.device.clone(),
            source: self.origin.source.clone(),
        }
    }
}

/// Begins a session with its first token and its refresh token. The account's state is asked here and nowhere before.
///
/// *Errors*: the state of the account, a scope, a resource or a life that is not to be had.
pub(super) async fn begin(
    this: &Workbench,
    place: &Place,
    candidate: &Candidate,
    wish: Wish<'_>,
) -> Result<Issued, GrantError> {
    this.policy.may_begin_here(candidate.principal(place)?)?;
    candidate.may_sign_in(&this.policy.switches)?;
    let registered = wish.client.and_then(Admitted::registered);
    let granted = granted(&wish, registered)?;
    let lifetime = lifetime::decide_for(registered, place.app_settings(), wish.ttl, &this.policy)?;
    let own = this.base.issuer(place);
    let resources = resource::granted(wish.resources, registered, &own)?;
    let details = wish.details(resources.clone(), this.clock.now());

    let principal = candidate.principal(place)?;
    let bound_to = wish.client.map(Admitted::client_id);
    let (family, refresh) = match registered {
        Some(client) if !client.metadata.allows(GrantType::RefreshToken) => (None, RefreshPlan::None),
        _ => {
            let life = lifetime::of_session(registered, &this.policy);
            let (family, refresh) = family::begin(this, place, principal, (bound_to.clone(), life))?;
            (Some(family.described(details.clone())), refresh)
        }
    };
    let client_id = bound_to.unwrap_or_else(|| client::own_id(place));
    let bound = Bound::of(registered, &details, resource::audience(resources, &granted, &own));
    let issuer = this.issuer(place, Terms { principal, client_id, lifetime, refresh, bound }).await?;
    let minted = oxide::password(&granted, &issuer)?;
    let told = registered.map(|client| Told { client, event: details.event.as_ref(), nonce: None, session: None });
    let id_token = id_token::beside(this, place, (&issuer, &minted), told).await?;

    if let Some(family) = family.map(|family| family.dated(issuer.issued, &granted)) {
        this.store.blocking(move |store| store.insert_refresh_family(&family)).await?;
    }
    let holder = person::shown(this, candidate.clone(), registered).await?;
    Ok(Issued { id_token, ..Workbench::issued(minted, principal, holder) })
}

/// The scope of a sign-in: what the application's own has always had, or what a registered client may ask for.
fn granted(wish: &Wish<'_>, registered: Option<&RegisteredClient>) -> Result<String, GrantError> {
    let granted = match registered {
        Some(client) => scope::decide(wish.scope, ScopeRule::Strict, &client.metadata.scope)?,
        None => scope::decide(wish.scope, wish.scope_rule, &[DEFAULT_SCOPE].into_iter().collect())?,
    };
    Ok(granted.to_string())
}

/// A session of a user whom another way has proved: an outside provider, a link.
///
/// *Errors*: `UnknownUser`; those of [`begin`]. *Tenancy*: the place's application.
pub(super) async fn begin_of_user(
    this: &Workbench,
    place: &Place,
    user: UserId,
    (ttl, origin): (Option<Duration>, &Origin),
) -> Result<Issued, GrantError> {
    let candidate = load(this, place, user).await?;
    begin(this, place, &candidate, Wish::plain(ttl, None, origin)).await
}

/// Who borrows a token of a user, and by which token of their own; none for who came with a secret.
#[derive(Clone, Copy, Debug)]
pub struct Lender {
    pub principal: Principal,
    pub token: Option<Uuid>,
    pub session: Option<Uuid>,
}

impl Lender {
    fn claim(&self) -> LenderClaim {
        let Self { principal, token, session } = *self;
        LenderClaim { sub: principal.subject(), authority: principal.authority(), jti: token, sid: session }
    }
}

/// One token of a user for someone above them, without a session: it cannot be refreshed, and it says whose client
/// asked for it. It dies with the token that it was asked for by. *Spec*: Usergrid `GET /users/{u}/token`.
///
/// *Errors*: `UnknownUser`, `NotAnAdmin` for a caller who is no administration, the state of the account.
pub(super) async fn lend(
    this: &Workbench,
    place: &Place,
    user: UserId,
    by: Lender,
    ttl: Option<Duration>,
) -> Result<Issued, GrantError> {
    let client_id = match by.principal {
        Principal::AppClient { app, .. } => ClientId::App(app).to_string(),
        Principal::OrgClient { org } => ClientId::Org(org).to_string(),
        Principal::Admin { .. } => client::own_id(&Place::Management),
        Principal::Registered { client, .. } => client.client_id(),
        Principal::AppUser { .. } => return Err(GrantError::NotAnAdmin),
    };
    let candidate = load(this, place, user).await?;
    candidate.may_sign_in(&this.policy.switches)?;
    let lifetime = lifetime::decide(place.app_settings(), ttl, &this.policy)?.min(remembered(this, &by).await?);
    let principal = candidate.principal(place)?;
    let bound = Bound { lender: Some(Box::new(by.claim())), ..Bound::default() };
    let mut issuer =
        this.issuer(place, Terms { principal, client_id, lifetime, refresh: RefreshPlan::None, bound }).await?;
    issuer.date_after(this.earliest_issue(by.principal).await?, &*this.entropy);
    let minted = oxide::password(DEFAULT_SCOPE, &issuer)?;
    let entry = AuditEntry {
        id: issuer.jti,
        tenant: place.tenant(),
        at: this.clock.now(),
        actor: by.principal.to_string(),
        action: "take a token of a user".to_owned(),
        detail: serde_json::json!({ "holder": user, "token": issuer.jti }),
    };
    let journal = Journal { changes: Vec::new(), audit: vec![entry], ..Journal::default() };
    this.store.blocking(move |store| store.record(&journal)).await?;
    Ok(Workbench::issued(minted, principal, person::holder(this, candidate).await?))
}

/// How long a revocation of the lender's token would be remembered: what is lent lives no longer than that.
async fn remembered(this: &Workbench, by: &Lender) -> Result<Duration, GrantError> {
    let longest = this.directory.longest_token(by.principal.issuing_tenant(), this.policy.access_ttl_max).await?;
    let now = this.clock.now();
    let since = by.token.and_then(moment_of).unwrap_or(now);
    Ok(Duration::from_secs(since.plus(longest).since(now).as_secs().max(1)))
}

async fn load(this: &Workbench, place: &Place, user: UserId) -> Result<Candidate, GrantError> {
    let Place::App { app, .. } = place else { return Err(GrantError::UnknownPlace) };
    let (app, who) = (app.id, Identifier::Id(user.uuid()));
    let found = this.store.point(move |store: &Store| store.find_user_with_password(app, &who)).await?;
    found.map(|user| Candidate::User(Box::new(user))).ok_or(GrantError::UnknownUser)
}
