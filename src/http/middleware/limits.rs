//! Refuses requests that are too large before any work is done for them. The body itself is capped as it is read.

use actix_web::HttpResponse;
use actix_web::dev::ServiceRequest;
use actix_web::http::StatusCode;
use actix_web::http::header::{CONTENT_LENGTH, HeaderMap};
use uuid::Uuid;

use crate::domain::clock::Moment;
use crate::http::usergrid::envelope::ErrorEnvelope;

/// How large the parts of a request may be. *Units*: bytes.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Path and query together.
    pub url: usize,
    /// Names and values of all headers together.
    pub headers: usize,
    pub body: usize,
}

/// Which limit a request went over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LimitExceeded {
    Url,
    Headers,
    Body,
}

impl Limits {
    /// Checks what can be known from the head of a request.
    pub fn check(&self, request: &ServiceRequest) -> Result<(), LimitExceeded> {
        let url = request.uri().path_and_query().map_or(0, |url| url.as_str().len());
        if url > self.url {
            return Err(LimitExceeded::Url);
        }
        let headers = request.headers();
        if headers.iter().map(|(name, value)| name.as_str().len() + value.len()).sum::<usize>() > self.headers {
            return Err(LimitExceeded::Headers);
        }
        match content_length(headers) {
            Some(length) if length > self.body => Err(LimitExceeded::Body),
            _ => Ok(()),
        }
    }
}

impl LimitExceeded {
    /// The answer, in Usergrid's envelope.
    pub fn respond(self, now: Moment, trace: Uuid) -> HttpResponse {
        let (status, error, description) = match self {
            Self::Url => (StatusCode::URI_TOO_LONG, "uri_too_long", "The path and query are too long."),
            Self::Headers => (
                StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE,
                "headers_too_large",
                "The headers of the request are too large.",
            ),
            Self::Body => (StatusCode::PAYLOAD_TOO_LARGE, "body_too_large", "The body of the request is too large."),
        };
        ErrorEnvelope::new(error, description, now).trace_id(trace).into_response(status, now)
    }
}

/// The announced length; one too large for a number is too large for any limit.
fn content_length(headers: &HeaderMap) -> Option<usize> {
    let digits = headers.get(CONTENT_LENGTH)?.to_str().ok()?;
    digits.bytes().all(|byte| byte.is_ascii_digit()).then(|| digits.parse().unwrap_or(usize::MAX))
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    const LIMITS: Limits = Limits { url: 10, headers: 40, body: 100 };

    fn check(uri: &str, header: (&'static str, &str)) -> Result<(), LimitExceeded> {
        LIMITS.check(&TestRequest::with_uri(uri).insert_header(header).to_srv_request())
    }

    #[test]
    fn each_part_has_its_limit() {
        assert_eq!(check("/abc?d=efg", ("a", "b")), Ok(()));
        assert_eq!(check("/abc?d=efgh", ("a", "b")), Err(LimitExceeded::Url));
        assert_eq!(check("/", ("a", &*"b".repeat(39))), Ok(()));
        assert_eq!(check("/", ("a", &*"b".repeat(40))), Err(LimitExceeded::Headers));
        assert_eq!(check("/", ("content-length", "100")), Ok(()));
        assert_eq!(check("/", ("content-length", "101")), Err(LimitExceeded::Body));
        assert_eq!(check("/", ("content-length", "99999999999999999999")), Err(LimitExceeded::Body));
        assert_eq!(check("/", ("content-length", "x")), Ok(()));
    }

    #[test]
    fn each_limit_has_its_status() {
        let status = |limit: LimitExceeded| limit.respond(Moment::EPOCH, Uuid::nil()).status().as_u16();
        assert_eq!([LimitExceeded::Url, LimitExceeded::Headers, LimitExceeded::Body].map(status), [414, 431, 413]);
    }
}
