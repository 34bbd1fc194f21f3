//! The single sign-on of admins, put together from its settings.

use std::sync::Arc;

use super::core::{Core, upstream};
use super::start::StartError;
use crate::config::{Settings, SsoKind};
use crate::manage::{SignOn, SsoMode, SsoPolicy};
use crate::upstream::Reach;

/// The sign-on, where the configuration has one.
///
/// *Errors*: its URL cannot be asked.
pub(super) fn sign_on(core: &Core, settings: &Settings) -> Result<Option<Arc<SignOn>>, StartError> {
    let sso = &settings.sso;
    let mode = match sso.mode {
        SsoKind::Off => return Ok(None),
        SsoKind::Jwt => SsoMode::Jwt,
        SsoKind::Central => SsoMode::Central,
    };
    let policy = SsoPolicy {
        mode,
        url: sso.url.clone(),
        issuer: sso.issuer.clone(),
        audience: sso.audience.clone(),
        algorithms: sso.algorithms.clone(),
        email_claim: sso.email_claim.clone(),
        username_claim: sso.username_claim.clone(),
        provision: sso.provision,
        cache: sso.cache,
        keys_fresh: sso.keys_fresh,
        longest_token: settings.tokens.access_ttl_max,
    };
    // The URL is the operator's own word, and often one of the own network.
    let outside = upstream(settings, Reach::Anywhere);
    let sign_on = SignOn::new(core.registry.clone(), outside, policy).map_err(StartError::SignOn)?;
    Ok(Some(Arc::new(sign_on)))
}
