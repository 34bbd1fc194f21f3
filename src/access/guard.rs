//! What a caller may reach. *Spec*: the authority table of Usergrid; stock answers 401, never 403, and so do we.

use std::sync::Arc;

use super::error::{AccessError, Need};
use super::verify::Session;
use crate::directory::Directory;
use crate::domain::authority::Principal;
use crate::domain::clock::Clock;
use crate::domain::id::{AdminId, AppId, OrgId, UserId};
use crate::domain::place::Place;
use crate::store::Store;

/// Decides on access. A clone shares everything.
#[derive(Clone)]
pub struct Guard {
    pub directory: Directory,
    /// Where permissions are read.
    pub store: Store,
    pub clock: Arc<dyn Clock>,
}

impl Guard {
    /// Organization access: its own client, and the admins who belong to it.
    pub async fn organization(&self, session: Option<&Session>, org: OrgId) -> Result<Principal, AccessError> {
        let caller = session.ok_or(AccessError::Forbidden(Need::Organization))?.principal;
        match self.is_over_org(caller, org).await? {
            true => Ok(caller),
            false => Err(AccessError::Forbidden(Need::Organization)),
        }
    }

    /// Application administration: its own client, its organization's client, and that organization's admins.
    pub async fn application_admin(&self, session: Option<&Session>, place: &Place) -> Result<Principal, AccessError> {
        let caller = session.ok_or(AccessError::Forbidden(Need::Permission))?.principal;
        match self.is_over_app(caller, place).await? {
            true => Ok(caller),
            false => Err(AccessError::Forbidden(Need::Permission)),
        }
    }

    /// A user of the application asking for themselves.
    pub fn self_in(&self, session: Option<&Session>, place: &Place) -> Result<(AppId, UserId), AccessError> {
        session.and_then(|session| is_user_of(session.principal, place)).ok_or(AccessError::Forbidden(Need::Permission))
    }

    /// An admin asking for themselves.
    pub fn admin_self(&self, session: Option<&Session>) -> Result<AdminId, AccessError> {
        match session.map(|session| session.principal) {
            Some(Principal::Admin { admin }) => Ok(admin),
            _ => Err(AccessError::Forbidden(Need::Admin)),
        }
    }

    /// The superuser, who may do what concerns the server itself and everything below it.
    pub fn superuser(&self, session: Option<&Session>) -> Result<AdminId, AccessError> {
        match session.map(|session| session.principal) {
            Some(Principal::Admin { admin }) if admin == AdminId::SUPERUSER => Ok(admin),
            _ => Err(AccessError::Forbidden(Need::System)),
        }
    }

    async fn is_over_org(&self, caller: Principal, org: OrgId) -> Result<bool, AccessError> {
        match caller {
            Principal::Admin { admin } if admin == AdminId::SUPERUSER => Ok(true),
            Principal::OrgClient { org: own } => Ok(own == org),
            Principal::Admin { admin } => Ok(self.directory.is_member(org, admin).await?),
            Principal::AppUser { .. } | Principal::AppClient { .. } | Principal::Registered { .. } => Ok(false),
        }
    }

    pub(super) async fn is_over_app(&self, caller: Principal, place: &Place) -> Result<bool, AccessError> {
        match (caller, place) {
            (Principal::AppClient { app: own, .. }, Place::App { app, .. }) => Ok(own == app.id),
            // Only with the scope of the planes, which the door has asked for.
            (Principal::Registered { app: own, .. }, Place::App { app, .. }) => Ok(own == Some(app.id)),
            (_, Place::App { org, .. }) => self.is_over_org(caller, org.id).await,
            (_, Place::Management) => Ok(false),
        }
    }
}

fn is_user_of(caller: Principal, place: &Place) -> Option<(AppId, UserId)> {
    match (caller, place) {
        (Principal::AppUser { app: own, user, .. }, Place::App { app, .. }) if own == app.id => Some((own, user)),
        _ => None,
    }
}
