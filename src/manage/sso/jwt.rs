//! Tokens of an identity provider: its keys are fetched and kept, a token is verified, and a claim names the admin.

use std::sync::Arc;

use serde_json::{Map, Value};

use super::SignOn;
use crate::access::external::{ExternalError, Vouched};
use crate::crypto::jwt::{ForeignClaims, ForeignExpected, JwtError, Profile};
use crate::domain::clock::Moment;
use crate::domain::name::Email;
use crate::domain::secret::Secret;
use crate::domain::user::{Admin, Identifier};

impl SignOn {
    pub(super) async fn vouch_by_jwt(&self, token: &Secret) -> Result<Vouched, ExternalError> {
        let (claims, issued) = self.verified(token).await?;
        let admin = Self::admitted(self.named_by(&claims.all).await?)?;
        let known_as = subject(&claims.all).map(Arc::from);
        Ok(Vouched { admin, known_as, issued, expires: claims.expires })
    }

    /// Verifies a token, and says when it was issued. A key that the known set lacks may be new: that is worth one more look, and no more than one
    /// within a while.
    pub(super) async fn verified(&self, token: &Secret) -> Result<(ForeignClaims, Moment), ExternalError> {
        let policy = &self.policy;
        let now = self.registry.clock.now();
        let expected = ForeignExpected {
            profile: &Profile::SIGN_ON,
            algorithms: &policy.algorithms,
            issuer: &policy.issuer,
            subject: None,
            audiences: &[&policy.audience],
            now,
        };
        let known = self.keys.get().await?;
        let verified = match known.verify(token.expose(), &expected) {
            Err(JwtError::UnknownKey) => self.keys.get_newer().await?.verify(token.expose(), &expected),
            other => other,
        };
        match verified {
            Ok(claims) => {
                let issued = claims.issued.ok_or(ExternalError::Refused(JwtError::Malformed))?;
                if now.since(issued) > policy.longest_token {
                    Err(ExternalError::Expired)
                } else {
                    Ok((claims, issued))
                }
            }
            Err(JwtError::Expired) => Err(ExternalError::Expired),
            Err(cause) => Err(ExternalError::Refused(cause)),
        }
    }

    /// The admin whose address the token names, unless it says that the address was not confirmed; else the one whose
    /// username it names.
    async fn named_by(&self, claims: &Map<String, Value>) -> Result<Option<Admin>, ExternalError> {
        let claim = |name: &str| claims.get(name).and_then(Value::as_str).map(str::to_owned);
        let is_denied = claims.get("email_verified").is_some_and(|verified| *verified != Value::Bool(true));
        let email = claim(&self.policy.email_claim).filter(|_| !is_denied).and_then(|text| Email::parse(&text).ok());
        if let Some(email) = email {
            let found = self.registry.find_admin(email.as_str()).await?;
            let has_it = |admin: &Admin| admin.person.email.as_ref().is_some_and(|own| own.key() == email.key());
            if let Some(admin) = found.filter(has_it) {
                return Ok(Some(admin));
            }
        }
        let Some(username) = claim(&self.policy.username_claim) else { return Ok(None) };
        // A UUID or an address in this claim is a username like any other.
        let key = crate::domain::name::lookup_key(&username);
        let find = move |store: &crate::store::Store| store.find_admin(&Identifier::Username(key));
        Ok(self.registry.store.point(find).await.map_err(crate::manage::ManageError::from)?)
    }
}

/// Whom the provider means, by its own id (OpenID Connect Core §2); `user_id` says the same in some that are older.
fn subject(claims: &Map<String, Value>) -> Option<&str> {
    let claim = |name: &str| claims.get(name).and_then(Value::as_str).filter(|id| !id.is_empty());
    claim("sub").or_else(|| claim("user_id"))
}
