//! Whose account a link is about: a user of an application or an admin, as the flows by mail treat both alike.

use std::sync::Arc;
use std::time::Duration;

use uuid::Uuid;

use super::{Actor, ManageError, Registry};
use crate::domain::authority::Principal;
use crate::domain::id::{AdminId, TenantId};
use crate::domain::mail::TokenPurpose;
use crate::domain::name::Email;
use crate::domain::place::Place;
use crate::domain::secret::Secret;
use crate::domain::tenant::{Application, Organization};
use crate::domain::user::{Admin, AppUser, Person};
use crate::mail::{Recipient, Values};

/// The holder of an account.
#[derive(Clone, Debug)]
pub enum Holder {
    User { org: Arc<Organization>, app: Arc<Application>, user: AppUser },
    Admin(Admin),
}

impl Holder {
    /// The tenant of the account, its mails and its tokens.
    pub fn tenant(&self) -> TenantId {
        match self {
            Self::User { app, .. } => app.id.into(),
            Self::Admin(_) => TenantId::MANAGEMENT,
        }
    }

    /// The id of the account.
    pub fn uuid(&self) -> Uuid {
        match self {
            Self::User { user, .. } => user.id.uuid(),
            Self::Admin(admin) => admin.id.uuid(),
        }
    }

    /// What is true of the account.
    pub fn person(&self) -> &Person {
        match self {
            Self::User { user, .. } => &user.person,
            Self::Admin(admin) => &admin.person,
        }
    }

    /// Who acts when a link from their mail is used.
    pub(super) fn actor(&self) -> Actor {
        Actor::Caller(match self {
            Self::User { org, app, user } => Principal::AppUser { org: org.id, app: app.id, user: user.id },
            Self::Admin(admin) => Principal::Admin { admin: admin.id },
        })
    }

    /// The address, for an account that may be written to. The superuser's account is the configuration's.
    pub(super) fn address(&self) -> Option<Email> {
        match self {
            Self::Admin(admin) if admin.id == AdminId::SUPERUSER => None,
            _ => self.person().email.clone(),
        }
    }
}

impl Registry {
    /// The account that a path names at a place. *Tenancy*: the place.
    pub(super) async fn find_holder(&self, place: &Place, named: &str) -> Result<Option<Holder>, ManageError> {
        Ok(match place {
            Place::Management => self.find_admin(named).await?.map(Holder::Admin),
            Place::App { org, app } => {
                let found = self.find_user(app.id, named).await?;
                found.map(|user| Holder::User { org: Arc::clone(org), app: Arc::clone(app), user })
            }
        })
    }

    /// The link of a mail. It begins with the configured base URL and nothing else that a request said.
    pub(super) fn mail_link(&self, place: &Place, holder: Uuid, purpose: TokenPurpose, token: &Secret) -> String {
        let (issuer, act) = (self.base.issuer(place), purpose.as_str());
        format!("{issuer}/users/{holder}/{act}?token={}", token.expose())
    }

    /// What a mail may say of a place and an account.
    pub(super) fn values(&self, place: &Place, person: Option<&Person>) -> Values {
        let (organization, application) = match place {
            Place::Management => (None, "the administration".to_owned()),
            Place::App { org, app } => (Some(org.name.to_string()), format!("{}/{}", org.name, app.name)),
        };
        Values {
            organization,
            application: Some(application),
            username: person.map(|person| person.username.as_str().to_owned()),
            email: person.and_then(|person| person.email.as_ref()).map(|email| email.as_str().to_owned()),
            ..Values::default()
        }
    }
}

/// Who gets a mail: the holder, or nobody under the key that was asked for.
pub(super) fn recipient(address: Option<Email>, asked: &str) -> (Recipient, String) {
    match address {
        Some(email) => {
            let key = email.key();
            (Recipient::Address(email), key)
        }
        None => {
            let key = crate::domain::name::lookup_key(asked);
            (Recipient::Nobody(key.clone()), key)
        }
    }
}

/// A span as a mail says it.
pub(super) fn in_words(span: Duration) -> String {
    let of = |count: u64, unit: &str| format!("{count} {unit}{}", if count == 1 { "" } else { "s" });
    match span.as_secs() {
        seconds if seconds % 86_400 == 0 => of(seconds / 86_400, "day"),
        seconds if seconds % 3_600 == 0 => of(seconds / 3_600, "hour"),
        seconds => of(seconds.div_ceil(60), "minute"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_span_is_said_in_the_largest_unit_that_fits() {
        let said = |seconds| in_words(Duration::from_secs(seconds));
        assert_eq!([said(3_600), said(7_200)], ["1 hour", "2 hours"]);
        assert_eq!([said(604_800), said(60), said(90)], ["7 days", "1 minute", "2 minutes"]);
    }
}
