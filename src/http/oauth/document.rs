//! Documents that anyone may read and keep for a while: key sets, metadata, feeds. *Spec*: RFC 9110 §8.8.3, §13.1.2;
//! RFC 9111 §5.2.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::time::Duration;

use actix_web::HttpResponse;
use actix_web::http::header::{ACCEPT, CACHE_CONTROL, CONTENT_TYPE, ETAG, IF_NONE_MATCH, VARY};

use crate::http::extract::call::Call;

/// A document, ready to be sent.
pub struct Document {
    pub content_type: &'static str,
    pub body: String,
    /// What says the same has the same tag; the bytes of a signature may differ.
    tag: String,
    pub max_age: Duration,
}

impl Document {
    /// A document whose tag is made of what it says.
    pub fn new(content_type: &'static str, body: String, max_age: Duration) -> Self {
        let tag = tag_of(&[content_type, &body]);
        Self { content_type, body, tag, max_age }
    }

    /// The same words in another form, under which they keep a tag of their own.
    pub fn sealed(self, content_type: &'static str, body: String) -> Self {
        let tag = tag_of(&[content_type, &self.tag]);
        Self { content_type, body, tag, ..self }
    }

    /// The document, or 304 for who has it.
    pub fn respond(self, call: &Call) -> HttpResponse {
        let is_known = call.request.headers().get_all(IF_NONE_MATCH).any(|value| {
            let tags = value.to_str().unwrap_or_default();
            tags.split(',').map(str::trim).any(|tag| tag == "*" || tag == self.tag)
        });
        let mut response = if is_known { HttpResponse::NotModified() } else { HttpResponse::Ok() };
        response
            .insert_header((CACHE_CONTROL, format!("public, max-age={}", self.max_age.as_secs())))
            .insert_header((ETAG, self.tag))
            .insert_header((VARY, "Accept"));
        match is_known {
            true => response.finish(),
            false => response.insert_header((CONTENT_TYPE, self.content_type)).body(self.body),
        }
    }
}

/// A weak tag: the same on every node, for it is made of the words alone. It guards nothing, so that no cryptographic
/// digest is needed.
fn tag_of(words: &[&str]) -> String {
    let mut hasher = DefaultHasher::new();
    words.hash(&mut hasher);
    format!("W/\"{:016x}\"", hasher.finish())
}

impl Call {
    /// Whether the caller names this media type among what it takes.
    pub fn accepts(&self, media_type: &str) -> bool {
        let named = |value: &str| {
            let (kind, rest) = value.split_once(';').unwrap_or((value, ""));
            kind.trim().eq_ignore_ascii_case(media_type) && !rest.split(';').any(|part| part.trim() == "q=0")
        };
        let values = self.request.headers().get_all(ACCEPT).filter_map(|value| value.to_str().ok());
        values.flat_map(|value| value.split(',')).any(named)
    }
}
