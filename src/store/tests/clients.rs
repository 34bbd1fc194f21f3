//! Client secrets and signing keys.

use super::*;
use crate::domain::client::ClientSecret;
use crate::domain::journal::{Change, ChangeKind};
use crate::domain::key::{KeyPurpose, KeyState, SigningKey};
use crate::domain::secret::Digest;
use crate::domain::token::Algorithm;
use crate::store::{Conflict, Journal, KeyChange, NewSecret};

pub fn a_secret(seconds: i64) -> ClientSecret {
    let id = fresh();
    ClientSecret {
        id,
        digest: Digest([7; 32]),
        sealed: Some(sealed("m1", id.as_bytes())),
        created: at(seconds),
        expires: None,
    }
}

pub fn a_key(tenant: TenantId, kid: &str, state: KeyState) -> SigningKey {
    SigningKey {
        tenant,
        kid: kid.to_owned(),
        algorithm: Algorithm::EdDsa,
        purpose: KeyPurpose::Access,
        state,
        public: Some(json!({ "kty": "OKP", "kid": kid })),
        private: sealed("m1", kid.as_bytes()),
        created: at(1),
        gone_at: None,
    }
}

fn states(store: &Store, tenant: TenantId) -> Vec<(String, KeyState)> {
    store.list_signing_keys(tenant).expect("a read").into_iter().map(|key| (key.kid, key.state)).collect()
}

fn replacing(secret: &ClientSecret, replaced_expire: Moment) -> NewSecret {
    NewSecret { secret: secret.clone(), replaced_expire, revocation: None }
}

#[test]
fn moments_and_secrets_come_back_to_the_microsecond_and_the_byte() {
    each(|store| {
        let tenant = TenantId::new(fresh());
        for micros in [1, 946_684_799_999_999, 946_684_800_000_000, 1_900_000_000_123_457, 4_102_444_800_999_999] {
            let moment = Moment::from_micros(micros);
            let secret = ClientSecret { created: moment, expires: Some(moment), sealed: None, ..a_secret(0) };
            let tenant = TenantId::new(fresh());
            store.rotate_client_secret(tenant, &replacing(&secret, moment), &Journal::default()).expect("a write");
            let read = store.list_client_secrets(tenant).expect("a read").remove(0);
            assert_eq!((read.created, read.expires, read.sealed), (moment, Some(moment), None));
        }
        let secret = a_secret(0);
        store.rotate_client_secret(tenant, &replacing(&secret, at(0)), &Journal::default()).expect("a write");
        let read = store.list_client_secrets(tenant).expect("a read").remove(0);
        assert_eq!((read.id, read.digest.0, read.sealed), (secret.id, [7; 32], secret.sealed));
    });
}

#[test]
fn a_rotation_ends_the_other_secrets_and_drops_the_dead_ones() {
    each(|store| {
        let (tenant, other) = (TenantId::new(fresh()), TenantId::new(fresh()));
        let journal = |tenant| Journal {
            changes: vec![Change { id: fresh(), tenant, kind: ChangeKind::ClientSecrets }],
            audit: Vec::new(),
            ..Journal::default()
        };
        let (first, second, third) = (a_secret(0), a_secret(10), a_secret(40));
        store.rotate_client_secret(other, &replacing(&a_secret(0), at(0)), &journal(other)).expect("a write");
        store.rotate_client_secret(tenant, &replacing(&first, at(0)), &journal(tenant)).expect("a write");
        store.rotate_client_secret(tenant, &replacing(&second, at(30)), &journal(tenant)).expect("a write");
        let ends = || -> Vec<_> {
            let secrets = store.list_client_secrets(tenant).expect("a read");
            secrets.into_iter().map(|secret| (secret.id, secret.expires)).collect()
        };
        assert_eq!(ends(), [(second.id, None), (first.id, Some(at(30)))]);

        store.rotate_client_secret(tenant, &replacing(&third, at(45)), &journal(tenant)).expect("a write");
        assert_eq!(ends(), [(third.id, None), (second.id, Some(at(45)))]);
        assert_eq!(store.list_client_secrets(other).expect("a read")[0].expires, None);
        assert_eq!(store.list_changes(Moment::EPOCH, 9).expect("a read").len(), 4);

        // A rotation that ends the others at once reaches those that were still to end later.
        let fourth = a_secret(44);
        store.rotate_client_secret(tenant, &replacing(&fourth, at(44)), &journal(tenant)).expect("a write");
        assert_eq!(ends(), [(fourth.id, None), (third.id, Some(at(44))), (second.id, Some(at(44)))]);
    });
}

#[test]
fn rotations_at_once_leave_one_current_secret() {
    each(|store| {
        let tenant = TenantId::new(fresh());
        let rotate = || store.rotate_client_secret(tenant, &replacing(&a_secret(1), at(5)), &Journal::default());
        rotate().expect("the first secret");
        std::thread::scope(|scope| {
            for running in [scope.spawn(rotate), scope.spawn(rotate)] {
                let outcome = running.join().expect("a thread");
                let fair = matches!(outcome, Ok(()) | Err(StoreError::Conflict(Conflict::ClientSecret)));
                assert!(fair, "{outcome:?}");
            }
        });
        let secrets = store.list_client_secrets(tenant).expect("a read");
        assert_eq!(secrets.iter().filter(|secret| secret.expires.is_none()).count(), 1);
    });
}

