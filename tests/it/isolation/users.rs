//! What becomes of users, in the store: every write with the other tenant's id changes nothing here (ISO-10, ISO-14).

use tokengrid::domain::clock::Clock;
use tokengrid::domain::id::TenantId;
use tokengrid::domain::revocation::{Revocation, RevocationTarget};
use tokengrid::domain::secret::Secret;
use tokengrid::domain::tenant::CollectionCounts;
use tokengrid::domain::user::{AppUser, Identifier, WithPassword};
use tokengrid::store::{Journal, NewPassword, NewUser, Store};

use super::rows::{of, same};
use crate::support::{World, world};

fn an_end(world: &World, tenant: TenantId) -> Revocation {
    let now = world.server.clock.now();
    let target = RevocationTarget::Principal(world.acme.user.id.uuid());
    Revocation::revoked(tenant, target, now, std::time::Duration::from_secs(60))
}

fn hash_of(store: &Store, world: &World) -> Option<Secret> {
    let who = Identifier::Id(world.acme.user.id.uuid());
    store.find_user_with_password(world.acme.app.id, &who).unwrap().unwrap().hash
}

#[test]
fn users_do_not_change_under_the_other_tenants_id() {
    let world = world();
    let store = &world.server.core.store;
    let (acme, rival) = (&world.acme, &world.rival);
    let journal = Journal::default();
    let pin = Secret::new("$2b$04$planted");
    assert!(store.set_user_pin(acme.app.id, acme.user.id, &pin, &journal).unwrap());
    let before = of(&world, acme);
    let (there, id) = (rival.app.id, acme.user.id);
    let ends = an_end(&world, there.into());

    let mut stranger = AppUser { app: there, ..acme.user.clone() };
    stranger.person.name = Some("Planted".to_owned());
    assert!(!store.save_user(&stranger, acme.user.person.modified, Some(&ends), &journal).unwrap());
    assert!(!store.delete_user(there, id, &ends, &journal).unwrap());
    assert!(!store.set_user_pin(there, id, &pin, &journal).unwrap());
    let new = NewPassword {
        seen: hash_of(store, &world),
        hash: Secret::new("$2b$04$planted"),
        changed: world.server.clock.now(),
        keep: 3,
        ends,
        spare: None,
    };
    assert!(!store.set_user_password(there, id, &new, &journal).unwrap());
    assert!(store.find_users_by_ids(there, &[id.uuid()]).unwrap().is_empty());
    let who = Identifier::Id(id.uuid());
    assert!(store.find_user_with_pin(there, &who).unwrap().is_none());
    same(&before, &of(&world, acme));

    // The calls themselves are good ones.
    let ends = an_end(&world, acme.app.id.into());
    let new = NewPassword { ends, ..new };
    assert!(store.set_user_password(acme.app.id, id, &new, &journal).unwrap());
    assert!(store.list_former_passwords(there.into(), id.uuid(), 9).unwrap().is_empty());
    assert_eq!(store.list_former_passwords(acme.app.id.into(), id.uuid(), 9).unwrap().len(), 1);
    assert!(
        store.save_user(&AppUser { app: acme.app.id, ..stranger }, acme.user.person.modified, None, &journal).unwrap()
    );
    assert!(store.delete_user(acme.app.id, id, &ends, &journal).unwrap());
    assert!(store.list_former_passwords(acme.app.id.into(), id.uuid(), 9).unwrap().is_empty());
}

#[test]
fn the_same_names_live_in_two_applications_and_are_counted_apart() {
    let world = world();
    let store = &world.server.core.store;
    let count = |app| store.count_collections(app).unwrap();
    let born = CollectionCounts { users: 1, groups: 0, roles: 3 };
    assert_eq!((count(world.acme.app.id), count(world.rival.app.id)), (born, born));
    let who = AppUser { app: world.acme.sandbox.id, ..world.acme.user.clone() };
    let new = NewUser { user: WithPassword { who, hash: None }, pin: None };
    store.create_user(&new, &Journal::default()).unwrap();
    assert_eq!(count(world.acme.sandbox.id), born);
    assert_eq!((count(world.acme.app.id), count(world.rival.app.id)), (born, born));
    assert_eq!(store.find_users_by_ids(world.rival.app.id, &[world.acme.user.id.uuid()]).unwrap(), []);
}

#[test]
fn a_password_that_was_changed_meanwhile_is_not_set() {
    let world = world();
    let store = &world.server.core.store;
    let (app, id) = (world.acme.app.id, world.acme.user.id);
    let new = NewPassword {
        seen: Some(Secret::new("$2b$04$another")),
        hash: Secret::new("$2b$04$planted"),
        changed: world.server.clock.now(),
        keep: 0,
        ends: an_end(&world, app.into()),
        spare: None,
    };
    let before = of(&world, &world.acme);
    assert!(!store.set_user_password(app, id, &new, &Journal::default()).unwrap());
    assert!(
        !store.set_user_password(app, id, &NewPassword { seen: None, ..new.clone() }, &Journal::default()).unwrap()
    );
    assert!(!store.set_admin_password(world.acme.admin.id, &new, &Journal::default()).unwrap());
    let stale = world.acme.user.person.modified.plus(std::time::Duration::from_secs(1));
    assert!(!store.save_user(&world.acme.user, stale, None, &Journal::default()).unwrap());
    same(&before, &of(&world, &world.acme));
}
