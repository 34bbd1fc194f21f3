//! One method of a route, as data: what the router serves and what the documents say of it.

use actix_web::http::Method;

use crate::domain::permission::Verb;

/// What the router listens for.
pub(super) fn methods(verb: Verb) -> &'static [Method] {
    match verb {
        Verb::Get => &[Method::GET, Method::HEAD],
        Verb::Post => &[Method::POST],
        Verb::Put => &[Method::PUT],
        Verb::Delete => &[Method::DELETE],
    }
}

/// What a method reads beside its path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Takes {
    /// Nothing; a body that comes is not read.
    Nothing,
    /// `ql`, `limit`, `cursor` and `reversed` in the query.
    Listing,
    /// A token request.
    Grant,
    /// A form and nothing else, as the standards have it.
    Form,
    /// Any JSON object, or a form.
    Object,
    /// Any JSON object or an array of them.
    Objects,
}

/// What a method answers when it succeeds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gives {
    /// Usergrid's envelope.
    Envelope,
    /// A token.
    Token,
    /// A page for people, or JSON for programs that ask for it.
    Page,
    /// JSON of its own shape.
    Json,
}

/// One method of a route.
#[derive(Clone, Copy, Debug)]
pub struct Operation {
    pub verb: Verb,
    /// One sentence for the documents.
    pub summary: &'static str,
    pub takes: Takes,
    pub gives: Gives,
}

impl Operation {
    /// `GET`, and with it `HEAD`.
    pub const fn get(summary: &'static str) -> Self {
        Self { verb: Verb::Get, summary, takes: Takes::Nothing, gives: Gives::Envelope }
    }

    /// `GET` of a collection, page by page.
    pub const fn list(summary: &'static str) -> Self {
        Self { takes: Takes::Listing, ..Self::get(summary) }
    }

    /// `POST`.
    pub const fn post(summary: &'static str) -> Self {
        Self { verb: Verb::Post, takes: Takes::Object, ..Self::get(summary) }
    }

    /// `PUT`.
    pub const fn put(summary: &'static str) -> Self {
        Self { verb: Verb::Put, takes: Takes::Object, ..Self::get(summary) }
    }

    /// `DELETE`.
    pub const fn delete(summary: &'static str) -> Self {
        Self { verb: Verb::Delete, ..Self::get(summary) }
    }

    /// The same, reading something else.
    pub const fn takes(self, takes: Takes) -> Self {
        Self { takes, ..self }
    }

    /// The same, answering something else.
    pub const fn gives(self, gives: Gives) -> Self {
        Self { gives, ..self }
    }
}
