//! Headers that tell browsers to do less, and everyone on the way to keep nothing. A handler that has set one keeps its
//! own.

use actix_web::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, HeaderMap, HeaderName, HeaderValue, REFERRER_POLICY,
    STRICT_TRANSPORT_SECURITY, X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};

use crate::domain::tenant::Switch;

const ALWAYS: [(HeaderName, HeaderValue); 5] = [
    (CACHE_CONTROL, HeaderValue::from_static("no-store")),
    (X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    (REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
    (CONTENT_SECURITY_POLICY, HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'")),
    (X_FRAME_OPTIONS, HeaderValue::from_static("DENY")),
];

/// Adds what is missing; the promise to stay on TLS only where the server is reached by it.
pub fn apply(response: &mut HeaderMap, strict_transport: Switch) {
    // A page that some may frame says so in its policy; the older header knows no origins (CSP Level 3 §6.4.2).
    let is_framed = response
        .get(CONTENT_SECURITY_POLICY)
        .is_some_and(|policy| policy.to_str().is_ok_and(|policy| !policy.ends_with("frame-ancestors 'none'")));
    for (name, value) in ALWAYS {
        if is_framed && name == X_FRAME_OPTIONS {
            continue;
        }
        set_default(response, name, value);
    }
    if strict_transport == Switch::On {
        set_default(response, STRICT_TRANSPORT_SECURITY, HeaderValue::from_static("max-age=31536000"));
    }
}

fn set_default(headers: &mut HeaderMap, name: HeaderName, value: HeaderValue) {
    if !headers.contains_key(&name) {
        headers.insert(name, value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_handler_set_stays() {
        let mut headers = HeaderMap::new();
        headers.insert(X_FRAME_OPTIONS, HeaderValue::from_static("SAMEORIGIN"));
        apply(&mut headers, Switch::Off);
        let found = |name| headers.get(name).map(|value: &HeaderValue| value.to_str().expect("ASCII"));
        assert_eq!(found(X_FRAME_OPTIONS), Some("SAMEORIGIN"));
        assert_eq!(found(X_CONTENT_TYPE_OPTIONS), Some("nosniff"));
        assert_eq!(found(REFERRER_POLICY), Some("no-referrer"));
        assert_eq!(found(CONTENT_SECURITY_POLICY), Some("default-src 'none'; frame-ancestors 'none'"));
        assert_eq!(found(STRICT_TRANSPORT_SECURITY), None);
    }

    #[test]
    fn strict_transport_is_promised_where_it_holds() {
        let mut headers = HeaderMap::new();
        apply(&mut headers, Switch::On);
        assert_eq!(headers.get(STRICT_TRANSPORT_SECURITY).expect("promised"), "max-age=31536000");
    }
}
