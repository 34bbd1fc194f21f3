//! Issuers of others whose word for a user counts as a grant in one application (RFC 7523 §2.1).

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use uuid::Uuid;

use super::clock::Moment;
use super::id::TenantId;
use super::name::lookup_key;
use super::scope::Scopes;
use super::user::Identifier;

/// An issuer that an application trusts.
#[derive(Clone, Debug)]
pub struct TrustedIssuer {
    pub tenant: TenantId,
    pub id: Uuid,
    /// Its `iss`, letter for letter.
    pub issuer: String,
    pub settings: TrustSettings,
    pub created: Moment,
    pub modified: Moment,
}

/// How far the trust goes.
///
/// *Shape*: `{"jwks_uri":"https://..","subject":{"claim":"sub","is":"username"},"scope":"api"}`
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct TrustSettings {
    /// Its keys themselves (RFC 7517 §5), in place of `jwks_uri`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub jwks: Option<Value>,
    /// Where it publishes them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub jwks_uri: Option<String>,
    pub subject: SubjectRule,
    /// All that its word may open.
    pub scope: Scopes,
    /// The life of a token that came of its word, below what application and client allow. *Units*: milliseconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub access_token_ttl: Option<u64>,
}

/// Which claim names the user, and by what.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct SubjectRule {
    pub claim: String,
    pub is: SubjectKind,
}

impl Default for SubjectRule {
    fn default() -> Self {
        Self { claim: "sub".to_owned(), is: SubjectKind::default() }
    }
}

/// What a claim holds of a user.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SubjectKind {
    #[default]
    Username,
    Email,
    Uuid,
}

impl SubjectRule {
    /// Whom verified claims name; `None` for nobody. A claim is read as what the rule says and as nothing else, so that
    /// no username that looks like an address or an id is taken for one.
    pub fn identify(&self, claims: &Map<String, Value>) -> Option<Identifier> {
        let text = claims.get(&self.claim)?.as_str().filter(|text| !text.is_empty())?;
        match self.is {
            SubjectKind::Username => Some(Identifier::Username(lookup_key(text))),
            // An address that its issuer has not proved names nobody.
            SubjectKind::Email if claims.get("email_verified") == Some(&Value::Bool(false)) => None,
            SubjectKind::Email => Some(Identifier::Email(lookup_key(text))),
            SubjectKind::Uuid => Uuid::try_parse(text).ok().map(Identifier::Id),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn named(is: SubjectKind, claims: &Value) -> Option<Identifier> {
        SubjectRule { claim: "who".to_owned(), is }.identify(claims.as_object().unwrap())
    }

    #[test]
    fn a_claim_is_read_by_its_rule_alone() {
        let mail = json!({ "sub": "bob", "who": "Ann@Example.test" });
        assert_eq!(named(SubjectKind::Username, &mail), Some(Identifier::Username("ann@example.test".into())));
        assert_eq!(named(SubjectKind::Email, &mail), Some(Identifier::Email("ann@example.test".into())));
        assert_eq!(named(SubjectKind::Uuid, &mail), None);
        let id = Uuid::from_u128(7);
        assert_eq!(named(SubjectKind::Uuid, &json!({ "who": id })), Some(Identifier::Id(id)));
        for nobody in
            [json!({}), json!({ "who": "" }), json!({ "who": 7 }), json!({ "who": null }), json!({ "who": [] })]
        {
            assert_eq!(named(SubjectKind::Username, &nobody), None, "{nobody}");
        }
    }

    #[test]
    fn an_address_that_was_not_proved_names_nobody() {
        let said = |verified: Value| json!({ "who": "ann@example.test", "email_verified": verified });
        assert!(named(SubjectKind::Email, &said(json!(true))).is_some());
        assert!(named(SubjectKind::Email, &said(json!(false))).is_none());
    }
}
