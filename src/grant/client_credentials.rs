//! `grant_type=client_credentials` (RFC 6749 §4.4): an application's or an organization's client asks for itself.
//! An application's client is answered from memory alone once its tenant is in the directory.

use std::sync::Arc;

use super::error::GrantError;
use super::outcome::{Holder, Issued};
use super::oxide::{self, RefreshPlan};
use super::request::GrantRequest;
use super::workbench::{Bound, Terms, Workbench};
use super::{client, lifetime, scope};
use crate::domain::authority::Principal;
use crate::domain::place::Place;

pub(super) async fn run(this: &Workbench, place: &Place, request: &GrantRequest) -> Result<Issued, GrantError> {
    let presented = request.client.as_ref().ok_or(GrantError::MissingClient)?;
    let known = this.presented(Some(presented)).await?;

    let principal = client::admit(place, known.as_ref(), presented, this.clock.now())?;
    let granted = scope::decide(request.scope.as_deref(), request.scope_rule)?;
    let lifetime = lifetime::decide(None, request.ttl, &this.policy)?;
    let holder = holder(this, place, principal).await?.ok_or(GrantError::UnknownClient(presented.method))?;

    let terms = Terms {
        principal,
        client_id: presented.id.clone(),
        lifetime,
        refresh: RefreshPlan::None,
        bound: Bound::default(),
    };
    let issuer = this.issuer(place, terms).await?;
    let minted = oxide::client_credentials(presented, granted, &issuer)?;
    Ok(Workbench::issued(minted, principal, holder))
}

/// What the answer shows of the client's owner; `None` when the owner went away in between.
async fn holder(this: &Workbench, door: &Place, principal: Principal) -> Result<Option<Holder>, GrantError> {
    match (principal, door) {
        (Principal::AppClient { app: own, .. }, Place::App { app, .. }) if own == app.id => {
            Ok(Some(Holder::AppClient(Arc::clone(app))))
        }
        (Principal::AppClient { app, .. }, _) => Ok(this.directory.app(app).await?.map(Holder::AppClient)),
        (Principal::OrgClient { org }, _) => {
            let overview = this.store.point(move |store| store.org_overview(org)).await?;
            Ok(overview.map(|overview| Holder::OrgClient(Box::new(overview))))
        }
        (Principal::AppUser { .. } | Principal::Admin { .. } | Principal::Registered { .. }, _) => Ok(None),
    }
}
