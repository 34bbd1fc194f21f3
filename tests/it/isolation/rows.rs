//! The store itself: every method that takes a tenant sees and changes that tenant alone, whatever id it is given
//! beside it (ISO-10, ISO-14). Row-level security is a second wall behind this one and has its own tests.

use std::time::Duration;

use serde_json::json;
use tokengrid::domain::clock::{Clock, Moment};
use tokengrid::domain::id::TenantId;
use tokengrid::domain::journal::{AuditEntry, Change, ChangeKind};
use tokengrid::domain::key::{KeyState, SigningKey};
use tokengrid::domain::refresh::RefreshFamily;
use tokengrid::domain::revocation::{Revocation, RevocationReason, RevocationTarget};
use tokengrid::domain::secret::{Sealed, Secret};
use tokengrid::domain::tenant::{AppSettings, Application, OrgSettings, Switch};
use tokengrid::domain::user::Identifier;
use tokengrid::store::{Advance, Journal, KeyChange, Leaving, NewSecret, SealedPlace, Store, StoreError};
use uuid::Uuid;

use crate::support::{Tenant, World, world};

fn bytes(sealed: &Sealed) -> String {
    format!("{} {:?}", sealed.by, sealed.bytes)
}

/// Every row of a tenant, with what `Debug` would hide.
pub fn of(world: &World, tenant: &Tenant) -> Vec<String> {
    let store = &world.server.core.store;
    let (org, app) = (TenantId::from(tenant.org.id), TenantId::from(tenant.app.id));
    let mut rows = vec![
        format!("{:?}", store.find_org(tenant.org.id).unwrap()),
        format!("{:?}", store.list_apps(tenant.org.id).unwrap()),
        format!("{:?}", store.list_admins_of(tenant.org.id).unwrap()),
    ];
    let user = Identifier::Id(tenant.user.id.uuid());
    let user = store.find_user_with_password(tenant.app.id, &user).unwrap().unwrap();
    rows.push(format!("{:?} {}", user.who, user.hash.as_ref().map_or("none", Secret::expose)));
    rows.extend(super::members::of(store, tenant));
    for owner in [org, app, tenant.sandbox.id.into()] {
        for secret in store.list_client_secrets(owner).unwrap() {
            rows.push(format!("{secret:?} {:?} {:?}", secret.digest.0, secret.sealed.as_ref().map(bytes)));
        }
        for key in store.list_signing_keys(owner).unwrap() {
            rows.push(format!("{key:?} {}", bytes(&key.private)));
        }
        let sealed = store.list_sealed(owner, "no key", 1_000).unwrap();
        rows.extend(sealed.iter().map(|row| format!("{:?} {}", row.place, bytes(&row.sealed))));
        rows.push(format!("{:?}", store.list_revocations(owner, Moment::EPOCH).unwrap()));
        rows.extend(store.list_audit(owner, 1_000).unwrap().iter().map(|entry| format!("{entry:?}")));
    }
    rows
}

/// Compares rows byte by byte, and shows those alone that differ.
#[track_caller]
pub fn same(before: &[String], after: &[String]) {
    let only = |these: &[String], those: &[String]| -> Vec<String> {
        these.iter().filter(|row| !those.contains(row)).cloned().collect()
    };
    let (lost, gained) = (only(before, after), only(after, before));
    assert!(before == after, "lost: {lost:#?}\ngained: {gained:#?}");
}

/// Acme with a session and a revocation, so that every tenant table has rows of it; and rival, whose id is used.
struct Neighbours {
    world: World,
    family: RefreshFamily,
    before: Vec<String>,
}

