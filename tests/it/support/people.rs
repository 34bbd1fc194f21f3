//! People in states that no route can put them in yet.

use serde_json::Map;
use tokengrid::crypto::entropy::uuid_v7;
use tokengrid::crypto::password::hash_blocking;
use tokengrid::domain::clock::Clock;
use tokengrid::domain::id::{AdminId, UserId};
use tokengrid::domain::name::{Email, Username};
use tokengrid::domain::secret::Secret;
use tokengrid::domain::user::{Admin, AppUser, Person, WithPassword};
use tokengrid::store::Provision;

use super::{PASSWORD, Tenant, TestServer};

/// An account as a test wants it; its password is everyone's.
pub struct Account<'a> {
    pub username: &'a str,
    pub email: Option<&'a str>,
    pub activated: bool,
    pub confirmed: bool,
    pub disabled: bool,
    pub has_password: bool,
}

impl<'a> Account<'a> {
    /// An account in good standing.
    pub fn named(username: &'a str) -> Self {
        Self { username, email: None, activated: true, confirmed: true, disabled: false, has_password: true }
    }

    fn person(&self, server: &TestServer) -> Person {
        let now = server.clock.now();
        Person {
            username: Username::parse(self.username).unwrap(),
            email: self.email.map(|email| Email::parse(email).unwrap()),
            name: None,
            properties: Map::new(),
            activated: self.activated,
            confirmed: self.confirmed,
            disabled: self.disabled,
            deactivated: None,
            password_changed: self.has_password.then_some(now),
            created: now,
            modified: now,
        }
    }

    fn hash(&self, server: &TestServer) -> Option<Secret> {
        self.has_password.then(|| hash_blocking(4, &Secret::new(PASSWORD), &*server.core.entropy).unwrap())
    }

    /// Makes it a user of the tenant's application.
    pub fn user(&self, server: &TestServer, tenant: &Tenant) -> UserId {
        let id = UserId::new(uuid_v7(server.clock.now(), &*server.core.entropy));
        let who = AppUser { id, app: tenant.app.id, person: self.person(server) };
        let users = vec![WithPassword { who, hash: self.hash(server) }];
        server.core.store.provision(&Provision { users, ..Provision::default() }).unwrap();
        id
    }

    /// Makes it an admin and a member of the tenant's organization.
    pub fn admin(&self, server: &TestServer, tenant: &Tenant) -> AdminId {
        let id = AdminId::new(uuid_v7(server.clock.now(), &*server.core.entropy));
        let admins = vec![WithPassword { who: Admin { id, person: self.person(server) }, hash: self.hash(server) }];
        let memberships = vec![(tenant.org.id, id)];
        server.core.store.provision(&Provision { admins, memberships, ..Provision::default() }).unwrap();
        id
    }
}
