//! Verifies access tokens of one Tokengrid issuer without asking it: by its key set, and by the feed of what it revoked.
//! To be copied into a resource server. It does no I/O and asks for no time: whoever owns it fetches both documents and
//! hands them in (`main.rs` shows how).
//!
//! A token that was revoked is refused at most 60 seconds later, whatever caches there are on the way: no document is
//! believed for longer, and without one that holds every token is refused.
//! *Spec*: RFC 9068 §4; `docs/api/revocations.md`.

use std::collections::HashMap;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::jwk::JwkSet;
use jsonwebtoken::{Algorithm, DecodingKey};
use serde::Deserialize;
use serde_json::Value;
use sha2::{Digest, Sha256};

/// How far the issuer's clock may be ahead. *Units*: seconds.
const SKEW: i64 = 60;

/// Why a token or a document is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refused {
    Malformed,
    WrongType,
    /// The key set may be older than the key: fetch it again, now and then, and no more often.
    UnknownKey,
    BadSignature,
    WrongIssuer,
    WrongAudience,
    NotYetValid,
    Expired,
    Revoked,
    /// No feed that holds: nobody knows what was revoked.
    Stale,
    /// A token that someone above its holder took out: it holds only while they do, which only its issuer knows.
    Lent,
}

/// The claims that the checks need; the rest is in `all`.
#[derive(Debug, Deserialize)]
struct Claims {
    iss: String,
    sub: String,
    client_id: String,
    aud: Value,
    exp: i64,
    iat: i64,
    nbf: Option<i64>,
    jti: String,
    sid: Option<String>,
    lender: Option<Value>,
}

#[derive(Debug, Deserialize)]
struct Document {
    iss: String,
    iat: i64,
    exp: i64,
    since: Option<String>,
    next: String,
    revocations: Vec<Ended>,
}

#[derive(Debug, Deserialize)]
struct Ended {
    token: Option<String>,
    principal: Option<String>,
    spared: Option<String>,
    until: Option<i64>,
    exp: i64,
}

/// A watermark and when it may be forgotten.
#[derive(Clone, Copy, Debug)]
struct Mark {
    until: i64,
    exp: i64,
}

/// What is known of an issuer's revocations.
#[derive(Debug, Default)]
struct Known {
    iat: i64,
    exp: i64,
    next: String,
    tokens: HashMap<String, Mark>,
    principals: HashMap<String, Mark>,
    spared: HashMap<String, Mark>,
    tenant: Option<Mark>,
}

/// Verifies the tokens of one issuer for one audience.
pub struct Verifier {
    issuer: String,
    audience: String,
    keys: HashMap<String, (Algorithm, DecodingKey)>,
    known: Option<Known>,
}

impl Verifier {
    /// A verifier that refuses everything until it has keys and a feed.
    pub fn new(issuer: &str, audience: &str) -> Self {
        Self { issuer: issuer.to_owned(), audience: audience.to_owned(), keys: HashMap::new(), known: None }
    }

    /// Takes the issuer's key set (RFC 7517), in place of the former one.
    ///
    /// *Errors*: `Malformed`; the former set stays.
    pub fn take_keys(&mut self, key_set: &str) -> Result<(), Refused> {
        let set: JwkSet = serde_json::from_str(key_set).or(Err(Refused::Malformed))?;
        let mut keys = HashMap::new();
        for jwk in &set.keys {
            let named =
                (jwk.common.key_id.clone(), jwk.common.key_algorithm.and_then(|name| name.to_string().parse().ok()));
            // What is not understood verifies nothing.
            if let ((Some(kid), Some(algorithm)), Ok(key)) = (named, DecodingKey::from_jwk(jwk)) {
                keys.insert(kid, (algorithm, key));
            }
        }
        self.keys = keys;
        Ok(())
    }

    /// What to give as `since` when the feed is asked for next; `None` for all of it.
    pub fn cursor(&self) -> Option<&str> {
        self.known.as_ref().map(|known| known.next.as_str())
    }

    /// Takes a signed document of the feed. *Units*: `now` is UTC seconds.
    ///
    /// *Errors*: one that does not hold; what was known before stays, until it is too old.
    pub fn take_feed(&mut self, document: &str, now: i64) -> Result<(), Refused> {
        let claims = self.signed(document, "revocations+jwt")?;
        let document: Document = serde_json::from_slice(&claims).or(Err(Refused::Malformed))?;
        if document.iss != self.issuer {
            return Err(Refused::WrongIssuer);
        }
        if document.exp <= now {
            return Err(Refused::Expired);
        }
        match (&document.since, &mut self.known) {
            (None, None) => self.known = Some(Known::default()),
            // An older document, from a cache on the way, says nothing new.
            (_, Some(known)) if document.iat < known.iat => return Ok(()),
            (None, Some(known)) => *known = Known::default(),
            (Some(since), Some(known)) if *since == known.next => {}
            (Some(_), _) => return Err(Refused::Stale),
        }
        if let Some(known) = &mut self.known {
            known.add(document, now);
        }
        Ok(())
    }

