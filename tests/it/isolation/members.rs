//! Roles, groups, permissions and links: another tenant's id finds none of them and changes none.

use std::time::Duration;

use serde_json::Map;
use tokengrid::domain::clock::Clock;
use tokengrid::domain::group::{Group, GroupPath};
use tokengrid::domain::id::{GroupId, UserId};
use tokengrid::domain::link::{Link, LinkDirection, LinkKind};
use tokengrid::domain::permission::{Holder, Permission};
use tokengrid::domain::role::Role;
use tokengrid::store::{Journal, PermissionChange, Store, TokenUse};
use uuid::Uuid;

use super::rows;
use crate::support::{Tenant, World, world};

/// Every role, group, permission and link of a tenant's application.
pub fn of(store: &Store, tenant: &Tenant) -> Vec<String> {
    let app = tenant.app.id;
    let mut rows = Vec::new();
    for role in ["admin", "default", "guest"].iter().filter_map(|key| store.find_role_by_name(app, key).unwrap()) {
        rows.push(format!("{role:?} {:?}", store.list_permissions(app, Holder::Role(role.id)).unwrap()));
        for kind in [LinkKind::RoleUser, LinkKind::RoleGroup] {
            let linked = store.list_linked(app, kind, LinkDirection::Outgoing, role.id.uuid()).unwrap();
            rows.push(format!("{kind:?} {linked:?}"));
        }
    }
    let user = tenant.user.id;
    for kind in LinkKind::ALL {
        let linked = store.list_linked(app, kind, LinkDirection::Incoming, user.uuid()).unwrap();
        rows.push(format!("{kind:?} {linked:?}"));
    }
    rows.push(format!("{:?}", store.list_permissions(app, Holder::User(user)).unwrap()));
    rows.push(format!("{:?}", store.list_granted_to(app, user, "default").unwrap()));
    if let Some(group) = store.find_group_by_path(app, "staff").unwrap() {
        rows.push(format!("{group:?} {:?}", store.list_permissions(app, Holder::Group(group.id)).unwrap()));
    }
    rows
}

/// Acme with a group, links and permissions; and rival, whose id is used.
struct Neighbours {
    world: World,
    role: Role,
    group: Group,
    before: Vec<String>,
}

impl Neighbours {
    fn new() -> Self {
        let world = world();
        let (store, acme) = (&world.server.core.store, &world.acme);
        let (app, now) = (acme.app.id, world.server.clock.now());
        let role = store.find_role_by_name(app, "guest").unwrap().unwrap();
        let group = Group {
            id: GroupId::new(Uuid::from_u128(9)),
            app,
            path: GroupPath::parse("staff").unwrap(),
            name: None,
            title: Some("Staff".to_owned()),
            properties: Map::new(),
            created: now,
            modified: now,
        };
        store.create_group(app, &group, &Journal::default()).unwrap();
        for link in links(acme, &role, &group) {
            store.link(app, link, now, &Journal::default()).unwrap();
        }
        for holder in holders(acme, &role, &group) {
            store.change_permissions(app, holder, &granting("get:/x", now), &Journal::default()).unwrap();
        }
        let before = rows::of(&world, acme);
        Self { world, role, group, before }
    }

    fn store(&self) -> &Store {
        &self.world.server.core.store
    }

    #[track_caller]
    fn acme_is_untouched(&self) {
        rows::same(&self.before, &rows::of(&self.world, &self.world.acme));
    }
}

fn links(tenant: &Tenant, role: &Role, group: &Group) -> [Link; 4] {
    let user = tenant.user.id;
    [
        Link::group_user(group.id, user),
        Link::role_user(role.id, user),
        Link::role_group(role.id, group.id),
        Link::following(user, UserId::new(Uuid::from_u128(8))),
    ]
}

fn holders(tenant: &Tenant, role: &Role, group: &Group) -> [Holder; 3] {
    [Holder::Role(role.id), Holder::User(tenant.user.id), Holder::Group(group.id)]
}

fn granting(text: &str, now: tokengrid::domain::clock::Moment) -> PermissionChange {
    PermissionChange { grant: vec![Permission::parse(text).unwrap()], withdraw: Vec::new(), now }
}

