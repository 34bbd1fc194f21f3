//! From an outside account to the one user of the application that it signs in as.

use serde_json::json;

use super::profile::{Confirmed, Profile};
use super::{ManageError, Registry};
use crate::crypto::entropy::uuid_v4;
use crate::domain::id::{AppId, UserId};
use crate::domain::name::{Email, Username};
use crate::domain::social::LinkByEmail;
use crate::domain::tenant::Switch;
use crate::domain::user::{AppUser, Identifier, Person, WithPassword};
use crate::manage::Actor;
use crate::store::{Conflict, Journal, SocialLink, Store, StoreError};

/// Others may take a name, or bring the same account for the first time, at the same moment.
const LOOKS: usize = 4;

impl Registry {
    /// Finds the account's user, or makes one.
    pub(super) async fn account_of(
        &self,
        app: AppId,
        profile: Profile,
        link: LinkByEmail,
        actor: Actor,
    ) -> Result<UserId, ManageError> {
        let mut last = StoreError::Conflict(Conflict::Other);
        for _ in 0..LOOKS {
            if let Some(user) = self.known_user(app, &profile).await? {
                let id = user.id;
                self.refresh_profile(user, &profile).await?;
                return Ok(id);
            }
            let done = match self.linkable(app, &profile, link).await? {
                Some(user) => self.link_outside(&user, &profile, actor).await.map(|()| None),
                None => self.create_outside(app, &profile, actor).await.map(Some),
            };
            match done {
                Ok(Some(created)) => return Ok(created),
                // Linked: the next look finds it and writes the profile.
                Ok(None) => {}
                Err(ManageError::Store(cause @ StoreError::Conflict(_))) => last = cause,
                Err(ManageError::Taken { .. }) => {}
                Err(cause) => return Err(cause),
            }
        }
        Err(ManageError::Store(last))
    }

    async fn known_user(&self, app: AppId, profile: &Profile) -> Result<Option<AppUser>, ManageError> {
        let identity = profile.identity.clone();
        let find = move |store: &Store| match store.find_social_user(app, &identity)? {
            Some(user) => store.find_user(app, &Identifier::Id(user.uuid())),
            None => Ok(None),
        };
        Ok(self.store.point(find).await?)
    }

    /// The user whose address the service names, where the application's administrator trusts it with addresses.
    /// A username of the same look is not an address, and one that its user never proved may be somebody else's.
    async fn linkable(&self, app: AppId, profile: &Profile, link: LinkByEmail) -> Result<Option<AppUser>, ManageError> {
        let email = profile.email.as_deref().and_then(|email| Email::parse(email).ok());
        let (LinkByEmail(Switch::On), Some(email)) = (link, email) else { return Ok(None) };
        let identifier = Identifier::Email(email.key());
        let found = self.store.point(move |store| store.find_user(app, &identifier)).await?;
        Ok(found.filter(|user| user.person.confirmed))
    }

    async fn link_outside(&self, user: &AppUser, profile: &Profile, actor: Actor) -> Result<(), ManageError> {
        let detail = json!({ "user": user.id, "provider": profile.identity.provider.as_str() });
        let entry = self.audit(user.app, actor, "link outside account", detail);
        let journal = Journal { audit: vec![entry], ..Journal::default() };
        let link = SocialLink { user: user.id, identity: profile.identity.clone(), at: self.clock.now() };
        let app = user.app;
        let write = move |store: &Store| store.link_social_user(app, &link, &journal);
        Ok(self.store.blocking(write).await?)
    }

    async fn create_outside(&self, app: AppId, profile: &Profile, actor: Actor) -> Result<UserId, ManageError> {
        let username = self.free_username(app, profile).await?;
        let email = self.free_email(app, profile).await?;
        let now = self.clock.now();
        let person = Person {
            username,
            email,
            name: profile.name.clone(),
            properties: profile.properties.clone(),
            activated: true,
            confirmed: profile.confirmed == Confirmed::Yes,
            disabled: false,
            deactivated: None,
            password_changed: None,
            created: now,
            modified: now,
        };
        let id = UserId::new(self.draw_id());
        let user = WithPassword { who: AppUser { id, app, person }, hash: None };
        let detail = json!({ "user": id, "provider": profile.identity.provider.as_str() });
        let entry = self.audit(app, actor, "create user", detail);
        let journal = Journal { audit: vec![entry], ..Journal::default() };
        let identity = profile.identity.clone();
        self.store.blocking(move |store| store.insert_social_user(&user, &identity, &journal)).await?;
        Ok(id)
    }

    /// The first of the profile's usernames that nobody has, or the last with a random end.
    async fn free_username(&self, app: AppId, profile: &Profile) -> Result<Username, ManageError> {
        for wish in &profile.usernames {
            if let Ok(username) = Username::parse(wish)
                && self.find_user(app, username.as_str()).await?.is_none()
            {
                return Ok(username);
            }
        }
        let stem = profile.usernames.last().map_or("user", String::as_str);
        let end = uuid_v4(&*self.entropy).simple().to_string();
        let named = format!("{stem}_{}", end.get(..12).unwrap_or(&end));
        Username::parse(&named).map_err(|source| ManageError::Name { field: "username", source })
    }

    /// The profile's address, unless it names another user already: then the new one has none.
    async fn free_email(&self, app: AppId, profile: &Profile) -> Result<Option<Email>, ManageError> {
        let Some(email) = profile.email.as_deref().and_then(|email| Email::parse(email).ok()) else { return Ok(None) };
        let taken = self.find_user(app, email.as_str()).await?.is_some();
        Ok((!taken).then_some(email))
    }

    /// Writes what the service says now. An account that may not sign in stays as it is, and another change that came
    /// first stands: the next sign-in writes the profile.
    async fn refresh_profile(&self, mut user: AppUser, profile: &Profile) -> Result<(), ManageError> {
        let before = user.person.properties.clone();
        user.person.properties.extend(profile.properties.clone());
        if !user.person.activated || user.person.disabled || user.person.properties == before {
            return Ok(());
        }
        let seen = user.person.modified;
        user.person.modified = self.clock.now();
        let write = move |store: &Store| store.save_user(&user, seen, None, &Journal::default());
        self.store.blocking(write).await?;
        Ok(())
    }
}
