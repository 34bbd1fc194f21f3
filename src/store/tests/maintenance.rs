//! Sealing anew and removing what has ended.

use super::clients::{a_key, a_secret};
use super::refresh::{a_family, a_user_of};
use super::*;
use crate::domain::client::ClientSecret;
use crate::domain::journal::{Change, ChangeKind};
use crate::domain::key::{KeyState, SigningKey};
use crate::domain::revocation::{Revocation, RevocationReason, RevocationTarget};
use crate::store::{Journal, SealedPlace, SealedRow};

#[test]
fn everything_sealed_is_listed_once_and_replaced_while_it_is_unchanged() {
    each(|store| {
        let app = AppId::new(fresh());
        let tenant = TenantId::from(app);
        let (secret, key, family) = (a_secret(1), a_key(tenant, "k", KeyState::Active), a_family(a_user_of(app), 1));
        let unsealed = ClientSecret { sealed: None, expires: Some(at(9)), ..a_secret(2) };
        let new = Provision {
            secrets: vec![(tenant, secret.clone()), (tenant, unsealed)],
            keys: vec![key.clone()],
            ..Provision::default()
        };
        store.provision(&new).expect("a write");
        store.insert_refresh_family(&family).expect("a write");

        let mut rows = store.list_sealed(tenant, "m2", 10).expect("a read");
        assert_eq!(
            rows,
            [
                SealedRow { place: SealedPlace::ClientSecret(secret.id), sealed: secret.sealed.expect("sealed") },
                SealedRow { place: SealedPlace::SigningKey("k".to_owned()), sealed: key.private },
                SealedRow { place: SealedPlace::RefreshFamily(family.id), sealed: family.key },
            ]
        );
        assert_eq!(store.list_sealed(tenant, "m2", 2).expect("a read").len(), 2);
        assert_eq!(store.list_sealed(tenant, "m1", 10).expect("a read"), []);
        assert_eq!(store.list_sealed(TenantId::MANAGEMENT, "m2", 10).expect("a read"), []);

        let again = sealed("m2", b"sealed anew");
        for SealedRow { place, sealed: old } in rows.drain(..) {
            assert!(!store.replace_sealed(TenantId::MANAGEMENT, &place, &old, &again).expect("a write"));
            assert!(store.replace_sealed(tenant, &place, &old, &again).expect("a write"));
            assert!(!store.replace_sealed(tenant, &place, &old, &again).expect("a write"));
        }
        assert_eq!(store.list_sealed(tenant, "m2", 10).expect("a read"), []);
        assert_eq!(store.list_sealed(tenant, "m1", 10).expect("a read").len(), 3);
    });
}

#[test]
fn a_purge_removes_what_ended_in_one_tenant_and_nothing_else() {
    each(|store| {
        let (app, other) = (AppId::new(fresh()), AppId::new(fresh()));
        for app in [app, other] {
            let tenant = TenantId::from(app);
            let ended = ClientSecret { expires: Some(at(10)), ..a_secret(1) };
            let retired = SigningKey { gone_at: Some(at(10)), ..a_key(tenant, "retired", KeyState::Retiring) };
            let new = Provision {
                secrets: vec![(tenant, ended), (tenant, a_secret(2))],
                keys: vec![retired, a_key(tenant, "active", KeyState::Active)],
                ..Provision::default()
            };
            store.provision(&new).expect("a write");
            for seconds in [-90, -91, 2] {
                store.insert_refresh_family(&a_family(a_user_of(app), seconds)).expect("a write");
            }
            for (watermark, expires) in [(at(1), at(10)), (at(2), at(20))] {
                let target = RevocationTarget::Token(fresh());
                let reason = RevocationReason::Revoked;
                let revocation = Revocation { tenant, target, reason, watermark, expires };
                store.revoke(&revocation, &Journal::default()).expect("a write");
            }
        }

        assert_eq!(store.purge(app.into(), at(10), 1).expect("a write"), 3);
        assert_eq!(store.purge(app.into(), at(10), 9).expect("a write"), 1);
        assert_eq!(store.purge(app.into(), at(10), 9).expect("a write"), 0);
        assert_eq!(store.list_client_secrets(app.into()).expect("a read").len(), 1);
        // A key's end is a step of rotation, which every node hears of.
        assert_eq!(store.list_signing_keys(app.into()).expect("a read").len(), 2);
        assert_eq!(store.list_revocations(app.into(), at(0)).expect("a read").len(), 1);
        assert_eq!(store.purge(other.into(), at(10), 9).expect("a write"), 4);
    });
}

#[test]
fn old_changes_go_up_to_a_moment() {
    each(|store| {
        let change =
            |millis| Change { id: uuid_at(millis), tenant: TenantId::MANAGEMENT, kind: ChangeKind::Membership };
        let changes = vec![change(1_000), change(2_000), change(3_000), change(4_000)];
        store.record(&Journal { changes, ..Journal::default() }).expect("a write");
        assert_eq!(store.purge_changes(Moment::from_millis(3_000), 1).expect("a write"), 1);
        assert_eq!(store.purge_changes(Moment::from_millis(3_000), 9).expect("a write"), 1);
        assert_eq!(store.list_changes(Moment::EPOCH, 9).expect("a read"), [change(3_000), change(4_000)]);
    });
}
