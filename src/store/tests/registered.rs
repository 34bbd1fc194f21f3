//! Registered clients, and what may be used once.

use std::sync::Barrier;

use super::*;
use crate::domain::id::RegisteredId;
use crate::domain::registered::{ClientMetadata, GrantType, InitialToken, KeptBy, RegisteredClient, RegisteredSecret};
use crate::domain::revocation::{Revocation, RevocationTarget};
use crate::domain::secret::Digest;
use crate::store::{Conflict, Journal, NewRegistered, RegisteredChange};

fn a_client(tenant: TenantId) -> RegisteredClient {
    RegisteredClient {
        tenant,
        id: RegisteredId::new(fresh()),
        name: "App".to_owned(),
        metadata: ClientMetadata { grant_types: vec![GrantType::ClientCredentials], ..ClientMetadata::default() },
        kept_by: KeptBy::Management,
        disabled: false,
        registration_digest: Some(Digest([3; 32])),
        created: at(1),
        modified: at(1),
    }
}

fn a_secret(byte: u8, expires: Option<Moment>) -> RegisteredSecret {
    RegisteredSecret { id: fresh(), name: Some("n".to_owned()), digest: Digest([byte; 32]), created: at(1), expires }
}

fn inserted(store: &Store, tenant: TenantId) -> RegisteredClient {
    let client = a_client(tenant);
    let new = NewRegistered { client: client.clone(), secret: Some(a_secret(1, None)), permitted_by: None };
    store.insert_registered(&new, &Journal::default()).expect("a write");
    client
}

fn end(tenant: TenantId, client: RegisteredId) -> Revocation {
    Revocation::revoked(tenant, RevocationTarget::Principal(client.uuid()), at(9), Duration::from_secs(60))
}

#[test]
fn a_client_comes_back_as_it_was_kept_and_to_its_tenant_alone() {
    each(|store| {
        let (tenant, other) = (TenantId::new(fresh()), TenantId::new(fresh()));
        let client = inserted(store, tenant);
        let (found, secrets) = store.find_registered_with_secrets(tenant, client.id).expect("a read").expect("there");
        assert_eq!((found.name, found.metadata, found.created), (client.name, client.metadata, client.created));
        assert_eq!(found.registration_digest.map(|digest| digest.0), Some([3; 32]));
        assert_eq!(secrets.iter().map(|secret| secret.digest.0).collect::<Vec<_>>(), [[1; 32]]);
        assert!(store.find_registered(other, client.id).expect("a read").is_none());
        assert!(store.list_registered(other, None, 9).expect("a read").is_empty());
        assert!(
            !store.remove_registered(other, client.id, &end(other, client.id), &Journal::default()).expect("a write")
        );
        assert_eq!(store.count_registered(tenant, KeptBy::Management).expect("a read"), 1);
        assert!(
            store.remove_registered(tenant, client.id, &end(tenant, client.id), &Journal::default()).expect("a write")
        );
        assert!(store.list_registered_secrets(tenant, client.id).expect("a read").is_empty());
        assert_eq!(store.list_revocations(tenant, at(1)).expect("a read").len(), 1);
    });
}

#[test]
fn a_change_that_came_second_writes_nothing() {
    each(|store| {
        let tenant = TenantId::new(fresh());
        let client = inserted(store, tenant);
        let change = |name: &str, seen| RegisteredChange {
            client: RegisteredClient { name: name.to_owned(), modified: at(2), ..client.clone() },
            seen,
            ends: None,
            drops_secrets: true,
            secret: Some(a_secret(2, None)),
        };
        assert!(store.save_registered(&change("first", at(1)), &Journal::default()).expect("a write"));
        assert!(!store.save_registered(&change("second", at(1)), &Journal::default()).expect("a write"));
        let (found, secrets) = store.find_registered_with_secrets(tenant, client.id).expect("a read").expect("there");
        assert_eq!((found.name.as_str(), secrets.len(), secrets[0].digest.0), ("first", 1, [2; 32]));
    });
}

#[test]
fn a_token_for_registration_is_used_as_often_as_it_says() {
    each(|store| {
        let tenant = TenantId::new(fresh());
        let token = InitialToken {
            id: fresh(),
            name: None,
            digest: Digest([5; 32]),
            uses_left: Some(1),
            created: at(1),
            expires: Some(at(100)),
        };
        store.insert_initial_token(tenant, &token, &Journal::default()).expect("a write");
        let register = |tenant, digest| {
            let new = NewRegistered { client: a_client(tenant), secret: None, permitted_by: Some(digest) };
            store.insert_registered(&new, &Journal::default())
        };
        let refused = |result| matches!(result, Err(StoreError::Conflict(Conflict::InitialToken)));
        assert!(refused(register(TenantId::new(fresh()), token.digest)), "of another tenant");
        assert!(refused(register(tenant, Digest([6; 32]))));
        assert!(store.is_initial_token_live(tenant, &token.digest, at(99)).expect("a read"));
        assert!(!store.is_initial_token_live(tenant, &token.digest, at(100)).expect("a read"));
        register(tenant, token.digest).expect("a write");
        assert!(refused(register(tenant, token.digest)));
        assert_eq!(store.list_registered(tenant, None, 9).expect("a read").len(), 1, "nothing else was written");
    });
}

#[test]
fn of_many_uses_of_one_proof_one_alone_is_the_first() {
    each(|store| {
        let tenant = TenantId::new(fresh());
        let barrier = Barrier::new(16);
        let spend = || {
            barrier.wait();
            store.spend_proof(tenant, "k", Digest([1; 32]), at(100)).expect("a write")
        };
        let firsts = std::thread::scope(|scope| {
            let uses: Vec<_> = (0..16).map(|_| scope.spawn(spend)).collect();
            uses.into_iter().map(|used| usize::from(used.join().expect("it ends"))).sum::<usize>()
        });
        assert_eq!(firsts, 1);
        // Another kind, another digest, another tenant.
        assert!(store.spend_proof(tenant, "l", Digest([1; 32]), at(200)).expect("a write"));
        assert!(store.spend_proof(tenant, "k", Digest([2; 32]), at(200)).expect("a write"));
        assert!(store.spend_proof(TenantId::new(fresh()), "k", Digest([1; 32]), at(200)).expect("a write"));
        // What has ended goes, and nothing else.
        assert_eq!(store.purge(tenant, at(100), 10).expect("a write"), 1);
        assert!(!store.spend_proof(tenant, "l", Digest([1; 32]), at(200)).expect("a write"));
        assert!(!store.spend_proof(tenant, "k", Digest([2; 32]), at(200)).expect("a write"));
    });
}

#[test]
fn secrets_and_tokens_that_ended_are_cleared_away() {
    each(|store| {
        let tenant = TenantId::new(fresh());
        let client = inserted(store, tenant);
        let add = |secret: &RegisteredSecret, most| {
            store.add_registered_secret(tenant, (client.id, secret), most, &Journal::default()).expect("a write")
        };
        assert!(add(&a_secret(2, Some(at(50))), 2));
        assert!(!add(&a_secret(3, None), 2), "two are live");
        assert_eq!(store.purge(tenant, at(50), 10).expect("a write"), 1);
        assert_eq!(store.list_registered_secrets(tenant, client.id).expect("a read").len(), 1);
        assert!(add(&a_secret(3, None), 2));
    });
}
