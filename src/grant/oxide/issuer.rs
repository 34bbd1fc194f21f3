//! The issuer: the one place where a token is made, for every grant.

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use oxide_auth::primitives::grant::Grant;
use oxide_auth::primitives::issuer::{IssuedToken, Issuer, RefreshedToken, TokenType};
use oxide_auth::primitives::scope::Scope;
use uuid::Uuid;

use crate::crypto::entropy::{Entropy, uuid_v7};
use crate::crypto::keys::KeyRing;
use crate::domain::clock::Moment;
use crate::domain::scope::Scopes;
use crate::domain::secret::Secret;
use crate::domain::token::{AccessClaims, Audience, Confirmation};
use crate::grant::error::GrantError;
use crate::grant::workbench::Terms;

/// Whether a refresh token goes out beside the access token.
#[derive(Clone, Debug)]
pub(in crate::grant) enum RefreshPlan {
    None,
    /// The token of a family, new or continued.
    Give {
        family: Uuid,
        token: Secret,
    },
    /// No refresh token, but the session goes on under its id.
    Session(Uuid),
}

impl RefreshPlan {
    fn session(&self) -> Option<Uuid> {
        match self {
            Self::None => None,
            Self::Give { family, .. } => Some(*family),
            Self::Session(session) => Some(*session),
        }
    }

    fn token(&self) -> Option<&Secret> {
        match self {
            Self::Give { token, .. } => Some(token),
            Self::None | Self::Session(_) => None,
        }
    }
}

/// A token that was made.
#[derive(Clone, Debug)]
pub(in crate::grant) struct Minted {
    pub(in crate::grant) access_token: Secret,
    pub(in crate::grant) refresh_token: Option<Secret>,
    pub(in crate::grant) expires_in: Duration,
    pub(in crate::grant) scope: String,
}

/// Makes one token: everything that it needs was loaded or drawn before.
pub(in crate::grant) struct TokenIssuer {
    pub(in crate::grant) ring: Arc<KeyRing>,
    /// The `iss` claim, and the audience of a token that is for this server's own planes.
    pub(in crate::grant) issuer: String,
    pub(in crate::grant) issued: Moment,
    pub(in crate::grant) jti: Uuid,
    pub(in crate::grant) terms: Terms,
}

impl TokenIssuer {
    /// Dates the token no earlier than `earliest`.
    pub(in crate::grant) fn date_after(&mut self, earliest: Moment, entropy: &dyn Entropy) {
        if self.issued < earliest {
            self.issued = earliest;
            self.jti = uuid_v7(earliest, entropy);
        }
    }

    /// Signs the access token (RFC 9068 §2).
    pub(super) fn sign(&self, scope: &str) -> Result<Secret, GrantError> {
        let lifetime = i64::try_from(self.terms.lifetime.as_secs()).unwrap_or(i64::MAX);
        let event = self.terms.bound.event.as_ref();
        let claims = AccessClaims {
            iss: self.issuer.clone(),
            sub: self.terms.principal.subject(),
            aud: self.audience(),
            exp: self.issued.seconds().saturating_add(lifetime),
            iat: self.issued.seconds(),
            jti: self.jti,
            client_id: self.terms.client_id.clone(),
            scope: scope.to_owned(),
            authority: self.terms.principal.authority(),
            org: self.terms.principal.org(),
            app: self.terms.principal.app(),
            sid: self.terms.refresh.session(),
            auth_time: event.map(|event| event.auth_time),
            acr: event.and_then(|event| event.acr.clone()),
            amr: event.map(|event| event.amr.clone()).unwrap_or_default(),
            cnf: self.terms.bound.jkt.clone().map(|jkt| Confirmation { jkt }),
            act: self.terms.bound.act.clone(),
            may_act: None,
            lender: self.terms.bound.lender.clone(),
        };
        Ok(self.ring.signer().ok_or(GrantError::NoSigningKey)?.sign(&claims)?)
    }

    fn audience(&self) -> Audience {
        match self.terms.bound.audience.as_slice() {
            [] => Audience::One(self.issuer.clone()),
            [one] => Audience::One(one.clone()),
            many => Audience::Many(many.to_vec()),
        }
    }

    /// What goes out for a token that was signed.
    pub(super) fn minted(&self, token: &str, scope: &str) -> Minted {
        Minted {
            access_token: Secret::new(token),
            refresh_token: self.terms.refresh.token().cloned(),
            expires_in: self.terms.lifetime,
            scope: scope.to_owned(),
        }
    }

    /// The library's clock type; it only carries our own decision through its structures.
    fn until(&self) -> DateTime<Utc> {
        let end = self.issued.plus(self.terms.lifetime);
        DateTime::from_timestamp_micros(end.micros()).unwrap_or(DateTime::<Utc>::MAX_UTC)
    }

    fn refresh_text(&self) -> Option<String> {
        self.terms.refresh.token().map(|token| token.expose().to_owned())
    }
}

/// A scope as it is written: sorted, since the library keeps its words in no order.
pub(super) fn words(scope: &Scope) -> String {
    scope.to_string().split(' ').collect::<Scopes>().to_string()
}

/// The library's errors carry nothing, so the cause is kept beside it.
pub(super) struct RecordingIssuer<'a> {
    pub(super) inner: &'a TokenIssuer,
    /// The grant behind the refresh token, when the request brought one that holds.
    pub(super) recovered: Option<Grant>,
    pub(super) failure: Option<GrantError>,
}

impl RecordingIssuer<'_> {
    /// The cause behind the library's empty error.
    pub(super) fn take_failure(&mut self) -> GrantError {
        self.failure.take().unwrap_or(GrantError::Protocol("the issuer gave no reason"))
    }

    fn signed(&mut self, grant: &Grant) -> Result<String, ()> {
        match self.inner.sign(&words(&grant.scope)) {
            Ok(token) => Ok(token.expose().to_owned()),
            Err(cause) => {
                self.failure = Some(cause);
                Err(())
            }
        }
    }
}

impl Issuer for RecordingIssuer<'_> {
    fn issue(&mut self, grant: Grant) -> Result<IssuedToken, ()> {
        Ok(IssuedToken {
            token: self.signed(&grant)?,
            refresh: self.inner.refresh_text(),
            until: self.inner.until(),
            token_type: TokenType::Bearer,
        })
    }

    fn refresh(&mut self, _token: &str, grant: Grant) -> Result<RefreshedToken, ()> {
        Ok(RefreshedToken {
            token: self.signed(&grant)?,
            refresh: self.inner.refresh_text(),
            until: self.inner.until(),
            token_type: TokenType::Bearer,
        })
    }

    fn recover_token<'a>(&'a self, _token: &'a str) -> Result<Option<Grant>, ()> {
        // Access tokens are verified by `access`, never by the library.
        Ok(None)
    }

    fn recover_refresh<'a>(&'a self, _token: &'a str) -> Result<Option<Grant>, ()> {
        Ok(self.recovered.clone())
    }
}
