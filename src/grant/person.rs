//! The person behind a `password` or `refresh_token` grant: who they are in which tenant, and whether they may sign in.

use super::error::GrantError;
use super::outcome::Holder;
use super::workbench::Workbench;
use crate::domain::authority::Principal;
use crate::domain::id::AdminId;
use crate::domain::place::Place;
use crate::domain::registered::RegisteredClient;
use crate::domain::secret::Secret;
use crate::domain::switchboard::{Switchboard, Toggle};
use crate::domain::tenant::Switch;
use crate::domain::user::{Admin, AppUser, Identifier, Person, WithPassword};

/// A user of the place's application or an admin.
#[derive(Clone, Debug)]
pub(super) enum Candidate {
    User(Box<WithPassword<AppUser>>),
    Admin(Box<WithPassword<Admin>>),
}

impl Candidate {
    pub(super) fn hash(&self) -> Option<&Secret> {
        match self {
            Self::User(user) => user.hash.as_ref(),
            Self::Admin(admin) => admin.hash.as_ref(),
        }
    }

    fn person(&self) -> &Person {
        match self {
            Self::User(user) => &user.who.person,
            Self::Admin(admin) => &admin.who.person,
        }
    }

    /// Who this is as the holder of a token.
    ///
    /// *Errors*: a user where there is no application to live in, which the loader never makes.
    pub(super) fn principal(&self, place: &Place) -> Result<Principal, GrantError> {
        match (self, place) {
            (Self::User(user), Place::App { org, app }) => {
                Ok(Principal::AppUser { org: org.id, app: app.id, user: user.who.id })
            }
            (Self::Admin(admin), _) => Ok(Principal::Admin { admin: admin.who.id }),
            (Self::User(_), Place::Management) => Err(GrantError::UnknownUser),
        }
    }

    /// Whether the account's state lets them in. Asked only after they proved who they are.
    ///
    /// *Spec*: Usergrid's order: unconfirmed (admins but the superuser, where asked for), unactivated, disabled.
    pub(super) fn may_sign_in(&self, switches: &Switchboard) -> Result<(), GrantError> {
        let person = self.person();
        let must_confirm = || switches.get(Toggle::AdminsMustConfirm) == Switch::On;
        match self {
            Self::Admin(admin) if admin.who.id != AdminId::SUPERUSER && !person.confirmed && must_confirm() => {
                Err(GrantError::NotConfirmed)
            }
            _ if !person.activated => Err(GrantError::NotActivated),
            _ if person.disabled => Err(GrantError::Disabled),
            _ => Ok(()),
        }
    }
}

/// Finds the person whom a request names at a place. *Tenancy*: the place's application, or the management plane.
pub(super) async fn find(
    this: &Workbench,
    place: &Place,
    identifier: Identifier,
) -> Result<Option<Candidate>, GrantError> {
    let found = match place {
        Place::App { app, .. } => {
            let app = app.id;
            let find = move |store: &crate::store::Store| store.find_user_with_password(app, &identifier);
            this.store.point(find).await?.map(|user| Candidate::User(Box::new(user)))
        }
        Place::Management => {
            let find = move |store: &crate::store::Store| store.find_admin_with_password(&identifier);
            this.store.point(find).await?.map(|admin| Candidate::Admin(Box::new(admin)))
        }
    };
    Ok(found)
}

/// What the answer shows of them: nothing to a registered client, which may know no more than its scopes say.
pub(super) async fn shown(
    this: &Workbench,
    candidate: Candidate,
    client: Option<&RegisteredClient>,
) -> Result<Holder, GrantError> {
    match client {
        Some(_) => Ok(Holder::Registered),
        None => holder(this, candidate).await,
    }
}

/// What Usergrid's answer shows of them.
pub(super) async fn holder(this: &Workbench, candidate: Candidate) -> Result<Holder, GrantError> {
    match candidate {
        Candidate::User(user) => Ok(Holder::AppUser(Box::new(user.who))),
        Candidate::Admin(admin) => {
            let overview = this.store.point(move |store| store.admin_overview(admin.who)).await?;
            Ok(Holder::Admin(Box::new(overview)))
        }
    }
}
