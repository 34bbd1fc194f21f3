//! What a request said: its parameters in any encoding, its body as an entity, its query.

use actix_web::http::Method;
use serde_json::{Map, Value};

use super::Call;
use crate::http::error::Refusal;
use crate::http::extract::json::{self, Objects};
use crate::http::extract::parameters::{ParameterError, Parameters};
use crate::http::extract::urlencoded::{DecodeError, decode, pairs};

impl Call {
    /// What the request said, in whichever encoding: for routes whose body is a form of known fields.
    ///
    /// *Errors*: it could not be read.
    pub fn parameters(&self) -> Result<&Parameters, Refusal> {
        let read = self.parameters.get_or_init(|| self.read(&self.body));
        read.as_ref().map_err(|cause| self.refuse(cause))
    }

    /// What the query and a form said. A JSON body is an entity, and none of its members is a credential (Usergrid).
    ///
    /// *Errors*: it could not be read.
    pub fn outer(&self) -> Result<&Parameters, Refusal> {
        let read = self.outer.get_or_init(|| self.read(if json::is_json(&self.body) { &[] } else { &self.body }));
        read.as_ref().map_err(|cause| self.refuse(cause))
    }

    fn read(&self, body: &[u8]) -> Result<Parameters, ParameterError> {
        Parameters::read(self.request.method().as_str(), self.request.query_string(), body, self.content_type())
    }

    fn content_type(&self) -> Option<&str> {
        self.request.headers().get("content-type").and_then(|value| value.to_str().ok())
    }

    /// Whether the body is JSON.
    pub fn speaks_json(&self) -> bool {
        json::is_json(&self.body)
    }

    /// The body as one object, from JSON or a form.
    ///
    /// *Errors*: no body, or one that is not an object.
    pub fn object(&self) -> Result<Map<String, Value>, Refusal> {
        let mut object = json::object(&self.body).map_err(|cause| self.refuse(&cause))?;
        self.without_credentials(&mut object);
        Ok(object)
    }

    /// The body as one object, empty when there is none: for routes that a client may call without saying anything.
    ///
    /// *Errors*: a body that is not an object.
    pub fn object_or_empty(&self) -> Result<Map<String, Value>, Refusal> {
        if self.body.trim_ascii().is_empty() { Ok(Map::new()) } else { self.object() }
    }

    /// The body as the objects that it holds: one, or an array of them (Usergrid's batches).
    ///
    /// *Errors*: no body, or something else in it.
    pub fn objects(&self) -> Result<Objects, Refusal> {
        let mut objects = json::objects(&self.body).map_err(|cause| self.refuse(&cause))?;
        if let Objects::One(object) = &mut objects {
            self.without_credentials(object);
        }
        Ok(objects)
    }

    /// A form says who calls beside what it says of an entity; what it says of the caller must not be kept there.
    fn without_credentials(&self, object: &mut Map<String, Value>) {
        if !json::is_json(&self.body) {
            object.retain(|name, _| !["access_token", "client_id", "client_secret"].contains(&name.as_str()));
        }
    }

    /// What a form or the query says, pair by pair, in the order in which it came: for the routes of standards that have
    /// rules of their own about what is said twice.
    ///
    /// *Errors*: it cannot be decoded.
    pub fn said_pairs(&self) -> Result<Vec<(String, String)>, Refusal> {
        let text =
            if self.request.method() == Method::POST { &self.body } else { self.request.query_string().as_bytes() };
        let read =
            pairs(text.trim_ascii()).map(|(name, value)| Ok((decode(name)?.into_owned(), decode(value)?.into_owned())));
        let read: Result<Vec<_>, DecodeError> = read.collect();
        read.map_err(|cause| self.refuse(&ParameterError::MalformedForm(cause)))
    }

    /// One parameter of the query, decoded; the first of several.
    pub fn query(&self, name: &str) -> Option<String> {
        self.query_all(name).into_iter().next()
    }

    /// Every value that the query gives a parameter.
    pub fn query_all(&self, name: &str) -> Vec<String> {
        let given = pairs(self.request.query_string().as_bytes()).filter_map(|(key, value)| {
            let is_it = decode(key).is_ok_and(|key| key == name);
            is_it.then(|| decode(value).ok()).flatten().map(|value| value.into_owned())
        });
        given.collect()
    }
}
