//! Admins of another server: by its signed tokens, and by asking it.

mod central;
mod jwt;
mod keys;

use tokengrid::domain::clock::Clock;
use tokengrid::domain::clock::Moment;
use tokengrid::domain::id::AdminId;
use tokengrid::domain::name::{Email, Username};
use tokengrid::domain::secret::Secret;
use tokengrid::domain::tenant::Switch;
use tokengrid::domain::user::{Admin, Person, WithPassword};
use tokengrid::store::Provision;

use crate::support::{PASSWORD, TestServer};

/// Gives a server its superuser, as the configuration would.
fn add_superuser(server: &TestServer) {
    let core = &server.core;
    let hash = server.wait(core.lane.hash(tokengrid::domain::id::TenantId::MANAGEMENT, Secret::new(PASSWORD))).unwrap();
    let now: Moment = server.clock.now();
    let person = Person {
        username: Username::parse("superuser").unwrap(),
        email: Some(Email::parse("super@grid.test").unwrap()),
        name: None,
        properties: serde_json::Map::new(),
        activated: true,
        confirmed: true,
        disabled: false,
        deactivated: None,
        password_changed: Some(now),
        created: now,
        modified: now,
    };
    let who = Admin { id: AdminId::SUPERUSER, person };
    let admins = vec![WithPassword { who, hash: Some(hash) }];
    core.store.provision(&Provision { admins, ..Provision::default() }).unwrap();
}

/// A short wait for servers of others, which are on loopback.
fn impatient(settings: &mut tokengrid::config::Settings) {
    settings.upstream.timeout = std::time::Duration::from_millis(2_000);
    settings.upstream.allow_private = Switch::Off;
}