#[test]
fn reads_of_members_with_the_other_tenants_id_find_nothing() {
    let near = Neighbours::new();
    let (store, acme, rival) = (near.store(), &near.world.acme, &near.world.rival);
    for app in [rival.app.id, acme.sandbox.id] {
        assert!(store.find_role(app, near.role.id).unwrap().is_none());
        assert!(store.find_roles_by_ids(app, &[near.role.id.uuid()]).unwrap().is_empty());
        assert_ne!(store.find_role_by_name(app, "guest").unwrap().map(|role| role.id), Some(near.role.id));
        assert!(store.find_group(app, near.group.id).unwrap().is_none());
        assert!(store.find_group_by_path(app, "staff").unwrap().is_none());
        assert!(store.find_groups_by_ids(app, &[near.group.id.uuid()]).unwrap().is_empty());
        for link in links(acme, &near.role, &near.group) {
            assert!(!store.is_linked(app, link).unwrap());
            assert!(store.list_linked(app, link.kind, LinkDirection::Outgoing, link.from).unwrap().is_empty());
            assert!(store.list_linked(app, link.kind, LinkDirection::Incoming, link.to).unwrap().is_empty());
        }
        for holder in holders(acme, &near.role, &near.group) {
            assert!(store.list_permissions(app, holder).unwrap().is_empty());
        }
        assert!(store.list_granted_to(app, acme.user.id, "no such role").unwrap().is_empty());
    }
    near.acme_is_untouched();
}

#[test]
fn writes_of_members_under_the_other_tenants_id_change_nothing_here() {
    let near = Neighbours::new();
    let (store, acme, rival) = (near.store(), &near.world.acme, near.world.rival.app.id);
    let (now, none) = (near.world.server.clock.now(), &Journal::default());
    assert!(!store.save_role(rival, &near.role, none).unwrap());
    assert!(!store.remove_role(rival, near.role.id, none).unwrap());
    assert!(!store.save_group(rival, &near.group, none).unwrap());
    assert!(!store.remove_group(rival, near.group.id, none).unwrap());
    for link in links(acme, &near.role, &near.group) {
        assert!(!store.unlink(rival, link, none).unwrap());
        store.link(rival, link, now, none).unwrap();
    }
    for holder in holders(acme, &near.role, &near.group) {
        let change = PermissionChange { withdraw: vec!["get:/x".to_owned()], ..granting("get:/planted", now) };
        assert_eq!(store.change_permissions(rival, holder, &change, none).unwrap().len(), 1, "the other's alone");
    }
    near.acme_is_untouched();
    // The other tenant's twins, with the very ids, go without taking these along.
    store.create_group(rival, &near.group, none).unwrap();
    assert!(store.remove_group(rival, near.group.id, none).unwrap());
    near.acme_is_untouched();
    assert!(store.remove_group(acme.app.id, near.group.id, none).unwrap(), "the call itself is a good one");
    assert!(store.list_permissions(acme.app.id, Holder::Group(near.group.id)).unwrap().is_empty());
}

#[test]
fn the_use_of_a_token_is_noted_for_its_tenant_alone() {
    let near = Neighbours::new();
    let (store, acme, rival) = (near.store(), near.world.acme.app.id, near.world.rival.app.id);
    let issued = near.world.server.clock.now();
    let (second, token) = (Duration::from_secs(1), Uuid::from_u128(7));
    let used = |after| TokenUse { token, issued, now: issued.plus(after), expires: issued.plus(3_600 * second) };
    assert_eq!(store.note_token_use(acme, &used(10 * second)).unwrap(), 10 * second);
    assert_eq!(store.note_token_use(rival, &used(30 * second)).unwrap(), 30 * second);
    assert_eq!(store.note_token_use(acme, &used(12 * second)).unwrap(), 10 * second, "the longest is remembered");
    store.purge(rival.into(), issued.plus(3_601 * second), 10).unwrap();
    assert_eq!(store.note_token_use(acme, &used(13 * second)).unwrap(), 10 * second);
    assert!(store.purge(acme.into(), issued.plus(3_601 * second), 10).unwrap() >= 1);
    assert_eq!(store.note_token_use(acme, &used(13 * second)).unwrap(), 13 * second, "and forgotten with the token");
}
