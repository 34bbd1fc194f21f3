//! What the machine can do at most: bare handlers that do the unavoidable work of a job and nothing else.
//! Same web framework, same allocator, same profile, same signature; no tenants, no store, no log, no headers of ours.
//!
//! `ceiling ADDRESS CLIENT_ID CLIENT_SECRET PASSWORD`

use std::error::Error;
use std::sync::Arc;

use actix_web::http::header::AUTHORIZATION;
use actix_web::web::{Data, Form, block, get, post};
use actix_web::{App, HttpRequest, HttpResponse, HttpServer};
use serde::Deserialize;
use serde_json::json;
use tokengrid::crypto::compare;
use tokengrid::crypto::digest::sha256;
use tokengrid::crypto::entropy::{Entropy, SystemEntropy, uuid_v7};
use tokengrid::crypto::jwt::Expected;
use tokengrid::crypto::keys::{KeyRing, NewKey, generate};
use tokengrid::crypto::vault::{MasterKey, Vault};
use tokengrid::domain::authority::Authority;
use tokengrid::domain::clock::{Clock, SystemClock};
use tokengrid::domain::id::TenantId;
use tokengrid::domain::key::{KeyPurpose, KeyState};
use tokengrid::domain::secret::Digest;
use tokengrid::domain::token::{AccessClaims, Algorithm, Audience};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const ISSUER: &str = "http://127.0.0.1:8080/my-org/my-app";
const BCRYPT_COST: u32 = 11;

struct Bench {
    ring: KeyRing,
    client_id: String,
    secret: Digest,
    hash: Arc<str>,
}

#[derive(Deserialize)]
struct Grant {
    grant_type: String,
    client_id: String,
    client_secret: String,
}

#[derive(Deserialize)]
struct Login {
    password: String,
}

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().collect();
    let [_, address, client_id, client_secret, password] = arguments.as_slice() else {
        return Err("usage: ceiling ADDRESS CLIENT_ID CLIENT_SECRET PASSWORD".into());
    };
    let entropy = SystemEntropy;
    let vault = Vault::new(vec![MasterKey::generate("bench", &entropy)?])?;
    let new = NewKey {
        tenant: TenantId::MANAGEMENT,
        algorithm: Algorithm::ES256,
        purpose: KeyPurpose::Access,
        state: KeyState::Active,
        now: SystemClock.now(),
    };
    let bench = Data::new(Bench {
        ring: KeyRing::open(&[generate(&new, &vault, &entropy)?], &vault)?,
        client_id: client_id.clone(),
        secret: sha256(client_secret),
        hash: bcrypt::hash(password, BCRYPT_COST)?.into(),
    });
    let server = HttpServer::new(move || {
        App::new()
            .app_data(bench.clone())
            .route("/token", post().to(token))
            .route("/verify", get().to(verify))
            .route("/password", post().to(login))
    });
    let server = server.disable_signals().bind(address.as_str())?.run();
    actix_web::rt::System::new().block_on(server)?;
    Ok(())
}

fn signed(bench: &Bench, entropy: &dyn Entropy) -> Option<String> {
    let now = SystemClock.now();
    let claims = AccessClaims {
        iss: ISSUER.to_owned(),
        sub: bench.client_id.clone(),
        aud: Audience::One(ISSUER.to_owned()),
        exp: now.seconds() + 3_600,
        iat: now.seconds(),
        jti: uuid_v7(now, entropy),
        client_id: bench.client_id.clone(),
        scope: "api".to_owned(),
        authority: Authority::AppClient,
        org: None,
        app: None,
        sid: None,
        auth_time: None,
        acr: None,
        amr: Vec::new(),
        cnf: None,
        act: None,
        may_act: None,
        lender: None,
    };
    Some(bench.ring.signer()?.sign(&claims).ok()?.expose().to_owned())
}

async fn token(bench: Data<Bench>, grant: Form<Grant>) -> HttpResponse {
    let is_right = grant.grant_type == "client_credentials"
        && grant.client_id == bench.client_id
        && compare::same(&sha256(&grant.client_secret).0, &bench.secret.0);
    match signed(&bench, &SystemEntropy).filter(|_| is_right) {
        Some(token) => HttpResponse::Ok().json(json!({ "access_token": token, "expires_in": 3_600 })),
        None => HttpResponse::Unauthorized().finish(),
    }
}

/// Any token signed by this process: the first request without one is given one.
async fn verify(bench: Data<Bench>, request: HttpRequest) -> HttpResponse {
    let header = request.headers().get(AUTHORIZATION).and_then(|value| value.to_str().ok());
    let Some(token) = header.and_then(|value| value.strip_prefix("Bearer ")) else {
        return HttpResponse::Unauthorized().body(signed(&bench, &SystemEntropy).unwrap_or_default());
    };
    let kid = bench.ring.signer().map(|signer| signer.kid()).unwrap_or_default();
    let expected = Expected { issuer: ISSUER, audience: ISSUER, now: SystemClock.now() };
    match bench.ring.verifier(kid).map(|verifier| verifier.verify(token, &expected)) {
        Some(Ok(claims)) => HttpResponse::Ok().json(claims),
        _ => HttpResponse::Unauthorized().finish(),
    }
}

async fn login(bench: Data<Bench>, login: Form<Login>) -> HttpResponse {
    let (hash, password) = (Arc::clone(&bench.hash), login.into_inner().password);
    let verified = block(move || bcrypt::verify(password, &hash).unwrap_or(false)).await;
    match signed(&bench, &SystemEntropy).filter(|_| verified.unwrap_or(false)) {
        Some(token) => HttpResponse::Ok().json(json!({ "access_token": token })),
        None => HttpResponse::Unauthorized().finish(),
    }
}