impl Neighbours {
    fn new() -> Self {
        let world = world();
        let answer = world.guest().sign_in("/acme/shop", "ann", "correct horse");
        let app = world.acme.app.id.into();
        let store = world.server.core.store.clone();
        let sealed = store.list_sealed(app, "no key", 1_000).unwrap();
        let id = sealed.iter().find_map(|row| match row.place {
            SealedPlace::RefreshFamily(id) => Some(id),
            _ => None,
        });
        let family = store.find_refresh_family(app, id.expect("a sign-in begins a family")).unwrap().unwrap();
        let ended = world.guest().sign_in("/acme/shop", "ann", "correct horse").token();
        let path = format!("/acme/shop/users/ann/revoketoken?token={ended}");
        assert_eq!(world.guest().send("PUT", &path, None, "").status, 200);
        assert_eq!(answer.status, 200);
        let before = of(&world, &world.acme);
        assert!(before.len() > 15, "{before:#?}");
        Self { world, family, before }
    }

    fn store(&self) -> &Store {
        &self.world.server.core.store
    }

    fn now(&self) -> Moment {
        self.world.server.clock.now()
    }

    fn there(&self) -> TenantId {
        self.world.rival.app.id.into()
    }

    #[track_caller]
    fn acme_is_untouched(&self) {
        same(&self.before, &of(&self.world, &self.world.acme));
        self.the_session_is_untouched();
    }

    #[track_caller]
    fn the_session_is_untouched(&self) {
        let family = self.store().find_refresh_family(self.family.tenant, self.family.id).unwrap().unwrap();
        assert_eq!(format!("{family:?}"), format!("{:?}", self.family));
    }
}

#[test]
fn reads_with_the_other_tenants_id_find_nothing() {
    let near = Neighbours::new();
    let (store, acme, rival) = (near.store(), &near.world.acme, &near.world.rival);
    for who in [Identifier::Id(acme.user.id.uuid()), Identifier::Id(acme.admin.id.uuid())] {
        assert!(store.find_user(rival.app.id, &who).unwrap().is_none());
        assert!(store.find_user_with_password(rival.app.id, &who).unwrap().is_none());
    }
    for who in [Identifier::Username("ann".to_owned()), Identifier::EmailOrUsername("ann@example.test".to_owned())] {
        assert_eq!(store.find_user(rival.app.id, &who).unwrap().map(|user| user.id), Some(rival.user.id));
        assert!(store.find_user(acme.sandbox.id, &who).unwrap().is_none());
    }
    let name = &acme.app.name;
    assert_eq!(store.find_app_by_name(rival.org.id, name).unwrap().map(|app| app.id), Some(rival.app.id));
    assert!(store.list_apps(rival.org.id).unwrap().iter().all(|app| app.org == rival.org.id));
    assert_eq!(store.list_admins_of(rival.org.id).unwrap(), std::slice::from_ref(&rival.admin));
    assert_eq!(store.list_orgs_of(acme.admin.id).unwrap(), std::slice::from_ref(&acme.org));
    assert!(store.find_refresh_family(near.there(), near.family.id).unwrap().is_none());
    assert!(store.find_refresh_family(TenantId::MANAGEMENT, near.family.id).unwrap().is_none());
    let own: Vec<String> =
        store.list_client_secrets(acme.app.id.into()).unwrap().iter().map(|s| s.id.to_string()).collect();
    for tenant in [near.there(), rival.org.id.into(), acme.org.id.into(), acme.sandbox.id.into(), TenantId::MANAGEMENT]
    {
        assert!(store.list_client_secrets(tenant).unwrap().iter().all(|secret| !own.contains(&secret.id.to_string())));
        assert!(store.list_signing_keys(tenant).unwrap().iter().all(|key| key.tenant == tenant));
        assert!(store.list_revocations(tenant, Moment::EPOCH).unwrap().is_empty());
        assert!(store.list_audit(tenant, 1_000).unwrap().iter().all(|entry| entry.tenant == tenant));
        let sealed = store.list_sealed(tenant, "no key", 1_000).unwrap();
        assert!(sealed.iter().all(|row| row.place != SealedPlace::RefreshFamily(near.family.id)));
    }
    near.acme_is_untouched();
}

