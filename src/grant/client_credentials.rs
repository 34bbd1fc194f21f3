//! `grant_type=client_credentials` (RFC 6749 §4.4): an application's or an organization's client asks for itself.
//! An application's client is answered from memory alone once its tenant is in the directory.

use std::sync::Arc;

use super::error::GrantError;
use super::outcome::{Holder, Issued};
use super::oxide::{self, RefreshPlan};
use super::request::{GrantRequest, ScopeRule};
use super::workbench::{Bound, Terms, Workbench};
use super::{client, lifetime, resource, scope};
use crate::domain::authority::Principal;
use crate::domain::place::Place;
use crate::domain::registered::{GrantType, RegisteredClient};
use crate::domain::scope::{OFFLINE_ACCESS, OPENID};
use crate::domain::token::DEFAULT_SCOPE;

pub(super) async fn run(this: &Workbench, place: &Place, request: &GrantRequest) -> Result<Issued, GrantError> {
    let presented = request.client.as_ref().ok_or(GrantError::MissingClient)?;
    let client = client::authenticate(this, place, presented).await?;
    client.demand(GrantType::ClientCredentials)?;

    let principal = client.principal(place);
    let granted = granted(request, client.registered())?;
    let lifetime = lifetime::decide_for(client.registered(), None, request.ttl, &this.policy)?;
    let holder = holder(this, place, principal).await?.ok_or(GrantError::UnknownClient(presented.method))?;

    let resources = resource::granted(&request.resources, client.registered(), &this.base.issuer(place))?;
    let bound = Bound { audience: resource::audience(resources, "", ""), ..Bound::default() };
    let terms = Terms { principal, client_id: client.client_id(), lifetime, refresh: RefreshPlan::None, bound };
    let issuer = this.issuer(place, terms).await?;
    let minted = oxide::client_credentials(&client.client_id(), &granted, &issuer)?;
    Ok(Workbench::issued(minted, principal, holder))
}

/// The scope of a client's own token. What belongs to a person who signed in is not for it.
fn granted(request: &GrantRequest, registered: Option<&RegisteredClient>) -> Result<String, GrantError> {
    let requested = request.scope.as_deref();
    let granted = match registered {
        Some(client) => {
            let allowed = client.metadata.scope.iter().filter(|word| ![OPENID, OFFLINE_ACCESS].contains(word));
            let granted = scope::decide(requested, ScopeRule::Strict, &allowed.collect())?;
            // Without one a token would be good for nothing that anyone named.
            if granted.is_empty() { Err(GrantError::UnknownScope) } else { Ok(granted) }
        }
        None => scope::decide(requested, request.scope_rule, &[DEFAULT_SCOPE].into_iter().collect()),
    };
    Ok(granted?.to_string())
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
        (Principal::Registered { .. }, _) => Ok(Some(Holder::Registered)),
        (Principal::AppUser { .. } | Principal::Admin { .. }, _) => Ok(None),
    }
}
