//! Refresh families.

use super::*;
use crate::domain::authority::Principal;
use crate::domain::refresh::{FamilyDetails, RefreshFamily};
use crate::domain::revocation::{Revocation, RevocationReason, RevocationTarget};
use crate::store::{Advance, Journal};

pub fn a_family(principal: Principal, seconds: i64) -> RefreshFamily {
    let id = fresh();
    RefreshFamily {
        tenant: principal.issuing_tenant(),
        id,
        principal,
        client_id: Some("YXA6client".to_owned()),
        scope: "api".to_owned(),
        key: sealed("m1", id.as_bytes()),
        head: 0,
        previous: None,
        rotated: at(seconds),
        created: at(seconds),
        expires: at(seconds + 100),
        ended: None,
        session: None,
        details: FamilyDetails::default(),
    }
}

pub fn a_user_of(app: AppId) -> Principal {
    Principal::AppUser { org: OrgId::new(fresh()), app, user: UserId::new(fresh()) }
}

#[test]
fn families_of_every_authority_come_back_as_they_were_kept() {
    each(|store| {
        let (org, app) = (OrgId::new(fresh()), AppId::new(fresh()));
        let principals = [
            Principal::AppUser { org, app, user: UserId::new(fresh()) },
            Principal::AppClient { org, app },
            Principal::OrgClient { org },
            Principal::Admin { admin: AdminId::new(fresh()) },
        ];
        for principal in principals {
            let family = RefreshFamily { head: u32::MAX, previous: Some(u32::MAX - 1), ..a_family(principal, 0) };
            store.insert_refresh_family(&family).expect("a write");
            let read = store.find_refresh_family(family.tenant, family.id).expect("a read").expect("the family");
            assert_eq!(format!("{read:?}"), format!("{family:?}"));
            assert_eq!((read.principal, read.key), (family.principal, family.key));
            let elsewhere = store.find_refresh_family(TenantId::new(fresh()), family.id).expect("a read");
            assert!(elsewhere.is_none());
        }
    });
}

#[test]
fn of_two_uses_at_once_one_advances() {
    each(|store| {
        let family = a_family(a_user_of(AppId::new(fresh())), 0);
        store.insert_refresh_family(&family).expect("a write");
        for head in 0..20 {
            let step = Advance { expected_head: head, head: head + 1, previous: Some(head), rotated: at(1) };
            let advance = || store.advance_refresh_family(family.tenant, family.id, &step).expect("a write");
            let won = std::thread::scope(|scope| {
                let (one, two) = (scope.spawn(advance), scope.spawn(advance));
                [one.join().expect("a thread"), two.join().expect("a thread")]
            });
            assert_ne!(won[0], won[1], "generation {head}");
        }
        let read = store.find_refresh_family(family.tenant, family.id).expect("a read").expect("the family");
        assert_eq!((read.head, read.previous, read.rotated), (20, Some(19), at(1)));
    });
}

#[test]
fn an_ended_family_ends_once_and_never_advances() {
    each(|store| {
        let family = a_family(a_user_of(AppId::new(fresh())), 0);
        store.insert_refresh_family(&family).expect("a write");
        for (tenant, seconds) in [(TenantId::MANAGEMENT, 1), (family.tenant, 2), (family.tenant, 3)] {
            let revocation = Revocation {
                tenant,
                target: RevocationTarget::Token(family.id),
                reason: RevocationReason::Revoked,
                watermark: at(seconds),
                expires: at(9),
            };
            store.revoke(&revocation, &Journal::default()).expect("a write");
        }
        let step = Advance { expected_head: 0, head: 1, previous: Some(0), rotated: at(4) };
        assert!(!store.advance_refresh_family(family.tenant, family.id, &step).expect("a write"));
        let read = store.find_refresh_family(family.tenant, family.id).expect("a read").expect("the family");
        assert_eq!((read.ended, read.head), (Some(at(2)), 0));
    });
}
