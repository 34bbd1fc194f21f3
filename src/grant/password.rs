//! `grant_type=password` (RFC 6749 §4.3): a user of an application or an admin signs in by name and password.
//! No connection is held while bcrypt runs; the unknown user costs what the wrong password costs.

use super::client::{self, Admitted};
use super::error::GrantError;
use super::outcome::Issued;
use super::person::{self, Candidate};
use super::request::GrantRequest;
use super::session::{self, Wish};
use super::workbench::Workbench;
use crate::crypto::password::Verdict;
use crate::domain::place::Place;
use crate::domain::registered::GrantType;
use crate::domain::secret::Secret;
use crate::domain::tenant::Switch;
use crate::domain::user::Identifier;

pub(super) async fn run(this: &Workbench, place: &Place, request: &GrantRequest) -> Result<Issued, GrantError> {
    let username = request.username.as_deref().ok_or(GrantError::MissingParameter("username"))?;
    let password = request.password.as_ref().ok_or(GrantError::MissingParameter("password"))?;
    let client = client::accompany(this, place, request.client.as_ref()).await?;
    permitted(place, client.as_ref())?;
    let (candidate, raise) = prove(this, place, username, password).await?;
    let wish = Wish::of(request, client.as_ref(), "pwd");
    let issued = session::begin(this, place, &candidate, wish).await?;
    if let Some(work) = raise {
        rehash(this, place, &candidate, work).await;
    }
    Ok(issued)
}

/// A person proves who they are at one of our pages; their account's state is asked as for a token.
///
/// *Errors*: those of the grant.
pub(super) async fn sign_in(
    this: &Workbench,
    place: &Place,
    username: &str,
    password: &Secret,
) -> Result<Candidate, GrantError> {
    let (candidate, raise) = prove(this, place, username, password).await?;
    this.policy.may_begin_here(candidate.principal(place)?)?;
    candidate.may_sign_in(&this.policy.switches)?;
    if let Some(work) = raise {
        rehash(this, place, &candidate, work).await;
    }
    Ok(candidate)
}

/// Finds someone by name and checks that the password is theirs, and whether its hash is to be raised.
async fn prove(
    this: &Workbench,
    place: &Place,
    username: &str,
    password: &Secret,
) -> Result<(Candidate, Option<Rehash>), GrantError> {
    let candidate = person::find(this, place, Identifier::parse(username)).await?;
    let hash = candidate.as_ref().and_then(Candidate::hash).cloned();
    let verdict = this.lane.verify(place.tenant(), password.clone(), hash.clone()).await?;
    let candidate = decide(candidate, verdict).map_err(|cause| elsewhere(this, place, cause))?;
    let raise = match (verdict, hash) {
        (Verdict::Match { rehash: true }, Some(old)) => Some(Rehash { password: password.clone(), old }),
        _ => None,
    };
    Ok((candidate, raise))
}

/// Whether a person's password may be taken here: by a registered client that lists the grant, and by the application
/// itself unless that was switched off (RFC 9700 §2.4 would rather have neither).
pub(super) fn permitted(place: &Place, client: Option<&Admitted>) -> Result<(), GrantError> {
    match (client, place) {
        (Some(client @ Admitted::Registered(_)), _) => client.demand(GrantType::Password),
        (None | Some(Admitted::Own(_)), Place::App { org, app })
            if org.settings.password_grant == Switch::Off || app.settings.password_grant == Switch::Off =>
        {
            Err(GrantError::PasswordGrantOff)
        }
        (None | Some(Admitted::Own(_)), _) => Ok(()),
    }
}

/// Where admins sign in elsewhere, a wrong password sounds like a right one, so that none can be tried out here.
fn elsewhere(this: &Workbench, place: &Place, cause: GrantError) -> GrantError {
    match (place, &this.policy.admins_sign_in_at) {
        (Place::Management, Some(url)) => GrantError::SignInElsewhere(url.clone()),
        _ => cause,
    }
}

/// The heart of it: someone was found and the password is theirs. State is asked only after this.
pub(super) fn decide(candidate: Option<Candidate>, verdict: Verdict) -> Result<Candidate, GrantError> {
    match (candidate, verdict) {
        (None, _) => Err(GrantError::UnknownUser),
        (Some(_), Verdict::Mismatch) => Err(GrantError::WrongPassword),
        (Some(candidate), Verdict::Match { .. }) => Ok(candidate),
    }
}

struct Rehash {
    password: Secret,
    old: Secret,
}

/// Raises a stored hash to the present cost. The sign-in has succeeded already: a failure here is logged, not shown.
async fn rehash(this: &Workbench, place: &Place, candidate: &Candidate, work: Rehash) {
    let new = match this.lane.hash(place.tenant(), work.password).await {
        Ok(new) => new,
        Err(cause) => return tracing::warn!(%cause, "a password hash stays at its old cost"),
    };
    let old = work.old;
    let written = match candidate {
        Candidate::User(user) => {
            let (app, id) = (user.who.app, user.who.id);
            this.store.blocking(move |store| store.replace_user_hash(app, id, &old, &new)).await
        }
        Candidate::Admin(admin) => {
            let id = admin.who.id;
            this.store.blocking(move |store| store.replace_admin_hash(id, &old, &new)).await
        }
    };
    if let Err(cause) = written {
        tracing::warn!(%cause, "a password hash stays at its old cost");
    }
}
