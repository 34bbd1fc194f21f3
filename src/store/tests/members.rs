//! Roles, groups, links and permissions.

use std::slice::from_ref;

use super::*;
use crate::domain::group::{Group, GroupPath};
use crate::domain::id::{GroupId, RoleId};
use crate::domain::link::{Link, LinkDirection, LinkKind};
use crate::domain::permission::{Holder, Permission};
use crate::domain::role::{Role, RoleName};
use crate::store::{Conflict, Journal, PermissionChange};

pub(super) fn a_role(app: AppId, text: &str) -> Role {
    Role {
        id: RoleId::new(fresh()),
        app,
        name: RoleName::parse(text).expect("a legal name"),
        title: None,
        inactivity: Duration::from_millis(7),
        properties: a_map(),
        created: at(1),
        modified: at(2),
    }
}

fn a_group(app: AppId, path: &str) -> Group {
    Group {
        id: GroupId::new(fresh()),
        app,
        path: GroupPath::parse(path).expect("a legal path"),
        name: Some("A name".to_owned()),
        title: None,
        properties: a_map(),
        created: at(1),
        modified: at(2),
    }
}

pub(super) fn granted(texts: &[&str]) -> Vec<Permission> {
    texts.iter().map(|text| Permission::parse(text).expect("a legal permission")).collect()
}

#[test]
fn a_role_is_created_found_changed_and_removed_with_all_that_hangs_on_it() {
    each(|store| {
        let (none, (_, app), (_, other)) = (Journal::default(), a_tenant(store, "acme"), a_tenant(store, "other"));
        let mut role = a_role(app, "Lead");
        store.create_role(app, &role, &granted(&["get:/a"]), &none).expect("a new role");
        let again = store.create_role(app, &a_role(app, "LEAD"), &[], &none);
        assert!(matches!(again, Err(StoreError::Conflict(Conflict::RoleName))), "{again:?}");
        assert_eq!(store.find_role(app, role.id).expect("a read"), Some(role.clone()));
        assert_eq!(store.find_role_by_name(app, "lead").expect("a read"), Some(role.clone()));
        assert_eq!(store.find_role_by_name(app, "lead\0").expect("a read"), None);
        assert_eq!(store.find_role_by_name(other, "lead").expect("a read"), None);

        role.title = Some("Leads".to_owned());
        role.inactivity = Duration::ZERO;
        assert!(store.save_role(app, &role, &none).expect("a write"));
        role.title = None;
        assert!(store.save_role(app, &role, &none).expect("a write"));
        assert_eq!(store.find_role(app, role.id).expect("a read"), Some(role.clone()), "nothing is kept of a title");

        let link = Link::role_user(role.id, UserId::new(fresh()));
        store.link(app, link, at(3), &none).expect("a link");
        assert!(store.remove_role(app, role.id, &none).expect("a write"));
        assert!(!store.remove_role(app, role.id, &none).expect("a write"));
        assert!(!store.save_role(app, &role, &none).expect("a write"));
        assert!(!store.is_linked(app, link).expect("a read"));
        assert_eq!(store.list_permissions(app, Holder::Role(role.id)).expect("a read"), []);
        store.create_role(app, &role, &[], &none).expect("the name is free again");
        assert_eq!(store.list_permissions(app, Holder::Role(role.id)).expect("a read"), []);
    });
}

