//! Issuers of others whose word for a user an application takes (RFC 7523): set by whoever administers its organization.
//! *Tenancy*: every method takes the application.

use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::{Actor, ManageError, Registry};
use crate::crypto::jwt::ForeignKeys;
use crate::domain::clock::Moment;
use crate::domain::id::AppId;
use crate::domain::scope::Scopes;
use crate::domain::trusted::{SubjectRule, TrustSettings, TrustedIssuer};
use crate::store::{Journal, Store, Trust};

/// More than any application has partners.
const MOST: i64 = 50;
const ISSUER_MAX: usize = 512;
const CLAIM_MAX: usize = 128;
/// The members of the body.
const MEMBERS: [&str; 6] = ["issuer", "jwks", "jwks_uri", "subject", "scope", "access_token_ttl"];
/// What is shown beside them; a caller may send back what it read.
const SHOWN: [&str; 4] = ["uuid", "type", "created", "modified"];

impl Registry {
    /// Trusts an issuer from now on.
    ///
    /// *Errors*: `MissingMember`, `WrongMember`, `Illegal` for one that is trusted already or beyond the bound.
    pub async fn create_trusted_issuer(
        &self,
        app: AppId,
        given: &Map<String, Value>,
        actor: Actor,
    ) -> Result<TrustedIssuer, ManageError> {
        let missing = ManageError::MissingMember { entity: "trusted issuer", property: "issuer" };
        let issuer = text(given, "issuer", ISSUER_MAX)?.ok_or(missing)?;
        let settings = self.read_trust(given, TrustSettings::default())?;
        let (now, id) = (self.clock.now(), self.draw_id());
        let trusted = TrustedIssuer { tenant: app.into(), id, issuer, settings, created: now, modified: now };
        let journal = self.trust_journal(&trusted, (actor, "trust issuer"));
        let row = trusted.clone();
        let write =
            move |store: &Store, journal: &Journal| store.insert_trusted_issuer(app.into(), &row, MOST, journal);
        match self.write(journal, write).await? {
            Trust::Added => Ok(trusted),
            Trust::Known => Err(ManageError::Illegal("This issuer is trusted already.")),
            Trust::Full => Err(ManageError::Illegal("No more issuers can be trusted here.")),
        }
    }

    /// The issuers that the application trusts, oldest first.
    pub async fn list_trusted_issuers(&self, app: AppId) -> Result<Vec<TrustedIssuer>, ManageError> {
        Ok(self.store.blocking(move |store| store.list_trusted_issuers(app.into())).await?)
    }

    /// One of them by its UUID.
    ///
    /// *Errors*: `UnknownTrustedIssuer`.
    pub async fn get_trusted_issuer(&self, app: AppId, text: &str) -> Result<TrustedIssuer, ManageError> {
        let unknown = || ManageError::UnknownTrustedIssuer(text.chars().take(64).collect());
        let id = Uuid::try_parse(text).map_err(|_no_uuid| unknown())?;
        let found = self.store.point(move |store| store.find_trusted_issuer_by_id(app.into(), id)).await?;
        found.ok_or_else(unknown)
    }

    /// Puts what a body says over an issuer's settings; `null` takes one back. Its name stays: another issuer is trusted
    /// anew.
    ///
    /// *Errors*: `UnknownTrustedIssuer`, `WrongMember`, `Overtaken`.
    pub async fn update_trusted_issuer(
        &self,
        app: AppId,
        id: &str,
        given: &Map<String, Value>,
        actor: Actor,
    ) -> Result<TrustedIssuer, ManageError> {
        let mut trusted = self.get_trusted_issuer(app, id).await?;
        if given.get("issuer").is_some_and(|issuer| issuer != &Value::String(trusted.issuer.clone())) {
            return Err(ManageError::WrongMember { name: "issuer", form: "what it was" });
        }
        let seen = trusted.modified;
        trusted.settings = self.read_trust(given, trusted.settings)?;
        trusted.modified = self.clock.now().max(Moment::from_micros(seen.micros().saturating_add(1)));
        let journal = self.trust_journal(&trusted, (actor, "change trusted issuer"));
        let row = trusted.clone();
        let write = move |store: &Store, journal: &Journal| store.save_trusted_issuer(app.into(), &row, seen, journal);
        match self.write(journal, write).await? {
            true => Ok(trusted),
            false => Err(ManageError::Overtaken),
        }
    }

