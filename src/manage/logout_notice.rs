//! Telling clients that a session ended (OpenID Connect Back-Channel Logout 1.0). Notices are queued in the transaction
//! that ends the session; whoever is woken by the bell delivers them, again and again at growing intervals, until the
//! client has taken them or is given up.

use std::sync::Arc;
use std::time::Duration;

use serde_json::json;
use tokio::sync::Notify;

use super::logout::public_subject;
use super::{ManageError, Registry};
use crate::crypto::jwt::SignedKind;
use crate::domain::browser::LogoutNotice;
use crate::domain::id::{AppId, TenantId};
use crate::domain::place::Place;
use crate::domain::secret::Secret;
use crate::store::Outcome;
use crate::upstream::Question;

/// Notices looked at in one glance.
const GLANCE: u32 = 20;
/// How long a logout token may be used. *Units*: seconds.
const TOKEN_LIFE: i64 = 120;
/// The one event of a logout token (Back-Channel Logout §2.4).
const EVENT: &str = "http://schemas.openid.net/event/backchannel-logout";

/// Wakes whoever delivers notices. A clone rings the same bell.
#[derive(Clone, Default)]
pub struct NoticeBell(Arc<Notify>);

impl NoticeBell {
    /// There may be something to deliver.
    pub fn ring(&self) {
        self.0.notify_one();
    }

    /// Waits for the bell, `poll` at most.
    pub async fn wait(&self, poll: Duration) {
        // Whether it rang does not matter: it is looked either way.
        let _ = tokio::time::timeout(poll, self.0.notified()).await;
    }
}

/// Why a client has not heard yet.
enum Missed {
    ForNow(String),
    ForGood(String),
}

impl Registry {
    /// Delivers every notice that is due. Several nodes may do so at once: each claims what it delivers.
    pub async fn deliver_notices(&self) -> Result<(), ManageError> {
        loop {
            let now = self.clock.now();
            let due = self.store.blocking(move |store| store.list_due_notices(now, GLANCE)).await?;
            let mut is_idle = true;
            for notice in due {
                let until = self.clock.now().plus(self.policy.sessions.notice_lease);
                let claimed = self.store.blocking(move |store| store.claim_notice(&notice, until)).await?;
                if let Some(claimed) = claimed {
                    is_idle = false;
                    self.deliver(claimed).await?;
                }
            }
            if is_idle {
                return Ok(());
            }
        }
    }

    async fn deliver(&self, notice: LogoutNotice) -> Result<(), ManageError> {
        let (id, tenant, attempt) = (notice.id, notice.tenant, notice.attempts);
        let outcome = match self.attempt(&notice).await? {
            Ok(()) => Outcome::Sent { at: self.clock.now() },
            Err(Missed::ForGood(error)) => Outcome::Failed { error },
            Err(Missed::ForNow(error)) => self.later(&notice, error),
        };
        match &outcome {
            Outcome::Sent { .. } => tracing::info!(%tenant, %id, attempt, "a client heard of a logout"),
            Outcome::Later { error, .. } => {
                tracing::warn!(%tenant, %id, attempt, error, "a client will be told of a logout again");
            }
            Outcome::Failed { error } => {
                tracing::error!(%tenant, %id, attempt, error, "a client was not told of a logout")
            }
        }
        if !self.store.blocking(move |store| store.finish_notice(&notice, &outcome)).await? {
            tracing::warn!(%id, "the claim on a logout notice ended before it was delivered");
        }
        Ok(())
    }

    /// *Spec*: Back-Channel Logout §2.5, §2.8: 200 is success, and 204 for those who answer nothing.
    async fn attempt(&self, notice: &LogoutNotice) -> Result<Result<(), Missed>, ManageError> {
        let Some(token) = self.logout_token(notice).await? else {
            return Ok(Err(Missed::ForGood("the client or its issuer is gone".to_owned())));
        };
        let url = match self.upstream.check(&notice.uri) {
            Ok(url) => url,
            Err(cause) => return Ok(Err(Missed::ForGood(cause.to_string()))),
        };
        Ok(match self.upstream.ask(Question::get(url).form(&[("logout_token", token.expose())])).await {
            Ok(reply) if matches!(reply.status, 200 | 204) => Ok(()),
            Ok(reply) => Err(Missed::ForNow(format!("the client answered {}", reply.status))),
            Err(cause) => Err(Missed::ForNow(cause.to_string())),
        })
    }

    /// *Shape*: `{"iss":"..","aud":"<client_id>","iat":1,"exp":121,"jti":"..","sid":"..","sub":"..",
    /// "events":{"http://schemas.openid.net/event/backchannel-logout":{}}}`; never a `nonce`.
    async fn logout_token(&self, notice: &LogoutNotice) -> Result<Option<Secret>, ManageError> {
        let Some(place) = self.place_of_tenant(notice.tenant).await? else { return Ok(None) };
        let (tenant, id) = (notice.tenant, notice.client);
        let Some((_, client)) = self.client_metadata(tenant, id).await? else { return Ok(None) };
        let ring = self.directory.keys(notice.tenant).await?;
        let signer = ring.signer_for(client.id_token_signed_response_alg).or_else(|| ring.signer());
        let Some(signer) = signer else { return Ok(None) };
        let issued = self.clock.now().seconds();
        let mut claims = json!({
            "iss": self.base.issuer(&place),
            "aud": notice.client.client_id(),
            "iat": issued,
            "exp": issued.saturating_add(TOKEN_LIFE),
            "jti": notice.id,
            "sid": notice.session,
            "events": { EVENT: {} },
        });
        if let (Some(claims), Some(subject)) = (claims.as_object_mut(), public_subject(&client, notice.holder)) {
            claims.insert("sub".to_owned(), json!(subject));
        }
        Ok(Some(signer.sign_as(SignedKind::LogoutToken, &claims)?))
    }

    async fn place_of_tenant(&self, tenant: TenantId) -> Result<Option<Place>, ManageError> {
        if tenant == TenantId::MANAGEMENT {
            return Ok(Some(Place::Management));
        }
        Ok(self.directory.place_of(AppId::new(tenant.uuid())).await?)
    }

    fn later(&self, notice: &LogoutNotice, error: String) -> Outcome {
        let policy = &self.policy.sessions;
        let doubled = 1_u32.checked_shl(notice.attempts.saturating_sub(1)).unwrap_or(u32::MAX);
        let pause = policy.notice_retry_first.saturating_mul(doubled).min(policy.notice_retry_longest);
        let at = self.clock.now().plus(pause);
        if at > notice.created.plus(policy.notice_give_up) {
            Outcome::Failed { error }
        } else {
            Outcome::Later { at, error }
        }
    }
}
