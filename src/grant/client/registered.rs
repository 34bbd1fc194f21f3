//! Registered clients: each proves itself by the one method that it registered, and by no other (RFC 7591 §2).

use std::sync::Arc;

use super::assertion;
use crate::directory::{KnownRegistered, refuse_secret};
use crate::domain::clock::Moment;
use crate::domain::id::RegisteredId;
use crate::domain::place::Place;
use crate::domain::registered::AuthMethod;
use crate::grant::error::GrantError;
use crate::grant::request::{ClientMethod, ClientProof, PresentedClient};
use crate::grant::workbench::Workbench;

/// Proves a registered client. *Tenancy*: of the place's tenant alone.
pub(super) async fn authenticate(
    this: &Workbench,
    place: &Place,
    id: RegisteredId,
    presented: &PresentedClient,
) -> Result<Arc<KnownRegistered>, GrantError> {
    let known = this.directory.registered(place.tenant(), id).await?;
    let known = admit(known, presented, this.clock.now())?;
    if let ClientProof::Assertion(text) = &presented.proof {
        assertion::verify(this, place, &known, text).await?;
    }
    Ok(known)
}

/// Decides on all but the signature of an assertion.
pub(super) fn admit(
    known: Option<Arc<KnownRegistered>>,
    presented: &PresentedClient,
    now: Moment,
) -> Result<Arc<KnownRegistered>, GrantError> {
    let method = presented.method;
    // The secret is looked at first, so that neither an unknown client nor one of another method is told by the time.
    let is_right = match (&known, &presented.proof) {
        (Some(client), ClientProof::Secret(secret)) => client.accepts(secret.expose(), now),
        (None, ClientProof::Secret(secret)) => refuse_secret(secret.expose()),
        (_, ClientProof::None | ClientProof::Assertion(_) | ClientProof::Certificate(_)) => true,
    };
    let known = known.ok_or(GrantError::UnknownClient(method))?;
    if !is_right {
        return Err(GrantError::WrongClientSecret(method));
    }
    let metadata = &known.client().metadata;
    match (metadata.token_endpoint_auth_method, &presented.proof, method) {
        (AuthMethod::ClientSecretBasic, ClientProof::Secret(_), ClientMethod::Basic)
        | (AuthMethod::ClientSecretPost, ClientProof::Secret(_), ClientMethod::Parameters)
        | (AuthMethod::PrivateKeyJwt, ClientProof::Assertion(_), _)
        // The proxy states a certificate for whoever connects with one.
        | (AuthMethod::None, ClientProof::None | ClientProof::Certificate(_), ClientMethod::Parameters) => Ok(known),
        (AuthMethod::TlsClientAuth, ClientProof::Certificate(subject), _) => {
            let is_its = metadata.tls_client_auth_subject_dn.as_ref() == Some(subject);
            if is_its { Ok(known) } else { Err(GrantError::WrongCertificate) }
        }
        _ => Err(GrantError::WrongClientMethod(method)),
    }
}