#[test]
fn keys_move_on_only_from_the_state_they_were_read_in() {
    each(|store| {
        let tenant = TenantId::new(fresh());
        let change = |expected: Option<&str>, upsert: Vec<SigningKey>, remove: &[&str]| KeyChange {
            expected_active: expected.map(str::to_owned).into_iter().collect(),
            upsert,
            remove: remove.iter().map(|kid| (*kid).to_owned()).collect(),
        };
        let save = |change: &KeyChange| store.save_signing_keys(tenant, change, &Journal::default());
        let (active, published) = (a_key(tenant, "a", KeyState::Active), a_key(tenant, "b", KeyState::Published));

        save(&change(None, vec![active.clone(), published.clone()], &[])).expect("the first keys");
        let refused = save(&change(None, vec![a_key(tenant, "c", KeyState::Active)], &[]));
        assert!(matches!(refused, Err(StoreError::Conflict(Conflict::SigningKey))), "{refused:?}");

        let promoted = SigningKey { state: KeyState::Active, ..published };
        let retired = SigningKey { state: KeyState::Retiring, gone_at: Some(at(60)), ..active };
        save(&change(Some("a"), vec![promoted, retired], &[])).expect("a rotation");
        assert_eq!(states(store, tenant), [("a".into(), KeyState::Retiring), ("b".into(), KeyState::Active)]);
        let read = store.list_signing_keys(tenant).expect("a read").remove(0);
        assert_eq!((read.gone_at, read.algorithm, read.tenant), (Some(at(60)), Algorithm::EdDsa, tenant));
        assert_eq!(read.public, Some(json!({ "kty": "OKP", "kid": "a" })));

        save(&change(Some("b"), Vec::new(), &["a"])).expect("a removal");
        assert_eq!(states(store, tenant), [("b".into(), KeyState::Active)]);
        assert_eq!(states(store, TenantId::new(fresh())), []);
    });
}

#[test]
fn of_two_rotations_at_once_one_wins() {
    each(|store| {
        let tenant = TenantId::new(fresh());
        let first = KeyChange { upsert: vec![a_key(tenant, "a", KeyState::Active)], ..KeyChange::default() };
        store.save_signing_keys(tenant, &first, &Journal::default()).expect("the first key");
        let rotate = |kid: &str| {
            let upsert = vec![a_key(tenant, "a", KeyState::Retiring), a_key(tenant, kid, KeyState::Active)];
            let change = KeyChange { expected_active: vec!["a".to_owned()], upsert, remove: Vec::new() };
            store.save_signing_keys(tenant, &change, &Journal::default())
        };
        let outcomes = std::thread::scope(|scope| {
            let (one, two) = (scope.spawn(|| rotate("b")), scope.spawn(|| rotate("c")));
            [one.join().expect("a thread"), two.join().expect("a thread")]
        });
        let lost = |outcome: &&Result<(), _>| matches!(outcome, Err(StoreError::Conflict(Conflict::SigningKey)));
        assert_eq!(outcomes.iter().filter(lost).count(), 1, "{outcomes:?}");
        let active = states(store, tenant).into_iter().filter(|(_, state)| *state == KeyState::Active).count();
        assert_eq!(active, 1);
    });
}

#[test]
fn one_key_is_active_for_access_tokens_and_one_for_the_id_tokens_of_each_algorithm() {
    each(|store| {
        let tenant = TenantId::new(fresh());
        let of_id_tokens = |kid: &str, algorithm| SigningKey {
            purpose: KeyPurpose::IdToken,
            algorithm,
            ..a_key(tenant, kid, KeyState::Active)
        };
        let save = |expected: &[&str], key: SigningKey| {
            let expected_active = expected.iter().map(|kid| (*kid).to_owned()).collect();
            let change = KeyChange { expected_active, upsert: vec![key], remove: Vec::new() };
            store.save_signing_keys(tenant, &change, &Journal::default())
        };
        save(&[], a_key(tenant, "access", KeyState::Active)).expect("the first key");
        save(&["access"], of_id_tokens("id-ed", Algorithm::EdDsa)).expect("one of the same algorithm");
        save(&["id-ed", "access"], of_id_tokens("id-rs", Algorithm::RS256)).expect("one of another algorithm");
        let all = ["access", "id-ed", "id-rs"];
        for second in [of_id_tokens("x", Algorithm::RS256), a_key(tenant, "x", KeyState::Active)] {
            let refused = save(&all, second);
            assert!(matches!(refused, Err(StoreError::Conflict(Conflict::SigningKey))), "{refused:?}");
        }
        let refused = save(&all[..2], of_id_tokens("x", Algorithm::ES256));
        assert!(matches!(refused, Err(StoreError::Conflict(Conflict::SigningKey))), "{refused:?}");
        let read = store.list_signing_keys(tenant).expect("a read");
        let purposes: Vec<_> = read.iter().map(|key| (key.kid.as_str(), key.purpose)).collect();
        let (access, id_token) = (KeyPurpose::Access, KeyPurpose::IdToken);
        assert_eq!(purposes, [("access", access), ("id-ed", id_token), ("id-rs", id_token)]);
    });
}

#[test]
fn a_row_of_another_version_is_corrupt_and_not_missing() {
    each(|store| {
        let tenant = TenantId::new(fresh());
        let first = KeyChange { upsert: vec![a_key(tenant, "a", KeyState::Active)], ..KeyChange::default() };
        store.save_signing_keys(tenant, &first, &Journal::default()).expect("the first key");
        tamper(store, tenant, "UPDATE signing_key SET state = 'frozen'");
        let read = store.list_signing_keys(tenant);
        assert!(matches!(read, Err(StoreError::Corrupt { .. })), "{read:?}");
    });
}
