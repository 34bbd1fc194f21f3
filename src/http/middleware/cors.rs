//! Cross-origin access. Tokens never travel in cookies, so any origin may ask and none gets
//! `Access-Control-Allow-Credentials`. *Spec*: Fetch §3.2; Usergrid `CORSUtils`.

use actix_web::HttpResponse;
use actix_web::http::header::{
    ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN,
    ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_REQUEST_HEADERS, ACCESS_CONTROL_REQUEST_METHOD, HeaderMap,
    HeaderValue, ORIGIN, REFERER, VARY,
};

/// What pages of other origins may read beside the headers that browsers always show them.
const EXPOSED: &str = "Retry-After, WWW-Authenticate, X-Request-Id";

/// Which origins may read answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CorsPolicy {
    Any,
    /// These alone, as browsers write them: `https://portal.example.com`.
    Only(Vec<String>),
}

impl CorsPolicy {
    /// From a configured list; `*` in it means any.
    pub fn new(origins: Vec<String>) -> Self {
        if origins.iter().any(|origin| origin == "*") { Self::Any } else { Self::Only(origins) }
    }

    /// The origin to allow, if any.
    ///
    /// Usergrid: the origin is echoed; without one, that of the referring page; without either, `*`.
    fn allowed_origin(&self, request: &HeaderMap) -> Option<HeaderValue> {
        let origin = request.get(ORIGIN);
        match self {
            Self::Any => origin
                .cloned()
                .or_else(|| origin_of_page(request.get(REFERER)?.to_str().ok()?))
                .or(Some(HeaderValue::from_static("*"))),
            Self::Only(origins) => {
                origin.filter(|origin| origins.iter().any(|allowed| allowed.as_bytes() == origin.as_bytes())).cloned()
            }
        }
    }

    /// Adds what every answer needs.
    pub fn apply(&self, request: &HeaderMap, response: &mut HeaderMap) {
        if let Some(origin) = self.allowed_origin(request) {
            response.insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin);
            if request.contains_key(ORIGIN) {
                response.insert(ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue::from_static(EXPOSED));
            }
        }
        response.append(VARY, HeaderValue::from_static("Origin"));
    }

    /// Answers `OPTIONS`, on any path and without credentials: 200, empty, with the requested method and headers
    /// echoed if they are tokens and the origin may ask.
    pub fn preflight(&self, request: &HeaderMap) -> HttpResponse {
        let mut response = HttpResponse::Ok().finish();
        if self.allowed_origin(request).is_some() {
            let headers = response.headers_mut();
            for (asked, allowed) in [
                (ACCESS_CONTROL_REQUEST_METHOD, ACCESS_CONTROL_ALLOW_METHODS),
                (ACCESS_CONTROL_REQUEST_HEADERS, ACCESS_CONTROL_ALLOW_HEADERS),
            ] {
                if let Some(value) = request.get(asked).filter(|value| is_token_list(value.as_bytes())) {
                    headers.insert(allowed, value.clone());
                }
            }
        }
        response
    }
}

/// `https://host:port` of `https://host:port/page?query`.
fn origin_of_page(page: &str) -> Option<HeaderValue> {
    let (scheme, rest) = page.split_once("://").filter(|(scheme, _)| matches!(*scheme, "http" | "https"))?;
    let authority = rest.split(['/', '?', '#']).next().filter(|authority| !authority.is_empty())?;
    if authority.contains('@') {
        return None;
    }
    HeaderValue::try_from(format!("{scheme}://{authority}")).ok()
}

/// RFC 9110 §5.6.2, one or more, with commas between.
fn is_token_list(list: &[u8]) -> bool {
    list.split(|&byte| byte == b',').map(<[u8]>::trim_ascii).all(|token| {
        !token.is_empty() && token.iter().all(|byte| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(byte))
    })
}

#[cfg(test)]
mod tests {
    use actix_web::http::StatusCode;
    use actix_web::http::header::HeaderName;

    use super::*;

    fn headers(pairs: &[(HeaderName, &'static str)]) -> HeaderMap {
        pairs.iter().map(|(name, value)| (name.clone(), HeaderValue::from_static(value))).collect()
    }

    fn allowed(policy: &CorsPolicy, pairs: &[(HeaderName, &'static str)]) -> Option<String> {
        let mut response = headers(&[(VARY, "accept-encoding")]);
        policy.apply(&headers(pairs), &mut response);
        assert!(response.get_all(VARY).any(|value| value == "Origin"));
        assert_eq!(response.get_all(VARY).count(), 2);
        response.get(ACCESS_CONTROL_ALLOW_ORIGIN).map(|value| value.to_str().expect("ASCII").to_owned())
    }

    #[test]
    fn any_origin_is_echoed_then_that_of_the_page_then_a_star() {
        let any = CorsPolicy::new(vec!["https://a.example".to_owned(), "*".to_owned()]);
        assert_eq!(any, CorsPolicy::Any);
        let page = (REFERER, "http://b.example:8080/page?token=x");
        assert_eq!(allowed(&any, &[(ORIGIN, "https://a.example"), page.clone()]).as_deref(), Some("https://a.example"));
        assert_eq!(allowed(&any, &[page]).as_deref(), Some("http://b.example:8080"));
        for useless in ["about:blank", "ftp://a/", "http:///x", "https://user:pw@a.example/"] {
            assert_eq!(allowed(&any, &[(REFERER, useless)]).as_deref(), Some("*"), "{useless}");
        }
        assert_eq!(allowed(&any, &[]).as_deref(), Some("*"));
    }

    #[test]
    fn a_list_admits_its_own_alone() {
        let only = CorsPolicy::new(vec!["https://a.example".to_owned()]);
        assert_eq!(allowed(&only, &[(ORIGIN, "https://a.example")]).as_deref(), Some("https://a.example"));
        for other in ["https://a.example.evil", "http://a.example", "null"] {
            assert_eq!(allowed(&only, &[(ORIGIN, other)]), None, "{other}");
        }
        assert_eq!(allowed(&only, &[(REFERER, "https://a.example/page")]), None);
    }

    #[test]
    fn a_preflight_echoes_tokens_only() {
        let asked = |method: &'static str, names: &'static str| {
            let request = headers(&[
                (ORIGIN, "https://a.example"),
                (ACCESS_CONTROL_REQUEST_METHOD, method),
                (ACCESS_CONTROL_REQUEST_HEADERS, names),
            ]);
            let response = CorsPolicy::Any.preflight(&request);
            assert_eq!(response.status(), StatusCode::OK);
            let text = |name| response.headers().get(name).map(|v: &HeaderValue| v.to_str().expect("ASCII").to_owned());
            (text(ACCESS_CONTROL_ALLOW_METHODS), text(ACCESS_CONTROL_ALLOW_HEADERS))
        };
        let echoed = (Some("PUT".to_owned()), Some("content-type, x-a".to_owned()));
        assert_eq!(asked("PUT", "content-type, x-a"), echoed);
        assert_eq!(asked("P UT", "a,,b"), (None, None));
        assert_eq!(asked("<script>", ""), (None, None));
    }

    #[test]
    fn a_preflight_of_a_foreign_origin_is_told_nothing() {
        let request = headers(&[(ORIGIN, "https://b.example"), (ACCESS_CONTROL_REQUEST_METHOD, "PUT")]);
        let response = CorsPolicy::Only(vec!["https://a.example".to_owned()]).preflight(&request);
        assert_eq!(response.status(), StatusCode::OK);
        assert!(response.headers().get(ACCESS_CONTROL_ALLOW_METHODS).is_none());
    }
}
