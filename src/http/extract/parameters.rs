//! The parameters of a request, from query, form or JSON, as one set in which nothing is given twice.
//! A pure function of method, query, body and content type. *Spec*: RFC 6749 §3.2; Usergrid `ContentTypeFilter`.

use std::fmt;

use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::urlencoded::{DecodeError, decode, pairs};
use crate::domain::secret::Secret;

/// Some editors and platforms put it before JSON; a reader may pass over it (RFC 8259 §8.1).
pub(super) const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";

/// How a request speaks, which decides the words of some refusals.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Encoding {
    /// All in the URL.
    #[default]
    Query,
    Form,
    Json,
}

/// Why parameters were refused. Names only, never a value.
#[derive(Debug, thiserror::Error)]
pub enum ParameterError {
    #[error("the parameter {0} is given more than once")]
    Repeated(&'static str),
    #[error("the parameter {0} has the wrong JSON type")]
    WrongType(&'static str),
    #[error("the parameter {0} contains a NUL character")]
    IllegalCharacter(&'static str),
    #[error("the body is not JSON")]
    MalformedJson(#[source] serde_json::Error),
    #[error("the body is JSON but not an object")]
    NotAnObject,
    #[error("the form or query is not encoded properly")]
    MalformedForm(#[source] DecodeError),
    #[error("the request has no body and no parameters")]
    NoBody,
}

/// What a request asks for. A parameter with an empty value counts as not sent; unknown ones are ignored.
#[derive(Default)]
pub struct Parameters {
    pub encoding: Encoding,
    pub grant_type: Option<String>,
    pub username: Option<String>,
    /// Usergrid: some clients send it in place of `username`.
    pub email: Option<String>,
    pub password: Option<Secret>,
    pub pin: Option<Secret>,
    pub client_id: Option<String>,
    pub client_secret: Option<Secret>,
    pub client_assertion: Option<Secret>,
    pub client_assertion_type: Option<String>,
    /// As text, whether it came as a number or not. *Units*: milliseconds.
    pub ttl: Option<String>,
    pub callback: Option<String>,
    pub access_token: Option<Secret>,
    pub refresh_token: Option<Secret>,
    /// The token that a request is about, beside the one that it bears.
    pub token: Option<Secret>,
    pub scope: Option<String>,
    pub code: Option<Secret>,
    pub code_verifier: Option<Secret>,
    pub redirect_uri: Option<String>,
    /// May come several times (RFC 8707 §2).
    pub resources: Vec<String>,
    pub subject_token: Option<Secret>,
    pub subject_token_type: Option<String>,
    pub actor_token: Option<Secret>,
    pub actor_token_type: Option<String>,
    pub requested_token_type: Option<String>,
    /// May come several times, too (RFC 8693 §2.1).
    pub audiences: Vec<String>,
    pub assertion: Option<Secret>,
    pub device_code: Option<Secret>,
    /// Tokens of other services, to sign in by (Usergrid).
    pub fb_access_token: Option<Secret>,
    pub fq_access_token: Option<Secret>,
    pub ping_access_token: Option<Secret>,
    in_query: Vec<&'static str>,
    in_body: Vec<&'static str>,
    is_silent: bool,
}

/// Where a value goes once it is read.
enum Slot<'a> {
    Text(&'a mut Option<String>),
    Number(&'a mut Option<String>),
    Secret(&'a mut Option<Secret>),
    Many(&'a mut Vec<String>),
}

#[derive(Clone, Copy)]
enum Source {
    Query,
    Body,
}

impl Parameters {
    /// Reads a request. A body counts on POST and PUT only; its first character tells JSON from a form, whatever
    /// the content type says, and the content type speaks for an empty body.
    ///
    /// *Errors*: every cause but `NoBody`; all of them are the caller's fault (400).
    pub fn read(method: &str, query: &str, body: &[u8], content_type: Option<&str>) -> Result<Self, ParameterError> {
        let mut parameters = Self::default();
        parameters.read_form(query.as_bytes(), Source::Query)?;
        if !matches!(method, "POST" | "PUT") {
            return Ok(parameters);
        }
        let text = body.strip_prefix(BYTE_ORDER_MARK).unwrap_or(body).trim_ascii_start();
        match text.first() {
            Some(b'{') => {
                parameters.encoding = Encoding::Json;
                parameters.read_json(text)?;
            }
            Some(b'[') => return Err(ParameterError::NotAnObject),
            Some(_) => {
                parameters.encoding = Encoding::Form;
                parameters.read_form(body.trim_ascii(), Source::Body)?;
            }
            None if !parameters.in_query.is_empty() => {}
            None if content_type.is_some_and(is_form) => parameters.encoding = Encoding::Form,
            None => {
                parameters.encoding = Encoding::Json;
                parameters.is_silent = true;
            }
        }
        Ok(parameters)
    }

    /// Refuses a request that should have said something and said nothing at all: no body, and nothing known in the
    /// query. A JSON body without a known member did speak; what it lacks is for its reader to say.
    ///
    /// Apart from `read`, since some routes take an empty POST or PUT (Usergrid: `revoketokens`).
    ///
    /// *Errors*: `NoBody`.
    pub fn require_any(&self) -> Result<(), ParameterError> {
        if self.is_silent { Err(ParameterError::NoBody) } else { Ok(()) }
    }

    /// Whether a known parameter came in the URL, where proxies and browsers keep it.
    pub fn is_in_query(&self, name: &str) -> bool {
        self.in_query.contains(&name)
    }

    /// The names of the known parameters that came, those of the URL first.
    pub fn names(&self) -> impl Iterator<Item = &'static str> {
        self.in_query.iter().chain(&self.in_body).copied()
    }

    fn read_form(&mut self, text: &[u8], source: Source) -> Result<(), ParameterError> {
        for (name, value) in pairs(text) {
            let name = decode(name).map_err(ParameterError::MalformedForm)?;
            if let Some(name) = self.note(&name, source)? {
                let value = decode(value).map_err(ParameterError::MalformedForm)?;
                self.set(name, Scalar::Text(value.into_owned()))?;
            }
        }
        Ok(())
    }

    fn read_json(&mut self, body: &[u8]) -> Result<(), ParameterError> {
        let Members(members) = serde_json::from_slice(body).map_err(ParameterError::MalformedJson)?;
        for (name, value) in members {
            if let Some(name) = self.note(&name, Source::Body)? {
                self.set(name, value)?;
            }
        }
        Ok(())
    }

    /// Marks a known parameter as given, an empty one too: two of them are two opinions.
    fn note(&mut self, name: &str, source: Source) -> Result<Option<&'static str>, ParameterError> {
        let Some((name, slot)) = self.slot(name) else { return Ok(None) };
        let is_single = !matches!(slot, Slot::Many(_));
        if is_single && (self.in_query.contains(&name) || self.in_body.contains(&name)) {
            return Err(ParameterError::Repeated(name));
        }
        match source {
            Source::Query => self.in_query.push(name),
            Source::Body => self.in_body.push(name),
        }
        Ok(Some(name))
    }

    fn set(&mut self, name: &'static str, value: Scalar) -> Result<(), ParameterError> {
        let Some((_, slot)) = self.slot(name) else { return Ok(()) };
        let text = match (value, &slot) {
            (Scalar::Text(text), _) | (Scalar::Number(text), Slot::Number(_)) => text,
            (Scalar::Number(_) | Scalar::Other, _) => return Err(ParameterError::WrongType(name)),
        };
        if text.contains('\0') {
            return Err(ParameterError::IllegalCharacter(name));
        }
        if !text.is_empty() {
            match slot {
                Slot::Text(place) | Slot::Number(place) => *place = Some(text),
                Slot::Secret(place) => *place = Some(Secret::new(text)),
                Slot::Many(places) => places.push(text),
            }
        }
        Ok(())
    }

    /// The one list of names that are understood.
    fn slot(&mut self, name: &str) -> Option<(&'static str, Slot<'_>)> {
        Some(match name {
            "grant_type" => ("grant_type", Slot::Text(&mut self.grant_type)),
            "username" => ("username", Slot::Text(&mut self.username)),
            "email" => ("email", Slot::Text(&mut self.email)),
            "password" => ("password", Slot::Secret(&mut self.password)),
            "pin" => ("pin", Slot::Secret(&mut self.pin)),
            "client_id" => ("client_id", Slot::Text(&mut self.client_id)),
            "client_secret" => ("client_secret", Slot::Secret(&mut self.client_secret)),
            "client_assertion" => ("client_assertion", Slot::Secret(&mut self.client_assertion)),
            "client_assertion_type" => ("client_assertion_type", Slot::Text(&mut self.client_assertion_type)),
            "ttl" => ("ttl", Slot::Number(&mut self.ttl)),
            "callback" => ("callback", Slot::Text(&mut self.callback)),
            "access_token" => ("access_token", Slot::Secret(&mut self.access_token)),
            "refresh_token" => ("refresh_token", Slot::Secret(&mut self.refresh_token)),
            "token" => ("token", Slot::Secret(&mut self.token)),
            "code" => ("code", Slot::Secret(&mut self.code)),
            "code_verifier" => ("code_verifier", Slot::Secret(&mut self.code_verifier)),
            "redirect_uri" => ("redirect_uri", Slot::Text(&mut self.redirect_uri)),
            "resource" => ("resource", Slot::Many(&mut self.resources)),
            "audience" => ("audience", Slot::Many(&mut self.audiences)),
            "subject_token" => ("subject_token", Slot::Secret(&mut self.subject_token)),
            "subject_token_type" => ("subject_token_type", Slot::Text(&mut self.subject_token_type)),
            "actor_token" => ("actor_token", Slot::Secret(&mut self.actor_token)),
            "actor_token_type" => ("actor_token_type", Slot::Text(&mut self.actor_token_type)),
            "requested_token_type" => ("requested_token_type", Slot::Text(&mut self.requested_token_type)),
            "assertion" => ("assertion", Slot::Secret(&mut self.assertion)),
            "device_code" => ("device_code", Slot::Secret(&mut self.device_code)),
            "scope" => ("scope", Slot::Text(&mut self.scope)),
            "fb_access_token" => ("fb_access_token", Slot::Secret(&mut self.fb_access_token)),
            "fq_access_token" => ("fq_access_token", Slot::Secret(&mut self.fq_access_token)),
            "ping_access_token" => ("ping_access_token", Slot::Secret(&mut self.ping_access_token)),
            _ => return None,
        })
    }
}

impl fmt::Debug for Parameters {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Parameters")
            .field("encoding", &self.encoding)
            .field("in_query", &self.in_query)
            .field("in_body", &self.in_body)
            .finish_non_exhaustive()
    }
}

fn is_form(content_type: &str) -> bool {
    let kind = content_type.split(';').next().unwrap_or_default().trim();
    kind.eq_ignore_ascii_case("application/x-www-form-urlencoded")
}

/// A JSON object with its members as they came: a map would keep the last of two and hide the first.
struct Members(Vec<(String, Scalar)>);

/// A JSON value as far as a parameter may be one; numbers in their text form.
enum Scalar {
    Text(String),
    Number(String),
    Other,
}

impl<'de> Deserialize<'de> for Members {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct MembersVisitor;
        impl<'de> Visitor<'de> for MembersVisitor {
            type Value = Members;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Members, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(Members(members))
            }
        }
        deserializer.deserialize_map(MembersVisitor)
    }
}

impl<'de> Deserialize<'de> for Scalar {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ScalarVisitor)
    }
}

struct ScalarVisitor;

impl<'de> Visitor<'de> for ScalarVisitor {
    type Value = Scalar;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any JSON value")
    }
    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Scalar, E> {
        Ok(Scalar::Text(text.to_owned()))
    }
    fn visit_u64<E: serde::de::Error>(self, number: u64) -> Result<Scalar, E> {
        Ok(Scalar::Number(number.to_string()))
    }
    fn visit_i64<E: serde::de::Error>(self, number: i64) -> Result<Scalar, E> {
        Ok(Scalar::Number(number.to_string()))
    }
    fn visit_f64<E: serde::de::Error>(self, number: f64) -> Result<Scalar, E> {
        Ok(Scalar::Number(number.to_string()))
    }
    fn visit_bool<E: serde::de::Error>(self, _: bool) -> Result<Scalar, E> {
        Ok(Scalar::Other)
    }
    /// Some serializers write what was never set as `null`: not sent, like an empty value.
    fn visit_unit<E: serde::de::Error>(self) -> Result<Scalar, E> {
        Ok(Scalar::Text(String::new()))
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Scalar, A::Error> {
        while seq.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Scalar::Other)
    }
    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Scalar, A::Error> {
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(Scalar::Other)
    }
}

#[cfg(test)]
mod tests;