#[test]
fn a_group_is_created_found_changed_and_removed_with_all_that_hangs_on_it() {
    each(|store| {
        let (none, (_, app)) = (Journal::default(), a_tenant(store, "acme"));
        let (mut night, day) = (a_group(app, "Staff/Night"), a_group(app, "staff/day"));
        for group in [&night, &day] {
            store.create_group(app, group, &none).expect("a new group");
        }
        assert_eq!(store.find_group_by_path(app, "staff/night").expect("a read"), Some(night.clone()));
        let ids = [day.id.uuid(), fresh(), night.id.uuid()];
        assert_eq!(store.find_groups_by_ids(app, &ids).expect("a read"), [day.clone(), night.clone()]);
        night.path = day.path.clone();
        let taken = store.save_group(app, &night, &none);
        assert!(matches!(taken, Err(StoreError::Conflict(Conflict::GroupPath))), "{taken:?}");

        let (user, role) = (UserId::new(fresh()), RoleId::new(fresh()));
        for link in [Link::group_user(night.id, user), Link::role_group(role, night.id)] {
            store.link(app, link, at(3), &none).expect("a link");
            store.link(app, link, at(4), &none).expect("the same link");
        }
        let linked = |kind, end| store.list_linked(app, kind, LinkDirection::Incoming, end).expect("a read");
        assert_eq!(linked(LinkKind::GroupUser, user.uuid()), [night.id.uuid()]);
        assert!(store.remove_group(app, night.id, &none).expect("a write"));
        assert!(linked(LinkKind::GroupUser, user.uuid()).is_empty());
        assert!(linked(LinkKind::RoleGroup, night.id.uuid()).is_empty());
        assert_eq!(store.find_group(app, day.id).expect("a read"), Some(day.clone()));
    });
}

#[test]
fn permissions_are_granted_once_and_listed_in_the_order_of_the_grants() {
    each(|store| {
        let (none, (_, app)) = (Journal::default(), a_tenant(store, "acme"));
        let holder = Holder::User(UserId::new(fresh()));
        let change = |grant: &[&str], withdraw: &[&str], seconds| {
            let withdraw = withdraw.iter().map(|text| (*text).to_owned()).collect();
            let change = PermissionChange { grant: granted(grant), withdraw, now: at(seconds) };
            let held = store.change_permissions(app, holder, &change, &none).expect("a write");
            held.iter().map(|permission| permission.as_str().to_owned()).collect::<Vec<_>>()
        };
        assert_eq!(change(&["get:/z"], &[], 1), ["get:/z"]);
        assert_eq!(change(&["get:/a"], &[], 2), ["get:/z", "get:/a"]);
        assert_eq!(change(&["get:/z"], &[], 3), ["get:/z", "get:/a"]);
        assert_eq!(change(&[], &["get:/z", "get:/never"], 4), ["get:/a"]);
    });
}

#[test]
fn what_a_user_may_do_comes_from_five_sides() {
    each(|store| {
        let (none, (_, app)) = (Journal::default(), a_tenant(store, "acme"));
        let (user, group) = (UserId::new(fresh()), a_group(app, "staff"));
        let [everyone, own, theirs, foreign] = ["default", "own", "theirs", "foreign"].map(|name| a_role(app, name));
        for (role, text) in [(&everyone, "get:/1"), (&own, "get:/2"), (&theirs, "get:/3"), (&foreign, "get:/no")] {
            store.create_role(app, role, &granted(&[text]), &none).expect("a new role");
        }
        store.create_group(app, &group, &none).expect("a new group");
        let links =
            [Link::role_user(own.id, user), Link::group_user(group.id, user), Link::role_group(theirs.id, group.id)];
        for link in links {
            store.link(app, link, at(3), &none).expect("a link");
        }
        for (holder, text) in [(Holder::User(user), "get:/4"), (Holder::Group(group.id), "get:/5")] {
            let change = PermissionChange { grant: granted(&[text]), withdraw: Vec::new(), now: at(4) };
            store.change_permissions(app, holder, &change, &none).expect("a write");
        }
        let found = store.list_granted_to(app, user, "default").expect("a read");
        let mut texts: Vec<_> =
            found.iter().map(|granted| (granted.permission.as_str(), granted.inactivity.as_millis())).collect();
        texts.sort_unstable();
        assert_eq!(texts, [("get:/1", 7), ("get:/2", 7), ("get:/3", 7), ("get:/4", 0), ("get:/5", 0)]);

        let guest = store.find_granted_to_role(app, "own").expect("a read");
        assert_eq!(guest.as_deref(), Some(from_ref(&granted(&["get:/2"])[0])));
        assert_eq!(store.find_granted_to_role(app, "guest").expect("a read"), None);
        let nobody = store.list_granted_to(app, UserId::new(fresh()), "no such role").expect("a read");
        assert_eq!(nobody, []);
    });
}
