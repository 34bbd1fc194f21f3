//! Which URIs a client may register. People's browsers are sent to them, so they are compared letter by letter later,
//! and nothing that could mean two places is let in. *Spec*: RFC 8252 §7, RFC 9700 §2.1, OpenID Connect Registration §2.

use url::{Host, Url};

use super::fault::{Checked, ClientFault, demand};
use crate::domain::registered::{ApplicationType, ClientMetadata};

const URIS_MAX: usize = 50;
const LENGTH_MAX: usize = 2_048;

/// Checks every URI of the metadata, as far as its text tells.
pub(super) fn check(metadata: &ClientMetadata) -> Checked {
    let kind = metadata.application_type;
    redirects("redirect_uris", &metadata.redirect_uris, kind)?;
    redirects("post_logout_redirect_uris", &metadata.post_logout_redirect_uris, kind)?;
    for (member, uri) in [
        ("client_uri", &metadata.client_uri),
        ("logo_uri", &metadata.logo_uri),
        ("policy_uri", &metadata.policy_uri),
        ("tos_uri", &metadata.tos_uri),
    ] {
        demand(uri.as_deref().is_none_or(is_web), member, "must be an https URL without a user and a fragment")?;
    }
    demand(metadata.resources.len() <= URIS_MAX, "resources", "has too many entries")?;
    let is_resource = |uri: &String| is_plain(uri) && Url::parse(uri).is_ok_and(|url| url.fragment().is_none());
    let resources = metadata.resources.iter().all(is_resource);
    demand(resources, "resources", "must be absolute URIs without a fragment")
}

fn redirects(member: &'static str, uris: &[String], kind: ApplicationType) -> Checked {
    if uris.len() > URIS_MAX {
        return Err(ClientFault::RedirectUri(member, "has too many entries"));
    }
    uris.iter().try_for_each(|uri| redirect(uri, kind).map_err(|problem| ClientFault::RedirectUri(member, problem)))
}

/// What is wrong with a URI to which browsers are sent.
fn redirect(text: &str, kind: ApplicationType) -> Result<(), &'static str> {
    if !is_plain(text) {
        return Err("must be at most 2048 printable characters, without spaces, quotes, backslashes and wildcards");
    }
    let url = Url::parse(text).map_err(|_no_url| "must be absolute URIs")?;
    if url.fragment().is_some() {
        return Err("must have no fragment");
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err("must have no user and no password");
    }
    if has_dot_segments(text) {
        return Err("must have no segments that lead elsewhere");
    }
    match (url.scheme(), kind) {
        ("https", _) => Ok(()),
        // The port is chosen when the program starts (RFC 8252 §7.3).
        ("http", ApplicationType::Native) if is_loopback(&url) => Ok(()),
        ("http", ApplicationType::Native) => Err("may use http for the loopback interface alone"),
        // A scheme that is a domain name turned around: its owner can say that it is theirs (RFC 8252 §7.1).
        (scheme, ApplicationType::Native) if scheme.contains('.') => Ok(()),
        (_, ApplicationType::Native) => {
            Err("must use https, http of the loopback interface, or a scheme like com.example.app")
        }
        (_, ApplicationType::Web) => Err("must use https"),
    }
}

/// Whether a text is short and can be written anywhere without changing its meaning.
fn is_plain(text: &str) -> bool {
    let is_fine = |byte: u8| byte.is_ascii_graphic() && !b"\"\\<>^`{|}*".contains(&byte);
    !text.is_empty() && text.len() <= LENGTH_MAX && text.bytes().all(is_fine)
}

/// Browsers fold such segments away, so that the place is another one than the text says.
fn has_dot_segments(text: &str) -> bool {
    let path = text.split(['?', '#']).next().unwrap_or_default().to_ascii_lowercase().replace("%2e", ".");
    path.split('/').any(|segment| segment == "." || segment == "..")
}

/// Whether the URI leads to the machine itself.
fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(address)) => address.octets() == [127, 0, 0, 1],
        Some(Host::Ipv6(address)) => address.is_loopback(),
        Some(Host::Domain(name)) => name == "localhost",
        None => false,
    }
}

/// Whether a URL may be shown to people.
fn is_web(text: &str) -> bool {
    let has_no_more = |url: &Url| url.username().is_empty() && url.password().is_none() && url.fragment().is_none();
    is_plain(text) && Url::parse(text).is_ok_and(|url| url.scheme() == "https" && has_no_more(&url))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_web_client_redirects_to_https_alone() {
        for good in ["https://app.example/cb", "https://app.example", "https://app.example:8443/cb?tenant=1"] {
            assert_eq!(redirect(good, ApplicationType::Web), Ok(()), "{good}");
        }
        for bad in [
            "http://app.example/cb",
            "http://127.0.0.1/cb",
            "com.example.app:/cb",
            "https://app.example/cb#fragment",
            "https://app.example/cb#",
            "https://user@app.example/cb",
            "https://user:word@app.example/cb",
            "https://*.example/cb",
            "https://app.example/*",
            "https://app.example/a/../cb",
            "https://app.example/a/%2e%2E/cb",
            "https://app.example\\@evil.example/cb",
            "https://app.example/c b",
            "https://app.example/ü",
            "//app.example/cb",
            "/cb",
            "app.example/cb",
            "https:",
            "javascript:alert(1)",
            "data:text/html,x",
            "",
        ] {
            assert!(redirect(bad, ApplicationType::Web).is_err(), "{bad}");
        }
        let long = format!("https://app.example/{}", "a".repeat(2_048));
        assert!(redirect(&long, ApplicationType::Web).is_err());
    }

    #[test]
    fn a_native_client_may_also_wait_on_its_own_machine() {
        for good in [
            "http://127.0.0.1/cb",
            "http://127.0.0.1:4711/cb",
            "http://[::1]/cb",
            "http://localhost:3000/cb",
            "com.example.app:/cb",
            "https://app.example/cb",
        ] {
            assert_eq!(redirect(good, ApplicationType::Native), Ok(()), "{good}");
        }
        for bad in [
            "http://app.example/cb",
            "http://127.0.0.1.example/cb",
            "http://127.0.0.2/cb",
            "http://localhost.example/cb",
            "http://10.0.0.1/cb",
            "myapp:/cb",
            "javascript:alert(1)",
            "data:text/html,x",
            "file:///etc/passwd",
            "ftp://127.0.0.1/cb",
            "com.example.app:/cb#fragment",
        ] {
            assert!(redirect(bad, ApplicationType::Native).is_err(), "{bad}");
        }
    }
}
