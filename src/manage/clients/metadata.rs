//! Reads what a client wants registered, and checks that its parts agree. What is not said has the default of RFC 7591.
//! No server of others is asked here.

use serde_json::{Map, Value, json};

use super::fault::{Checked, ClientFault, demand};
use super::uris;
use crate::crypto::jwt::ForeignKeys;
use crate::domain::registered::{AuthMethod, ClientMetadata, GrantType, KeptBy, RegisteredClient};
use crate::domain::scope::{OFFLINE_ACCESS, OPENID};
use crate::domain::token::Algorithm;

/// The members that become metadata.
const MEMBERS: [&str; 35] = [
    "redirect_uris",
    "grant_types",
    "token_endpoint_auth_method",
    "token_endpoint_auth_signing_alg",
    "scope",
    "resources",
    "jwks",
    "jwks_uri",
    "tls_client_auth_subject_dn",
    "application_type",
    "client_uri",
    "logo_uri",
    "policy_uri",
    "tos_uri",
    "contacts",
    "software_id",
    "software_version",
    "subject_type",
    "sector_identifier_uri",
    "id_token_signed_response_alg",
    "userinfo_signed_response_alg",
    "introspection_signed_response_alg",
    "default_max_age",
    "require_auth_time",
    "default_acr_values",
    "post_logout_redirect_uris",
    "backchannel_logout_uri",
    "backchannel_logout_session_required",
    "dpop_bound_access_tokens",
    "require_pushed_authorization_requests",
    "access_token_ttl",
    "refresh_token_ttl",
    "first_party",
    // Not kept: the one follows from the grants, the other is the name.
    "response_types",
    "client_name",
];
/// What a client that registers itself may not decide; it is passed over like any unknown member.
const OF_MANAGEMENT: [&str; 4] = ["resources", "access_token_ttl", "refresh_token_ttl", "first_party"];
/// What answers show beside the metadata; clients send back what they read.
const SHOWN: [&str; 13] = [
    "uuid",
    "type",
    "client_id",
    "client_id_issued_at",
    "client_secret",
    "client_secret_id",
    "client_secret_expires_at",
    "registration_access_token",
    "registration_client_uri",
    "kept_by",
    "created",
    "modified",
    "disabled",
];
/// The scopes that a client may give itself: they concern the person who signs in, and that person is asked.
const OF_PEOPLE: [&str; 6] = [OPENID, "profile", "email", "groups", "roles", OFFLINE_ACCESS];
/// The grants that a client may give itself. The others act for people who are not there to be asked.
const BY_ITSELF: [GrantType; 4] =
    [GrantType::AuthorizationCode, GrantType::RefreshToken, GrantType::ClientCredentials, GrantType::DeviceCode];
const NAME_MAX: usize = 128;
const TEXT_MAX: usize = 512;
const LIST_MAX: usize = 20;

/// What was read: a client as it is to be, less what the server decides.
#[derive(Clone, Debug)]
pub(super) struct Read {
    pub name: Option<String>,
    pub metadata: ClientMetadata,
}

/// Reads a body. The administration changes what it names and leaves the rest, where `over` is what stands; a client
/// that registers itself says all anew (RFC 7592 §2.2).
///
/// *Errors*: a member that cannot be what it is. The administration is told of members that do not exist, too; a
/// client's are passed over (RFC 7591 §2).
pub(super) fn read(
    given: &Map<String, Value>,
    over: Option<&RegisteredClient>,
    by: KeptBy,
) -> Result<Read, ClientFault> {
    let mut said = Map::new();
    if by == KeptBy::Management {
        if let Some(unknown) = given.keys().find(|name| !is_known(name)) {
            return Err(ClientFault::UnknownMember(unknown.chars().take(64).collect()));
        }
        // What follows from the grants is asked again with them.
        said = over.and_then(|client| json!(client.metadata).as_object().cloned()).unwrap_or_default();
    }
    for member in MEMBERS {
        let is_passed_over = by == KeptBy::Registration && OF_MANAGEMENT.contains(&member);
        match given.get(member).filter(|_| !is_passed_over) {
            None => {}
            Some(Value::Null) => {
                said.shift_remove(member);
            }
            Some(value) => {
                said.insert(member.to_owned(), value.clone());
            }
        }
    }
    let name = name(said.shift_remove("client_name"))?.or_else(|| over.map(|client| client.name.clone()));
    let response_types = said.shift_remove("response_types");
    let defaults = [("grant_types", json!([GrantType::AuthorizationCode])), ("scope", json!("openid profile email"))];
    for (member, default) in defaults {
        said.entry(member).or_insert(default);
    }
    let metadata = typed(said)?;
    answers(response_types, &metadata)?;
    Ok(Read { name, metadata })
}

fn is_known(name: &str) -> bool {
    MEMBERS.contains(&name) || SHOWN.contains(&name)
}

/// A name that people see.
fn name(value: Option<Value>) -> Result<Option<String>, ClientFault> {
    match value {
        None => Ok(None),
        Some(Value::String(text)) => {
            let is_fine =
                !text.trim().is_empty() && text.chars().count() <= NAME_MAX && !text.chars().any(char::is_control);
            demand(is_fine, "client_name", "must be 1 to 128 printable characters").map(|()| Some(text))
        }
        Some(_) => Err(ClientFault::Metadata("client_name", "must be a text")),
    }
}

/// The members as values of their types. Each is read by itself first, so that the wrong one can be named.
fn typed(said: Map<String, Value>) -> Result<ClientMetadata, ClientFault> {
    let parse = |value: Value| serde_json::from_value::<ClientMetadata>(value).ok();
    if let Some(metadata) = parse(Value::Object(said.clone())) {
        return Ok(metadata);
    }
    let is_wrong = |member: &&str| said.get(*member).is_some_and(|value| parse(json!({ *member: value })).is_none());
    let member = MEMBERS.into_iter().find(|member| is_wrong(member)).unwrap_or("grant_types");
    Err(ClientFault::Metadata(member, "has a value that it cannot have"))
}