    /// Verifies an access token and answers all that it says. *Units*: `now` is UTC seconds.
    ///
    /// *Errors*: the first rule that it breaks.
    pub fn verify(&self, token: &str, now: i64) -> Result<Value, Refused> {
        let known = self.known.as_ref().filter(|known| now < known.exp).ok_or(Refused::Stale)?;
        let json = self.signed(token, "at+jwt")?;
        let claims: Claims = serde_json::from_slice(&json).or(Err(Refused::Malformed))?;
        if claims.iss != self.issuer {
            return Err(Refused::WrongIssuer);
        }
        let is_for_us = match &claims.aud {
            Value::String(one) => *one == self.audience,
            Value::Array(many) => many.iter().any(|one| *one == self.audience.as_str()),
            _ => false,
        };
        if !is_for_us {
            return Err(Refused::WrongAudience);
        }
        if claims.iat > now + SKEW || claims.nbf.is_some_and(|nbf| nbf > now + SKEW) {
            return Err(Refused::NotYetValid);
        }
        if claims.exp <= now {
            return Err(Refused::Expired);
        }
        if claims.lender.is_some() {
            return Err(Refused::Lent);
        }
        match known.covers(&claims).ok_or(Refused::Malformed)? {
            true => Err(Refused::Revoked),
            false => serde_json::from_slice(&json).or(Err(Refused::Malformed)),
        }
    }

    /// The claims of a text of this type, once a key of the issuer is known to have signed it.
    fn signed(&self, text: &str, wanted: &str) -> Result<Vec<u8>, Refused> {
        #[derive(Deserialize)]
        struct Header {
            typ: String,
            alg: String,
            kid: String,
            crit: Option<Value>,
        }
        let decode = |part: &str| URL_SAFE_NO_PAD.decode(part).or(Err(Refused::Malformed));
        let (message, signature) = text.rsplit_once('.').ok_or(Refused::Malformed)?;
        let (header, claims) = message.split_once('.').ok_or(Refused::Malformed)?;
        let header: Header = serde_json::from_slice(&decode(header)?).or(Err(Refused::Malformed))?;
        if header.typ != wanted || header.crit.is_some() {
            return Err(Refused::WrongType);
        }
        let (algorithm, key) = self.keys.get(&header.kid).ok_or(Refused::UnknownKey)?;
        // The key says by what it signs; the header only agrees (RFC 8725 §3.1).
        if header.alg.parse() != Ok(*algorithm) {
            return Err(Refused::BadSignature);
        }
        match jsonwebtoken::crypto::verify(signature, message.as_bytes(), key, *algorithm) {
            Ok(true) => decode(claims),
            Ok(false) | Err(_) => Err(Refused::BadSignature),
        }
    }
}

impl Known {
    fn add(&mut self, document: Document, now: i64) {
        for ended in document.revocations {
            // A token that is named is dead whenever it was issued.
            let mark = Mark { until: ended.until.unwrap_or(i64::MAX), exp: ended.exp };
            match (ended.token, ended.principal, ended.spared) {
                (Some(name), _, _) => raise(self.tokens.entry(name).or_insert(mark), mark),
                (_, Some(name), _) => raise(self.principals.entry(name).or_insert(mark), mark),
                (_, _, Some(name)) => raise(self.spared.entry(name).or_insert(mark), mark),
                (None, None, None) => raise(self.tenant.get_or_insert(mark), mark),
            }
        }
        for marks in [&mut self.tokens, &mut self.principals, &mut self.spared] {
            marks.retain(|_, mark| now < mark.exp);
        }
        (self.iat, self.exp, self.next) = (document.iat, document.exp, document.next);
    }

    /// Whether a token is revoked; `None` for one without the moment of its issue.
    fn covers(&self, claims: &Claims) -> Option<bool> {
        let issued = issued(&claims.jti)?;
        let names: Vec<String> =
            [Some(&claims.jti), claims.sid.as_ref()].into_iter().flatten().map(|id| name_of(id)).collect();
        if names.iter().any(|name| self.tokens.contains_key(name)) {
            return Some(true);
        }
        let spared_until = names.iter().filter_map(|name| self.spared.get(name)).map(|mark| mark.until).max();
        // With a client ends what it was given for others, too.
        let of_client = holder(&claims.client_id).and_then(|client| self.principals.get(&name_of(&client)));
        if of_client.is_some_and(|mark| issued <= mark.until) {
            return Some(true);
        }
        let of_holder = self.principals.get(&name_of(&holder(&claims.sub)?));
        let by_holder =
            of_holder.is_some_and(|mark| issued <= mark.until && spared_until.is_none_or(|spared| spared < mark.until));
        Some(by_holder || self.tenant.is_some_and(|mark| issued <= mark.until))
    }
}

fn raise(known: &mut Mark, told: Mark) {
    *known = Mark { until: known.until.max(told.until), exp: known.exp.max(told.exp) };
}

/// By what the feed names an id: the first 16 bytes of its SHA-256 digest.
fn name_of(id: &str) -> String {
    let digest = Sha256::digest(id);
    URL_SAFE_NO_PAD.encode(digest.get(..16).unwrap_or_default())
}

/// When a token was issued: the first 48 bits of its `jti`, a UUIDv7, are UTC milliseconds (RFC 9562 §5.7).
fn issued(jti: &str) -> Option<i64> {
    let digits: String = jti.chars().filter(|c| *c != '-').take(12).collect();
    i64::from_str_radix(&digits, 16).ok()
}

/// The UUID behind a `sub` or `client_id`: people have it in clear, clients in base64url behind four letters.
fn holder(sub: &str) -> Option<String> {
    if sub.len() == 36 {
        return Some(sub.to_owned());
    }
    let bytes: [u8; 16] = URL_SAFE_NO_PAD.decode(sub.get(4..)?).ok()?.try_into().ok()?;
    Some(uuid::Uuid::from_bytes(bytes).to_string())
}
