//! What the standards demand, one file a document, each test named after the section that it proves.

mod back_channel_logout;
pub mod flow;
mod oidc_core;
mod oidc_core_signin;
mod oidc_discovery;
mod oidc_userinfo;
mod races;
mod revocation_feed;
mod rfc6749;
mod rfc6749_clients;
mod rfc7009;
mod rfc7523;
mod rfc7523_grants;
mod rfc7591;
mod rfc7592;
mod rfc7636;
mod rfc7662;
mod rfc8252;
mod rfc8414;
mod rfc8628;
mod rfc8693;
mod rfc8705;
mod rfc8707;
mod rfc9068;
mod rfc9126;
mod rfc9207;
mod rfc9449;
mod rfc9700;
mod rfc9728;
mod rp_initiated_logout;
mod truth;

use serde_json::Value;
use tokengrid::domain::authority::Authority;

use crate::access::mint::{Mint, claims, with};
use crate::support::{Answer, Client, World};

/// A token of ann of acme that says something else than hers, well signed.
pub fn minted(world: &World, changes: &Value) -> String {
    let mint = Mint::of(world, world.acme.app.id);
    let own = claims(&world.acme.token(&world.guest(), Authority::AppUser));
    mint.sign(&mint.header(), &with(&own, changes))
}

/// Asks about a token with a client's pair by Basic.
pub fn introspect(caller: &Client, place: &str, token: &str) -> Answer {
    caller.form(&format!("{place}/introspect"), &format!("token={token}"))
}

/// The client of acme's shop.
pub fn shop(world: &World) -> Client {
    let (id, secret) = &world.acme.app_client;
    world.guest().basic(id, secret)
}

/// A confidential client that is registered with acme's shop, for its own tokens where nothing else is said.
pub fn registered(world: &World, metadata: &Value) -> (String, String) {
    let mut said =
        serde_json::json!({ "client_name": "test", "grant_types": ["client_credentials"], "scope": "api openid" });
    said.as_object_mut().unwrap().extend(metadata.as_object().unwrap().clone());
    let answer = world.caller(&world.acme, Authority::Admin).json("/management/orgs/acme/apps/shop/clients", &said);
    assert_eq!(answer.status, 200, "{}", answer.text);
    let client = &answer.json["entities"][0];
    let text = |member: &str| client[member].as_str().unwrap_or_default().to_owned();
    (text("client_id"), text("client_secret"))
}

/// The parts of a signed statement.
pub fn statement(text: &str) -> (Value, Value) {
    use base64::Engine;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;
    let parts: Vec<&str> = text.split('.').collect();
    let part = |at: usize| serde_json::from_slice(&URL_SAFE_NO_PAD.decode(parts[at]).unwrap()).unwrap();
    (part(0), part(1))
}

/// Whether a key of this set signed the text (ES256).
pub fn is_signed_by(text: &str, keys: &Value) -> bool {
    let (header, _) = statement(text);
    let of_header = |key: &&Value| key["kid"] == header["kid"];
    let Some(key) = keys["keys"].as_array().unwrap().iter().find(of_header) else { return false };
    let key = jsonwebtoken::DecodingKey::from_jwk(&serde_json::from_value(key.clone()).unwrap()).unwrap();
    let (message, signature) = text.rsplit_once('.').unwrap();
    jsonwebtoken::crypto::verify(signature, message.as_bytes(), &key, jsonwebtoken::Algorithm::ES256).unwrap()
}
