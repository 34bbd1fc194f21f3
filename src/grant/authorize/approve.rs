//! A person lets a client have a code. It is 256 random bits, of which a digest is kept, and holds for a minute and for
//! all that was agreed: client, address, challenge, session, key. *Spec*: RFC 6749 §4.1.2; RFC 9700 §4.5.

use std::time::Duration;

use super::address::Address;
use super::error::AuthorizeError;
use super::open::{live, still_permitted};
use super::redirect::Redirect;
use super::request::{AuthorizationRequest, SignedIn};
use crate::crypto::token_text::Opaque;
use crate::domain::authority::Principal;
use crate::domain::code::{AuthorizationCode, CodeDetails};
use crate::domain::place::Place;
use crate::domain::registered::RegisteredClient;
use crate::domain::user::Identifier;
use crate::grant::dispatch::Dispatcher;
use crate::grant::error::GrantError;
use crate::grant::workbench::Workbench;
use crate::grant::{person, subject};
use crate::store::CodeBounds;

/// How long a code holds (RFC 9700 and OWASP ASVS 10.4.3 let it be a minute at most).
const CODE_LIFE: Duration = Duration::from_secs(60);
/// How many codes may wait to be used: of one person, of one client, of one tenant (RFC 6819 §4.4.1.11).
const BOUNDS: CodeBounds = CodeBounds { of_person: 32, of_client: 10_000, of_tenant: 50_000 };

impl Dispatcher {
    /// Gives the client its code. Whether the person was asked what they had to be is checked here again, but for their
    /// consent, which is checked when the code is used.
    ///
    /// *Errors*: a failure, or a client whose address is not its own any more; both are for the person alone. What the
    /// client is told is a redirect without a code. *Tenancy*: a user of the place, or an admin at the management plane.
    pub async fn approve(
        &self,
        place: &Place,
        request: &AuthorizationRequest,
        seen: &SignedIn,
    ) -> Result<Redirect, AuthorizeError> {
        let this = self.workbench();
        let issuer = this.base.issuer(place);
        let address = Address::of(request, &issuer);
        let client = live(this, place, request.client).await?;
        match decide(this, place, (request, client.client()), seen).await {
            Ok(()) => {}
            Err(cause @ (AuthorizeError::UnregisteredRedirect | AuthorizeError::Failed(_))) => return Err(cause),
            Err(cause) => return Ok(address.refuse(cause)),
        }
        let text = Opaque::AuthorizationCode.make(&*this.entropy);
        let digest = Opaque::AuthorizationCode.digest(&text).ok_or(GrantError::Protocol("a code cannot be read"))?;
        let now = this.clock.now();
        let code = AuthorizationCode {
            tenant: place.tenant(),
            digest,
            client: request.client,
            authority: seen.principal.authority(),
            holder: seen.principal.uuid(),
            session: Some(seen.session),
            redirect_uri: request.redirect_uri.clone(),
            scopes: request.scopes.clone(),
            details: CodeDetails {
                event: seen.event.clone(),
                challenge: request.challenge.clone(),
                nonce: request.nonce.clone(),
                resources: request.resources.clone(),
                jkt: request.dpop_jkt.clone(),
                redirect_named: request.redirect_named,
            },
            created: now,
            expires: now.plus(CODE_LIFE),
            used: None,
            family: None,
        };
        let kept = this.store.blocking(move |store| store.insert_authorization_code(&code, &BOUNDS)).await;
        match kept.map_err(GrantError::from)? {
            true => Ok(address.give(text.expose())),
            false => Ok(address.refuse(AuthorizeError::TooManyCodes)),
        }
    }
}

/// Whether this person may answer this request at this moment.
async fn decide(
    this: &Workbench,
    place: &Place,
    (request, client): (&AuthorizationRequest, &RegisteredClient),
    seen: &SignedIn,
) -> Result<(), AuthorizeError> {
    still_permitted(request, client)?;
    if !lives_at(place, seen.principal) || !request.is_fresh(seen) {
        return Err(AuthorizeError::LoginRequired);
    }
    if let Some(hint) = &request.hint
        && subject::of(this, place.tenant(), seen.principal, Some(client)).await? != *hint
    {
        return Err(AuthorizeError::LoginRequired);
    }
    this.policy.may_begin_here(seen.principal).map_err(AuthorizeError::AccountRefused)?;
    let person = person::find(this, place, Identifier::Id(seen.principal.uuid())).await?;
    let person = person.ok_or(AuthorizeError::LoginRequired)?;
    person.may_sign_in(&this.policy.switches).map_err(AuthorizeError::AccountRefused)
}

fn lives_at(place: &Place, principal: Principal) -> bool {
    match (place, principal) {
        (Place::App { app, .. }, Principal::AppUser { app: own, .. }) => app.id == own,
        (Place::Management, Principal::Admin { .. }) => true,
        _ => false,
    }
}
