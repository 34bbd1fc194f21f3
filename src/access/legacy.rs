//! Tokens that Usergrid issued before a move: their digest must hold under a configured salt, their row must have been
//! moved in, and everything that ends a token of ours ends them too. Off unless a salt is configured.
//! *Spec*: Usergrid's `YWMt` tokens; the table of refusals.

use std::sync::Arc;

use super::error::AccessError;
use super::verify::{PresentedToken, Session, Verifier};
use crate::crypto::legacy_token::LegacyToken;
use crate::domain::authority::{Authority, Principal};
use crate::domain::clock::Moment;
use crate::domain::id::{AdminId, AppId, OrgId, UserId};
use crate::domain::legacy::MovedToken;
use crate::domain::place::Place;
use crate::domain::revocation::RevocationReason;
use crate::domain::secret::Secret;
use crate::domain::user::{Identifier, Person};
use crate::store::Store;

/// Which tokens of another server are taken. A clone shares everything.
#[derive(Clone)]
pub struct LegacyTokens {
    pub store: Store,
    /// Usergrid's token secrets; without one no such token is taken.
    pub salts: Arc<[Secret]>,
    /// From when on none is taken.
    pub until: Option<Moment>,
}

impl LegacyTokens {
    /// Whether a bearer value is one of them, and they are switched on.
    pub fn takes(&self, token: &Secret) -> bool {
        !self.salts.is_empty() && LegacyToken::is_one(token.expose())
    }

    /// Whether their time is over.
    fn are_over(&self, now: Moment) -> bool {
        self.until.is_some_and(|end| now >= end)
    }
}

impl Verifier {
    /// Turns a token of another server into a session. It belongs to no session of ours and cannot be renewed.
    ///
    /// *Errors*: as for any bearer token; `UnknownLegacy` for one that was not moved in.
    pub(super) async fn legacy_bearer(&self, text: &Secret) -> Result<Session, AccessError> {
        let (row, principal) = self.genuine_legacy(text).await?;
        let revocations = self.directory.revocations(principal.issuing_tenant()).await?;
        if let Some(reason) = revocations.find(principal.uuid(), &[row.id], row.issued) {
            return Err(AccessError::Revoked(reason));
        }
        self.tenant_lives(principal).await?;
        self.holder_stands(principal).await?;
        let (jti, expires) = (row.id, row.expires);
        let token = PresentedToken { text: text.clone(), jti, session: None, expires, claims: None, known_as: None };
        Ok(Session { principal, token: Some(token) })
    }

    /// Checks the digest, the expiry and the row, and whose token it is; not whether it was revoked.
    pub(super) async fn genuine_legacy(&self, text: &Secret) -> Result<(MovedToken, Principal), AccessError> {
        let token = LegacyToken::parse(text.expose()).ok_or(AccessError::UnverifiedLegacy)?;
        if !token.is_signed_with(&self.legacy.salts) {
            return Err(AccessError::UnverifiedLegacy);
        }
        let now = self.clock.now();
        if now >= token.expires || self.legacy.are_over(now) {
            return Err(AccessError::Expired);
        }
        let find = move |store: &Store| store.find_moved_token(token.id);
        let row = self.legacy.store.point(find).await?.ok_or(AccessError::UnknownLegacy)?;
        if now >= row.expires {
            return Err(AccessError::Expired);
        }
        let principal = self.holder_of(&row).await?;
        Ok((row, principal))
    }

    /// Whose token it is. An application's organization is read anew.
    async fn holder_of(&self, row: &MovedToken) -> Result<Principal, AccessError> {
        let id = row.holder;
        let principal = match row.authority {
            Authority::Admin => Principal::Admin { admin: AdminId::new(id) },
            Authority::OrgClient => Principal::OrgClient { org: OrgId::new(id) },
            Authority::AppClient => {
                let (org, app) = self.application(Some(AppId::new(id))).await?;
                Principal::AppClient { org, app }
            }
            Authority::AppUser => {
                let (org, app) = self.application(row.app).await?;
                Principal::AppUser { org, app, user: UserId::new(id) }
            }
        };
        Ok(principal)
    }

    async fn application(&self, app: Option<AppId>) -> Result<(OrgId, AppId), AccessError> {
        let app = app.ok_or(AccessError::TenantGone)?;
        match self.directory.place_of(app).await? {
            Some(Place::App { org, app }) => Ok((org.id, app.id)),
            _ => Err(AccessError::TenantGone),
        }
    }

    /// Whether the account is there and may act. What was moved in has no revocation for what happened before.
    async fn holder_stands(&self, principal: Principal) -> Result<(), AccessError> {
        let find = move |store: &Store| match principal {
            Principal::AppUser { app, user, .. } => {
                let found = store.find_user(app, &Identifier::Id(user.uuid()))?;
                Ok(Some(found.map(|user| user.person)))
            }
            Principal::Admin { admin } => {
                let found = store.find_admin(&Identifier::Id(admin.uuid()))?;
                Ok(Some(found.map(|admin| admin.person)))
            }
            Principal::AppClient { .. } | Principal::OrgClient { .. } | Principal::Registered { .. } => Ok(None),
        };
        match self.legacy.store.point(find).await? {
            None => Ok(()),
            Some(None) => Err(AccessError::HolderGone),
            Some(Some(Person { activated: false, .. })) => Err(AccessError::Revoked(RevocationReason::Deactivated)),
            Some(Some(Person { disabled: true, .. })) => Err(AccessError::Revoked(RevocationReason::Disabled)),
            Some(Some(_)) => Ok(()),
        }
    }
}
