//! The rules of an authorization request, once its address is proved: a plain function of what was said and what the
//! client registered. *Spec*: RFC 6749 §4.1.1; RFC 8707 §2; RFC 9449 §10; OpenID Connect Core §3.1.2.1.

use url::Url;

use super::error::AuthorizeError;
use super::parameters::AuthorizeParameters;
use super::redirect::ResponseMode;
use super::request::{AuthorizationRequest, Prompt};
use crate::crypto::keys::KeyRing;
use crate::domain::registered::{GrantType, RegisteredClient};
use crate::grant::oxide;

/// *Units*: bytes, of all names and values together.
const SIZE_MAX: usize = 16_384;
/// *Units*: bytes.
const NONCE_MAX: usize = 1_024;
const RESOURCES_MAX: usize = 16;

/// What a request is measured by.
pub(super) struct Measure<'a> {
    pub(super) client: &'a RegisteredClient,
    /// The proved redirect URI.
    pub(super) redirect_uri: &'a str,
    pub(super) issuer: &'a str,
    /// The issuer's keys, for an ID token that comes back as a hint.
    pub(super) ring: &'a KeyRing,
    /// *Units*: UTC seconds.
    pub(super) now: i64,
}

/// Reads and checks a request.
///
/// *Errors*: the first rule that it breaks; all of them are told to the client.
pub(super) fn check(said: &AuthorizeParameters, by: &Measure<'_>) -> Result<AuthorizationRequest, AuthorizeError> {
    servable(said)?;
    let metadata = &by.client.metadata;
    if !metadata.allows(GrantType::AuthorizationCode) {
        return Err(AuthorizeError::UnauthorizedClient);
    }
    let agreed = oxide::authorization(said, by.client, by.redirect_uri)?;
    let owned = |name: &str| said.get(name).map(str::to_owned);
    let words = |name: &str| said.get(name).map(|text| text.split(' ').map(str::to_owned).collect());
    Ok(AuthorizationRequest {
        client: by.client.id,
        redirect_uri: by.redirect_uri.to_owned(),
        redirect_named: said.get("redirect_uri").is_some(),
        scopes: agreed.scopes,
        state: owned("state"),
        nonce: bounded_nonce(said)?,
        challenge: agreed.challenge,
        mode: mode(said)?,
        prompts: prompts(said)?,
        max_age: max_age(said)?.or(metadata.default_max_age),
        login_hint: owned("login_hint"),
        hint: hint(said, by)?,
        acr_values: words("acr_values").unwrap_or_else(|| metadata.default_acr_values.clone()),
        resources: resources(said, by)?,
        dpop_jkt: thumbprint(said)?,
        ui_locales: words("ui_locales").unwrap_or_default(),
        opened: by.now,
        begun: None,
    })
}

/// Whether the request can be read at all, and asks for nothing that is not served.
fn servable(said: &AuthorizeParameters) -> Result<(), AuthorizeError> {
    if let Some(name) = said.repeated() {
        return Err(AuthorizeError::Repeated(name));
    }
    if said.size() > SIZE_MAX {
        return Err(AuthorizeError::TooLarge);
    }
    if let Some(name) = said.unkeepable() {
        return Err(AuthorizeError::Malformed(name));
    }
    for (name, cause) in [
        ("request", AuthorizeError::RequestObject),
        ("request_uri", AuthorizeError::RequestUri),
        ("registration", AuthorizeError::Registration),
    ] {
        if said.get(name).is_some() {
            return Err(cause);
        }
    }
    Ok(())
}

fn bounded_nonce(said: &AuthorizeParameters) -> Result<Option<String>, AuthorizeError> {
    match said.get("nonce") {
        Some(nonce) if nonce.len() > NONCE_MAX => Err(AuthorizeError::Malformed("nonce")),
        nonce => Ok(nonce.map(str::to_owned)),
    }
}

fn mode(said: &AuthorizeParameters) -> Result<ResponseMode, AuthorizeError> {
    said.get("response_mode").map_or(Ok(ResponseMode::default()), |name| {
        ResponseMode::parse(name).ok_or(AuthorizeError::Malformed("response_mode"))
    })
}

fn prompts(said: &AuthorizeParameters) -> Result<std::collections::BTreeSet<Prompt>, AuthorizeError> {
    let Some(text) = said.get("prompt") else { return Ok(std::collections::BTreeSet::new()) };
    Prompt::parse_all(text).ok_or(AuthorizeError::Malformed("prompt"))
}

/// Digits alone: Rust's parser would take `+5` too.
fn max_age(said: &AuthorizeParameters) -> Result<Option<u64>, AuthorizeError> {
    let Some(text) = said.get("max_age") else { return Ok(None) };
    let is_number = text.bytes().all(|byte| byte.is_ascii_digit());
    let age = text.parse().ok().filter(|_| is_number);
    age.map(Some).ok_or(AuthorizeError::Malformed("max_age"))
}

/// Whom the client expects, by an ID token that it got here; an expired one serves, one for another client does not.
fn hint(said: &AuthorizeParameters, by: &Measure<'_>) -> Result<Option<String>, AuthorizeError> {
    let Some(token) = said.get("id_token_hint") else { return Ok(None) };
    let hint = by.ring.verify_id_token(token, by.issuer).ok();
    let own = hint.filter(|hint| hint.aud.contains(&by.client.id.client_id()));
    own.map(|hint| Some(hint.sub)).ok_or(AuthorizeError::Malformed("id_token_hint"))
}

/// The resources, each an absolute URI without a fragment that the client registered, or the issuer itself.
fn resources(said: &AuthorizeParameters, by: &Measure<'_>) -> Result<Vec<String>, AuthorizeError> {
    let mut named = said.resources().to_vec();
    named.sort_unstable();
    named.dedup();
    let is_known = |one: &String| {
        let is_uri = Url::parse(one).is_ok_and(|uri| uri.fragment().is_none());
        is_uri && (one == by.issuer || by.client.metadata.resources.contains(one))
    };
    match named.len() <= RESOURCES_MAX && named.iter().all(is_known) {
        true => Ok(named),
        false => Err(AuthorizeError::UnknownResource),
    }
}

/// *Shape*: base64url of 32 bytes (RFC 7638 by SHA-256).
fn thumbprint(said: &AuthorizeParameters) -> Result<Option<String>, AuthorizeError> {
    let Some(text) = said.get("dpop_jkt") else { return Ok(None) };
    let is_encoded = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    match text.len() == 43 && text.bytes().all(is_encoded) {
        true => Ok(Some(text.to_owned())),
        false => Err(AuthorizeError::Malformed("dpop_jkt")),
    }
}