    /// Trusts an issuer no more. Tokens that came of its word go on to their own end.
    ///
    /// *Errors*: `UnknownTrustedIssuer`.
    pub async fn remove_trusted_issuer(
        &self,
        app: AppId,
        id: &str,
        actor: Actor,
    ) -> Result<TrustedIssuer, ManageError> {
        let trusted = self.get_trusted_issuer(app, id).await?;
        let journal = self.trust_journal(&trusted, (actor, "trust issuer no more"));
        let row = trusted.id;
        self.write(journal, move |store, journal| store.remove_trusted_issuer(app.into(), row, journal)).await?;
        Ok(trusted)
    }

    fn trust_journal(&self, trusted: &TrustedIssuer, (actor, action): (Actor, &str)) -> Journal {
        let detail = json!({ "trusted_issuer": trusted.id, "issuer": trusted.issuer });
        Journal { audit: vec![self.audit(trusted.tenant, actor, action, detail)], ..Journal::default() }
    }

    /// The settings as they are to be: what the body says over what stands.
    fn read_trust(&self, given: &Map<String, Value>, over: TrustSettings) -> Result<TrustSettings, ManageError> {
        let wrong = |name, form| ManageError::WrongMember { name, form };
        if given.keys().any(|name| !MEMBERS.contains(&name.as_str()) && !SHOWN.contains(&name.as_str())) {
            return Err(ManageError::Illegal("A trusted issuer has no such member."));
        }
        let mut settings = over;
        if let Some(jwks) = given.get("jwks") {
            settings.jwks = Some(jwks.clone()).filter(|jwks| !jwks.is_null());
        }
        if let Some(url) = given.get("jwks_uri") {
            settings.jwks_uri = url.as_str().map(str::to_owned);
        }
        if let Some(subject) = given.get("subject").filter(|subject| !subject.is_null()) {
            let rule = serde_json::from_value(subject.clone());
            settings.subject = rule.map_err(|_bad| wrong("subject", SUBJECT_FORM))?;
        } else if given.contains_key("subject") {
            settings.subject = SubjectRule::default();
        }
        if let Some(scope) = given.get("scope") {
            let words: Option<Scopes> = scope.as_str().and_then(|scope| scope.parse().ok());
            settings.scope = words.ok_or(wrong("scope", "a text of words with single spaces between them"))?;
        }
        if let Some(life) = given.get("access_token_ttl") {
            settings.access_token_ttl = life.as_u64();
            if !life.is_null() && settings.access_token_ttl.is_none_or(|life| life == 0) {
                return Err(wrong("access_token_ttl", "a number of milliseconds above 0"));
            }
        }
        self.check_trust(&settings)?;
        Ok(settings)
    }

    fn check_trust(&self, settings: &TrustSettings) -> Result<(), ManageError> {
        let wrong = |name, form| Err(ManageError::WrongMember { name, form });
        match (&settings.jwks, &settings.jwks_uri) {
            (Some(jwks), None) if ForeignKeys::parse_registered(jwks).is_err() => {
                return wrong("jwks", "a set of public keys for ES256, EdDSA or RS256");
            }
            (None, Some(url)) if self.upstream.check(url).is_err() => {
                return wrong("jwks_uri", "an https URL of a public host");
            }
            (Some(_), None) | (None, Some(_)) => {}
            (Some(_), Some(_)) | (None, None) => return wrong("jwks", "there, or jwks_uri, and never both"),
        }
        if settings.subject.claim.is_empty() || settings.subject.claim.len() > CLAIM_MAX {
            return wrong("subject", SUBJECT_FORM);
        }
        if settings.scope.is_empty() {
            return wrong("scope", "a text that names one scope at least");
        }
        Ok(())
    }
}

const SUBJECT_FORM: &str = "an object with the name of a claim and is: username, email or uuid";

fn text(given: &Map<String, Value>, name: &'static str, most: usize) -> Result<Option<String>, ManageError> {
    match given.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text))
            if !text.trim().is_empty() && text.len() <= most && !text.chars().any(char::is_control) =>
        {
            Ok(Some(text.clone()))
        }
        Some(_) => Err(ManageError::WrongMember { name, form: "a text of at most 512 bytes" }),
    }
}
