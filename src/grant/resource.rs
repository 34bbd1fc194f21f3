//! For which resources a token is. A token request may narrow what was granted, never widen it. *Spec*: RFC 8707 §2.

use super::error::GrantError;
use crate::domain::registered::RegisteredClient;
use crate::domain::scope::OPENID;

/// The resources of a grant that is made at the token endpoint: those named, each one that the client registered or the
/// issuer itself. An application's own client has never named any, and what it says there is not looked at.
///
/// *Errors*: `UnknownResource`.
pub(super) fn granted(
    asked: &[String],
    client: Option<&RegisteredClient>,
    issuer: &str,
) -> Result<Vec<String>, GrantError> {
    let Some(client) = client else { return Ok(Vec::new()) };
    let is_known = |one: &String| one == issuer || client.metadata.resources.contains(one);
    if asked.iter().all(is_known) { Ok(asked.to_vec()) } else { Err(GrantError::UnknownResource) }
}

/// The resources of one token of a grant.
///
/// *Errors*: `UnknownResource` for one that was not granted.
pub(super) fn narrowed(asked: &[String], granted: &[String], issuer: &str) -> Result<Vec<String>, GrantError> {
    if asked.is_empty() {
        return Ok(granted.to_vec());
    }
    let is_granted = |one: &String| granted.contains(one) || (granted.is_empty() && one == issuer);
    if asked.iter().all(is_granted) { Ok(asked.to_vec()) } else { Err(GrantError::UnknownResource) }
}

/// Whom a token for these resources is for; nobody in particular stands for the issuer alone. Whoever asked for
/// `openid` may ask the issuer about the person with any of their tokens.
pub(super) fn audience(mut resources: Vec<String>, scope: &str, issuer: &str) -> Vec<String> {
    let is_openid = scope.split(' ').any(|word| word == OPENID);
    if is_openid && !resources.is_empty() {
        resources.push(issuer.to_owned());
    }
    resources.sort_unstable();
    resources.dedup();
    resources
}

#[cfg(test)]
mod tests {
    use super::*;

    const ISSUER: &str = "https://id.example/acme/shop";

    fn list(text: &str) -> Vec<String> {
        text.split_whitespace().map(str::to_owned).collect()
    }

    #[test]
    fn s2_2_a_token_request_narrows_and_never_widens() {
        let narrow = |asked: &str, granted: &str| narrowed(&list(asked), &list(granted), ISSUER).ok();
        assert_eq!(narrow("", "a b"), Some(list("a b")));
        assert_eq!(narrow("b", "a b"), Some(list("b")));
        assert_eq!(narrow("c", "a b"), None);
        assert_eq!(narrow("a c", "a b"), None);
        // Nothing named stands for the issuer.
        assert_eq!(narrow("a", ""), None);
        assert_eq!(narrow(ISSUER, ""), Some(list(ISSUER)));
        assert_eq!(narrow(ISSUER, "a"), None);
    }

    #[test]
    fn the_issuer_joins_the_audience_only_for_openid() {
        assert_eq!(audience(list("b a"), "openid api", ISSUER), [vec!["a".into(), "b".into()], list(ISSUER)].concat());
        assert_eq!(audience(list("a"), "api", ISSUER), list("a"));
        assert_eq!(audience(Vec::new(), "openid", ISSUER), Vec::<String>::new());
    }
}
