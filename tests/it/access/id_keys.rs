//! Keys for ID tokens in another algorithm than the access tokens': made at first need, rotated with the others, and good
//! for no access token (JWT-3, JWT-9).

use std::sync::Arc;
use std::time::Duration;

use serde_json::json;
use tokengrid::crypto::jwt::{JwtError, SignedKind};
use tokengrid::crypto::keys::KeyRing;
use tokengrid::domain::authority::Authority;
use tokengrid::domain::id::{AppId, TenantId};
use tokengrid::domain::key::{KeyPurpose, KeyState, SigningKey};
use tokengrid::domain::token::Algorithm;
use tokengrid::manage::{ManageError, Promotion};
use uuid::Uuid;

use super::keys::{published, rotate};
use super::mint::{Mint, active_key, claims, kid, switch_algorithm};
use crate::support::{TestServer, World, world};

const HOUR: Duration = Duration::from_secs(3_600);
const ISSUER: &str = "/acme/shop";

fn shop(world: &World) -> TenantId {
    world.acme.app.id.into()
}

fn ensure(server: &TestServer, tenant: TenantId, algorithm: Algorithm) -> Result<(), ManageError> {
    server.wait(server.core.registry.ensure_id_key(tenant, algorithm))
}

fn ring(server: &TestServer, tenant: TenantId) -> Arc<KeyRing> {
    server.wait(server.core.directory.keys(tenant)).unwrap()
}

/// The key that signs ID tokens of the algorithm now.
fn signer(server: &TestServer, tenant: TenantId, algorithm: Algorithm) -> Option<String> {
    ring(server, tenant).signer_for(algorithm).map(|signer| signer.kid().to_owned())
}

fn id_keys(world: &World) -> Vec<SigningKey> {
    let mut keys = world.server.core.store.list_signing_keys(shop(world)).unwrap();
    keys.retain(|key| key.purpose == KeyPurpose::IdToken);
    keys
}

fn id_token(world: &World, algorithm: Algorithm) -> String {
    let said = json!({"iss": "issuer", "sub": "s", "aud": "c", "exp": 2, "iat": 1});
    let ring = ring(&world.server, shop(world));
    ring.signer_for(algorithm).unwrap().sign_as(SignedKind::IdToken, &said).unwrap().expose().to_owned()
}

fn read_hint(world: &World, token: &str) -> Result<(), JwtError> {
    ring(&world.server, shop(world)).verify_id_token(token, "issuer").map(drop)
}

#[test]
fn a_key_for_id_tokens_is_made_once_and_published_beside_the_others() {
    let world = world();
    let access = active_key(&world, shop(&world)).kid;
    for _ in 0..2 {
        for algorithm in [Algorithm::RS256, Algorithm::EdDsa, Algorithm::ES256] {
            ensure(&world.server, shop(&world), algorithm).unwrap();
        }
        let made: Vec<Algorithm> = id_keys(&world).iter().map(|key| key.algorithm).collect();
        assert_eq!(made.len(), 2, "{made:?}");
    }
    assert_eq!(signer(&world.server, shop(&world), Algorithm::ES256).as_deref(), Some(access.as_str()));
    assert_eq!(published(&world.server, ISSUER).len(), 3);
    assert_eq!(published(&world.server, "/rival/shop").len(), 1, "the namesake kept its one key");
    for algorithm in [Algorithm::RS256, Algorithm::EdDsa, Algorithm::ES256] {
        let token = id_token(&world, algorithm);
        assert!(published(&world.server, ISSUER).contains(&kid(&token)));
        assert_eq!(read_hint(&world, &token), Ok(()));
    }
    assert_eq!(kid(&world.acme.token(&world.guest(), Authority::AppUser)), access, "access tokens keep their key");
}

#[test]
fn no_key_is_made_for_a_shared_secret_or_for_nobody() {
    let world = world();
    let refused = ensure(&world.server, shop(&world), Algorithm::HS256);
    assert!(matches!(refused, Err(ManageError::WrongMember { .. })), "{refused:?}");
    let nobody = AppId::new(Uuid::from_u128(7));
    let refused = ensure(&world.server, nobody.into(), Algorithm::RS256);
    assert!(matches!(refused, Err(ManageError::UnknownApplication(_))), "{refused:?}");
    assert!(world.server.core.store.list_signing_keys(nobody.into()).unwrap().is_empty());
    switch_algorithm(&world, world.acme.app.id, Algorithm::HS256);
    assert_eq!(signer(&world.server, shop(&world), Algorithm::HS256), None);
}

#[test]
fn two_nodes_that_need_a_key_at_once_make_one() {
    let world = world();
    let other = world.server.beside(|settings| settings.directory.staleness = Duration::from_secs(60));
    let tenant = shop(&world);
    for algorithm in [Algorithm::EdDsa, Algorithm::RS256] {
        std::thread::scope(|scope| {
            for server in [&world.server, &other] {
                scope.spawn(move || ensure(server, tenant, algorithm).unwrap());
            }
        });
        let made: Vec<SigningKey> = id_keys(&world).into_iter().filter(|key| key.algorithm == algorithm).collect();
        let [made] = made.as_slice() else { panic!("{made:?}") };
        for server in [&world.server, &other] {
            assert_eq!(signer(server, shop(&world), algorithm).as_deref(), Some(made.kid.as_str()));
        }
    }
}

