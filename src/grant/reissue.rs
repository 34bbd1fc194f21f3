//! A new token for the holder of a valid one, without a grant. *Spec*: Usergrid `GET /management/token?access_token=`.

use std::time::Duration;

use uuid::Uuid;

use super::error::GrantError;
use super::outcome::Issued;
use super::oxide::{self, RefreshPlan};
use super::workbench::{Terms, Workbench};
use super::{client, lifetime, person};
use crate::domain::authority::Principal;
use crate::domain::place::Place;
use crate::domain::token::DEFAULT_SCOPE;
use crate::domain::user::Identifier;

pub(super) async fn run(
    this: &Workbench,
    principal: Principal,
    session: Option<Uuid>,
    ttl: Option<Duration>,
) -> Result<Issued, GrantError> {
    let Principal::Admin { admin } = principal else { return Err(GrantError::NotAnAdmin) };
    let place = Place::Management;
    let candidate = person::find(this, &place, Identifier::Id(admin.uuid())).await?;
    let candidate = candidate.ok_or(GrantError::UnknownUser)?;
    candidate.may_sign_in(this.policy.admins_must_confirm)?;
    let lifetime = lifetime::decide(None, ttl, &this.policy)?;

    let refresh = session.map_or(RefreshPlan::None, RefreshPlan::Session);
    let terms = Terms { principal, client_id: client::own_id(&place), lifetime, refresh };
    let issuer = this.issuer(&place, terms).await?;
    let minted = oxide::password(DEFAULT_SCOPE, &issuer)?;
    Ok(Workbench::issued(minted, principal, person::holder(this, candidate).await?))
}
