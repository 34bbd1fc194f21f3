//! Which scope a new token gets.

use super::error::GrantError;
use super::request::ScopeRule;
use crate::domain::token::DEFAULT_SCOPE;

/// The scope granted for the one requested (RFC 6749 §3.3).
///
/// There is one scope so far; under the strict rule a request that names none of ours is refused, and one that names
/// ours beside others gets ours, which the answer says.
pub(super) fn decide(requested: Option<&str>, rule: ScopeRule) -> Result<&'static str, GrantError> {
    let Some(requested) = requested else { return Ok(DEFAULT_SCOPE) };
    let knows = requested.split(' ').any(|token| token == DEFAULT_SCOPE);
    match rule {
        ScopeRule::Lenient => Ok(DEFAULT_SCOPE),
        ScopeRule::Strict if knows => Ok(DEFAULT_SCOPE),
        ScopeRule::Strict => Err(GrantError::UnknownScope),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unknown_scopes_are_refused_only_under_the_strict_rule() {
        assert!(matches!(decide(None, ScopeRule::Strict), Ok("api")));
        assert!(matches!(decide(Some("api openid"), ScopeRule::Strict), Ok("api")));
        assert!(matches!(decide(Some("apis"), ScopeRule::Strict), Err(GrantError::UnknownScope)));
        assert!(matches!(decide(Some("apis"), ScopeRule::Lenient), Ok("api")));
    }
}