/// `response_types` must agree with the grants: a code is the one thing that browsers bring (RFC 7591 §2.1).
fn answers(said: Option<Value>, metadata: &ClientMetadata) -> Checked {
    let Some(said) = said else { return Ok(()) };
    let is_code = said == json!(["code"]);
    let agrees = if metadata.allows(GrantType::AuthorizationCode) { is_code } else { said == json!([]) };
    demand(agrees, "response_types", "must be [\"code\"] beside the grant authorization_code, and empty without it")
}

/// Checks that what a client registered agrees with itself and with what it may decide.
pub(super) fn check(metadata: &ClientMetadata, by: KeptBy) -> Checked {
    uris::check(metadata)?;
    grants(metadata)?;
    proof(metadata)?;
    algorithms(metadata)?;
    texts(metadata)?;
    let has_life = [metadata.access_token_ttl, metadata.refresh_token_ttl].into_iter().all(|life| life != Some(0));
    demand(has_life, "access_token_ttl", "and refresh_token_ttl must be above 0")?;
    if by == KeptBy::Registration { by_itself(metadata) } else { Ok(()) }
}

fn grants(metadata: &ClientMetadata) -> Checked {
    demand(!metadata.grant_types.is_empty(), "grant_types", "must name a grant")?;
    let has_code = metadata.allows(GrantType::AuthorizationCode);
    if has_code && metadata.redirect_uris.is_empty() {
        return Err(ClientFault::RedirectUri("redirect_uris", "must have an entry for the grant authorization_code"));
    }
    let is_for_secrets =
        [GrantType::ClientCredentials, GrantType::Password].iter().any(|grant| metadata.allows(*grant));
    demand(
        !(metadata.is_public() && is_for_secrets),
        "grant_types",
        "of a public client cannot have client_credentials or password",
    )?;
    let alone = metadata.grant_types.iter().all(|grant| *grant == GrantType::RefreshToken);
    demand(!alone, "grant_types", "must name a grant that begins a session beside refresh_token")
}

/// How it proves itself, and that it has what that takes.
fn proof(metadata: &ClientMetadata) -> Checked {
    let by_value = metadata.jwks.as_ref();
    demand(by_value.is_none() || metadata.jwks_uri.is_none(), "jwks", "and jwks_uri cannot both be there")?;
    if let Some(jwks) = by_value {
        let parsed = ForeignKeys::parse_registered(jwks);
        demand(parsed.is_ok(), "jwks", "must be a set of public keys for signatures: ES256, EdDSA or RS256")?;
    }
    let has_keys = by_value.is_some() || metadata.jwks_uri.is_some();
    let method = metadata.token_endpoint_auth_method;
    let by_jwt = method == AuthMethod::PrivateKeyJwt;
    demand(!by_jwt || has_keys, "token_endpoint_auth_method", "private_key_jwt needs jwks or jwks_uri")?;
    let is_said = metadata.token_endpoint_auth_signing_alg.is_some();
    demand(by_jwt || !is_said, "token_endpoint_auth_signing_alg", "is for private_key_jwt alone")?;
    let subject = metadata.tls_client_auth_subject_dn.as_deref();
    let by_certificate = method == AuthMethod::TlsClientAuth;
    let is_fine = subject.is_none_or(|subject| !subject.trim().is_empty() && subject.len() <= TEXT_MAX);
    demand(
        by_certificate == subject.is_some() && is_fine,
        "tls_client_auth_subject_dn",
        "must be there for tls_client_auth, and for it alone",
    )
}

/// A secret signs nothing here: of a client's secret only the digest is kept, and ours is nobody's.
fn algorithms(metadata: &ClientMetadata) -> Checked {
    for (member, algorithm) in [
        ("token_endpoint_auth_signing_alg", metadata.token_endpoint_auth_signing_alg),
        ("id_token_signed_response_alg", Some(metadata.id_token_signed_response_alg)),
        ("userinfo_signed_response_alg", metadata.userinfo_signed_response_alg),
        ("introspection_signed_response_alg", metadata.introspection_signed_response_alg),
    ] {
        demand(algorithm != Some(Algorithm::HS256), member, "must be ES256, EdDSA or RS256")?;
    }
    Ok(())
}

fn texts(metadata: &ClientMetadata) -> Checked {
    let is_text = |text: &String| !text.is_empty() && text.len() <= TEXT_MAX && !text.chars().any(char::is_control);
    let lists = [("contacts", &metadata.contacts), ("default_acr_values", &metadata.default_acr_values)];
    for (member, list) in lists {
        demand(list.len() <= LIST_MAX && list.iter().all(is_text), member, "must be a short list of short texts")?;
    }
    let texts = [("software_id", &metadata.software_id), ("software_version", &metadata.software_version)];
    for (member, text) in texts {
        demand(text.as_ref().is_none_or(is_text), member, "must be a short text")?;
    }
    Ok(())
}

/// What nobody may give themselves.
fn by_itself(metadata: &ClientMetadata) -> Checked {
    let scopes = metadata.scope.iter().all(|word| OF_PEOPLE.contains(&word));
    demand(scopes, "scope", "may have openid, profile, email, groups, roles and offline_access")?;
    let grants = metadata.grant_types.iter().all(|grant| BY_ITSELF.contains(grant));
    demand(grants, "grant_types", "may have authorization_code, refresh_token, client_credentials and device_code")
}
