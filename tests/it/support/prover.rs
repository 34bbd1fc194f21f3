//! A client's key, and the proofs that it makes with it: written after RFC 9449 and RFC 7638, with nothing of the server's.

use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair, RSA_PKCS1_SHA256, RsaKeyPair,
};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use tokengrid::domain::clock::Clock;

use super::{Answer, Client, TestServer, World};

enum Pair {
    Ec(EcdsaKeyPair),
    Ed(Ed25519KeyPair),
    Rsa(Box<RsaKeyPair>),
}

/// A client that proves the possession of a key at one server.
pub struct Prover<'a> {
    server: &'a TestServer,
    /// What stands before the path in `htu`.
    pub base: String,
    pair: Pair,
    pub nonce: Mutex<Option<String>>,
}

impl<'a> Prover<'a> {
    pub fn new(world: &'a World) -> Self {
        let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap();
        Self::with(world, Pair::Ec(pair))
    }

    /// By its registered name.
    pub fn by(world: &'a World, algorithm: &str) -> Self {
        match algorithm {
            "ES256" => Self::new(world),
            "EdDSA" => Self::with(world, Pair::Ed(Ed25519KeyPair::generate().unwrap())),
            "RS256" => Self::with(world, Pair::Rsa(Box::new(RsaKeyPair::generate(KeySize::Rsa2048).unwrap()))),
            other => panic!("no proof is made by {other}"),
        }
    }

    fn with(world: &'a World, pair: Pair) -> Self {
        Self { server: &world.server, base: world.server.base.clone(), pair, nonce: Mutex::default() }
    }

    /// What every proof says of its key (RFC 7517).
    pub fn jwk(&self) -> Value {
        let text = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
        match &self.pair {
            Pair::Ec(pair) => {
                let point = pair.public_key().as_ref();
                json!({ "crv": "P-256", "kty": "EC", "x": text(&point[1..33]), "y": text(&point[33..]) })
            }
            Pair::Ed(pair) => json!({ "crv": "Ed25519", "kty": "OKP", "x": text(pair.public_key().as_ref()) }),
            Pair::Rsa(pair) => {
                let key = pair.public_key();
                let (n, e) = (key.modulus(), key.exponent());
                json!({ "e": text(e.big_endian_without_leading_zero()), "kty": "RSA",
                    "n": text(n.big_endian_without_leading_zero()) })
            }
        }
    }

    /// RFC 7638: the members stand above in the order of their names.
    pub fn jkt(&self) -> String {
        let jwk = self.jwk();
        let members = jwk.as_object().unwrap().iter().map(|(name, value)| format!("\"{name}\":{value}"));
        let mut members: Vec<String> = members.collect();
        members.sort_unstable();
        URL_SAFE_NO_PAD.encode(Sha256::digest(format!("{{{}}}", members.join(","))))
    }

    fn sign(&self, message: &[u8]) -> (&'static str, Vec<u8>) {
        let chance = SystemRandom::new();
        match &self.pair {
            Pair::Ec(pair) => ("ES256", pair.sign(&chance, message).unwrap().as_ref().to_vec()),
            Pair::Ed(pair) => ("EdDSA", pair.sign(message).as_ref().to_vec()),
            Pair::Rsa(pair) => {
                let mut signature = vec![0; pair.public_modulus_len()];
                pair.sign(&RSA_PKCS1_SHA256, &chance, message, &mut signature).unwrap();
                ("RS256", signature)
            }
        }
    }

    /// What a good proof for this request says; the name is another one each time.
    pub fn claims(&self, method: &str, path: &str, token: Option<&str>) -> Value {
        static COUNT: AtomicU64 = AtomicU64::new(0);
        let jti = format!("proof-{}", COUNT.fetch_add(1, Ordering::Relaxed));
        let htu = format!("{}{}", self.base, path.split('?').next().unwrap());
        let mut claims = json!({ "jti": jti, "htm": method, "htu": htu, "iat": self.server.clock.now().seconds() });
        if let Some(token) = token {
            claims["ath"] = json!(URL_SAFE_NO_PAD.encode(Sha256::digest(token)));
        }
        if let Some(nonce) = &*self.nonce.lock().unwrap() {
            claims["nonce"] = json!(nonce);
        }
        claims
    }

    /// A proof that says this.
    pub fn prove(&self, claims: &Value) -> String {
        let alg = self.sign(b"").0;
        let header = json!({ "typ": "dpop+jwt", "alg": alg, "jwk": self.jwk() });
        let message = [&header, claims].map(|part| URL_SAFE_NO_PAD.encode(part.to_string())).join(".");
        let (_, signature) = self.sign(message.as_bytes());
        format!("{message}.{}", URL_SAFE_NO_PAD.encode(signature))
    }

    /// A good proof for a request without a token.
    pub fn proof(&self, method: &str, path: &str) -> String {
        self.prove(&self.claims(method, path, None))
    }

    /// Posts a form with a proof.
    pub fn form(&self, caller: &Client, path: &str, body: &str) -> Answer {
        let proof = self.proof("POST", path);
        caller.send_with("POST", path, Some(FORM), body, &[("dpop", &proof)])
    }

    /// Reads something with a token and the proof for it.
    pub fn get(&self, path: &str, token: &str) -> Answer {
        self.show(path, token, &[&self.prove(&self.claims("GET", path, Some(token)))])
    }

    /// Reads something with a token and these proofs.
    pub fn show(&self, path: &str, token: &str, proofs: &[&str]) -> Answer {
        let authorization = format!("DPoP {token}");
        let mut headers = vec![("authorization", authorization.as_str())];
        headers.extend(proofs.iter().map(|proof| ("dpop", *proof)));
        self.server.guest().send_with("GET", path, None, "", &headers)
    }
}

const FORM: &str = "application/x-www-form-urlencoded";
