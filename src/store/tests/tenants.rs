//! Organizations and applications.

use super::*;
use crate::domain::journal::{Change, ChangeKind};
use crate::store::Journal;

#[test]
fn tenants_are_found_by_id_and_by_name_as_they_were_written() {
    each(|store| {
        let (org, app) = (an_org("acme"), an_app(OrgId::new(fresh()), "shop"));
        let app = Application { org: org.id, ..app };
        let new =
            Provision { organizations: vec![org.clone()], applications: vec![app.clone()], ..Provision::default() };
        store.provision(&new).expect("a new tenant");

        assert_eq!(store.find_org(org.id).expect("a read"), Some(org.clone()));
        assert_eq!(store.find_org_by_name(&name("ACME")).expect("a read"), Some(org.clone()));
        assert_eq!(store.find_app(app.id).expect("a read"), Some(app.clone()));
        assert_eq!(store.find_app_by_name(org.id, &name("Shop")).expect("a read"), Some(app.clone()));
        assert_eq!(store.find_org(OrgId::new(fresh())).expect("a read"), None);
        assert_eq!(store.find_org_by_name(&name("other")).expect("a read"), None);
        assert_eq!(store.find_app(AppId::new(fresh())).expect("a read"), None);
        assert_eq!(store.find_app_by_name(OrgId::new(fresh()), &name("shop")).expect("a read"), None);
    });
}

#[test]
fn deleted_tenants_are_not_found_and_free_their_name() {
    each(|store| {
        let (org, app) = a_tenant(store, "acme");
        let day = if matches!(store.side(), Side::Sqlite(_)) { "1" } else { "now()" };
        tamper(store, TenantId::MANAGEMENT, &format!("UPDATE organization SET deleted_at = {day}"));
        tamper(store, TenantId::MANAGEMENT, &format!("UPDATE application SET deleted_at = {day}"));

        assert_eq!(store.find_org(org).expect("a read"), None);
        assert_eq!(store.find_org_by_name(&name("acme")).expect("a read"), None);
        assert_eq!(store.find_app(app).expect("a read"), None);
        assert_eq!(store.find_app_by_name(org, &name("shop")).expect("a read"), None);
        assert_eq!(store.list_apps(org).expect("a read"), []);
        assert!(!store.set_org_settings(org, &OrgSettings::default(), at(1), &Journal::default()).expect("a write"));
        assert!(!store.set_app_settings(app, &AppSettings::default(), at(1), &Journal::default()).expect("a write"));
        a_tenant(store, "acme");
    });
}

#[test]
fn applications_are_listed_by_name_within_their_organization() {
    each(|store| {
        let (org, shop) = a_tenant(store, "acme");
        a_tenant(store, "other");
        let bar = an_app(org, "bar");
        store.provision(&Provision { applications: vec![bar.clone()], ..Provision::default() }).expect("a new app");
        let listed: Vec<_> = store.list_apps(org).expect("a read").into_iter().map(|app| app.id).collect();
        assert_eq!(listed, [bar.id, shop]);
    });
}

#[test]
fn settings_change_with_their_journal_and_only_where_there_is_a_tenant() {
    each(|store| {
        let (org, app) = a_tenant(store, "acme");
        let change = |tenant| Change { id: fresh(), tenant, kind: ChangeKind::Tenant };
        let noted = |change| Journal { changes: vec![change], ..Journal::default() };
        let (first, second) = (change(org.into()), change(app.into()));

        let settings =
            OrgSettings { retrievable_secrets: Switch::Off, password_history: 3, password_grant: Switch::Off };
        assert!(store.set_org_settings(org, &settings, at(9), &noted(first)).expect("a write"));
        let read = store.find_org(org).expect("a read").expect("the organization");
        assert_eq!((read.settings, read.modified, read.created), (settings.clone(), at(9), at(0)));

        let app_settings = AppSettings { accesstokenttl: Some(60_000), ..AppSettings::default() };
        assert!(store.set_app_settings(app, &app_settings, at(9), &noted(second)).expect("a write"));
        let read = store.find_app(app).expect("a read").expect("the application");
        assert_eq!((read.settings, read.modified), (app_settings.clone(), at(9)));

        let nobody = OrgId::new(fresh());
        let unseen = noted(change(nobody.into()));
        assert!(!store.set_org_settings(nobody, &settings, at(9), &unseen).expect("a write"));
        let no_app = AppId::new(fresh());
        assert!(!store.set_app_settings(no_app, &app_settings, at(9), &unseen).expect("a write"));
        assert_eq!(store.list_changes(Moment::EPOCH, 10).expect("a read"), [first, second]);
    });
}

#[test]
fn all_tenants_are_paged_through_in_the_order_of_their_ids() {
    each(|store| {
        let mut expected = vec![TenantId::MANAGEMENT];
        for org_name in ["a", "b", "c"] {
            let org = an_org(&format!("{org_name}1"));
            let app = an_app(org.id, "shop");
            expected.extend([TenantId::from(org.id), TenantId::from(app.id)]);
            let new = Provision { organizations: vec![org], applications: vec![app], ..Provision::default() };
            store.provision(&new).expect("a new tenant");
        }
        expected.sort_unstable();

        let mut seen = Vec::new();
        for _ in 0..expected.len() {
            let page = store.list_tenants(seen.last().copied(), 2).expect("a read");
            assert!(page.len() <= 2);
            seen.extend(page);
        }
        assert_eq!(seen, expected);
    });
}
