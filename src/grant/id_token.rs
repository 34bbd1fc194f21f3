//! ID tokens: what a client is told of a sign-in. They are small: whatever is known of the person beside their name is
//! told by userinfo (OpenID Connect Core §5.4). *Spec*: OpenID Connect Core §2, §3.1.3.6, §12.2.

use serde::Serialize;
use uuid::Uuid;

use super::error::GrantError;
use super::oxide::{Minted, TokenIssuer};
use super::subject;
use super::workbench::Workbench;
use crate::crypto::jwt::{SignedKind, half_hash};
use crate::domain::place::Place;
use crate::domain::registered::RegisteredClient;
use crate::domain::scope::OPENID;
use crate::domain::secret::Secret;
use crate::domain::token::SignInEvent;

/// A sign-in as an ID token tells it.
pub(super) struct Told<'a> {
    pub(super) client: &'a RegisteredClient,
    pub(super) event: Option<&'a SignInEvent>,
    /// That of the authorization request; never at a refresh.
    pub(super) nonce: Option<&'a str>,
    /// The browser's session, by which its end is told to the client.
    pub(super) session: Option<Uuid>,
}

/// The claims.
///
/// *Shape*: `{"iss":"..","sub":"..","aud":"Y2w6..","exp":1,"iat":0,"auth_time":0,"nonce":"..","amr":["pwd"],
/// "at_hash":"..","sid":".."}` *Units*: UTC seconds.
#[derive(Serialize)]
struct IdClaims<'a> {
    iss: &'a str,
    sub: String,
    /// The client alone; so no `azp` is needed.
    aud: String,
    exp: i64,
    iat: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    auth_time: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    nonce: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    acr: Option<&'a str>,
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    amr: &'a [String],
    at_hash: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    sid: Option<Uuid>,
}

/// The ID token beside an access token that was made; `None` where `openid` was not granted, or nobody is told.
///
/// *Errors*: `NoSigningKey` where the issuer has no key of the client's algorithm.
pub(super) async fn beside(
    this: &Workbench,
    place: &Place,
    (issuer, minted): (&TokenIssuer, &Minted),
    told: Option<Told<'_>>,
) -> Result<Option<Secret>, GrantError> {
    let Some(told) = told else { return Ok(None) };
    if !minted.scope.split(' ').any(|word| word == OPENID) {
        return Ok(None);
    }
    let signer = issuer.ring.signer_for(told.client.metadata.id_token_signed_response_alg);
    let signer = signer.ok_or(GrantError::NoSigningKey)?;
    let iat = issuer.issued.seconds();
    let claims = IdClaims {
        iss: &issuer.issuer,
        sub: subject::of(this, place.tenant(), issuer.terms.principal, Some(told.client)).await?,
        aud: told.client.id.client_id(),
        exp: iat.saturating_add(i64::try_from(minted.expires_in.as_secs()).unwrap_or(i64::MAX)),
        iat,
        auth_time: told.event.map(|event| event.auth_time),
        nonce: told.nonce,
        acr: told.event.and_then(|event| event.acr.as_deref()),
        amr: told.event.map(|event| event.amr.as_slice()).unwrap_or_default(),
        at_hash: half_hash(signer.algorithm(), &minted.access_token),
        sid: told.session,
    };
    Ok(Some(signer.sign_as(SignedKind::IdToken, &claims)?))
}
