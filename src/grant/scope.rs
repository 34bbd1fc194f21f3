//! Which scope a new token gets.

use super::error::GrantError;
use super::request::ScopeRule;
use crate::domain::scope::Scopes;

/// The scopes granted for those requested (RFC 6749 §3.3): never more than `allowed`, which is also what a request gets
/// that names none.
///
/// Under the strict rule a request that names nothing allowed is refused, and one that names what is allowed beside
/// other words gets that, which the answer says.
pub(super) fn decide(requested: Option<&str>, rule: ScopeRule, allowed: &Scopes) -> Result<Scopes, GrantError> {
    let Some(requested) = requested else { return Ok(allowed.clone()) };
    if rule == ScopeRule::Lenient {
        return Ok(allowed.clone());
    }
    let granted: Scopes = requested.split(' ').filter(|word| allowed.contains(word)).collect();
    if granted.is_empty() { Err(GrantError::UnknownScope) } else { Ok(granted) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn granted(requested: Option<&str>, rule: ScopeRule, allowed: &str) -> Option<String> {
        let allowed = allowed.parse().expect("scopes");
        decide(requested, rule, &allowed).ok().map(|scopes| scopes.to_string())
    }

    #[test]
    fn unknown_scopes_are_refused_only_under_the_strict_rule() {
        let of_own = |requested, rule| granted(requested, rule, "api");
        assert_eq!(of_own(None, ScopeRule::Strict).as_deref(), Some("api"));
        assert_eq!(of_own(Some("api openid"), ScopeRule::Strict).as_deref(), Some("api"));
        assert_eq!(of_own(Some("apis"), ScopeRule::Strict), None);
        assert_eq!(of_own(Some("apis"), ScopeRule::Lenient).as_deref(), Some("api"));
    }

    #[test]
    fn nothing_is_granted_that_is_not_allowed() {
        let strict = |requested, allowed| granted(requested, ScopeRule::Strict, allowed);
        assert_eq!(strict(Some("a c api"), "a b").as_deref(), Some("a"));
        assert_eq!(strict(Some("api"), "a b"), None);
        assert_eq!(strict(Some("b a b"), "a b c").as_deref(), Some("a b"));
        assert_eq!(strict(None, "a b").as_deref(), Some("a b"));
    }
}
