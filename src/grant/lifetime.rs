//! How long an access token lives.

use std::time::Duration;

use super::error::GrantError;
use super::workbench::GrantPolicy;
use crate::domain::registered::RegisteredClient;
use crate::domain::tenant::AppSettings;
use crate::domain::token::LONGEST_TOKEN;

/// The life of a token: the request's wish, within what the application or the server allows.
///
/// *Spec*: Usergrid `ttl` and `accesstokenttl`. The latter is default and maximum for app users alone, which is why
/// `app` is given for them only.
pub(super) fn decide(
    app: Option<&AppSettings>,
    wish: Option<Duration>,
    policy: &GrantPolicy,
) -> Result<Duration, GrantError> {
    decide_for(None, app, wish, policy)
}

/// The same for a token that a registered client asked for, which may have a shorter life of its own.
pub(super) fn decide_for(
    client: Option<&RegisteredClient>,
    app: Option<&AppSettings>,
    wish: Option<Duration>,
    policy: &GrantPolicy,
) -> Result<Duration, GrantError> {
    let (default, max) = bounds(app, policy);
    let own = client.and_then(|client| client.metadata.access_token_ttl).map(Duration::from_millis);
    let (default, max) = own.map_or((default, max), |own| (own.min(max), own.min(max)));
    match wish {
        None | Some(Duration::ZERO) => Ok(whole_seconds(default)),
        Some(wish) if wish > max => Err(GrantError::TtlTooLong { max }),
        Some(wish) => Ok(whole_seconds(wish)),
    }
}

/// How long a session lasts that a client began.
pub(super) fn of_session(client: Option<&RegisteredClient>, policy: &GrantPolicy) -> Duration {
    let own = client.and_then(|client| client.metadata.refresh_token_ttl).map(Duration::from_millis);
    own.map_or(policy.refresh_ttl, |own| own.min(policy.refresh_ttl))
}

/// The longest life that may be wished for.
pub(super) fn longest(app: Option<&AppSettings>, policy: &GrantPolicy) -> Duration {
    bounds(app, policy).1
}

/// Default and maximum.
fn bounds(app: Option<&AppSettings>, policy: &GrantPolicy) -> (Duration, Duration) {
    match app.and_then(|settings| settings.accesstokenttl) {
        None => (policy.access_ttl, policy.access_ttl_max),
        Some(0) => (LONGEST_TOKEN, LONGEST_TOKEN),
        Some(millis) => {
            let span = Duration::from_millis(millis).min(LONGEST_TOKEN);
            (span, span)
        }
    }
}

/// JWT times are seconds: a wish of 2.9 s gives 2 s, and never less than one.
fn whole_seconds(span: Duration) -> Duration {
    Duration::from_secs(span.as_secs().max(1))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::switchboard::Switchboard;
    use crate::domain::tenant::Switch;

    fn policy() -> GrantPolicy {
        GrantPolicy {
            access_ttl: Duration::from_secs(3_600),
            access_ttl_max: Duration::from_secs(604_800),
            refresh_ttl: Duration::from_secs(1),
            refresh_retry_window: Duration::from_secs(1),
            management_url_grants: Switch::On,
            admins_sign_in_at: None,
            switches: Switchboard::default(),
        }
    }

    fn life(ttl: Option<u64>, wish: Option<u64>) -> Option<u64> {
        let settings = AppSettings { accesstokenttl: ttl, ..AppSettings::default() };
        decide(Some(&settings), wish.map(Duration::from_millis), &policy()).ok().map(|span| span.as_secs())
    }

    #[test]
    fn the_wish_counts_up_to_the_maximum() {
        assert_eq!(life(None, None), Some(3_600));
        assert_eq!(life(None, Some(0)), Some(3_600));
        assert_eq!(life(None, Some(2_900)), Some(2));
        assert_eq!(life(None, Some(1)), Some(1));
        assert_eq!(life(None, Some(604_800_000)), Some(604_800));
        assert_eq!(life(None, Some(604_800_001)), None);
    }

    #[test]
    fn accesstokenttl_is_default_and_maximum() {
        assert_eq!(life(Some(31_536_000_000), None), Some(31_536_000));
        assert_eq!(life(Some(10_000), Some(10_001)), None);
        assert_eq!(life(Some(0), None), Some(LONGEST_TOKEN.as_secs()));
    }
}
