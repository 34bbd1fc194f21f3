//! How tokens end before their time: all of one holder by a watermark, or one session.
//! The write is committed and this node's directory corrected before the caller hears of it.

use std::sync::Arc;
use std::time::Duration;

use uuid::Uuid;

use super::error::{AccessError, Need};
use super::family::Families;
use super::verify::{For, Session, Verifier};
use crate::crypto::compare::same;
use crate::crypto::entropy::{Entropy, uuid_v7};
use crate::domain::authority::Principal;
use crate::domain::clock::Moment;
use crate::domain::journal::{AuditEntry, Change, ChangeKind};
use crate::domain::revocation::{Revocation, RevocationTarget};
use crate::domain::secret::Secret;
use crate::domain::token::moment_of;
use crate::store::{Journal, Store};

/// Ends tokens. A clone shares everything.
#[derive(Clone)]
pub struct Revoker {
    pub store: Store,
    pub verifier: Verifier,
    pub families: Families,
    pub entropy: Arc<dyn Entropy>,
    /// The longest life of a token where its application does not say more.
    pub access_ttl_max: Duration,
}

/// Whose token is to end, and who asks.
#[derive(Clone, Copy, Debug)]
pub struct Request<'a> {
    /// The holder named by the route.
    pub holder: Principal,
    /// The caller, if they proved who they are.
    pub caller: Option<&'a Session>,
    /// Whether the caller stands above the holder.
    pub is_over: bool,
}

impl Request<'_> {
    fn is_self(&self) -> bool {
        self.caller.is_some_and(|session| session.principal == self.holder)
    }

    /// When the caller's own token was issued. A node with a fast clock may have dated it ahead of ours.
    fn own_issue(&self) -> Moment {
        let token = self.caller.filter(|_| self.is_self()).and_then(|session| session.token.as_ref());
        token.and_then(|token| moment_of(token.jti)).unwrap_or(Moment::EPOCH)
    }

    /// What a caller lacks who may not: Usergrid words the two planes apart.
    fn need(&self) -> Need {
        match self.holder {
            Principal::Admin { .. } => Need::Admin,
            Principal::AppUser { .. }
            | Principal::AppClient { .. }
            | Principal::OrgClient { .. }
            | Principal::Registered { .. } => Need::Permission,
        }
    }

    fn ending<'b>(&self, target: RevocationTarget, action: &'b str) -> Ending<'b> {
        let actor = self.caller.map_or(self.holder, |session| session.principal).to_string();
        Ending { holder: self.holder, target, not_before: self.own_issue(), actor, action }
    }
}

/// One end that was decided.
pub(super) struct Ending<'a> {
    pub(super) holder: Principal,
    pub(super) target: RevocationTarget,
    /// The watermark reaches at least so far.
    pub(super) not_before: Moment,
    /// For the audit log, with what they did.
    pub(super) actor: String,
    pub(super) action: &'a str,
}

impl Revoker {
    /// Ends every token of the holder, and every session they could be refreshed from.
    ///
    /// *Errors*: `Forbidden` unless the caller is the holder or stands above them.
    pub async fn all(&self, request: Request<'_>) -> Result<(), AccessError> {
        if !request.is_self() && !request.is_over {
            return Err(AccessError::Forbidden(request.need()));
        }
        let target = RevocationTarget::Principal(request.holder.uuid());
        self.write(request.ending(target, "revoke all tokens")).await
    }

    /// Ends one token of the holder together with its session. Whoever presents a live token may end it.
    ///
    /// A token that is unknown, expired, or not the holder's changes nothing and is no error for a caller who may ask
    /// (RFC 7009 §2.2).
    pub async fn one(&self, request: Request<'_>, token: &Secret) -> Result<(), AccessError> {
        // The very token that the caller came with has just been verified, by whomever.
        let own = request.caller.filter(|_| request.is_self()).and_then(|session| session.token.as_ref());
        if let Some(own) = own.filter(|own| same(own.text.expose().as_bytes(), token.expose().as_bytes())) {
            let target = RevocationTarget::Token(own.session.unwrap_or(own.jti));
            return self.write(request.ending(target, "revoke one token")).await;
        }
        match self.named(token).await? {
            Some((id, holder)) if holder == request.holder => {
                self.write(request.ending(RevocationTarget::Token(id), "revoke one token")).await
            }
            _ if request.is_self() || request.is_over => Ok(()),
            _ => Err(AccessError::Forbidden(request.need())),
        }
    }

    /// By which id the token ends, its session's if it has one, and whose it is; `None` for one that holds no more.
    async fn named(&self, token: &Secret) -> Result<Option<(Uuid, Principal)>, AccessError> {
        let named = if self.verifier.legacy.takes(token) {
            self.verifier.genuine_legacy(token).await.map(|(row, holder)| (row.id, holder))
        } else {
            let genuine = self.verifier.genuine(token, For::Anyone).await;
            genuine.map(|(claims, holder)| (claims.sid.unwrap_or(claims.jti), holder))
        };
        match named {
            Ok(named) => Ok(Some(named)),
            Err(cause) if cause.is_of_the_token() => Ok(None),
            Err(cause) => Err(cause),
        }
    }

    pub(super) async fn write(&self, ending: Ending<'_>) -> Result<(), AccessError> {
        let Ending { holder, target, not_before, actor, action } = ending;
        let now: Moment = self.verifier.clock.now();
        let tenant = holder.issuing_tenant();
        let directory = &self.verifier.directory;
        let known = directory.revocations(tenant).await?;
        let watermark = known.watermark(holder.uuid(), now).max(not_before);
        let longest = directory.longest_token(tenant, self.access_ttl_max).await?;
        let revocation = Revocation::revoked(tenant, target, watermark, longest);
        let change = Change { id: uuid_v7(now, &*self.entropy), tenant, kind: ChangeKind::Revocations };
        let audit = AuditEntry {
            id: uuid_v7(now, &*self.entropy),
            tenant,
            at: now,
            actor,
            action: action.to_owned(),
            detail: serde_json::json!({ "holder": holder.uuid(), "level": holder.authority() }),
        };
        let journal = Journal { changes: vec![change], audit: vec![audit], ..Journal::default() };
        self.store.blocking(move |store| store.revoke(&revocation, &journal)).await?;
        directory.apply(&[change]);
        Ok(())
    }
}
