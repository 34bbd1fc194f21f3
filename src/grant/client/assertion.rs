//! `private_key_jwt`: a client signs that it is itself, for us, now, and once (RFC 7523 §3).

use std::sync::Arc;

use crate::crypto::digest::sha256;
use crate::crypto::jwt::{ForeignClaims, ForeignExpected, ForeignKeys, JwtError, Profile, peek_foreign};
use crate::directory::KnownRegistered;
use crate::domain::place::Place;
use crate::domain::secret::Secret;
use crate::domain::token::Algorithm;
use crate::grant::error::GrantError;
use crate::grant::external::Look;
use crate::grant::workbench::Workbench;

/// Keeps the names of assertions apart from what else is used once.
const KIND: &str = "client_assertion";
/// Where a registration names none. A shared secret signs nothing here.
const ALGORITHMS: [Algorithm; 3] = [Algorithm::ES256, Algorithm::EdDsa, Algorithm::RS256];

/// Which client an assertion is of, as it says itself. Only a hint until its signature holds.
pub(super) fn named(assertion: &Secret) -> Result<String, GrantError> {
    let peeked = peek_foreign(assertion.expose()).map_err(GrantError::WrongAssertion)?;
    match peeked.subject {
        Some(subject) if subject == peeked.issuer => Ok(subject),
        _ => Err(GrantError::WrongAssertion(JwtError::WrongSubject)),
    }
}

/// Verifies an assertion and uses it up. `iss` and `sub` are the client, `aud` our issuer and nobody else: what was made
/// for another server must not open this one.
pub(super) async fn verify(
    this: &Workbench,
    place: &Place,
    known: &KnownRegistered,
    assertion: &Secret,
) -> Result<(), GrantError> {
    let (metadata, client_id) = (&known.client().metadata, known.client().id.client_id());
    let issuer = this.base.issuer(place);
    let one = metadata.token_endpoint_auth_signing_alg.map(|algorithm| [algorithm]);
    let expected = ForeignExpected {
        profile: &Profile::CLIENT_ASSERTION,
        algorithms: one.as_ref().map_or(&ALGORITHMS[..], |one| &one[..]),
        issuer: &client_id,
        subject: Some(&client_id),
        audiences: &[&issuer],
        now: this.clock.now(),
    };
    let text = assertion.expose();
    let verified = match keys(this, known, Look::Kept).await?.verify(text, &expected) {
        // A key that the kept set lacks may be new.
        Err(JwtError::UnknownKey) if metadata.jwks_uri.is_some() => {
            keys(this, known, Look::Again).await?.verify(text, &expected)
        }
        other => other,
    };
    spend(this, place, &client_id, verified.map_err(GrantError::WrongAssertion)?).await
}

async fn keys(this: &Workbench, known: &KnownRegistered, look: Look) -> Result<Arc<ForeignKeys>, GrantError> {
    if let Some(keys) = known.keys() {
        return Ok(Arc::clone(keys));
    }
    match &known.client().metadata.jwks_uri {
        Some(url) => Ok(this.keys.keys(url, look).await?),
        None => Err(GrantError::WrongAssertion(JwtError::UnknownKey)),
    }
}

/// Notes the assertion's name, so that whoever saw it on the way cannot use it again.
async fn spend(this: &Workbench, place: &Place, client_id: &str, claims: ForeignClaims) -> Result<(), GrantError> {
    let id = claims.id.ok_or(GrantError::WrongAssertion(JwtError::Malformed))?;
    let (tenant, digest) = (place.tenant(), sha256(&format!("{client_id}\n{id}")));
    let expires = claims.expires;
    let is_first = this.store.blocking(move |store| store.spend_proof(tenant, KIND, digest, expires)).await?;
    if is_first { Ok(()) } else { Err(GrantError::UsedAssertion) }
}