#[test]
fn a_password_is_not_replaced_under_the_other_tenants_id() {
    let near = Neighbours::new();
    let (store, acme, rival) = (near.store(), &near.world.acme, &near.world.rival);
    let found = store.find_user_with_password(acme.app.id, &Identifier::Id(acme.user.id.uuid())).unwrap().unwrap();
    let (old, new) = (found.hash.unwrap(), Secret::new("$2b$04$planted"));
    assert!(!store.replace_user_hash(rival.app.id, acme.user.id, &old, &new).unwrap());
    near.acme_is_untouched();
    assert!(store.replace_user_hash(acme.app.id, acme.user.id, &old, &new).unwrap(), "the call itself is a good one");
}

#[test]
fn settings_are_written_where_the_id_says() {
    let near = Neighbours::new();
    let (store, rival) = (near.store(), &near.world.rival);
    let settings = AppSettings { accesstokenttl: Some(1), ..AppSettings::default() };
    assert!(store.set_app_settings(rival.app.id, &settings, near.now(), &Journal::default()).unwrap());
    let settings = OrgSettings { retrievable_secrets: Switch::Off, ..OrgSettings::default() };
    assert!(store.set_org_settings(rival.org.id, &settings, near.now(), &Journal::default()).unwrap());
    near.acme_is_untouched();
}

#[test]
fn secrets_and_keys_under_the_other_tenants_id_are_that_tenants() {
    let near = Neighbours::new();
    let (store, acme) = (near.store(), &near.world.acme);
    let later = near.now().plus(Duration::from_secs(1));
    // The very ids of acme's rows: a key that lacked the tenant would meet them.
    let mut secret = store.list_client_secrets(acme.app.id.into()).unwrap().remove(0);
    secret.created = later;
    let new = NewSecret { secret, replaced_expire: later, revocation: None };
    store.rotate_client_secret(near.there(), &new, &Journal::default()).unwrap();
    near.acme_is_untouched();

    let (own, theirs) = (acme.app.id.into(), store.list_signing_keys(near.there()).unwrap().remove(0));
    let key = store.list_signing_keys(own).unwrap().remove(0);
    let retired = SigningKey { state: KeyState::Retiring, gone_at: Some(later), ..key.clone() };
    let change = KeyChange { expected_active: vec![theirs.kid], upsert: vec![retired], remove: Vec::new() };
    store.save_signing_keys(near.there(), &change, &Journal::default()).unwrap();
    near.acme_is_untouched();
    let change = KeyChange { remove: vec![key.kid.clone()], upsert: Vec::new(), ..change };
    store.save_signing_keys(near.there(), &change, &Journal::default()).unwrap();
    near.acme_is_untouched();
    let change = KeyChange { expected_active: vec![key.kid], ..KeyChange::default() };
    let refused = store.save_signing_keys(near.there(), &change, &Journal::default());
    assert!(matches!(refused, Err(StoreError::Conflict(_))), "the other's active key is no precondition: {refused:?}");
}

#[test]
fn sessions_do_not_move_under_the_other_tenants_id() {
    let near = Neighbours::new();
    let (store, id) = (near.store(), near.family.id);
    let step = Advance { expected_head: near.family.head, head: 2, previous: Some(1), rotated: near.now() };
    for tenant in [near.there(), near.world.acme.sandbox.id.into(), TenantId::MANAGEMENT] {
        assert!(!store.advance_refresh_family(tenant, id, &step).unwrap());
    }
    near.acme_is_untouched();
    let twin = RefreshFamily { tenant: near.there(), ended: Some(near.now()), ..near.family.clone() };
    store.insert_refresh_family(&twin).unwrap();
    near.acme_is_untouched();
    let here = near.family.tenant;
    assert!(store.advance_refresh_family(here, id, &step).unwrap(), "the call itself is a good one");
}

