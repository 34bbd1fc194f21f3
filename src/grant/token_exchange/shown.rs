//! The tokens that an exchange is asked with: access tokens of this very issuer that hold at this moment, and nothing
//! else. An ID token, a refresh token and a token of another tenant fail by their form, their type or their issuer.

use std::time::Duration;

use crate::crypto::jwt::{self, Expected, JwtError};
use crate::domain::authority::Principal;
use crate::domain::clock::Moment;
use crate::domain::id::RegisteredId;
use crate::domain::place::Place;
use crate::domain::registered::RegisteredClient;
use crate::domain::secret::Secret;
use crate::domain::token::AccessClaims;
use crate::domain::user::Identifier;
use crate::grant::error::{ExchangeFault, GrantError, Party, TokenFault};
use crate::grant::person;
use crate::grant::workbench::Workbench;

/// A `kid` that is not known may be a key that another node made a moment ago: one fresh look, at most this often.
const FRESH_LOOK: Duration = Duration::from_secs(1);

/// A token that holds.
pub(super) struct Shown {
    pub(super) claims: AccessClaims,
    pub(super) principal: Principal,
}

/// Verifies a token and asks for the state of whoever is behind it.
///
/// *Errors*: `Exchange(Token(..))`. *Tenancy*: tokens of the place's issuer alone.
pub(super) async fn load(
    this: &Workbench,
    place: &Place,
    client: &RegisteredClient,
    (party, token, jkt): (Party, &Secret, Option<&str>),
) -> Result<Shown, GrantError> {
    let refused = |fault| GrantError::Exchange(ExchangeFault::Token(party, fault));
    let claims = verify(this, place, client, token).await?.map_err(|cause| refused(TokenFault::Unverified(cause)))?;
    let malformed = || refused(TokenFault::Unverified(JwtError::Malformed));
    let principal = claims.principal(place).ok_or_else(malformed)?;
    let issued = claims.issued().ok_or_else(malformed)?;
    // It dies with its lender's own token, and whoever lent it did not mean to lend it on.
    if claims.lender.is_some() {
        return Err(refused(TokenFault::Lent));
    }
    if claims.cnf.is_some() && claims.cnf.as_ref().map(|cnf| cnf.jkt.as_str()) != jkt {
        return Err(refused(TokenFault::Bound));
    }
    if is_revoked(this, place, (&claims, principal), issued).await? {
        return Err(refused(TokenFault::Revoked));
    }
    if !is_in_order(this, place, principal).await? {
        return Err(refused(TokenFault::HolderGone));
    }
    Ok(Shown { claims, principal })
}

/// The claims of a token of the place's issuer, for the issuer itself or for a resource of the client's: what was made
/// for somebody else was not made to be brought here.
async fn verify(
    this: &Workbench,
    place: &Place,
    client: &RegisteredClient,
    token: &Secret,
) -> Result<Result<AccessClaims, JwtError>, GrantError> {
    let kid = match jwt::peek(token.expose()) {
        Ok(peek) => peek.kid,
        Err(cause) => return Ok(Err(cause)),
    };
    let mut ring = this.directory.keys(place.tenant()).await?;
    if ring.verifier(&kid).is_none() {
        ring = this.directory.keys_newer_than(place.tenant(), FRESH_LOOK).await?;
    }
    let Some(verifier) = ring.verifier(&kid) else { return Ok(Err(JwtError::UnknownKey)) };
    let issuer = this.base.issuer(place);
    let mut verified = Err(JwtError::WrongAudience);
    for audience in std::iter::once(&issuer).chain(&client.metadata.resources) {
        let expected = Expected { issuer: &issuer, audience, now: this.clock.now() };
        verified = verifier.verify(token.expose(), &expected);
        if !matches!(verified, Err(JwtError::WrongAudience)) {
            break;
        }
    }
    Ok(verified)
}

/// By its holder, by its name or its session's, or with the client that it was given to.
async fn is_revoked(
    this: &Workbench,
    place: &Place,
    (claims, principal): (&AccessClaims, Principal),
    issued: Moment,
) -> Result<bool, GrantError> {
    let revoked = this.directory.revocations(place.tenant()).await?;
    let ids = [claims.jti, claims.sid.unwrap_or(claims.jti)];
    let given_to = RegisteredId::parse_client_id(&claims.client_id);
    let with_client = given_to.and_then(|client| revoked.find(client.uuid(), &[], issued));
    Ok(revoked.find(principal.uuid(), &ids, issued).or(with_client).is_some())
}

/// Whether whoever holds the token could get one themselves now.
async fn is_in_order(this: &Workbench, place: &Place, principal: Principal) -> Result<bool, GrantError> {
    match principal {
        Principal::AppUser { .. } | Principal::Admin { .. } => {
            let person = person::find(this, place, Identifier::Id(principal.uuid())).await?;
            let may_sign_in = person.is_some_and(|person| person.may_sign_in(&this.policy.switches).is_ok());
            Ok(may_sign_in && this.policy.may_begin_here(principal).is_ok())
        }
        Principal::Registered { client, .. } => Ok(this.directory.registered(place.tenant(), client).await?.is_some()),
        Principal::OrgClient { org } => Ok(this.directory.org(org).await?.is_some()),
        Principal::AppClient { .. } => Ok(true),
    }
}
