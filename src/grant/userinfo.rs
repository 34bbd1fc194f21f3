//! What a client is told of the person behind its token. *Spec*: OpenID Connect Core §5.3; security rule O-5.

use serde_json::{Map, Value, json};

use super::dispatch::Dispatcher;
use super::error::GrantError;
use super::person::{self, Candidate};
use super::subject;
use super::workbench::Workbench;
use crate::domain::authority::Principal;
use crate::domain::claims::{GROUPS, ROLES, Surroundings, claims_of};
use crate::domain::id::{AppId, RegisteredId};
use crate::domain::link::{LinkDirection, LinkKind};
use crate::domain::place::Place;
use crate::domain::scope::Scopes;
use crate::domain::switchboard::Toggle;
use crate::domain::tenant::Switch;
use crate::domain::token::{AccessClaims, Algorithm};
use crate::domain::user::Identifier;
use crate::store::{Store, StoreError};

/// What is told of a person.
#[derive(Clone, Debug)]
pub struct UserInfo {
    /// With the same `sub` as in the client's ID token.
    pub claims: Map<String, Value>,
    /// What the client wants it signed by; `None` for plain JSON.
    pub signed_by: Option<Algorithm>,
}

impl Dispatcher {
    /// What a token lets its client know of its holder.
    ///
    /// *Errors*: `UnknownUser`, `Disabled` and the like for a holder who is gone or shut out, `UnknownPlace` for one who is
    /// no person; the token is worth nothing then. *Tenancy*: a person of the place.
    pub async fn user_info(
        &self,
        place: &Place,
        holder: Principal,
        token: &AccessClaims,
    ) -> Result<UserInfo, GrantError> {
        let this = self.workbench();
        if !matches!(holder, Principal::AppUser { .. } | Principal::Admin { .. }) {
            return Err(GrantError::UnknownUser);
        }
        let found = person::find(this, place, Identifier::Id(holder.uuid())).await?;
        let found = found.ok_or(GrantError::UnknownUser)?;
        found.may_sign_in(&this.policy.switches)?;
        let client = match RegisteredId::parse_client_id(&token.client_id) {
            Some(id) => Some(this.directory.registered(place.tenant(), id).await?.ok_or(GrantError::UnknownUser)?),
            None => None,
        };
        let client = client.as_ref().map(|known| known.client());
        let sub = subject::of(this, place.tenant(), holder, client).await?;
        let scopes: Scopes = token.scope.parse().unwrap_or_default();
        let around = surroundings(this, place, &found, &scopes).await?;
        let mut claims = Map::new();
        claims.insert("sub".to_owned(), json!(sub));
        claims.extend(claims_of(found.person(), &around, &scopes));
        Ok(UserInfo { claims, signed_by: client.and_then(|client| client.metadata.userinfo_signed_response_alg) })
    }
}

async fn surroundings(
    this: &Workbench,
    place: &Place,
    found: &Candidate,
    scopes: &Scopes,
) -> Result<Surroundings, GrantError> {
    let (Candidate::User(user), Place::App { app, .. }) = (found, place) else {
        let proves_addresses = this.policy.switches.get(Toggle::AdminsMustConfirm) == Switch::On;
        return Ok(Surroundings { proves_addresses, ..Surroundings::default() });
    };
    let proves_addresses = app.settings.registration.requires_email_confirmation();
    let asked = (scopes.contains(GROUPS), scopes.contains(ROLES));
    if asked == (false, false) {
        return Ok(Surroundings { proves_addresses, ..Surroundings::default() });
    }
    let (app, user) = (app.id, user.who.id.uuid());
    let (groups, roles) = this.store.blocking(move |store| belongings(store, app, user, asked)).await?;
    Ok(Surroundings { proves_addresses, groups, roles })
}

type Names = (Vec<String>, Vec<String>);

/// The groups of a user, and the roles that are theirs or their groups'; each only where it is asked for.
fn belongings(
    store: &Store,
    app: AppId,
    user: uuid::Uuid,
    (wants_groups, wants_roles): (bool, bool),
) -> Result<Names, StoreError> {
    let from = |kind, end| store.list_linked(app, kind, LinkDirection::Incoming, end);
    let groups = from(LinkKind::GroupUser, user)?;
    let mut roles = Vec::new();
    if wants_roles {
        roles = from(LinkKind::RoleUser, user)?;
        for group in &groups {
            roles.extend(from(LinkKind::RoleGroup, *group)?);
        }
    }
    let groups = if wants_groups { store.find_groups_by_ids(app, &groups)? } else { Vec::new() };
    let mut groups: Vec<String> = groups.iter().map(|group| group.path.as_str().to_owned()).collect();
    let roles = store.find_roles_by_ids(app, &roles)?;
    let mut roles: Vec<String> = roles.iter().map(|role| role.name.as_str().to_owned()).collect();
    for names in [&mut groups, &mut roles] {
        names.sort_unstable();
        names.dedup();
    }
    Ok((groups, roles))
}
