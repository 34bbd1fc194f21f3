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

/// One method of a route.
#[derive(Clone, Copy, Debug)]
pub struct Operation {
    pub verb: Verb,
    /// One sentence for the documents.
    pub summary: &'static str,
}

impl Operation {
    /// `GET`, and with it `HEAD`.
    pub const fn get(summary: &'static str) -> Self {
        Self { verb: Verb::Get, summary }
    }

    /// `POST`.
    pub const fn post(summary: &'static str) -> Self {
        Self { verb: Verb::Post, summary }
    }

    /// `PUT`.
    pub const fn put(summary: &'static str) -> Self {
        Self { verb: Verb::Put, summary }
    }

    /// `DELETE`.
    pub const fn delete(summary: &'static str) -> Self {
        Self { verb: Verb::Delete, summary }
    }
}
