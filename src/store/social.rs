//! Outside providers of an application, and whose their accounts are.

use super::Store;
use super::error::StoreError;
use super::journal::Journal;
use super::side::{Scope, query, transact};
use crate::domain::clock::Moment;
use crate::domain::id::{AdminId, AppId, OrgId, TenantId, UserId};
use crate::domain::secret::Sealed;
use crate::domain::social::{SocialIdentity, SocialProvider};
use crate::domain::user::{AppUser, WithPassword};

/// How an application reaches a provider, as it is kept.
#[derive(Clone, Debug)]
pub struct SealedProvider {
    pub provider: SocialProvider,
    pub sealed: Sealed,
    pub at: Moment,
}

/// An outside account and whose it becomes.
#[derive(Clone, Debug)]
pub struct SocialLink {
    pub user: UserId,
    pub identity: SocialIdentity,
    pub at: Moment,
}

impl Store {
    /// The sealed settings of a provider in one application.
    pub fn find_signin_provider(&self, app: AppId, provider: SocialProvider) -> Result<Option<Sealed>, StoreError> {
        query!(self, Scope::Tenant(app.into()), |q, conn| q::signin_provider::find(conn, app, provider))
    }

    /// Sets the sealed settings of a provider.
    pub fn set_signin_provider(&self, app: AppId, new: &SealedProvider, journal: &Journal) -> Result<(), StoreError> {
        transact!(self, app.into(), |q, conn| {
            q::signin_provider::set(conn, app, new.provider, &new.sealed, new.at)?;
            q::append(conn, app.into(), journal)
        })
    }

    /// The user whose account this is, in one application.
    pub fn find_social_user(&self, app: AppId, identity: &SocialIdentity) -> Result<Option<UserId>, StoreError> {
        query!(self, Scope::Tenant(app.into()), |q, conn| q::social_identity::find(conn, app, identity))
    }

    /// Creates a user together with the account that they sign in by.
    ///
    /// *Errors*: `Conflict` for a taken username or email, and `Conflict(Other)` when the account has a user already.
    pub fn insert_social_user(
        &self,
        user: &WithPassword<AppUser>,
        identity: &SocialIdentity,
        journal: &Journal,
    ) -> Result<(), StoreError> {
        let app = user.who.app;
        transact!(self, app.into(), |q, conn| {
            q::social_identity::remove_orphan(conn, app, identity)?;
            q::app_user::insert(conn, user)?;
            q::social_identity::insert(conn, app, identity, user.who.id, user.who.person.created)?;
            q::append(conn, app.into(), journal)
        })
    }

    /// Makes an outside account one of a user's own.
    ///
    /// *Errors*: `Conflict(Other)` when the account has a user already.
    pub fn link_social_user(&self, app: AppId, link: &SocialLink, journal: &Journal) -> Result<(), StoreError> {
        transact!(self, app.into(), |q, conn| {
            q::social_identity::remove_orphan(conn, app, &link.identity)?;
            q::social_identity::insert(conn, app, &link.identity, link.user, link.at)?;
            q::append(conn, app.into(), journal)
        })
    }
}

impl Store {
    /// Makes an admin join and leave organizations. Who is a member already, or none, stays so.
    pub fn set_memberships(
        &self,
        admin: AdminId,
        join: &[OrgId],
        leave: &[OrgId],
        journal: &Journal,
    ) -> Result<(), StoreError> {
        transact!(self, TenantId::MANAGEMENT, |q, conn| {
            for org in join {
                q::membership::add(conn, *org, admin)?;
            }
            for org in leave {
                q::membership::remove(conn, *org, admin)?;
            }
            q::append(conn, TenantId::MANAGEMENT, journal)
        })
    }
}
