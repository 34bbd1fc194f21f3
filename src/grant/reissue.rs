//! A new token for the holder of a valid one, without a grant. *Spec*: Usergrid `GET /management/token?access_token=`.

use std::time::Duration;

use uuid::Uuid;

use super::error::GrantError;
use super::outcome::Issued;
use super::oxide::{self, RefreshPlan};
use super::request::Origin;
use super::session::{self, Wish};
use super::workbench::{Bound, Terms, Workbench};
use super::{client, lifetime, person};
use crate::domain::authority::Principal;
use crate::domain::id::{AdminId, TenantId};
use crate::domain::place::Place;
use crate::domain::token::DEFAULT_SCOPE;
use crate::domain::user::Identifier;
use crate::store::Store;

pub(super) async fn run(
    this: &Workbench,
    principal: Principal,
    (session, client_id): (Option<Uuid>, Option<&str>),
    ttl: Option<Duration>,
) -> Result<Issued, GrantError> {
    let Principal::Admin { admin } = principal else { return Err(GrantError::NotAnAdmin) };
    // It would shed what binds it to that client: its end, its scope, its life, and who acts by it.
    if client_id.is_some_and(|client_id| client_id != client::own_id(&Place::Management)) {
        return Err(GrantError::TokenOfClient);
    }
    this.policy.may_begin_here(principal)?;
    let place = Place::Management;
    let candidate = person::find(this, &place, Identifier::Id(admin.uuid())).await?;
    let candidate = candidate.ok_or(GrantError::UnknownUser)?;
    candidate.may_sign_in(&this.policy.switches)?;
    let session = match session {
        Some(session) => session,
        // By Basic, with every right and no token yet: a sign-in like any other.
        None if admin == AdminId::SUPERUSER => {
            let origin = Origin::default();
            let wish = Wish::plain(ttl, Some("pwd"), &origin);
            return session::begin(this, &place, &candidate, wish).await;
        }
        None => return Err(GrantError::SessionOver),
    };
    let (remaining, jkt) = remaining(this, session).await?;
    let lifetime = lifetime::decide(None, ttl, &this.policy)?.min(remaining);

    let refresh = RefreshPlan::Session(session);
    let bound = Bound { jkt, ..Bound::default() };
    let terms = Terms { principal, client_id: client::own_id(&place), lifetime, refresh, bound };
    let issuer = this.issuer(&place, terms).await?;
    let minted = oxide::password(DEFAULT_SCOPE, &issuer)?;
    Ok(Workbench::issued(minted, principal, person::holder(this, candidate).await?))
}

/// How long the session has left, and the key that it is bound to. A token cannot renew itself beyond either.
async fn remaining(this: &Workbench, session: Uuid) -> Result<(Duration, Option<String>), GrantError> {
    let find = move |store: &Store| store.find_refresh_family(TenantId::MANAGEMENT, session);
    let family = this.store.point(find).await?.ok_or(GrantError::SessionOver)?;
    let left = family.expires.since(this.clock.now());
    if family.ended.is_some() || left < Duration::from_secs(1) {
        return Err(GrantError::SessionOver);
    }
    Ok((Duration::from_secs(left.as_secs()), family.details.jkt))
}
