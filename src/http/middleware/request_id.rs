//! The id by which a request is found in the log, given by the caller or made here; and the trace, which is always made
//! here, so that nobody chooses by what name a refusal is kept. Where the id is made here, both are the same.

use actix_web::http::header::{HeaderMap, HeaderName, HeaderValue};
use uuid::Uuid;

/// The header that brings the id and takes it back.
pub const X_REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

const LENGTH_MAX: usize = 64;

/// The id of the request at hand; handlers find it in the request's extensions. A cheap clone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestId {
    value: HeaderValue,
    trace: Uuid,
}

impl RequestId {
    /// Takes the caller's id if it has 1 to 64 characters of `[A-Za-z0-9._-]`, so that it can forge no log line;
    /// otherwise the id is the trace.
    pub fn accept(headers: &HeaderMap, trace: Uuid) -> Self {
        let value = match headers.get(X_REQUEST_ID).filter(|value| is_plain(value)) {
            Some(value) => value.clone(),
            None => HeaderValue::try_from(trace.to_string()).unwrap_or(HeaderValue::from_static("-")),
        };
        Self { value, trace }
    }

    /// What a refusal of this request is called.
    pub fn trace(&self) -> Uuid {
        self.trace
    }

    /// The text, for logs and bodies.
    pub fn as_str(&self) -> &str {
        self.value.to_str().unwrap_or_default()
    }

    /// The value to echo.
    pub fn header_value(&self) -> HeaderValue {
        self.value.clone()
    }
}

fn is_plain(value: &HeaderValue) -> bool {
    let bytes = value.as_bytes();
    (1..=LENGTH_MAX).contains(&bytes.len())
        && bytes.iter().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn accepted(incoming: Option<&str>) -> String {
        let mut headers = HeaderMap::new();
        if let Some(value) = incoming {
            headers.insert(X_REQUEST_ID, HeaderValue::from_str(value).expect("a header value"));
        }
        let id = RequestId::accept(&headers, Uuid::from_u128(7));
        assert_eq!(id.trace(), Uuid::from_u128(7));
        id.as_str().to_owned()
    }

    #[test]
    fn a_plain_id_is_kept_and_any_other_replaced() {
        assert_eq!(accepted(Some("Az0._-")), "Az0._-");
        assert_eq!(accepted(Some(&"x".repeat(64))), "x".repeat(64));
        for odd in [None, Some(""), Some("a b"), Some("a\tb"), Some("a\"b"), Some(&*"x".repeat(65))] {
            assert_eq!(accepted(odd), "00000000-0000-0000-0000-000000000007", "{odd:?}");
        }
    }
}
