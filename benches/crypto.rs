//! What the crypto room costs, beside the bare crates below it.
//!
//! `cargo bench --bench crypto`

#![expect(clippy::unwrap_used, reason = "a benchmark whose fixture fails must not run")]

use std::hint::black_box;
use std::sync::Arc;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use divan::Bencher;
use jsonwebtoken::{EncodingKey, Header};
use tokengrid::crypto::compare::same;
use tokengrid::crypto::digest::sha256;
use tokengrid::crypto::entropy::SystemEntropy;
use tokengrid::crypto::jwt::{Expected, peek};
use tokengrid::crypto::keys::{self, KeyRing, NewKey};
use tokengrid::crypto::password::{LaneOptions, PasswordLane, hash_blocking};
use tokengrid::crypto::token_text::{new_client_secret, parse_refresh, render_refresh};
use tokengrid::crypto::vault::{Binding, MasterKey, Purpose, Vault};
use tokengrid::domain::authority::Authority;
use tokengrid::domain::client::ClientId;
use tokengrid::domain::clock::Moment;
use tokengrid::domain::id::{AppId, OrgId, TenantId};
use tokengrid::domain::key::{KeyPurpose, KeyState, SigningKey};
use tokengrid::domain::secret::Secret;
use tokengrid::domain::token::{AccessClaims, Algorithm, Audience};
use uuid::Uuid;

const ISSUER: &str = "https://tokens.example/acme/shop";
const NOW: Moment = Moment::from_millis(1_790_000_000_000);
const COST: u32 = 11;

fn main() {
    divan::main();
}

fn vault() -> Vault {
    Vault::new(vec![MasterKey::generate("bench", &SystemEntropy).unwrap()]).unwrap()
}

fn key(algorithm: Algorithm, vault: &Vault) -> SigningKey {
    let new = NewKey {
        tenant: TenantId::MANAGEMENT,
        algorithm,
        purpose: KeyPurpose::Access,
        state: KeyState::Active,
        now: NOW,
    };
    keys::generate(&new, vault, &SystemEntropy).unwrap()
}

fn ring(algorithm: Algorithm) -> KeyRing {
    let vault = vault();
    KeyRing::open(&[key(algorithm, &vault)], &vault).unwrap()
}

fn claims() -> AccessClaims {
    let app = AppId::new(Uuid::from_u128(3));
    AccessClaims {
        iss: ISSUER.to_owned(),
        sub: ClientId::App(app).to_string(),
        aud: Audience::One(ISSUER.to_owned()),
        exp: NOW.seconds() + 3_600,
        iat: NOW.seconds(),
        jti: Uuid::from_u128(1),
        client_id: ClientId::App(app).to_string(),
        scope: "api".to_owned(),
        authority: Authority::AppClient,
        org: Some(OrgId::new(Uuid::from_u128(2))),
        app: Some(app),
        sid: None,
        auth_time: None,
        acr: None,
        amr: Vec::new(),
        cnf: None,
        act: None,
        may_act: None,
        lender: None,
    }
}

mod sign {
    use super::*;

    #[divan::bench(args = Algorithm::ALL)]
    fn ours(bencher: Bencher<'_, '_>, algorithm: Algorithm) {
        let (ring, claims) = (ring(algorithm), claims());
        let signer = ring.signer().unwrap();
        bencher.bench(|| signer.sign(black_box(&claims)).unwrap());
    }

    /// Parses the private key at every call.
    #[divan::bench(args = Algorithm::ALL)]
    fn jsonwebtoken(bencher: Bencher<'_, '_>, algorithm: Algorithm) {
        let vault = vault();
        let signing_key = key(algorithm, &vault);
        let private = vault.open(&keys::binding(signing_key.tenant, &signing_key.kid), &signing_key.private).unwrap();
        let (key, claims) = (encoding_key(algorithm, &private), claims());
        let mut header = Header::new(algorithm.as_str().parse().unwrap());
        header.typ = Some("at+jwt".to_owned());
        header.kid = Some(signing_key.kid);
        bencher.bench(|| ::jsonwebtoken::encode(&header, black_box(&claims), &key).unwrap());
    }

