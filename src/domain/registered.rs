//! Registered clients: programs that ask for tokens under the rules of their registration (RFC 7591). They are apart
//! from the clients that applications and organizations are born with, and reach nothing that their scopes do not name.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;

use super::clock::Moment;
use super::id::{RegisteredId, TenantId};
use super::scope::Scopes;
use super::secret::Digest;
use super::token::Algorithm;

/// The four characters that ids of registered clients begin with: base64 of `cl:`.
const PREFIX: &str = "Y2w6";

impl RegisteredId {
    /// Reads a `client_id`; `None` for anything that was never issued in this form.
    ///
    /// *Shape*: `Y2w6`, then base64url of 16 bytes; 26 characters, which no id of a person is (RFC 9700 §4.15).
    pub fn parse_client_id(text: &str) -> Option<Self> {
        let bytes = URL_SAFE_NO_PAD.decode(text.strip_prefix(PREFIX)?).ok()?;
        Uuid::from_slice(&bytes).ok().map(Self::new)
    }

    /// The `client_id`.
    pub fn client_id(self) -> String {
        format!("{PREFIX}{}", URL_SAFE_NO_PAD.encode(self.uuid().as_bytes()))
    }
}

/// A grant that the token endpoint serves, by its registered name. Usergrid's `pin` is none that a client registers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum GrantType {
    #[serde(rename = "authorization_code")]
    AuthorizationCode,
    #[serde(rename = "refresh_token")]
    RefreshToken,
    #[serde(rename = "client_credentials")]
    ClientCredentials,
    #[serde(rename = "password")]
    Password,
    #[serde(rename = "urn:ietf:params:oauth:grant-type:device_code")]
    DeviceCode,
    #[serde(rename = "urn:ietf:params:oauth:grant-type:token-exchange")]
    TokenExchange,
    #[serde(rename = "urn:ietf:params:oauth:grant-type:jwt-bearer")]
    JwtBearer,
}

impl GrantType {
    /// Every grant.
    pub const ALL: [Self; 7] = [
        Self::AuthorizationCode,
        Self::RefreshToken,
        Self::ClientCredentials,
        Self::Password,
        Self::DeviceCode,
        Self::TokenExchange,
        Self::JwtBearer,
    ];

    /// The registered name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::AuthorizationCode => "authorization_code",
            Self::RefreshToken => "refresh_token",
            Self::ClientCredentials => "client_credentials",
            Self::Password => "password",
            Self::DeviceCode => "urn:ietf:params:oauth:grant-type:device_code",
            Self::TokenExchange => "urn:ietf:params:oauth:grant-type:token-exchange",
            Self::JwtBearer => "urn:ietf:params:oauth:grant-type:jwt-bearer",
        }
    }
}

/// How a client proves itself (RFC 7591 §2, RFC 7523, RFC 8705).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AuthMethod {
    #[default]
    ClientSecretBasic,
    ClientSecretPost,
    PrivateKeyJwt,
    /// A certificate that a trusted proxy vouches for; served only where the configuration names that proxy's header.
    TlsClientAuth,
    /// A public client: a program on its users' own machines.
    None,
}

impl AuthMethod {
    /// The registered name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::ClientSecretBasic => "client_secret_basic",
            Self::ClientSecretPost => "client_secret_post",
            Self::PrivateKeyJwt => "private_key_jwt",
            Self::TlsClientAuth => "tls_client_auth",
            Self::None => "none",
        }
    }
}

/// Which identifier of a person a client is told (OpenID Connect Core §8).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SubjectType {
    #[default]
    Public,
    Pairwise,
}

/// Where a client runs; decides which redirect URIs may be registered (OpenID Connect Registration §2).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ApplicationType {
    #[default]
    Web,
    Native,
}

/// What a client registered, by the names of RFC 7591, OpenID Connect Registration and their followers.
///
/// *Shape*: `{"redirect_uris":["https://app.example/cb"],"grant_types":["authorization_code"],"scope":"openid"}`
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ClientMetadata {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub redirect_uris: Vec<String>,
    pub grant_types: Vec<GrantType>,
    pub token_endpoint_auth_method: AuthMethod,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub token_endpoint_auth_signing_alg: Option<Algorithm>,
    /// All that the client may ever ask for.
    pub scope: Scopes,
    /// Resources (RFC 8707) that the client may name beside the application itself.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub resources: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub jwks: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub jwks_uri: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tls_client_auth_subject_dn: Option<String>,
    pub application_type: ApplicationType,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client_uri: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub logo_uri: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub policy_uri: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tos_uri: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub contacts: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub software_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub software_version: Option<String>,
    pub subject_type: SubjectType,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sector_identifier_uri: Option<String>,
    pub id_token_signed_response_alg: Algorithm,
    /// `None` for plain JSON.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub userinfo_signed_response_alg: Option<Algorithm>,
    /// `None` for plain JSON.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub introspection_signed_response_alg: Option<Algorithm>,
    /// *Units*: seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub default_max_age: Option<u64>,
    pub require_auth_time: bool,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub default_acr_values: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub post_logout_redirect_uris: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub backchannel_logout_uri: Option<String>,
    pub backchannel_logout_session_required: bool,
    /// RFC 9449 §5.2: no token without a proof of possession.
    pub dpop_bound_access_tokens: bool,
    /// RFC 9126 §6.
    pub require_pushed_authorization_requests: bool,
    /// The life of its access tokens, below what the application allows. *Units*: milliseconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub access_token_ttl: Option<u64>,
    /// The life of its sessions, below what the server allows. *Units*: milliseconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refresh_token_ttl: Option<u64>,
    /// The application's own: its people are not asked whether they allow it. Set by the administration alone.
    pub first_party: bool,
    /// A client that keeps a secret and cannot do PKCE (RFC 7636); of no effect on a public one.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub pkce_optional: bool,
}

