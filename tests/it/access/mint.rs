//! A counterfeiter's press: the signing key of an issuer outside of its vault, and tokens that say anything.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::EncodingKey;
use serde_json::{Value, json};
use tokengrid::crypto::keys::binding;
use tokengrid::domain::id::{AppId, TenantId};
use tokengrid::domain::key::{KeySlot, SigningKey};
use tokengrid::domain::token::Algorithm;
use tokengrid::manage::{Actor, Promotion};

use crate::support::World;

/// The active key of an issuer.
pub struct Mint {
    pub kid: String,
    pub algorithm: Algorithm,
    private: Vec<u8>,
}

impl Mint {
    pub fn of(world: &World, tenant: impl Into<TenantId>) -> Self {
        Self::of_key(world, active_key(world, tenant.into()))
    }

    /// Whatever key it is.
    pub fn of_key(world: &World, key: SigningKey) -> Self {
        let core = &world.server.core;
        let private = core.vault.open(&binding(key.tenant, &key.kid), &key.private).unwrap().to_vec();
        Self { kid: key.kid, algorithm: key.algorithm, private }
    }

    /// The header that the server itself would write.
    pub fn header(&self) -> Value {
        json!({ "typ": "at+jwt", "alg": self.algorithm.as_str(), "kid": self.kid })
    }

    /// A token with a good signature over whatever it says.
    pub fn sign(&self, header: &Value, claims: &Value) -> String {
        let message = message(header, claims);
        if self.algorithm == Algorithm::RS256 {
            return format!("{message}.{}", self.rsa(message.as_bytes()));
        }
        let (key, algorithm) = match self.algorithm {
            Algorithm::ES256 => (EncodingKey::from_ec_der(&self.private), jsonwebtoken::Algorithm::ES256),
            Algorithm::EdDsa => (EncodingKey::from_ed_der(&self.private), jsonwebtoken::Algorithm::EdDSA),
            Algorithm::RS256 | Algorithm::HS256 => {
                (EncodingKey::from_secret(&self.private), jsonwebtoken::Algorithm::HS256)
            }
        };
        let signature = jsonwebtoken::crypto::sign(message.as_bytes(), &key, algorithm).unwrap();
        format!("{message}.{signature}")
    }

    /// `jsonwebtoken` reads RSA keys in another form than the one they are kept in.
    fn rsa(&self, message: &[u8]) -> String {
        use aws_lc_rs::signature::{RSA_PKCS1_SHA256, RsaKeyPair};
        let pair = RsaKeyPair::from_pkcs8(&self.private).unwrap();
        let mut signature = vec![0; pair.public_modulus_len()];
        pair.sign(&RSA_PKCS1_SHA256, &aws_lc_rs::rand::SystemRandom::new(), message, &mut signature).unwrap();
        URL_SAFE_NO_PAD.encode(signature)
    }
}

/// The header and the claims as they are signed.
pub fn message(header: &Value, claims: &Value) -> String {
    let encode = |part: &Value| URL_SAFE_NO_PAD.encode(part.to_string());
    format!("{}.{}", encode(header), encode(claims))
}

/// What a token says.
pub fn claims(token: &str) -> Value {
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(token.split('.').nth(1).unwrap()).unwrap()).unwrap()
}

/// The name of the key that signed a token.
pub fn kid(token: &str) -> String {
    let header: Value =
        serde_json::from_slice(&URL_SAFE_NO_PAD.decode(token.split('.').next().unwrap()).unwrap()).unwrap();
    header["kid"].as_str().unwrap().to_owned()
}

/// The claims with some of them replaced; `null` takes one away.
pub fn with(claims: &Value, changes: &Value) -> Value {
    let mut changed = claims.clone();
    let members = changed.as_object_mut().unwrap();
    for (name, value) in changes.as_object().unwrap() {
        match value {
            Value::Null => drop(members.remove(name)),
            value => drop(members.insert(name.clone(), value.clone())),
        }
    }
    changed
}

pub fn active_key(world: &World, tenant: TenantId) -> SigningKey {
    let keys = world.server.core.store.list_signing_keys(tenant).unwrap();
    keys.into_iter().find(|key| key.is_active() && key.slot() == KeySlot::Access).expect("an issuer has an active key")
}

/// Makes an application sign with another algorithm from now on.
pub fn switch_algorithm(world: &World, app: AppId, algorithm: Algorithm) {
    let registry = world.registry();
    let app = world.server.core.store.find_app(app).unwrap().unwrap();
    let settings = tokengrid::domain::tenant::AppSettings { algorithm, ..app.settings.clone() };
    world.server.wait(async {
        registry.set_app(&app, settings, Actor::Operator).await.unwrap();
        registry.rotate_keys(app.id.into(), Promotion::Now, Actor::Operator).await.unwrap();
    });
}
