//! Revocations.

use super::refresh::{a_family, a_user_of};
use super::*;
use crate::domain::revocation::{Revocation, RevocationReason, RevocationTarget};
use crate::store::Journal;

fn a_revocation(tenant: TenantId, target: RevocationTarget, seconds: i64) -> Revocation {
    Revocation {
        tenant,
        target,
        reason: RevocationReason::Revoked,
        watermark: at(seconds),
        expires: at(seconds + 1_000),
    }
}

#[test]
fn a_watermark_never_goes_back() {
    each(|store| {
        let tenant = TenantId::new(fresh());
        let target = RevocationTarget::Principal(fresh());
        let revoke = |revocation: &Revocation| store.revoke(revocation, &Journal::default()).expect("a write");
        let read = || store.list_revocations(tenant, at(0)).expect("a read");
        let first = a_revocation(tenant, target, 10);
        revoke(&first);
        revoke(&Revocation { reason: RevocationReason::Disabled, ..a_revocation(tenant, target, 5) });
        assert_eq!(read(), [first]);

        let later = Revocation { reason: RevocationReason::Deleted, ..a_revocation(tenant, target, 20) };
        revoke(&later);
        assert_eq!(read(), [later]);

        // A shorter life of newer tokens does not shorten what covers older ones.
        let hasty = Revocation { expires: at(50), ..a_revocation(tenant, target, 30) };
        revoke(&hasty);
        assert_eq!(read(), [Revocation { expires: at(1_020), ..hasty }]);
    });
}

#[test]
fn targets_stand_side_by_side_until_they_expire() {
    each(|store| {
        let tenant = TenantId::new(fresh());
        let id = fresh();
        let targets = [RevocationTarget::Principal(id), RevocationTarget::Token(id), RevocationTarget::Tenant];
        for (target, seconds) in targets.into_iter().zip([1, 2, 3]) {
            store.revoke(&a_revocation(tenant, target, seconds), &Journal::default()).expect("a write");
        }
        let living = |now| {
            let mut found: Vec<_> = store.list_revocations(tenant, now).expect("a read");
            found.sort_by_key(|revocation| revocation.watermark);
            found.into_iter().map(|revocation| revocation.target).collect::<Vec<_>>()
        };
        assert_eq!(living(at(0)), targets);
        assert_eq!(living(at(1_002)), [RevocationTarget::Tenant]);
        assert_eq!(store.list_revocations(TenantId::MANAGEMENT, at(0)).expect("a read"), []);
    });
}

#[test]
fn a_watermark_ends_the_families_that_began_before_it() {
    each(|store| {
        let app = AppId::new(fresh());
        let (john, jane) = (a_user_of(app), a_user_of(app));
        let families = [a_family(john, 1), a_family(john, 2), a_family(john, 3), a_family(jane, 1)];
        families.iter().for_each(|family| store.insert_refresh_family(family).expect("a write"));
        let ended = || {
            families.clone().map(|family| {
                store.find_refresh_family(family.tenant, family.id).expect("a read").expect("the family").ended
            })
        };

        let token = RevocationTarget::Token(john.uuid());
        store.revoke(&a_revocation(app.into(), token, 9), &Journal::default()).expect("a write");
        assert_eq!(ended(), [None; 4]);
        let elsewhere = a_revocation(TenantId::MANAGEMENT, RevocationTarget::Principal(john.uuid()), 9);
        store.revoke(&elsewhere, &Journal::default()).expect("a write");
        assert_eq!(ended(), [None; 4]);

        let principal = RevocationTarget::Principal(john.uuid());
        store.revoke(&a_revocation(app.into(), principal, 2), &Journal::default()).expect("a write");
        assert_eq!(ended(), [Some(at(2)), Some(at(2)), None, None]);
        store.revoke(&a_revocation(app.into(), RevocationTarget::Tenant, 8), &Journal::default()).expect("a write");
        assert_eq!(ended(), [Some(at(2)), Some(at(2)), Some(at(8)), Some(at(8))]);
    });
}