    fn encoding_key(algorithm: Algorithm, private: &[u8]) -> EncodingKey {
        match algorithm {
            Algorithm::ES256 => EncodingKey::from_ec_der(private),
            Algorithm::EdDsa => EncodingKey::from_ed_der(private),
            Algorithm::HS256 => EncodingKey::from_secret(private),
            Algorithm::RS256 => {
                let body = STANDARD.encode(private);
                let lines: Vec<&str> =
                    body.as_bytes().chunks(64).map(|line| std::str::from_utf8(line).unwrap()).collect();
                let pem = format!("-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----\n", lines.join("\n"));
                EncodingKey::from_rsa_pem(pem.as_bytes()).unwrap()
            }
        }
    }
}

#[divan::bench(args = Algorithm::ALL)]
fn verify(bencher: Bencher<'_, '_>, algorithm: Algorithm) {
    let ring = ring(algorithm);
    let token = ring.signer().unwrap().sign(&claims()).unwrap();
    let expected = Expected { issuer: ISSUER, audience: ISSUER, now: NOW };
    bencher.bench(|| {
        let kid = peek(black_box(token.expose())).unwrap().kid;
        ring.verifier(&kid).unwrap().verify(token.expose(), &expected).unwrap()
    });
}

#[divan::bench(name = "peek")]
fn peek_alone(bencher: Bencher<'_, '_>) {
    let token = ring(Algorithm::ES256).signer().unwrap().sign(&claims()).unwrap();
    bencher.bench(|| peek(black_box(token.expose())).unwrap());
}

#[divan::bench(args = Algorithm::ALL)]
fn open_key_ring(bencher: Bencher<'_, '_>, algorithm: Algorithm) {
    let vault = vault();
    let keys = [key(algorithm, &vault)];
    bencher.bench(|| KeyRing::open(black_box(&keys), &vault).unwrap());
}

#[divan::bench]
fn check_client_secret(bencher: Bencher<'_, '_>) {
    let secret = new_client_secret(ClientId::App(AppId::new(Uuid::from_u128(3))), &SystemEntropy);
    let stored = sha256(secret.expose());
    bencher.bench(|| same(&sha256(black_box(secret.expose())).0, &stored.0));
}

#[divan::bench]
fn render_refresh_token(bencher: Bencher<'_, '_>) {
    bencher.bench(|| render_refresh(black_box(&[7; 32]), Uuid::from_u128(1), 3));
}

#[divan::bench]
fn read_refresh_token(bencher: Bencher<'_, '_>) {
    let token = render_refresh(&[7; 32], Uuid::from_u128(1), 3);
    bencher.bench(|| parse_refresh(black_box(token.expose())).unwrap().is_authentic(&[7; 32]));
}

mod vault_32_bytes {
    use super::*;

    const BINDING: Binding<'static> =
        Binding { tenant: TenantId::MANAGEMENT, purpose: Purpose::RefreshFamily, row: "row" };

    #[divan::bench]
    fn seal(bencher: Bencher<'_, '_>) {
        let vault = vault();
        bencher.bench(|| vault.seal(&BINDING, black_box(&[7; 32]), &SystemEntropy).unwrap());
    }

    #[divan::bench]
    fn open(bencher: Bencher<'_, '_>) {
        let vault = vault();
        let sealed = vault.seal(&BINDING, &[7; 32], &SystemEntropy).unwrap();
        bencher.bench(|| vault.open(&BINDING, black_box(&sealed)).unwrap());
    }
}

mod password_cost_11 {
    use super::*;

    #[divan::bench(sample_count = 20, sample_size = 1)]
    fn lane(bencher: Bencher<'_, '_>) {
        let max_wait = Duration::from_secs(60);
        let options = LaneOptions { threads: 1, cost: COST, max_wait, queue_per_tenant: 256 };
        let lane = PasswordLane::start(&options, Arc::new(SystemEntropy), Arc::new(|_| ())).unwrap();
        let password = Secret::new("testpw");
        let hash = hash_blocking(COST, &password, &SystemEntropy).unwrap();
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        bencher.bench_local(|| {
            let verdict = lane.verify(TenantId::MANAGEMENT, password.clone(), Some(hash.clone()));
            runtime.block_on(verdict).unwrap()
        });
    }

    #[divan::bench(sample_count = 20, sample_size = 1)]
    fn bare_bcrypt(bencher: Bencher<'_, '_>) {
        let hash = bcrypt::hash("testpw", COST).unwrap();
        bencher.bench(|| bcrypt::verify(black_box("testpw"), &hash).unwrap());
    }
}
