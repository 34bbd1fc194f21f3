//! What a token says and whether it holds, for those who are entitled to know. Access tokens are answered from memory.
//! It says nothing of a token to anyone else, not even that it exists. *Spec*: RFC 7662; security rules I-1 to I-3.

use serde::Serialize;
use uuid::Uuid;

use super::error::AccessError;
use super::family::{Families, KnownRefresh};
use super::verify::{For, Verifier};
use crate::domain::authority::{Authority, Principal};
use crate::domain::id::{AppId, OrgId};
use crate::domain::place::Place;
use crate::domain::secret::Secret;
use crate::domain::token::{AccessClaims, Actor, Audience, Confirmation, DEFAULT_SCOPE, TokenType, moment_of};

/// Who asks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Asker {
    /// The administration of the place: told of every token of its tenant.
    Administration,
    /// Someone without a say here: told of nothing.
    Nobody,
    /// A client: told of tokens that were issued to it or are for one of its resources (RFC 8707).
    Client { id: String, resources: Vec<String> },
}

impl Asker {
    fn may_know(&self, token: &ActiveToken) -> bool {
        match self {
            Self::Administration => true,
            Self::Nobody => false,
            Self::Client { id, resources } => {
                let is_for = |resource: &String| token.aud.as_ref().is_some_and(|aud| aud.contains(resource));
                token.client_id == *id || resources.iter().any(is_for)
            }
        }
    }
}

/// A token that holds at this instant, as its introspection shows it.
///
/// *Shape*: `{"scope":"api","client_id":"..","token_type":"Bearer","exp":1,"iat":0,"sub":"..","aud":"..","iss":"..",
/// "jti":"..","authority":"app_user","org":"..","app":".."}` *Spec*: RFC 7662 §2.2; the members beside it are those of
/// our access tokens.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ActiveToken {
    pub scope: String,
    pub client_id: String,
    /// How it is used (RFC 6749 §7.1); none for a refresh token, which is not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub token_type: Option<&'static str>,
    pub exp: i64,
    pub iat: i64,
    pub sub: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub aud: Option<Audience>,
    pub iss: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub jti: Option<Uuid>,
    pub authority: Authority,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub org: Option<OrgId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub app: Option<AppId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sid: Option<Uuid>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub auth_time: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub acr: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub amr: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cnf: Option<Confirmation>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub act: Option<Box<Actor>>,
}

/// Looks at tokens for others. A clone shares everything.
#[derive(Clone)]
pub struct Introspector {
    pub verifier: Verifier,
    pub families: Families,
}

impl Introspector {
    /// What a token says; `None` for one that does not hold, is another tenant's, or is none of the asker's business.
    ///
    /// The kind of a token is read from its form, so that a wrong `token_type_hint` cannot hide it (RFC 7662 §2.1).
    ///
    /// *Errors*: nobody knows whether it holds. *Tenancy*: tokens that the place's keys signed, and its sessions.
    pub async fn look(&self, place: &Place, token: &Secret, asker: &Asker) -> Result<Option<ActiveToken>, AccessError> {
        self.verifier.directory.ensure_fresh().await?;
        let found = if Families::takes(token) {
            self.refresh(place, token).await
        } else if self.verifier.legacy.takes(token) {
            self.legacy(place, token).await
        } else {
            self.access(place, token).await
        };
        match found {
            Ok(found) => Ok(found.filter(|token| asker.may_know(token))),
            Err(cause) if cause.is_of_the_token() => Ok(None),
            Err(cause) => Err(cause),
        }
    }

    async fn access(&self, place: &Place, token: &Secret) -> Result<Option<ActiveToken>, AccessError> {
        let (claims, principal) = self.verifier.genuine(token, For::Anyone).await?;
        if principal.issuing_tenant() != place.tenant() {
            return Ok(None);
        }
        self.verifier.lives(&claims, principal).await?;
        Ok(Some(ActiveToken::from(claims)))
    }

    /// A token that was moved in: it has no client but the place's own.
    async fn legacy(&self, place: &Place, token: &Secret) -> Result<Option<ActiveToken>, AccessError> {
        let session = self.verifier.legacy_bearer(token).await?;
        let Some(token) = session.token.filter(|_| session.principal.issuing_tenant() == place.tenant()) else {
            return Ok(None);
        };
        let times = (moment_of(token.jti).unwrap_or(token.expires).seconds(), token.expires.seconds());
        let said = self.said_of(place, session.principal, times);
        Ok(Some(ActiveToken { token_type: Some("Bearer"), jti: Some(token.jti), ..said }))
    }

    async fn refresh(&self, place: &Place, token: &Secret) -> Result<Option<ActiveToken>, AccessError> {
        let Some(KnownRefresh { family, is_head: true }) = self.families.find(place.tenant(), token).await? else {
            return Ok(None);
        };
        let is_over = family.ended.is_some() || self.verifier.clock.now() >= family.expires;
        let revoked = self.verifier.directory.revocations(family.tenant).await?;
        if is_over || revoked.find(family.principal.uuid(), &[family.id], family.created).is_some() {
            return Ok(None);
        }
        self.verifier.tenant_lives(family.principal).await?;
        let said = self.said_of(place, family.principal, (family.created.seconds(), family.expires.seconds()));
        let event = family.details.event.unwrap_or_default();
        Ok(Some(ActiveToken {
            scope: family.scope,
            client_id: family.client_id.unwrap_or(said.client_id),
            sid: Some(family.id),
            auth_time: (event.auth_time > 0).then_some(event.auth_time),
            acr: event.acr,
            amr: event.amr,
            cnf: family.details.jkt.map(|jkt| Confirmation { jkt }),
            ..said
        }))
    }

    /// What every token says of its holder, with all scopes.
    fn said_of(&self, place: &Place, holder: Principal, (iat, exp): (i64, i64)) -> ActiveToken {
        ActiveToken {
            scope: DEFAULT_SCOPE.to_owned(),
            client_id: place.client_id(),
            token_type: None,
            exp,
            iat,
            sub: holder.subject(),
            aud: None,
            iss: self.verifier.base.issuer(place),
            jti: None,
            authority: holder.authority(),
            org: holder.org(),
            app: holder.app(),
            sid: None,
            auth_time: None,
            acr: None,
            amr: Vec::new(),
            cnf: None,
            act: None,
        }
    }
}

impl From<AccessClaims> for ActiveToken {
    fn from(claims: AccessClaims) -> Self {
        Self {
            scope: claims.scope,
            client_id: claims.client_id,
            token_type: Some(TokenType::of(claims.cnf.as_ref().map(|cnf| cnf.jkt.as_str())).as_str()),
            exp: claims.exp,
            iat: claims.iat,
            sub: claims.sub,
            aud: Some(claims.aud),
            iss: claims.iss,
            jti: Some(claims.jti),
            authority: claims.authority,
            org: claims.org,
            app: claims.app,
            sid: claims.sid,
            auth_time: claims.auth_time,
            acr: claims.acr,
            amr: claims.amr,
            cnf: claims.cnf,
            act: claims.act,
        }
    }
}
