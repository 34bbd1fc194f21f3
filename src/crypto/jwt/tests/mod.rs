//! Attacks on access tokens; each token is forged with the very key that the verifier trusts, unless the attack is
//! about the key.

mod claims;
mod foreign;
mod form;
mod header;
mod id_token;

use std::sync::LazyLock;

use serde_json::{Value, json};
use uuid::Uuid;

use super::*;
use crate::crypto::entropy::SystemEntropy;
use crate::crypto::keys::{self, KeyRing, NewKey};
use crate::crypto::pair::KeyPair;
use crate::crypto::vault::{MasterKey, Vault};
use crate::domain::clock::Moment;
use crate::domain::id::TenantId;
use crate::domain::key::{KeyPurpose, KeyState};
use crate::domain::token::{AccessClaims, Algorithm, Audience};

const NOW: i64 = 1_790_000_000;
const ISSUER: &str = "https://tokens.example/acme/shop";
const EXPECTED: Expected<'static> =
    Expected { issuer: ISSUER, audience: ISSUER, now: Moment::from_millis(NOW * 1_000 + 999) };

/// One issuer with one key, and the key pair in the hands of whoever forges.
struct Issuer {
    algorithm: Algorithm,
    ring: KeyRing,
    pair: KeyPair,
    kid: String,
}

impl Issuer {
    fn new(algorithm: Algorithm) -> Self {
        Self::for_purpose(algorithm, KeyPurpose::Access)
    }

    fn for_purpose(algorithm: Algorithm, purpose: KeyPurpose) -> Self {
        let vault = Vault::new(vec![MasterKey::generate("a", &SystemEntropy).unwrap()]).unwrap();
        let tenant = TenantId::MANAGEMENT;
        let new = NewKey { tenant, algorithm, purpose, state: KeyState::Active, now: Moment::EPOCH };
        let key = keys::generate(&new, &vault, &SystemEntropy).unwrap();
        let private = vault.open(&keys::binding(key.tenant, &key.kid), &key.private).unwrap();
        let pair = KeyPair::parse(algorithm, &private).unwrap();
        Self { algorithm, ring: KeyRing::open(std::slice::from_ref(&key), &vault).unwrap(), pair, kid: key.kid }
    }

    fn header(&self) -> Value {
        json!({"typ": "at+jwt", "alg": self.algorithm, "kid": self.kid})
    }

    fn token(&self) -> String {
        self.ring.signer().unwrap().sign(&claims()).unwrap().expose().to_owned()
    }

    /// Any two texts under a good signature.
    fn forge(&self, header: impl ToString, claims: impl ToString) -> String {
        let message = format!("{}.{}", encode(header.to_string()), encode(claims.to_string()));
        let signature = self.pair.sign(message.as_bytes()).unwrap();
        format!("{message}.{}", encode(signature))
    }

    fn verify(&self, token: &str) -> Result<AccessClaims, JwtError> {
        self.ring.verifier(&self.kid).unwrap().verify(token, &EXPECTED)
    }
}

static ISSUERS: LazyLock<[Issuer; 4]> = LazyLock::new(|| Algorithm::ALL.map(Issuer::new));

fn es256() -> &'static Issuer {
    &ISSUERS[0]
}

fn encode(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

fn claims() -> AccessClaims {
    AccessClaims {
        iss: ISSUER.to_owned(),
        sub: "sub".to_owned(),
        aud: Audience::One(ISSUER.to_owned()),
        exp: NOW + 1,
        iat: NOW,
        jti: Uuid::from_u128(1),
        client_id: "client".to_owned(),
        scope: "api".to_owned(),
        authority: Authority::AppUser,
        org: Some(OrgId::new(Uuid::from_u128(2))),
        app: Some(AppId::new(Uuid::from_u128(3))),
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

/// The good object with one member set to a piece of JSON text, or removed.
fn with(object: impl serde::Serialize, name: &str, value: Option<&str>) -> String {
    let mut object = serde_json::to_value(object).unwrap();
    object.as_object_mut().unwrap().remove(name);
    let text = object.to_string();
    match value {
        Some(value) => text.replacen('{', &format!("{{\"{name}\":{value},"), 1),
        None => text,
    }
}

#[test]
fn a_token_of_each_algorithm_verifies_and_says_what_was_signed() {
    for issuer in ISSUERS.iter() {
        let token = issuer.token();
        assert_eq!(issuer.verify(&token), Ok(claims()), "{:?}", issuer.algorithm);
        let header: Value = serde_json::from_slice(&decode(token.split('.').next().unwrap()).unwrap()).unwrap();
        assert_eq!(header, issuer.header());
        assert_eq!(issuer.verify(&issuer.forge(issuer.header(), json!(claims()))), Ok(claims()));
    }
}

#[test]
fn another_implementation_verifies_with_the_published_keys() {
    for issuer in ISSUERS.iter().filter(|issuer| issuer.algorithm != Algorithm::HS256) {
        let jwk = serde_json::from_value(issuer.ring.jwks()["keys"][0].clone()).unwrap();
        let key = jsonwebtoken::DecodingKey::from_jwk(&jwk).unwrap();
        let mut validation = jsonwebtoken::Validation::new(issuer.algorithm.as_str().parse().unwrap());
        validation.set_audience(&[ISSUER]);
        validation.set_issuer(&[ISSUER]);
        validation.validate_exp = false;
        let read = jsonwebtoken::decode::<AccessClaims>(issuer.token(), &key, &validation).unwrap();
        assert_eq!(read.claims, claims());
        assert_eq!(read.header.kid.as_deref(), Some(issuer.kid.as_str()));
    }
}

#[test]
fn peek_reads_hints_whatever_the_signature_is() {
    let hints = Peek { kid: es256().kid.clone(), authority: Authority::AppUser, org: claims().org, app: claims().app };
    let token = es256().token();
    assert_eq!(peek(&token), Ok(hints.clone()));
    let (message, _) = token.rsplit_once('.').unwrap();
    assert_eq!(peek(&format!("{message}.AAAA")), Ok(hints));
    let admin = AccessClaims { authority: Authority::Admin, org: None, app: None, ..claims() };
    let admin = peek(&es256().forge(es256().header(), json!(admin))).unwrap();
    assert_eq!((admin.authority, admin.org, admin.app), (Authority::Admin, None, None));
}
