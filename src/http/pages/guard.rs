//! What keeps the forms of our pages ours: where a request comes from, and where a page may lead.
//! *Spec*: Fetch Metadata; CSP Level 3 §6.4.1; RFC 9700 §4.11, §4.12.

use actix_web::http::header::{HeaderMap, ORIGIN};
use url::{Host, Url};

/// Whether a form was sent by a page of another origin. `base` is the public URL of this server.
///
/// Our pages have no referrer, so that browsers say `Origin: null` for them; what the form holds is sealed for one
/// browser, whose cookie comes with no form of another site.
pub(super) fn is_foreign(headers: &HeaderMap, base: &str) -> bool {
    let said = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    if let Some(site) = said("sec-fetch-site") {
        return site != "same-origin" && site != "none";
    }
    match said(ORIGIN.as_str()) {
        None | Some("null") => false,
        Some(origin) => Url::parse(base).ok().is_none_or(|base| base.origin().ascii_serialization() != origin),
    }
}

/// How `form-action` names where a redirect URI leads. Chromium holds a form to it through every redirect that follows.
///
/// A policy can name no IPv6 address and no path of an own scheme: the scheme has to do for those.
pub(super) fn target_of(uri: &str) -> Option<String> {
    let url = Url::parse(uri).ok()?;
    Some(match (url.scheme(), url.host()) {
        ("http" | "https", Some(Host::Domain(_) | Host::Ipv4(_))) => url.origin().ascii_serialization(),
        (scheme, _) => format!("{scheme}:"),
    })
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::{HeaderName, HeaderValue};

    use super::*;

    #[test]
    fn a_form_of_another_origin_is_foreign() {
        let base = "https://id.example/auth";
        let judged = |said: &[(&'static str, &'static str)]| {
            let mut headers = HeaderMap::new();
            for (name, value) in said {
                headers.insert(HeaderName::from_static(name), HeaderValue::from_static(value));
            }
            is_foreign(&headers, base)
        };
        for ours in [
            &[][..],
            &[("origin", "null")],
            &[("origin", "https://id.example")],
            &[("sec-fetch-site", "same-origin"), ("origin", "null")],
            &[("sec-fetch-site", "none")],
        ] {
            assert!(!judged(ours), "{ours:?}");
        }
        for foreign in [
            &[("origin", "https://evil.example")][..],
            &[("origin", "https://id.example.evil.example")],
            &[("origin", "http://id.example")],
            &[("sec-fetch-site", "cross-site")],
            &[("sec-fetch-site", "same-site"), ("origin", "https://id.example")],
            &[("sec-fetch-site", "cross-site"), ("origin", "null")],
        ] {
            assert!(judged(foreign), "{foreign:?}");
        }
    }

    #[test]
    fn a_policy_names_where_a_redirect_leads_and_no_more() {
        let of = |uri: &str| target_of(uri).unwrap();
        assert_eq!(of("https://app.example/cb?x=1"), "https://app.example");
        assert_eq!(of("https://app.example:8443/cb;x"), "https://app.example:8443");
        assert_eq!(of("http://127.0.0.1:51004/cb"), "http://127.0.0.1:51004");
        assert_eq!(of("http://[::1]:51004/cb"), "http:");
        assert_eq!(of("com.example.app:/cb"), "com.example.app:");
        assert_eq!(target_of("; script-src *"), None);
    }
}
