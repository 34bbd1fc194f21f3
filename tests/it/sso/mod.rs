//! Admins of another server: by its signed tokens, and by asking it.

mod accounts;
mod central;
mod jwt;
pub mod keys;

use tokengrid::config::Settings;
use tokengrid::domain::tenant::Switch;

use crate::support::superuser_on;

const SUPERUSER_EMAIL: &str = "super@grid.test";

/// A short wait for servers of others, which are on loopback, and a superuser.
fn settle(settings: &mut Settings) {
    settings.upstream.timeout = std::time::Duration::from_millis(2_000);
    settings.upstream.allow_private = Switch::Off;
    superuser_on(settings);
    settings.superuser.email = SUPERUSER_EMAIL.to_owned();
}