#[test]
fn a_key_that_another_node_made_is_found_and_not_made_again() {
    let world = world();
    let other = world.server.beside(|settings| settings.directory.staleness = Duration::from_secs(60));
    assert_eq!(signer(&other, shop(&world), Algorithm::EdDsa), None, "the other node knows the keys as they were");
    ensure(&world.server, shop(&world), Algorithm::EdDsa).unwrap();
    ensure(&other, shop(&world), Algorithm::EdDsa).unwrap();
    assert_eq!(id_keys(&world).len(), 1);
    assert_eq!(signer(&other, shop(&world), Algorithm::EdDsa), Some(id_keys(&world).remove(0).kid));
}

#[test]
fn an_access_token_signed_by_a_key_for_id_tokens_is_refused() {
    let world = world();
    let token = world.acme.token(&world.guest(), Authority::AppUser);
    for algorithm in [Algorithm::EdDsa, Algorithm::RS256] {
        ensure(&world.server, shop(&world), algorithm).unwrap();
    }
    for key in id_keys(&world) {
        let mint = Mint::of_key(&world, key);
        let forged = mint.sign(&mint.header(), &claims(&token));
        let answer = world.guest().bearer(&forged).get("/acme/shop/users/me");
        assert_eq!(answer.error(), (401, "auth_unverified_oath"), "{}", answer.text);
    }
    let mint = Mint::of(&world, world.acme.app.id);
    let genuine = mint.sign(&mint.header(), &claims(&token));
    assert_eq!(
        world.guest().bearer(&genuine).get("/acme/shop/users/me").status,
        200,
        "by the right key it is accepted"
    );
    let as_id_token = mint.sign(&json!({"typ": "JWT", "alg": "ES256", "kid": mint.kid}), &claims(&token));
    assert_eq!(world.guest().bearer(&as_id_token).get("/acme/shop/users/me").status, 401);
}

#[test]
fn keys_for_id_tokens_rotate_with_the_others() {
    let world = world();
    ensure(&world.server, shop(&world), Algorithm::EdDsa).unwrap();
    let (old, before) = (id_keys(&world).remove(0).kid, id_token(&world, Algorithm::EdDsa));
    rotate(&world, shop(&world), Promotion::AfterPublishing);
    assert_eq!(published(&world.server, ISSUER).len(), 4);
    assert_eq!(signer(&world.server, shop(&world), Algorithm::EdDsa), Some(old.clone()), "not yet");
    world.server.advance(HOUR);
    world.server.wait(world.registry().maintain()).unwrap();
    let now = signer(&world.server, shop(&world), Algorithm::EdDsa).unwrap();
    assert_ne!(now, old);
    assert_ne!(active_key(&world, shop(&world)).kid, now);
    assert_eq!((read_hint(&world, &before), read_hint(&world, &id_token(&world, Algorithm::EdDsa))), (Ok(()), Ok(())));

    rotate(&world, shop(&world), Promotion::Now);
    let urgent = signer(&world.server, shop(&world), Algorithm::EdDsa).unwrap();
    assert!(urgent != now && read_hint(&world, &before).is_ok());
    let active = id_keys(&world).into_iter().filter(SigningKey::is_active).count();
    assert_eq!(active, 1);

    rotate(&world, shop(&world), Promotion::NowWithdrawingOthers);
    assert_eq!(read_hint(&world, &before), Err(JwtError::UnknownKey));
    assert_eq!((id_keys(&world).len(), published(&world.server, ISSUER).len()), (1, 2));
    assert_eq!(read_hint(&world, &id_token(&world, Algorithm::EdDsa)), Ok(()));
}

#[test]
fn retired_keys_for_id_tokens_leave_when_their_last_token_is_dead() {
    let world = world();
    ensure(&world.server, shop(&world), Algorithm::EdDsa).unwrap();
    let old = id_keys(&world).remove(0).kid;
    rotate(&world, shop(&world), Promotion::Now);
    assert!(published(&world.server, ISSUER).contains(&old));
    world.server.advance(Duration::from_secs(604_800 + 300));
    world.server.wait(world.registry().maintain()).unwrap();
    assert!(!published(&world.server, ISSUER).contains(&old));
    assert_eq!(id_keys(&world).len(), 1);
}

#[test]
fn a_key_for_id_tokens_retires_when_the_access_tokens_take_up_its_algorithm() {
    for promotion in [Promotion::Now, Promotion::AfterPublishing] {
        let world = world();
        ensure(&world.server, shop(&world), Algorithm::EdDsa).unwrap();
        let before = id_token(&world, Algorithm::EdDsa);
        let app = world.server.core.store.find_app(world.acme.app.id).unwrap().unwrap();
        let settings = tokengrid::domain::tenant::AppSettings { algorithm: Algorithm::EdDsa, ..app.settings.clone() };
        world.server.wait(world.registry().set_app(&app, settings, tokengrid::manage::Actor::Operator)).unwrap();
        let access = rotate(&world, shop(&world), promotion).kid;
        world.server.advance(HOUR);
        world.server.wait(world.registry().maintain()).unwrap();
        assert_eq!(signer(&world.server, shop(&world), Algorithm::EdDsa), Some(access.clone()), "{promotion:?}");
        let states: Vec<KeyState> = id_keys(&world).iter().map(|key| key.state).collect();
        assert_eq!(states, [KeyState::Retiring], "{promotion:?}");
        assert_eq!(read_hint(&world, &before), Ok(()));
        // And back: what the clients asked for is made again.
        ensure(&world.server, shop(&world), Algorithm::ES256).unwrap();
        assert_ne!(signer(&world.server, shop(&world), Algorithm::ES256), Some(access));
    }
}