#[test]
fn a_revocation_under_the_other_tenants_id_ends_nothing_here() {
    let near = Neighbours::new();
    let (store, acme) = (near.store(), &near.world.acme);
    let token = near.world.guest().sign_in("/acme/shop", "ann", "correct horse").token();
    let before = of(&near.world, acme);
    let later = near.now().plus(Duration::from_secs(3_600));
    for tenant in [near.there(), near.world.rival.sandbox.id.into(), TenantId::MANAGEMENT] {
        for target in [
            RevocationTarget::Principal(acme.user.id.uuid()),
            RevocationTarget::Principal(acme.app.id.uuid()),
            RevocationTarget::Token(near.family.id),
            RevocationTarget::Tenant,
        ] {
            let reason = RevocationReason::Disabled;
            let revocation = Revocation { tenant, target, reason, watermark: later, expires: later };
            let change = Change { id: Uuid::nil(), tenant, kind: ChangeKind::Revocations };
            store.revoke(&revocation, &Journal::default()).unwrap();
            near.world.server.core.directory.apply(&[change]);
        }
    }
    same(&before, &of(&near.world, acme));
    near.the_session_is_untouched();
    assert_eq!(near.world.guest().bearer(&token).get("/acme/shop/users/me").status, 200);
}

#[test]
fn tending_one_tenant_leaves_the_other_alone() {
    let near = Neighbours::new();
    let store = near.store();
    let end_of_days = near.now().plus(Duration::from_secs(1_000_000_000));
    for tenant in [near.there(), near.world.rival.org.id.into(), TenantId::MANAGEMENT] {
        store.purge(tenant, end_of_days, 1_000).unwrap();
        for row in store.list_sealed(near.family.tenant, "no key", 1_000).unwrap() {
            let planted = Sealed { by: row.sealed.by.clone(), bytes: b"planted".to_vec() };
            assert!(!store.replace_sealed(tenant, &row.place, &row.sealed, &planted).unwrap(), "{:?}", row.place);
        }
    }
    near.acme_is_untouched();
    assert!(store.purge(near.family.tenant, end_of_days, 1_000).unwrap() >= 2, "there was something to purge");
}

#[test]
fn an_audit_line_is_read_where_it_was_written() {
    let near = Neighbours::new();
    let tenant = near.there();
    let entry = AuditEntry {
        id: Uuid::from_u128(7),
        tenant,
        at: near.now(),
        actor: "operator".to_owned(),
        action: "test".to_owned(),
        detail: json!({}),
    };
    near.store().record(&Journal { changes: Vec::new(), audit: vec![entry.clone()], ..Journal::default() }).unwrap();
    near.acme_is_untouched();
    assert!(near.store().list_audit(tenant, 1_000).unwrap().contains(&entry));
    assert!(!near.store().list_audit(TenantId::MANAGEMENT, 1_000).unwrap().contains(&entry));
}

#[test]
fn applications_and_members_of_one_organization_are_out_of_the_others_reach() {
    let near = Neighbours::new();
    let (store, acme, rival) = (near.store(), &near.world.acme, &near.world.rival);
    let (now, none) = (near.now(), Journal::default());
    // Acme's application under rival's id, as a forgotten check would leave it.
    let moved = Application { org: rival.org.id, ..acme.app.clone() };
    let ended = Revocation::revoked(near.there(), RevocationTarget::Tenant, now, Duration::from_secs(1));
    assert!(!store.delete_app(&moved, &ended, now, &none).unwrap());
    near.acme_is_untouched();
    assert_eq!(store.remove_member(rival.org.id, acme.admin.id, now, &none).unwrap(), Leaving::NoMember);
    near.acme_is_untouched();
    let actor = format!("admin:{}", acme.admin.id);
    assert!(store.list_audit_of(rival.org.id.into(), &actor, 100).unwrap().is_empty());
    store.purge_audit(rival.org.id.into(), now.plus(Duration::from_secs(9)), 1_000).unwrap();
    assert!(store.list_audit(rival.org.id.into(), 10).unwrap().is_empty(), "the call itself is a good one");
    near.acme_is_untouched();

    let ended = Revocation::revoked(acme.app.id.into(), RevocationTarget::Tenant, now, Duration::from_secs(1));
    assert!(store.delete_app(&acme.app, &ended, now, &none).unwrap());
    assert!(store.find_deleted_app(rival.org.id, acme.app.id).unwrap().is_none());
    assert!(store.find_deleted_app(acme.org.id, acme.app.id).unwrap().is_some());
    assert!(store.find_app(rival.app.id).unwrap().is_some(), "the twin of the same name lives");
}
