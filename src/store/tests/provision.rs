//! Creating tenants: everything or nothing, and every conflict by its name.

use super::clients::{a_key, a_secret};
use super::members::{a_role, granted};
use super::*;
use crate::domain::journal::{AuditEntry, Change, ChangeKind};
use crate::domain::key::KeyState;
use crate::domain::user::Identifier;
use crate::store::{Conflict, Journal};

fn an_entry(tenant: TenantId) -> AuditEntry {
    AuditEntry {
        id: fresh(),
        tenant,
        at: at(5),
        actor: "operator".to_owned(),
        action: "create organization".to_owned(),
        detail: json!({ "name": "acme" }),
    }
}

/// One of everything, in two tenants and the management plane.
fn one_of_everything() -> Provision {
    let org = an_org("acme");
    let (shop, depot) = (an_app(org.id, "shop"), an_app(org.id, "depot"));
    let admin = an_admin("ann", Some("ann@example.com"));
    let roles = [&shop, &depot].map(|app| (a_role(app.id, "guest"), granted(&["post:/users"]))).to_vec();
    let (shop_id, depot_id) = (TenantId::from(shop.id), TenantId::from(depot.id));
    Provision {
        users: vec![a_user(shop.id, "john", Some("john@example.com")), a_user(depot.id, "john", None)],
        roles,
        secrets: vec![(org.id.into(), a_secret(1)), (shop_id, a_secret(2)), (depot_id, a_secret(3))],
        keys: vec![a_key(shop_id, "k", KeyState::Active), a_key(depot_id, "k", KeyState::Active)],
        journal: Journal {
            changes: vec![Change { id: fresh(), tenant: org.id.into(), kind: ChangeKind::Tenant }],
            audit: vec![an_entry(org.id.into()), an_entry(shop_id), an_entry(TenantId::MANAGEMENT)],
            ..Journal::default()
        },
        memberships: vec![(org.id, admin.who.id)],
        organizations: vec![org],
        applications: vec![shop, depot],
        admins: vec![admin],
    }
}

#[test]
fn a_provision_creates_everything_in_the_tenant_it_belongs_to() {
    each(|store| {
        let new = one_of_everything();
        store.provision(&new).expect("a new organization");

        let (org, shop, depot) = (new.organizations[0].id, new.applications[0].id, new.applications[1].id);
        for (app, user) in [shop, depot].into_iter().zip(&new.users) {
            let found = store.find_user(app, &Identifier::parse("john")).expect("a read");
            assert_eq!(found.as_ref(), Some(&user.who));
            let guest = store.find_granted_to_role(app, "guest").expect("a read");
            assert_eq!(guest, Some(granted(&["post:/users"])));
            assert_eq!(store.list_client_secrets(app.into()).expect("a read").len(), 1);
            assert_eq!(store.list_signing_keys(app.into()).expect("a read").len(), 1);
        }
        assert_eq!(store.list_admins_of(org).expect("a read"), [new.admins[0].who.clone()]);
        assert_eq!(store.list_changes(Moment::EPOCH, 9).expect("a read"), new.journal.changes);
        for entry in &new.journal.audit {
            assert_eq!(store.list_audit(entry.tenant, 9).expect("a read"), std::slice::from_ref(entry));
        }
        assert_eq!(store.list_audit(depot.into(), 9).expect("a read"), []);
    });
}

#[test]
fn a_conflict_names_the_rule_and_leaves_nothing_behind() {
    type Break = fn(&mut Provision, &Provision);
    let cases: [(Conflict, Break); 11] = [
        (Conflict::OrganizationName, |new, old| new.organizations[0].name = old.organizations[0].name.clone()),
        (Conflict::ApplicationName, |new, _| new.applications[1].name = new.applications[0].name.clone()),
        (Conflict::Username, |new, _| new.admins[0].who.person = a_person("ANN", None)),
        (Conflict::Email, |new, _| new.admins[0].who.person = a_person("eve", Some("Ann@example.com"))),
        (Conflict::Username, |new, old| new.users[1] = a_user(old.applications[0].id, "John", None)),
        (Conflict::Email, |new, old| {
            new.users[1] = a_user(old.applications[0].id, "eve", Some("JOHN@example.com"));
        }),
        (Conflict::Membership, |new, old| new.memberships.extend(&old.memberships)),
        (Conflict::RoleName, |new, old| new.roles[1] = (a_role(old.applications[0].id, "Guest"), Vec::new())),
        (Conflict::SigningKey, |new, old| new.keys.push(old.keys[0].clone())),
        (Conflict::SigningKey, |new, old| {
            new.keys.push(a_key(old.keys[0].tenant, "another active one", KeyState::Active));
        }),
        (Conflict::Other, |new, old| new.applications[0].id = old.applications[0].id),
    ];
    each(|store| {
        let old = one_of_everything();
        store.provision(&old).expect("the first organization");
        for (number, (expected, break_rule)) in cases.iter().enumerate() {
            let mut new = one_of_everything();
            new.organizations[0].name = name(&format!("new-{number}"));
            new.admins[0].who.person = a_person(&format!("admin {number}"), None);
            break_rule(&mut new, &old);
            match store.provision(&new) {
                Err(StoreError::Conflict(conflict)) => assert_eq!(conflict, *expected, "case {number}"),
                other => panic!("case {number}: {other:?}"),
            }
            assert_eq!(store.find_org(new.organizations[0].id).expect("a read"), None, "case {number}");
        }
        assert_eq!(store.list_changes(Moment::EPOCH, 99).expect("a read").len(), 1);
    });
}

#[test]
fn a_row_that_points_nowhere_is_refused() {
    each(|store| {
        let orphan = an_app(OrgId::new(fresh()), "shop");
        let refused = store.provision(&Provision { applications: vec![orphan], ..Provision::default() });
        assert!(matches!(refused, Err(StoreError::Database { .. })), "{refused:?}");
        let stray = a_user(AppId::new(fresh()), "john", None);
        let refused = store.provision(&Provision { users: vec![stray], ..Provision::default() });
        assert!(matches!(refused, Err(StoreError::Database { .. })), "{refused:?}");
    });
}

#[test]
fn the_journal_can_be_written_alone_and_is_read_in_order() {
    each(|store| {
        let tenant = TenantId::new(fresh());
        let change = |millis| Change { id: uuid_at(millis), tenant, kind: ChangeKind::Revocations };
        let changes = vec![change(3_000), change(1_000), change(2_000)];
        let audit = vec![an_entry(tenant), an_entry(TenantId::MANAGEMENT), an_entry(tenant)];
        store.record(&Journal { changes, audit: audit.clone(), ..Journal::default() }).expect("a write");

        let from =
            |millis: i64, limit| store.list_changes(Moment::from_micros(millis * 1_000 + 7), limit).expect("a read");
        assert_eq!(from(2_000, 9), [change(2_000), change(3_000)]);
        assert_eq!(from(0, 2), [change(1_000), change(2_000)]);
        assert_eq!(store.list_audit(tenant, 9).expect("a read"), [audit[2].clone(), audit[0].clone()]);
        assert_eq!(store.list_audit(tenant, 1).expect("a read"), [audit[2].clone()]);
    });
}