impl ClientMetadata {
    /// Whether the client registered for this grant.
    pub fn allows(&self, grant: GrantType) -> bool {
        self.grant_types.contains(&grant)
    }

    /// Whether it cannot keep a secret.
    pub fn is_public(&self) -> bool {
        self.token_endpoint_auth_method == AuthMethod::None
    }

    /// The sector in which people have one pairwise name: the host of its sector identifier, else of its redirect URIs.
    ///
    /// *Spec*: OpenID Connect Core §8.1; registration sees to it that there is one where it counts.
    pub fn sector(&self) -> Option<String> {
        let uri = self.sector_identifier_uri.as_ref().or(self.redirect_uris.first())?;
        let (_, rest) = uri.split_once("://")?;
        let authority = rest.split(['/', '?', '#']).next()?;
        let host_and_port = authority.rsplit('@').next()?;
        let host = match host_and_port.strip_prefix('[') {
            Some(address) => address.split(']').next()?,
            None => host_and_port.split(':').next()?,
        };
        (!host.is_empty()).then(|| host.to_ascii_lowercase())
    }

    /// Whether it may ask for a code without a challenge.
    pub fn may_skip_challenge(&self) -> bool {
        self.pkce_optional && !self.is_public()
    }
}

/// Who keeps a registration.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeptBy {
    /// The tenant's administration.
    Management,
    /// The client itself, by its registration token (RFC 7592).
    Registration,
}

impl KeptBy {
    /// The word used in rows.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Management => "management",
            Self::Registration => "registration",
        }
    }

    /// Reads a row's word.
    pub fn parse(word: &str) -> Option<Self> {
        [Self::Management, Self::Registration].into_iter().find(|kept| kept.as_str() == word)
    }
}

/// A client as it is registered with one tenant.
#[derive(Clone, Debug)]
pub struct RegisteredClient {
    pub tenant: TenantId,
    pub id: RegisteredId,
    pub name: String,
    pub metadata: ClientMetadata,
    pub kept_by: KeptBy,
    pub disabled: bool,
    /// SHA-256 of the registration access token.
    pub registration_digest: Option<Digest>,
    pub created: Moment,
    pub modified: Moment,
}

/// One secret of a registered client. Its text was shown once.
#[derive(Clone, Debug)]
pub struct RegisteredSecret {
    pub id: Uuid,
    pub name: Option<String>,
    /// SHA-256 of the secret's text.
    pub digest: Digest,
    pub created: Moment,
    pub expires: Option<Moment>,
}

impl RegisteredSecret {
    /// Whether the secret may be used at `now`.
    pub fn is_live(&self, now: Moment) -> bool {
        self.expires.is_none_or(|end| now < end)
    }
}

/// A token with which clients may be registered (RFC 7591 §3). Its text was shown once.
#[derive(Clone, Debug)]
pub struct InitialToken {
    pub id: Uuid,
    pub name: Option<String>,
    /// SHA-256 of the token's text.
    pub digest: Digest,
    /// How many clients it still lets in; `None` where there is no bound.
    pub uses_left: Option<u32>,
    pub created: Moment,
    pub expires: Option<Moment>,
}

impl fmt::Display for GrantType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_of_registered_clients_are_told_from_all_others() {
        let id = RegisteredId::new(Uuid::from_u128(7));
        let text = id.client_id();
        assert!(text.starts_with(PREFIX) && text.len() == 26);
        assert_eq!(RegisteredId::parse_client_id(&text), Some(id));
        for other in ["", "Y2w6", "YXA6iuim6oSlEeOITfGOj2-zvA", "00000000-0000-0000-0000-000000000007"] {
            assert_eq!(RegisteredId::parse_client_id(other), None, "{other}");
        }
    }

    #[test]
    fn the_names_in_json_are_the_registered_ones() {
        for grant in GrantType::ALL {
            assert_eq!(serde_json::to_value(grant).unwrap(), grant.as_str());
        }
        for method in [AuthMethod::ClientSecretBasic, AuthMethod::PrivateKeyJwt, AuthMethod::None] {
            assert_eq!(serde_json::to_value(method).unwrap(), method.as_str());
        }
    }
}
