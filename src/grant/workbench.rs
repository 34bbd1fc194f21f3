//! What every grant works with: the rooms below, the policy, and the way to an issuer.

use std::sync::Arc;
use std::time::Duration;

use super::error::GrantError;
use super::external::KeySource;
use super::outcome::{Holder, Issued};
use super::oxide::{Minted, RefreshPlan, TokenIssuer};
use crate::crypto::entropy::{Entropy, uuid_v7};
use crate::crypto::password::PasswordLane;
use crate::crypto::vault::Vault;
use crate::directory::Directory;
use crate::domain::authority::Principal;
use crate::domain::clock::{Clock, Moment};
use crate::domain::id::{AdminId, RegisteredId};
use crate::domain::place::{BaseUrl, Place};
use crate::domain::refresh::FamilyDetails;
use crate::domain::registered::RegisteredClient;
use crate::domain::switchboard::Switchboard;
use crate::domain::tenant::Switch;
use crate::domain::token::{Actor, LenderClaim, SignInEvent};
use crate::store::Store;

/// What the server's configuration says of grants.
#[derive(Clone, Debug)]
pub struct GrantPolicy {
    pub access_ttl: Duration,
    pub access_ttl_max: Duration,
    pub refresh_ttl: Duration,
    /// How long the use of a refresh token may be repeated and yields the same successor.
    pub refresh_retry_window: Duration,
    pub management_url_grants: Switch,
    /// What may be turned while the server runs: whether admins must have confirmed their address.
    pub switches: Switchboard,
    /// Where admins sign in, if that is not here. The superuser always signs in here.
    pub admins_sign_in_at: Option<String>,
}

impl GrantPolicy {
    /// Whether this holder may begin or go on with a session of this server.
    ///
    /// *Errors*: `SignInElsewhere` for admins whom another server speaks for.
    pub(super) fn may_begin_here(&self, principal: Principal) -> Result<(), GrantError> {
        match (principal, &self.admins_sign_in_at) {
            (Principal::Admin { admin }, Some(elsewhere)) if admin != AdminId::SUPERUSER => {
                Err(GrantError::SignInElsewhere(elsewhere.clone()))
            }
            _ => Ok(()),
        }
    }
}

/// The tools of the grants. A clone shares everything.
#[derive(Clone)]
pub struct Workbench {
    pub store: Store,
    pub directory: Directory,
    pub lane: PasswordLane,
    pub vault: Arc<Vault>,
    pub clock: Arc<dyn Clock>,
    pub entropy: Arc<dyn Entropy>,
    pub base: BaseUrl,
    pub policy: Arc<GrantPolicy>,
    /// Where the keys are that clients publish.
    pub keys: Arc<dyn KeySource>,
}

impl Workbench {
    /// Whether the place takes no authorization request but a pushed one (RFC 9126 §6).
    pub(super) fn asks_for_pushing(&self, place: &Place) -> bool {
        place.app_settings().is_some_and(|settings| settings.require_pushed_requests)
    }

    /// Prepares the issuer for one token, asked for at `door`.
    pub(super) async fn issuer(&self, door: &Place, terms: Terms) -> Result<TokenIssuer, GrantError> {
        let tenant = terms.principal.issuing_tenant();
        let issuer = match terms.principal.app() {
            _ if tenant == door.tenant() => self.base.issuer(door),
            Some(app) => self.base.issuer(&self.directory.place_of(app).await?.ok_or(GrantError::UnknownPlace)?),
            None => self.base.issuer(&Place::Management),
        };
        let ring = self.directory.keys(tenant).await?;
        let revoked = self.directory.revocations(tenant).await?;
        // A token dated at or before a watermark would be born dead: one issued after a revocation is dated after it.
        let client = RegisteredId::parse_client_id(&terms.client_id).map(RegisteredId::uuid);
        let earliest =
            [Some(terms.principal.uuid()), client].into_iter().flatten().map(|id| revoked.earliest_issue(id));
        let issued = earliest.fold(self.clock.now(), Moment::max);
        Ok(TokenIssuer { ring, issuer, issued, jti: uuid_v7(issued, &*self.entropy), terms })
    }

    /// The earliest moment at which what this principal does may be dated, so that no revocation of theirs covers it.
    pub(super) async fn earliest_issue(&self, principal: Principal) -> Result<Moment, GrantError> {
        Ok(self.directory.revocations(principal.issuing_tenant()).await?.earliest_issue(principal.uuid()))
    }

    /// Puts a minted token together with its holder.
    pub(super) fn issued(minted: Minted, principal: Principal, holder: Holder) -> Issued {
        Issued {
            access_token: minted.access_token,
            expires_in: minted.expires_in,
            refresh_token: minted.refresh_token,
            id_token: None,
            issued_token_type: None,
            scope: minted.scope,
            principal,
            holder,
        }
    }
}

/// What one token is to say.
pub(super) struct Terms {
    pub principal: Principal,
    /// The `client_id` claim.
    pub client_id: String,
    pub lifetime: Duration,
    pub refresh: RefreshPlan,
    pub bound: Bound,
}

impl Bound {
    /// What every token of a session says. How its holder signed in is told to registered clients; tokens of Usergrid's
    /// grants say what they always said.
    pub(super) fn of(client: Option<&RegisteredClient>, details: &FamilyDetails, audience: Vec<String>) -> Self {
        let event = client.and(details.event.clone());
        Self { audience, event, jkt: details.jkt.clone(), act: None, lender: None }
    }
}

/// What one token says beside who holds it; nothing of it for Usergrid's grants.
#[derive(Clone, Debug, Default)]
pub(super) struct Bound {
    /// The resources it is for (RFC 8707); the issuer itself where there is none.
    pub audience: Vec<String>,
    /// How the person signed in.
    pub event: Option<SignInEvent>,
    /// The thumbprint of the key that must be shown with it (RFC 9449).
    pub jkt: Option<String>,
    /// Who acts for the holder (RFC 8693).
    pub act: Option<Box<Actor>>,
    /// Whoever gets it in the holder's place.
    pub lender: Option<Box<LenderClaim>>,
}
