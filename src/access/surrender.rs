//! Tokens that end at the word of the client to which they were issued. *Spec*: RFC 7009; security rules V-1 and V-2.

use super::error::AccessError;
use super::family::Families;
use super::revoke::{Ending, Revoker};
use super::verify::For;
use crate::crypto::jwt::JwtError;
use crate::domain::clock::Moment;
use crate::domain::place::Place;
use crate::domain::revocation::RevocationTarget;
use crate::domain::secret::Secret;

const ACTION: &str = "revoke a token by its client";

impl Revoker {
    /// Ends a token, and with it the session that it belongs to: an access token without a session dies alone.
    ///
    /// One that is unknown, expired or dead already changes nothing and is no error (RFC 7009 §2.2).
    ///
    /// *Errors*: `TokenOfAnotherClient`, and the token lives on; `UnsupportedTokenType` for an ID token or the like.
    /// *Tenancy*: refresh tokens of the place's tenant; access tokens of the client, whichever issuer signed them.
    pub async fn surrender(&self, place: &Place, client_id: &str, token: &Secret) -> Result<(), AccessError> {
        self.verifier.directory.ensure_fresh().await?;
        let named = if Families::takes(token) {
            self.session_of(place, token).await
        } else {
            self.issue_of(place, token).await
        };
        let (owner, ending) = match named {
            Ok(Some(named)) => named,
            Ok(None) => return Ok(()),
            Err(AccessError::Unverified(JwtError::WrongType)) => return Err(AccessError::UnsupportedTokenType),
            Err(cause) if cause.is_of_the_token() => return Ok(()),
            Err(cause) => return Err(cause),
        };
        match owner == client_id {
            true => self.write(Ending { actor: format!("client:{client_id}"), ..ending }).await,
            false => Err(AccessError::TokenOfAnotherClient),
        }
    }

    /// The client of a refresh token, and how its session ends. Any token of a session ends it, one that was succeeded
    /// too.
    async fn session_of(&self, place: &Place, token: &Secret) -> Result<Option<Named>, AccessError> {
        let Some(known) = self.families.find(place.tenant(), token).await? else { return Ok(None) };
        let family = known.family;
        let is_over = family.ended.is_some() || self.verifier.clock.now() >= family.expires;
        let ending = Ending {
            holder: family.principal,
            target: RevocationTarget::Token(family.id),
            not_before: Moment::EPOCH,
            actor: String::new(),
            action: ACTION,
        };
        Ok((!is_over).then(|| (family.client_id.unwrap_or_else(|| place.client_id()), ending)))
    }

    /// The client of an access token, and how it ends.
    async fn issue_of(&self, place: &Place, token: &Secret) -> Result<Option<Named>, AccessError> {
        let (owner, holder, id) = if self.verifier.legacy.takes(token) {
            let (row, holder) = self.verifier.genuine_legacy(token).await?;
            (place.client_id(), holder, row.id)
        } else {
            let (claims, holder) = self.verifier.genuine(token, For::Anyone).await?;
            self.verifier.lives(&claims, holder).await?;
            (claims.client_id, holder, claims.sid.unwrap_or(claims.jti))
        };
        let ending = Ending {
            holder,
            target: RevocationTarget::Token(id),
            not_before: Moment::EPOCH,
            actor: String::new(),
            action: ACTION,
        };
        Ok(Some((owner, ending)))
    }
}

/// A token's client, and how it ends.
type Named = (String, Ending<'static>);
